"""N-grams: what a sentence is counted by, the same in training and in prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from stanceclf.errors import missing_extra
from stanceclf.reading import ABOUT, About, Codes, encode

_Ints = npt.NDArray[np.intp]

Feature = Literal["chars", "words", "tagged chars", "tagged words", "signed chars", "signed words"]

#: What may be counted.
FEATURES: tuple[Feature, ...] = get_args(Feature)

#: Between the words of an n-gram; no word holds one, for white space is no token.
JOINT = " "
# Before each n-gram, so that none is taken for one of another kind. White space: no plain n-gram
# begins with it, save a space. Control characters: nobody reads them, and the kinds stay together.
_MARKS: dict[Feature, str] = {
    "chars": "",
    "words": "\x1f",
    "tagged chars": "\x1e",
    "tagged words": "\x1d",
    "signed chars": "\x1c",
    "signed words": "\x0c",
}
_TAGS: dict[About, str] = {"target": "+", "rival": "-", "both": "=", "neither": "0"}
# What a tag, by its code point, says that an n-gram is said of.
_ABOUT = np.zeros(128, np.intp)
_ABOUT[[ord(tag) for tag in _TAGS.values()]] = [ABOUT.index(about) for about in _TAGS]
# Before an n-gram that a negator reaches: white space again, which no tagged or signed one holds.
_NEGATED = "\x0b"
_NEGATED_SHOWN = "¬"


@dataclass(frozen=True)
class NgramAnalyzer:
    r"""Turn a sentence into the counts of its n-grams.

    Each kind of feature is a way of counting characters or words:

    - ``chars``, ``words``: plain, as often as they occur;
    - ``tagged ...``: each n-gram of a clause with what the clause is about and whether a negator
      reaches it, so that 落后 said of the target and of its rival are two features;
    - ``signed ...``: +1 in a clause about the target, -1 in one about the rival, nothing in others,
      so that what 落后 means is learnt once for both.

    Words are cut by jieba's dictionary alone (no HMM guesses at unknown words). Runs of white
    space count as one space among plain characters, and as nothing elsewhere.

    Parameters
    ----------
    features : tuple of str
        The kinds, of `FEATURES`.
    char_ngrams, word_ngrams : (int, int)
        The shortest and the longest n-gram of characters and of words.

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

    def name(self, feature: Feature, gram: str, about: About = "neither", *, negated: bool) -> str:
        r"""Return what an n-gram of some kind is kept as.

        Examples
        --------
        >>> NgramAnalyzer().name("tagged chars", "贵", "rival", negated=True)
        '\x1e-\x0b贵'
        """
        tag = _TAGS[about] if feature.startswith("tagged") else ""
        denied = _NEGATED if negated and " " in feature else ""
        return f"{_MARKS[feature]}{tag}{denied}{gram}"

    def parts(self, name: str) -> tuple[Feature, str, About, bool]:
        r"""Return the kind of an n-gram, itself, what it is said of and whether it is negated.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "tagged chars")).parts("\x1e-\x0b贵")
        ('tagged chars', '贵', 'rival', True)
        """
        kinds, about, negated, skipped = self.split(encode(name), np.zeros(1, np.intp))
        own = name[int(skipped[0]) :]
        return self.features[kinds[0]], own, ABOUT[about[0]], bool(negated[0])

    def split(
        self, codes: Codes, starts: npt.NDArray[np.intp]
    ) -> tuple[_Ints, _Ints, npt.NDArray[np.bool_], _Ints]:
        """Return the same of many n-grams.

        Parameters
        ----------
        codes : uint32 array
            The code points of their names, one after the other.
        starts : int array of shape (n_ngrams,)
            Where each name begins.

        Returns
        -------
        kinds, about : int arrays of shape (n_ngrams,)
            Which of `features` each is of, and which of `ABOUT` it is said of.
        negated : bool array of shape (n_ngrams,)
            Which are negated.
        skipped : int array of shape (n_ngrams,)
            How many characters of each name come before the n-gram itself.
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

    def feature_of(self, gram: str) -> int:
        r"""Return which of `features` an n-gram is of, by its place there.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "signed chars")).feature_of("\x1c贵")
        1
        """
        return self.features.index(self.kind(gram))

    def kind(self, gram: str) -> Feature:
        """Return the kind of an n-gram."""
        return self.parts(gram)[0]

    def shown(self, gram: str) -> str:
        r"""Return an n-gram as people can read it, less the sign of its kind.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "tagged chars")).shown("\x1e+\x0b贵")
        'target: ¬贵'
        """
        kind, own, about, negated = self.parts(gram)
        shown = _NEGATED_SHOWN + own if negated else own
        return f"{about}: {shown}" if kind.startswith("tagged") else shown


@cache
def segmenter() -> Callable[[str], list[str]]:
    """Return jieba's segmenter, its dictionary loaded once, on first use.

    Raises
    ------
    StanceclfError
        jieba is not installed.
    """
    import logging
    import tempfile

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


def check_features(features: Sequence[str]) -> tuple[Feature, ...]:
    """Return kinds of features as the analyzer takes them.

    Raises
    ------
    ValueError
        There is none, one is unknown, or one stands there twice.

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
        raise ValueError(f"a feature stands twice in {list(kinds)}; keep one")
    return kinds  # type: ignore[return-value]


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
