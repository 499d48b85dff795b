"""The part of a web page that is its article, without what stands around it."""

from __future__ import annotations

import re
from typing import Any

# The types of lxml say nothing of elements of HTML.
_Element = Any

# Not said, or said of a picture. Code is no text.
_DROPPED = (
    "//pre|//del|//s|//strike|//rt|//rp|//figcaption|//nav|//aside|//footer"
    "|//template|//*[@hidden and @hidden != 'until-found']"
    "|//*[contains(@style, 'line-through')"
    " or contains(translate(@style, ' ', ''), 'display:none')]"
)
_KEPT = frozenset(["html", "body", "main"])
# What names say: of comments, and of other things that stand around articles.
_COMMENT = re.compile(
    r"comments?(?!ary|[-_]?(?:open|closed|count|num|status))|pinglun|disqus|liuyan|guestbook"
    r"|repl(?:y|ies)(?:[-_ ]|$|list|box|area|item)|(?:^|[-_ ])(?:cmts?|discuss)(?:[-_ ]|$)",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"related|recommend|tuijian|xiangguan|side-?bar|foot(?:er)?(?:[-_ ]|$)|copyright|bread-?crumb"
    r"|(?:^|[-_ ])(?:ads?|advert\w*|guanggao|share|shares?box|sharing|menu|nav|navbar|login|rank"
    r"|ranking|paihang|hot|hotnews|qr-?code|erweima|captions?|img-?(?:desc|caption)"
    r"|pic-?(?:desc|caption)|photo-?desc|disclaimer|mianze)(?:[-_ ]|$)",
    re.IGNORECASE,
)
# What holds an article, in the templates of portals, public accounts and blogs.
_FRAME = re.compile(
    r"(?:^| )(?:js_content|rich_media_content|endtext|artibody|trs_editor|zoom|cont(?:ent)?"
    r"|(?:main|news|text|art|article|entry|post|page|detail)[-_]?(?:main[-_]?)?"
    r"(?:content|cont|body|text|con|detail)|ric?h-?text(?:-inner)?|richcontent-inner|article|entry"
    r"|post)(?:$| )",
    re.IGNORECASE,
)
_PROSE = re.compile("[，。！？；：、…,!?;]")
_TITLE_PARTS = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+|[-–—]{2,}")
# Of all sentences, a frame has at least this share, and a block that nothing names this one.
_MOST, _NEARLY_ALL = 0.5, 0.8


def cut_frame(tree: _Element) -> _Element:
    """Return the element of a page that holds its article; what does not belong to it is removed.

    The page's text is in paragraphs, see `mark_paragraphs`.

    Examples
    --------
    >>> from lxml import html
    >>> page = "<div id=zoom><p>开源好。</p></div><div class=pinglun><p>不，差。</p></div>"
    >>> cut_frame(html.document_fromstring(page)).get("id")
    'zoom'
    """
    body = tree.find("body")
    if body is None:
        return tree
    for element in body.xpath(_DROPPED):
        _drop(element)
    title = _title(tree)
    for element in [one for one in body.iter("h1") if _is_logo(one, title)]:
        _drop(element)
    weights = _weigh(body)
    for pattern, share in ((_COMMENT, 1.0), (_AROUND, _MOST)):
        weights = _drop_named(body, pattern, share, weights)
    return _descend(body, weights)


def headline(tree: _Element) -> str:
    """Return the headline of a page, empty if there is none.

    It is the ``h1`` that the page's title begins with, or else the only one that is not a link.

    Examples
    --------
    >>> from lxml import html
    >>> page = "<title>开源更便宜_新闻网</title><h1><a>新闻网</a></h1><h1>开源更便宜</h1>"
    >>> headline(html.document_fromstring(page))
    '开源更便宜'
    """
    title = _title(tree)
    found = [_line(one) for one in tree.iter("h1") if not _is_logo(one, title)]
    found = list(dict.fromkeys(text for text in found if text))
    first = _TITLE_PARTS.split(title, maxsplit=1)[0]
    named = [text for text in found if first and (title.startswith(text) or first in text)]
    if named:
        return max(named, key=len)
    return found[0] if len(found) == 1 else ""


def _title(tree: _Element) -> str:
    return " ".join((tree.findtext("head/title") or "").split())


def _line(element: _Element) -> str:
    return " ".join(element.text_content().split())


def _is_logo(heading: _Element, title: str) -> bool:
    """Return whether a heading is nothing but a link, or the name of the site behind the title."""
    text = _line(heading)
    parts = _TITLE_PARTS.split(title)
    linked = "".join(map(_line, heading.iter("a")))
    return (bool(linked) and linked == text) or (len(parts) > 1 and text == parts[-1])


def _names(element: _Element) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"


def _drop(element: _Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _weigh(body: _Element) -> dict[_Element, int]:
    """Return the number of characters of sentences in each element."""
    weights: dict[_Element, int] = {}
    for one in reversed(list(body.iter())):
        if one.tag in {"p", "li"} and not any(True for _ in one.iterchildren("p", "ul", "ol")):
            text = one.text_content()
            if _PROSE.search(text):
                linked = sum(len(link.text_content()) for link in one.iter("a"))
                weights[one] = max(len(text.strip()) - linked, 0)
        parent = one.getparent()
        if one is not body and parent is not None and weights.get(one):
            weights[parent] = weights.get(parent, 0) + weights[one]
    return weights


def _drop_named(
    body: _Element, pattern: re.Pattern[str], most: float, weights: dict[_Element, int]
) -> dict[_Element, int]:
    """Remove the outermost elements whose names match, unless too much would be lost."""
    total = weights.get(body, 0)
    found, inside = [], set()
    for one in body.iterdescendants():
        if one.getparent() in inside:
            inside.add(one)
        elif (
            one.tag not in _KEPT
            and pattern.search(_names(one))
            and weights.get(one, 0) <= total * most
            and next(one.iter("h1"), None) is None
        ):
            inside.add(one)
            found.append(one)
    if sum(weights.get(one, 0) for one in found) < total or not total:
        for one in found:
            _drop(one)
    return _weigh(body)


def _descend(body: _Element, weights: dict[_Element, int]) -> _Element:
    """Return the innermost element that holds the article."""
    frame, named = body, False
    while True:
        total = weights.get(frame, 0)
        inner = None
        for one in frame.iterdescendants("article", "div", "main", "section"):
            weight = weights.get(one, 0)
            if (one.tag in {"article", "main"} or _FRAME.search(_names(one))) and (
                weight == total if named else weight > total * _MOST
            ):
                inner = one
                break
        if inner is None:
            break
        frame, named = inner, True
    while not named and (child := _only(frame, weights)) is not None:
        frame = child
    return frame


def _only(frame: _Element, weights: dict[_Element, int]) -> _Element | None:
    """Return the child that holds nearly all sentences, if the others have names of their own."""
    total = weights.get(frame, 0)
    for child in frame.iterchildren("div", "section", "form"):
        if weights.get(child, 0) >= total * _NEARLY_ALL:
            others = [one for one in frame if one is not child and weights.get(one)]
            apart = all(_names(one).strip() and _names(one) != _names(child) for one in others)
            return child if apart and total else None
    return None
