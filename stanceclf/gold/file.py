"""Gold labels: sentences labelled by hand, each at its place in an article."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.placed_rows import PLACE, read_placed
from stanceclf.io import atomic_write, to_json
from stanceclf.labels import READING_ORDER, STANCES, Stance

_KEYS = (*PLACE, "label")


@dataclass(frozen=True, slots=True)
class GoldSentence(Sentence):
    """A sentence with its gold label.

    Attributes
    ----------
    label : str
        Its stance.
    more : mapping of str to object
        Whatever else is recorded about it, such as the annotator; any JSON.
    """

    label: Stance
    more: Mapping[str, Any] = field(default_factory=dict, compare=False)


def was_chosen(sentence: GoldSentence) -> bool:
    """Return whether a sentence was chosen for being useful, which makes it unfit for a test set.

    Examples
    --------
    >>> was_chosen(GoldSentence("一.txt", 0, 2, "好。", "none", {"order": "useful"}))
    True
    """
    return bool(sentence.more.get("order", "random") != "random")


def read_gold(
    path: str | PathLike[str],
    articles: str | PathLike[str] | None = None,
    *,
    text_column: str | None = None,
) -> list[GoldSentence]:
    """Read gold labels and check them against their articles.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with one JSON object per line: ``article``, ``start``, ``end``, ``text``,
        ``label`` and anything else. An empty file has no gold labels yet.
    articles : path-like, optional
        The folder of articles; by default ``articles`` beside the file.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The file is missing; or a line is not such an object, repeats a sentence, or disagrees with
        the text of its article. The message gives the line.

    Examples
    --------
    >>> import json, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源更便宜。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 6, "text": "开源更便宜。", "label": "favor"}
    >>> _ = (folder / "gold.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> read_gold(folder / "gold.jsonl")[0].label
    'favor'
    """
    gold = []
    for number, row in read_placed(path, articles, {"label": str}, text_column=text_column):
        if row["label"] not in STANCES:
            raise StanceclfError(
                f"unknown label `{row['label']}`; known: {', '.join(READING_ORDER)}",
                path=path,
                line=number,
            )
        gold.append(GoldSentence(**{key: row.pop(key) for key in _KEYS}, more=row))
    return gold


def write_gold(path: str | PathLike[str], sentences: Iterable[GoldSentence]) -> None:
    """Write gold labels, sorted by place; an existing file is replaced as a whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "gold.jsonl")
    >>> write_gold(path, [GoldSentence("一.txt", 0, 2, "好。", "none", {"by": "甲"})])
    >>> print(path.read_text(encoding="utf-8"), end="")
    {"article": "一.txt", "start": 0, "end": 2, "text": "好。", "label": "none", "by": "甲"}
    """
    with atomic_write(path) as file:
        for sentence in sorted(sentences, key=lambda one: one.place):
            row = {key: getattr(sentence, key) for key in _KEYS} | dict(sentence.more)
            file.write((to_json(row) + "\n").encode())


@contextmanager
def locked(path: str | PathLike[str]) -> Iterator[None]:
    """Keep other sessions from writing a file between reading and writing it.

    The lock is on the folder, because the file itself is replaced. Where the system has no such
    locks, such as on Windows, there is none.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    parent = Path(os.path.realpath(path)).parent
    if not parent.is_dir():  # Nobody else writes there, and whatever is written creates it.
        yield
        return
    folder = os.open(parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged gold labels, and the number of new ones by what became of them."""

    sentences: list[GoldSentence]  # sorted by place
    added: int
    changed: int
    same: int


def merge_gold(
    known: Iterable[GoldSentence], new: Iterable[GoldSentence], *, overwrite: bool = False
) -> Merged:
    """Merge new gold labels into known ones; where both agree, the known one stays.

    Parameters
    ----------
    known, new : iterable of GoldSentence
        The labels, at most one per sentence in each.
    overwrite : bool, default False
        Whether a new label may replace a different one.

    Raises
    ------
    StanceclfError
        A new label differs from the known one and must not replace it.

    Examples
    --------
    >>> old = GoldSentence("一.txt", 0, 3, "很好。", "none")
    >>> new = GoldSentence("一.txt", 0, 3, "很好。", "favor")
    >>> merge_gold([old], [new], overwrite=True).changed
    1
    """
    before = {one.place: one for one in known}
    after = {one.place: one for one in new}
    shared = before.keys() & after.keys()
    changed = sorted(place for place in shared if before[place].label != after[place].label)
    if changed and not overwrite:
        article, start, end = first = changed[0]
        raise StanceclfError(
            f"new labels differ from known ones ({len(changed)} in all), first at "
            f"{article}:{start}-{end}: known as {before[first].label}, new as "
            f"{after[first].label}; to take the new ones, use `--overwrite`"
        )
    merged = after | before | {place: after[place] for place in changed}
    return Merged(
        sentences=[merged[place] for place in sorted(merged)],
        added=len(after) - len(shared),
        changed=len(changed),
        same=len(shared) - len(changed),
    )
