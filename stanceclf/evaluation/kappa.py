"""Kappa: how far weak labels agree with gold beyond chance.

Cohen's kappa (Cohen 1960) is the agreement less what chance gives, as a share of what chance
leaves: 1 is full agreement, 0 is what labelling blindly, as often each, would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.metrics import cohen_kappa_score


@dataclass(frozen=True, slots=True)
class Kappa:
    """How far weak labels agree with gold.

    Attributes
    ----------
    coverage : float
        The share of sentences that have a weak label.
    labelled : float or None
        Kappa over these; None where both labellings know but one and the same label.
    abstain_as_none : float or None
        Kappa over all sentences, an abstention counted as ``none``.
    """

    coverage: float
    labelled: float | None
    abstain_as_none: float | None


def weak_label_kappa(gold: Sequence[str], weak: Sequence[str | None]) -> Kappa:
    """Return how far weak labels agree with gold.

    Parameters
    ----------
    gold : sequence of str
        The gold labels; at least one.
    weak : sequence of (str or None) of the same length
        The weak labels, None where the rules abstain.

    Examples
    --------
    >>> weak_label_kappa(["favor", "against", "none", "favor"], ["favor", "against", None, None])
    Kappa(coverage=0.5, labelled=1.0, abstain_as_none=0.6364)
    """
    labelled = [(one, other) for one, other in zip(gold, weak, strict=True) if other is not None]
    return Kappa(
        coverage=round(len(labelled) / len(gold), 4),
        labelled=_kappa([one for one, _ in labelled], [other for _, other in labelled]),
        abstain_as_none=_kappa(gold, [stance or "none" for stance in weak]),
    )


def _kappa(gold: Sequence[str], labels: Sequence[str]) -> float | None:
    if len({*gold, *labels}) < 2:
        return None
    return round(float(cohen_kappa_score(gold, labels)), 4)
