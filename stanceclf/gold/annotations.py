"""Annotations: the gold labels in a file that a labelling tool or a spreadsheet wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.exports import ExportRow, read_export
from stanceclf.gold.file import (
    GoldSentence,
    Merged,
    locked,
    merge_gold,
    read_gold,
    write_gold,
)
from stanceclf.gold.placed_rows import PLACE
from stanceclf.gold.places import Places
from stanceclf.gold.tasks import CONTROL, SHOWN
from stanceclf.labels import READING_ORDER, STANCES, Stance

# Doccano's key for labels, in current and in old versions.
_DOCCANO_KEYS = ("label", "labels")
# Label Studio's key for annotations, in current versions and before 1.0.
_TASK_KEYS = ("annotations", "completions")
# What Label Studio's JSON-MIN says of a task that is not labelled.
_NO_LABELS = {
    *(*PLACE, *SHOWN, "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"),
    *("agreement", "history"),
}
# Columns that only predictions have.
_PREDICTED = {"favor", "p_favor", "voice"}
_INTERFACE = f'in the labelling interface, write <Choices name="{CONTROL}" ...>'

# What a row claims, unchecked: for each annotation its labels and its annotator.
_Annotations = list[tuple[object, object]]


class _Claim(NamedTuple):
    """A label that somebody gave in a row, and the names they go by."""

    row: ExportRow
    label: Stance
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label} by " + (f"`{self.names[0]}`" if self.names else "somebody")


def add_annotations(
    gold: str | PathLike[str],
    path: str | PathLike[str],
    sentences: Iterable[Sentence],
    articles: str | PathLike[str],
    annotators: Mapping[str, str] | None = None,
    *,
    overwrite: bool = False,
    text_column: str | None = None,
) -> Merged:
    """Merge what `import_gold` finds in a file into a file of gold labels, made if missing.

    No annotation session can write to it in the meantime.

    Raises
    ------
    StanceclfError
        As `import_gold` and `merge_gold`, or the gold labels cannot be read. Nothing is written.
    """
    with locked(gold):
        exists = Path(gold).exists()
        known = read_gold(gold, articles, text_column=text_column) if exists else []
        # Gold sentences may have been split with other settings.
        every = [*sentences, *known]
        new = import_gold(path, every, annotators, articles, text_column=text_column)
        merged = merge_gold(known, new, overwrite=overwrite)
        if merged.added or merged.changed:
            write_gold(gold, merged.sentences)
    return merged


def import_gold(
    path: str | PathLike[str],
    sentences: Iterable[Sentence],
    annotators: Mapping[str, str] | None = None,
    articles: str | PathLike[str] | None = None,
    *,
    text_column: str | None = None,
) -> list[GoldSentence]:
    """Return the gold labels in a file that a labelling tool exported, in its order.

    Sentences without a label, or that were skipped, are left out. Who labelled a sentence is
    recorded as its ``annotator``, if known.

    Parameters
    ----------
    path : path-like
        Label Studio's JSON, JSON-MIN, CSV or TSV; doccano's JSONL, JSON or CSV, or the ZIP that it
        comes in; or any table or JSON lines with ``text`` and ``label``. Recognized by content.
    sentences : iterable of Sentence
        All sentences of the articles. A row without ``start`` and ``end`` is about the one with its
        text.
    annotators : mapping of str to str, optional
        Use only the labels of these people, named by address or number, and record them under these
        names. Labels without an annotator are theirs if it is one person. By default, all
        annotators of a sentence must agree.
    articles : path-like, optional
        The folder of articles. With it, what they contain can be labelled, sentence or not.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The file is missing or not such an export; a row refers to no known sentence or does not
        have exactly one known label; annotators disagree; an annotator has no labels.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "doccano.jsonl")
    >>> row = {"article": "一.txt", "start": 0, "end": 3, "text": "很好。", "label": ["favor"]}
    >>> _ = path.write_text(json.dumps(row), encoding="utf-8")
    >>> import_gold(path, [Sentence("一.txt", 0, 3, "很好。")])[0].label
    'favor'
    """
    rows = read_export(path)
    places = Places(sentences, articles, text_column)
    with_stance = _keys_with_stance(rows)
    # One sentence may have several rows: JSON-MIN has one for each annotation.
    found: dict[Sentence, list[_Claim]] = {}
    for row in rows:
        try:
            about, annotations = _read_row(row, with_stance)
            sentence = places.find(about)
            for labels, who in annotations:
                label, names = _label(labels), _names(who)
                if label is not None:
                    found.setdefault(sentence, []).append(_Claim(row, label, names))
        except StanceclfError as error:
            raise row.error(error.what) from None
    if annotators:
        found = _only_by(annotators, found, path)
    return [_agreed(sentence, found[sentence], annotators or {}) for sentence in found]


def _only_by(
    annotators: Mapping[str, str],
    found: Mapping[Sentence, Sequence[_Claim]],
    path: str | PathLike[str],
) -> dict[Sentence, list[_Claim]]:
    """Return the claims of some people, and those of nobody."""
    claims = [claim for claims in found.values() for claim in claims if claim.names]
    seen = {name for claim in claims for name in claim.names}
    if claims and (missing := [who for who in annotators if who not in seen]):
        everyone = sorted({claim.names[0] for claim in claims})
        numbers = all(name.isdecimal() for name in everyone)
        fix = f"; to record a number as a name, use `--annotator {everyone[0]}=NAME`" * numbers
        raise StanceclfError(
            f"no label by `{missing[0]}`; annotators: {', '.join(everyone)}{fix}", path=path
        )
    mine = {
        sentence: [
            one for one in claims if not one.names or not annotators.keys().isdisjoint(one.names)
        ]
        for sentence, claims in found.items()
    }
    return {sentence: claims for sentence, claims in mine.items() if claims}


def _agreed(
    sentence: Sentence, claims: Sequence[_Claim], annotators: Mapping[str, str]
) -> GoldSentence:
    """Return a sentence with the label that everybody gave it."""
    first = claims[0]
    for other in claims:
        if other.label != first.label:
            fix = "keep one" if len(annotators) == 1 else "use `--annotator`"
            raise other.row.error(f"labelled {first} and {other}; {fix}")
    people = [
        next((annotators[name] for name in one.names if name in annotators), one.names[0])
        for one in claims
        if one.names
    ]
    if len(people) < len(claims) and len(annotators) == 1:
        people += annotators.values()
    more = {"annotator": ", ".join(dict.fromkeys(people))} if people else {}
    return GoldSentence(*sentence.place, sentence.text, first.label, more)


def _keys_with_stance(rows: Iterable[ExportRow]) -> set[str]:
    """Return the keys of the rows of JSON-MIN that have a stance."""
    return {
        key
        for row in rows
        if isinstance(row.value, dict) and row.kind == "element" and CONTROL in row.value
        for key in row.value
    }


def _read_row(row: ExportRow, with_stance: set[str]) -> tuple[Mapping[str, Any], _Annotations]:
    """Return what a row says about its sentence, and the row's annotations."""
    if not isinstance(row.value, dict):
        raise StanceclfError("must be a JSON object; export again")
    if row.kind == "cells":
        about, annotations = _read_cells(row.value, row.owner)
    # Doccano's "JSON" is an array of the same objects as its lines.
    elif row.kind == "line" or (
        "data" not in row.value and not row.value.keys().isdisjoint(_DOCCANO_KEYS)
    ):
        about, annotations = _read_line(row.value, row.owner)
    elif "data" in row.value:
        about, annotations = _read_task(row.value)
    else:
        about, annotations = _read_flat_task(row.value, with_stance)
    if not isinstance(about, dict):
        raise StanceclfError("`data` must be an object; export again")
    return about, annotations


