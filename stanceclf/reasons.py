"""Reasons: the rules and the words behind the stances of many sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stanceclf.matches import Match, find_matches
from stanceclf.model import StanceModel
from stanceclf.ngrams import check_texts

#: So many words are told of a sentence, and only those that add so much.
MOST_WORDS = 5
LEAST = 0.1
# A word goes on where a character adds so much of what the strongest one does.
_GOES_ON = 0.35
_LONGEST = 12
# What a rule's find must have come to for a reader to hear of it.
_TOLD = {"votes", "vetoed", "turned"}


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of a sentence that speaks for its stance.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    text : str
        That slice.
    adds : float
        What its n-grams add to the log-odds of the stance, in all views of the sentence; an n-gram
        that lies partly outside counts in part.
    """

    start: int
    end: int
    text: str
    adds: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What is behind the stance of a sentence.

    Attributes
    ----------
    matches : list of Match
        What the rules found that counts, or would but for a negator.
    words : list of Word
        The words that speak most for the stance, the strongest first.
    """

    matches: list[Match]
    words: list[Word]


def reasons(model: StanceModel, texts: Sequence[str]) -> list[Reason]:
    """Return what is behind the model's stance on each of some sentences.

    `StanceModel.explain` tells all of one sentence, n-gram by n-gram; this tells the most of many,
    as stretches that people can read.

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
    >>> [word.text for word in reasons(model, ["开源"])[0].words]
    ['开源']
    """
    texts = check_texts(texts)
    found: list[list[Word]] = []
    grams: dict[int, str] = {}
    for readings in model.voter.read.read(texts):
        stances = model.decide(readings).argmax(axis=1)
        rows, columns, weights = model.weigh(readings)
        adds = model.coef[stances[rows], columns] * weights
        ends = np.searchsorted(rows, np.arange(len(stances)), side="right").tolist()
        start = 0
        for end in ends:
            sums: dict[str, float] = {}
            own = slice(start, end)
            for column, add in zip(columns[own].tolist(), adds[own].tolist(), strict=True):
                if column not in grams:
                    grams[column] = model.analyzer.parts(model.vocabulary[column])[1]
                gram = grams[column]
                sums[gram] = sums.get(gram, 0.0) + add
            found.append(_words(texts[len(found)], model.normalizer, sums))
            start = end
    told = find_matches(model.voter, texts)
    return [
        Reason([match for match in matches if match.outcome in _TOLD], words)
        for words, matches in zip(found, told, strict=True)
    ]


def _words(text: str, normalize: Callable[[str], str], sums: Mapping[str, float]) -> list[Word]:
    """Return the stretches of a sentence in which its n-grams add most."""
    norm = normalize(text)
    each = [0.0] * len(norm)
    places: dict[str, list[int]] = {}
    for length in {len(gram) for gram in sums}:
        for place in range(len(norm) - length + 1):
            places.setdefault(norm[place : place + length], []).append(place)
    for gram, add in sums.items():
        found = places.get(gram, [])
        for place in found:
            for i in range(place, place + len(gram)):
                each[i] += add / len(found) / len(gram)
    limit = _GOES_ON * max(each, default=0.0)
    words, start = [], 0
    while limit > 0 and start < len(each):
        end = start
        while end < len(each) and _goes_on(norm[end], each[end], limit) and end - start < _LONGEST:
            end += 1
        adds = sum(each[start:end])
        if adds >= LEAST:
            words.append(Word(start, end, text[start:end], round(adds, 4)))
        start = max(end, start + 1)
    return sorted(words, key=lambda word: (-word.adds, word.start))[:MOST_WORDS]


def _goes_on(character: str, adds: float, limit: float) -> bool:
    return adds >= limit and character.isalnum()
