"""Lexicons: lists of words, looked for in many sentences in one pass.

Where words overlap, the leftmost and longest counts. A lexicon may have idioms, which contain one
of its words but are not it (不仅 is not 不), and a word may require what follows it: ``不|同意`` is
不 before 同意.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from stanceclf.reading.arrays import NOWHERE, Codes, Flags, Ints, encode
from stanceclf.reading.batch import RESERVED, Batch
from stanceclf.reading.trie import Alphabet, Trie


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Words to look for. Two lexicons are never equal, whatever they contain.

    Attributes
    ----------
    words : tuple of str
        The words that count; none is empty.
    idioms : tuple of str
        Words that do not count and keep words that overlap them from counting.
    whole : bool
        Whether a word that begins or ends in a Latin letter must begin or end there.
    bar : str
        What separates a word from what must follow it; by default nothing does.
    """

    words: tuple[str, ...]
    idioms: tuple[str, ...] = ()
    whole: bool = False
    bar: str = ""

    @classmethod
    def of(cls, words: str, idioms: str = "") -> Self:
        """Return the lexicon of words separated by white space, with bars.

        Examples
        --------
        >>> Lexicon.of("不 没", "不仅 不|同意").idioms
        ('不仅', '不|同意')
        """
        return cls(tuple(words.split()), tuple(idioms.split()), bar="|")


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of a batch, in order; they do not overlap.

    Attributes
    ----------
    starts, ends : int arrays of equal length
        Where they begin and end.
    """

    starts: Ints
    ends: Ints

    def where(self, kept: Flags) -> Spans:
        """Return some of them."""
        return Spans(self.starts[kept], self.ends[kept])

    def following(self, places: Ints) -> Spans:
        """Return the first one at or after each place, at `NOWHERE` if there is none."""
        number = np.searchsorted(self.starts, places)
        return Spans(np.append(self.starts, NOWHERE)[number], np.append(self.ends, NOWHERE)[number])


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch contains of some lexicons.

    Attributes
    ----------
    all : Spans
        The words that count, lexicon by lexicon.
    index : int array
        Which word of its lexicon each is.
    bounds : int array of shape (n_lexicons + 1,)
        Where in these each lexicon begins.
    present : bool array of shape (n_sentences, n_presence)
        Which sentences contain a word of each set.
    """

    all: Spans
    index: Ints
    bounds: Ints
    present: Flags
    _numbers: Mapping[Lexicon, int]

    def __getitem__(self, lexicon: Lexicon) -> Spans:
        """Return where the words of one of the lexicons are."""
        own = self._slice(lexicon)
        return Spans(self.all.starts[own], self.all.ends[own])

    def index_of(self, lexicon: Lexicon) -> Ints:
        """Return which of the lexicon's words these are."""
        return self.index[self._slice(lexicon)]

    def _slice(self, lexicon: Lexicon) -> slice:
        number = self._numbers[lexicon]
        return slice(self.bounds[number], self.bounds[number + 1])


class Finder:
    """Look for the words of lexicons, all in one pass.

    Parameters
    ----------
    lexicons : sequence of Lexicon
        Those whose words are to be found.
    presence : sequence of collection of str
        Sets of words of which it is only to be found whether a sentence contains any.
    normalize : callable
        Brings words to the normal form of the sentences.

    Examples
    --------
    >>> from stanceclf.reading.batch import BatchMaker
    >>> lexicon = Lexicon(("不", "不再"), ("不仅",))
    >>> (batch,) = BatchMaker(str.lower)(["不仅贵,不再好"])
    >>> found = Finder([lexicon], [["贵"]], str.lower)(batch)
    >>> found[lexicon].starts.tolist(), found.present.tolist()
    ([5], [[True]])
    """

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        presence: Sequence[Collection[str]],
        normalize: Callable[[str], str],
    ) -> None:
        self._presence = len(presence)
        self._numbers = {lexicon: number for number, lexicon in enumerate(lexicons)}
        self._bounds = np.arange(len(lexicons) + 1)
        # A word has an entry for each lexicon that it is in. Sorted, so that of those which begin
        # at one place the one to count comes first: the longest, an idiom before another word.
        entries = sorted(
            (-len(full), counts, number, full, len(word), index, lexicon.whole)
            for number, lexicon in enumerate(lexicons)
            for counts, words in ((False, lexicon.idioms), (True, lexicon.words))
            for index, text in enumerate(words)
            for word, full in [_split(text, lexicon.bar, normalize)]
            if _readable(full)
        )
        members = [
            (word, number)
            for number, words in enumerate(presence)
            for word in sorted(set(map(normalize, words)))
            if _readable(word)
        ]
        words = sorted({entry[3] for entry in entries} | {word for word, _ in members})
        codes, lengths = encode("".join(words)), np.fromiter(map(len, words), np.intp, len(words))
        self._alphabet = Alphabet(codes)
        self._trie = Trie(self._alphabet(codes), lengths, self._alphabet.size)
        number_of = {word: number for number, word in enumerate(words)}
        self._entries = _Groups([(number_of[e[3]], i) for i, e in enumerate(entries)], len(words))
        self._members = _Groups([(number_of[word], n) for word, n in members], len(words))
        columns = list(zip(*entries, strict=True)) or [()] * 7
        full, counts, lexicon, _, length, index, whole = columns
        self._full = -np.array(full, np.intp)
        self._counts, self._whole = np.array(counts, bool), np.array(whole, bool)
        self._lexicon, self._length, self._index = (
            np.array(column, np.intp) for column in (lexicon, length, index)
        )
        self._any_whole = bool(self._whole.any())

    def __call__(self, batch: Batch) -> Found:
        """Return what a batch contains."""
        starts, ends, words = self._trie.find(self._alphabet(batch.codes))
        # By set, for the sentences that have one are asked for, not the sets that one sentence has.
        present = np.zeros(self._presence * len(batch), bool)
        hits, numbers = self._members.of(words)
        present[numbers * len(batch) + batch.sentence.take(starts.take(hits))] = True
        hits, entries = self._entries.of(words)
        at = starts.take(hits)
        if self._any_whole:
            cut = cuts_latin(batch.codes, at, ends.take(hits)) & self._whole.take(entries)
            if cut.any():
                at, entries = at[~cut], entries[~cut]
        # Sorted by one number each: by lexicon, then by place, then the longest first.
        place_bits, entry_bits = len(batch.codes).bit_length(), len(self._counts).bit_length()
        keys = (((self._lexicon.take(entries) << place_bits) | at) << entry_bits) | entries
        keys.sort()
        places, entries = keys >> entry_bits, keys & ((1 << entry_bits) - 1)
        kept = leftmost_longest(places, places + self._full.take(entries))
        kept &= self._counts.take(entries)
        own = np.flatnonzero(kept)
        entries = entries.take(own)
        at = places.take(own) & ((1 << place_bits) - 1)
        return Found(
            Spans(at, at + self._length.take(entries)),
            self._index.take(entries),
            np.searchsorted(self._lexicon.take(entries), self._bounds),
            present.reshape(self._presence, len(batch)).T,
            self._numbers,
        )


