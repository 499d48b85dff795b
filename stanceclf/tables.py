"""Tables of articles: a CSV, JSON lines or Parquet file with an article a row.

A row is an article of its own, named after its file and its ``id``, or without such a column its
number, the header not counted: ``帖子.csv#B017``, ``帖子.csv#17``.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import BinaryIO, TextIO

from stanceclf.errors import StanceclfError

#: What a table of articles may end in.
TABLES = (".csv", ".jsonl", ".parquet", ".tsv")
#: The columns that hold the articles' text and, if there is one, their names; in whatever case.
TEXT, ID = "text", "id"

_OF_ROW = re.compile(r"(.+?(?:\.csv|\.jsonl|\.parquet|\.tsv))#(.+)", re.IGNORECASE | re.DOTALL)
_MOST_SHOWN = 8
# What parts values elsewhere, and would be taken for text here.
_OTHER_COMMAS = ";\t|，"
# So many ids are remembered, to tell when one comes again; so many rows of Parquet are read at
# once.
_REMEMBERED, _AT_ONCE = 1_000_000, 1024
#: A row that is longer than so many characters is refused unless more are allowed.
LONGEST = 128 << 20

# A row: its place in the file, counted from 1 without a header, its line if known, id and text.
_Row = tuple[int, int | None, object, object]


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


def is_table(path: str | PathLike[str]) -> bool:
    """Tell by its name whether a file is a table of articles.

    Examples
    --------
    >>> is_table("帖子.CSV"), is_table("一.txt")
    (True, False)
    """
    return Path(path).suffix.lower() in TABLES


def table_of(name: str) -> str | None:
    """Return the table that an article is a row of, None if it is a file of its own.

    Examples
    --------
    >>> table_of("帖子.csv#17"), table_of("一.txt")
    ('帖子.csv', None)
    """
    match = _OF_ROW.fullmatch(name)
    return None if match is None else match[1]


def read_parquet(file: BinaryIO, path: str | PathLike[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of a Parquet file that hold text, by their id or number.

    Parameters
    ----------
    file : binary file
        The table; given its name, the library takes some for those of places elsewhere.
    path : path-like
        What it is called.

    Raises
    ------
    StanceclfError
        It cannot be read, or has no column of text.
    """
    import pyarrow as pa
    from pyarrow import parquet

    def rows() -> Iterator[_Row]:
        number = 0
        wanted = [names[column] for column in (text, named) if column is not None]
        for batch in table.iter_batches(_AT_ONCE, columns=wanted):
            texts = batch.column(names[text]).to_pylist()
            ids = None if named is None else batch.column(names[named]).to_pylist()
            for index, value in enumerate(texts):
                number += 1
                yield number, None, None if ids is None else ids[index], value

    try:
        table = parquet.ParquetFile(file)
        names = table.schema_arrow.names
        text, named = _columns(names, path)
        yield from _articles(rows(), named, path)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.strerror:
            raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
        said = (str(error).splitlines() or [""])[0]
        raise StanceclfError(f"cannot read it as Parquet: {said}", path=path) from None


