"""Calibration: whether a sentence given a stance with p = 0.8 has that stance four times in five.

The expected calibration error (Naeini, Cooper and Hauskrecht 2015) is the mean distance between
confidence and accuracy, over bins of confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# As is usual, bins of the same width. The most probable of three stances has at least p = 1/3.
_BINS = 10
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Bin:
    """The sentences whose stance has a probability above `low` and at most `high`."""

    low: float
    high: float
    sentences: int
    confidence: float  # the mean probability
    accuracy: float  # the share that is right


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of a model on some sentences."""

    sentences: int
    error: float | None  # the expected calibration error; None without sentences
    bins: list[Bin]  # those that have sentences


def calibrate(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Return how well the probabilities of predicted stances agree with how often they are right.

    Parameters
    ----------
    confidences : sequence of float
        The probability of each sentence's stance.
    right : sequence of bool
        Whether it is the gold label.

    Examples
    --------
    >>> found = calibrate([0.9, 0.9, 0.7], [True, False, True])
    >>> [(one.high, one.sentences, one.accuracy) for one in found.bins]  # 两句 0.9 只对一句
    [(0.7, 1, 1.0), (0.9, 2, 0.5)]
    >>> found.error
    0.3667
    """
    share, hit = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    ends = np.arange(1, _BINS + 1) / _BINS
    place = np.digitize(share, ends[:-1], right=True)
    bins, gap = [], 0.0
    for number in range(_BINS):
        own = place == number
        if count := int(own.sum()):
            confidence, accuracy = float(share[own].mean()), float(hit[own].mean())
            gap += count * abs(confidence - accuracy)
            low, high = float(ends[number] - ends[0]), float(ends[number])
            figures = (round(one, _DECIMALS) for one in (low, high, confidence, accuracy))
            low, high, confidence, accuracy = figures
            bins.append(Bin(low, high, count, confidence, accuracy))
    error = round(gap / len(share), _DECIMALS) if len(share) else None
    return Calibration(len(share), error, bins)
