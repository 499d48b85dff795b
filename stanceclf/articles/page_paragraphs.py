"""The paragraphs of a web page: every run of text in a ``p``, whatever an editor wrote instead.

Extractors look for ``p``. Editors write ``section`` and ``span``, bare ``div``, line breaks and
text between blocks, often all of them in one article: what is not in a ``p`` would be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

# The types of lxml say nothing of elements of HTML.
_Element = Any

# Blocks whose own text is a paragraph. Lists are left to the extractor, which knows menus by them.
_HOLDERS = frozenset(
    ["article", "body", "center", "details", "div", "fieldset", "form", "header", "main", "section"]
)
# The same to a reader as `div`, but not to extractors.
_PLAIN = frozenset(["address", "blockquote", "center", "dd", "dialog", "dl", "dt", "fieldset"])
_TABLE = frozenset(["table", "tbody", "td", "tfoot", "th", "thead", "tr"])
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LISTS = frozenset(["dir", "li", "menu", "ol", "ul"])
_OTHERS = frozenset(["aside", "figcaption", "figure", "footer", "hr", "nav", "p", "pre", "summary"])
_BLOCKS = _HOLDERS | _PLAIN | _TABLE | _HEADINGS | _LISTS | _OTHERS
# Their text is not the page's.
_SILENT = frozenset(["button", "option", "select", "textarea"]) | frozenset(
    ["iframe", "noscript", "script", "style", "svg", "template", "title"]
)
_MARKS = (("“", "”"), ("‘", "’"))
_WORD = re.compile(r"\w")
_END = re.compile("[。！？!?…]")
# A cell of figures is shorter.
_LONG = 30
# Links that make up so much of a run without a full stop are a menu.
_LINKED = 0.5


def mark_paragraphs(body: _Element) -> None:
    """Put every run of text between blocks into a ``p`` of its own, in place.

    Quotations in ``q`` get marks. Runs that are mostly links stay as they are, and so do tables of
    figures; a table whose cells hold sentences only lays out the page.

    Examples
    --------
    >>> from lxml import html
    >>> body = html.fromstring("<div>开源便宜。<p>闭源贵。</p><span>都好。</span></div>")
    >>> mark_paragraphs(body)
    >>> html.tostring(body, encoding="unicode")
    '<div><p>开源便宜。</p><p>闭源贵。</p><p><span>都好。</span></p></div>'
    """
    _open_tables(body)
    _mark_quotations(body)
    elements = [one for one in body.iter() if isinstance(one.tag, str)]
    # Those with a block inside; children come behind their parents.
    outer: set[_Element] = set()
    for one in reversed(elements):
        if one.tag in _BLOCKS or one in outer:
            outer.add(one.getparent())
    outer &= set(elements)
    for one in elements:
        # A block ends a paragraph wherever it stands. Cards are links around blocks.
        if (
            one.tag in _PLAIN
            or (one in outer and one.tag not in _BLOCKS | _SILENT | {"a"})
            or one.tag == "p"
            and one in outer
        ):
            one.tag = "div"
    for one in elements:
        if one.tag in _HOLDERS or (one.tag == "li" and one in outer):
            for before, run in _runs(one):
                _wrap(one, before, run)


def _open_tables(body: _Element) -> None:
    """Turn tables that lay out the page into plain blocks, from the innermost."""
    for table in reversed(list(body.iter("table"))):
        # Those inside have been opened, or hold figures.
        parts = [one for one in table.iter(*_TABLE) if one is table or _table_of(one) is table]
        if any(one.tag == "td" and _is_prose(one) for one in parts):
            for one in parts:
                one.tag = "div"


def _table_of(element: _Element) -> _Element | None:
    return next(element.iterancestors("table"), None)


def _is_prose(cell: _Element) -> bool:
    """Return whether a cell holds several sentences, or a long one."""
    text = _text([cell])
    ends = len(_END.findall(text))
    return ends > 1 or (ends > 0 and len(text.strip()) >= _LONG)


def _mark_quotations(body: _Element) -> None:
    """Replace each ``q`` with its content in the marks that a browser shows."""
    from lxml.etree import strip_tags

    for one in list(body.iter("q")):
        opening, closing = _MARKS[len(list(one.iterancestors("q"))) % 2]
        one.text = opening + (one.text or "")
        if len(one):
            one[-1].tail = (one[-1].tail or "") + closing
        else:
            one.text += closing
    strip_tags(body, "q")


def _runs(holder: _Element) -> Iterator[tuple[_Element | None, list[_Element]]]:
    """Yield the runs of inline elements in a block, each with the block before it."""
    before: _Element | None = None
    run: list[_Element] = []
    for child in list(holder):
        if child.tag in _BLOCKS:
            yield before, run
            before, run = child, []
        else:
            run.append(child)
    yield before, run


def _wrap(holder: _Element, before: _Element | None, run: list[_Element]) -> None:
    """Move a run into a ``p`` if it holds text that is not a menu's."""
    lead = (holder.text if before is None else before.tail) or ""
    text = lead + _text(run, tails=True)
    if not _WORD.search(text):
        return
    linked = sum(len(_text([link])) for one in run for link in one.iter("a"))
    if linked > len(text.strip()) * _LINKED and not _END.search(text):
        return
    paragraph = holder.makeelement("p")
    paragraph.text = lead
    if before is None:
        holder.text = None
        holder.insert(0, paragraph)
    else:
        before.tail = None
        before.addnext(paragraph)
    paragraph.extend(run)


def _text(elements: Sequence[_Element], *, tails: bool = False) -> str:
    """Return the text in elements."""
    found = []
    for one in elements:
        if one.tag not in _SILENT:
            found += one.itertext()
        if tails and one.tail:
            found.append(one.tail)
    return "".join(found)
