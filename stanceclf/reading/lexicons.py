"""Lexicons: lists of words that are looked for in many sentences at once.

Of words that overlap, the first and longest counts. A word may be an idiom, which holds another
word and is none (不仅 is no 不); and it may ask for what follows: ``不|同意`` is 不 before 同意.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.reading.batch import RESERVED, Batch, encode
from stanceclf.reading.trie import Ints, Trie


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Words to look for; each lexicon is itself alone, whatever another holds.

    Attributes
    ----------
    words : tuple of str
        The words that count; none is empty.
    idioms : tuple of str
        Words that do not, and keep those that they overlap from counting.
    whole : bool
        Whether a word that begins or ends in a Latin letter must begin or end there.
    bar : str
        What stands between a word and what it asks for; by default nothing does.
    """

    words: tuple[str, ...]
    idioms: tuple[str, ...] = ()
    whole: bool = False
    bar: str = ""


def spoken(words: str, idioms: str = "") -> Lexicon:
    """Return the lexicon of words that white space parts, with bars.

    Examples
    --------
    >>> spoken("不 没", "不仅 不|同意").idioms
    ('不仅', '不|同意')
    """
    return Lexicon(tuple(words.split()), tuple(idioms.split()), bar="|")


@dataclass(frozen=True, slots=True)
class Spans:
    """Places in a batch, in order; they do not overlap.

    Attributes
    ----------
    starts, ends : int arrays of equal length
        Where they begin and end.
    words : int array of the same length
        Which of the lexicon's words each is.
    """

    starts: Ints
    ends: Ints
    words: Ints

    def where(self, kept: npt.NDArray[np.bool_]) -> Spans:
        """Return some of them."""
        return Spans(self.starts[kept], self.ends[kept], self.words[kept])

    def next_start(self, places: Ints) -> Ints:
        """Return where the next one at or after each place begins; `NOWHERE` without one."""
        return following(self.starts, places)


# So many words that overlap one another are told apart all at once.
_ROUNDS = 8

#: A place that is behind every other.
NOWHERE = np.iinfo(np.intp).max


def following(starts: Ints, places: Ints) -> Ints:
    """Return the first of some sorted places at or after each place; `NOWHERE` without one.

    Examples
    --------
    >>> following(np.array([2, 5]), np.array([0, 3])).tolist()
    [2, 5]
    """
    return np.append(starts, NOWHERE)[np.searchsorted(starts, places)]


def among(places: Ints, starts: Ints) -> npt.NDArray[np.bool_]:
    """Tell which places are among some sorted ones.

    Examples
    --------
    >>> among(np.array([0, 2, 3]), np.array([2, 5])).tolist()
    [False, True, False]
    """
    found: npt.NDArray[np.bool_] = following(starts, places) == places
    return found


class Finder:
    """Look for the words of lexicons, all in one pass.

    Parameters
    ----------
    lexicons : sequence of Lexicon
        Those whose words' places are wanted.
    presence : sequence of collection of str
        Sets of words of which is wanted only whether a sentence holds any.
    normalize : callable
        Brings words to the form that sentences come in.

    Examples
    --------
    >>> from stanceclf.reading.batch import BatchMaker
    >>> find = Finder([Lexicon(("不", "不再"), ("不仅",))], [["贵"]], str.lower)
    >>> (batch,) = BatchMaker(str.lower)(["不仅贵,不再好"])
    >>> found = find(batch)
    >>> found.spans(0).starts.tolist(), found.present.tolist()
    ([5], [[True]])
    """

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        presence: Sequence[Collection[str]],
        normalize: Callable[[str], str],
    ) -> None:
        self._presence = len(presence)
        self._numbers: dict[Lexicon, int] = {}
        for number, lexicon in enumerate(lexicons):
            self._numbers.setdefault(lexicon, number)
        self._lexicons = len(lexicons)
        # What a word is in each lexicon: an entry. Longer words come first, idioms before others.
        entries = [
            (-len(full), counts, number, full, len(word), index, lexicon.whole)
            for number, lexicon in enumerate(lexicons)
            for counts, words in ((False, lexicon.idioms), (True, lexicon.words))
            for index, text in enumerate(words)
            for word, full in [_split(text, lexicon.bar, normalize)]
            if _readable(full)
        ]
        entries.sort()
        held = [
            (word, number)
            for number, words in enumerate(presence)
            for word in sorted(set(map(normalize, words)))
            if _readable(word)
        ]
        words = sorted({entry[3] for entry in entries} | {word for word, _ in held})
        number_of = {word: number for number, word in enumerate(words)}
        characters = sorted({*"".join(words)})
        self._symbols = np.zeros(0x110000, np.uint16 if len(characters) < 0xFFFF else np.uint32)
        self._symbols[[ord(c) for c in characters]] = np.arange(1, len(characters) + 1)
        self._trie = Trie(
            self._symbols[encode("".join(words))].astype(np.intp),
            np.fromiter(map(len, words), np.intp, len(words)),
            len(characters) + 1,
        )
        self._entries = _Grouped([(number_of[e[3]], i) for i, e in enumerate(entries)], len(words))
        self._held = _Grouped([(number_of[word], n) for word, n in held], len(words))
        columns = list(zip(*entries, strict=True)) or [()] * 7
        self._counts = np.array(columns[1], bool)
        self._lexicon = np.array(columns[2], np.intp)
        self._length = np.array(columns[4], np.intp)
        self._index = np.array(columns[5], np.intp)
        self._whole = np.array(columns[6], bool)
        self._full = -np.array(columns[0], np.intp)
        self._any_whole = bool(self._whole.any())

    def __call__(self, batch: Batch) -> Found:
        """Return what a batch holds."""
        symbols = self._symbols.take(batch.codes).astype(np.intp)
        starts, ends, words = self._trie.find(symbols)
        present = np.zeros(len(batch) * self._presence, bool)
        hits, numbers = self._held.of(words)
        present[batch.sentence.take(starts.take(hits)) * self._presence + numbers] = True
        hits, entries = self._entries.of(words)
        at = starts.take(hits)
        if self._any_whole:
            cut = cuts_latin(batch.codes, at, ends.take(hits)) & self._whole.take(entries)
            if cut.any():
                at, entries = at[~cut], entries[~cut]
        # One number a find: by lexicon, then by place, then the longest first.
        place_bits, entry_bits = len(batch.codes).bit_length(), len(self._counts).bit_length()
        keys = (((self._lexicon.take(entries) << place_bits) | at) << entry_bits) | entries
        keys.sort()
        places, entries = keys >> entry_bits, keys & ((1 << entry_bits) - 1)
        kept = first_and_longest(places, places + self._full.take(entries))
        kept &= self._counts.take(entries)
        own = np.flatnonzero(kept)
        places, entries = places.take(own), entries.take(own)
        lexicon = self._lexicon.take(entries)
        at = places & ((1 << place_bits) - 1)
        bounds = np.searchsorted(lexicon, np.arange(self._lexicons + 1))
        return Found(
            Spans(at, at + self._length.take(entries), self._index.take(entries)),
            lexicon,
            bounds,
            present.reshape(len(batch), -1),
            self._numbers,
        )