class _Groups:
    """For each word, some numbers."""

    def __init__(self, pairs: Sequence[tuple[int, int]], words: int) -> None:
        ordered = sorted(pairs)
        self._numbers = np.array([number for _, number in ordered], np.intp)
        of = np.array([word for word, _ in ordered], np.intp)
        self._sizes = np.bincount(of, minlength=words)
        self._starts = np.cumsum(self._sizes) - self._sizes

    def of(self, words: Ints) -> tuple[Ints, Ints]:
        """Return all numbers of some words, and for each which of these words it belongs to."""
        sizes = self._sizes.take(words)
        which = np.repeat(np.arange(len(words)), sizes)
        shift = self._starts.take(words) - np.cumsum(sizes) + sizes
        return which, self._numbers.take(np.arange(len(which)) + shift.take(which))


# Rounds in which spans that overlap one another are sorted out all at once.
_ROUNDS = 8


def leftmost_longest(starts: Ints, ends: Ints) -> Flags:
    """Return which spans count: from left to right, those that overlap none that does.

    `starts` are sorted; of spans that begin together, the one to count comes first.

    Examples
    --------
    >>> leftmost_longest(np.array([0, 0, 1, 2, 3]), np.array([2, 1, 4, 3, 5])).tolist()
    [True, False, False, True, True]
    """
    if not starts.size:
        return np.empty(0, bool)
    reach = np.maximum.accumulate(ends)
    kept = np.ones(len(starts), bool)
    kept[1:] = starts[1:] >= reach[:-1]
    pending = np.flatnonzero(~kept)
    order = np.arange(len(starts))
    rounds = 0
    while pending.size:
        # The last span before each that counts: what overlaps it does not.
        last = np.maximum.accumulate(np.where(kept, order, 0))[pending]
        clear = starts[pending] >= ends[last]
        pending, last = pending[clear], last[clear]
        if (rounds := rounds + 1) > _ROUNDS:
            # Words that overlap themselves over and over (是不是不是不): one after the other.
            reached = -1
            for at, end in zip(pending.tolist(), ends[last].tolist(), strict=True):
                reached = max(reached, end)
                if starts[at] >= reached:
                    kept[at] = True
                    reached = int(ends[at])
            break
        first = np.ones(len(pending), bool)
        first[1:] = last[1:] != last[:-1]
        kept[pending[first]] = True
        pending = pending[~first]
    return kept


def _split(text: str, bar: str, normalize: Callable[[str], str]) -> tuple[str, str]:
    """Return a word in normal form, alone and with what must follow it."""
    word, _, behind = text.partition(bar) if bar else (text, "", "")
    word = normalize(word)
    return word, word + normalize(behind)


def _readable(word: str) -> bool:
    """Return whether a sentence in normal form can contain a word."""
    return bool(word) and not any(character in word for character in RESERVED)


def cuts_latin(codes: Codes, starts: Ints, ends: Ints) -> Flags:
    """Return which spans begin or end inside a word of Latin letters."""
    cut: Flags = (_latin(codes, starts - 1) & _latin(codes, starts)) | (
        _latin(codes, ends - 1) & _latin(codes, ends)
    )
    return cut


def _latin(codes: Codes, places: Ints) -> Flags:
    own = codes.take(places)
    latin: Flags = (own - ord("a") < 26) | (own - ord("A") < 26)
    return latin
