"""Web pages: the article in what a browser saved, without menus, advertisements and comments."""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from os import PathLike

from stanceclf.articles.encodings import decode
from stanceclf.errors import StanceclfError, missing_extra

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
# Nearly all pages have fewer bytes and are parsed quickly, in this process. A larger one gets a
# process of its own, and limited time.
_LARGE = 1 << 18
_SECONDS, _SECONDS_PER_MB = 20, 10
# To trafilatura less text is not an article; here a sentence is one.
_SIZES = {"MIN_EXTRACTED_SIZE": "2", "MIN_OUTPUT_SIZE": "1"}
_APART = f"import sys; sys.path[:] = {{path!r}}; from {__name__} import _main; _main()"


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
    return decode(data, path, likely=name)


def page_in(archive: bytes, path: str | PathLike[str]) -> str:
    """Return the page in a browser's archive (MHTML, "web page, single file").

    Raises
    ------
    StanceclfError
        There is no page in it.
    """
    from email import message_from_bytes

    data = None
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

    Trafilatura (Barbaresi 2021) separates it from menus, advertisements and comments. Tables and
    blocks of code, which contain no sentences, are left out.

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
        return _extract(data) if len(data) <= _LARGE else _extract_apart(data)
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None


def _extract(data: bytes) -> str:
    """Return the text of the article in a page in UTF-8."""
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
        text = trafilatura.extract(
            tree,
            include_comments=False,
            include_tables=False,
            prune_xpath=["//pre"],
            config=sizes,
        )
    except StanceclfError:
        raise
    except Exception as error:  # What is not a page can fail in any way.
        raise StanceclfError(f"not a web page ({type(error).__name__}); save it as text") from None
    if not text or not text.strip():
        raise StanceclfError("no article found in this web page; save it as text")
    return re.sub(r"(?m)^- ", "", text)


def _extract_apart(data: bytes) -> str:
    """Return the same, from a process that may crash and is stopped if it needs too long."""
    import subprocess

    seconds = _SECONDS + _SECONDS_PER_MB * len(data) / (1 << 20)
    command = [sys.executable, "-P", "-X", "utf8", "-c", _APART.format(path=sys.path)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=True)
        result = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise StanceclfError("takes too long to read as a web page; save it as text") from None
    except (subprocess.CalledProcessError, OSError, ValueError):
        raise StanceclfError("cannot be read as a web page; save it as text") from None
    if "error" in result:
        raise StanceclfError(result["error"])
    return str(result["text"])


def _main() -> None:
    """Read a page from standard input, and write its text as JSON."""
    try:
        result = {"text": _extract(sys.stdin.buffer.read())}
    except StanceclfError as error:
        result = {"error": error.what}
    sys.stdout.write(json.dumps(result))
