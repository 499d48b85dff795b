"""Word documents: the text of a .docx file."""

from __future__ import annotations

import io
from os import PathLike

from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.io import run_apart

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _RUN, _PROPERTIES, _TEXT = (f"{_W}{name}" for name in ("p", "r", "rPr", "t"))
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Deleted or moved text, phonetic guides, copies for older programs, and what is not text.
_LEFT_OUT = frozenset(
    {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "rt", "instrText")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
# Properties of a run that nobody reads, or that its author took back; and their values that say no.
_UNREAD = frozenset(f"{_W}{name}" for name in ("strike", "dstrike", "vanish", "webHidden"))
_OFF = frozenset({"0", "false", "off", "none"})
# Nearly all documents unpack to fewer bytes. Others get a process of their own, and limited time.
_LARGE = 1 << 22
_SECONDS, _SECONDS_PER_MB = 20, 2
_PIECE = 1 << 16


def word_text(data: bytes, path: str | PathLike[str], most: int) -> str:
    """Return the text of a .docx file that unpacks to at most `most` bytes, one paragraph per line.

    Paragraphs in tables and text boxes and tracked insertions are included; deletions, hidden and
    struck-out text, phonetic guides, headers, footers, footnotes and comments are not.

    Raises
    ------
    StanceclfError
        It is not such a file, unpacks to more, or python-docx is not installed.
    """
    import zipfile  # Few articles are such documents.

    try:
        import docx  # noqa: F401
    except ImportError:
        raise StanceclfError(missing_extra("docx").what, path=path) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > most:
            what = f"unpacks to {size >> 20:,} MB, more than {most >> 20:,}; raise --max-file"
            raise StanceclfError(what)
        if size <= _LARGE:
            return paragraphs_in(data)
        seconds = _SECONDS + _SECONDS_PER_MB * size / (1 << 20)
        return run_apart(__name__, "paragraphs_in", data, seconds, "Word document")
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None
    except Exception as error:  # A damaged file can fail in any way.
        raise StanceclfError(_damaged(error), path=path) from None


def _damaged(error: Exception) -> str:
    what = f"not a Word document, or damaged ({type(error).__name__})"
    return f"{what}; save it again as .docx"


def paragraphs_in(data: bytes) -> str:
    """Return the text of a .docx file, one paragraph per line.

    Raises
    ------
    StanceclfError
        It is not such a file.
    """
    from docx.opc.constants import CONTENT_TYPE
    from docx.opc.pkgreader import PackageReader
    from lxml.etree import XMLParser

    try:
        package = PackageReader.from_file(io.BytesIO(data))  # type: ignore[no-untyped-call]
        parts = package.iter_sparts()
        main = next(blob for _, kind, _, blob in parts if kind == CONTENT_TYPE.WML_DOCUMENT_MAIN)
        # No tree: it would need many times the memory of the document.
        parser = XMLParser(target=_Reader(), resolve_entities=False, no_network=True)
        for start in range(0, len(main), _PIECE):
            parser.feed(main[start : start + _PIECE])
        return str(parser.close())
    except Exception as error:  # A damaged file can fail in any way.
        raise StanceclfError(_damaged(error)) from None


class _Reader:
    """The target of a parser, which collects the text of paragraphs as their elements pass."""

    def __init__(self) -> None:
        # None for an empty paragraph: a small file can have millions of them.
        self._paragraphs: list[list[str] | None] = []
        # The numbers of the paragraphs, and the runs, that are open: text boxes are inside a run.
        self._open: list[int] = []
        self._unread: list[bool] = []
        self._silent = self._properties = 0
        self._in_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _PARAGRAPH:
            self._open.append(len(self._paragraphs))
            if not self._silent:
                self._paragraphs.append(None)
        elif tag == _RUN:
            self._unread.append(False)
        elif tag in _UNREAD:
            off = attributes.get(f"{_W}val", "") in _OFF
            if self._properties and self._unread and not self._unread[-1] and not off:
                self._unread[-1] = True
                self._silent += 1
        elif tag in _LEFT_OUT:
            self._silent += 1
            # Those of a paragraph's mark, in its properties, are about no run.
            self._properties += tag == _PROPERTIES
        elif tag == _TEXT:
            self._in_text = True
        elif tag in _SIGNS:
            self._add(_SIGNS[tag])

    def end(self, tag: str) -> None:
        if tag == _PARAGRAPH:
            self._open.pop()
        elif tag == _RUN:
            self._silent -= self._unread.pop()
        elif tag in _LEFT_OUT:
            self._silent -= 1
            self._properties -= tag == _PROPERTIES
        elif tag == _TEXT:
            self._in_text = False

    def data(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def close(self) -> str:
        return "\n".join("".join(one or ()) for one in self._paragraphs)

    def _add(self, text: str) -> None:
        if self._open and not self._silent:
            number = self._open[-1]
            pieces = self._paragraphs[number]
            if pieces is None:
                pieces = self._paragraphs[number] = []
            pieces.append(text)
