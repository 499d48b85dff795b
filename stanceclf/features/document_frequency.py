"""Document frequencies: how many sentences contain each n-gram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.features.ngrams import JOINT, NgramAnalyzer
from stanceclf.features.tokens import UNITS, Unit, character_codes, of_clauses, of_sentences
from stanceclf.reading import ABOUT, RIVAL, TARGET, Ints, Readings, decode

_VARIANTS = 2 * len(ABOUT)


def document_frequencies(
    analyzer: NgramAnalyzer, all_readings: Sequence[Readings], min_df: int
) -> dict[str, int]:
    """Return the number of sentences with each n-gram, by name, if there are at least `min_df`.

    Examples
    --------
    >>> from stanceclf.reading import Reader, Topic
    >>> read = Reader(Topic("开源大模型", target=("开源",)), str.lower).read
    >>> analyzer = NgramAnalyzer(("chars",), (2, 2))
    >>> document_frequencies(analyzer, list(read(["开源赢", "开源"])), 2)
    {'开源': 2}
    """
    # What is rare in one batch may be common in all.
    least = min_df if len(all_readings) == 1 else 1
    found: Counter[str] = Counter()
    for readings in all_readings:
        for unit in UNITS:
            for name, count in _of_batch(analyzer, unit, readings, least):
                found[name] += count
    return {name: count for name, count in found.items() if count >= min_df}


def _of_batch(
    analyzer: NgramAnalyzer, unit: Unit, readings: Readings, least: int
) -> Iterator[tuple[str, int]]:
    """Yield the n-grams of characters or words in at least `least` sentences of a batch."""
    views = analyzer.views(unit)
    for cut, possible in ((of_sentences, ("",)), (of_clauses, ("signed", "tagged"))):
        if not (counted := [view for view in possible if view in views]):
            continue
        tokens = cut(unit, readings)
        what: npt.NDArray[Any]
        if tokens.words is None:
            what = character_codes(readings).take(tokens.places)
            shown: str | list[str] = decode(what)
        else:
            what, shown = np.array(tokens.words, dtype=object), tokens.words
        about, negated = tokens.context(readings)
        sentence = readings.batch.sentence.take(tokens.places)
        sided = (about == TARGET) | (about == RIVAL)
        variants = {"": 0 * about, "tagged": 2 * about + negated, "signed": 1 * negated}
        for length, grams in _numbered(what, tokens.breaks, analyzer.lengths(unit)):
            for view in counted:
                at = np.flatnonzero((grams > 0) & (sided[: len(grams)] | (view != "signed")))
                variant = variants[view][at]
                first, counts = _frequent(grams[at] * _VARIANTS + variant, sentence[at], least)
                for start, number, count in zip(
                    at[first].tolist(), variant[first].tolist(), counts.tolist(), strict=True
                ):
                    gram = ("" if unit == "chars" else JOINT).join(shown[start : start + length])
                    name = analyzer.name(
                        views[view], gram, ABOUT[number // 2], negated=number % 2 == 1
                    )
                    yield name, count


def _frequent(grams: Ints, sentences: Ints, least: int) -> tuple[Ints, Ints]:
    """Return where n-grams in at least `least` sentences first occur, and in how many they are."""
    size = int(sentences.max(initial=0)) + 1
    pairs = np.sort(grams * size + sentences)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0] // size
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(starts, append=len(pairs))
    common = counts >= least
    # Sorting numbers alone is far quicker than sorting where they are, so that is looked up.
    first = np.zeros(int(grams.max(initial=0)) + 1, np.intp)
    first[grams[::-1]] = np.arange(len(grams) - 1, -1, -1)
    return first[pairs[starts[common]]], counts[common]


def _numbered(
    what: npt.NDArray[Any], breaks: Ints, lengths: tuple[int, int]
) -> Iterator[tuple[int, Ints]]:
    """Yield each length, and a number for the n-gram that begins at each token, 0 if none does."""
    inner = np.ones(len(what), bool)
    inner[breaks] = False
    symbols = np.zeros(len(what), np.intp)
    _, number = np.unique(what[inner], return_inverse=True)
    symbols[inner] = number + 1
    grams, size = symbols, len(what) + 1
    for length in range(1, lengths[1] + 1):
        if length > 1:
            last = symbols[length - 1 :]
            alive = np.flatnonzero((grams[:-1] > 0) & (last > 0))
            _, number = np.unique(grams[alive] * size + last[alive], return_inverse=True)
            grams = np.zeros(len(last), np.intp)
            grams[alive] = number + 1
        if length >= lengths[0]:
            yield length, grams
