"""Tables of articles: a CSV, JSON lines or Parquet file with an article a row.

A row is an article of its own, named after its file and its number: ``帖子.csv#17`` is row 17, the
header not counted.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError

#: What a table of articles may end in.
TABLES = (".csv", ".jsonl", ".parquet", ".tsv")
#: The column that holds the articles' text, in whatever case.
TEXT = "text"
#: What stands between a table's name and a row's number.
ROW = "#"

_MOST_SHOWN = 8


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


def row_name(table: str, number: int) -> str:
    """Return the name of the article in a row, counted from 1.

    Examples
    --------
    >>> row_name("帖子.csv", 17)
    '帖子.csv#17'
    """
    return f"{table}{ROW}{number}"


def table_of(name: str) -> str | None:
    """Return the table that an article is a row of, None if it is a file of its own.

    Examples
    --------
    >>> table_of("帖子.csv#17"), table_of("一.txt")
    ('帖子.csv', None)
    """
    table, mark, number = name.rpartition(ROW)
    return table if mark and is_table(table) and number.isascii() and number.isdigit() else None


def read_parquet(path: str | PathLike[str]) -> Iterator[tuple[int, str]]:
    """Yield the rows of a Parquet file that hold text, by their number, counted from 1.

    Parameters
    ----------
    path : path-like
        The file.

    Raises
    ------
    StanceclfError
        It cannot be read, or has no column of text.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        names = parquet.read_schema(path).names
        column = _text_column(names, path)
        values = parquet.read_table(path, columns=[names[column]]).column(0).to_pylist()
    except (pa.ArrowException, OSError) as error:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise StanceclfError(f"cannot read it as Parquet: {said}", path=path) from None
    yield from _texts(enumerate(values, 1), path, None)


def read_rows(text: str, path: str | PathLike[str]) -> Iterator[tuple[int, str]]:
    r"""Yield the rows of a decoded table that hold text, by their number, counted from 1.

    Parameters
    ----------
    text : str
        The file's text.
    path : path-like
        Its name, whose end tells what it is.

    Raises
    ------
    StanceclfError
        It is no such table, or has no column of text; named by line.

    Examples
    --------
    >>> list(read_rows("id,text\n7,开源便宜\n8,\n9,闭源贵\n", "帖子.csv"))
    [(1, '开源便宜'), (3, '闭源贵')]
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".jsonl":
        rows = list(_json_rows(text, path))
        yield from _texts(enumerate((value for _, value in rows), 1), path, [n for n, _ in rows])
    else:
        yield from _csv_rows(text, path, "\t" if suffix == ".tsv" else ",")


def _csv_rows(text: str, path: str | PathLike[str], comma: str) -> Iterator[tuple[int, str]]:
    # A field of a table may be a whole article; the library's bound is 131,072 characters.
    limit = csv.field_size_limit(max(len(text), 1))
    # Tabs part values that are never quoted; a quotation mark is one of the text.
    dialect = _Tabs if comma == "\t" else csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise StanceclfError(f"no table: {error}", path=path, line=reader.line_num) from None
    finally:
        csv.field_size_limit(limit)
    header = rows[0][1] if rows else []
    column = _text_column(header, path)
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise StanceclfError(
                f"{len(row)} values where the header has {len(header)}; quote those that hold "
                f"`{comma}`"
                if comma == ","
                else f"{len(row)} values, the header has {len(header)}",
                path=path,
                line=line,
            )
    yield from _texts(enumerate((row[column] for _, row in rows[1:]), 1), path, None)


def _json_rows(text: str, path: str | PathLike[str]) -> Iterator[tuple[int, object]]:
    # Not splitlines: U+2028 and its like may stand inside a JSON string.
    for line, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            value = json.loads(row)
        except (ValueError, RecursionError) as error:
            raise StanceclfError(f"not JSON: {error}", path=path, line=line) from None
        if not isinstance(value, Mapping):
            raise StanceclfError("must be an object, a row a line", path=path, line=line)
        names = list(value)
        try:
            yield line, value[names[_text_column(names, path)]]
        except StanceclfError as error:
            raise StanceclfError(error.what, path=path, line=line) from None


def _text_column(names: Sequence[str], path: str | PathLike[str]) -> int:
    """Return which column holds the text: the one named so, or the only one."""
    named = [i for i, name in enumerate(names) if str(name).strip().lower() == TEXT]
    if len(named) == 1:
        return named[0]
    if len(names) == 1 and not named:
        return 0
    shown = ", ".join(str(name)[:20] for name in names[:_MOST_SHOWN])
    more = ", ..." if len(names) > _MOST_SHOWN else ""
    what = "several columns are" if named else "no column is"
    raise StanceclfError(
        f"{what} named `{TEXT}`; name the one so that holds the articles (there: {shown}{more})",
        path=path,
    )


def _texts(
    rows: Iterator[tuple[int, object]], path: str | PathLike[str], lines: Sequence[int] | None
) -> Iterator[tuple[int, str]]:
    """Yield the rows that hold text; an empty one is no article."""
    for number, value in rows:
        if value is None:
            continue
        if not isinstance(value, str):
            raise StanceclfError(
                f"row {number}: `{TEXT}` must be text (is {type(value).__name__})",
                path=path,
                line=None if lines is None else lines[number - 1],
            )
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise StanceclfError(f"row {number}: half of a surrogate pair is no text", path=path)
        if value.strip():
            yield number, value