def _read_line(row: Mapping[str, Any], owner: str | None) -> tuple[object, _Annotations]:
    """Return what a row of doccano's is about, beside its text or in `meta`, and its labels."""
    for key in _DOCCANO_KEYS:
        if key in row:
            meta, labels = row.get("meta"), row[key]
            about = {**meta, **row} if isinstance(meta, dict) else row
            return about, [(_listed(labels), row.get("annotator", owner))]
    if not row.keys().isdisjoint({"data", *_TASK_KEYS}):
        raise StanceclfError("a Label Studio task must be in an array; export as JSON")
    raise StanceclfError("`label` is missing; from Label Studio, the file must be a JSON array")


def _read_cells(cells: Mapping[str, Any], owner: str | None) -> tuple[object, _Annotations]:
    """Return what a row of a table is about, whoever wrote it, and its label."""
    column = next((key for key in (CONTROL, *_DOCCANO_KEYS) if key in cells), None)
    if column is None:
        raise StanceclfError(
            f"no column is named `label` or `{CONTROL}` (columns: {', '.join(cells)}); in Label "
            f"Studio, {_INTERFACE[3:]}"
        )
    if column == CONTROL and "annotation_id" not in cells and not _PREDICTED.isdisjoint(cells):
        raise StanceclfError("these are predictions, not labels that somebody gave")
    given = cells[column].strip()
    # Several choices: doccano joins them, Label Studio writes JSON.
    labels = [one.strip() for one in given.split("#")] if given else []
    if given.startswith("{"):
        with suppress(ValueError, RecursionError, AttributeError):
            labels = json.loads(given).get("choices")
    about = {key: value for key, value in cells.items() if value != ""}
    return about, [(labels, about.get("annotator", owner))]


