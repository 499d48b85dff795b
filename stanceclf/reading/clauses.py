"""Clauses, and what each of them is about.

Stance depends on what is praised or blamed, so a sentence is cut into clauses and each clause is
about the target, its rival, both or neither. A clause without a mention is about what the clause
before it is about or, if it only leads up to the next one, what that one is about
(论性价比,还是开源; 结论:开源更便宜). A clause that names the rival only as a comparison is about
the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from stanceclf.reading.arrays import Flags, Ints, among
from stanceclf.reading.batch import Batch
from stanceclf.reading.lexicons import Found, Lexicon, Spans
from stanceclf.reading.mentions import NEITHER, OTHER_SIDE, Mentions

About = Literal["target", "rival", "both", "neither"]

#: By their bits.
ABOUT: tuple[About, ...] = ("neither", "target", "rival", "both")

#: Characters that end a clause, in normal form.
STOPS = ",;:。!?\n\r—…"

# 论性价比, 虽然便宜: not a statement yet.
LEADING_UP = Lexicon.of(
    "论 虽 尽管 即使 即便 哪怕 就算 固然 在 从 就 对 按 比 随着 由于 因为 如果 若 为了 无论 不管 "
    "只要 除了 当 凭 靠 既然"
)
#: The most quotation marks, brackets and the like before it.
MOST_QUOTES = 8
_COLON = ord(":")
_QUOTE_CODES = np.array(sorted(map(ord, " \t\"'“”‘’「」『』《》〈〉【】()[]<>*#·•-~")))


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a sentence.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    about : str
        ``"target"``, ``"rival"``, ``"both"`` or ``"neither"``.
    """

    start: int
    end: int
    about: About


class Frame(NamedTuple):
    """A word and another one behind it in the same clause, `least` to `most` characters apart."""

    opens: Lexicon
    closes: Lexicon
    most: int
    least: int = 0


class Clauses:
    """The clauses of a batch, in order. Each ends at a stop, and some are empty.

    Parameters
    ----------
    batch : Batch
        The sentences.
    stop : bool array of shape (n,)
        Which places end a clause: punctuation outside mentions, and separators.

    Attributes
    ----------
    starts, stops : int arrays of shape (n_clauses,)
        Where each begins, and its stop.
    at : int array of shape (n,)
        The clause of each place; a stop belongs to the clause that it ends.
    first, last : int arrays of shape (n_sentences,)
        The first and the last clause of each sentence.
    """

    __slots__ = ("at", "first", "last", "starts", "stops")

    def __init__(self, batch: Batch, stop: Flags) -> None:
        self.stops = np.flatnonzero(stop)
        self.starts = np.append(0, self.stops[:-1] + 1)
        self.at: Ints = np.cumsum(stop) - stop
        self.first: Ints = self.at[batch.starts]
        self.last: Ints = self.at[batch.ends]

    def stop_after(self, places: Ints) -> Ints:
        """Return where the clause of each place ends."""
        return self.stops.take(self.at.take(places))

    def framed(self, frame: Frame, found: Found) -> Spans:
        """Return where a frame opens and closes: from each opening, the furthest closing."""
        opens, closes = found[frame.opens], found[frame.closes]
        limit = np.minimum(opens.ends + frame.most, self.stop_after(opens.starts))
        number = np.searchsorted(closes.starts, limit, "right") - 1
        fits = np.append(closes.starts, -1)[number] >= opens.ends + frame.least
        return Spans(opens.starts[fits], closes.ends[number[fits]])


def what_about(
    found: Found, clauses: Clauses, mentions: Mentions, standards: Flags, batch: Batch
) -> Ints:
    """Return what each clause is about, by the bits of `TARGET` and `RIVAL`.

    `standards` are the mentions that something is compared with.

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> read = Reader(Topic("开源大模型", ("开源",), ("闭源",)), str.lower)
    >>> [clause.about for clause in read("与闭源相比,成本更低;论性能,还是闭源强").clauses]
    ['target', 'target', 'target', 'rival']
    """
    size = len(clauses.stops)
    named = np.zeros(2 * size, np.intp)
    np.bitwise_or.at(named, clauses.at.take(mentions.starts) + size * standards, mentions.sides)
    subject, standard = named[:size], named[size:]
    about = np.where(subject == NEITHER, OTHER_SIDE[standard], subject)
    # A clause that is about nothing of its own is about what the one before it is.
    known = about != NEITHER
    known[clauses.first] = True
    about = about[np.maximum.accumulate(np.where(known, np.arange(size), 0))]
    # The first clause of a sentence may lead up to the second; empty ones do not count.
    full = np.append(np.flatnonzero(clauses.stops > clauses.starts), [size, size])
    number = np.searchsorted(full, clauses.first)
    first, second = full[number], full[number + 1]
    both = second <= clauses.last
    first, second = first[both], second[both]
    leads = (about[first] == NEITHER) & (about[second] != NEITHER)
    first, second = first[leads], second[leads]
    at = clauses.starts[first]
    for _ in range(MOST_QUOTES):
        at = at + among(batch.codes[at].astype(np.intp), _QUOTE_CODES)
    leads = among(at, found[LEADING_UP].starts) | (batch.codes[clauses.stops[first]] == _COLON)
    about[first[leads]] = about[second[leads]]
    return about
