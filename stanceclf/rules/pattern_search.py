"""PatternSearch: where patterns match, in the sentences that hold what they need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.reading import MARKS, RIVAL, TARGET, Ints, Readings, decode
from stanceclf.rules.patterns import Pattern

_Flags = npt.NDArray[np.bool_]


class PatternSearch:
    """Search sentences for patterns.

    Parameters
    ----------
    patterns : sequence of Pattern
        The patterns.

    Attributes
    ----------
    presence : list of frozenset of str
        Sets of words; whether a sentence holds any of each is to be known before a search.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = list(patterns)
        marks = set(MARKS.values())
        numbers: dict[frozenset[str], int] = {}
        # The needs of all alternatives in a row, where each alternative's begin, and where each
        # pattern's alternatives do.
        flat: list[int] = []
        alternatives: list[int] = []
        firsts: list[int] = []
        for pattern in self._patterns:
            firsts.append(len(alternatives))
            for needs in pattern.alternatives:
                # A mark within a word is not what a mention leaves of a text.
                own = [need for need in needs if all(w in marks or not marks & {*w} for w in need)]
                alternatives.append(len(flat))
                flat += [numbers.setdefault(need, len(numbers)) for need in own] or [-1]
        self._needs, self._alternatives, self._firsts = (
            np.array(part, np.intp) for part in (flat, alternatives, firsts)
        )
        self._count = len(numbers)
        self.presence = [need - marks for need in numbers]
        self._mentions = {
            bit: [number for need, number in numbers.items() if mark in need]
            for bit, mark in ((TARGET, MARKS["target"]), (RIVAL, MARKS["rival"]))
        }

    def candidates(self, readings: Readings, present: _Flags) -> _Flags:
        """Tell which sentences hold what each pattern needs.

        Parameters
        ----------
        readings : Readings
            Sentences.
        present : bool array of shape (n_sentences, n_presence)
            Which hold a word of each set.

        Returns
        -------
        bool array of shape (n_patterns, n_sentences)
        """
        # A last one that every sentence holds, for alternatives with no need.
        held = np.ones((self._count + 1, len(readings)), bool)
        held[:-1] = present.T
        for bit, numbers in self._mentions.items():
            held[numbers] |= readings.mentioned & bit != 0
        # Eight sentences in a byte.
        packed = np.packbits(held, axis=1)
        each = np.bitwise_and.reduceat(packed[self._needs], self._alternatives, axis=0)
        found = np.bitwise_or.reduceat(each, self._firsts, axis=0)
        return np.unpackbits(found, axis=1, count=len(readings)).astype(bool)

    def __call__(self, readings: Readings, wanted: _Flags) -> tuple[Ints, Ints, Ints]:
        """Return where patterns match, in no order.

        Parameters
        ----------
        readings : Readings
            Sentences.
        wanted : bool array of shape (n_patterns, n_sentences)
            In which of them to search for each pattern.

        Returns
        -------
        patterns, starts, ends : int arrays of equal length
            Which patterns, and where each match begins and ends.
        """
        batch = readings.batch
        plain = batch.all_text()
        marked = decode(readings.marked) if any(one.marked for one in self._patterns) else plain
        starts, ends = (batch.starts - 1).tolist(), (batch.ends + 1).tolist()
        numbers: list[int] = []
        sentences: list[int] = []
        spans: list[tuple[int, int]] = []
        patterns, rows = np.divmod(np.flatnonzero(wanted), len(readings))
        bounds = np.searchsorted(patterns, np.arange(len(self._patterns) + 1)).tolist()
        for number in np.unique(patterns).tolist():
            pattern = self._patterns[number]
            text = marked if pattern.marked else plain
            own = rows[bounds[number] : bounds[number + 1]].tolist()
            # Each with the separators around it.
            for which, start, end in pattern.spans_of_many(
                [text[starts[i] : ends[i]] for i in own]
            ):
                numbers.append(number)
                sentences.append(own[which])
                spans.append((start, end))
        start, end = np.array(spans, np.intp).reshape(-1, 2).T
        sentence = np.array(sentences, np.intp)
        shift = batch.starts[sentence] - 1
        # An anchor's separator is no part of the sentence.
        start = np.maximum(start + shift, batch.starts[sentence])
        end = np.minimum(end + shift, batch.ends[sentence])
        filled = start < end
        return np.array(numbers, np.intp)[filled], start[filled], end[filled]
