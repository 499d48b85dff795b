"""Context: what the sentences around one say about its stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.model.decisions import probabilities

_Floats = npt.NDArray[np.float64]

#: How many sentences before and after one count.
REACH = 8
# How much each counts, compared with the one that is nearer by one sentence.
_DECAY = 0.85


@dataclass(frozen=True, slots=True)
class Context:
    """How much a sentence's stance depends on those of its neighbours in an article.

    An article that argues one side goes on doing so: a list of risks, an answer in an interview.
    The log-odds of each stance grow in proportion to how much more probable it is among the eight
    sentences on either side, the nearest first, than in articles on the whole.

    Attributes
    ----------
    weight : float
        What a stance's log-odds gain if all neighbours have it and, as a rule, none does.
    usual : tuple of float
        The probability of each class, on average over articles.

    Examples
    --------
    >>> context = Context(2.0, (0.2, 0.2, 0.6))
    >>> decisions = np.array([[3.0, -3.0, -3.0], [-1.0, -1.0, 0.0], [3.0, -3.0, -3.0]])
    >>> context.adds(decisions, ["一.txt"] * 3).argmax(axis=1).tolist()
    [0, 0, 0]
    >>> context.adds(decisions, ["一.txt", "二.txt", "三.txt"]).tolist()[1]
    [0.0, 0.0, 0.0]
    """

    weight: float
    usual: tuple[float, ...]

    def adds(self, decisions: _Floats, articles: Sequence[str]) -> _Floats:
        """Return what its neighbours add to each sentence's log-odds.

        Parameters
        ----------
        decisions : float array of shape (n_sentences, n_classes)
            The log-odds of sentences in reading order, each by itself.
        articles : sequence of str
            The article of each.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            Zeros for the only sentence of an article. What lies more than `REACH` sentences away
            makes no difference, down to the last bit.
        """
        shares, names = probabilities(decisions), np.asarray(articles, dtype=object)
        sums, weights = np.zeros_like(shares), np.zeros((len(shares), 1))
        for distance in range(1, min(REACH, len(shares) - 1) + 1):
            same = (names[distance:] == names[:-distance]).astype(float)[:, None]
            same *= _DECAY ** (distance - 1)
            sums[distance:] += same * shares[:-distance]
            sums[:-distance] += same * shares[distance:]
            weights[distance:] += same
            weights[:-distance] += same
        has = weights > 0
        around = np.divide(sums, weights, where=has, out=np.zeros_like(sums))
        return np.asarray(np.where(has, self.weight * (around - np.array(self.usual)), 0.0))
