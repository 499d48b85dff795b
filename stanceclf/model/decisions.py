"""Decisions: from the rules' votes to log-odds, and from log-odds to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from stanceclf.labels import STANCES
from stanceclf.reading import Readings
from stanceclf.rules import LabelModel, Voter

_Floats = npt.NDArray[np.float64]

# Below this, floating-point numbers lose digits.
_LEAST = 1e-300


def rule_log_odds(
    voter: Voter,
    label_model: LabelModel,
    readings: Readings,
    classes: Sequence[str],
    rule_weight: float,
    silence: float = 0.0,
    half_weight: float = 0.0,
) -> _Floats:
    """Return what the rules add to the log-odds of sentences.

    Parameters
    ----------
    voter, label_model : Voter, LabelModel
        The rules, and how their votes are combined.
    readings : Readings
        The sentences.
    classes : sequence of str
        The classes, in the order of the columns.
    rule_weight : float
        What a stance gains if all votes are for it; else a share of that.
    silence : float, default 0.0
        What ``none`` gains if no rule votes.
    half_weight : float, default 0.0
        The total weight of votes at which they count half; at 0, a light vote counts as much as
        many heavy ones.

    Returns
    -------
    float array of shape (n_sentences, n_classes)
        Zeros for a class that is not a stance.
    """
    added = np.zeros((len(readings), len(classes)))
    if not voter.rules or not (rule_weight or silence):
        return added
    found = label_model(voter.votes_on(readings))
    shares, silent = np.nan_to_num(found.probability), np.isnan(found.probability[:, 0])
    if found.weight is not None and half_weight:
        shares *= (found.weight / (found.weight + half_weight))[:, None]
    for column, name in enumerate(classes):
        if name in STANCES:
            added[:, column] = rule_weight * shares[:, STANCES.index(name)]
            if name == "none":
                added[:, column] += silence * silent
    return added


def probabilities(decisions: _Floats) -> _Floats:
    """Return the probabilities for one-vs-rest log-odds, each row scaled to sum to one.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0, 0.0]])).round(3).tolist()
    [[0.333, 0.333, 0.333]]
    >>> probabilities(np.array([[-1000.0, -1001.0]])).round(3).tolist()
    [[0.731, 0.269]]
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        sigmoid = 1 / (1 + np.exp(-decisions))
        sums = sigmoid.sum(axis=1, keepdims=True)
        scaled: _Floats = sigmoid / sums
    if (lost := sums[:, 0] < _LEAST).any():
        # All classes are so improbable that only their logarithms can be told apart.
        logs = -np.logaddexp(0, -decisions[lost])
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        scaled[lost] = shares / shares.sum(axis=1, keepdims=True)
    return scaled


class _Classifier(Protocol):
    """A model, or a fitted classifier."""

    @property
    def classes_(self) -> npt.NDArray[Any]: ...

    def predict_proba(self, texts: Sequence[str], /) -> _Floats: ...


def stance_probabilities(classifier: _Classifier, texts: Sequence[str]) -> _Floats:
    """Return a classifier's probabilities in the order of `STANCES`, whichever of them it knows.

    Returns
    -------
    float array of shape (n_sentences, 3)
        Zeros for a stance on which it was not trained.
    """
    found = np.zeros((len(texts), len(STANCES)))
    columns = [STANCES.index(label) for label in classifier.classes_]
    found[:, columns] = classifier.predict_proba(texts)
    return found
