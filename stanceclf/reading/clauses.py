"""Clauses, and what each of them is about.

Stance turns on what is praised or blamed, so a sentence is cut into clauses and each clause is
about the target, its rival, both or neither. A clause that mentions nothing is about what the
clause before it was about, or, where it only leads up to the next, what that one is about
(论性价比,还是开源); one that names its subject's rival only to compare is about the subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.reading.batch import Batch
from stanceclf.reading.lexicons import Found, among, spoken
from stanceclf.reading.mentions import NEITHER, OTHER_SIDE, RIVAL, TARGET, Mentions
from stanceclf.reading.trie import Ints

About = Literal["target", "rival", "both", "neither"]

#: By their bits.
ABOUT: tuple[About, ...] = ("neither", "target", "rival", "both")

#: What ends a clause, in normal form.
STOPS = ",;:。!?\n\r—…"

# 论性价比, 虽然便宜: not a statement yet.
LEADING_UP = spoken(
    "论 虽 尽管 即使 即便 哪怕 就算 固然 在 从 就 对 按 比 随着 由于 因为 如果 若 为了 无论 不管 "
    "只要 除了 当 凭 靠 既然"
)
#: What may stand before it, and how many of them.
MOST_QUOTES = 8
_QUOTE_CODES = np.array(sorted(map(ord, " \t\"'“”‘’「」『』《》〈〉【】()[]<>*#·•-~")))


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a normalised sentence.

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


class Clauses:
    """The clauses of a batch, in order; each ends at a stop, and some are empty.

    Parameters
    ----------
    batch : Batch
        The sentences.
    stop : bool array of shape (n,)
        Which places end a clause: marks of punctuation that no mention holds, and separators.

    Attributes
    ----------
    starts, stops : int arrays of shape (n_clauses,)
        Where each begins, and its stop.
    at : int array of shape (n,)
        The clause that each place is of; a stop is of the one that it ends.
    first, last : int arrays of shape (n_sentences,)
        The clauses that each sentence begins and ends with.
    """

    __slots__ = ("at", "first", "last", "starts", "stops")

    at: Ints
    first: Ints
    last: Ints

    def __init__(self, batch: Batch, stop: npt.NDArray[np.bool_]) -> None:
        self.stops = np.flatnonzero(stop)
        self.starts = np.append(0, self.stops[:-1] + 1)
        self.at = np.cumsum(stop) - stop
        self.first, self.last = self.at[batch.starts], self.at[batch.ends]

    def stop_after(self, places: Ints) -> Ints:
        """Return where the clause that holds each place ends."""
        stops: Ints = self.stops.take(self.at.take(places))
        return stops


def what_about(
    clauses: Clauses,
    batch: Batch,
    mentions: Mentions,
    standard: npt.NDArray[np.bool_],
    found: Found,
) -> Ints:
    """Tell what each clause is about, by the bits of `TARGET` and `RIVAL`.

    Parameters
    ----------
    clauses : Clauses
        The clauses of a batch.
    batch : Batch
        The batch.
    mentions : Mentions
        Its mentions.
    standard : bool array of shape (n_mentions,)
        Which of them are what something is compared with.
    found : Found
        What it holds of `LEADING_UP`.

    Returns
    -------
    int array of shape (n_clauses,)

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> read = Reader(Topic("开源大模型", ("开源",), ("闭源",)), str.lower)
    >>> [clause.about for clause in read("与闭源相比,成本更低;论性能,还是闭源强").clauses]
    ['target', 'target', 'target', 'rival']
    """
    own = np.zeros((2, len(clauses.stops)), np.intp)
    for row, kind in ((0, ~standard), (1, standard)):
        for side in (TARGET, RIVAL):
            named = np.zeros(len(clauses.stops), np.intp)
            named[clauses.at[mentions.starts[kind & (mentions.sides == side)]]] = side
            own[row] |= named
    subject, compared_with = own
    about = np.where(subject == NEITHER, OTHER_SIDE[compared_with], subject)
    # What is about nothing of its own is about what the one before it is, within a sentence.
    known = about != NEITHER
    known[clauses.first] = True
    about = about[np.maximum.accumulate(np.where(known, np.arange(len(about)), 0))]
    return _look_ahead(about, clauses, batch, found)


def _look_ahead(about: Ints, clauses: Clauses, batch: Batch, found: Found) -> Ints:
    """Let a clause that opens a sentence and only leads up to the next be about what that is."""
    full = np.append(np.flatnonzero(clauses.stops > clauses.starts), [len(about)] * 2)
    number = np.searchsorted(full, clauses.first)
    opening, following_it = full[number], full[number + 1]
    more = following_it <= clauses.last
    opening, following_it = opening[more], following_it[more]
    leads = (about[opening] == NEITHER) & (about[following_it] != NEITHER)
    opening, following_it = opening[leads], following_it[leads]
    at = clauses.starts[opening]
    for _ in range(MOST_QUOTES):
        at = at + among(batch.codes[at].astype(np.intp), _QUOTE_CODES)
    leads = among(at, found[LEADING_UP].starts)
    about[opening[leads]] = about[following_it[leads]]
    return about
