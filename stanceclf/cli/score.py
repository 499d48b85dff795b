"""The command ``score``: how well a model agrees with labels that somebody has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.output import output_json, output_lines


def score(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="Folder with gold.jsonl, gold labels, or a table (.csv, .tsv, .json, .jsonl, "
            ".parquet) with columns text and label.",
        ),
    ],
    model: options.Model = options.MODEL_NAME,
    compare: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also score this model, and compare.")
    ] = None,
    text_column: options.TextColumn = None,
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="Output format.")
    ] = "text",
    output: options.Output = None,
    resamples: Annotated[
        int,
        typer.Option(metavar="N", min=100, max=1_000_000, help="Bootstrap resamples of articles."),
    ] = 10_000,
    confidence: Annotated[
        float, typer.Option(metavar="P", help="Confidence level of intervals, between 0 and 1.")
    ] = 0.95,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, max=2**32 - 1, help="Seed of the resampling.")
    ] = 0,
    worst: Annotated[
        int, typer.Option(metavar="N", min=0, help="List at most N mistakes, and N articles.")
    ] = 20,
) -> None:
    """Score a model and its rules on your labels.

    Tables may have a column article: its sentences are resampled together. Scores on articles that
    the model was trained on flatter it.
    """
    if not 0 < confidence < 1:
        raise typer.BadParameter("must be between 0 and 1", param_hint="--confidence")
    from stanceclf.evaluation import score as score_model
    from stanceclf.gold import read_labelled

    options.forbid_overwrite([output], [path, model, compare])
    labelled = read_labelled(path, text_column=text_column)
    result = score_model(
        options.model(model),
        labelled,
        other=None if compare is None else options.model(compare),
        resamples=resamples,
        confidence=confidence,
        seed=seed,
        worst=worst,
    )
    if form == "json":
        output_json(result.figures(), output)
        return
    from stanceclf.io import terminal_width
    from stanceclf.reports import score_report

    output_lines(score_report(result, terminal_width(), worst), output)
