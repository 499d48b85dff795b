"""Word documents: the text of a .docx file."""

from __future__ import annotations

from os import PathLike


def word_text(data: bytes, path: str | PathLike[str]) -> str:
    raise NotImplementedError