def _read_task(task: Mapping[str, Any]) -> tuple[object, _Annotations]:
    """Return what a task of Label Studio's is about, and its annotations."""
    lists = [_objects(task, key) for key in _TASK_KEYS if key in task]
    if not lists:
        raise StanceclfError("`annotations` is missing; export from Label Studio as JSON")
    return task["data"], [
        (list(_choices(annotation)), annotation.get("completed_by"))
        for annotations in lists
        for annotation in annotations
        if annotation.get("was_cancelled") is not True and annotation.get("skipped") is not True
    ]


def _read_flat_task(task: Mapping[str, Any], with_stance: set[str]) -> tuple[object, _Annotations]:
    """Return what a task in JSON-MIN is about, and its annotation."""
    if CONTROL not in task:
        # Ignored silently, a project with another name for the control would seem unlabelled.
        others = [key for key in task if task[key] and key not in _NO_LABELS | with_stance]
        if others:
            raise StanceclfError(f"has `{others[0]}`, but no `{CONTROL}`; {_INTERFACE}")
    stance = task.get(CONTROL, [])
    if isinstance(stance, dict):
        stance = stance.get("choices")
    return task, [(_listed(stance), task.get("annotator"))]


def _choices(annotation: Mapping[str, Any]) -> Iterator[object]:
    """Yield the choices made for the stance, whatever other controls there are."""
    results = _objects(annotation, "result")
    # A comment alone is no label.
    names = [
        one["from_name"]
        for one in results
        if one.get("from_name") is not None and one.get("type") != "textarea"
    ]
    if names and CONTROL not in names:
        raise StanceclfError(f"the labels belong to `{names[0]}`, not to `{CONTROL}`; {_INTERFACE}")
    for result in results:
        if result.get("from_name") == CONTROL:
            value = result.get("value")
            choices = value.get("choices") if isinstance(value, dict) else None
            if not isinstance(choices, list):
                raise StanceclfError("`value` must contain a list `choices`")
            yield from choices


def _listed(labels: object) -> object:
    return [labels] if isinstance(labels, str) else labels


def _objects(parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = parent.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise StanceclfError(f"`{key}` must be a list of objects")
    return found


def _label(labels: object) -> Stance | None:
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise StanceclfError("the labels must be a list of strings")
    if len(labels) > 1:
        raise StanceclfError(f"has {len(labels)} labels ({', '.join(labels)}); keep one")
    if labels and labels[0] not in STANCES:
        raise StanceclfError(f"unknown label `{labels[0]}`; known: {', '.join(READING_ORDER)}")
    return next((stance for stance in STANCES if stance in labels), None)


def _names(who: object) -> tuple[str, ...]:
    """Return the names of an annotator, the best one first; none if unknown."""
    names = [who.get("email"), who.get("id")] if isinstance(who, dict) else [who]
    if not all(one is None or type(one) in {int, str} for one in names):
        raise StanceclfError(
            "the annotator must be a number, a string, or an object with an `id` or `email`"
        )
    # A lone surrogate, which JSON can escape, could not be written as UTF-8.
    strings = (str(one).encode(errors="replace").decode() for one in names if one is not None)
    return tuple(name for name in strings if name)
