"""Copies: articles that are the same, such as reprints of a report."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# Up to this many articles with a sentence, all pairs of them are counted.
_FEW = 30


class Copies:
    """Find copies among articles whose sentences come in batches.

    Two articles are copies if more than half of the shorter one's sentences are in the other. Of a
    sentence only a hash is kept, 12 bytes with the number of its article.

    Parameters
    ----------
    articles, texts : sequences of equal length, optional
        The first batch, as for `add`.

    Examples
    --------
    >>> copies = Copies(["二"], ["开源更便宜"])
    >>> copies.add(["一", "三"], ["开源更便宜", "闭源更贵"])
    >>> copies.find()
    {'一': '一', '三': '三', '二': '一'}
    """

    def __init__(self, articles: Sequence[str] = (), texts: Sequence[str] = ()) -> None:
        self._number: dict[str, int] = {}
        self._articles: list[npt.NDArray[np.int32]] = []
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self.add(articles, texts)

    def add(self, articles: Sequence[str], texts: Sequence[str]) -> None:
        """Add a batch: the article of each sentence, and the sentence in normal form."""
        number = self._number
        self._articles.append(
            np.array([number.setdefault(name, len(number)) for name in articles], np.int32)
        )
        self._hashes.append(hashes(texts))

    def articles(self) -> set[str]:
        """Return the names of all articles so far."""
        return set(self._number)

    def find(self) -> dict[str, str]:
        """Return the first copy of each article by name, which is mostly the article itself."""
        names = sorted(self._number)
        rank = np.zeros(len(names), np.int32)
        rank[[self._number[name] for name in names]] = np.arange(len(names))
        places = np.empty(
            sum(map(len, self._articles)), np.dtype([("text", np.uint64), ("article", np.int32)])
        )
        places["text"] = np.concatenate(self._hashes)
        places["article"] = rank[np.concatenate(self._articles)]
        places = np.unique(places)
        sizes = np.bincount(places["article"], minlength=len(names))
        shared: Counter[tuple[int, int]] = Counter()
        for holders in _shared(places):
            # The number of pairs is quadratic; for a very common line, neighbours must do.
            few = len(holders) <= _FEW
            pairs = itertools.combinations(holders, 2) if few else itertools.pairwise(holders)
            shared.update(pairs)
        copies = [
            (one, other)
            for (one, other), count in shared.items()
            if 2 * count > min(sizes[one], sizes[other])
        ]
        ends = np.array(copies, np.intp).reshape(-1, 2).T
        graph = coo_array((np.ones(len(copies)), tuple(ends)), shape=(len(names), len(names)))
        _, group = connected_components(graph, directed=False)
        _, first = np.unique(group, return_index=True)
        return {name: names[first[own]] for name, own in zip(names, group, strict=True)}


def _shared(places: npt.NDArray[np.void]) -> Iterator[list[int]]:
    """Yield the articles that share a sentence, in order, for each sentence of several articles."""
    ends = np.flatnonzero(np.diff(places["text"])) + 1
    bounds = np.concatenate([[0], ends, [len(places)]])
    for several in np.flatnonzero(np.diff(bounds) > 1):
        yield places["article"][bounds[several] : bounds[several + 1]].tolist()


def hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return a hash of each text, the same in every process.

    Examples
    --------
    >>> hashes(["开源"]) == hashes(["开源"])
    array([ True])
    """
    digests = (blake2b(t.encode("utf-8", "surrogatepass"), digest_size=8).digest() for t in texts)
    return np.frombuffer(b"".join(digests), "<u8")
