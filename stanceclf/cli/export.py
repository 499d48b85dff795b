"""The command ``export``: the project's sentences as a dataset to publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options


def export(
    output: Annotated[
        Path, typer.Argument(metavar="DIR", help="Output folder: new, or an earlier export.")
    ],
    to: Annotated[Literal["hf-dataset"], typer.Option(help="Kind of export.")] = "hf-dataset",
    labels: Annotated[Path, typer.Option(metavar="FILE", help="Weak labels.")] = options.LABELS,
    sentences: Annotated[
        Path, typer.Option(metavar="FILE", help="Sentences and their speakers.")
    ] = options.SENTENCES,
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    metrics: Annotated[
        Path, typer.Option(metavar="FILE", help="Metrics for the dataset card.")
    ] = options.METRICS,
    licence: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Licence of the data, e.g. cc-by-4.0. Default: none."),
    ] = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Export the sentences as a dataset.

    The Hugging Face dataset has all labels, votes and speakers, and a dataset card;
    `datasets.load_dataset(DIR)` loads it. Run `dvc repro` first.
    """
    from stanceclf.reports import export_dataset
    from stanceclf.training import LabelConfig, load_config

    result = export_dataset(
        output,
        labels=labels,
        sentences=sentences,
        articles=articles,
        topic=options.topic_folder(topic),
        label_model=load_config(config, "label", LabelConfig).model,
        gold=options.gold_file(gold, no_gold, articles),
        metrics=metrics if metrics.exists() else None,
        licence=licence,
        text_column=options.text_column(config),
    )
    labelled = sum(n for label, n in result.gold_labels.items() if label != "null")
    typer.echo(
        f"{result.sentences} sentences of {result.articles} articles, {labelled} with a gold label "
        f"-> {output}"
    )
