"""Metrics: how well predicted stances fit gold labels, and how sure that is.

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
_FAVOR, _AGAINST = STANCES.index("favor"), STANCES.index("against")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its interval.

    Attributes
    ----------
    value : float
        The figure.
    low, high : float
        The interval's bounds.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StanceScores:
    """How one stance is told.

    Attributes
    ----------
    precision, recall, f1 : Estimate
        As usual; 0 where there is nothing to divide by.
    """

    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one system's stances fit gold.

    Attributes
    ----------
    f_avg : Estimate
        Mean of F1(favor) and F1(against).
    macro_f1 : Estimate
        Mean F1 of the three stances.
    stances : dict of str to StanceScores
        Each stance on its own.
    """

    f_avg: Estimate
    macro_f1: Estimate
    stances: dict[Stance, StanceScores]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems on the same gold sentences, resampled together.

    Attributes
    ----------
    scores : dict of str to Scores
        Each system's.
    differences : dict of str to Estimate
        F_avg of the system in question less that of each other one, by that one's name.
    """

    scores: dict[str, Scores]
    differences: dict[str, Estimate]


class Confusion:
    """Labels against predicted stances, of which some come at a time.

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
        """Take more sentences: their labels and what they are predicted to be."""
        self._counts += _confusion(_indices(labels), _indices(predicted))

    @property
    def sentences(self) -> int:
        """How many have come so far."""
        return int(self._counts.sum())

    def f_avg(self) -> float:
        """Return the mean of F1(favor) and F1(against); an F1 of nothing by nothing is 0."""
        return float(_f_avg(self._counts[None])[0])

    def macro_f1(self) -> float:
        """Return the mean F1 of the three stances."""
        return float(_f1(self._counts[None]).mean())


def f_avg(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean of F1(favor) and F1(against); an F1 of nothing by nothing is 0.

    Parameters
    ----------
    gold, predicted : sequences of str of equal length
        Stances.

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
    """Score systems against gold, and one of them against the others, with intervals.

    Parameters
    ----------
    gold : sequence of str
        Stances; at least one.
    systems : mapping of str to sequence of str of the same length
        What each system calls the same sentences.
    ours : str
        The system to compare with each other one.
    resamples : int, default 10000
        Bootstrap resamples.
    confidence : float, default 0.95
        The share of them that an interval holds.
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

    The sample itself goes first: what is computed of it is the value. Sentences that agree in gold
    and all systems are exchangeable, so resampling sentences is drawing the counts of these
    patterns from a multinomial.
    """
    cells, counts = np.unique(gold * _K + predicted, axis=1, return_counts=True)
    n, rng = int(counts.sum()), np.random.default_rng(seed)
    # A pattern's row says which cell of each system's matrix it counts in.
    into = np.eye(_K * _K)[cells].swapaxes(0, 1).reshape(len(counts), -1)
    found = np.empty((1 + resamples, into.shape[1]), dtype=np.int32)
    found[0] = counts @ into
    for start in range(1, 1 + resamples, _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        part[:] = rng.multinomial(n, counts / n, size=len(part)) @ into
    return np.ascontiguousarray(found.reshape(1 + resamples, -1, _K, _K).swapaxes(0, 1))


# Resamples drawn at a time, so that a million of them fit into memory.
_AT_ONCE = 10_000


def _indices(stances: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.array([STANCES.index(stance) for stance in stances], dtype=np.intp)


def _confusion(gold: npt.NDArray[np.intp], predicted: npt.NDArray[np.intp]) -> _Counts:
    counts = np.zeros((_K, _K), dtype=np.int32)
    np.add.at(counts, (gold, predicted), 1)
    return counts


def _ratio(part: _Counts, whole: _Counts) -> _Floats:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _f1(confusion: _Counts) -> _Floats:
    """Return F1 of each stance, of shape (n_samples, n_stances), from confusion matrices."""
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    return _ratio(2 * hits, confusion.sum(axis=1) + confusion.sum(axis=2))


def _f_avg(confusion: _Counts) -> _Floats:
    f1 = _f1(confusion)
    return (f1[:, _FAVOR] + f1[:, _AGAINST]) / 2


def _scores(confusion: _Counts, confidence: float) -> Scores:
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    precision, recall = _ratio(hits, confusion.sum(axis=1)), _ratio(hits, confusion.sum(axis=2))
    f1 = _f1(confusion)
    return Scores(
        f_avg=_estimate(_f_avg(confusion), confidence),
        macro_f1=_estimate(f1.mean(axis=1), confidence),
        stances={
            stance: StanceScores(
                *(
                    _estimate(figure[:, STANCES.index(stance)], confidence)
                    for figure in (precision, recall, f1)
                )
            )
            for stance in READING_ORDER
        },
    )


def _estimate(samples: _Floats, confidence: float) -> Estimate:
    low, high = np.quantile(samples[1:], [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(*(round(float(figure), 4) for figure in (samples[0], low, high)))


def wilson(right: int, of: int) -> tuple[float | None, float | None, float | None]:
    """Return a share between the ends of its 95 % interval, all None of nothing.

    It is Wilson's score interval (1927), which holds for few votes and for all of them right.

    Parameters
    ----------
    right : int
        How many are.
    of : int
        Of how many.

    Returns
    -------
    low, share, high : float or None

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
