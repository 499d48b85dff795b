"""Reasons: the rules and the words behind the stances of many sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stanceclf.features import check_texts
from stanceclf.io import Visible
from stanceclf.model.frozen import StanceModel
from stanceclf.reading import ABOUT, About, Readings, encode
from stanceclf.rules import Match, Outcome, find_matches

#: So many words are told of a sentence at most, and of those only what adds so much.
MOST_WORDS = 6
LEAST = 0.1
# What a rule's find must have come to for a reader to hear of it.
_TOLD: frozenset[Outcome] = frozenset({"votes", "vetoed"})
# What is one word to a reader, however many n-grams it is made of.
_RUN = re.compile(r"[a-z0-9]+(?:[.+-][a-z0-9]+)*")
_ASCII = re.compile(r"[\x00-\x7f]")
# The longest run that is taken apart.
_LONGEST = 40
_TAGGED = 2
# So many places of a word are looked at.
_MOST_PLACES = 20

# What a sentence's n-grams add, and the column that says most of each.
_Sums = Mapping[str, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that speaks for a sentence's stance: an n-gram, or what stands there in Latin letters.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence of the first place where it stands, end exclusive.
    text : str
        That slice.
    about : str or None
        What it is said of, ``target``, ``rival``, ``both`` or ``neither``; None where the model
        does not look. Of one that is said of several, where it adds most.
    negated : bool
        Whether a negator reaches it there.
    adds : float
        What it adds to the log-odds of the stance, and with it the n-grams within it, in all views
        of the sentence. An n-gram that stands elsewhere too counts in part.
    """

    start: int
    end: int
    text: str
    about: About | None
    negated: bool
    adds: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What is behind the stance of a sentence.

    Attributes
    ----------
    matches : list of Match
        What the rules found that counts or is negated.
    words : list of Word
        The words that add most to the stance, the strongest first; no two of them overlap.
    """

    matches: list[Match]
    words: list[Word]


def find_reasons(model: StanceModel, texts: Sequence[str]) -> list[Reason]:
    """Return what is behind the model's stance on each of some sentences.

    `StanceModel.explain` tells everything of one sentence; this the most telling of many.

    Parameters
    ----------
    model : StanceModel
        The model.
    texts : sequence of str
        The sentences.

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
    for readings in model.voter.reader.read(texts):
        for row, sums in enumerate(grams.sums(readings)):
            text = texts[len(found)]
            words = grams.words(Visible(text).text, readings.batch.text(row), sums)
            found.append([_placed(word, text) for word in words])
    return [
        Reason([match for match in matches if match.outcome in _TOLD], words)
        for words, matches in zip(found, find_matches(model.voter, texts), strict=True)
    ]


class _Grams:
    """The n-grams of a model, whatever the view of a sentence in which it counts them."""

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
        # A view by clauses says more of a word than one without, and a tagged one the most.
        ranks = {"tagged": _TAGGED, "signed": 1}
        features = [ranks.get(feature.split()[0], 0) for feature in model.analyzer.features]
        self.rank = np.array(features, np.intp)[kinds]
        self.about, self.negated = about, negated

    def sums(self, readings: Readings) -> Iterator[_Sums]:
        """Yield what the n-grams of each sentence add to its stance."""
        stances = self.model.decide(readings).argmax(axis=1)
        rows, columns, weights = self.model.weigh(readings)
        adds = self.model.coef[stances[rows], columns] * weights
        key = rows * len(self.names) + self.of.take(columns)
        # First among those of one n-gram: the view that says most, and there what adds most.
        order = np.lexsort((-adds.round(9), -self.rank.take(columns), key))
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        totals = np.add.reduceat(adds[order], first).tolist() if first.size else []
        told = order[first]
        ends = np.searchsorted(rows[told], np.arange(len(stances)), "right").tolist()
        names = [self.names[gram] for gram in self.of.take(columns[told]).tolist()]
        pairs = list(zip(totals, columns[told].tolist(), strict=True))
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
        told: list[tuple[int, int]] = []
        for adds, word in sorted(weighed, key=lambda pair: -pair[0]):
            if adds < LEAST or len(words) == MOST_WORDS:
                break
            spans = _places(norm, word)
            if free := [span for span in spans if _is_free(span, told)]:
                # Nor is what it holds news anywhere else.
                told += spans
                span = free[0]
                column = max(self._within(word, sums), key=lambda gram: sums[gram][0])
                at = sums[word if word in sums else column][1]
                about = ABOUT[self.about[at]] if self.rank[at] == _TAGGED else None
                words.append(Word(*span, text[slice(*span)], about, bool(self.negated[at]), adds))
        return words

    def _within(self, word: str, sums: _Sums) -> list[str]:
        """Return the n-grams that a word is and holds."""
        held = (
            word[start:end]
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + self.size) + 1)
        )
        return [gram for gram in dict.fromkeys(held) if gram in sums]

    def _adds(self, word: str, norm: str, sums: _Sums, counts: Mapping[str, int]) -> float:
        if len(word) == 1:
            return sums[word][0] if word in sums else 0.0
        adds, here = 0.0, counts.get(word) or norm.count(word)
        for gram in self._within(word, sums):
            # Where it stands elsewhere too, that part is none of this word's.
            share = here * word.count(gram) / max(counts[gram], 1)
            adds += sums[gram][0] * min(share, 1.0)
        return adds


def _placed(word: Word, text: str) -> Word:
    """Return a word as the offsets of the whole sentence have it."""
    start, end = Visible(text).span(word.start, word.end)
    return replace(word, start=start, end=end, text=text[start:end])


def _places(norm: str, word: str) -> list[tuple[int, int]]:
    """Return some of the places of a word, for a long sentence has many."""
    spans: list[tuple[int, int]] = []
    start = norm.find(word)
    while start >= 0 and len(spans) < _MOST_PLACES:
        spans.append((start, start + len(word)))
        start = norm.find(word, start + len(word))
    return spans


def _is_free(span: tuple[int, int], told: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in told)
