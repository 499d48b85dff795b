"""Chunks of a table, runs of rows that can be read independently; and a table's columns."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.encodings import detect
from stanceclf.articles.files import BEGINNING, check_format
from stanceclf.articles.tables.base import Layout, Position, Record, Table
from stanceclf.articles.tables.delimited import CsvTable
from stanceclf.articles.tables.json import JsonListTable, JsonTable, holds_list
from stanceclf.articles.tables.parquet import ParquetTable
from stanceclf.errors import StanceclfError
from stanceclf.io import open_file


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows.

    Attributes
    ----------
    start : Position or None
        Where it begins; None for the first row.
    rows : int
        How many rows with text it has.
    layout : Layout
        What is known of the table.
    """

    start: Position | None
    rows: int
    layout: Layout


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
    table = _open(file, path, _layout(file, path, encoding), text_column, longest)
    start: Position | None = None
    rows = length = 0
    for _, text in table.rows():
        rows += 1
        length += len(text)
        if length >= size:
            yield Chunk(start, rows, table.layout)
            start, rows, length = table.place(), 0, 0
    if rows:
        yield Chunk(start, rows, table.layout)
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
    table = _open(file, path, chunk.layout, text_column, longest)
    read = 0
    # Closed before the file is.
    with closing(table.rows(chunk.start)) as rows:
        for row in islice(rows, chunk.rows):
            read += 1
            yield row
    if read < chunk.rows:
        raise StanceclfError("it changed while it was read; try again", path=path)


def read_columns(
    path: str | PathLike[str],
    names: Sequence[str],
    optional: Sequence[str] = (),
    *,
    longest: int = 128 << 20,
) -> Iterator[Record]:
    r"""Yield the rows of a table, each with its number and its line, if known, and some columns.

    Rows without any of these values are left out, but counted. Texts may be in any encoding of
    articles.

    Parameters
    ----------
    path : path-like
        The table.
    names, optional : sequence of str
        The columns, in lower case; in the table they may be in upper case too.
    longest : int
        Maximum length of a row, in characters.

    Raises
    ------
    StanceclfError
        It is not such a table; the message gives the line, if there are lines.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "帖子.csv")
    >>> _ = path.write_text("赞,Text\n7,开源便宜\n", encoding="utf-8")
    >>> list(read_columns(path, ["text"], ["id"]))
    [(1, 2, {'text': '开源便宜'})]
    """
    with open_file(path) as file:
        table = _open(file, path, _layout(file, path), None, longest)
        with closing(table.records(names, optional)) as records:
            for number, line, values in records:
                if any(value is not None and value != "" for value in values.values()):
                    yield number, line, values


def _suffix(path: str | PathLike[str]) -> str:
    return Path(path).suffix.lower()


def _layout(file: BinaryIO, path: str | PathLike[str], encoding: str | None = None) -> Layout:
    if _suffix(path) == ".parquet":
        return Layout(encoding="")
    check_format(file.read(BEGINNING), path)
    file.seek(0)
    return Layout(*detect(file, path, encoding))


def _open(
    file: BinaryIO,
    path: str | PathLike[str],
    layout: Layout,
    text_column: str | None,
    longest: int,
) -> Table:
    longest = min(longest, sys.maxsize - 1)  # The most that a read can ask for.
    kind: type[Table] = CsvTable
    if _suffix(path) == ".parquet":
        kind = ParquetTable
    elif _suffix(path) in {".json", ".jsonl", ".ndjson"}:
        is_list = holds_list(file, path, layout.encoding, layout.mark, longest)
        kind = JsonListTable if is_list else JsonTable
    return kind(file, path, text_column, layout, longest)
