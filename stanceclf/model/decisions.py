"""Decisions: what the rules' votes add to each class's log-odds, and how probable these make it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.labels import STANCES
from stanceclf.reading import Readings
from stanceclf.rules import LabelModel, Voter

_Floats = npt.NDArray[np.float64]


def rule_evidence(
    voter: Voter, label_model: LabelModel, readings: Readings, classes: Sequence[str]
) -> _Floats:
    """Return how far the rules' votes speak for each class.

    Parameters
    ----------
    voter : Voter
        The rules.
    label_model : LabelModel
        Sums their votes up; fitted.
    readings : Readings
        Sentences that have been read.
    classes : sequence of str
        The classes, in the order of the columns to return.

    Returns
    -------
    float array of shape (n_sentences, n_classes)
        The weak labels' probabilities; zeros where no rule votes.
    """
    shares = np.nan_to_num(label_model(voter.votes_on(readings)).probability)
    evidence = np.zeros((len(readings), len(classes)))
    for column, name in enumerate(classes):
        if name in STANCES:
            evidence[:, column] = shares[:, STANCES.index(name)]
    return evidence


def probabilities(decisions: _Floats) -> _Floats:
    """Return the probabilities of one-against-the-rest decisions, scaled to sum to one.

    Parameters
    ----------
    decisions : float array of shape (n_sentences, n_classes)
        Log-odds.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0, 0.0]])).round(3).tolist()
    [[0.333, 0.333, 0.333]]
    """
    sigmoid = 1 / (1 + np.exp(-decisions))
    scaled: _Floats = sigmoid / sigmoid.sum(axis=1, keepdims=True)
    return scaled
