"""N-grams: the strings that a sentence is counted by, the same in training and in prediction."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from stanceclf.errors import missing_extra

Features = Literal["chars", "words", "both"]

# Between the words of an n-gram; no word holds one, for white space is no token.
_JOINT = " "
# Before each n-gram of words, so that none is taken for an n-gram of characters.
_WORD_MARK = "\N{UNIT SEPARATOR}"


@dataclass(frozen=True)
class NgramAnalyzer:
    """Turn a normalised sentence into the list of its n-grams.

    Words are cut by jieba's dictionary alone (no HMM guesses at unknown words). Runs of white
    space count as one space among characters, and as nothing among words.

    Parameters
    ----------
    features : {"chars", "words", "both"}
        What to count.
    char_ngrams, word_ngrams : (int, int)
        The shortest and the longest n-gram of characters and of words.

    Examples
    --------
    >>> NgramAnalyzer("chars", char_ngrams=(1, 2))("不开源")
    ['不', '开', '源', '不开', '开源']
    """

    features: Features = "chars"
    char_ngrams: tuple[int, int] = (1, 2)
    word_ngrams: tuple[int, int] = (1, 2)

    def __call__(self, sentence: str) -> list[str]:
        """Return the n-grams of a sentence, as often as they occur."""
        grams: list[str] = []
        if self.features != "words":
            grams += _char_ngrams(" ".join(sentence.split()), *self.char_ngrams)
        if self.features != "chars":
            tokens = [token for token in segmenter()(sentence) if not token.isspace()]
            grams += _word_ngrams(tokens, *self.word_ngrams)
        return grams


def _char_ngrams(text: str, shortest: int, longest: int) -> Iterator[str]:
    for n in range(shortest, longest + 1):
        for start in range(len(text) - n + 1):
            yield text[start : start + n]


def _word_ngrams(tokens: Sequence[str], shortest: int, longest: int) -> Iterator[str]:
    for n in range(shortest, longest + 1):
        for start in range(len(tokens) - n + 1):
            yield _WORD_MARK + _JOINT.join(tokens[start : start + n])


@cache
def segmenter() -> Callable[[str], list[str]]:
    """Return jieba's segmenter, its dictionary loaded once, on first use.

    Raises
    ------
    StanceclfError
        jieba is not installed.
    """
    try:
        import jieba
    except ImportError:
        raise missing_extra("jieba", "words") from None

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # A cache shared by all users of the machine is anybody's to write; the dictionary loads as
    # fast without one.
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.tmp_dir = folder
        tokenizer.initialize()

    def segment(text: str) -> list[str]:
        tokens: list[str] = tokenizer.lcut(text, HMM=False)
        return tokens

    return segment


def check_texts(texts: object) -> list[str]:
    """Return sentences as a list of strings.

    Parameters
    ----------
    texts : iterable of str
        A list, tuple, array or series of sentences; not one string.

    Raises
    ------
    TypeError
        It is one string, is not iterable, or holds something that is no string.

    Examples
    --------
    >>> check_texts(("开源", "闭源"))
    ['开源', '闭源']
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise TypeError(
            f"expected a sequence of sentences, got {type(texts).__name__}; "
            "for one sentence pass a list of one"
        )
    found: list[Any] = list(texts)
    for index, text in enumerate(found):
        if not isinstance(text, str):
            raise TypeError(f"sentence {index} is {type(text).__name__}, not str")
    return [str(text) for text in found]
