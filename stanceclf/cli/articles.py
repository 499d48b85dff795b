"""Reading the articles that are named on the command line; and ``text``, which prints one."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NoReturn, cast

import typer

from stanceclf.articles import (
    Article,
    check_outside,
    extract_text,
    file_with,
    is_table,
    read_at_most,
    search,
    stream_articles,
    table_of,
)
from stanceclf.cli import options
from stanceclf.cli.output import (
    exit_if_any,
    is_terminal,
    open_output,
    output_text,
    progress_bar,
    report_written,
    wants_color,
)
from stanceclf.errors import StanceclfError, without_secrets
from stanceclf.io import is_stream

if TYPE_CHECKING:
    from tqdm import tqdm

    from stanceclf.prediction import Prediction

STDIN = "-"
_BAR = "{l_bar}{bar}| {n:.1f}/{total_fmt} articles [{elapsed}<{remaining}]"


class Reading:
    """The articles that a command reads, and a bar that moves with the rows made of them.

    Parameters
    ----------
    articles : iterator of (Article, float)
        The articles, each with the number of files, and shares of one, that come before it.
    bar : tqdm or None
        The bar, if somebody would see it.
    output : Path or None
        The file to write to; None for standard output.

    Attributes
    ----------
    at_terminal, color : bool
        Whether the output is a terminal, and whether to use its colors.
    in_file : bool
        Whether the output is a file of its own, rather than a pipe or the like.
    sentences : int
        Number of rows so far.
    """

    def __init__(
        self,
        articles: Iterator[tuple[Article, float]],
        bar: tqdm[NoReturn] | None,
        output: Path | None,
    ) -> None:
        self.at_terminal = output is None and is_terminal(sys.stdout)
        self.color = output is None and wants_color(sys.stdout)
        self.in_file = output is not None and not is_stream(output)
        self.sentences = 0
        self._articles, self._bar = articles, bar
        # Articles are read many at a time: those whose rows are still to come.
        self._ahead: deque[tuple[Article, float]] = deque()

    def __iter__(self) -> Iterator[Article]:
        """Yield the articles."""
        for article, place in self._articles:
            if self._bar is not None:
                self._ahead.append((article, place))
            yield article

    def track(self, rows: Iterable[Prediction]) -> Iterator[Prediction]:
        """Yield rows in the order of the articles, and move the bar."""
        for row in rows:
            self.sentences += 1
            yield row
            if self._bar is None:
                continue
            while self._ahead[0][0].name != row.article:
                self._ahead.popleft()
            article, place = self._ahead[0]
            # A long article is progress in itself; a table's row is short.
            own = 0.0 if table_of(article.name) else row.end / len(article.text)
            self._bar.update(place + own - self._bar.n)


def write_articles(
    paths: list[str],
    write: Callable[[Reading, BinaryIO], None],
    output: Path | None,
    inputs: Sequence[str | Path],
    *,
    scrolls: bool,
    encoding: str | None,
    max_file: int,
    text_column: str | None = None,
) -> None:
    """Read articles and write what is made of them; exit with 1 if one could not be read.

    Each article that cannot be read is a line on standard error. Without any that can, the output
    is left alone.

    Parameters
    ----------
    paths : list of str
        The paths on the command line.
    write : callable
        Receives the articles and the file to write to.
    output : Path or None
        The file; None for standard output.
    inputs : sequence of path-like
        Other files that are read, and must not be overwritten.
    scrolls : bool
        Whether rows are written one by one: on a terminal they are progress enough.
    encoding, text_column : str or None
        As of `stream_articles`.
    max_file : int
        The maximum size of a file, in MB.
    """
    failed: list[StanceclfError] = []
    names = _find(paths, failed)
    options.forbid_overwrite([output], [*inputs, *(name for name in names if name != STDIN)])
    if output is not None:
        check_outside(output.as_posix(), paths)
    articles = _read(names, failed, encoding, max_file, text_column)
    first = next(articles, None)
    if first is not None:
        terminal = output is None and is_terminal(sys.stdout)
        bar = None if terminal and scrolls else progress_bar(len(names), _BAR)
        with open_output(output) as file, bar or nullcontext():
            if terminal and bar is not None:
                file = cast("BinaryIO", _WithBar(file, bar))
            reading = Reading(chain([first], articles), bar, output)
            write(reading, file)
        if output is not None and reading.in_file:
            report_written(reading.sentences, output)
    exit_if_any(failed)


class _WithBar:
    """The terminal as a file; it clears the bar before something is written."""

    def __init__(self, file: BinaryIO, bar: tqdm[NoReturn]) -> None:
        self._file, self._bar = file, bar

    def write(self, data: bytes) -> int:
        self._bar.clear()
        return self._file.write(data)


def _find(paths: list[str], failed: list[StanceclfError]) -> list[str]:
    """Return the names of the articles that paths stand for, each once."""
    names = []
    for path in paths:
        if path == STDIN:
            names.append(STDIN)
            continue
        try:
            found = search(path)
        except StanceclfError as error:
            failed.append(error)
            continue
        names += found.files
        if summary := found.summary():
            options.warn(f"{path}: {summary}")
    return list(dict.fromkeys(names))


def _read(
    names: list[str],
    failed: list[StanceclfError],
    encoding: str | None,
    max_file: int,
    text_column: str | None,
) -> Iterator[tuple[Article, float]]:
    """Yield the articles that can be read, each with the files and shares of one before it."""
    for number, name in enumerate(names):
        try:
            if name == STDIN:
                yield read_one(STDIN, encoding, max_file), number
                continue
            most = max_file << 20
            for article, share in stream_articles(
                name, encoding=encoding, most=most, text_column=text_column
            ):
                yield article, number + share
        except StanceclfError as error:
            failed.append(error)


def read_one(
    path: str,
    encoding: str | None,
    max_file: int = options.MAX_FILE,
    text_column: str | None = None,
) -> Article:
    """Return one article of at most `max_file` MB: a file, ``table.csv#row``, or standard input.

    Raises
    ------
    StanceclfError
        There is no such article, or it cannot be read.
    """
    most = max_file << 20
    if path == STDIN:
        return Article(STDIN, extract_text(_read_stdin(most), STDIN, encoding, most))
    file = file_with(path)
    if file == path and is_table(path):
        raise StanceclfError("a table has many articles; name a row, like `FILE#17`", path=path)
    for article, _ in stream_articles(file, encoding=encoding, most=most, text_column=text_column):
        if article.name == without_secrets(path):
            return article
    raise StanceclfError(f"it has no article `{path}`", path=file)


def _read_stdin(most: int) -> bytes:
    if sys.stdin is None:
        raise StanceclfError("standard input is closed; name a file", path=STDIN)
    try:
        return read_at_most(sys.stdin.buffer, most, STDIN)
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=STDIN) from None


def text(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="The article, or - for standard input.")
    ],
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    output: options.Output = None,
) -> None:
    """Print the text of an article.

    Web pages and Word documents are reduced to their text. The offsets `start` and `end` in the
    output of `predict` refer to it. A row of a table is named as there: posts.csv#17.
    """
    options.forbid_overwrite([output], [path])
    output_text(read_one(path, encoding, max_file, text_column).text, output)
