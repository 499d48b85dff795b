"""Escaping: text from articles and rules, as Markdown, a page and its script may contain it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from stanceclf.io import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>|~$&#])")
_SURROGATE = re.compile("[\ud800-\udfff]")
# How many words of a list are shown.
_LISTED = 5
# What could change the direction of text around it.
_DIRECTING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What could end the script element or its lines, or cannot be encoded.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def markdown_text(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    Examples
    --------
    >>> markdown_text("开源 <b> | *好*")
    '开源 \\<b\\> \\| \\*好\\*'
    """
    return _MARKUP.sub(r"\\\1", printable(text))


def markdown_list(words: Sequence[str]) -> str:
    """Return the first words of a list as Markdown, and how many more there are.

    Examples
    --------
    >>> markdown_list(["开源"]), markdown_list("甲乙丙丁戊己"), markdown_list([])
    ('开源', '甲, 乙, 丙, 丁, 戊 and 1 more', 'none')
    """
    shown, more = ", ".join(map(markdown_text, words[:_LISTED])), len(words) - _LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown or "none"


def markdown_rows(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows of a Markdown table, whose cells are Markdown already.

    Examples
    --------
    >>> markdown_rows([["`a`", "1"]])
    '| `a` | 1 |'
    """
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def page_text(text: str) -> str:
    r"""Return text with replacement characters for control characters and lone surrogates.

    Examples
    --------
    >>> page_text("开源\u202e\ud800")
    '开源��'
    """
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", printable(text.replace("\t", " ")))


def script_json(data: object) -> str:
    r"""Return data as JSON that cannot end the script element that contains it.

    Direction marks, which could make the text around them run backwards, become replacement
    characters.

    Examples
    --------
    >>> script_json({"开源": "</script>"})
    '{"开源":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # One character for another: offsets stay.
    text = _DIRECTING.sub("\N{REPLACEMENT CHARACTER}", text)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
