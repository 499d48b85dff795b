"""Gold labels: sentences that people have labelled, with where they stand in their articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from stanceclf.errors import StanceclfError
from stanceclf.gold.placed_rows import PLACE, read_placed
from stanceclf.io import atomic_write
from stanceclf.labels import READING_ORDER, STANCES, Stance

_KEYS = (*PLACE, "label")


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence with its gold label.

    Attributes
    ----------
    article : str
        The article's path below the folder of articles.
    start, end : int
        Character offsets into the article's decoded text, end exclusive.
    text : str
        Exactly that slice.
    label : str
        Its stance.
    more : mapping of str to object
        What else is noted of it, like who labelled it; any JSON.
    """

    article: str
    start: int
    end: int
    text: str
    label: Stance
    more: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it stands; no two gold labels of a file are of one place."""
        return self.article, self.start, self.end


def was_chosen(sentence: GoldSentence) -> bool:
    """Tell whether a sentence was labelled for being useful, so that it is fit for no test.

    Examples
    --------
    >>> was_chosen(GoldSentence("一.txt", 0, 2, "好。", "none", {"order": "useful"}))
    True
    """
    return bool(sentence.more.get("order", "random") != "random")


def read_gold(
    path: str | PathLike[str], articles: str | PathLike[str] | None = None
) -> list[GoldSentence]:
    """Read gold labels and check that they fit their articles.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with a JSON object a line: ``article``, ``start``, ``end``, ``text``,
        ``label``, and whatever else. A file without a line has no gold labels yet.
    articles : path-like, optional
        The folder of articles; by default ``articles`` beside the file.

    Raises
    ------
    StanceclfError
        The file is missing; a line is no such object, stands there twice, or does not hold the
        text that its article has at that place. Named by line.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源更便宜。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 6, "text": "开源更便宜。", "label": "favor"}
    >>> _ = (folder / "gold.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> read_gold(folder / "gold.jsonl")[0].label
    'favor'
    """
    gold = []
    for number, row in read_placed(path, articles, {"label": str}):
        if row["label"] not in STANCES:
            raise StanceclfError(
                f"unknown label `{row['label']}`; known: {', '.join(READING_ORDER)}",
                path=path,
                line=number,
            )
        own = {key: row.pop(key) for key in _KEYS}
        gold.append(GoldSentence(**own, more=row))
    return gold


def write_gold(path: str | PathLike[str], sentences: Iterable[GoldSentence]) -> None:
    """Write gold labels, sorted by place; what stood there before is replaced whole or not at all.

    Parameters
    ----------
    path : path-like
        The file.
    sentences : iterable of GoldSentence
        The labels.

    Raises
    ------
    StanceclfError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "gold.jsonl")
    >>> write_gold(path, [GoldSentence("一.txt", 0, 2, "好。", "none", {"by": "甲"})])
    >>> print(path.read_text(encoding="utf-8"), end="")
    {"article": "一.txt", "start": 0, "end": 2, "text": "好。", "label": "none", "by": "甲"}
    """
    with atomic_write(path) as file:
        for sentence in sorted(sentences, key=lambda one: one.place):
            row = {key: getattr(sentence, key) for key in _KEYS} | dict(sentence.more)
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