def read_rows(
    lines: TextIO, path: str | PathLike[str], longest: int = LONGEST
) -> Iterator[tuple[str, str]]:
    r"""Yield the rows of a table of text that hold some, by their id or number, as they are read.

    Parameters
    ----------
    lines : text file
        The table, its line ends as they are.
    path : path-like
        Its name, whose end tells what it is.
    longest : int
        So many characters a field or a JSON line may have.

    Raises
    ------
    StanceclfError
        It is no such table, has no column of text, or has an id twice; named by line. Rows before
        that one have been yielded.

    Examples
    --------
    >>> from io import StringIO
    >>> list(read_rows(StringIO("赞,text\n7,开源便宜\n8,\n9,闭源贵\n"), "帖子.csv"))
    [('1', '开源便宜'), ('3', '闭源贵')]
    >>> list(read_rows(StringIO('{"id": "B7", "text": "开源便宜"}'), "帖子.jsonl"))
    [('B7', '开源便宜')]
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".jsonl":
        return _of_json(lines, path, longest)
    return _of_csv(lines, path, longest, "\t" if suffix == ".tsv" else ",")


def _of_csv(
    lines: TextIO, path: str | PathLike[str], longest: int, comma: str
) -> Iterator[tuple[str, str]]:
    # Tabs part values that are never quoted; a quotation mark is one of the text.
    reader = csv.reader(lines, _Tabs if comma == "\t" else csv.excel, strict=True)
    values = (row for row in _csv_rows(reader, path, longest) if row)
    header = next(values, [])
    if len(header) == 1 and (other := set(header[0]) & set(_OTHER_COMMAS)):
        raise StanceclfError(
            f"its values are parted by {other.pop()!r}; save it with commas (or as .tsv with tabs)",
            path=path,
        )
    column, named = _columns(header, path)

    def rows() -> Iterator[_Row]:
        for number, row in enumerate(values, 1):
            line = reader.line_num
            if len(row) != len(header):
                quote = f"; quote those that hold `{comma}`" if comma == "," else ""
                said = f"{len(row)} values where the header has {len(header)}{quote}"
                raise StanceclfError(said, path=path, line=line)
            yield number, line, None if named is None else row[named], row[column]

    yield from _articles(rows(), named, path)


def _csv_rows(
    reader: Iterator[list[str]], path: str | PathLike[str], longest: int
) -> Iterator[list[str]]:
    while True:
        # A field may be a whole article; the library's bound, which all readers share, is 131,072.
        limit = csv.field_size_limit(longest)
        try:
            row = next(reader, None)
        except csv.Error as error:
            line: int = reader.line_num  # type: ignore[attr-defined]
            more = "; allow more by --max-file" if "field limit" in str(error) else ""
            raise StanceclfError(f"no table: {error}{more}", path=path, line=line) from None
        finally:
            csv.field_size_limit(limit)
        if row is None:
            return
        yield row


def _of_json(lines: TextIO, path: str | PathLike[str], longest: int) -> Iterator[tuple[str, str]]:
    values = _json_rows(lines, path, longest)
    first = next(values, None)
    if first is None:
        return
    # The first row tells what the columns are called.
    names = list(first[1])
    column, named = _columns(names, path, first[0])

    def rows() -> Iterator[_Row]:
        for number, (line, row) in enumerate(itertools.chain([first], values), 1):
            if names[column] not in row:
                said = f"`{names[column]}` is missing, which holds the articles"
                raise StanceclfError(said, path=path, line=line)
            own = None if named is None else row.get(names[named])
            yield number, line, own, row[names[column]]

    yield from _articles(rows(), named, path)


def _json_rows(
    lines: TextIO, path: str | PathLike[str], longest: int
) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line in itertools.count(1):
        written = lines.readline(longest + 1)
        if not written:
            return
        if len(written) > longest:
            said = f"a line of more than {longest:,} characters; allow more by --max-file"
            raise StanceclfError(said, path=path, line=line)
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise StanceclfError(f"not JSON: {error}", path=path, line=line) from None
        if not isinstance(value, Mapping):
            raise StanceclfError("must be an object, a row a line", path=path, line=line)
        yield line, value


def _columns(
    names: Sequence[str], path: str | PathLike[str], line: int | None = None
) -> tuple[int, int | None]:
    """Return which column holds the text, the one named so or the only one, and which the ids."""
    called = [str(name).strip().lower() for name in names]
    if called.count(TEXT) != 1 and not (len(names) == 1 and TEXT not in called):
        shown = ", ".join(str(name)[:20] for name in names[:_MOST_SHOWN])
        more = ", ..." if len(names) > _MOST_SHOWN else ""
        what = "several columns are" if TEXT in called else "no column is"
        raise StanceclfError(
            f"{what} named `{TEXT}`; name so the one that holds articles (there: {shown}{more})",
            path=path,
            line=line,
        )
    column = called.index(TEXT) if TEXT in called else 0
    return column, called.index(ID) if called.count(ID) == 1 else None


def _articles(
    rows: Iterable[_Row], named: int | None, path: str | PathLike[str]
) -> Iterator[tuple[str, str]]:
    """Yield the rows that hold text by their name; an empty one is no article."""
    numbers: dict[str, int] = {}
    for number, line, own, value in rows:
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            said = f"row {number}: `{TEXT}` must be text (is {type(value).__name__})"
            raise StanceclfError(said, path=path, line=line)
        name = str(number) if named is None else _id(own, number, path, line)
        first = number
        if named is not None and len(numbers) < _REMEMBERED:
            first = numbers.setdefault(name, number)
        if first != number:
            said = f"`{ID}` {name} is of rows {first} and {number}; give each its own"
            raise StanceclfError(said, path=path, line=line)
        if any("\ud800" <= char <= "\udfff" for char in name + value):
            said = f"row {number}: half of a surrogate pair is no text"
            raise StanceclfError(said, path=path, line=line)
        if value.strip():
            yield name, value


def _id(value: object, number: int, path: str | PathLike[str], line: int | None) -> str:
    name = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    if not name or not name.isprintable():
        said = f"row {number}: `{ID}` must be a number or text; or rename the column"
        raise StanceclfError(said, path=path, line=line)
    return name
