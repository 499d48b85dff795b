"""Gold labels out to the tools that people label with, Label Studio and doccano, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, Literal

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.doccano import LABEL_KEYS, read_line, write_lines
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.label_studio import Context, read_task, write_tasks
from stanceclf.io import read_utf8
from stanceclf.labels import READING_ORDER, STANCES, Stance

ExchangeFormat = Literal["label-studio", "doccano"]

_PLACE = {"article": str, "start": int, "end": int, "text": str}
_BETWEEN_TASKS = re.compile(r"[\s,]*")


def export_gold(
    items: Iterable[GoldSentence | Sentence], form: ExchangeFormat, context: Context | None = None
) -> str:
    """Return sentences as the text of a file that a labelling tool imports.

    Parameters
    ----------
    items : iterable of (GoldSentence or Sentence)
        What to label, in this order; a gold sentence comes with its label.
    form : {"label-studio", "doccano"}
        The tool.
    context : mapping of place to (str, str), optional
        What is said before and after each sentence, for people to understand it.

    Examples
    --------
    >>> print(export_gold([Sentence("一.txt", 0, 3, "很好。")], "doccano"), end="")
    {"text": "很好。", "label": [], "article": "一.txt", "start": 0, "end": 3}
    """
    write = write_tasks if form == "label-studio" else write_lines
    return write(items, context)


def import_gold(
    path: str | PathLike[str], sentences: Iterable[Sentence], annotator: str | None = None
) -> list[GoldSentence]:
    """Return the gold labels in a file that a labelling tool has exported, in its order.

    What is not labelled, or was skipped, is left out. Who labelled a sentence is noted as its
    ``annotator``, if known.

    Parameters
    ----------
    path : path-like
        Label Studio's JSON or JSON-MIN, or doccano's JSONL or JSON; its content tells which.
    sentences : iterable of Sentence
        All sentences of the articles; the file may label no others.
    annotator : str, optional
        Take this person's labels alone, called by address or number. Labels that do not say whose
        they are, as doccano's, count as theirs. By default, whoever labelled a sentence must agree.

    Raises
    ------
    StanceclfError
        The file is missing or no such export; a row of it is of no known sentence or has no single
        known label; people disagree; the annotator labelled nothing.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "doccano.jsonl")
    >>> gold = GoldSentence("一.txt", 0, 3, "很好。", "favor")
    >>> _ = path.write_text(export_gold([gold], "doccano"), encoding="utf-8")
    >>> import_gold(path, [Sentence("一.txt", 0, 3, "很好。")])[0].label
    'favor'
    """
    known = {one.place: one for one in sentences}
    export = _load(path)
    found: dict[Sentence, list[_Claim]] = {}
    for number, row in export.rows:
        try:
            sentence, claims = _parse(row, known, in_array=export.is_array)
        except StanceclfError as error:
            raise export.error(number, str(error)) from None
        # One sentence may have several rows: JSON-MIN has one for each annotation.
        for label, names in claims:
            found.setdefault(sentence, []).append(_Claim(number, label, names))
    if annotator is not None:
        everyone = {claim.names[0] for claims in found.values() for claim in claims if claim.names}
        found = {
            sentence: kept
            for sentence, claims in found.items()
            if (kept := [one for one in claims if not one.names or annotator in one.names])
        }
        if everyone and not found:
            raise StanceclfError(
                f"`{annotator}` labelled nothing here; who did: {', '.join(sorted(everyone))}",
                path=path,
            )
    return [_settle(sentence, claims, annotator, export) for sentence, claims in found.items()]


@dataclass(frozen=True, slots=True)
class Merged:
    """Gold labels brought together.

    Attributes
    ----------
    sentences : list of GoldSentence
        All of them, sorted by place.
    added, changed, same : int
        How many of the new ones were not known, had another label, had this label.
    """

    sentences: list[GoldSentence]
    added: int
    changed: int
    same: int


def merge_gold(
    known: Iterable[GoldSentence], new: Iterable[GoldSentence], *, overwrite: bool = False
) -> Merged:
    """Return known and new gold labels together; where they are the same, the known one stays.

    Parameters
    ----------
    known, new : iterable of GoldSentence
        The labels, of each sentence one.
    overwrite : bool, default False
        Whether a new label may replace a different one.

    Raises
    ------
    StanceclfError
        A new label differs from the known one and may not replace it.

    Examples
    --------
    >>> old = GoldSentence("一.txt", 0, 3, "很好。", "none")
    >>> new = GoldSentence("一.txt", 0, 3, "很好。", "favor")
    >>> merge_gold([old], [new], overwrite=True).changed
    1
    """
    before = {one.place: one for one in known}
    after = {one.place: one for one in new}
    shared = sorted(before.keys() & after.keys())
    changed = [place for place in shared if before[place].label != after[place].label]
    if changed and not overwrite:
        article, start, end = changed[0]
        raise StanceclfError(
            f"{len(changed)} known labels are others than the new ones, the first of them "
            f"{article}:{start}-{end}: known as {before[changed[0]].label}, "
            f"new as {after[changed[0]].label}; to take the new ones, give `--overwrite`"
        )
    merged = after | before | {place: after[place] for place in changed}
    return Merged(
        sentences=[merged[place] for place in sorted(merged)],
        added=len(after) - len(shared),
        changed=len(changed),
        same=len(shared) - len(changed),
    )


@dataclass(frozen=True, slots=True)
class _Claim:
    """A label that somebody gave, the names they go by, and the number of its row."""

    number: int
    label: Stance
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Export:
    """An export's rows, numbered from 1: the elements of an array, or else lines."""

    path: str | PathLike[str]
    text: str
    is_array: bool
    rows: list[tuple[int, Any]]

    def error(self, number: int, what: str) -> StanceclfError:
        """Return the error that tells what is wrong with a row."""
        if not self.is_array:
            return StanceclfError(what, path=self.path, line=number)
        row = self.rows[number - 1][1]
        name = f" (id {row['id']})" if isinstance(row, dict) and "id" in row else ""
        what = f"task {number}{name}: {what}"
        return StanceclfError(what, path=self.path, line=self._line(number))

    def _line(self, number: int) -> int:
        """Return the line that an element begins in, which the parser has not kept."""
        decoder, start, end = json.JSONDecoder(), 0, self.text.index("[") + 1
        for _ in range(number):
            gap = _BETWEEN_TASKS.match(self.text, end)
            start = gap.end() if gap else end
            _, end = decoder.raw_decode(self.text, start)
        return self.text.count("\n", 0, start) + 1


