"""JSON: objects in lines, checked as far as JSON goes; values that terminals may show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from stanceclf.errors import StanceclfError
from stanceclf.io.files import read_utf8, write_text

# What could control a terminal, or end a line, and is not escaped in JSON without need.
_HIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_json_lines(
    path: str | PathLike[str],
    keys: Mapping[str, type],
    wrong: list[StanceclfError] | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file with their line numbers; blank lines are skipped.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with one JSON object per line.
    keys : mapping of str to type
        The keys that every object must have, and the types of their values.
    wrong : list of StanceclfError, optional
        Where to add what is wrong with lines, which are then skipped; else the first is raised.

    Raises
    ------
    StanceclfError
        The file cannot be read, or a line is not such an object. The message gives the line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "例句.jsonl")
    >>> _ = path.write_text('{"text": "开源更便宜。"}', encoding="utf-8")
    >>> list(read_json_lines(path, {"text": str}))
    [(1, {'text': '开源更便宜。'})]
    """
    # Not splitlines: U+2028 and the like may occur inside a JSON string.
    for number, line in enumerate(read_utf8(path).split("\n"), 1):
        if line.strip():
            try:
                yield number, _object(line, keys)
            except StanceclfError as error:
                placed = StanceclfError(error.what, path=path, line=number)
                if wrong is None:
                    raise placed from None
                wrong.append(placed)


def _object(line: str, keys: Mapping[str, type]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
        # Only an escape makes one, for the file is UTF-8; most lines have none.
        whole = json.dumps(found, ensure_ascii=False) if "\\u" in line else ""
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}") from None
    if any("\ud800" <= char <= "\udfff" for char in whole):
        raise StanceclfError("contains half of a surrogate pair, which is not text")
    for key, kind in keys.items():
        if not isinstance(found, dict) or type(found.get(key)) is not kind:
            raise StanceclfError(f"`{key}` is missing or not of type {kind.__name__}")
    return found


def write_json(path: str | PathLike[str], value: object) -> None:
    """Write a value to a file as indented JSON, as `atomic_write` does."""
    write_text(path, to_json(value, indent=2) + "\n")


def to_json(value: object, indent: int | None = None) -> str:
    r"""Return a value as JSON, in which only what could control a terminal is escaped.

    Examples
    --------
    >>> print(to_json({"名": "便宜\x1b\x9b"}))
    {"名": "便宜\u001b\u009b"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
