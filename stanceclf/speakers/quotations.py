"""Quotations: where quotation marks open and close, including nested and unclosed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stanceclf.articles import BEFORE_OPENING, LINE, mark_directions

# What closes after each mark that opens.
_CLOSING = {
    "“": "”",
    "「": "」",
    "『": "』",
    "‘": "’",
    "〝": "〞〟",
    "❝": "❞",
    "❛": "❜",
    '"': '"',
    "'": "'",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "„": "“”",
    "‚": "‘’",
}
_OPENING = {"”": "“", "」": "「", "』": "『", "’": "‘", "〞": "〝", "〟": "〝", "❞": "❝", "❜": "❛"}
# Marks that are none unless their direction is known.
_EITHER = frozenset("\"'«»‹›")
_MARK = re.compile("[" + "".join(_CLOSING) + "".join(_OPENING) + "]")
# What is nested deeper is not quoted but a heap of marks.
_MAX_DEPTH = 8
# An apostrophe: Let’s.
_APOSTROPHE = re.compile(r"(?<=[a-z])’(?=[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """An outermost quotation of one line.

    Attributes
    ----------
    start, end : int
        Character offsets, including the marks.
    closed : bool
        Whether it closes before the line ends.
    """

    start: int
    end: int
    closed: bool


def find_quotations(line: str, offset: int = 0) -> Iterator[Quotation]:
    """Yield the outermost quotations of a line in normal form that begins at an offset, in order.

    Examples
    --------
    >>> list(find_quotations("他说“所谓‘开源’,是‘商业模式’”。"))
    [Quotation(start=2, end=18, closed=True)]
    >>> list(find_quotations("他说:“开源更便宜。"))
    [Quotation(start=3, end=10, closed=False)]
    """
    directions = mark_directions(line)
    awaited: list[str] = []
    start = 0
    for match in _MARK.finditer(line):
        mark, here = match.group(), match.start()
        if mark in _EITHER and here not in directions:
            continue
        if directions.get(here) is not True and any(mark in closing for closing in awaited):
            while mark not in awaited.pop():
                pass
            if not awaited:
                yield Quotation(offset + start, offset + here + 1, closed=True)
            continue
        closing = None if directions.get(here) is False else _CLOSING.get(mark)
        wrong_way = mark in _OPENING and (here == 0 or BEFORE_OPENING.match(line, here - 1))
        if closing is None and not awaited and wrong_way:
            closing = _OPENING[mark]  # Typed the wrong way round: ”开源“.
        if closing is None or len(awaited) == _MAX_DEPTH:
            continue
        if not awaited:
            start = here
        awaited.append(closing)
    if awaited:
        yield Quotation(offset + start, offset + len(line), closed=False)


def level_marks(norm: str) -> str:
    r"""Return a text in normal form with “ and ” for all quotation marks, of the same length.

    Examples
    --------
    >>> level_marks("他说:「开源更便宜。」\n他说:'Meta's开源更便宜。'")
    "他说:“开源更便宜。”\n他说:“Meta's开源更便宜。”"
    """
    if not _MARK.search(norm):
        return norm
    levelled = list(norm)
    for line in LINE.finditer(norm):
        words, start = line.group(), line.start()
        directions = mark_directions(words)
        for match in _MARK.finditer(words):
            mark, here = match.group(), match.start()
            if mark in _EITHER and here not in directions:
                continue
            if mark == "’" and _APOSTROPHE.match(words, here):
                continue
            opens = directions.get(here, mark in _CLOSING)
            levelled[start + here] = "“" if opens else "”"
    return "".join(levelled)
