"""Annotations: the gold labels in a file that Label Studio or doccano exported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import (
    GoldSentence,
    Merged,
    locked,
    merge_gold,
    read_gold,
    write_gold,
)
from stanceclf.gold.placed_rows import PLACE, Place
from stanceclf.gold.tasks import CONTROL
from stanceclf.io import read_utf8
from stanceclf.labels import READING_ORDER, STANCES, Stance

# Doccano's key for labels, in current and in old versions.
_DOCCANO_KEYS = ("label", "labels")
_BETWEEN_TASKS = re.compile(r"[\s,]*")

# What a row claims, unchecked: for each annotation its labels and its annotator.
_Annotations = list[tuple[object, object]]


class _Claim(NamedTuple):
    """A label that somebody gave, the names they go by, and the number of its row."""

    number: int
    label: Stance
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label} by " + (f"`{self.names[0]}`" if self.names else "somebody")


def add_annotations(
    gold: str | PathLike[str],
    path: str | PathLike[str],
    sentences: Iterable[Sentence],
    annotator: str | None = None,
    *,
    overwrite: bool = False,
) -> Merged:
    """Merge what `import_gold` finds in a file into a file of gold labels, made if missing.

    No annotation session can write to it in the meantime.

    Raises
    ------
    StanceclfError
        As `import_gold` and `merge_gold`, or the gold labels cannot be read. Nothing is written.
    """
    with locked(gold):
        known = read_gold(gold) if Path(gold).exists() else []
        # Gold sentences may have been split with other settings.
        new = import_gold(path, [*sentences, *known], annotator)
        merged = merge_gold(known, new, overwrite=overwrite)
        if merged.added or merged.changed:
            write_gold(gold, merged.sentences)
    return merged


def import_gold(
    path: str | PathLike[str], sentences: Iterable[Sentence], annotator: str | None = None
) -> list[GoldSentence]:
    """Return the gold labels in a file that a labelling tool exported, in its order.

    Sentences without a label, or that were skipped, are left out. Who labelled a sentence is
    recorded as its ``annotator``, if known.

    Parameters
    ----------
    path : path-like
        Label Studio's JSON or JSON-MIN, or doccano's JSONL or JSON; recognized by content.
    sentences : iterable of Sentence
        All sentences of the articles; the file may label no others.
    annotator : str, optional
        Use only the labels of this person, named by address or number. Labels without an annotator,
        such as doccano's, count as theirs. By default, all annotators of a sentence must agree.

    Raises
    ------
    StanceclfError
        The file is missing or not such an export; a row refers to no known sentence or does not
        have exactly one known label; annotators disagree; the annotator has no labels.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "doccano.jsonl")
    >>> row = {"article": "一.txt", "start": 0, "end": 3, "text": "很好。", "label": ["favor"]}
    >>> _ = path.write_text(json.dumps(row), encoding="utf-8")
    >>> import_gold(path, [Sentence("一.txt", 0, 3, "很好。")])[0].label
    'favor'
    """
    known = {one.place: one for one in sentences}
    export = _read_export(path)
    # One sentence may have several rows: JSON-MIN has one for each annotation.
    found: dict[Place, list[_Claim]] = {}
    for number, row in export.rows:
        try:
            place, annotations = _read_row(row, known, in_array=export.is_array)
            for labels, who in annotations:
                label, names = _label(labels), _names(who)
                if label is not None:
                    found.setdefault(place, []).append(_Claim(number, label, names))
        except StanceclfError as error:
            raise export.error(number, error.what) from None
    if annotator is not None:
        everyone = {claim.names[0] for claims in found.values() for claim in claims if claim.names}
        found = {
            place: kept
            for place, claims in found.items()
            if (kept := [one for one in claims if not one.names or annotator in one.names])
        }
        if everyone and not found:
            raise StanceclfError(
                f"no label by `{annotator}`; annotators: {', '.join(sorted(everyone))}", path=path
            )
    gold = []
    for place, claims in found.items():
        first = claims[0]
        for other in claims:
            if other.label != first.label:
                fix = "use `--annotator`" if annotator is None else "keep one"
                raise export.error(other.number, f"labelled {first} and {other}; {fix}")
        people = [annotator] if annotator else [one.names[0] for one in claims if one.names]
        more = {"annotator": ", ".join(dict.fromkeys(people))} if people else {}
        gold.append(GoldSentence(*place, known[place].text, first.label, more))
    return gold


@dataclass(frozen=True, slots=True)
class _Export:
    """The rows of an export, numbered from 1: the elements of an array, or lines."""

    path: str | PathLike[str]
    text: str
    is_array: bool
    rows: list[tuple[int, Any]]

    def error(self, number: int, what: str) -> StanceclfError:
        """Return the error for a row, with its line."""
        if not self.is_array:
            return StanceclfError(what, path=self.path, line=number)
        row = self.rows[number - 1][1]
        name = f" (id {row['id']})" if isinstance(row, dict) and "id" in row else ""
        # The parser has not kept the line in which an element begins.
        decoder, start, end = json.JSONDecoder(), 0, self.text.index("[") + 1
        for _ in range(number):
            gap = _BETWEEN_TASKS.match(self.text, end)
            start = gap.end() if gap else end
            _, end = decoder.raw_decode(self.text, start)
        line = self.text.count("\n", 0, start) + 1
        return StanceclfError(f"task {number}{name}: {what}", path=self.path, line=line)


def _read_export(path: str | PathLike[str]) -> _Export:
    text = read_utf8(path)
    if not text.strip():
        raise StanceclfError(
            "empty; export from Label Studio as JSON or from doccano as JSONL", path=path
        )
    if text.lstrip().startswith("["):
        return _Export(path, text, True, list(enumerate(_decode(text, path), 1)))
    # Not splitlines: U+2028 and the like may occur inside a JSON string.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    rows = [(number, _decode(line, path, number)) for number, line in lines]
    return _Export(path, text, False, rows)


def _decode(text: str, path: str | PathLike[str], line: int = 1) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except RecursionError:
        what = "not an export: nested too deeply"
    except json.JSONDecodeError as error:
        what = f"not JSON: {error.msg} at column {error.colno}"
        line += error.lineno - 1
    except ValueError as error:  # A number of thousands of digits.
        what = f"not an export: {error}"
    hint = "Label Studio exports a JSON array, doccano one JSON object per line"
    raise StanceclfError(f"{what}; {hint}", path=path, line=line)


def _read_row(
    row: object, known: Mapping[Place, Sentence], *, in_array: bool
) -> tuple[Place, _Annotations]:
    """Return the place of the sentence that a row is about, and the row's annotations."""
    if not isinstance(row, dict):
        raise StanceclfError("must be a JSON object; export again")
    # Doccano's "JSON" is an array of the same objects as its lines.
    is_task = in_array and ("data" in row or not any(key in row for key in _DOCCANO_KEYS))
    about, annotations = _read_task(row) if is_task else _read_line(row)
    if not isinstance(about, dict):
        raise StanceclfError("`data` must be an object; export again")
    for key, kind in PLACE.items():
        if type(about.get(key)) is not kind:
            raise StanceclfError(f"`{key}` is missing or not of type {kind.__name__}")
    article, start, end = place = about["article"], about["start"], about["end"]
    if place not in known:
        raise StanceclfError(
            f"`{article}` has no sentence at {start}:{end}; export the sentences again, or "
            "restore the articles that they were exported from"
        )
    if known[place].text != about["text"]:
        raise StanceclfError(
            f"`{article}` has a different text at {start}:{end}; restore the article or the text"
        )
    return place, annotations


