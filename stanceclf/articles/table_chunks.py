"""Chunks of a table: runs of rows that can be read independently."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.encodings import detect
from stanceclf.articles.parquet_tables import ParquetTable
from stanceclf.articles.tables import Position, Table
from stanceclf.articles.text_tables import CsvTable, JsonTable
from stanceclf.errors import StanceclfError


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows.

    Attributes
    ----------
    start : Position or None
        Where it begins; None for the first row.
    rows : int
        How many rows with text it has.
    encoding, mark : str and int
        The table's encoding, empty for Parquet, and the bytes of its byte order mark.
    """

    start: Position | None
    rows: int
    encoding: str
    mark: int


def find_chunks(
    file: BinaryIO,
    path: str | PathLike[str],
    size: int,
    *,
    text_column: str | None = None,
    encoding: str | None = None,
    longest: int,
) -> Generator[Chunk]:
    r"""Yield the chunks of a table; all of it is read, so that its errors appear here.

    Parameters
    ----------
    file : binary file
        The table.
    path : path-like
        Its name, whose suffix says what it is.
    size : int
        A chunk ends with the row at which it reaches this many characters.
    text_column : str, optional
        The column of texts; by default ``text`` or the only one.
    encoding : str, optional
        The table's encoding; detected by default.
    longest : int
        Maximum length of a row, in characters.

    Raises
    ------
    StanceclfError
        It is not such a table, or no row contains text.

    Examples
    --------
    >>> import io
    >>> data = io.BytesIO("text\n开源便宜\n\n闭源贵\n下雨\n".encode())
    >>> chunks = list(find_chunks(data, "帖子.csv", 5, longest=100))
    >>> [chunk.rows for chunk in chunks]
    [2, 1]
    >>> list(read_chunk(chunks[1], data, "帖子.csv", longest=100))
    [('3', '下雨')]
    """
    name, mark = ("", 0) if _suffix(path) == ".parquet" else detect(file, path, encoding)
    table = _open(file, path, name, mark, text_column, longest)
    start: Position | None = None
    rows = length = 0
    for _, text in table.rows():
        rows += 1
        length += len(text)
        if length >= size:
            yield Chunk(start, rows, name, mark)
            start, rows, length = table.place(), 0, 0
    if rows:
        yield Chunk(start, rows, name, mark)
    elif start is None:
        raise StanceclfError("no row of this table contains text", path=path)


def read_chunk(
    chunk: Chunk,
    file: BinaryIO,
    path: str | PathLike[str],
    *,
    text_column: str | None = None,
    longest: int,
) -> Generator[tuple[str, str]]:
    """Yield the rows of a chunk, each by its id or number; arguments as for `find_chunks`.

    Raises
    ------
    StanceclfError
        The table has changed since.
    """
    table = _open(file, path, chunk.encoding, chunk.mark, text_column, longest)
    read = 0
    # Closed before the file is.
    with closing(table.rows(chunk.start)) as rows:
        for row in islice(rows, chunk.rows):
            read += 1
            yield row
    if read < chunk.rows:
        raise StanceclfError("it changed while it was read; try again", path=path)


def _suffix(path: str | PathLike[str]) -> str:
    return Path(path).suffix.lower()


def _open(
    file: BinaryIO,
    path: str | PathLike[str],
    encoding: str,
    mark: int,
    text_column: str | None,
    longest: int,
) -> Table:
    if _suffix(path) == ".parquet":
        return ParquetTable(file, path, text_column)
    kind = JsonTable if _suffix(path) == ".jsonl" else CsvTable
    return kind(file, path, text_column, encoding, mark, longest)
