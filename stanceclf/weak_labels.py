"""Weak labels: the votes on a sentence, summed up as one label with a probability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN, STANCES, Stance


@dataclass(frozen=True, slots=True)
class WeakLabels:
    """The weak labels of some sentences.

    Attributes
    ----------
    label : int array of shape (n_sentences,)
        Indices into `STANCES`, or `ABSTAIN` (-1) where no stance leads.
    probability : float array of shape (n_sentences, 3)
        One row a sentence, in the order of `STANCES`; NaN where no rule votes.
    """

    label: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float64]

    def stances(self) -> list[Stance | None]:
        """Return the labels as strings, None for abstaining."""
        return [None if index == ABSTAIN else STANCES[index] for index in self.label]


def majority(votes: npt.NDArray[np.int8]) -> WeakLabels:
    """Let the majority of the rules that vote decide; a tie abstains.

    A stance's probability is its share of the votes cast.

    Parameters
    ----------
    votes : int8 array of shape (n_sentences, n_rules)
        Indices into `STANCES`, or `ABSTAIN` (-1).

    Examples
    --------
    >>> votes = np.array([[1, 1, 0], [1, 0, -1], [-1, -1, -1]], dtype=np.int8)
    >>> majority(votes).stances()  # 两票支持一票反对；一比一；无人投票
    ['favor', None, None]
    """
    counts = np.stack([(votes == index).sum(axis=1) for index in range(len(STANCES))], axis=1)
    cast = counts.sum(axis=1, keepdims=True)
    probability = np.divide(counts, cast, out=np.full(counts.shape, np.nan), where=cast > 0)
    leads = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    label = np.where(leads, counts.argmax(axis=1), ABSTAIN).astype(np.int8)
    return WeakLabels(label, probability)


#: The ways to sum votes up, by the names that ``label.model`` knows them by.
LABEL_MODELS: dict[str, Callable[[npt.NDArray[np.int8]], WeakLabels]] = {"majority": majority}
