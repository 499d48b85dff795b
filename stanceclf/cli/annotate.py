"""The command ``annotate``: labelling sentences by hand, at the terminal."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import sys
import unicodedata
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stanceclf.cli import options
from stanceclf.cli.screen import KEYS, Screen
from stanceclf.errors import StanceclfError
from stanceclf.gold import ASKING, Order

if TYPE_CHECKING:
    from stanceclf.gold import Candidates, Session

Gold = Annotated[
    Path | None,
    typer.Option(
        "--gold",
        metavar="FILE",
        help="The gold labels, made if missing; default: gold.jsonl beside the articles.",
    ),
]
Articles = Annotated[
    Path | None,
    typer.Option(
        "--articles",
        metavar="DIR",
        help="The folder of articles; default: `articles` beside the gold labels.",
    ),
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="The model to ask; default: artifacts/model.joblib, if there.",
    ),
]
By = Annotated[
    Order,
    typer.Option(
        "--order",
        help="What comes first: what the model is unsure of, what rules conflict on, what model "
        "and rules disagree on, `useful` for these three by turns, or `random`: the only one fit "
        "for a test set, if it is labelled before any other.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Another seed is another random order.")]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="No more sentences than so many.")
]

_END_KEYS = {"q", "\x04"}
_INTERRUPT = "\x03"

# A key as a terminal sends it: an escape sequence is one key, and so is Alt with a letter.
_KEY = re.compile(r"\x1b+(?:\[\[.|\[[0-?]*[ -/]*[@-Z\\-~]|O.|[^\x1b\[O])|[^\x1b]", re.DOTALL)


def annotate(
    articles: Articles = None,
    topic: options.Topic = None,
    gold: Gold = None,
    model: Model = None,
    order: By = "useful",
    seed: Seed = 0,
    limit: Limit = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", metavar="NAME", help="Noted with each label.")
    ] = None,
    hints: Annotated[
        bool,
        typer.Option(
            "--hints",
            help="Show what rules and model say; beware, whoever sees it tends to agree with it.",
        ),
    ] = False,
    config: options.Config = options.CONFIG,
) -> None:
    """Label sentences by hand, at the terminal.

    A key labels: f, a or n (1, 2 or 3); s skips, u undoes, q quits. Every label is saved at once:
    to go on later, give the same command again.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise StanceclfError(
            "labelling by hand takes a terminal; to label elsewhere, `stanceclf gold export`"
        )
    from stanceclf.gold import Session

    gold, articles = places(gold, articles)
    candidates = read(articles, topic, config, model, ask_model=hints or order in ASKING)
    session = Session(
        gold,
        candidates.sentences,
        candidates.ranked(order, seed),
        order=order,
        annotator=(annotator or "").strip() or None,
        limit=limit,
    )
    if not session.total:
        count = sum(session.counts.values())
        typer.echo(f"nothing left to label: every sentence has its label in {gold} ({count})")
        return
    screen = Screen(session, candidates, hints)
    with _Keys() as keys:
        interrupted = _loop(session, screen, keys)
    screen.say(screen.saved())
    if interrupted:
        raise typer.Exit(128 + signal.SIGINT)


def places(gold: Path | None, articles: Path | None) -> tuple[Path, Path]:
    """Return where gold labels and their articles are; the one that is not named goes by the other.

    Raises
    ------
    StanceclfError
        The articles are not in the folder `articles` beside the gold labels.
    """
    if gold is None:
        gold = options.GOLD if articles is None else articles.parent / options.GOLD.name
    beside = gold.parent / options.ARTICLES.name
    if articles is None:
        articles = beside
    if os.path.realpath(articles) != os.path.realpath(beside):
        raise StanceclfError(
            f"must lie beside its articles, as {beside} does; name another with --gold, or call "
            f"the folder `{options.ARTICLES.name}`",
            path=gold,
        )
    return gold, articles


def read(
    articles: Path, topic: Path | None, config: Path, model: Path | None, *, ask_model: bool
) -> Candidates:
    """Return the sentences that there are to choose from; a model that is named must load."""
    from stanceclf.gold import read_candidates
    from stanceclf.training import LabelConfig, SentencesConfig, load_config

    if model is None and ask_model and options.MODEL.exists():
        model = options.MODEL
    return read_candidates(
        articles,
        options.topic_folder(topic),
        load_config(config, "label", LabelConfig).model,
        drop_boilerplate=load_config(config, "sentences", SentencesConfig).boilerplate == "drop",
        model=model,
    )


def _loop(session: Session, screen: Screen, keys: _Keys) -> bool:
    """Let keys label until there is an end; tell whether it was an interruption."""
    screen.say(screen.help())
    shown = None
    while True:
        # After a mistyped key, the sentence is still on the screen.
        if session.done != shown:
            screen.say("", screen.card() if session.number is not None else screen.end())
        shown, before = session.done, session.labelled
        key = keys()
        if key == _INTERRUPT or key in _END_KEYS:
            return key == _INTERRUPT
        if key == "u":
            steps = session.steps
            undone = session.undo()
            why = "it was changed since, and stays" if steps else "nothing of this session to undo"
            screen.say("-> undone" if undone else f"-> {why}")
        elif session.number is None:
            screen.say(screen.end())
        elif key == "s":
            session.skip()
            screen.say("-> skipped")
        elif key in KEYS:
            now = session.label(KEYS[key])
            kept = ", as somebody else has labelled it meanwhile" * (session.labelled == before)
            screen.say(screen.line(f"-> {screen.labels[now.label]}{kept}"))
        else:
            screen.say(screen.help() if key == "?" else f"no such key; there are:\n{screen.keys()}")


class _Keys(AbstractContextManager["_Keys"]):
    """The keys that are pressed, one by one, unechoed.

    Ctrl-C is a key like others: as a signal, it would drop what was typed before it.
    """

    def __init__(self) -> None:
        self._waiting = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._before: list[Any] | None = None

    def __enter__(self) -> _Keys:
        try:
            import termios
            import tty
        except ImportError:  # Windows
            return self
        self._fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._fd)
        # What was typed before there was anything to label is dropped.
        tty.setcbreak(self._fd, termios.TCSAFLUSH)
        self._take_keys()
        # Who goes away by Ctrl-Z comes back to a terminal as the shell has left it.
        self._continued = signal.signal(signal.SIGCONT, lambda *_: self._take_keys())
        return self

    def _take_keys(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._fd, termios.TCSANOW)
        mode = termios.tcgetattr(self._fd)
        mode[6][termios.VINTR] = bytes([os.fpathconf(self._fd, "PC_VDISABLE")])
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            import termios

            signal.signal(signal.SIGCONT, self._continued)
            with suppress(termios.error):  # The terminal may be closed.
                termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def __call__(self) -> str:
        """Return the next key, in lower case; a terminal that is closed ends as Ctrl-D does."""
        try:
            key = self._next()
        except KeyboardInterrupt:
            return _INTERRUPT
        except EOFError:
            return "\x04"
        # A Chinese input method may send ｆ and ？.
        return unicodedata.normalize("NFKC", key).lower()

    def _next(self) -> str:
        if self._before is None:
            return typer.getchar()
        while True:
            if found := _KEY.match(self._waiting):
                self._waiting = self._waiting[found.end() :]
                return found.group()
            # The rest of an escape sequence comes at once; after the key Esc, nothing does.
            if self._waiting and not select.select([self._fd], [], [], 0.05)[0]:
                key, self._waiting = self._waiting, ""
                return key
            try:
                data = os.read(self._fd, 1024)
            except OSError:
                data = b""
            if not data:
                raise EOFError
            self._waiting += self._decoder.decode(data)
