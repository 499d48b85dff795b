"""N-grams: what is counted in a sentence, and the names of what was counted in a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from stanceclf.features.tokens import Unit
from stanceclf.reading import ABOUT, About, Codes, Flags, Ints, encode

Feature = Literal["chars", "words", "tagged chars", "tagged words", "signed chars", "signed words"]

FEATURES: tuple[Feature, ...] = get_args(Feature)

#: Between the words of an n-gram; no word contains one, for white space is not a token.
JOINT = " "
# Before each n-gram in its name, so that the features do not mix. White space: no plain n-gram
# begins with it, except with a space. Control characters: never shown, and sorting keeps the
# features together.
_MARKS: dict[Feature, str] = {
    "chars": "",
    "words": "\x1f",
    "tagged chars": "\x1e",
    "tagged words": "\x1d",
    "signed chars": "\x1c",
    "signed words": "\x0c",
}
_TAGS: dict[About, str] = {"target": "+", "rival": "-", "both": "=", "neither": "0"}
# What an n-gram is said of, by the code point of its tag.
_ABOUT = np.zeros(128, np.intp)
_ABOUT[[ord(tag) for tag in _TAGS.values()]] = [ABOUT.index(about) for about in _TAGS]
# Before an n-gram that a negator reaches: white space, which no tagged or signed one contains.
_NEGATED = "\x0b"
_NEGATED_SHOWN = "¬"


@dataclass(frozen=True)
class NgramAnalyzer:
    r"""Which n-grams of a sentence are counted, and by which names they are known.

    Each feature is a way of counting characters or words:

    - ``chars``, ``words``: plain, as often as they occur;
    - ``tagged ...``: with what the clause is about and whether the n-gram is negated, so that 落后
      said of the target and 落后 said of its rival are two features;
    - ``signed ...``: +1 in a clause about the target, -1 in one about the rival, 0 in others, so
      that the meaning of 落后 is learnt once for both; negated n-grams apart.

    Words are those of jieba's dictionary (without guesses at unknown words by its HMM). A run of
    white space counts as one space among plain characters, and not at all elsewhere.

    Parameters
    ----------
    features : tuple of str
        Some of `FEATURES`.
    char_ngrams, word_ngrams : (int, int)
        The lengths of the shortest and the longest n-gram of characters and of words.

    Examples
    --------
    >>> analyzer = NgramAnalyzer(("chars", "tagged chars"))
    >>> name = analyzer.name("tagged chars", "贵", "rival", negated=True)
    >>> analyzer.kind(name), analyzer.shown(name)
    ('tagged chars', 'rival: ¬贵')
    """

    features: tuple[Feature, ...] = ("chars",)
    char_ngrams: tuple[int, int] = (1, 2)
    word_ngrams: tuple[int, int] = (1, 2)

    def lengths(self, unit: Unit) -> tuple[int, int]:
        """Return the lengths of the shortest and the longest n-gram of characters or of words."""
        return self.char_ngrams if unit == "chars" else self.word_ngrams

    def views(self, unit: Unit) -> dict[str, Feature]:
        """Return the features of characters or of words, by their views of a sentence.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "words", "tagged chars")).views("chars")
        {'': 'chars', 'tagged': 'tagged chars'}
        """
        parts = {feature: feature.rpartition(" ") for feature in self.features}
        return {view: feature for feature, (view, _, own) in parts.items() if own == unit}

    def name(self, feature: Feature, gram: str, about: About = "neither", *, negated: bool) -> str:
        r"""Return the name of an n-gram in a vocabulary.

        Examples
        --------
        >>> NgramAnalyzer().name("tagged chars", "贵", "rival", negated=True)
        '\x1e-\x0b贵'
        """
        tag = _TAGS[about] if feature.startswith("tagged") else ""
        denied = _NEGATED if negated and " " in feature else ""
        return f"{_MARKS[feature]}{tag}{denied}{gram}"

    def parts(self, name: str) -> tuple[Feature, str, About, bool]:
        r"""Return the feature of an n-gram, itself, what it is said of and whether it is negated.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "tagged chars")).parts("\x1e-\x0b贵")
        ('tagged chars', '贵', 'rival', True)
        """
        kinds, about, negated, skipped = self.split(encode(name), np.zeros(1, np.intp))
        own = name[int(skipped[0]) :]
        return self.features[kinds[0]], own, ABOUT[about[0]], bool(negated[0])

    def split(self, codes: Codes, starts: Ints) -> tuple[Ints, Ints, Flags, Ints]:
        """Parse many names, given as their code points end to end and where each begins.

        Returns
        -------
        kinds, about : int arrays of shape (n_ngrams,)
            Which of `features` each is of, and which of `ABOUT` it is said of.
        negated : bool array of shape (n_ngrams,)
            Whether it is negated.
        skipped : int array of shape (n_ngrams,)
            The number of characters in each name before the n-gram itself.
        """
        first = codes[starts]
        # What has no mark is of plain characters.
        plain = self.features.index("chars") if "chars" in self.features else 0
        kinds = np.full(len(starts), plain, np.intp)
        about = np.zeros(len(starts), np.intp)
        negated = np.zeros(len(starts), bool)
        skipped = np.zeros(len(starts), np.intp)
        for number, feature in enumerate(self.features):
            if not (mark := _MARKS[feature]):
                continue
            own = np.flatnonzero(first == ord(mark))
            kinds[own], at = number, starts[own] + 1
            if feature.startswith("tagged"):
                about[own] = _ABOUT[codes[at]]
                at = at + 1
            if " " in feature:
                negated[own] = codes[at] == ord(_NEGATED)
            skipped[own] = at - starts[own] + negated[own]
        return kinds, about, negated, skipped

    def kind(self, name: str) -> Feature:
        """Return the feature of an n-gram."""
        return self.parts(name)[0]

    def shown(self, name: str) -> str:
        r"""Return an n-gram as it is shown to people, without its feature.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "tagged chars")).shown("\x1e+\x0b贵")
        'target: ¬贵'
        """
        kind, own, about, negated = self.parts(name)
        shown = _NEGATED_SHOWN + own if negated else own
        return f"{about}: {shown}" if kind.startswith("tagged") else shown


def check_features(features: Sequence[str]) -> tuple[Feature, ...]:
    """Return one or more features as `NgramAnalyzer` expects them.

    Raises
    ------
    ValueError
        There is none, one is unknown, or one appears twice.

    Examples
    --------
    >>> check_features(["chars", "signed chars"])
    ('chars', 'signed chars')
    """
    kinds = (features,) if isinstance(features, str) else tuple(features)
    unknown = [kind for kind in kinds if kind not in FEATURES]
    if unknown or not kinds:
        what = f"no such feature: `{unknown[0]}`" if unknown else "no feature given"
        raise ValueError(f"{what}; known: {', '.join(FEATURES)}")
    if len(set(kinds)) < len(kinds):
        raise ValueError(f"a feature appears twice in {list(kinds)}; keep one")
    return kinds  # type: ignore[return-value]


def check_texts(texts: object) -> list[str]:
    """Return a list, tuple, array or series of sentences as a list of strings.

    Raises
    ------
    TypeError
        It is one string, is not iterable, has names or no order (a table, a dict, a set), or
        contains something that is not a string.

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
    # A series has keys as well: its index, over which it does not iterate.
    by_name = isinstance(texts, Mapping) or (
        hasattr(texts, "keys") and getattr(texts, "ndim", 2) != 1
    )
    if by_name or isinstance(texts, set | frozenset):
        fix = "pass a list" if not by_name else 'pass one of its columns, like `table["text"]`'
        raise TypeError(f"expected a sequence of sentences, got {type(texts).__name__}; {fix}")
    found: list[Any] = list(texts)
    for index, text in enumerate(found):
        if not isinstance(text, str):
            raise TypeError(f"sentence {index} is {type(text).__name__}, not str")
    return [str(text) for text in found]
