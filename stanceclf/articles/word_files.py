"""Word documents: the text of a .docx file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from os import PathLike
from typing import Any

from stanceclf.errors import StanceclfError, missing_extra

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TEXT = f"{_W}p", f"{_W}t"
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Deleted or moved text, copies for older programs, and what is not text.
_LEFT_OUT = {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "instrText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}


def word_text(data: bytes, path: str | PathLike[str], most: int) -> str:
    """Return the text of a .docx file that unpacks to at most `most` bytes, one paragraph per line.

    Paragraphs in tables and text boxes and tracked insertions are included; deletions, headers,
    footers, footnotes and comments are not.

    Raises
    ------
    StanceclfError
        It is not such a file, unpacks to more, or python-docx is not installed.
    """
    import zipfile  # Few articles are such documents.

    try:
        from docx import Document
    except ImportError:
        raise StanceclfError(missing_extra("docx").what, path=path) from None
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
    except Exception as error:  # A damaged file can fail in any way.
        what = f"not a Word document, or damaged ({type(error).__name__})"
        raise StanceclfError(f"{what}; save it again as .docx", path=path) from None


def _is_kept(paragraph: Any) -> bool:  # noqa: ANN401
    return not any(one.tag in _LEFT_OUT for one in paragraph.iterancestors())


def _text(element: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the text of a paragraph, except of paragraphs in it."""
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag != _PARAGRAPH and child.tag not in _LEFT_OUT:
            yield from _text(child)
