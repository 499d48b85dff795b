"""The command ``predict``: the stance of every sentence of new articles, and who stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import Reading, write_articles, write_pieces
from stanceclf.errors import StanceclfError

if TYPE_CHECKING:
    from stanceclf.model import StanceModel

Form = Literal["table", "jsonl", "csv", "parquet", "html"]
By = Literal["sentence", "speaker", "article"]
Lang = Literal["zh", "en"]


def predict(
    paths: options.Paths,
    model: Annotated[
        str, typer.Option("--model", metavar="FILE", help="The model.")
    ] = options.MODEL.as_posix(),
    by: Annotated[
        By, typer.Option("--by", help="What a row is: a sentence, or all that somebody says.")
    ] = "sentence",
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = "table",
    lang: Annotated[
        Lang | None,
        typer.Option("--lang", help="The language of an HTML page; default: the topic's."),
    ] = None,
    output: options.Output = None,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    max_sentence: options.MaxSentence = options.MAX_SENTENCE,
) -> None:
    """Tell the stance of every sentence and who says it, or who stands where.

    Exit code 1 if an article could not be read; the others are written all the same.
    """
    if by != "sentence" and form in {"parquet", "html"}:
        raise StanceclfError(f"--by {by} is written as a table, jsonl or csv, not as {form}")
    if lang is not None and form != "html":
        raise StanceclfError("--lang is for --format html")
    loaded = options.model(model)

    def write(reading: Reading, file: BinaryIO) -> None:
        _write(loaded, reading, file, by, form, lang, max_sentence)

    at_once = form not in {"jsonl", "csv"}
    write_articles(
        *(paths, write, output, [model]), at_once=at_once, encoding=encoding, most=max_file << 20
    )


def _write(
    model: StanceModel,
    reading: Reading,
    file: BinaryIO,
    by: By,
    form: Form,
    lang: Lang | None,
    longest: int,
) -> None:
    from stanceclf.predictions import predict_articles

    if form == "html":
        from stanceclf.article_page import article_page

        read = (
            (article, list(reading.show(predict_articles(model, [article], longest))))
            for article in reading.articles
        )
        write_pieces([article_page(read, model, lang or model.topic.language)], file)
        return
    rows = reading.show(predict_articles(model, reading.articles, longest))
    if form == "parquet":
        from stanceclf.prediction_table import write_parquet

        if reading.color:
            raise StanceclfError("Parquet is no text; give --output a file")
        write_parquet(rows, file)
    elif by == "sentence":
        from stanceclf.formats import write_predictions

        topic, labels = model.topic.name, model.labels
        pieces = write_predictions(rows, form, labels, topic=topic, color=reading.color)
        write_pieces(pieces, file)
    else:
        from stanceclf.standing import standings
        from stanceclf.standing_formats import write_standings

        found = standings(rows, by, model.normalizer)
        topic, labels = model.topic.name, model.labels
        pieces = write_standings(found, form, by, labels, topic=topic, color=reading.color)
        write_pieces(pieces, file)
