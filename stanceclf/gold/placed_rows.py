"""Placed rows: JSON lines about sentences of articles, each checked against its article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from stanceclf.articles import Folder
from stanceclf.errors import StanceclfError
from stanceclf.io import read_json_lines

#: An article's name, and where a sentence starts and ends in it.
Place = tuple[str, int, int]
#: The keys that every row has, and their types.
PLACE = {"article": str, "start": int, "end": int, "text": str}


def read_placed(
    path: str | PathLike[str],
    articles: str | PathLike[str] | None,
    more: Mapping[str, type],
    *,
    text_column: str | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a file with their line numbers.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with one JSON object per line: ``article``, ``start``, ``end``, ``text`` and
        more.
    articles : path-like or None
        The folder of articles; None for ``articles`` beside the file.
    more : mapping of str to type
        The other keys that a row must have, and their types.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The file is missing; or a line is not such an object, repeats a sentence, or disagrees with
        the text of its article. The message gives the line.

    Examples
    --------
    >>> import json, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源更便宜。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 2, "text": "开源"}
    >>> _ = (folder / "rows.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> [(number, row["text"]) for number, row in read_placed(folder / "rows.jsonl", None, {})]
    [(1, '开源')]
    """
    beside = Path(path).parent / "articles"
    folder = Folder(beside if articles is None else articles, text_column)
    seen = set()
    for number, row in read_json_lines(path, PLACE | dict(more)):
        try:
            check_place(row, folder)
            place = row["article"], row["start"], row["end"]
            if place in seen:
                raise StanceclfError("this sentence is listed twice; keep one")
        except StanceclfError as error:
            raise StanceclfError(error.what, path=path, line=number) from None
        seen.add(place)
        yield number, row


def check_place(row: Mapping[str, Any], folder: Folder) -> None:
    """Check that a row's text is in its article, at its place.

    Raises
    ------
    StanceclfError
        It is not, or the row names no article of the folder.
    """
    article, start, end = row["article"], row["start"], row["end"]
    name = PurePosixPath(article)
    if name.is_absolute() or ".." in name.parts or name.as_posix() != article:
        raise StanceclfError(f"`{name}` must be the plain path of an article in `articles`")
    try:
        text = folder.text(article)
    except StanceclfError as error:
        raise StanceclfError(f"its article: {error}") from None
    if not 0 <= start < end <= len(text) or text[start:end] != row["text"]:
        raise StanceclfError(
            f"`{article}` does not contain this text at {start}:{end}; "
            "fix the offsets or restore the article"
        )
