"""The search for patterns, in the sentences that contain what these need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.reading import MARKS, RIVAL, TARGET, Flags, Ints, Readings, decode
from stanceclf.rules.patterns import Pattern

_Bits = npt.NDArray[np.uint8]


class PatternSearch:
    """Search many sentences for patterns.

    Attributes
    ----------
    presence : list of frozenset of str
        Sets of words. The sentences' reader must look for them, before all other sets.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = list(patterns)
        marks = set(MARKS.values())
        numbers: dict[frozenset[str], int] = {}
        # The needs of each alternative of all patterns in a row, and each pattern's places in it.
        needs: list[list[int]] = []
        alternatives: list[range] = []
        for pattern in self._patterns:
            first = len(needs)
            for alternative in pattern.alternatives:
                # A mark within a longer word is not what a mention leaves in a text.
                known = [
                    numbers.setdefault(need, len(numbers))
                    for need in alternative
                    if all(word in marks or not marks & {*word} for word in need)
                ]
                needs.append(known or [-1])
            alternatives.append(range(first, len(needs)))
        self._needs, self._alternatives = _Groups(needs), _Groups(alternatives)
        self.presence = [need - marks for need in numbers]
        self._mentions = {
            side: [number for need, number in numbers.items() if mark in need]
            for side, mark in ((TARGET, MARKS["target"]), (RIVAL, MARKS["rival"]))
        }

    def __call__(
        self, readings: Readings, eligible: Flags | None = None
    ) -> tuple[Ints, Ints, Ints]:
        """Return where patterns match: which patterns, starts and ends, in any order.

        `eligible`, of shape (n_patterns, n_sentences), says where to search; by default everywhere.
        """
        none = np.empty(0, np.intp)
        if not self._patterns:
            return none, none, none
        wanted = self._candidates(readings)
        if eligible is not None:
            wanted &= eligible
        batch = readings.batch
        plain = batch.all_text()
        marked = decode(readings.marked) if any(one.marked for one in self._patterns) else plain
        # Each sentence with the separators around it.
        starts, ends = (batch.starts - 1).tolist(), (batch.ends + 1).tolist()
        numbers: list[int] = []
        sentences: list[int] = []
        spans: list[tuple[int, int]] = []
        for number in np.flatnonzero(wanted.any(axis=1)).tolist():
            pattern, rows = self._patterns[number], np.flatnonzero(wanted[number]).tolist()
            text = marked if pattern.marked else plain
            texts = [text[starts[row] : ends[row]] for row in rows]
            for which, start, end in pattern.spans_of_many(texts):
                numbers.append(number)
                sentences.append(rows[which])
                spans.append((start, end))
        sentence = np.array(sentences, np.intp)
        first, last = batch.starts[sentence], batch.ends[sentence]
        start, end = np.array(spans, np.intp).reshape(-1, 2).T + first - 1
        # An anchor's separator is not part of the sentence.
        start, end = np.maximum(start, first), np.minimum(end, last)
        filled = start < end
        return np.array(numbers, np.intp)[filled], start[filled], end[filled]

    def _candidates(self, readings: Readings) -> Flags:
        """Return which sentences contain what each pattern needs."""
        # The last need is one that every sentence meets.
        met = np.ones((len(self.presence) + 1, len(readings)), bool)
        met[:-1] = readings.found.present.T[: len(self.presence)]
        for side, numbers in self._mentions.items():
            met[numbers] |= readings.mentioned & side != 0
        # Eight sentences in a byte.
        packed = np.packbits(met, axis=1)
        each = self._needs.reduce(np.bitwise_and, packed)
        found = self._alternatives.reduce(np.bitwise_or, each)
        return np.unpackbits(found, axis=1, count=len(readings)).astype(bool)


class _Groups:
    """Groups of rows, none of them empty.

    All first rows are combined with all second ones and so on: a few large steps, not one a group.
    """

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        # For each place in a group: the groups that have one, and the row that is there.
        self._places = [
            (
                np.array([i for i, group in enumerate(groups) if len(group) > place], np.intp),
                np.array([group[place] for group in groups if len(group) > place], np.intp),
            )
            for place in range(max(map(len, groups), default=0))
        ]

    def reduce(self, combine: np.ufunc, rows: _Bits) -> _Bits:
        """Return what the rows of each group combine to."""
        (_, first), *others = self._places
        combined = rows.take(first, axis=0)
        for groups, own in others:
            combined[groups] = combine(combined.take(groups, axis=0), rows.take(own, axis=0))
        return combined
