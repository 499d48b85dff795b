"""Gold labels: sentences that people have labelled, with where they stand in their articles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from stanceclf.articles import read_article
from stanceclf.errors import StanceclfError
from stanceclf.files import read_utf8
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
    """

    article: str
    start: int
    end: int
    text: str
    label: Stance


def read_gold(path: str | PathLike[str]) -> list[GoldSentence]:
    """Read gold labels and check that they fit their articles.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with a JSON object a line: ``article``, ``start``, ``end``, ``text``,
        ``label``, and whatever else. The articles are in the folder ``articles`` beside it.

    Raises
    ------
    StanceclfError
        The file is missing or empty; a line is no such object, stands there twice, or does not
        hold the text that its article has at that place. Named by line.

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
    folder = Path(path).parent / "articles"
    articles: dict[str, str] = {}
    gold: dict[tuple[str, int, int], GoldSentence] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        sentence = _parse(line, path, number)
        if sentence.article not in articles:
            try:
                articles[sentence.article] = read_article(folder / sentence.article).text
            except StanceclfError as error:
                raise StanceclfError(f"its article: {error}", path=path, line=number) from None
        text, start, end = articles[sentence.article], sentence.start, sentence.end
        if not 0 <= start < end <= len(text) or text[start:end] != sentence.text:
            raise StanceclfError(
                f"`{sentence.article}` does not hold this text at {start}:{end}; "
                "mend the offsets or restore the article",
                path=path,
                line=number,
            )
        place = (sentence.article, sentence.start, sentence.end)
        if place in gold:
            raise StanceclfError(
                "this sentence is labelled twice; keep one", path=path, line=number
            )
        gold[place] = sentence
    if not gold:
        raise StanceclfError("no gold labels in here; add some, a JSON object a line", path=path)
    return list(gold.values())


def _parse(line: str, path: str | PathLike[str], number: int) -> GoldSentence:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}", path=path, line=number) from None
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
    return GoldSentence(**{key: row[key] for key in _KEYS})
