"""Overlap: texts that say the same, by the trigrams of letters that they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, triu
from sklearn.feature_extraction.text import CountVectorizer

# A shorter heading may occur in any sentence.
_SHORTEST = 6
# Sentences compared at a time, since most share a trigram with very many texts.
_BATCH = 500


class Overlap:
    """Find which texts quote a sentence, paraphrase it closely, or are quoted by it.

    An example that repeats a held-out article would show the model what it is tested on. A text
    overlaps a sentence if half of its trigrams occur in it.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    normalize : callable
        Brings them to normal form.

    Attributes
    ----------
    articles : dict of str to set of str
        By text, the articles with a sentence that it overlaps, of all passed to `add`.

    Examples
    --------
    >>> overlap = Overlap(["开源会越来越落后!", "开源将越来越落后", "开源会更便宜!"], str.lower)
    >>> sorted(overlap("他说,开源会越来越落后。"))
    [0, 1]
    >>> overlap.add(["一.txt"], ["开源会更便宜。"])
    >>> overlap.articles
    {'开源会更便宜!': {'一.txt'}}
    """

    def __init__(self, texts: Sequence[str], normalize: Callable[[str], str]) -> None:
        self.articles: dict[str, set[str]] = {}
        self._texts = texts
        self._letters = [_letters(normalize(text)) for text in texts]
        # Too short for a trigram, but all of it may be in a sentence.
        self._short = [i for i, letters in enumerate(self._letters) if len(letters) < 3]
        self._count, self._held = _counted(self._letters)
        self._sizes = _sizes(self._held)
        self._holders = self._held.T.tocsr()

    def add(self, articles: Sequence[str], sentences: Sequence[str]) -> None:
        """Add sentences in normal form, and the article of each."""
        for sentence, text in self._pairs(sentences):
            self.articles.setdefault(self._texts[text], set()).add(articles[sentence])

    def __call__(self, sentence: str) -> set[int]:
        """Return the indices of the texts that overlap a sentence in normal form."""
        return {text for _, text in self._pairs([sentence])}

    def _pairs(self, sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the indices of each sentence and of each text that overlaps it."""
        for first in range(0, len(sentences), _BATCH):
            all_letters = [_letters(sentence) for sentence in sentences[first : first + _BATCH]]
            shared = (self._count.transform(all_letters) @ self._holders).tocoo()
            known = shared.data > 0
            rows, texts, counts = shared.row[known], shared.col[known], shared.data[known]
            likely = 2 * counts >= self._sizes[texts]
            # A text that contains the whole sentence may be very much longer.
            sizes = np.array([len(set(_trigrams(own))) for own in all_letters], np.intp)
            whole = ~likely & (counts == sizes[rows])
            for row, text in zip(rows[likely].tolist(), texts[likely].tolist(), strict=True):
                yield first + row, text
            for row, text in zip(rows[whole].tolist(), texts[whole].tolist(), strict=True):
                own = all_letters[row]
                if len(own) >= _SHORTEST and own in self._letters[text]:
                    yield first + row, text
            for row, own in enumerate(all_letters):
                for text in self._short:
                    if self._letters[text] in own:
                        yield first + row, text


def similar_pairs(
    texts: Sequence[str], normalize: Callable[[str], str], share: float
) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of texts that have more than a share of their trigrams in common, in order.

    Yields
    ------
    (int, int, float)
        The indices of the two, the lower one first, and what they share: the trigrams of both, as
        a part of those of either (their Jaccard index).

    Examples
    --------
    >>> [*similar_pairs(["开源会越来越落后", "今天下雨", "开源将越来越落后。"], str, 0.3)]
    [(0, 2, 0.333)]
    """
    _, held = _counted([_letters(normalize(text)) for text in texts])
    sizes, holders = _sizes(held), held.T.tocsr()
    for first in range(0, len(texts), _BATCH):
        # Each pair once: columns beyond the diagonal.
        shared = triu(held[first : first + _BATCH] @ holders, first + 1, "coo")
        rows = shared.row + first
        jaccard = shared.data / (sizes[rows] + sizes[shared.col] - shared.data)
        above = np.flatnonzero(jaccard > share)
        yield from sorted(
            (int(rows[i]), int(shared.col[i]), round(float(jaccard[i]), 3)) for i in above
        )


def _counted(all_letters: Sequence[str]) -> tuple[CountVectorizer, csr_matrix]:
    """Return a counter of the trigrams of texts, and which text has which."""
    # A vocabulary must not be empty; a space is never a trigram.
    known = sorted({own for letters in all_letters for own in _trigrams(letters)}) or [" "]
    count = CountVectorizer(analyzer=_trigrams, vocabulary=known, binary=True, dtype=np.int32)
    return count, count.transform(all_letters)


def _sizes(held: csr_matrix) -> npt.NDArray[np.intp]:
    return np.asarray(np.diff(held.indptr), np.intp)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _trigrams(letters: str) -> list[str]:
    return [letters[start : start + 3] for start in range(len(letters) - 2)]
