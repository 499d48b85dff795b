"""The command ``predict``: the stance of every sentence of articles, and who stands where."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import STDIN, Reading, write_articles
from stanceclf.cli.output import (
    choose_form,
    default_form,
    exit_if_any,
    progress_bar,
    report_written,
)
from stanceclf.errors import StanceclfError, one_line
from stanceclf.io import is_stream, is_url, local_path, write_pieces

if TYPE_CHECKING:
    from stanceclf.articles import Article
    from stanceclf.model import StanceModel
    from stanceclf.prediction import PartForm, Prediction

Form = Literal["table", "jsonl", "csv", "parquet", "html"]
By = Literal["sentence", "speaker", "article"]
Lang = Literal["zh", "en"]

_SUFFIXES: dict[str, Form] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
}
_PARTS: dict[str, PartForm] = {"jsonl": "jsonl", "csv": "csv", "parquet": "parquet"}
# A page of so many opens in seconds.
_MOST_ON_PAGE = 10_000
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
            "--format",
            help="Output format. Default: by the suffix of --output; without it, table at a "
            "terminal, jsonl elsewhere.",
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
    text_column: options.TextColumn = None,
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
    if output is not None and not Path(local_path(output)).is_dir():
        from stanceclf.model import record_path

        options.forbid_overwrite([output], [model, record_path(model)])
    chosen = _choose_form(paths, by, form, output)
    in_parts = _goes_in_parts(paths, by, chosen, output, part_size, scheduler)
    if not in_parts and (scheduler or overwrite or (resume and output is None)):
        option = "--scheduler" if scheduler else "--overwrite" if overwrite else "--resume"
        what = "works only if --output writes sentences to files"
        raise typer.BadParameter(what, param_hint=option)
    if by != "sentence" and chosen in {"parquet", "html"}:
        what = f"--by {by} can be written as table, jsonl or csv, not as {chosen}"
        raise typer.BadParameter(what, param_hint="--format")
    if lang is not None and chosen != "html":
        raise typer.BadParameter("needs --format html", param_hint="--lang")
    loaded = options.model(model)
    if in_parts and output is not None:
        from stanceclf.prediction import ReadOptions, parts_folder, predict_corpus

        part_form = None if chosen is None else _PARTS[chosen]
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
        for line in done.left_out:
            options.warn(line)
        if done.parts:
            parts = done.parts if chosen is None else 0
            report_written(done.sentences, output, parts, resumed=resume)
        exit_if_any(done.failed)
        return
    shown = chosen or "table"

    def write(articles: Reading, file: BinaryIO) -> None:
        _write(loaded, articles, file, by, shown, lang, max_sentence)

    write_articles(
        paths,
        write,
        None if output is None else Path(output),
        [model],
        scrolls=shown in {"jsonl", "csv"},
        encoding=encoding,
        max_file=max_file,
        text_column=text_column,
    )


def _choose_form(paths: list[str], by: By, form: Form | None, output: str | None) -> Form | None:
    """Return the format to write; None for a folder of Parquet parts.

    Raises
    ------
    typer.BadParameter
        The output cannot be in this format.
    """
    local = None if output is None else local_path(output)
    is_there = local is not None and Path(local).is_dir()
    named = output is not None and output.endswith("/")
    bare = local is not None and form is None and not Path(local).suffix and not is_stream(local)
    if output is None or not (is_there or named or bare):
        form = choose_form(form, local, _SUFFIXES) or default_form(output)
        if output is not None and is_url(output) and (by != "sentence" or form not in _PARTS):
            what = f"{output}: to a URL, only sentences can be written, as jsonl, csv or parquet"
            raise typer.BadParameter(what, param_hint="--output")
        return form
    why = None
    if form not in {None, "parquet"}:
        why = f"--format {form} writes a file"
    elif by != "sentence":
        why = f"--by {by} writes a file"
    elif STDIN in paths:
        why = "what is read from standard input is written to a file"
    if why is not None:
        raise typer.BadParameter(f"{output}: names a folder, but {why}", param_hint="--output")
    return None


def _goes_in_parts(
    paths: list[str],
    by: By,
    form: Form | None,
    output: str | None,
    part_size: int,
    scheduler: str | None,
) -> bool:
    """Return whether to write in parts: what is large, or becomes a folder."""
    if form is None:
        return True
    if output is None or by != "sentence" or STDIN in paths or form not in _PARTS:
        return False
    if is_url(output):
        return True
    if is_stream(output):
        return False
    from stanceclf.prediction import is_large, parts_folder

    begun = Path(parts_folder(output, _PARTS[form])).exists()
    return scheduler is not None or begun or is_large(paths, part_size)


@contextmanager
def _corpus_progress(parts: str) -> Iterator[Callable[[int], Callable[[int, int, bool], None]]]:
    """Provide a progress bar by bytes; if interrupted, say how to continue."""
    with ExitStack() as stack:
        try:
            yield lambda size: _begin(size, stack)
        except (KeyboardInterrupt, SystemExit):
            said = f"interrupted; continue from the parts in {parts} with --resume"
            typer.echo(f"stanceclf: {one_line(said, None, None)}", err=True)
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
        if sentences:
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
        page = article_page(_limited(predicted), model, lang or model.topic.language)
        write_pieces([page], file)
        return
    rows = articles.track(predict_articles(model, articles, max_sentence))
    topic, labels, color = model.topic.name, model.labels, articles.color
    if form == "parquet":
        from stanceclf.prediction import write_parquet

        if articles.at_terminal:
            raise StanceclfError("Parquet is binary; write it to a file with --output")
        write_parquet(rows, file)
    elif by == "sentence":
        from stanceclf.prediction import write_predictions

        pieces = write_predictions(
            rows, form, labels, topic=topic, color=color, mark=articles.in_file
        )
        write_pieces(pieces, file)
    else:
        from stanceclf.prediction import standings, write_standings

        found = standings(rows, by, model.normalizer)
        pieces = write_standings(
            found, form, by, labels, topic=topic, color=color, mark=articles.in_file
        )
        write_pieces(pieces, file)


def _limited(
    predicted: Iterable[tuple[Article, list[Prediction]]],
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Yield articles and their sentences while a browser can still show them on one page.

    Raises
    ------
    StanceclfError
        There are too many.
    """
    sentences = 0
    for article, rows in predicted:
        sentences += len(rows)
        if sentences > _MOST_ON_PAGE:
            what = f"more than {_MOST_ON_PAGE:,} sentences are too many for one HTML page"
            raise StanceclfError(f"{what}; name fewer articles, or write .csv or .parquet")
        yield article, rows
