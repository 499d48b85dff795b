"""The command ``export``: the project's sentences, to give away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options


def export(
    output: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write; new, or an earlier export.")
    ],
    to: Annotated[
        Literal["hf-dataset"], typer.Option("--to", help="What for: a Hugging Face dataset.")
    ] = "hf-dataset",
    labels: Annotated[
        Path, typer.Option("--labels", metavar="FILE", help="The weak labels.")
    ] = options.LABELS,
    sentences: Annotated[
        Path, typer.Option("--sentences", metavar="FILE", help="The sentences, with who says them.")
    ] = options.SENTENCES,
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    metrics: Annotated[
        Path, typer.Option("--metrics", metavar="FILE", help="The figures, for the card.")
    ] = options.METRICS,
    licence: Annotated[
        str | None,
        typer.Option("--licence", help="The data's licence, if you may give one, like cc-by-4.0."),
    ] = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Write the sentences with all labels, votes and speakers as a dataset with a card.

    `datasets.load_dataset(DIR)` reads it back. Run `dvc repro` first.
    """
    from stanceclf.reports import export_dataset
    from stanceclf.training import LabelConfig, load_config

    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold, articles)
    result = export_dataset(
        output,
        labels=labels,
        sentences=sentences,
        articles=articles,
        topic=topic,
        label_model=load_config(config, "label", LabelConfig).model,
        gold=known,
        metrics=metrics if metrics.exists() else None,
        licence=licence,
    )
    labelled = sum(n for label, n in result.gold_labels.items() if label != "null")
    typer.echo(
        f"{result.sentences} sentences of {result.articles} articles, {labelled} with a gold label "
        f"-> {output}"
    )
