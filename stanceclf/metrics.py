"""Metrics: how well predicted stances fit gold labels, and how sure that is.

F_avg, the mean of F1(favor) and F1(against), is the measure of SemEval-2016 task 6 and NLPCC-2016
task 4. Intervals are percentile bootstrap intervals over sentences (Efron and Tibshirani 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.labels import READING_ORDER, STANCES, Stance

_Floats = npt.NDArray[np.float64]
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
    """Two systems on the same gold sentences, resampled together.

    Attributes
    ----------
    rules, model : Scores
        The systems.
    difference : Estimate
        F_avg of the model less that of the rules.
    """

    rules: Scores
    model: Scores
    difference: Estimate


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
    return float(_f_avg(_confusion(_indices(gold), _indices(predicted))[None])[0])


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean F1 of the three stances.

    Examples
    --------
    >>> macro_f1(["favor", "against", "none"], ["favor", "against", "none"])
    1.0
    """
    return float(_f1(_confusion(_indices(gold), _indices(predicted))[None]).mean())


def compare(
    gold: Sequence[str],
    rules: Sequence[str],
    model: Sequence[str],
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Score rules and model against gold, with intervals.

    Parameters
    ----------
    gold, rules, model : sequences of str of equal length
        Stances; what the rules abstain on counts as ``none``.
    resamples : int, default 10000
        Bootstrap resamples.
    confidence : float, default 0.95
        The share of them that an interval holds.
    seed : int, default 0
        Seed of the resampling.

    Examples
    --------
    >>> scores = compare(["favor", "against"], ["favor", "none"], ["favor", "against"])
    >>> scores.rules.f_avg.value, scores.model.f_avg.value
    (0.5, 1.0)
    """
    cells = np.zeros((_K, _K, _K), dtype=np.int64)
    np.add.at(cells, (_indices(gold), _indices(rules), _indices(model)), 1)
    # Sentences that agree in all three are exchangeable, so resampling sentences is drawing the
    # counts of these cells from a multinomial.
    n = max(int(cells.sum()), 1)
    drawn = np.random.default_rng(seed).multinomial(n, cells.ravel() / n, size=resamples)
    # The sample itself goes first: what is computed of it is the value.
    samples = np.concatenate([cells.ravel()[None], drawn]).reshape(-1, _K, _K, _K)
    by_rules, by_model = samples.sum(axis=3), samples.sum(axis=2)
    return Comparison(
        rules=_scores(by_rules, confidence),
        model=_scores(by_model, confidence),
        difference=_estimate(_f_avg(by_model) - _f_avg(by_rules), confidence),
    )


def _indices(stances: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.array([STANCES.index(stance) for stance in stances], dtype=np.intp)


def _confusion(
    gold: npt.NDArray[np.intp], predicted: npt.NDArray[np.intp]
) -> npt.NDArray[np.int64]:
    counts = np.zeros((_K, _K), dtype=np.int64)
    np.add.at(counts, (gold, predicted), 1)
    return counts


def _ratio(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> _Floats:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _f1(confusion: npt.NDArray[np.int64]) -> _Floats:
    """Return F1 of each stance, of shape (n_samples, n_stances), from confusion matrices."""
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    return _ratio(2 * hits, confusion.sum(axis=1) + confusion.sum(axis=2))


def _f_avg(confusion: npt.NDArray[np.int64]) -> _Floats:
    f1 = _f1(confusion)
    return (f1[:, _FAVOR] + f1[:, _AGAINST]) / 2


def _scores(confusion: npt.NDArray[np.int64], confidence: float) -> Scores:
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
