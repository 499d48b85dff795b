"""Collection: which n-grams sentences hold, and how many sentences hold each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.features.ngrams import JOINT, Feature, NgramAnalyzer
from stanceclf.features.tokens import UNITS, Unit, Units, by_clause, character_codes, plain
from stanceclf.reading import ABOUT, RIVAL, TARGET, Ints, Readings, decode

_VARIANTS = 2 * len(ABOUT)


def collect(
    analyzer: NgramAnalyzer, all_readings: Sequence[Readings], min_df: int
) -> dict[str, int]:
    """Return how many sentences hold each n-gram.

    Parameters
    ----------
    analyzer : NgramAnalyzer
        Says what is counted.
    all_readings : sequence of Readings
        The sentences.
    min_df : int
        N-grams that fewer sentences hold are left out.

    Returns
    -------
    dict of str to int
        By the n-grams' names.

    Examples
    --------
    >>> from stanceclf.reading import Reader
    >>> from stanceclf.reading import Topic
    >>> read = Reader(Topic("开源大模型", target=("开源",)), str.lower).read
    >>> collect(NgramAnalyzer(("chars",), (2, 2)), list(read(["开源赢", "开源"])), 2)
    {'开源': 2}
    """
    # What is rare in one batch may be common in all.
    least = min_df if len(all_readings) == 1 else 1
    held: Counter[str] = Counter()
    for readings in all_readings:
        for unit in UNITS:
            for place in _occurrences(analyzer, unit, readings):
                held.update(place.names(analyzer, least))
    return {name: count for name, count in held.items() if count >= min_df}


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """The n-grams of one kind and one length in a batch.

    Attributes
    ----------
    feature : str
        The kind.
    length : int
        How many units each has.
    at : int array
        The unit that each begins with.
    grams, variants, rows : int arrays of the same length
        A number for each n-gram, what it is said of and whether it is negated, and its sentence.
    units : str or list of str
        All characters, or all words.
    """

    feature: Feature
    length: int
    at: Ints
    grams: Ints
    variants: Ints
    rows: Ints
    units: str | list[str]

    def names(self, analyzer: NgramAnalyzer, least: int) -> dict[str, int]:
        """Return the n-grams that so many sentences hold at least, and how many do."""
        size = int(self.rows.max(initial=0)) + 1
        kinds = self.grams * _VARIANTS + self.variants
        pairs, where = np.unique(kinds * size + self.rows, return_index=True)
        starts = np.flatnonzero(np.diff(pairs // size, prepend=-1))
        counts = np.diff(starts, append=len(pairs))
        kept = counts >= least
        where, counts = where[starts[kept]], counts[kept]
        names = {}
        for begin, variant, count in zip(
            self.at[where].tolist(), self.variants[where].tolist(), counts.tolist(), strict=True
        ):
            own = self.units[begin : begin + self.length]
            gram = own if isinstance(own, str) else JOINT.join(own)
            about, negated = ABOUT[variant // 2], bool(variant % 2)
            names[analyzer.name(self.feature, gram, about, negated=negated)] = count
        return names


def _occurrences(analyzer: NgramAnalyzer, unit: Unit, readings: Readings) -> Iterator[_Occurrences]:
    views: dict[str, Feature] = {
        feature.removesuffix(unit): feature
        for feature in analyzer.features
        if feature.endswith(unit)
    }
    lengths = analyzer.char_ngrams if unit == "chars" else analyzer.word_ngrams
    for by, ways in ((plain, {""}), (by_clause, {"tagged ", "signed "})):
        if not ways & set(views):
            continue
        units = by(unit, readings)
        what: npt.NDArray[Any]
        if units.words is None:
            what = character_codes(readings).take(units.places)
            shown: str | list[str] = decode(what)
        else:
            what, shown = np.array(units.words, dtype=object), units.words
        about = readings.about.take(readings.clauses.at.take(units.places))
        negated = readings.negated.take(units.places).astype(np.intp)
        rows = readings.batch.sentence.take(units.places)
        sided = (about == TARGET) | (about == RIVAL)
        variants = {"": 0 * about, "tagged ": 2 * about + negated, "signed ": negated}
        for length, grams in _number(units, what, lengths):
            for view in sorted(ways & set(views)):
                at = np.flatnonzero((grams > 0) & (sided[: len(grams)] | (view != "signed ")))
                yield _Occurrences(
                    views[view], length, at, grams[at], variants[view][at], rows[at], shown
                )


def _number(
    units: Units, what: npt.NDArray[Any], lengths: tuple[int, int]
) -> Iterator[tuple[int, Ints]]:
    """Yield a length, and a number for the n-gram that begins at each unit, 0 where none does."""
    inner = np.ones(len(what), bool)
    inner[units.breaks] = False
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
