"""The command ``predict``: the stance of every sentence of new articles."""

from __future__ import annotations

from typing import Annotated

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import write_rows
from stanceclf.formats import Format


def predict(
    paths: options.Paths,
    model: Annotated[
        str, typer.Option("--model", metavar="FILE", help="The model.")
    ] = options.MODEL.as_posix(),
    form: Annotated[Format, typer.Option("--format", help="How to write the sentences.")] = "table",
    output: options.Output = None,
) -> None:
    """Tell the stance of every sentence.

    Exit code 1 if an article could not be read; the others are written all the same.
    """
    from stanceclf.model_file import load
    from stanceclf.predictions import predict_articles

    loaded = load(model)
    write_rows(
        paths,
        lambda articles: predict_articles(loaded, articles),
        form,
        loaded.topic.name,
        loaded.labels,
        output,
        [model],
    )
