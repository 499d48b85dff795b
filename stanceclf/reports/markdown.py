"""Markdown: text of others, shown as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stanceclf.io import printable

#: So many of a list are named.
MOST = 5

_MARKUP = re.compile(r"([\\`*_\[\]<>|~$&#])")


def as_text(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    Examples
    --------
    >>> as_text("开源 <b> | *好*")
    '开源 \\<b\\> \\| \\*好\\*'
    """
    return _MARKUP.sub(r"\\\1", printable(text))


def some(words: Sequence[str]) -> str:
    """Return the first words of a list, and how many more there are.

    Examples
    --------
    >>> some(["开源"]), some("甲乙丙丁戊己"), some([])
    ('开源', '甲, 乙, 丙, 丁, 戊 and 1 more', 'none')
    """
    shown, more = ", ".join(map(as_text, words[:MOST])), len(words) - MOST
    return f"{shown} and {more:,} more" if more > 0 else shown or "none"
