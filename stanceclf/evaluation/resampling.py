"""Resampling: the bootstrap behind every interval, of articles rather than of sentences.

Sentences of one article err together: they share a subject, a style and a speaker. Resampled one by
one, they would pass for more evidence than they are, and intervals would be too narrow. So whole
articles are drawn (the cluster bootstrap; Davison and Hinkley 1997, section 3.8).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.labels import STANCES

#: Confusion matrices, with the gold labels in the rows.
Counts = npt.NDArray[np.int32]

_K = len(STANCES)
# Numbers drawn at a time, so that many resamples of many articles fit into memory.
_AT_ONCE = 1_000_000


def why_no_interval(gold: Sequence[str], articles: Sequence[str]) -> str | None:
    """Return why these gold sentences are too uniform for an interval, None if they are not.

    Examples
    --------
    >>> why_no_interval(["favor", "none"], ["一.txt", "一.txt"])
    'all sentences are from one article'
    """
    if len(set(articles)) < 2:
        return "all sentences are from one article"
    if len(set(gold)) < 2:
        return f"all sentences are labelled {gold[0]}"
    return None


def resample(
    gold: npt.NDArray[np.intp],
    predicted: npt.NDArray[np.intp],
    articles: Sequence[str],
    resamples: int,
    seed: int,
) -> Counts:
    """Return confusion matrices of shape (n_systems, 1 + resamples, n_stances, n_stances).

    The first is that of the sample itself. The others sum up as many articles as there are, drawn
    with replacement, and the same ones for all systems. Articles with the same matrices are
    exchangeable, so drawing articles is drawing the counts of such kinds from a multinomial
    distribution.

    Parameters
    ----------
    gold : int array of shape (n_sentences,)
        The labels, as indices into `STANCES`.
    predicted : int array of shape (n_systems, n_sentences)
        The stances that each system predicts.
    articles : sequence of str
        The article of each sentence.
    resamples, seed : int
        How many, and the seed of the drawing.

    Examples
    --------
    >>> found = resample(np.array([0, 1]), np.array([[0, 2]]), ["一", "二"], 100, 0)
    >>> found[0, 0].tolist()  # 一句反对判对，一句支持判成无立场
    [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    >>> sorted(set(found[0, :, 0, 0].tolist()))  # 每次抽两篇，第一篇可能抽到零到两次
    [0, 1, 2]
    """
    of: dict[str, int] = {}
    rows = np.array([of.setdefault(article, len(of)) for article in articles], dtype=np.intp)
    width = len(predicted) * _K * _K
    cells = np.arange(len(predicted))[:, None] * _K * _K + gold * _K + predicted
    tally = np.bincount((rows * width + cells).ravel(), minlength=len(of) * width)
    # Sorted, so that the articles' order does not matter.
    kinds, counts = np.unique(tally.reshape(len(of), width), axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    found = np.empty((1 + resamples, width), dtype=np.int32)
    found[0] = counts @ kinds
    step = max(_AT_ONCE // len(counts), 1)
    # Multiplied as floats, which is faster and for counts as exact.
    exact = kinds.astype(np.float64)
    for start in range(1, 1 + resamples, step):
        part = found[start : start + step]
        drawn = rng.multinomial(len(of), counts / len(of), size=len(part))
        part[:] = drawn.astype(np.float64) @ exact
    return np.ascontiguousarray(found.reshape(1 + resamples, -1, _K, _K).swapaxes(0, 1))
