"""Mentions: where sentences name the target or its rival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from stanceclf.reading.arrays import Codes, Ints, ranges
from stanceclf.reading.batch import RESERVED
from stanceclf.reading.lexicons import Found, Lexicon, Spans
from stanceclf.reading.topic import Topic

Side = Literal["target", "rival"]

#: Stands for each character of a mention in a marked sentence.
MARKS: dict[Side, str] = {"target": RESERVED[0], "rival": RESERVED[1]}

#: The sides as bits: both together are their union.
NEITHER, TARGET, RIVAL, BOTH = 0, 1, 2, 3

#: The other side, by these bits.
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
    """Return the words that mention a topic's target or rival, the target's first.

    Examples
    --------
    >>> mention_lexicon(Topic("开源大模型", ("开源",), ("闭源",), ("开源中国",))).words
    ('开源', '闭源')
    """
    return Lexicon((*topic.target, *topic.rival), topic.ignore, whole=True)


@dataclass(frozen=True, slots=True)
class Mentions(Spans):
    """The mentions in a batch, in order.

    Attributes
    ----------
    sides : int array
        `TARGET` or `RIVAL`, for each.
    """

    sides: Ints

    def places(self) -> Ints:
        """Return the place of each of their characters."""
        return ranges(self.starts, self.ends - self.starts)

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


def find_mentions(found: Found, lexicon: Lexicon, topic: Topic) -> Mentions:
    """Return the mentions in a batch, of which `lexicon` is the topic's `mention_lexicon`."""
    spans = found[lexicon]
    sides = np.where(found.index_of(lexicon) < len(topic.target), TARGET, RIVAL)
    return Mentions(spans.starts, spans.ends, sides)
