"""Reposts: whose words follow in a post that repeats others, like 不错//@张建国:开源更便宜."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stanceclf.articles import LINE
from stanceclf.speakers.turns import Turn

# A label at the beginning of a line, or of a post that is repeated within one.
_LABEL = re.compile(
    r"(?:^\s{0,6}|//\s{0,2}|(?<![\w@])(?:rt|转发自?|转自)\s{0,2})@(?P<name>[\w.·-]{1,30}?)\s{0,2}:(?!//)"
)


def find_reposts(norm: str) -> Iterator[Turn]:
    r"""Yield what others said in the lines of a text in normal form, in order.

    Each goes on to the next label or to the end of its line.

    Examples
    --------
    >>> post = "不错。//@张建国:开源更便宜。//@李红:闭源更安全。"
    >>> [post[slice(*one.name)] for one in find_reposts(post)]
    ['张建国', '李红']
    """
    if "@" not in norm:
        return
    for line in LINE.finditer(norm):
        words, start = line.group(), line.start()
        labels = list(_LABEL.finditer(words))
        ends = [*(label.start() for label in labels), len(words)][1:]
        for label, end in zip(labels, ends, strict=True):
            name = start + label.start("name"), start + label.end("name")
            yield Turn(start + label.start(), start + end, name)


def join_reposts(turns: Iterable[Turn], reposts: Iterable[Turn]) -> list[Turn]:
    """Return turns and reposts in order; a turn ends where a repost in it begins."""
    joined = sorted((*turns, *reposts), key=lambda turn: (turn.start, -turn.end))
    kept: list[Turn] = []
    for turn in joined:
        if kept and kept[-1].end > turn.start:
            before = kept.pop()
            if before.start < turn.start:
                kept.append(Turn(before.start, turn.start, before.name))
        kept.append(turn)
    return kept
