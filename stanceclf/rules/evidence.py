"""Evidence: what rules find in a batch of sentences, and whether it counts."""

from __future__ import annotations

from dataclasses import dataclass, fields

from stanceclf.reading import Flags, Ints


@dataclass(frozen=True, slots=True)
class Evidence:
    """What rules find in a batch; all arrays are of the same length.

    Attributes
    ----------
    rules : int array
        The rule of each find.
    starts, ends : int arrays
        Where it begins and ends in the batch.
    labels : int array
        The stance that it counts for, or would, as an index into `STANCES`.
    near : bool array
        Whether the text around it is about what the rule requires; for a mirrored rule, the other
        side will do.
    denied, vetoed : bool arrays
        Whether it is negated and the rule minds; whether it does not count for such a reason.
    """

    rules: Ints
    starts: Ints
    ends: Ints
    labels: Ints
    near: Flags
    denied: Flags
    vetoed: Flags

    @property
    def counts(self) -> Flags:
        """Which of it counts."""
        return self.near & ~self.vetoed

    def where(self, kept: Flags) -> Evidence:
        """Return some of it."""
        return Evidence(*(getattr(self, one.name)[kept] for one in fields(self)))
