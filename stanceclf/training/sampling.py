"""Sampling: of very many weakly labelled sentences so many to learn from, some of each stance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def draw(
    labels: npt.NDArray[np.int8], ranks: npt.NDArray[np.uint64], most: int | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Draw sentences, of each label equally many as far as there are.

    Those of the lowest ranks are drawn. Each stands for others of its label that are not: so that
    what is learnt of how common the labels are stays as it was, it weighs more or less than one.

    Parameters
    ----------
    labels : int8 array of shape (n_sentences,)
        Their labels.
    ranks : array of shape (n_sentences,)
        Numbers that tell nothing of them, such as hashes.
    most : int or None
        How many to draw; None for all.

    Returns
    -------
    rows : int array of shape (n_drawn,)
        Which, in order.
    scale : float array of shape (n_drawn,)
        What each weighs; 1 on average, and exactly 1 where all are drawn.

    Examples
    --------
    >>> labels = np.array([1, 1, 1, 1, 0, 1], np.int8)
    >>> rows, scale = draw(labels, np.array([5, 3, 4, 1, 9, 2], np.uint64), 3)
    >>> rows.tolist(), scale.tolist()
    ([3, 4, 5], [1.25, 0.5, 1.25])
    """
    if most is None or len(labels) <= most:
        return np.arange(len(labels)), np.ones(len(labels))
    values, sizes = np.unique(labels, return_counts=True)
    parts, scale = [], np.zeros(len(labels))
    for value, size, share in zip(values, sizes, shares(sizes.tolist(), most), strict=True):
        rows = np.flatnonzero(labels == value)
        drawn = rows[np.argsort(ranks[rows], kind="stable")[:share]]
        scale[drawn] = (size / max(share, 1)) * (most / len(labels))
        parts.append(drawn)
    found = np.sort(np.concatenate(parts))
    return found, scale[found]


def shares(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many to take of groups, as even as can be.

    What a group has too few of, the larger ones make up for.

    Examples
    --------
    >>> shares([10, 100, 50], 60), shares([5, 5], 20)
    ([10, 25, 25], [5, 5])
    """
    found = [0] * len(sizes)
    left = most
    by_size = sorted(range(len(sizes)), key=lambda group: (sizes[group], group))
    for done, group in enumerate(by_size):
        found[group] = min(sizes[group], left // (len(sizes) - done))
        left -= found[group]
    return found
