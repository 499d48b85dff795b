"""Shares of a table: runs of rows, each of which can be read by itself."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Protocol

from stanceclf.articles.encodings import detect
from stanceclf.articles.parquet_tables import ParquetTable
from stanceclf.articles.text_tables import CsvTable, JsonTable, Place
from stanceclf.errors import StanceclfError


class Table(Protocol):
    """A table that can be read from any of its rows on."""

    def rows(self, start: Place | None = None) -> Generator[tuple[str, str]]:
        """Yield the rows that hold text, by name."""

    def place(self) -> Place:
        """Return where the row comes that is after the one yielded last."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows.

    Attributes
    ----------
    start : Place or None
        Where it begins; None at the first row.
    rows : int
        How many rows that hold text it has.
    encoding : str
        What the table is in, empty if it is no text.
    mark : int
        How many bytes of a byte order mark come first.
    """

    start: Place | None
    rows: int
    encoding: str
    mark: int


def find_chunks(
    file: BinaryIO,
    path: str | PathLike[str],
    size: int,
    *,
    wanted: str | None = None,
    encoding: str | None = None,
    longest: int,
) -> Generator[Chunk]:
    r"""Yield the shares of a table, and see that all of it can be read.

    Parameters
    ----------
    file : binary file
        What holds it.
    path : path-like
        Its name, whose end tells what it is.
    size : int
        A share ends with the row by which it has so many characters.
    wanted : str, optional
        What the column of texts is called.
    encoding : str, optional
        What it is in; by default found out.
    longest : int
        So many characters a row may have.

    Raises
    ------
    StanceclfError
        It is no such table, or no row holds text.

    Examples
    --------
    >>> import io
    >>> data = io.BytesIO("text\n开源便宜\n\n闭源贵\n下雨\n".encode())
    >>> shares = list(find_chunks(data, "帖子.csv", 5, longest=100))
    >>> [share.rows for share in shares]
    [2, 1]
    >>> list(read_chunk(shares[1], data, "帖子.csv", longest=100))
    [('3', '下雨')]
    """
    name, mark = ("", 0) if _is_parquet(path) else detect(file, path, encoding)
    table = _open(file, path, name, mark, wanted, longest)
    start, rows, held, some = None, 0, 0, False
    for _, text in table.rows():
        rows += 1
        held += len(text)
        some = True
        if held >= size:
            yield Chunk(start, rows, name, mark)
            start, rows, held = table.place(), 0, 0
    if rows:
        yield Chunk(start, rows, name, mark)
    if not some:
        raise StanceclfError("no row of this table holds text", path=path)


def read_chunk(
    share: Chunk,
    file: BinaryIO,
    path: str | PathLike[str],
    *,
    wanted: str | None = None,
    longest: int,
) -> Generator[tuple[str, str]]:
    """Yield the rows of a share, by their id or number.

    Parameters
    ----------
    share : Chunk
        One of `find_chunks`.
    file, path, wanted, longest
        As there.

    Raises
    ------
    StanceclfError
        The table has changed in the meantime.
    """
    table = _open(file, path, share.encoding, share.mark, wanted, longest)
    read = 0
    # Closed before the file is.
    with closing(table.rows(share.start)) as rows:
        for row in islice(rows, share.rows):
            read += 1
            yield row
    if read < share.rows:
        raise StanceclfError("it has changed while it was read; try again", path=path)


def _is_parquet(path: str | PathLike[str]) -> bool:
    return Path(path).suffix.lower() == ".parquet"


def _open(
    file: BinaryIO,
    path: str | PathLike[str],
    encoding: str,
    mark: int,
    wanted: str | None,
    longest: int,
) -> Table:
    if _is_parquet(path):
        return ParquetTable(file, path, wanted)
    kind = JsonTable if Path(path).suffix.lower() == ".jsonl" else CsvTable
    return kind(file, path, encoding, mark, wanted, longest)
