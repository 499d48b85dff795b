"""The commands ``examples ...``: checking and counting written examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.output import output_findings, output_json, output_text, progress_bar
from stanceclf.io import counted

if TYPE_CHECKING:
    from stanceclf.evaluation import ExampleCurve

app = typer.Typer(help="Check and count written examples.", no_args_is_help=True)

_BAR = "{l_bar}{bar}| {n}/{total} models [{elapsed}<{remaining}]"


@app.command("check")
def check(
    topic: options.Topic = None,
    strict: options.Strict = False,
    form: Annotated[
        Literal["text", "jsonl"], typer.Option("--format", help="Output format.")
    ] = "text",
    config: options.Config = options.CONFIG,
) -> None:
    """Check a topic's examples.jsonl for mistakes.

    Reports invalid lines and, as warnings, near-duplicates, rare labels, accidental cues (length,
    mentions, Latin words, digits, punctuation) and rules that contradict examples. Exits with 1 if
    there is an error.
    """
    from stanceclf.articles import Normalizer
    from stanceclf.authoring import check_examples
    from stanceclf.training import LabelConfig, load_config

    folder = options.topic_folder(topic)
    label_model = load_config(config, "label", LabelConfig).model
    checked = check_examples(folder, Normalizer.from_opencc(), label_model)
    output_findings(checked.findings, form, f"in {counted(checked.examples, 'example')}")
    if checked.errors or (strict and checked.findings):
        raise typer.Exit(1)


@app.command("stats")
def stats(
    topic: options.Topic = None,
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    curve: Annotated[
        bool,
        typer.Option(
            "--curve", help="Show instead the learning curve: F_avg by the number of examples."
        ),
    ] = False,
    on: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="With --curve: score on these labels, as `score` reads them. Default: the "
            "project's gold labels.",
        ),
    ] = None,
    labels: Annotated[
        Path, typer.Option(metavar="FILE", help="With --curve: weak labels from stage 2.")
    ] = options.LABELS,
    gold: options.Gold = None,
    output: options.Output = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Count a topic's written examples.

    Shows how many there are of each argument and label, and how many the rules reach and get right.
    The learning curve takes a minute or so: models are trained without examples, with 500, 1,000,
    2,000 and so on, and scored on articles that they have not seen.
    """
    if on is not None and not curve:
        raise typer.BadParameter("needs --curve", param_hint="--on")
    from stanceclf.authoring import EXAMPLE_COLUMNS, example_stats
    from stanceclf.io import render, table_csv, terminal_width
    from stanceclf.reports import curve_report, example_report
    from stanceclf.rules import load_voter
    from stanceclf.training import LabelConfig, load_config, read_examples

    folder = options.topic_folder(topic)
    gold = options.gold_file(gold, no_gold=False)
    options.forbid_overwrite([output], [folder, on, labels, gold, config])
    if curve:
        found = _curve(folder, labels, gold, on, config)
        if form == "json":
            output_json(found.figures(), output)
        elif form == "csv":
            rows = [point.row() for point in found.points]
            output_text(table_csv(rows, [*rows[0]]), output)
        else:
            output_text(render(curve_report(found), terminal_width()), output)
        return
    voter = load_voter(folder)
    examples = read_examples(folder, voter.topic, voter.reader.normalize)
    table = example_stats(examples, voter, load_config(config, "label", LabelConfig).model)
    if form == "json":
        output_json([row.as_dict() for row in table], output)
    elif form == "csv":
        output_text(table_csv([row.as_dict() for row in table], EXAMPLE_COLUMNS), output)
    else:
        output_text(render(example_report(table), terminal_width()), output)


def _curve(
    topic: Path, labels: Path, gold: Path | None, on: Path | None, config: Path
) -> ExampleCurve:
    """Return the learning curve; a bar shows how many models are trained."""
    from stanceclf.evaluation import example_curve
    from stanceclf.gold import read_labelled
    from stanceclf.training import EvaluateConfig, LabelConfig, TrainConfig, load_config

    text_column = options.text_column(config)
    return example_curve(
        labels,
        topic,
        load_config(config, "train", TrainConfig),
        load_config(config, "evaluate", EvaluateConfig),
        load_config(config, "label", LabelConfig).model,
        gold=gold,
        on=None if on is None else read_labelled(on, text_column=text_column),
        track=_track,
        text_column=text_column,
    )


def _track(sizes: Sequence[int]) -> Iterator[int]:
    bar = progress_bar(len(sizes), _BAR)
    with bar or nullcontext():
        for size in sizes:
            yield size
            if bar is not None:
                bar.update()
