"""Doccano: sentences as its JSON lines, and what stands where in its exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.label_studio import Context

#: Where labels stand: today, and in old versions.
LABEL_KEYS = ("label", "labels")


def write_lines(items: Iterable[GoldSentence | Sentence], context: Context | None = None) -> str:
    """Return sentences as JSON lines for a project of text classification.

    Parameters
    ----------
    items : iterable of (GoldSentence or Sentence)
        The sentences; a gold one brings its label.
    context : mapping of place to (str, str), optional
        What is said before and after each of them.

    Examples
    --------
    >>> print(write_lines([GoldSentence("一.txt", 0, 3, "很好。", "favor")]), end="")
    {"text": "很好。", "label": ["favor"], "article": "一.txt", "start": 0, "end": 3}
    """
    return "".join(
        json.dumps(
            {
                "text": item.text,
                "label": [item.label] if isinstance(item, GoldSentence) else [],
                "article": item.article,
                "start": item.start,
                "end": item.end,
                **_around(item, context or {}),
            },
            ensure_ascii=False,
        )
        + "\n"
        for item in items
    )


def _around(item: GoldSentence | Sentence, context: Context) -> dict[str, str]:
    own = context.get(item.place)
    return {} if own is None else {"before": own[0], "after": own[1]}


def read_line(row: Mapping[str, Any]) -> tuple[object, list[tuple[object, object]]]:
    """Return what a row is about, and its labels as those of somebody unknown.

    Nothing of it is checked beyond what finding it takes.

    Parameters
    ----------
    row : mapping of str to object
        A line of an export, which has what we noted of the sentence beside its text or in `meta`.

    Raises
    ------
    StanceclfError
        It has no labels.

    Examples
    --------
    >>> read_line({"text": "很好。", "labels": ["favor"], "meta": {"article": "一.txt"}})[1]
    [(['favor'], None)]
    """
    for key in LABEL_KEYS:
        if key in row:
            meta, labels = row.get("meta"), row[key]
            about = {**meta, **row} if isinstance(meta, dict) else row
            return about, [([labels] if isinstance(labels, str) else labels, None)]
    if "data" in row:
        raise StanceclfError("a Label Studio task must stand in an array; export it as JSON")
    raise StanceclfError("`label` must be there; for Label Studio, the file must be a JSON array")
