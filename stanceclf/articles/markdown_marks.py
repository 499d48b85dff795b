"""Markdown: which lines, and which beginnings of lines, are marks rather than text.

The text itself stays as it is, so that offsets are those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
# No group is possessive: Python before 3.11.5 mismatches those (gh-106052).
_FRONT = re.compile(
    r"---[ \t]*+(?:\r\n?+|\n)(?:(?!---)[^\r\n]*+(?:\r\n?+|\n))*---[ \t]*+(?=[\r\n]|\Z)"
)
# How headings, quotations and lists begin.
_PREFIX = re.compile(r"(?:[ \t]*+(?:>|[-*+](?=[ \t])|#{1,6}(?=[ \t])|\[[ xX]\](?=[ \t])))*[ \t]*+")
_TAGS, _BAR = re.compile(r"(?:\s*+<[^<>]*+>)*"), re.compile(r"[ \t]*+\|")


def find_marks(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of a Markdown text that are not text, in order and without overlap.

    These are code, front matter, rules, definitions of links, and the marks that begin headings,
    quotations and lists; emphasis and links within a line are left in it. Blocks are those of
    CommonMark with tables, except that indented lines are not code.

    Examples
    --------
    >>> text = "# 开源\n```\nprint()\n```\n> 更便宜。\n"
    >>> [text[start:end] for start, end in find_marks(text)]
    ['# ', '```\n', 'print()\n', '```\n', '> ']
    """
    lines = [match.span() for match in _LINE.finditer(text) if match.end() > match.start()]
    front = _FRONT.match(text)
    first = sum(start < front.end() for start, _ in lines) if front else 0
    marks = set(range(first))
    body = "".join(f"{_LINE.match(text, start)[1]}\n" for start, _ in lines[first:])  # type: ignore[index]
    html: set[int] = set()
    rows: set[int] = set()
    for token, begin, end in _blocks(body):
        own = range(begin + first, min(end + first, len(lines)))
        comment = token.content.lstrip().startswith("<!--")
        if token.type in {"fence", "hr", "definition"} or comment:
            marks |= set(own)
        elif token.type == "table_open":
            marks |= set(own[1:2])
            rows |= set(own)
        elif token.type == "heading_open" and token.markup in {"=", "-"}:
            marks |= set(own[-1:])
        elif token.type == "html_block":
            html |= set(own)
    found: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(lines):
        if number in marks:
            found.append((start, end))
        elif number in html:
            found += _ends(text, start, end, _TAGS, "<", ">")
        elif number in rows:
            found += _ends(text, start, end, _BAR, "|", "|")
        elif (prefix := _PREFIX.match(text, start, end)) and prefix.end() > start:
            found.append(prefix.span())
    return found


def _ends(
    text: str, start: int, end: int, first: re.Pattern[str], opens: str, closes: str
) -> Iterator[tuple[int, int]]:
    """Yield the marks that a line begins and ends with; those in its middle are left in it."""
    if (match := first.match(text, start, end)) and match.end() > start:
        yield match.span()
        start = match.end()
    last = shown = end
    while True:
        while shown > start and text[shown - 1].isspace():
            shown -= 1
        if shown == start or text[shown - 1] != closes:
            break
        opening = text.rfind(opens, start, shown)
        if opening < 0:
            break
        last = shown = opening
    if last < end:
        yield last, end


def _blocks(body: str) -> Iterator[tuple[Token, int, int]]:
    """Yield the blocks of a text with their first line and the line after them."""
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    parser = MarkdownIt("commonmark").enable("table").disable("code")
    parser.core.ruler.enableOnly(["normalize", "block"])
    environment: dict[str, dict[str, dict[str, list[int]]]] = {}
    for token in parser.parse(body, environment):
        if token.map:
            yield token, token.map[0], token.map[1]
    for reference in environment.get("references", {}).values():
        if "map" in reference:
            yield Token("definition", "", 0), reference["map"][0], reference["map"][1]
