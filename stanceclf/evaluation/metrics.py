"""Metrics: how well predicted stances match gold labels, and with what uncertainty.

F_avg, the mean of F1(favor) and F1(against), is the measure of SemEval-2016 task 6 and NLPCC-2016
task 4. Intervals are percentile bootstrap intervals (Efron and Tibshirani 1993) over articles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.evaluation.resampling import Counts, resample, why_no_interval
from stanceclf.labels import READING_ORDER, STANCES, Stance

_Floats = npt.NDArray[np.float64]
_K = len(STANCES)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and the bounds of its interval; None where there cannot be one."""

    value: float
    low: float | None
    high: float | None

    def figures(self, name: str) -> dict[str, Any]:
        """Return the figure and its interval, under a name.

        Examples
        --------
        >>> Estimate(0.7, 0.6, 0.8).figures("支持")
        {'支持': 0.7, '支持_interval': [0.6, 0.8]}
        """
        interval = None if self.low is None else [self.low, self.high]
        return {name: self.value, f"{name}_interval": interval}


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
    accuracy : Estimate
        Share of sentences with the right stance.
    stances : dict of str to StanceScores
        The scores of each stance.
    confusion : dict of str to dict of str to int
        The number of sentences by gold label and predicted stance.
    """

    f_avg: Estimate
    macro_f1: Estimate
    accuracy: Estimate
    stances: dict[Stance, StanceScores]
    confusion: dict[Stance, dict[Stance, int]]

    def figures(self) -> dict[str, Any]:
        """Return F_avg, macro F1 and the scores of each stance, as in ``metrics.json``."""
        figures = self.f_avg.figures("f_avg") | self.macro_f1.figures("macro_f1")
        for stance, own in self.stances.items():
            figures[stance] = (
                own.precision.figures("precision")
                | own.recall.figures("recall")
                | own.f1.figures("f1")
            )
        return figures


@dataclass(frozen=True, slots=True)
class Difference:
    """The scores of one system minus those of another."""

    f_avg: Estimate
    macro_f1: Estimate
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems compared on the same resamples of the articles that the gold sentences are from.

    Attributes
    ----------
    scores : dict of str to Scores
        The scores of each system.
    differences : dict of str to Difference
        The scores of the system in question minus those of each other system.
    """

    scores: dict[str, Scores]
    differences: dict[str, Difference]


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
    articles: Sequence[str],
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
    articles : sequence of str
        The article of each sentence. Intervals are None if there is only one, or only one label.
    resamples : int, default 10000
        Number of bootstrap resamples.
    confidence : float, default 0.95
        Confidence level of the intervals.
    seed : int, default 0
        Seed of the resampling.

    Examples
    --------
    >>> systems = {"规则": ["favor", "none"], "模型": ["favor", "against"]}
    >>> comparison = compare(["favor", "against"], systems, "模型", ["一.txt", "二.txt"])
    >>> comparison.scores["规则"].f_avg.value, comparison.differences["规则"].f_avg.value
    (0.5, 0.5)
    """
    predicted = np.array([_indices(stances) for stances in systems.values()])
    drawn = 0 if why_no_interval(gold, articles) else resamples
    confusions = resample(_indices(gold), predicted, articles, drawn, seed)
    of = dict(zip(systems, confusions, strict=True))
    return Comparison(
        scores={name: _scores(own, confidence) for name, own in of.items()},
        differences={
            name: Difference(
                *(
                    _estimate(figure(of[ours]) - figure(own), confidence)
                    for figure in (_f_avg, _macro_f1, _accuracy)
                )
            )
            for name, own in of.items()
            if name != ours
        },
    )


def _indices(stances: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.array([STANCES.index(stance) for stance in stances], dtype=np.intp)


def _ratio(part: Counts, whole: Counts) -> _Floats:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _f1(confusion: Counts) -> _Floats:
    """Return F1 of each stance, of shape (n_samples, n_stances), from confusion matrices."""
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    return _ratio(2 * hits, confusion.sum(axis=1) + confusion.sum(axis=2))


def _f_avg(confusion: Counts) -> _Floats:
    f1 = _f1(confusion)
    return (f1[:, STANCES.index("favor")] + f1[:, STANCES.index("against")]) / 2


def _macro_f1(confusion: Counts) -> _Floats:
    macro: _Floats = _f1(confusion).mean(axis=1)
    return macro


def _accuracy(confusion: Counts) -> _Floats:
    return _ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def _scores(confusion: Counts, confidence: float) -> Scores:
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    said, meant = confusion.sum(axis=1), confusion.sum(axis=2)
    figures = _ratio(hits, said), _ratio(hits, meant), _f1(confusion)
    return Scores(
        f_avg=_estimate(_f_avg(confusion), confidence),
        macro_f1=_estimate(_macro_f1(confusion), confidence),
        accuracy=_estimate(_accuracy(confusion), confidence),
        stances={
            stance: StanceScores(
                *(_estimate(own[:, STANCES.index(stance)], confidence) for own in figures)
            )
            for stance in READING_ORDER
        },
        confusion={
            gold: {
                stance: int(confusion[0, STANCES.index(gold), STANCES.index(stance)])
                for stance in READING_ORDER
            }
            for gold in READING_ORDER
        },
    )


def _estimate(samples: _Floats, confidence: float) -> Estimate:
    value = round(float(samples[0]), 4)
    if len(samples) == 1:
        return Estimate(value, None, None)
    bounds = np.quantile(samples[1:], [(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = (round(float(bound), 4) for bound in bounds)
    return Estimate(value, low, high)


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
