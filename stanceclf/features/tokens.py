"""Tokens: the characters or words of sentences, in order, that n-grams are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np

from stanceclf.errors import missing_extra
from stanceclf.reading import Codes, Flags, Ints, Readings, among, following

Unit = Literal["chars", "words"]

UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Characters or words, in order.

    Attributes
    ----------
    places : int array of shape (n_tokens,)
        Where each begins in the batch.
    breaks : int array
        Which of them are the end of a sentence or clause, beyond which no n-gram goes.
    words : list of str, or None
        Words, with an empty one for each break; None for characters, which are in the batch.
    """

    places: Ints
    breaks: Ints
    words: list[str] | None = None

    def context(self, readings: Readings) -> tuple[Ints, Flags]:
        """Return what each is said of, by the bits of `TARGET` and `RIVAL`; if it is negated."""
        about = readings.about.take(readings.clauses.at.take(self.places))
        return about, readings.negated.take(self.places)


def of_sentences(unit: Unit, readings: Readings) -> Tokens:
    """Return the tokens of whole sentences; a run of white space is one space, or no word.

    Examples
    --------
    >>> from stanceclf.reading import Reader, Topic
    >>> (readings,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["开源  贵, "])
    >>> of_sentences("chars", readings).places.tolist()
    [0, 1, 2, 3, 5, 6, 8]
    >>> of_clauses("chars", readings).places.tolist()
    [0, 1, 2, 5, 6, 8]
    """
    batch = readings.batch
    edges = np.append(0, batch.ends)
    if unit == "words":
        return _words(readings, edges)
    if not readings.spaces.size:
        return Tokens(np.arange(len(batch.codes)), edges)
    space = np.zeros(len(batch.codes), bool)
    space[readings.spaces] = True
    # A space goes if it begins a sentence, follows a space or belongs to a run at a sentence's end.
    before = space.copy()
    before[edges] = True
    dropped = space.copy()
    dropped[1:] &= before[:-1]
    behind = following(np.flatnonzero(~space), readings.spaces)
    dropped[readings.spaces[among(behind, edges)]] = True
    kept = np.flatnonzero(~dropped)
    return Tokens(kept, np.searchsorted(kept, edges))


def of_clauses(unit: Unit, readings: Readings) -> Tokens:
    """Return the tokens of clauses, without white space."""
    stops = readings.clauses.stops
    if unit == "words":
        return _words(readings, stops)
    if not readings.spaces.size:
        return Tokens(np.arange(len(readings.batch.codes)), stops)
    kept = np.ones(len(readings.batch.codes), bool)
    kept[readings.spaces] = False
    kept[stops] = True
    places = np.flatnonzero(kept)
    return Tokens(places, np.searchsorted(places, stops))


def character_codes(readings: Readings) -> Codes:
    """Return the code points of a batch, any white space as a space."""
    codes = readings.batch.codes
    if readings.spaces.size:
        codes = codes.copy()
        codes[readings.spaces] = ord(" ")
    return codes


def _words(readings: Readings, stops: Ints) -> Tokens:
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
    return Tokens(np.array(places, np.intp), np.array(breaks, np.intp), words)


@cache
def segmenter() -> Callable[[str], list[str]]:
    """Return jieba's segmenter, whose dictionary is loaded once, on first use.

    Raises
    ------
    StanceclfError
        jieba is not installed.
    """
    import logging
    import tempfile

    try:
        import jieba
    except ImportError:
        raise missing_extra("jieba") from None

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # jieba's cache is in a folder that every user of the machine may write; the dictionary loads
    # as fast without one.
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.tmp_dir = folder
        tokenizer.initialize()

    def segment(text: str) -> list[str]:
        tokens: list[str] = tokenizer.lcut(text, HMM=False)
        return tokens

    return segment
