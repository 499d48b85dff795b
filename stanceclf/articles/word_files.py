"""Word documents: the text of a .docx file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from os import PathLike
from typing import Any

from stanceclf.errors import StanceclfError, missing_extra

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TEXT = f"{_W}p", f"{_W}t"
_STANDS_FOR = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# What was struck out or moved away, what is there for older programs, and what is no text.
_LEFT_OUT = {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "instrText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}


def word_text(data: bytes, path: str | PathLike[str], most: int) -> str:
    """Return the text of a Word document, a paragraph a line.

    Paragraphs in tables and text boxes are among them, tracked insertions too; deletions, headers,
    footers, footnotes and comments are not.

    Parameters
    ----------
    data : bytes
        The .docx file.
    path : path-like
        What to call it in an error.
    most : int
        So many bytes it may have when it is unpacked.

    Raises
    ------
    StanceclfError
        It is no such document, unpacks to more, or what reads it is not installed.
    """
    # Few articles are such documents.
    import zipfile
    import zlib

    try:
        from docx import Document
        from lxml import etree
    except ImportError:
        raise StanceclfError(missing_extra("docx", "pages").what, path=path) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > most:
            raise StanceclfError(
                f"unpacks to {size >> 20:,} MB, more than {most >> 20:,}; raise --max-file",
                path=path,
            )
        body = Document(io.BytesIO(data)).element.body
        return "\n".join("".join(_text(one)) for one in body.iter(_PARAGRAPH) if _is_kept(one))
    except StanceclfError:
        raise
    except (
        *(zipfile.BadZipFile, etree.LxmlError, ArithmeticError, AttributeError, EOFError),
        *(LookupError, NotImplementedError, OSError, RecursionError, RuntimeError, TypeError),
        *(ValueError, zlib.error),
    ) as error:
        said = f"no Word document, or damaged ({type(error).__name__})"
        raise StanceclfError(f"{said}; save it anew as .docx", path=path) from None


def _is_kept(paragraph: Any) -> bool:  # noqa: ANN401
    return not any(one.tag in _LEFT_OUT for one in paragraph.iterancestors())


def _text(element: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the text of a paragraph, but not of those in it."""
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _STANDS_FOR:
            yield _STANDS_FOR[child.tag]
        elif child.tag != _PARAGRAPH and child.tag not in _LEFT_OUT:
            yield from _text(child)
