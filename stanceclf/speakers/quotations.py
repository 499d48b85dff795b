"""Quotations: where quotation marks open and close, including nested and unclosed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLOSING = {"“": "”", "「": "」", "『": "』", "‘": "’", "〝": "〞", "＂": "＂", '"': '"'}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_MARK = re.compile("[" + "".join(_CLOSING) + "".join(_CLOSING.values()) + "]")
# What is nested deeper is not quoted but a heap of marks.
_MAX_DEPTH = 8
# What comes before an opening mark, even one that is typed the wrong way round.
_BEFORE = re.compile(r"[:,。!?：，！？、\s(（—]")


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
    """Yield the outermost quotations of a line that begins at an offset, in order.

    Examples
    --------
    >>> list(find_quotations("他说“所谓‘开源’,是‘商业模式’”。"))
    [Quotation(start=2, end=18, closed=True)]
    >>> list(find_quotations("他说:“开源更便宜。"))
    [Quotation(start=3, end=10, closed=False)]
    """
    awaited: list[str] = []
    start = 0
    for match in _MARK.finditer(line):
        mark, here = match.group(), match.start()
        if mark in awaited:
            while awaited.pop() != mark:
                pass
            if not awaited:
                yield Quotation(offset + start, offset + here + 1, closed=True)
            continue
        closing = _CLOSING.get(mark)
        if closing is None and not awaited and (here == 0 or _BEFORE.match(line, here - 1)):
            closing = _OPENING[mark]  # Typed the wrong way round: ”开源“.
        if closing is None or len(awaited) == _MAX_DEPTH:
            continue
        if not awaited:
            start = here
        awaited.append(closing)
    if awaited:
        yield Quotation(offset + start, offset + len(line), closed=False)
