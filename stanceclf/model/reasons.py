"""Reasons: the rules and the words behind the stances of many sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stanceclf.features import check_texts
from stanceclf.io import Visible
from stanceclf.model.frozen import StanceModel
from stanceclf.reading import ABOUT, About, Ints, Readings, encode
from stanceclf.rules import Match, Outcome, find_matches

# Maximum number of words per sentence, and the least that each must add.
_MOST_WORDS = 6
_LEAST = 0.1
# The outcomes of matches that are reported.
_REPORTED: frozenset[Outcome] = frozenset({"votes", "vetoed"})
# What a reader takes for one word, however many n-grams it consists of.
_RUN = re.compile(r"[a-z0-9]+(?:[.+-][a-z0-9]+)*")
_ASCII = re.compile(r"[\x00-\x7f]")
# The longest run that is analyzed.
_LONGEST = 40
_TAGGED = 2
# Maximum number of occurrences of a word that are considered.
_MOST_PLACES = 20

# What the n-grams of a sentence add, and the column that is most specific for each.
_Sums = Mapping[str, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that speaks for a sentence's stance: an n-gram, or a whole run of Latin letters.

    Attributes
    ----------
    start, end : int
        Character offsets of its first occurrence in the sentence, end exclusive.
    text : str
        That slice.
    about : str or None
        What it is said about, ``target``, ``rival``, ``both`` or ``neither``; None if the model has
        no such features. Of several occurrences, the one that adds most.
    negated : bool
        Whether it is negated there.
    adds : float
        What it and the n-grams within it add to the log-odds of the stance, in all kinds of
        features. An n-gram that also occurs elsewhere counts in part.
    """

    start: int
    end: int
    text: str
    about: About | None
    negated: bool
    adds: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What is behind the stance of a sentence."""

    matches: list[Match]  # those that count or are negated
    words: list[Word]  # those that add most, the strongest first; no two of them overlap


def find_reasons(
    model: StanceModel, texts: Sequence[str], stances: Sequence[str | None] | None = None
) -> list[Reason]:
    """Return what is behind the model's stance on each of many sentences.

    `StanceModel.explain` returns all there is about one sentence; this, what matters most. What
    speaks for other stances than the model's, such as those in view of neighbours, can be asked.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> [word.text for word in find_reasons(model, ["开源。"])[0].words]
    ['开源']
    """
    texts = check_texts(texts)
    found: list[list[Word]] = []
    grams = _Grams(model)
    asked = None if stances is None else _columns(model, stances)
    for readings in model.voter.reader.read(texts):
        own = None if asked is None else asked[len(found) : len(found) + len(readings)]
        for row, sums in enumerate(grams.sums(readings, own)):
            seen, text = Visible(texts[len(found)]), texts[len(found)]
            words = grams.words(seen.text, readings.batch.text(row), sums)
            found.append([_placed(word, seen, text) for word in words])
    return [
        Reason([match for match in matches if match.outcome in _REPORTED], words)
        for words, matches in zip(found, find_matches(model.voter, texts), strict=True)
    ]


class _Grams:
    """The n-grams of a model, whatever kind of feature counts them."""

    def __init__(self, model: StanceModel) -> None:
        self.model, names = model, model.vocabulary
        self.size = max(map(len, names), default=1)
        sizes = np.fromiter(map(len, names), np.intp, len(names))
        codes = encode("".join(names))
        kinds, about, negated, skipped = model.analyzer.split(codes, np.cumsum(sizes) - sizes)
        own = [name[skip:] for name, skip in zip(names, skipped.tolist(), strict=True)]
        self.names = sorted(set(own))
        number = {gram: place for place, gram in enumerate(self.names)}
        self.of = np.array([number[gram] for gram in own], np.intp)
        # Signed features are more specific than plain ones, and tagged features the most.
        ranks = {"tagged": _TAGGED, "signed": 1}
        features = [ranks.get(feature.split()[0], 0) for feature in model.analyzer.features]
        self.rank = np.array(features, np.intp)[kinds]
        self.about, self.negated = about, negated

    def sums(self, readings: Readings, asked: Ints | None = None) -> Iterator[_Sums]:
        """Yield what the n-grams of each sentence add to its stance, or to the one asked for."""
        stances = self.model.decide(readings).argmax(axis=1) if asked is None else asked
        rows, columns, weights = self.model.weigh(readings)
        adds = self.model.coef[stances[rows], columns] * weights
        key = rows * len(self.names) + self.of.take(columns)
        # First for each n-gram: the most specific kind of feature, and there what adds most.
        order = np.lexsort((-adds.round(9), -self.rank.take(columns), key))
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        totals = np.add.reduceat(adds[order], first).tolist() if first.size else []
        best = order[first]
        ends = np.searchsorted(rows[best], np.arange(len(stances)), "right").tolist()
        names = [self.names[gram] for gram in self.of.take(columns[best]).tolist()]
        pairs = list(zip(totals, columns[best].tolist(), strict=True))
        for start, end in zip([0, *ends], ends, strict=False):
            yield dict(zip(names[start:end], pairs[start:end], strict=True))

    def words(self, text: str, norm: str, sums: _Sums) -> list[Word]:
        """Return the words of a sentence that add most, none of which overlap."""
        own = {gram for gram in sums if gram.isalnum() and not _ASCII.search(gram)}
        runs = {run[:_LONGEST] for run in _RUN.findall(norm)}
        counts = {gram: norm.count(gram) for gram in sums}
        weighed = [
            (round(self._adds(word, norm, sums, counts), 6), word) for word in sorted(own | runs)
        ]
        words: list[Word] = []
        taken: list[tuple[int, int]] = []
        for adds, word in sorted(weighed, key=lambda pair: -pair[0]):
            if adds < _LEAST or len(words) == _MOST_WORDS:
                break
            spans = _places(norm, word)
            if free := [span for span in spans if _is_free(span, taken)]:
                # Its other occurrences add nothing new.
                taken += spans
                span = free[0]
                strongest = max(self._within(word, sums), key=lambda gram: sums[gram][0])
                at = sums[word if word in sums else strongest][1]
                about = ABOUT[self.about[at]] if self.rank[at] == _TAGGED else None
                words.append(Word(*span, text[slice(*span)], about, bool(self.negated[at]), adds))
        return words

    def _within(self, word: str, sums: _Sums) -> list[str]:
        """Return the n-grams that a word is or contains."""
        parts = (
            word[start:end]
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + self.size) + 1)
        )
        return [gram for gram in dict.fromkeys(parts) if gram in sums]

    def _adds(self, word: str, norm: str, sums: _Sums, counts: Mapping[str, int]) -> float:
        if len(word) == 1:
            return sums[word][0] if word in sums else 0.0
        adds, here = 0.0, counts.get(word) or norm.count(word)
        for gram in self._within(word, sums):
            # An n-gram that also occurs elsewhere counts in proportion.
            share = here * word.count(gram) / max(counts[gram], 1)
            adds += sums[gram][0] * min(share, 1.0)
        return adds


def _columns(model: StanceModel, stances: Sequence[str | None]) -> Ints:
    names = model.classes_.tolist()
    return np.array([names.index(stance) for stance in stances], np.intp)


def _placed(word: Word, seen: Visible, text: str) -> Word:
    """Return a word with the offsets of the whole sentence, invisible characters included."""
    start, end = seen.span(word.start, word.end)
    return replace(word, start=start, end=end, text=text[start:end])


def _places(norm: str, word: str) -> list[tuple[int, int]]:
    """Return the first occurrences of a word; a long sentence has many."""
    spans: list[tuple[int, int]] = []
    start = norm.find(word)
    while start >= 0 and len(spans) < _MOST_PLACES:
        spans.append((start, start + len(word)))
        start = norm.find(word, start + len(word))
    return spans


def _is_free(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in taken)
