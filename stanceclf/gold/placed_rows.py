"""Placed rows: JSON lines about sentences of articles, each checked against its article."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from stanceclf.articles import Folder
from stanceclf.errors import StanceclfError
from stanceclf.io import read_utf8

#: An article's name, and where a sentence starts and ends in it.
Place = tuple[str, int, int]
#: The keys that every row has, and their types.
PLACE = {"article": str, "start": int, "end": int, "text": str}


def read_placed(
    path: str | PathLike[str], articles: str | PathLike[str] | None, more: Mapping[str, type]
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

    Raises
    ------
    StanceclfError
        The file is missing; or a line is not such an object, repeats a sentence, or disagrees with
        the text of its article. The message gives the line.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源更便宜。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 2, "text": "开源"}
    >>> _ = (folder / "rows.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> [(number, row["text"]) for number, row in read_placed(folder / "rows.jsonl", None, {})]
    [(1, '开源')]
    """
    # Not splitlines: U+2028 and the like may occur inside a JSON string.
    lines = read_utf8(path).split("\n")
    folder = Folder(Path(path).parent / "articles" if articles is None else articles)
    seen = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _read_row(line, PLACE | dict(more), folder)
            place = row["article"], row["start"], row["end"]
            if place in seen:
                raise StanceclfError("this sentence is listed twice; keep one")
        except StanceclfError as error:
            raise StanceclfError(error.what, path=path, line=number) from None
        seen.add(place)
        yield number, row


def _read_row(line: str, keys: Mapping[str, type], folder: Folder) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}") from None
    if any("\ud800" <= char <= "\udfff" for char in json.dumps(row, ensure_ascii=False)):
        raise StanceclfError("contains half of a surrogate pair, which is not text")
    for key, kind in keys.items():
        if not isinstance(row, dict) or type(row.get(key)) is not kind:
            raise StanceclfError(f"`{key}` is missing or not of type {kind.__name__}")
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
    return row
