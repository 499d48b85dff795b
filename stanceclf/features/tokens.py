"""Units: the characters or words of sentences in a row, as n-grams are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from stanceclf.features.ngrams import segmenter
from stanceclf.reading import Codes, Ints, Readings, among, following

Unit = Literal["chars", "words"]

#: What n-grams may be made of.
UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True, slots=True)
class Units:
    """Characters or words in a row.

    Attributes
    ----------
    places : int array of shape (n_units,)
        Where each begins in the batch.
    breaks : int array
        Which of them stand for the end of a sentence or a clause, beyond which no n-gram goes.
    words : list of str, or None
        Words; an empty one for a break. Characters are those of the batch.
    """

    places: Ints
    breaks: Ints
    words: list[str] | None = None


def plain(unit: Unit, readings: Readings) -> Units:
    """Return the units of whole sentences; runs of white space are one space, or no word.

    Examples
    --------
    >>> from stanceclf.reading import Reader
    >>> from stanceclf.reading import Topic
    >>> (readings,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["开源  贵, "])
    >>> plain("chars", readings).places.tolist(), by_clause("chars", readings).places.tolist()
    ([0, 1, 2, 3, 5, 6, 8], [0, 1, 2, 5, 6, 8])
    """
    batch = readings.batch
    edges = np.append(0, batch.ends)
    if unit == "words":
        return _words(readings, edges)
    if not readings.spaces.size:
        return Units(np.arange(len(batch.codes)), edges)
    space = np.zeros(len(batch.codes), bool)
    space[readings.spaces] = True
    # A space goes if it begins a sentence, follows a space or is of a run that ends a sentence.
    nothing = space.copy()
    nothing[edges] = True
    dropped = space.copy()
    dropped[1:] &= nothing[:-1]
    behind = following(np.flatnonzero(~space), readings.spaces)
    dropped[readings.spaces[among(behind, edges)]] = True
    kept = np.flatnonzero(~dropped)
    return Units(kept, np.searchsorted(kept, edges))


def by_clause(unit: Unit, readings: Readings) -> Units:
    """Return the units of clauses, without white space."""
    stops = readings.clauses.stops
    if unit == "words":
        return _words(readings, stops)
    if not readings.spaces.size:
        return Units(np.arange(len(readings.batch.codes)), stops)
    kept = np.ones(len(readings.batch.codes), bool)
    kept[readings.spaces] = False
    kept[stops] = True
    places = np.flatnonzero(kept)
    return Units(places, np.searchsorted(places, stops))


def character_codes(readings: Readings) -> Codes:
    """Return the code points of a batch, any white space as a space."""
    codes = readings.batch.codes
    if readings.spaces.size:
        codes = codes.copy()
        codes[readings.spaces] = ord(" ")
    return codes


def _words(readings: Readings, stops: Ints) -> Units:
    """Return the words between stops, each of which is a break."""
    segment = segmenter()
    text = readings.batch.all_text()
    words: list[str] = []
    places: list[int] = []
    breaks: list[int] = []
    start = 0
    for stop in stops.tolist():
        at = start
        for word in segment(text[start:stop]) if stop > start else ():
            if not word.isspace():
                words.append(word)
                places.append(at)
            at += len(word)
        breaks.append(len(words))
        words.append("")
        places.append(stop)
        start = stop + 1
    return Units(np.array(places, np.intp), np.array(breaks, np.intp), words=words)
