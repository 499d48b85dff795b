"""Tables of articles: CSV, JSON lines and Parquet files with one article per row.

An article is named after its table and its ``id``, or without such a column its row number, not
counting the header: ``帖子.csv#B017``, ``帖子.csv#17``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.errors import StanceclfError

#: Suffixes of tables.
TABLES = (".csv", ".jsonl", ".parquet", ".tsv")
#: The columns of texts and of names, in upper or lower case.
TEXT, ID = "text", "id"
#: A row as it is read: its number, counted from 1 without a header, its line if known, id and text.
Row = tuple[int, int | None, object, object]
#: A row with some of its columns: its number, its line if known, and their values.
Record = tuple[int, int | None, Mapping[str, object]]

_ROW_NAME = re.compile(rf"(.+?(?:{'|'.join(map(re.escape, TABLES))}))#(.+)", re.I | re.DOTALL)
_MAX_SHOWN = 8
# The first columns of tables of predictions.
_PREDICTIONS = ["article", "start", "end", "text", "stance"]
# Ids that are remembered to detect a repeated one.
_MAX_IDS = 1_000_000


def is_table(path: str | PathLike[str]) -> bool:
    """Return whether a file is a table, by its suffix.

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
    match = _ROW_NAME.fullmatch(name)
    return None if match is None else match[1]


def file_of(name: str) -> str:
    """Return the file that an article is in: its table, or one of its own.

    Examples
    --------
    >>> file_of("帖子.csv#17"), file_of("一.txt")
    ('帖子.csv', '一.txt')
    """
    return table_of(name) or name


@dataclass(frozen=True, slots=True)
class Position:
    """Where to resume reading a table: an offset in its file, and rows and lines before it."""

    offset: int = 0
    number: int = 0
    line: int = 0


class Table(ABC):
    """A table in a binary file that can be read from any of its rows on.

    The column of texts is by default ``text`` or the only one.
    """

    def __init__(
        self, file: BinaryIO, path: str | PathLike[str], text_column: str | None = None
    ) -> None:
        self.file, self.path, self.text_column = file, path, text_column

    @abstractmethod
    def rows(self, start: Position | None = None) -> Generator[tuple[str, str]]:
        """Yield id or number and text of the rows that contain text, by default from the first.

        Raises
        ------
        StanceclfError
            The table cannot be read, has no column of texts, or an id twice. Rows before the
            faulty one have been yielded.
        """

    @abstractmethod
    def records(self, names: Sequence[str], optional: Sequence[str]) -> Generator[Record]:
        """Yield all rows with the columns of these names, in upper or lower case.

        Raises
        ------
        StanceclfError
            The table cannot be read, or lacks a column that is not optional. Rows before the
            faulty one have been yielded.
        """

    @abstractmethod
    def place(self) -> Position:
        """Return the place after the row that was yielded last."""


def find_columns(
    names: Sequence[str],
    path: str | PathLike[str],
    line: int | None = None,
    *,
    text_column: str | None = None,
) -> tuple[int, int | None]:
    """Return the index of the column of texts, and of the column of ids or None.

    Raises
    ------
    StanceclfError
        There is no such column, or there are several.

    Examples
    --------
    >>> find_columns(["ID", "正文"], "帖子.csv", text_column="正文")
    (1, 0)
    """
    lower = [str(name).strip().lower() for name in names]
    text = TEXT if text_column is None else text_column.strip().lower()
    if text_column is None and len(names) == 1:
        text = lower[0]
    if lower.count(text) != 1:
        what = "name the column of texts with --text-column"
        what = _not_one(text_column or TEXT, lower.count(text), what, names)
        raise StanceclfError(what, path=path, line=line)
    if text_column is None and lower[: len(_PREDICTIONS)] == _PREDICTIONS:
        # They may be in the folder of the articles that they were made from.
        what = "these are predictions, not articles; read them anyway with --text-column text"
        raise StanceclfError(what, path=path, line=line)
    return lower.index(text), lower.index(ID) if lower.count(ID) == 1 else None


def find_named(
    columns: Sequence[str],
    names: Sequence[str],
    optional: Sequence[str],
    path: str | PathLike[str],
) -> dict[str, int]:
    """Return the index of each column; an optional one may be missing.

    Raises
    ------
    StanceclfError
        There is no such column, or there are several.

    Examples
    --------
    >>> find_named(["ID", "Text", "赞"], ["text"], ["id", "article"], "帖子.csv")
    {'text': 1, 'id': 0}
    """
    lower = [str(column).strip().lower() for column in columns]
    for name in (*names, *optional):
        if (count := lower.count(name)) > 1 or (not count and name in names):
            raise StanceclfError(_not_one(name, count, "rename the right one", columns), path=path)
    return {name: lower.index(name) for name in (*names, *optional) if name in lower}


def _not_one(name: str, count: int, to_do: str, columns: Sequence[str]) -> str:
    shown = ", ".join(str(column)[:20] for column in columns[:_MAX_SHOWN]) or "none"
    more = ", ..." if len(columns) > _MAX_SHOWN else ""
    what = "several columns are" if count else "no column is"
    return f"{what} named `{name}`; {to_do} (columns: {shown}{more})"


def named_rows(
    rows: Iterable[Row], has_ids: bool, path: str | PathLike[str]
) -> Iterator[tuple[str, str]]:
    """Yield the rows that contain text, each by its id if there are any, else by its number.

    Raises
    ------
    StanceclfError
        A text is not a string, or an id is repeated. Rows before that one have been yielded.

    Examples
    --------
    >>> list(named_rows([(1, 2, "B7", "开源便宜"), (2, 3, "B8", "")], True, "帖子.csv"))
    [('B7', '开源便宜')]
    """
    wrong = partial(StanceclfError, path=path)
    seen: dict[str, int] = {}
    for number, line, own, text in rows:
        if text is None or text == "":
            continue
        if not isinstance(text, str):
            what = f"row {number}: `{TEXT}` must be text (is {type(text).__name__})"
            raise wrong(what, line=line)
        name = str(number)
        if has_ids:
            name = " ".join(str(own).split()) if isinstance(own, str | int) else ""
            if not name or not name.isprintable():
                what = f"row {number}: `{ID}` must be a number or text; or rename the column"
                raise wrong(what, line=line)
            if len(seen) < _MAX_IDS and (first := seen.setdefault(name, number)) != number:
                what = f"rows {first} and {number} have the same `{ID}` {name}; give each its own"
                raise wrong(what, line=line)
        if any("\ud800" <= char <= "\udfff" for char in name + text):
            raise wrong(f"row {number}: half of a surrogate pair is not text", line=line)
        if text.strip():
            yield name, text