def _load(path: str | PathLike[str]) -> _Export:
    text = read_utf8(path)
    if not text.strip():
        raise StanceclfError(
            "empty; export from Label Studio as JSON or from doccano as JSONL", path=path
        )
    if text.lstrip().startswith("["):
        return _Export(path, text, True, list(enumerate(_decode(text, path), 1)))
    # Not splitlines: U+2028 and its like may stand inside a JSON string.
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
    hint = "Label Studio's is a JSON array, doccano's a JSON object a line"
    raise StanceclfError(f"{what}; {hint}", path=path, line=line)


def _parse(
    row: object, known: Mapping[tuple[str, int, int], Sentence], *, in_array: bool
) -> tuple[Sentence, list[tuple[Stance, tuple[str, ...]]]]:
    """Return the sentence that a row is of, its labels and who gave each."""
    if not isinstance(row, dict):
        raise StanceclfError("must be an object; export it anew")
    # Doccano's "JSON" is an array of what its lines are.
    is_task = in_array and ("data" in row or not any(key in row for key in LABEL_KEYS))
    about, claims = read_task(row) if is_task else read_line(row)
    if not isinstance(about, dict):
        raise StanceclfError("`data` must be an object; export it anew")
    for key, kind in _PLACE.items():
        if type(about.get(key)) is not kind:
            raise StanceclfError(f"`{key}` must be there, as {kind.__name__}")
    article, start, end = about["article"], about["start"], about["end"]
    sentence = known.get((article, start, end))
    if sentence is None:
        raise StanceclfError(
            f"`{article}` has no sentence at {start}:{end}; export these articles anew, or "
            "restore those that it was exported from"
        )
    if sentence.text != about["text"]:
        raise StanceclfError(
            f"`{article}` holds another text at {start}:{end}; restore the article or the text"
        )
    named = [(_label(labels), _names(who)) for labels, who in claims]
    return sentence, [(label, names) for label, names in named if label is not None]


def _label(labels: object) -> Stance | None:
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise StanceclfError("its labels must be a list of strings")
    if len(labels) > 1:
        raise StanceclfError(f"has {len(labels)} labels ({', '.join(labels)}); keep one")
    if labels and labels[0] not in STANCES:
        raise StanceclfError(f"unknown label `{labels[0]}`; known: {', '.join(READING_ORDER)}")
    return next((stance for stance in STANCES if stance in labels), None)


def _names(who: object) -> tuple[str, ...]:
    """Return what an annotator may be called, the best name first; nothing if unknown."""
    names = [who.get("email"), who.get("id")] if isinstance(who, dict) else [who]
    if not all(one is None or type(one) in {int, str} for one in names):
        raise StanceclfError("who labelled it must be a number, a string or an object with either")
    # A lone surrogate, which JSON can escape, could not be written as UTF-8.
    strings = (str(one).encode(errors="replace").decode() for one in names if one is not None)
    return tuple(name for name in strings if name)


def _settle(
    sentence: Sentence, claims: list[_Claim], annotator: str | None, export: _Export
) -> GoldSentence:
    """Return the label that all claims of a sentence agree on."""
    first = claims[0]
    for other in claims:
        if other.label != first.label:
            mend = "give `--annotator`" if annotator is None else "keep one"
            both = f"{first.label} by {_who(first)} and {other.label} by {_who(other)}"
            raise export.error(other.number, f"labelled {both}; {mend}")
    names = [annotator] if annotator else [one.names[0] for one in claims if one.names]
    more = {"annotator": ", ".join(dict.fromkeys(names))} if names else {}
    return GoldSentence(
        sentence.article, sentence.start, sentence.end, sentence.text, first.label, more
    )


def _who(claim: _Claim) -> str:
    return f"`{claim.names[0]}`" if claim.names else "somebody"
