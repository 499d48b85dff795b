"""Metrics: how well predicted stances match gold labels, and with what uncertainty.

F_avg, the mean of F1(favor) and F1(against), is the measure of SemEval-2016 task 6 and NLPCC-2016
task 4. Intervals are percentile bootstrap intervals over sentences (Efron and Tibshirani 1993).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.labels import READING_ORDER, STANCES, Stance

_Floats = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int32]
_K = len(STANCES)
# Resamples drawn at a time, so that a million of them fit into memory.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and the bounds of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StanceScores:
    """Precision, recall and F1 of one stance; 0 instead of a division by zero."""

    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one system.

    Attributes
    ----------
    f_avg : Estimate
        Mean of F1(favor) and F1(against).
    macro_f1 : Estimate
        Mean F1 of the three stances.
    stances : dict of str to StanceScores
        The scores of each stance.
    """

    f_avg: Estimate
    macro_f1: Estimate
    stances: dict[Stance, StanceScores]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems compared on the same resamples of the same gold sentences.

    Attributes
    ----------
    scores : dict of str to Scores
        The scores of each system.
    differences : dict of str to Estimate
        F_avg of the system in question minus that of each other system.
    """

    scores: dict[str, Scores]
    differences: dict[str, Estimate]


class Confusion:
    """A confusion matrix of labels and predicted stances, filled in batches.

    Examples
    --------
    >>> confusion = Confusion()
    >>> confusion.add(["favor", "against"], ["favor", "none"])
    >>> confusion.add(["none"], ["none"])
    >>> confusion.sentences, confusion.f_avg()
    (3, 0.5)
    """

    def __init__(self) -> None:
        self._counts = np.zeros((_K, _K), dtype=np.int32)

    def add(self, labels: Sequence[str], predicted: Sequence[str]) -> None:
        """Add a batch of sentences: their labels and predicted stances."""
        np.add.at(self._counts, (_indices(labels), _indices(predicted)), 1)

    @property
    def sentences(self) -> int:
        """Number of sentences so far."""
        return int(self._counts.sum())

    def f_avg(self) -> float:
        """Return the mean of F1(favor) and F1(against), where 0/0 is 0."""
        return float(_f_avg(self._counts[None])[0])

    def macro_f1(self) -> float:
        """Return the mean F1 of the three stances, where 0/0 is 0."""
        return float(_f1(self._counts[None]).mean())


def f_avg(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean of F1(favor) and F1(against), where 0/0 is 0.

    Examples
    --------
    >>> f_avg(["favor", "against", "none"], ["favor", "none", "none"])
    0.5
    """
    confusion = Confusion()
    confusion.add(gold, predicted)
    return confusion.f_avg()


def compare(
    gold: Sequence[str],
    systems: Mapping[str, Sequence[str]],
    ours: str,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Score systems against gold, and compare one of them with the others.

    Parameters
    ----------
    gold : sequence of str
        Stances; at least one.
    systems : mapping of str to sequence of str
        The stances predicted by each system for the same sentences.
    ours : str
        The system to compare with each of the others.
    resamples : int, default 10000
        Number of bootstrap resamples.
    confidence : float, default 0.95
        Confidence level of the intervals.
    seed : int, default 0
        Seed of the resampling.

    Examples
    --------
    >>> systems = {"规则": ["favor", "none"], "模型": ["favor", "against"]}
    >>> comparison = compare(["favor", "against"], systems, "模型")
    >>> comparison.scores["规则"].f_avg.value, comparison.differences["规则"].value
    (0.5, 0.5)
    """
    predicted = np.array([_indices(stances) for stances in systems.values()])
    confusions = _resample(_indices(gold), predicted, resamples, seed)
    of = dict(zip(systems, confusions, strict=True))
    return Comparison(
        scores={name: _scores(own, confidence) for name, own in of.items()},
        differences={
            name: _estimate(_f_avg(of[ours]) - _f_avg(own), confidence)
            for name, own in of.items()
            if name != ours
        },
    )


def _resample(
    gold: npt.NDArray[np.intp], predicted: npt.NDArray[np.intp], resamples: int, seed: int
) -> _Counts:
    """Return confusion matrices of shape (n_systems, 1 + resamples, n_stances, n_stances).

    The first is that of the sample itself. Sentences with the same gold label and predictions are
    exchangeable, so resampling sentences is drawing the counts of these patterns from a
    multinomial distribution.
    """
    patterns, counts = np.unique(gold * _K + predicted, axis=1, return_counts=True)
    n, rng = int(counts.sum()), np.random.default_rng(seed)
    # For each pattern, the cell of each system's matrix that it counts in.
    cells = np.eye(_K * _K)[patterns].swapaxes(0, 1).reshape(len(counts), -1)
    found = np.empty((1 + resamples, cells.shape[1]), dtype=np.int32)
    found[0] = counts @ cells
    for start in range(1, 1 + resamples, _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        part[:] = rng.multinomial(n, counts / n, size=len(part)) @ cells
    return np.ascontiguousarray(found.reshape(1 + resamples, -1, _K, _K).swapaxes(0, 1))


def _indices(stances: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.array([STANCES.index(stance) for stance in stances], dtype=np.intp)


def _ratio(part: _Counts, whole: _Counts) -> _Floats:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _f1(confusion: _Counts) -> _Floats:
    """Return F1 of each stance, of shape (n_samples, n_stances), from confusion matrices."""
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    return _ratio(2 * hits, confusion.sum(axis=1) + confusion.sum(axis=2))


def _f_avg(confusion: _Counts) -> _Floats:
    f1 = _f1(confusion)
    return (f1[:, STANCES.index("favor")] + f1[:, STANCES.index("against")]) / 2


def _scores(confusion: _Counts, confidence: float) -> Scores:
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    f1 = _f1(confusion)
    figures = _ratio(hits, confusion.sum(axis=1)), _ratio(hits, confusion.sum(axis=2)), f1
    return Scores(
        f_avg=_estimate(_f_avg(confusion), confidence),
        macro_f1=_estimate(f1.mean(axis=1), confidence),
        stances={
            stance: StanceScores(
                *(_estimate(own[:, STANCES.index(stance)], confidence) for own in figures)
            )
            for stance in READING_ORDER
        },
    )


def _estimate(samples: _Floats, confidence: float) -> Estimate:
    low, high = np.quantile(samples[1:], [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(*(round(float(figure), 4) for figure in (samples[0], low, high)))


def wilson(right: int, of: int) -> tuple[float | None, float | None, float | None]:
    """Return a share and its 95 % interval as low, share, high; all None if `of` is 0.

    Wilson's score interval (1927) is valid for small numbers, and if all of them are right.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.9, 0.982]
    """
    from scipy.stats import binomtest

    if not of:
        return None, None, None
    interval = binomtest(right, of).proportion_ci(method="wilson")
    return float(interval.low), right / of, float(interval.high)
