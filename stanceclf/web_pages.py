"""Web pages."""

from __future__ import annotations

from os import PathLike


def is_page(text: str) -> bool:
    return False


def page_encoding(data: bytes) -> str | None:
    return None


def page_text(text: str, path: str | PathLike[str]) -> str:
    raise NotImplementedError
