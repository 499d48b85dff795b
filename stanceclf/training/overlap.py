"""Overlap: the examples out of rules that say what a sentence of an article says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

# A heading of fewer letters may stand in any sentence.
_SHORTEST = 6


class Overlap:
    """Tell which texts quote a sentence, paraphrase it closely, or are quoted by it.

    An example that says what a held-out article says, in its words, would let the model see what it
    is tested on: one that shares half of its runs of three letters with a sentence is left out.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    normalize : callable
        Brings them to normal form.

    Attributes
    ----------
    articles : dict of str to set of str
        The articles that share a sentence with a text, by the text; of all that `add` has been
        given.

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
        runs = [_runs(letters) for letters in self._letters]
        self._sizes = [len(own) for own in runs]
        self._holders: dict[str, list[int]] = {}
        for index, own in enumerate(runs):
            for run in own:
                self._holders.setdefault(run, []).append(index)
        # Too short for a run of three; all of it may be in a sentence all the same.
        self._short = [index for index, own in enumerate(runs) if not own]

    def add(self, articles: Sequence[str], sentences: Sequence[str]) -> None:
        """Take note of the articles that share a sentence with a text.

        Parameters
        ----------
        articles, sentences : sequences of equal length
            The article of each sentence, and the sentence in normal form.
        """
        for article, sentence in zip(articles, sentences, strict=True):
            for index in self(sentence):
                self.articles.setdefault(self._texts[index], set()).add(article)

    def __call__(self, sentence: str) -> set[int]:
        """Return which of the texts share a sentence, in normal form but for its marks.

        Parameters
        ----------
        sentence : str
            The sentence.
        """
        letters = _letters(sentence)
        runs = _runs(letters)
        shared = Counter(index for run in runs for index in self._holders.get(run, ()))
        found = {index for index in self._short if self._letters[index] in letters}
        for index, count in shared.items():
            # A text that holds all runs of a sentence may be very much longer.
            held = len(letters) >= _SHORTEST and count == len(runs)
            if 2 * count >= self._sizes[index] or (held and letters in self._letters[index]):
                found.add(index)
        return found


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _runs(letters: str) -> set[str]:
    return {letters[start : start + 3] for start in range(len(letters) - 2)}
