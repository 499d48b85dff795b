"""Reading the articles of a command, and writing what comes of them."""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, cast

import typer

from stanceclf.articles import (
    Article,
    extract_text,
    find_articles,
    is_table,
    read_at_most,
    stream_articles,
    table_of,
)
from stanceclf.cli import options
from stanceclf.cli.output import open_output
from stanceclf.errors import StanceclfError

if TYPE_CHECKING:
    from tqdm import tqdm

    from stanceclf.prediction import Prediction

STDIN = "-"


@dataclass(frozen=True)
class Reading:
    """What a command has to read, and how to show that it goes on.

    Attributes
    ----------
    articles : iterator of Article
        The articles, read as they are asked for.
    show : callable
        Passes sentences through and moves the progress bar on.
    color : bool
        Whether what is written may use a terminal's colours.
    """

    articles: Iterator[Article]
    show: Callable[[Iterable[Prediction]], Iterator[Prediction]]
    color: bool


def write_articles(
    paths: list[str],
    write: Callable[[Reading, BinaryIO], None],
    output: Path | None,
    inputs: Sequence[str | Path],
    *,
    at_once: bool,
    encoding: str | None,
    most: int,
    text_column: str | None = None,
) -> None:
    """Read articles and write what comes of them; then exit with 1 if one could not be read.

    An article that cannot be read is a line on standard error. With nothing to write, nothing is
    written; nor is it over an article, or over what else is read.

    Parameters
    ----------
    paths : list of str
        What was named on the command line.
    write : callable
        Takes a `Reading` and the file to write to.
    output : Path or None
        The file; None for standard output.
    inputs : sequence of path-like
        What else is read.
    at_once : bool
        Whether it is all written in the end, so that only a bar shows that it goes on.
    encoding : str or None
        What the articles are in; None where each is to be found out.
    most : int
        So many bytes a file may have.
    text_column : str, optional
        What the tables' column of texts is called.
    """
    failed: list[StanceclfError] = []
    names = _find(paths, failed)
    options.spare([output], [*inputs, *(name for name in names if name != STDIN)])
    progress = _Progress()
    articles = progress.follow(_read(names, failed, encoding, most, text_column))
    first = next(articles, None)
    if first is not None:
        terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
        bar = _bar(len(names), terminal and not at_once)
        reading = Reading(
            itertools.chain([first], articles), partial(progress.show, bar=bar), terminal
        )
        with open_output(output) as file, bar:
            write(reading, cast("BinaryIO", _Cleared(file, bar)) if terminal else file)
    for error in failed:
        typer.echo(f"stanceclf: {error}", err=True)
    if failed:
        raise typer.Exit(1)


def write_pieces(pieces: Iterable[str], file: BinaryIO) -> None:
    """Write pieces of text as they come."""
    for piece in pieces:
        # What is no text (half of a surrogate pair in a file's name) is written escaped.
        file.write(piece.encode("utf-8", "backslashreplace"))


class _Cleared:
    """A file on the terminal that a progress bar is on as well."""

    def __init__(self, file: BinaryIO, bar: tqdm[NoReturn] | _NoBar) -> None:
        self.file, self.bar = file, bar

    def write(self, data: bytes) -> int:
        self.bar.clear()
        return self.file.write(data)


def _find(paths: list[str], failed: list[StanceclfError]) -> list[str]:
    """Return the names of the articles that paths stand for; note what is wrong with the others."""
    names = []
    for path in paths:
        try:
            names += [STDIN] if path == STDIN else find_articles(path)
        except StanceclfError as error:
            failed.append(error)
    return list(dict.fromkeys(names))


def _read(
    names: list[str],
    failed: list[StanceclfError],
    encoding: str | None,
    most: int,
    text_column: str | None,
) -> Iterator[tuple[Article, float]]:
    """Yield the articles of files that can be read, and how many files, and shares, come before.

    What is wrong with the other files is noted.
    """
    for number, name in enumerate(names):
        try:
            if name == STDIN:
                yield read_one(STDIN, encoding, most), number
            else:
                files = stream_articles(name, encoding=encoding, most=most, text_column=text_column)
                for article, share in files:
                    yield article, number + share
        except StanceclfError as error:
            failed.append(error)


def read_one(path: str, encoding: str | None, most: int) -> Article:
    """Return one article: a file, a row of a table by its name, or standard input.

    Raises
    ------
    StanceclfError
        There is none, or it cannot be read.
    """
    if path == STDIN:
        return Article(STDIN, extract_text(_read_stdin(most), STDIN, encoding, most))
    table = table_of(path)
    if table is None and is_table(path):
        raise StanceclfError("a table holds many articles; name a row, as `FILE#17`", path=path)
    found = stream_articles(table or path, encoding=encoding, most=most)
    for article, _ in found:
        if article.name == path:
            return article
    raise StanceclfError(f"it has no article `{path}`", path=table)


def _read_stdin(most: int) -> bytes:
    try:
        if sys.stdin is not None:
            return read_at_most(sys.stdin.buffer, most, STDIN)
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=STDIN) from None
    raise StanceclfError("standard input is closed; name a file", path=STDIN)


class _NoBar(AbstractContextManager["_NoBar"]):
    """Stands for a progress bar where nobody would see one; tqdm takes 20 ms to import."""

    n = 0.0

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def update(self, by: float) -> None:
        """Do nothing."""

    def clear(self) -> None:
        """Do nothing."""


def _bar(total: int, quiet: bool) -> tqdm[NoReturn] | _NoBar:
    """Return a progress bar that shows on a terminal once it takes a while.

    Rows that scroll by on the same terminal are progress enough; tables come at the end.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        return _NoBar()
    from tqdm import tqdm

    return tqdm(
        total=total,
        unit=" articles",
        delay=0.5,
        leave=False,
        bar_format="{l_bar}{bar}| {n:.1f}/{total_fmt}{unit} [{elapsed}<{remaining}]",
    )


class _Progress:
    """How far the reading has come, in files: articles are read many at a time."""

    def __init__(self) -> None:
        # Where the articles are that were read and are not shown yet.
        self._places: deque[tuple[Article, float]] = deque()

    def follow(self, articles: Iterable[tuple[Article, float]]) -> Iterator[Article]:
        """Yield articles, and note how much comes before each."""
        for article, place in articles:
            self._places.append((article, place))
            yield article

    def show(
        self, rows: Iterable[Prediction], bar: tqdm[NoReturn] | _NoBar
    ) -> Iterator[Prediction]:
        """Yield rows and move the bar on."""
        for row in rows:
            yield row
            while self._places[0][0].name != row.article:
                self._places.popleft()
            article, place = self._places[0]
            # A long article is progress in itself; a table's row is short.
            own = 0.0 if table_of(article.name) else row.end / len(article.text)
            bar.update(place + own - bar.n)
