"""Overlap: texts that say the same, by the trigrams of letters that they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, triu

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
        self._trigrams = _Trigrams(self._letters)
        held = self._trigrams.held(self._letters)
        self._sizes, self._holders = _sizes(held), held.T.tocsr()

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
            shared = (self._trigrams.held(all_letters) @ self._holders).tocoo()
            rows, texts, counts = shared.row, shared.col, shared.data
            likely = 2 * counts >= self._sizes[texts]
            # A text that contains the whole sentence may be very much longer.
            sizes = _sizes(_Trigrams(all_letters).held(all_letters))
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
    all_letters = [_letters(normalize(text)) for text in texts]
    held = _Trigrams(all_letters).held(all_letters)
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


class _Trigrams:
    """The trigrams of some texts, each a number made of three code points."""

    def __init__(self, all_letters: Sequence[str]) -> None:
        self._known = np.unique(_numbers(all_letters)[1])

    def held(self, all_letters: Sequence[str]) -> csr_matrix:
        """Return which text has which of them, once, however often it occurs."""
        rows, numbers = _numbers(all_letters)
        columns = np.searchsorted(self._known, numbers)
        known = np.append(self._known, -1)[columns] == numbers
        shape = (len(all_letters), len(self._known))
        ones = np.ones(known.sum(), np.int32)
        found = csr_matrix((ones, (rows[known], columns[known])), shape)
        found.data[:] = 1
        return found


def _numbers(all_letters: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """Return the text and the number of each trigram."""
    letters = "".join(all_letters).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(letters, "<u4").astype(np.int64)
    text = np.repeat(np.arange(len(all_letters)), [len(own) for own in all_letters])
    # 21 bits for each of three code points.
    numbers = codes[:-2] << 42 | codes[1:-1] << 21 | codes[2:]
    within = text[:-2] == text[2:]
    return text[:-2][within], numbers[within]


def _sizes(held: csr_matrix) -> npt.NDArray[np.intp]:
    return np.asarray(np.diff(held.indptr), np.intp)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
