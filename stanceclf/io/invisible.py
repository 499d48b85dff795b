"""Characters that nobody sees: zero-width and bidi marks, soft hyphens, control characters.

Text from the web is full of them, by accident or to hide words from searches. They belong to no
word and no n-gram, but offsets count them.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

_RANGES = (
    (0x00, 0x08),  # control characters, except white space and line ends
    (0x0E, 0x1B),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x180B, 0x180E),
    (0x200B, 0x200F),  # zero-width and direction marks
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE0FFF),
)
#: All of them, by code point.
INVISIBLE = tuple(code for first, last in _RANGES for code in range(first, last + 1))
_CLASS = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in _RANGES)
_HIDDEN = re.compile(f"[{_CLASS}]")


class Visible:
    r"""A text without its invisible characters, which maps offsets back to the original.

    Attributes
    ----------
    text : str
        The visible characters.

    Examples
    --------
    >>> seen = Visible("开\u200b源")
    >>> seen.text, seen.span(0, 2), seen.span(1, 2)
    ('开源', (0, 3), (2, 3))
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # For each invisible character, the number of visible ones before it.
        self._before: array[int] = array("q")
        if _HIDDEN.search(text):
            self.text = _HIDDEN.sub("", text)
            hidden = enumerate(match.start() for match in _HIDDEN.finditer(text))
            self._before.extend(place - number for number, place in hidden)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original text of a span of visible characters."""
        first = start + bisect_right(self._before, start)
        return first, end + bisect_right(self._before, end - 1) if end > start else first
