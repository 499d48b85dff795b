"""Copies: articles that are one and the same, as reprints of one report are."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

# In so many articles a sentence may be for all pairs of them to be counted.
_FEW = 30


def find_copies(articles: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Tell which articles are copies of one another.

    Two articles are copies if more than half of the shorter one's sentences are in the other.

    Parameters
    ----------
    articles, texts : sequences of equal length
        The article of each sentence, and the sentence in normal form.

    Returns
    -------
    dict of str to str
        For each article the first of its copies, by name; mostly itself.

    Examples
    --------
    >>> find_copies(["二", "一", "三"], ["开源更便宜", "开源更便宜", "闭源更贵"])
    {'一': '一', '三': '三', '二': '一'}
    """
    copies = Copies()
    copies.add(articles, texts)
    return copies.find()


class Copies:
    """Find copies among articles whose sentences come some at a time, as `find_copies` does.

    Of a sentence a hash is kept, 12 bytes with its article's number.

    Examples
    --------
    >>> copies = Copies()
    >>> copies.add(["二"], ["开源更便宜"])
    >>> copies.add(["一", "三"], ["开源更便宜", "闭源更贵"])
    >>> copies.find()
    {'一': '一', '三': '三', '二': '一'}
    """

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._articles = [np.zeros(0, np.int32)]
        self._hashes = [np.zeros(0, np.uint64)]

    def add(self, articles: Sequence[str], texts: Sequence[str]) -> None:
        """Take more sentences.

        Parameters
        ----------
        articles, texts : sequences of equal length
            The article of each, and the sentence in normal form.
        """
        number = self._number
        self._articles.append(
            np.array([number.setdefault(name, len(number)) for name in articles], np.int32)
        )
        self._hashes.append(hashes(texts))

    def articles(self) -> set[str]:
        """Return the names of all articles so far."""
        return set(self._number)

    def find(self) -> dict[str, str]:
        """Return for each article the first of its copies."""
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
            # Pairs grow with the square; of a line that very many share, neighbours must do.
            few = len(holders) <= _FEW
            pairs = itertools.combinations(holders, 2) if few else itertools.pairwise(holders)
            shared.update(pairs)
        first = list(range(len(names)))

        def root(article: int) -> int:
            while first[article] != article:
                article = first[article]
            return article

        for (one, other), count in sorted(shared.items()):
            if 2 * count > min(sizes[one], sizes[other]):
                into, joined = sorted((root(one), root(other)))
                first[joined] = into
        return {name: names[root(article)] for article, name in enumerate(names)}


def _shared(places: npt.NDArray[np.void]) -> Iterator[list[int]]:
    """Yield the articles that share a sentence, in order, for each that several have."""
    ends = np.flatnonzero(np.diff(places["text"])) + 1
    bounds = np.concatenate([[0], ends, [len(places)]])
    for several in np.flatnonzero(np.diff(bounds) > 1):
        yield places["article"][bounds[several] : bounds[several + 1]].tolist()


def hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return a hash of each text, the same in any process.

    Examples
    --------
    >>> hashes(["开源"]) == hashes(["开源"])
    array([ True])
    """
    digests = (blake2b(t.encode("utf-8", "surrogatepass"), digest_size=8).digest() for t in texts)
    return np.frombuffer(b"".join(digests), "<u8")
