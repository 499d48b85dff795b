"""Web pages: the article in what a browser saved, without menus, advertisements and comments."""

from __future__ import annotations

import re
from contextlib import suppress
from os import PathLike
from typing import Any

from stanceclf.articles.boilerplate import is_credit
from stanceclf.articles.encodings import decode
from stanceclf.articles.page_frames import cut_frame, headline
from stanceclf.articles.page_paragraphs import mark_paragraphs
from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.io import run_apart

# How a page begins, whatever its name.
_BEGINS = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--[^>]*+>\s*+)*<(?:!doctype\s++html|html)\b", re.IGNORECASE
)
_BEGINNING = 2000
# How it declares its encoding, among its first bytes.
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEAD = 4096
# Browsers replace these with encodings that contain them.
_WIDER = (
    (re.compile(r"(?:x-)?gb[_-]?(?:2312|k|18030)(?:-80)?", re.IGNORECASE), "gb18030"),
    (re.compile(r"(?:x-x-)?big5(?:-hkscs)?", re.IGNORECASE), "cp950"),
)
# The parser of archives takes quadratic time for long fields, and tries all multiparts around a
# line. Browsers write one multipart, and short fields.
_LONG_FIELD = re.compile(rb"(?im)^content-[\w-]{1,80}:(?:[^\r\n]|\r?\n[ \t]|\r(?!\n)[ \t]){2000}")
_MULTIPART = re.compile(rb"(?im)^content-type:\s{0,80}multipart/")
_MOST_MULTIPARTS = 50
# Encodings that no browser knows are ignored: Python has codecs that take quadratic time, and some
# that are not for text.
_KNOWN = re.compile(
    r"utf-?(?:8|16(?:[lb]e)?|32(?:[lb]e)?)|gb18030|cp950|iso-?8859-\d{1,2}"
    r"|latin-?1|ascii|us-ascii|windows-?\d{3,4}|cp125\d|koi8-[ru]|shift[-_]jis|sjis|euc-(?:jp|kr)"
    r"|iso-2022-jp|macintosh|ibm866|tis-620",
    re.IGNORECASE,
)
# Nearly all pages have fewer bytes and tags and are parsed quickly, in this process. Others get a
# process of their own, and limited time.
_LARGE, _MOST_TAGS = 1 << 18, 12_000
_SECONDS, _SECONDS_PER_MB = 20, 10
# To trafilatura less text is not an article; here a sentence is one.
_SIZES = {"MIN_EXTRACTED_SIZE": "2", "MIN_OUTPUT_SIZE": "1"}


def is_page(text: str) -> bool:
    r"""Return whether a text is a web page, by its beginning.

    Examples
    --------
    >>> is_page("<!DOCTYPE html>\n<html><body>开源</body></html>"), is_page("开源<html>")
    (True, False)
    """
    return _BEGINS.match(text[:_BEGINNING]) is not None


def decode_page(data: bytes, path: str | PathLike[str]) -> str:
    """Decode a page: as UTF-8, else as it declares, else as is detected.

    Raises
    ------
    StanceclfError
        It is not text.

    Examples
    --------
    >>> decode_page('<meta charset="gb2312">开源'.encode("gbk"), "页.html")
    '<meta charset="gb2312">开源'
    """
    declared = _CHARSET.search(data[:_HEAD])
    name = "utf-8" if declared is None else declared[1].decode("ascii", "replace")
    name = next((wider for narrow, wider in _WIDER if narrow.fullmatch(name)), name)
    return decode(data, path, likely=name if _KNOWN.fullmatch(name) else "utf-8")


def page_in(archive: bytes, path: str | PathLike[str]) -> str:
    """Return the page in a browser's archive (MHTML, "web page, single file").

    Raises
    ------
    StanceclfError
        There is no page in it.
    """
    from email import message_from_bytes

    data = None
    if _LONG_FIELD.search(archive) or len(_MULTIPART.findall(archive)) > _MOST_MULTIPARTS:
        raise StanceclfError(
            "not an archive that a browser saved; save the page as HTML", path=path
        )
    # What is not an archive can be wrong in many ways.
    with suppress(
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError
    ):
        parts = list(message_from_bytes(archive).walk())
        pages = (part for part in parts if part.get_content_type() == "text/html")
        if (page := next(pages, None)) is not None:
            data = page.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise StanceclfError("no web page in this archive; save the page as HTML", path=path)
    return decode_page(data, path)


def page_text(html: str, path: str | PathLike[str]) -> str:
    """Return the text of the article in a page, one paragraph per line.

    Its headline comes first. Trafilatura (Barbaresi 2021) leaves out menus and advertisements.
    Tables of figures, code, captions, comments, editors' names and text that is struck out are
    left out, too.

    Raises
    ------
    StanceclfError
        There is no article in it, it is not such a page as browsers save, or trafilatura is not
        installed.

    Examples
    --------
    >>> menu = "<ul><li><a href='/'>首页</a></li><li><a href='/ai'>人工智能</a></li></ul>"
    >>> page = f"<html><body>{menu}<article><p>开源比闭源便宜。</p></article></body></html>"
    >>> page_text(page, "页.html")
    '开源比闭源便宜。'
    """
    # HTML's replacement for a NUL.
    data = html.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace")
    try:
        quick = len(data) <= _LARGE and data.count(b"<") <= _MOST_TAGS
        return article_in(data) if quick else _article_apart(data)
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None


def _article_apart(data: bytes) -> str:
    seconds = _SECONDS + _SECONDS_PER_MB * len(data) / (1 << 20)
    return run_apart(__name__, "article_in", data, seconds, "web page")


def article_in(data: bytes) -> str:
    """Return the text of the article in a page in UTF-8.

    Raises
    ------
    StanceclfError
        There is none.
    """
    import logging

    try:
        import trafilatura
        from lxml import html
        from trafilatura.settings import use_config
    except ImportError:
        raise missing_extra("trafilatura") from None
    # It logs every page in which it finds nothing, which is reported here.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    sizes = use_config()
    for key, value in _SIZES.items():
        sizes.set("DEFAULT", key, value)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(data, parser=parser)
        # The parser stops there silently; the rest would be lost.
        if any(one.type_name == "ERR_RESOURCE_LIMIT" for one in parser.error_log):
            raise StanceclfError("nested too deep or too large for a web page; save it as text")
        title = headline(tree)
        if tree.body is not None:
            mark_paragraphs(tree.body)
        text = trafilatura.extract(
            _document(cut_frame(tree)),
            fast=True,
            include_comments=False,
            include_tables=False,
            config=sizes,
        )
    except StanceclfError:
        raise
    except Exception as error:  # What is not a page can fail in any way.
        raise StanceclfError(f"not a web page ({type(error).__name__}); save it as text") from None
    lines = [line.removeprefix("- ") for line in (text or "").splitlines()]
    lines = [line for line in lines if not is_credit(line)]
    if not any(line.strip() for line in lines):
        raise StanceclfError("no article found in this web page; save it as text")
    if title and all(" ".join(line.split()) != title for line in lines):
        lines.insert(0, title)
    return "\n".join(lines)


def _document(frame: Any) -> Any:  # noqa: ANN401
    """Return a page that contains nothing but an article."""
    from lxml import html

    page = html.document_fromstring("<html><body><div id=articleContent></div></body></html>")
    inner = page.get_element_by_id("articleContent")
    inner.text = frame.text
    inner.extend(list(frame))
    return page
