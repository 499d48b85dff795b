"""Gold labels: sentences that people have labelled, with where they stand in their articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from stanceclf.articles import Folder
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, read_utf8
from stanceclf.labels import READING_ORDER, STANCES, Stance

_KEYS = {"article": str, "start": int, "end": int, "text": str, "label": str}


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
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源更便宜。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 6, "text": "开源更便宜。", "label": "favor"}
    >>> _ = (folder / "gold.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> read_gold(folder / "gold.jsonl")[0].label
    'favor'
    """
    # Not splitlines: U+2028 and its like may stand inside a JSON string.
    lines = read_utf8(path).split("\n")
    folder = Folder(Path(path).parent / "articles" if articles is None else articles)
    gold: dict[tuple[str, int, int], GoldSentence] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        sentence = _parse(line, path, number)
        try:
            text = folder.text(sentence.article)
        except StanceclfError as error:
            raise StanceclfError(f"its article: {error}", path=path, line=number) from None
        start, end = sentence.start, sentence.end
        if not 0 <= start < end <= len(text) or text[start:end] != sentence.text:
            raise StanceclfError(
                f"`{sentence.article}` does not hold this text at {start}:{end}; "
                "mend the offsets or restore the article",
                path=path,
                line=number,
            )
        if sentence.place in gold:
            raise StanceclfError(
                "this sentence is labelled twice; keep one", path=path, line=number
            )
        gold[sentence.place] = sentence
    return list(gold.values())


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
    >>> path = Path(tempfile.mkdtemp(), "gold.jsonl")
    >>> write_gold(path, [GoldSentence("一.txt", 0, 2, "好。", "none", {"by": "甲"})])
    >>> print(path.read_text(encoding="utf-8"), end="")
    {"article": "一.txt", "start": 0, "end": 2, "text": "好。", "label": "none", "by": "甲"}
    """
    with atomic_write(path) as file:
        for sentence in sorted(sentences, key=lambda one: one.place):
            row = {key: getattr(sentence, key) for key in _KEYS} | dict(sentence.more)
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def _parse(line: str, path: str | PathLike[str], number: int) -> GoldSentence:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}", path=path, line=number) from None
    if any("\ud800" <= char <= "\udfff" for char in json.dumps(row, ensure_ascii=False)):
        raise StanceclfError("half of a surrogate pair is no text", path=path, line=number)
    for key, kind in _KEYS.items():
        if not isinstance(row, dict) or type(row.get(key)) is not kind:
            raise StanceclfError(
                f"`{key}` must be there, as {kind.__name__}", path=path, line=number
            )
    if row["label"] not in STANCES:
        raise StanceclfError(
            f"unknown label `{row['label']}`; known: {', '.join(READING_ORDER)}",
            path=path,
            line=number,
        )
    name = PurePosixPath(row["article"])
    if name.is_absolute() or ".." in name.parts or name.as_posix() != row["article"]:
        raise StanceclfError(
            f"`{name}` must be the plain path of an article below `articles`",
            path=path,
            line=number,
        )
    more = {key: value for key, value in row.items() if key not in _KEYS}
    return GoldSentence(**{key: row[key] for key in _KEYS}, more=more)
