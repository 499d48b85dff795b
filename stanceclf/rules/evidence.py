"""Evidence: what rules find in a batch of sentences, and what is to be thought of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.reading import Ints

_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What rules find in a batch.

    Attributes
    ----------
    rules : int array
        The rule of each find.
    starts, ends : int arrays of the same length
        Where it begins and ends in the batch.
    labels : int array of the same length
        What it counts for, an index into `STANCES`.
    """

    rules: Ints
    starts: Ints
    ends: Ints
    labels: Ints

    def where(self, kept: _Flags) -> Evidence:
        """Return some of it."""
        return Evidence(self.rules[kept], self.starts[kept], self.ends[kept], self.labels[kept])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be thought of what rules found.

    Attributes
    ----------
    labels : int array
        What each find would count for, an index into `STANCES`.
    spoken_of : bool array of the same length
        Where what the rule asks for, or for a mirrored one the other side, is spoken of.
    denied, vetoed : bool arrays of the same length
        Where the rule minds that it is negated; where it does not count for being so.
    """

    labels: Ints
    spoken_of: _Flags
    denied: _Flags
    vetoed: _Flags

    @property
    def counts(self) -> _Flags:
        """Which of them count."""
        return self.spoken_of & ~self.vetoed
