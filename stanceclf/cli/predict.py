"""The command ``predict``: the stance of every sentence of new articles, and who stands where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, get_args

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import STDIN, Reading, write_articles, write_pieces
from stanceclf.errors import StanceclfError
from stanceclf.io import is_stream, is_url

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
    form: Annotated[
        Form | None,
        typer.Option(
            "--format", help="How to write it; default: as --output ends, else as a table."
        ),
    ] = None,
    lang: Annotated[
        Lang | None,
        typer.Option("--lang", help="The language of an HTML page; default: the topic's."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Where to write: a file .jsonl, .csv, .parquet, .html, .txt; or else a folder of "
            "Parquet parts. Default: standard output.",
        ),
    ] = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    max_sentence: options.MaxSentence = options.MAX_SENTENCE,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", metavar="N", min=1, help="So many processes; default: one for each core."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Let the workers of a Dask scheduler do it."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run was interrupted.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove the parts of another run.")
    ] = False,
    part_size: Annotated[
        int,
        typer.Option(
            "--part-size", metavar="N", min=1, help="About so many characters of a table a part."
        ),
    ] = options.PART_SIZE,
) -> None:
    """Tell the stance of every sentence and who says it, or who stands where.

    PATH and --output may be URLs of what fsspec has a driver for, like s3://. A large corpus is
    worked through in parts, by all cores; an interrupted run goes on with --resume.

    Exit code 1 if an article could not be read; the others are written all the same.
    """
    in_parts = _goes_in_parts(paths, by, form, output, part_size, scheduler)
    if not in_parts and (scheduler or overwrite or (resume and output is None)):
        option = "--scheduler" if scheduler else "--overwrite" if overwrite else "--resume"
        raise StanceclfError(f"{option} is for sentences that --output writes to files")
    if in_parts and output is not None:
        from stanceclf.cli.corpus import write_corpus
        from stanceclf.prediction import ReadOptions

        if Path(output).is_file():
            options.spare([Path(output)], [model])
        write_corpus(
            options.model(model),
            paths,
            output,
            form if form in {"jsonl", "csv", "parquet"} else None,
            ReadOptions(text_column, encoding, max_file << 20, max_sentence, part_size),
            jobs=jobs,
            scheduler=scheduler,
            resume=resume,
            overwrite=overwrite,
        )
        return
    form = form or _form_of(output) or "table"
    if by != "sentence" and form in {"parquet", "html"}:
        raise StanceclfError(f"--by {by} is written as a table, jsonl or csv, not as {form}")
    if lang is not None and form != "html":
        raise StanceclfError("--lang is for --format html")
    loaded = options.model(model)

    def write(reading: Reading, file: BinaryIO) -> None:
        _write(loaded, reading, file, by, form, lang, max_sentence)

    write_articles(
        paths,
        write,
        None if output is None else Path(output),
        [model],
        at_once=form not in {"jsonl", "csv"},
        encoding=encoding,
        most=max_file << 20,
        text_column=text_column,
    )


def _goes_in_parts(
    paths: list[str],
    by: By,
    form: Form | None,
    output: str | None,
    part_size: int,
    scheduler: str | None,
) -> bool:
    """Tell whether what is written goes by parts: all that is large, or becomes a folder."""
    if output is None or by != "sentence" or STDIN in paths:
        return False
    if is_stream(output) and not Path(output).is_dir():
        return False
    into = form or _form_of(output)
    if into is None or is_url(output):
        return True
    if into not in {"jsonl", "csv", "parquet"}:
        return False
    from stanceclf.prediction import is_large, parts_of

    begun = Path(parts_of(output, into)).exists()
    return scheduler is not None or begun or is_large(paths, part_size)


def _form_of(output: str | None) -> Form | None:
    """Return the format that a file's end asks for; None of what is a folder."""
    if output is None:
        return "table"
    if output.endswith("/"):
        return None
    ends: dict[str, Form] = {".txt": "table", ".htm": "html"}
    ends |= {f".{form}": form for form in get_args(Form) if form != "table"}
    return ends.get(Path(output).suffix.lower())


def _write(
    model: StanceModel,
    reading: Reading,
    file: BinaryIO,
    by: By,
    form: Form,
    lang: Lang | None,
    longest: int,
) -> None:
    from stanceclf.prediction import predict_articles

    if form == "html":
        from stanceclf.reports import article_page

        read = (
            (article, list(reading.show(predict_articles(model, [article], longest))))
            for article in reading.articles
        )
        write_pieces([article_page(read, model, lang or model.topic.language)], file)
        return
    rows = reading.show(predict_articles(model, reading.articles, longest))
    if form == "parquet":
        from stanceclf.prediction import write_parquet

        if reading.color:
            raise StanceclfError("Parquet is no text; give --output a file")
        write_parquet(rows, file)
    elif by == "sentence":
        from stanceclf.prediction import write_predictions

        topic, labels = model.topic.name, model.labels
        pieces = write_predictions(rows, form, labels, topic=topic, color=reading.color)
        write_pieces(pieces, file)
    else:
        from stanceclf.prediction import standings, write_standings

        found = standings(rows, by, model.normalizer)
        topic, labels = model.topic.name, model.labels
        pieces = write_standings(found, form, by, labels, topic=topic, color=reading.color)
        write_pieces(pieces, file)
