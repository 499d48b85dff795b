"""N-grams: what a sentence is counted by, the same in training and in prediction."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from stanceclf.clauses import About
from stanceclf.errors import missing_extra
from stanceclf.negation import negated_offsets
from stanceclf.reading import Reading

Feature = Literal["chars", "words", "tagged chars", "tagged words", "signed chars", "signed words"]

#: What may be counted.
FEATURES: tuple[Feature, ...] = get_args(Feature)

# Between the words of an n-gram; no word holds one, for white space is no token.
_JOINT = " "
# Before each n-gram, so that none is taken for one of another kind. White space: no plain n-gram
# begins with it, save a space. Control characters: nobody reads them, and the kinds stay together.
_MARKS: dict[str, str] = {
    "chars": "",
    "words": "\x1f",
    "tagged chars": "\x1e",
    "tagged words": "\x1d",
    "signed chars": "\x1c",
    "signed words": "\x0c",
}
_TAGS: dict[About, str] = {"target": "+", "rival": "-", "both": "=", "neither": "0"}
_SIGNS: dict[About, int] = {"target": 1, "rival": -1, "both": 0, "neither": 0}
# Before an n-gram that a negator reaches.
_NEGATED = "¬"


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
    >>> from stanceclf.reading import Reader
    >>> from stanceclf.topic import Topic
    >>> read = Reader(Topic("开源大模型", target=("开源",), rival=("闭源",)), str.lower)
    >>> dict(NgramAnalyzer(("chars",), char_ngrams=(1, 2))(read("不开源")))
    {'不': 1, '开': 1, '源': 1, '不开': 1, '开源': 1}
    >>> grams = NgramAnalyzer(("signed chars",), char_ngrams=(1, 1))(read("闭源贵,开源不贵"))
    >>> grams["\x1c贵"], grams["\x1c¬贵"]
    (-1, 1)
    """

    features: tuple[Feature, ...] = ("chars",)
    char_ngrams: tuple[int, int] = (1, 2)
    word_ngrams: tuple[int, int] = (1, 2)

    def __call__(self, reading: Reading) -> Counter[str]:
        """Return how often each n-gram of a sentence counts, signed ones below zero too."""
        counts: Counter[str] = Counter()
        for unit in ("chars", "words"):
            if unit in self.features:
                mark = _MARKS[unit]
                counts.update(mark + gram for gram in self._plain(unit, reading.text))
            tagged, signed = (f"{view} {unit}" in self.features for view in ("tagged", "signed"))
            if tagged or signed:
                tag_mark, sign_mark = _MARKS[f"tagged {unit}"], _MARKS[f"signed {unit}"]
                for about, negated, gram in self._by_clause(unit, reading):
                    own = _NEGATED + gram if negated else gram
                    if tagged:
                        counts[f"{tag_mark}{_TAGS[about]}{own}"] += 1
                    if signed and _SIGNS[about]:
                        counts[sign_mark + own] += _SIGNS[about]
        return counts

    def _plain(self, unit: str, text: str) -> Iterator[str]:
        if unit == "chars":
            text = " ".join(text.split())
            for start, end in _spans(len(text), self.char_ngrams):
                yield text[start:end]
        else:
            words = [word for word in segmenter()(text) if not word.isspace()]
            for start, end in _spans(len(words), self.word_ngrams):
                yield _JOINT.join(words[start:end])

    def _by_clause(self, unit: str, reading: Reading) -> Iterator[tuple[About, bool, str]]:
        """Yield each n-gram of each clause with what it is said of and whether it is negated."""
        for clause in reading.clauses:
            text = reading.text[clause.start : clause.end]
            pieces = list(text) if unit == "chars" else segmenter()(text)
            units, offsets, at = [], [], clause.start
            for piece in pieces:
                if not piece.isspace():
                    units.append(piece)
                    offsets.append(at)
                at += len(piece)
            negated = negated_offsets(reading.marked, clause.start, clause.end)
            joint = "" if unit == "chars" else _JOINT
            lengths = self.char_ngrams if unit == "chars" else self.word_ngrams
            for start, end in _spans(len(units), lengths):
                yield clause.about, offsets[start] in negated, joint.join(units[start:end])

    def feature_of(self, gram: str) -> int:
        r"""Return which of `features` an n-gram is of, by its place there.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "signed chars")).feature_of("\x1c贵")
        1
        """
        marks = [_MARKS[feature] for feature in self.features]
        return marks.index(gram[0] if gram[0] in marks else "")

    def kind(self, gram: str) -> Feature:
        """Return the kind of an n-gram."""
        return self.features[self.feature_of(gram)]

    def shown(self, gram: str) -> str:
        r"""Return an n-gram as people can read it, less the sign of its kind.

        Examples
        --------
        >>> NgramAnalyzer(("chars", "tagged chars")).shown("\x1e+¬贵")
        'target: ¬贵'
        """
        kind = self.kind(gram)
        own = gram.removeprefix(_MARKS[kind])
        if not kind.startswith("tagged"):
            return own
        return f"{next(about for about, tag in _TAGS.items() if tag == own[0])}: {own[1:]}"


def _spans(length: int, lengths: tuple[int, int]) -> Iterator[tuple[int, int]]:
    for n in range(lengths[0], lengths[1] + 1):
        for start in range(length - n + 1):
            yield start, start + n


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
