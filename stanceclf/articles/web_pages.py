"""Web pages: the article in what a browser saved, without menus, adverts and comments."""

from __future__ import annotations

import json
import re
import sys
from os import PathLike

from stanceclf.articles.encodings import decode
from stanceclf.errors import StanceclfError, missing_extra

# How a page begins, whatever it is called.
_BEGINS = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--[^>]*+>\s*+)*+<(?:!doctype\s++html|html)\b", re.IGNORECASE
)
_BEGINNING = 2000
# How it tells its encoding, among the first so many bytes.
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEAD = 4096
# Browsers take these for what holds them and more.
_WIDER = (
    (re.compile(r"(?:x-)?gb[_-]?(?:2312|k|18030)(?:-80)?", re.IGNORECASE), "gb18030"),
    (re.compile(r"(?:x-x-)?big5(?:-hkscs)?", re.IGNORECASE), "cp950"),
)
# A page of so many bytes is read in this process: nearly all are, and none takes long. A larger one
# gets a process of its own, and so many seconds.
_HERE = 1 << 18
_SECONDS, _SECONDS_PER_MB = 20, 10
# Less than this is no article to the library; here a sentence is one.
_SIZES = {"MIN_EXTRACTED_SIZE": "2", "MIN_OUTPUT_SIZE": "1"}
_APART = f"import sys; sys.path[:] = {{path!r}}; from {__name__} import _main; _main()"


def is_page(text: str) -> bool:
    r"""Tell whether a text is a web page, by its beginning.

    Examples
    --------
    >>> is_page("<!DOCTYPE html>\n<html><body>开源</body></html>"), is_page("开源<html>")
    (True, False)
    """
    return _BEGINS.match(text[:_BEGINNING]) is not None


def decode_page(data: bytes, path: str | PathLike[str]) -> str:
    """Decode a page: as UTF-8, else as it says that it is written, else as is found out.

    Parameters
    ----------
    data : bytes
        The page.
    path : path-like
        What to call it in an error.

    Raises
    ------
    StanceclfError
        It is no text.

    Examples
    --------
    >>> decode_page('<meta charset="gb2312">开源'.encode("gbk"), "页.html")
    '<meta charset="gb2312">开源'
    """
    said = _CHARSET.search(data[:_HEAD])
    name = "utf-8" if said is None else said[1].decode("ascii", "replace")
    name = next((wider for called, wider in _WIDER if called.fullmatch(name)), name)
    return decode(data, path, likely=name)


def page_in(archive: bytes, path: str | PathLike[str]) -> str:
    """Return the page in a browser's archive of one (MHTML, "web page, single file").

    Parameters
    ----------
    archive : bytes
        What the browser saved.
    path : path-like
        What to call it in an error.

    Raises
    ------
    StanceclfError
        There is none in it.
    """
    from email import message_from_bytes

    try:
        parts = list(message_from_bytes(archive).walk())
        pages = (part for part in parts if part.get_content_type() == "text/html")
        page = next(pages, None)
        data = None if page is None else page.get_payload(decode=True)
    # What is no archive can be wrong in many ways.
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        data = None
    if not isinstance(data, bytes):
        raise StanceclfError("no web page in this archive; save it as HTML", path=path)
    return decode_page(data, path)


def page_text(html: str, path: str | PathLike[str]) -> str:
    """Return the text of the article in a page, a paragraph a line.

    It is told from menus, adverts and comments by trafilatura (Barbaresi 2021). Tables and blocks
    of code hold no sentences and are left out.

    Parameters
    ----------
    html : str
        The page.
    path : path-like
        What to call it in an error.

    Raises
    ------
    StanceclfError
        There is no article in it, no browser writes such a page, or what reads pages is not
        installed.

    Examples
    --------
    >>> menu = "<ul><li><a href='/'>首页</a></li><li><a href='/ai'>人工智能</a></li></ul>"
    >>> page = f"<html><body>{menu}<article><p>开源比闭源便宜。</p></article></body></html>"
    >>> page_text(page, "页.html")
    '开源比闭源便宜。'
    """
    # What a character that stands for nothing is in HTML.
    data = html.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace")
    try:
        return _extract(data) if len(data) <= _HERE else _extract_apart(data)
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path if error.path is None else error.path) from None


def _extract(data: bytes) -> str:
    """Return the text of the article in a page in UTF-8."""
    import logging

    try:
        import trafilatura
        from lxml import html
        from trafilatura.settings import use_config
    except ImportError:
        raise missing_extra("trafilatura", "pages") from None
    # It tells of every page in which it finds nothing; so do we.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    sizes = use_config()
    for key, value in _SIZES.items():
        sizes.set("DEFAULT", key, value)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    text = None
    try:
        tree = html.document_fromstring(data, parser=parser)
        # The parser stops there, and what comes behind would be lost without a word.
        if any(one.type_name == "ERR_RESOURCE_LIMIT" for one in parser.error_log):
            raise StanceclfError("nested deeper or larger than web pages are; give its text alone")
        text = trafilatura.extract(
            tree,
            include_comments=False,
            include_tables=False,
            prune_xpath=["//pre"],
            config=sizes,
        )
    except StanceclfError:
        raise
    except Exception as error:  # Of a page that is none, anything may be expected.
        raise StanceclfError(f"not a web page ({type(error).__name__}); give its text") from None
    if not text or not text.strip():
        raise StanceclfError("no article found in this web page; give its text alone")
    return re.sub(r"(?m)^- ", "", text)


def _extract_apart(data: bytes) -> str:
    """Return the same, in a process that is stopped if it takes too long or fails outright."""
    import subprocess

    seconds = _SECONDS + _SECONDS_PER_MB * len(data) / (1 << 20)
    command = [sys.executable, "-P", "-X", "utf8", "-c", _APART.format(path=sys.path)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=True)
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise StanceclfError("takes too long to read as a web page; give its text") from None
    except (subprocess.CalledProcessError, OSError, ValueError):
        raise StanceclfError("cannot be read as a web page; give its text alone") from None
    if "error" in said:
        raise StanceclfError(said["error"])
    return str(said["text"])


def _main() -> None:
    """Read a page from standard input, and write its text as JSON."""
    try:
        said = {"text": _extract(sys.stdin.buffer.read())}
    except StanceclfError as error:
        said = {"error": error.what}
    sys.stdout.write(json.dumps(said))
