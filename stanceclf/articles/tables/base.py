"""Tables of articles: CSV, JSON and Parquet files with one article per row.

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

from stanceclf.articles.tables.row_ids import RowNames
from stanceclf.errors import StanceclfError
from stanceclf.io import Visible

#: Suffixes of tables.
TABLES = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv")
#: The columns of texts and of names, in upper or lower case.
TEXT, ID = "text", "id"
#: A row as it is read: its number, counted from 1 without a header, its line if known, id and text.
Row = tuple[int, int | None, object, object]
#: A row with some of its columns: its number, its line if known, and their values.
Record = tuple[int, int | None, Mapping[str, object]]

_ROW_NAME = re.compile(rf"(.+?(?:{'|'.join(map(re.escape, TABLES))}))#(.+)", re.I | re.DOTALL)
_ROW_MARK = re.compile(rf"(?:{'|'.join(map(re.escape, TABLES))})(?=#.)", re.I | re.DOTALL)
_MAX_SHOWN = 8
# The first columns of tables of predictions.
_PREDICTIONS = ["article", "start", "end", "text", "stance"]
# Half of a surrogate pair.
_HALF = re.compile(r"[\ud800-\udfff]")
# What a header does not end with, but a sentence does.
_SENTENCE_ENDS = ("。", "！", "？", "!", "?", "；", ";", "…")


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


def possible_tables(name: str) -> list[str]:
    """Return the files that a row of this name may be in, the longest first.

    The name of a file may itself contain ``.csv#``.

    Examples
    --------
    >>> possible_tables("旧.csv#新.csv#17"), possible_tables("一.txt")
    (['旧.csv#新.csv', '旧.csv'], [])
    """
    return [name[: match.end()] for match in _ROW_MARK.finditer(name)][::-1]


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a table once all of it has been read.

    Attributes
    ----------
    encoding, mark : str and int
        Its encoding, empty for Parquet, and the bytes of its byte order mark.
    column : str or None
        The name of its column of texts; None if it is still to be found.
    quoted : bool or None
        Whether values that are separated by tabs are quoted; None if that is still to be found.
    """

    encoding: str = "utf-8"
    mark: int = 0
    column: str | None = None
    quoted: bool | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where to resume reading a table: an offset in its file, and rows and lines before it."""

    offset: int = 0
    number: int = 0
    line: int = 0


class Table(ABC):
    """A table in a binary file that can be read from any of its rows on.

    The column of texts is by default ``text`` or the only one. A row has at most `longest`
    characters. `layout` is completed as the table is read.
    """

    def __init__(
        self,
        file: BinaryIO,
        path: str | PathLike[str],
        text_column: str | None = None,
        layout: Layout | None = None,
        longest: int = 128 << 20,
    ) -> None:
        self.file, self.path, self.text_column = file, path, text_column
        self.layout = layout or Layout()
        self.longest = longest

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

    Upper and lower case are the same, unless columns differ in nothing else.

    Raises
    ------
    StanceclfError
        There is no such column, or there are several.

    Examples
    --------
    >>> find_columns(["ID", "正文"], "帖子.csv", text_column="正文")
    (1, 0)
    """
    wrong = partial(StanceclfError, path=path, line=line)
    text = text_column or TEXT
    found = matching(names, text)
    if text_column is None and len(names) == 1 and not matching(names, ID):
        if (title := str(names[0]).strip()).endswith(_SENTENCE_ENDS):
            raise wrong(f"the first row must name the column, but is `{title[:20]}`; add `{TEXT}`")
        found = [0]
    if len(found) != 1:
        fix = "name the column of texts with --text-column, or `text_column` in pipeline.yaml"
        raise wrong(_not_one(text, len(found), fix, names))
    lower = [str(name).strip().lower() for name in names]
    if text_column is None and lower[: len(_PREDICTIONS)] == _PREDICTIONS:
        # They may be in the folder of the articles that they were made from.
        what = "these are predictions, not articles; read them anyway with --text-column text"
        raise wrong(what)
    own = matching(names, ID)
    if len(own) > 1:
        raise wrong(_not_one(ID, len(own), "rename all but one", names))
    return found[0], own[0] if own else None


def matching(names: Iterable[object], wanted: str) -> list[int]:
    """Return the indices of the columns of a name: exactly, or else in upper or lower case.

    Examples
    --------
    >>> matching(["Text", "text", "ID"], "text"), matching(["Text", "ID"], "text")
    ([1], [0])
    """
    plain = [Visible(str(name)).text.strip() for name in names]
    wanted = wanted.strip()
    exact = [index for index, name in enumerate(plain) if name == wanted]
    lower = wanted.lower()
    return exact or [index for index, name in enumerate(plain) if name.lower() == lower]


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
    found = {name: matching(columns, name) for name in (*names, *optional)}
    for name, places in found.items():
        if (count := len(places)) > 1 or (not count and name in names):
            raise StanceclfError(_not_one(name, count, "rename the right one", columns), path=path)
    return {name: places[0] for name, places in found.items() if places}


def _not_one(name: str, count: int, to_do: str, columns: Sequence[str]) -> str:
    shown = ", ".join(str(column)[:20] for column in columns[:_MAX_SHOWN]) or "none"
    more = ", ..." if len(columns) > _MAX_SHOWN else ""
    what = "several columns are" if count else "no column is"
    return f"{what} named `{name}`; {to_do} (columns: {shown}{more})"


def named_rows(rows: Iterable[Row], path: str | PathLike[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows that contain text, each by its id if it has one, else by its number.

    Raises
    ------
    StanceclfError
        A text or an id is none, or two rows have the same name. Rows before that one have been
        yielded.

    Examples
    --------
    >>> list(named_rows([(1, 2, "B7", "开源便宜"), (2, 3, "B8", "")], "帖子.csv"))
    [('B7', '开源便宜')]
    """
    wrong = partial(StanceclfError, path=path)
    names = RowNames()
    for number, line, own, text in rows:
        if is_missing(text) or text == "":
            continue
        if not isinstance(text, str):
            what = f"row {number}: `{TEXT}` must be text (is {type(text).__name__})"
            raise wrong(what, line=line)
        try:
            name = names.add(own, number)
        except ValueError as error:
            raise wrong(str(error), line=line) from None
        if _HALF.search(name) or _HALF.search(text):
            raise wrong(f"row {number}: half of a surrogate pair is not text", line=line)
        if text.strip():
            yield name, text


def is_missing(value: object) -> bool:
    """Return whether a cell is empty: nothing, or the NaN that data frames have instead."""
    return value is None or (isinstance(value, float) and value != value)
