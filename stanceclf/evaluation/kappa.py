"""Cohen's kappa of weak and gold labels (Cohen 1960).

Kappa is agreement beyond chance, as a share of what is possible: 1 is full agreement, 0 what
labelling at random with the same frequencies would yield.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stanceclf.gold import cohens_kappa


@dataclass(frozen=True, slots=True)
class Kappa:
    """The agreement of weak labels with gold labels; None if only one label occurs."""

    coverage: float  # the share of sentences that have a weak label
    labelled: float | None  # kappa over these
    abstain_as_none: float | None  # kappa over all, with abstentions counted as `none`


def weak_label_kappa(gold: Sequence[str], weak: Sequence[str | None]) -> Kappa:
    """Return the agreement of weak labels, None where the rules abstain, with gold labels.

    Examples
    --------
    >>> weak_label_kappa(["favor", "against", "none", "favor"], ["favor", "against", None, None])
    Kappa(coverage=0.5, labelled=1.0, abstain_as_none=0.6364)
    """
    labelled = [(one, other) for one, other in zip(gold, weak, strict=True) if other is not None]
    return Kappa(
        coverage=round(len(labelled) / len(gold), 4),
        labelled=cohens_kappa([one for one, _ in labelled], [other for _, other in labelled]),
        abstain_as_none=cohens_kappa(gold, [stance or "none" for stance in weak]),
    )