class Found:
    """What a batch holds of some lexicons.

    Attributes
    ----------
    all : Spans
        What counts, lexicon by lexicon.
    lexicon : int array
        The lexicon of each.
    present : bool array of shape (n_sentences, n_presence)
        Which sentences hold a word of each set.
    """

    __slots__ = ("_bounds", "_numbers", "all", "lexicon", "present")

    def __init__(
        self,
        spans: Spans,
        lexicon: Ints,
        bounds: Ints,
        present: npt.NDArray[np.bool_],
        numbers: Mapping[Lexicon, int],
    ) -> None:
        self.all = spans
        self.lexicon = lexicon
        self._bounds = bounds
        self.present = present
        self._numbers = numbers

    def __getitem__(self, lexicon: Lexicon) -> Spans:
        """Return what counts of one of the lexicons that were looked for."""
        return self.spans(self._numbers[lexicon])

    def spans(self, number: int) -> Spans:
        """Return what counts of one lexicon, by its number."""
        own = slice(self._bounds[number], self._bounds[number + 1])
        return Spans(self.all.starts[own], self.all.ends[own], self.all.words[own])


class _Grouped:
    """For each word some numbers."""

    def __init__(self, pairs: Sequence[tuple[int, int]], words: int) -> None:
        ordered = sorted(pairs)
        self._numbers = np.array([number for _, number in ordered], np.intp)
        of = np.array([word for word, _ in ordered], np.intp)
        self._sizes = np.bincount(of, minlength=words)
        self._starts = np.cumsum(self._sizes) - self._sizes

    def of(self, words: Ints) -> tuple[Ints, Ints]:
        """Return, for each word in turn, its place in `words` once for each of its numbers."""
        sizes = self._sizes.take(words)
        which = np.repeat(np.arange(len(words)), sizes)
        shift = self._starts.take(words) - (np.cumsum(sizes) - sizes)
        return which, self._numbers.take(np.arange(len(which)) + shift.take(which))


def first_and_longest(starts: Ints, ends: Ints) -> npt.NDArray[np.bool_]:
    """Tell which spans count: from left to right, those that overlap none that does.

    Parameters
    ----------
    starts, ends : int arrays of equal length
        Sorted by their start; of two that begin together, the one that is to count comes first.

    Examples
    --------
    >>> first_and_longest(np.array([0, 0, 1, 2, 3]), np.array([2, 1, 4, 3, 5])).tolist()
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
        # The last one before each that counts; what overlaps it does not.
        last = np.maximum.accumulate(np.where(kept, order, 0))[pending]
        clear = starts[pending] >= ends[last]
        pending, last = pending[clear], last[clear]
        if (rounds := rounds + 1) > _ROUNDS:
            # Words that overlap themselves without an end (是不是不是不): one after the other.
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
    """Return a word in normal form, alone and with what it asks for behind it."""
    word, _, behind = text.partition(bar) if bar else (text, "", "")
    word = normalize(word)
    return word, word + normalize(behind)


def _readable(word: str) -> bool:
    """Tell whether a sentence can hold a word: what is reserved, none does."""
    return bool(word) and not any(character in word for character in RESERVED)


def cuts_latin(codes: npt.NDArray[np.uint32], starts: Ints, ends: Ints) -> npt.NDArray[np.bool_]:
    """Tell which spans begin or end inside a word of Latin letters."""
    cut: npt.NDArray[np.bool_] = (_latin(codes, starts - 1) & _latin(codes, starts)) | (
        _latin(codes, ends - 1) & _latin(codes, ends)
    )
    return cut


def _latin(codes: npt.NDArray[np.uint32], places: Ints) -> npt.NDArray[np.bool_]:
    own = codes.take(places)
    latin: npt.NDArray[np.bool_] = (own - ord("a") < 26) | (own - ord("A") < 26)
    return latin
