"""Placed rows: JSON lines that say something of a place in an article, checked against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from stanceclf.articles import Folder
from stanceclf.errors import StanceclfError
from stanceclf.io import read_utf8

#: What every such row has, and of which type.
PLACE = {"article": str, "start": int, "end": int, "text": str}


def read_placed(
    path: str | PathLike[str],
    articles: str | PathLike[str] | None,
    more: Mapping[str, type],
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a file with their line numbers.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with a JSON object a line: ``article``, ``start``, ``end``, ``text`` and more.
    articles : path-like or None
        The folder of articles; None for ``articles`` beside the file.
    more : mapping of str to type
        What else a row must have.

    Raises
    ------
    StanceclfError
        The file is missing; a line is no such object, stands there twice, or does not hold the
        text that its article has at that place. Named by line.

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
    # Not splitlines: U+2028 and its like may stand inside a JSON string.
    lines = read_utf8(path).split("\n")
    folder = Folder(Path(path).parent / "articles" if articles is None else articles)
    seen = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _parse(line, PLACE | dict(more), path, number)
        try:
            text = folder.text(row["article"])
        except StanceclfError as error:
            raise StanceclfError(f"its article: {error}", path=path, line=number) from None
        start, end = row["start"], row["end"]
        if not 0 <= start < end <= len(text) or text[start:end] != row["text"]:
            raise StanceclfError(
                f"`{row['article']}` does not hold this text at {start}:{end}; "
                "mend the offsets or restore the article",
                path=path,
                line=number,
            )
        place = row["article"], start, end
        if place in seen:
            raise StanceclfError(
                "this sentence is labelled twice; keep one", path=path, line=number
            )
        seen.add(place)
        yield number, row


def _parse(
    line: str, keys: Mapping[str, type], path: str | PathLike[str], number: int
) -> dict[str, Any]:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}", path=path, line=number) from None
    if any("\ud800" <= char <= "\udfff" for char in json.dumps(row, ensure_ascii=False)):
        raise StanceclfError("half of a surrogate pair is no text", path=path, line=number)
    for key, kind in keys.items():
        if not isinstance(row, dict) or type(row.get(key)) is not kind:
            raise StanceclfError(
                f"`{key}` must be there, as {kind.__name__}", path=path, line=number
            )
    name = PurePosixPath(row["article"])
    if name.is_absolute() or ".." in name.parts or name.as_posix() != row["article"]:
        raise StanceclfError(
            f"`{name}` must be the plain path of an article below `articles`",
            path=path,
            line=number,
        )
    checked: dict[str, Any] = row
    return checked
