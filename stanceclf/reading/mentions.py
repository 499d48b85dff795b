"""Mentions: where sentences name the target or its rival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from stanceclf.reading.batch import RESERVED, Codes
from stanceclf.reading.lexicons import Lexicon, Spans
from stanceclf.reading.topic import Topic
from stanceclf.reading.trie import Ints

Side = Literal["target", "rival"]

#: What stands for each character of a mention in a marked sentence.
MARKS: dict[Side, str] = {"target": RESERVED[0], "rival": RESERVED[1]}

#: The sides as bits, so that both together are their union.
NEITHER, TARGET, RIVAL, BOTH = 0, 1, 2, 3

#: By these bits: what each side is weighed against.
OTHER_SIDE = np.array([NEITHER, RIVAL, TARGET, BOTH])


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a sentence names the target or its rival.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    kind : str
        ``"target"`` or ``"rival"``.
    """

    start: int
    end: int
    kind: Side


def mention_lexicon(topic: Topic) -> Lexicon:
    """Return the words that mention a topic's target or rival, target's first.

    Examples
    --------
    >>> mention_lexicon(Topic("开源大模型", ("开源",), ("闭源",), ("开源中国",))).words
    ('开源', '闭源')
    """
    return Lexicon((*topic.target, *topic.rival), topic.ignore, whole=True)


class Mentions:
    """The mentions in a batch, in order.

    Parameters
    ----------
    found : Spans
        What was found of `mention_lexicon`.
    topic : Topic
        The topic.

    Attributes
    ----------
    starts, ends : int arrays of equal length
        Where they begin and end.
    sides : int array of the same length
        `TARGET` or `RIVAL`.
    """

    __slots__ = ("ends", "sides", "starts")

    def __init__(self, found: Spans, topic: Topic) -> None:
        self.starts, self.ends = found.starts, found.ends
        self.sides = np.where(found.words < len(topic.target), TARGET, RIVAL)

    def places(self) -> Ints:
        """Return the place of each of their characters."""
        lengths = self.ends - self.starts
        first = self.starts - np.cumsum(lengths) + lengths
        return np.repeat(first, lengths) + np.arange(lengths.sum())

    def mark(self, codes: Codes) -> Codes:
        """Return code points in which marks stand for the mentions' characters."""
        marked = codes.copy()
        marks = np.array([0, ord(MARKS["target"]), ord(MARKS["rival"])], codes.dtype)
        marked[self.places()] = np.repeat(marks[self.sides], self.ends - self.starts)
        return marked

    def outside(self, spans: Spans) -> Spans:
        """Return the spans that share no character with a mention."""
        if not self.starts.size:
            return spans
        before = np.searchsorted(self.starts, spans.ends) - 1
        shared = (before >= 0) & (self.ends[before] > spans.starts)
        return spans.where(~shared)
