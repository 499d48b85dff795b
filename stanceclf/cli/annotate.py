"""The command ``annotate``: labelling sentences in the terminal."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stanceclf.cli import options
from stanceclf.cli.output import is_terminal
from stanceclf.cli.screen import STANCE_KEYS, Screen
from stanceclf.errors import StanceclfError
from stanceclf.gold import ASKING, Order
from stanceclf.io import END, INTERRUPT, Keys

if TYPE_CHECKING:
    from stanceclf.gold import Candidates, Session

Articles = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Folder of articles. Default: `articles` beside the gold labels."
    ),
]
Model = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Model file. Default: artifacts/model.joblib, if there is one."
    ),
]
SortBy = Annotated[
    Order,
    typer.Option(
        "--order",
        help="What comes first: uncertain predictions, conflicts of rules, disagreements of model "
        "and rules, all three in turn (useful), or a random sample. For a test set, start with "
        "random.",
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the random order.")]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N sentences.")]


def annotate(
    articles: Articles = None,
    topic: options.Topic = None,
    gold: options.Gold = None,
    model: Model = None,
    order: SortBy = "useful",
    seed: Seed = 0,
    limit: Limit = None,
    annotator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Your name, recorded with each label.")
    ] = None,
    hints: Annotated[
        bool,
        typer.Option("--hints", help="Show what rules and model say, which biases annotators."),
    ] = False,
    config: options.Config = options.CONFIG,
) -> None:
    """Label sentences in the terminal.

    Press f, a or n (or 1, 2, 3) to label, s to skip, u to undo, q to quit. Each label is saved
    immediately; run the same command again to continue.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise StanceclfError(
            "this needs a terminal; to label in another tool, use `stanceclf gold export`"
        )
    from stanceclf.gold import Session

    gold, articles = options.gold_and_articles(gold, articles)
    candidates = read(articles, topic, config, model, ask_model=hints or order in ASKING)
    session = Session(
        gold,
        candidates.sentences,
        candidates.ranked(order, seed),
        order=order,
        annotator=(annotator or "").strip() or None,
        limit=limit,
        articles=articles,
        text_column=options.text_column(config),
    )
    if not session.total:
        count = sum(session.counts.values())
        typer.echo(f"nothing to label: every sentence already has a label in {gold} ({count})")
        return
    screen = Screen(session, candidates, hints)
    with Keys() as keys:
        interrupted = _loop(session, screen, keys)
    screen.say(screen.saved())
    if interrupted:
        raise typer.Exit(128 + signal.SIGINT)


def read(
    articles: Path, topic: Path | None, config: Path, model: Path | None, *, ask_model: bool
) -> Candidates:
    """Return the sentences to label; the default model is asked only if needed and there."""
    from stanceclf.gold import read_candidates
    from stanceclf.training import LabelConfig, SentencesConfig, load_config

    if model is None and ask_model and options.MODEL.exists():
        model = options.MODEL
    settings = load_config(config, "sentences", SentencesConfig)
    options.warn_of_left_out(articles)
    return read_candidates(
        articles,
        options.topic_folder(topic),
        load_config(config, "label", LabelConfig).model,
        drop_boilerplate=settings.boilerplate == "drop",
        model=model,
        text_column=settings.text_column,
    )


def _loop(session: Session, screen: Screen, keys: Keys) -> bool:
    """Label by keys until there is an end; return whether it was Ctrl-C."""
    screen.say(screen.help())
    shown = None
    while True:
        # After a mistyped key, the sentence is still on the screen.
        if session.done != shown:
            screen.say("", screen.card() if session.number is not None else screen.end())
        shown, before = session.done, session.labelled
        key = keys()
        if key in {INTERRUPT, END, "q"}:
            return key == INTERRUPT
        if key == "u":
            steps = session.steps
            undone = session.undo()
            why = "not undone: changed in the meantime" if steps else "nothing to undo"
            screen.say("-> undone" if undone else f"-> {why}")
        elif session.number is None:
            screen.say(screen.end())
        elif key == "s":
            session.skip()
            screen.say("-> skipped")
        elif key in STANCE_KEYS:
            now = session.label(STANCE_KEYS[key])
            other = ", by somebody else in the meantime" * (session.labelled == before)
            screen.say(screen.folded(f"-> {screen.labels[now.label]}{other}"))
        else:
            screen.say(screen.help() if key == "?" else f"unknown key; use\n{screen.keys()}")
