"""Reading the articles of a command and writing a row for each of their sentences."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from stanceclf.articles import Article, decode, find_articles, read_articles
from stanceclf.cli import options
from stanceclf.cli.output import open_output
from stanceclf.errors import StanceclfError
from stanceclf.formats import Format, write_predictions

if TYPE_CHECKING:
    from tqdm import tqdm

    from stanceclf.predictions import Prediction

STDIN = "-"


def write_rows(
    paths: list[str],
    read: Callable[[Iterable[Article]], Iterable[Prediction]],
    form: Format,
    topic: str,
    labels: Mapping[str, str],
    output: Path | None,
    inputs: Sequence[str | Path],
    *,
    votes: bool = False,
) -> None:
    """Write the rows of all articles; then exit with 1 if one of them could not be read.

    An article that cannot be read is a line on standard error. With nothing to write, nothing is
    written; nor is it over an article, or over what else is read.
    """
    failed: list[StanceclfError] = []
    names = _find(paths, failed)
    options.spare([output], [*inputs, *(name for name in names if name != STDIN)])
    progress = _Progress()
    articles = progress.follow(_read(names, failed))
    first = next(articles, None)
    if first is not None:
        terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
        bar = _bar(len(names), terminal and form != "table")
        rows = progress.show(read(itertools.chain([first], articles)), bar)
        with open_output(output) as file, bar:
            for piece in write_predictions(
                rows, form, labels, votes=votes, topic=topic, color=terminal
            ):
                if terminal:
                    bar.clear()
                # What is no text (half of a surrogate pair in a file's name) is written escaped.
                file.write(piece.encode("utf-8", "backslashreplace"))
    for error in failed:
        typer.echo(f"stanceclf: {error}", err=True)
    if failed:
        raise typer.Exit(1)


def _find(paths: list[str], failed: list[StanceclfError]) -> list[str]:
    """Return the names of the articles that paths stand for; note what is wrong with the others."""
    names = []
    for path in paths:
        try:
            names += [STDIN] if path == STDIN else find_articles(path)
        except StanceclfError as error:
            failed.append(error)
    return list(dict.fromkeys(names))


def _read(names: list[str], failed: list[StanceclfError]) -> Iterator[list[Article]]:
    """Yield the articles of each file that can be read; note what is wrong with the others."""
    for name in names:
        try:
            if name == STDIN:
                yield [Article(STDIN, decode(_read_stdin(), STDIN))]
            else:
                yield read_articles(name)
        except StanceclfError as error:
            failed.append(error)
            yield []


def _read_stdin() -> bytes:
    try:
        if sys.stdin is not None:
            return sys.stdin.buffer.read()
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
        self._places: dict[str, tuple[float, float]] = {}

    def follow(self, files: Iterable[list[Article]]) -> Iterator[Article]:
        """Yield the articles of files, and note which share of which file each is."""
        for number, articles in enumerate(files):
            for index, article in enumerate(articles):
                share = 1 / len(articles)
                self._places[article.name] = (number + index * share, share / len(article.text))
                yield article

    def show(
        self, rows: Iterable[Prediction], bar: tqdm[NoReturn] | _NoBar
    ) -> Iterator[Prediction]:
        """Yield rows and move the bar on."""
        for row in rows:
            yield row
            begin, step = self._places[row.article]
            # A long article is progress in itself.
            bar.update(begin + row.end * step - bar.n)
