"""Tables of articles: a CSV, JSON lines or Parquet file with an article a row.

A row is an article of its own, named after its file and its ``id``, or without such a column its
number, the header not counted: ``帖子.csv#B017``, ``帖子.csv#17``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError

#: What a table of articles may end in.
TABLES = (".csv", ".jsonl", ".parquet", ".tsv")
#: The columns that hold the articles' text and, if there is one, their names; in whatever case.
TEXT, ID = "text", "id"
#: A row of a table as it is read: its place in the file, counted from 1 without a header, its line
#: if known, id and text.
Row = tuple[int, int | None, object, object]

_OF_ROW = re.compile(r"(.+?(?:\.csv|\.jsonl|\.parquet|\.tsv))#(.+)", re.IGNORECASE | re.DOTALL)
_MOST_SHOWN = 8
# The columns that predictions begin with.
_PREDICTIONS = ["article", "start", "end", "text", "stance"]
# So many ids are remembered, to tell when one comes again.
_REMEMBERED = 1_000_000


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


def find_columns(
    names: Sequence[str],
    path: str | PathLike[str],
    line: int | None = None,
    *,
    wanted: str | None = None,
) -> tuple[int, int | None]:
    """Return which column holds the text, and which the ids, None without one.

    Parameters
    ----------
    names : sequence of str
        What the columns are called.
    path, line : path-like and int
        Where they are.
    wanted : str, optional
        What the column of texts is called; by default ``text``, or it is the only one.

    Raises
    ------
    StanceclfError
        There is no such column, or there are several.

    Examples
    --------
    >>> find_columns(["ID", "正文"], "帖子.csv", wanted="正文")
    (1, 0)
    """
    called = [str(name).strip().lower() for name in names]
    text = TEXT if wanted is None else wanted.strip().lower()
    alone = wanted is None and len(names) == 1 and TEXT not in called
    if called.count(text) != 1 and not alone:
        shown = ", ".join(str(name)[:20] for name in names[:_MOST_SHOWN])
        more = ", ..." if len(names) > _MOST_SHOWN else ""
        what = "several columns are" if text in called else "no column is"
        mend = "give --text-column the name of" if wanted is None else "that is to be"
        raise StanceclfError(
            f"{what} named `{wanted or TEXT}`; {mend} the one that holds articles "
            f"(there: {shown}{more})",
            path=path,
            line=line,
        )
    if wanted is None and called[: len(_PREDICTIONS)] == _PREDICTIONS:
        # They may lie in the folder of the articles that they are of.
        said = "these are predictions, no articles; `--text-column text` reads them all the same"
        raise StanceclfError(said, path=path, line=line)
    column = 0 if alone else called.index(text)
    return column, called.index(ID) if called.count(ID) == 1 else None


def named_rows(
    rows: Iterable[Row], has_ids: bool, path: str | PathLike[str]
) -> Iterator[tuple[str, str]]:
    """Yield the rows that hold text by their name; an empty one is no article.

    Parameters
    ----------
    rows : iterable of Row
        The rows as they are read.
    has_ids : bool
        Whether there is a column of ids, by which they go; else by their numbers.
    path : path-like
        Where they are.

    Raises
    ------
    StanceclfError
        What should be text is none, or an id comes twice. Rows before that one have been yielded.

    Examples
    --------
    >>> list(named_rows([(1, 2, "B7", "开源便宜"), (2, 3, "B8", "")], True, "帖子.csv"))
    [('B7', '开源便宜')]
    """
    numbers: dict[str, int] = {}
    for number, line, own, value in rows:
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            said = f"row {number}: `{TEXT}` must be text (is {type(value).__name__})"
            raise StanceclfError(said, path=path, line=line)
        name = _id(own, number, path, line) if has_ids else str(number)
        first = number
        if has_ids and len(numbers) < _REMEMBERED:
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