def _read_line(row: Mapping[str, Any]) -> tuple[object, _Annotations]:
    """Return what a row of doccano's is about, beside its text or in `meta`, and its labels."""
    for key in _DOCCANO_KEYS:
        if key in row:
            meta, labels = row.get("meta"), row[key]
            about = {**meta, **row} if isinstance(meta, dict) else row
            return about, [([labels] if isinstance(labels, str) else labels, None)]
    if "data" in row:
        raise StanceclfError("a Label Studio task must be in an array; export as JSON")
    raise StanceclfError("`label` is missing; from Label Studio, the file must be a JSON array")


def _read_task(task: Mapping[str, Any]) -> tuple[object, _Annotations]:
    """Return what a task of Label Studio's is about, in JSON or JSON-MIN, and its annotations."""
    if "data" not in task:
        stance = task.get(CONTROL, [])
        if isinstance(stance, dict):
            stance = stance.get("choices")
        return task, [([stance] if isinstance(stance, str) else stance, task.get("annotator"))]
    return task["data"], [
        (list(_choices(annotation)), annotation.get("completed_by"))
        for annotation in _objects(task, "annotations")
        if annotation.get("was_cancelled") is not True
    ]


def _choices(annotation: Mapping[str, Any]) -> Iterator[object]:
    """Yield the choices made for the stance, whatever other controls there are."""
    results = [one for one in _objects(annotation, "result") if one.get("type") == "choices"]
    names = [one.get("from_name") for one in results]
    # Ignored silently, a project with another name for the control would seem unlabelled.
    if results and CONTROL not in names:
        raise StanceclfError(
            f"the choices belong to `{names[0]}`, not to `{CONTROL}`; "
            f'in the labelling interface, write <Choices name="{CONTROL}" ...>'
        )
    for name, result in zip(names, results, strict=True):
        if name == CONTROL:
            value = result.get("value")
            choices = value.get("choices") if isinstance(value, dict) else None
            if not isinstance(choices, list):
                raise StanceclfError("`value` must contain a list `choices`")
            yield from choices


def _objects(parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = parent.get(key, [])
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
