"""The texts that the ways are timed on."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from stanceclf.articles import read_folder
from stanceclf.errors import StanceclfError

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]*")


def read_texts(source: Path) -> list[str]:
    """Return the texts of a file or folder, none empty, none with a line break in it.

    Parameters
    ----------
    source : Path
        A ``.tsv`` with a column TEXT or a file with one sentence per line, both in UTF-8, or a
        folder of articles, which are cut into sentences.

    Raises
    ------
    StanceclfError
        It cannot be read, or contains no text.
    """
    try:
        if source.is_dir():
            found = (
                part for article in read_folder(source) for part in _SENTENCE.findall(article.text)
            )
            texts = [text.strip() for text in found]
        elif source.suffix == ".tsv":
            with source.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                texts = [(row.get("TEXT") or "").strip() for row in rows]
        else:
            texts = [line.strip() for line in source.read_text(encoding="utf-8").split("\n")]
    except OSError as error:
        raise StanceclfError(f"cannot read it ({error.strerror})", path=source) from None
    except (UnicodeError, csv.Error) as error:
        raise StanceclfError(f"contains no readable texts: {error}", path=source) from None
    if not (texts := [text for text in texts if text]):
        raise StanceclfError("contains no text; a .tsv needs a column TEXT", path=source)
    return texts


def so_many(texts: Sequence[str], count: int) -> list[str]:
    """Return a number of texts, without new duplicates.

    If there are too few, they are repeated, each time with another number at the end, so that
    caching a text gains nothing.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    count : int
        The number of texts to return.

    Examples
    --------
    >>> so_many(["开源", "闭源"], 5)
    ['开源', '闭源', '开源 1', '闭源 1', '开源 2']
    """
    turns = (divmod(index, len(texts)) for index in range(count))
    return [f"{texts[place]} {turn}" if turn else texts[place] for turn, place in turns]


def afresh(texts: Sequence[str]) -> list[str]:
    """Return copies of texts, for which Python has not cached anything yet."""
    return "\n".join(texts).split("\n")


def megabytes(texts: Sequence[str]) -> float:
    """Return the size of texts in UTF-8, in millions of bytes.

    Examples
    --------
    >>> megabytes(["开源"])
    6e-06
    """
    return sum(len(text.encode()) for text in texts) / 1e6
