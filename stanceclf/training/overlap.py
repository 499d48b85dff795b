"""Overlap: the rules' examples that say the same as a sentence of an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

# A shorter heading may occur in any sentence.
_SHORTEST = 6


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
        trigrams = [_trigrams(letters) for letters in self._letters]
        self._sizes = [len(own) for own in trigrams]
        self._holders: dict[str, list[int]] = {}
        for index, own in enumerate(trigrams):
            for trigram in own:
                self._holders.setdefault(trigram, []).append(index)
        # Too short for a trigram, but all of it may be in a sentence.
        self._short = [index for index, own in enumerate(trigrams) if not own]

    def add(self, articles: Sequence[str], sentences: Sequence[str]) -> None:
        """Add sentences in normal form, and the article of each."""
        for article, sentence in zip(articles, sentences, strict=True):
            for index in self(sentence):
                self.articles.setdefault(self._texts[index], set()).add(article)

    def __call__(self, sentence: str) -> set[int]:
        """Return the indices of the texts that overlap a sentence in normal form."""
        letters = _letters(sentence)
        trigrams = _trigrams(letters)
        shared = Counter(index for own in trigrams for index in self._holders.get(own, ()))
        found = {index for index in self._short if self._letters[index] in letters}
        for index, count in shared.items():
            # A text that contains the whole sentence may be very much longer.
            quoted = len(letters) >= _SHORTEST and count == len(trigrams)
            if 2 * count >= self._sizes[index] or (quoted and letters in self._letters[index]):
                found.add(index)
        return found


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _trigrams(letters: str) -> set[str]:
    return {letters[start : start + 3] for start in range(len(letters) - 2)}
