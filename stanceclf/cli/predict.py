"""The command ``predict``: the stance of every sentence of articles, and who stands where."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, get_args

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import STDIN, Reading, write_articles
from stanceclf.cli.output import exit_if_any, progress_bar
from stanceclf.errors import StanceclfError
from stanceclf.io import is_stream, is_url, write_pieces

if TYPE_CHECKING:
    from stanceclf.model import StanceModel
    from stanceclf.prediction import PartForm

Form = Literal["table", "jsonl", "csv", "parquet", "html"]
By = Literal["sentence", "speaker", "article"]
Lang = Literal["zh", "en"]

_BAR = "{percentage:3.0f}%|{bar}| {desc} [{elapsed}<{remaining}]"


def predict(
    paths: options.Paths,
    model: options.Model = options.MODEL_NAME,
    by: Annotated[
        By, typer.Option(help="One row per sentence, or totals per speaker or article.")
    ] = "sentence",
    form: Annotated[
        Form | None,
        typer.Option(
            "--format", help="Output format. Default: by the suffix of --output, or table."
        ),
    ] = None,
    lang: Annotated[
        Lang | None, typer.Option(help="Language of the HTML page. Default: the topic's.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Output file (.jsonl, .csv, .parquet, .html, .txt) or folder (for Parquet parts). "
            "Default: standard output.",
        ),
    ] = None,
    text_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Text column of tables. Default: `text` or the only one."
        ),
    ] = None,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    max_sentence: options.MaxSentence = options.MAX_SENTENCE,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Number of processes. Default: one per core."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the parts of another run.")
    ] = False,
    part_size: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Approximate part size for tables, in characters."),
    ] = options.PART_SIZE,
) -> None:
    """Predict the stance of every sentence.

    Reports who says each sentence or, with --by, who takes which stance. PATH and --output may be
    URLs that fsspec has a driver for, such as s3://. A large corpus is processed in parts, on all
    cores; --resume continues after an interruption.

    Exits with 1 if an article could not be read; all others are written.
    """
    in_parts = _goes_in_parts(paths, by, form, output, part_size, scheduler)
    if not in_parts and (scheduler or overwrite or (resume and output is None)):
        option = "--scheduler" if scheduler else "--overwrite" if overwrite else "--resume"
        raise StanceclfError(f"{option} works only if --output writes sentences to files")
    if in_parts and output is not None:
        from stanceclf.prediction import ReadOptions, parts_folder, predict_corpus

        if Path(output).is_file():
            options.forbid_overwrite([Path(output)], [model])
        loaded = options.model(model)
        part_form: PartForm | None = form if form in {"jsonl", "csv", "parquet"} else None
        with _corpus_progress(parts_folder(output, part_form)) as begin:
            done = predict_corpus(
                loaded,
                paths,
                output,
                form=part_form,
                options=ReadOptions(text_column, encoding, max_file << 20, max_sentence, part_size),
                jobs=jobs,
                scheduler=scheduler,
                resume=resume,
                overwrite=overwrite,
                begin=begin,
            )
        exit_if_any(done.failed)
        return
    form = form or _form_of(output) or "table"
    if by != "sentence" and form in {"parquet", "html"}:
        raise StanceclfError(f"--by {by} can be written as table, jsonl or csv, not as {form}")
    if lang is not None and form != "html":
        raise StanceclfError("--lang needs --format html")
    loaded = options.model(model)

    def write(articles: Reading, file: BinaryIO) -> None:
        _write(loaded, articles, file, by, form, lang, max_sentence)

    write_articles(
        paths,
        write,
        None if output is None else Path(output),
        [model],
        scrolls=form in {"jsonl", "csv"},
        encoding=encoding,
        max_file=max_file,
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
    """Return whether to write in parts: what is large, or becomes a folder."""
    if output is None or by != "sentence" or STDIN in paths:
        return False
    if is_stream(output) and not Path(output).is_dir():
        return False
    into = form or _form_of(output)
    if into is None or is_url(output):
        return True
    if into not in {"jsonl", "csv", "parquet"}:
        return False
    from stanceclf.prediction import is_large, parts_folder

    begun = Path(parts_folder(output, into)).exists()
    return scheduler is not None or begun or is_large(paths, part_size)


def _form_of(output: str | None) -> Form | None:
    """Return the format that a file's suffix asks for, None for a folder."""
    if output is None:
        return "table"
    if output.endswith("/"):
        return None
    suffixes: dict[str, Form] = {".txt": "table", ".htm": "html"}
    suffixes |= {f".{form}": form for form in get_args(Form) if form != "table"}
    return suffixes.get(Path(output).suffix.lower())


@contextmanager
def _corpus_progress(parts: str) -> Iterator[Callable[[int], Callable[[int, int, bool], None]]]:
    """Provide a progress bar by bytes; if interrupted, say how to continue."""
    with ExitStack() as stack:
        try:
            yield lambda size: _begin(size, stack)
        except (KeyboardInterrupt, SystemExit):
            said = f"interrupted; continue from the parts in {parts} with --resume"
            typer.echo(f"stanceclf: {said}", err=True)
            raise


def _begin(size: int, stack: ExitStack) -> Callable[[int, int, bool], None]:
    bar = progress_bar(max(size, 1), _BAR)
    if bar is None:
        return lambda *_: None
    stack.enter_context(bar)
    began, total = time.monotonic(), 0

    def show(bytes_done: int, sentences: int, is_old: bool) -> None:
        nonlocal total
        total += sentences
        if is_old:
            bar.initial += bytes_done
        rate = total / max(time.monotonic() - began, 1e-3)
        bar.set_description_str(f"{total:,} sentences, {rate:,.0f}/s", refresh=False)
        bar.update(bytes_done)

    return show


def _write(
    model: StanceModel,
    articles: Reading,
    file: BinaryIO,
    by: By,
    form: Form,
    lang: Lang | None,
    max_sentence: int,
) -> None:
    from stanceclf.prediction import predict_articles

    if form == "html":
        from stanceclf.reports import article_page

        predicted = (
            (one, list(articles.track(predict_articles(model, [one], max_sentence))))
            for one in articles
        )
        write_pieces([article_page(predicted, model, lang or model.topic.language)], file)
        return
    rows = articles.track(predict_articles(model, articles, max_sentence))
    topic, labels, color = model.topic.name, model.labels, articles.color
    if form == "parquet":
        from stanceclf.prediction import write_parquet

        if color:
            raise StanceclfError("Parquet is binary; write it to a file with --output")
        write_parquet(rows, file)
    elif by == "sentence":
        from stanceclf.prediction import write_predictions

        write_pieces(write_predictions(rows, form, labels, topic=topic, color=color), file)
    else:
        from stanceclf.prediction import standings, write_standings

        found = standings(rows, by, model.normalizer)
        write_pieces(write_standings(found, form, by, labels, topic=topic, color=color), file)
