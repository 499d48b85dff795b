"""Clauses, and what each of them is about.

Stance turns on what is praised or blamed, so a sentence is cut into clauses and each clause is
about the target, its rival, both or neither. A clause that mentions nothing is about what the
clause before it was about.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stanceclf.normalization import Normalizer
from stanceclf.topic import Topic

About = Literal["target", "rival", "both", "neither"]

_CLAUSE = re.compile(r"[^,;:。!?\n\r—…]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a normalised sentence.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    about : str
        ``"target"``, ``"rival"``, ``"both"`` or ``"neither"``.
    """

    start: int
    end: int
    about: About


class ClauseReader:
    """Cut normalised sentences into clauses and tell what each is about.

    Parameters
    ----------
    topic : Topic
        Whose words count as mentions.
    normalize : Normalizer
        Brings the topic's words to the form that sentences come in.

    Attributes
    ----------
    target, rival : str
        Regular expressions that match a mention, for patterns to build on.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> [c.about for c in ClauseReader(topic, Normalizer("", ""))("开源更便宜,也够用,闭源很贵")]
    ['target', 'target', 'rival']
    """

    def __init__(self, topic: Topic, normalize: Normalizer) -> None:
        words = {
            normalize(word): kind
            for kind, words in (
                ("target", topic.target),
                ("rival", topic.rival),
                ("ignore", topic.ignore),
            )
            for word in words
        }
        self._kinds = words
        self._mention = re.compile("|".join(map(whole_word, _longest_first(words))) or r"(?!)")
        self.target = _mention(words, "target")
        self.rival = _mention(words, "rival")

    def __call__(self, sentence: str) -> list[Clause]:
        """Return the clauses of a normalised sentence, in order."""
        mentions = deque(
            (match.start(), kind)
            for match in self._mention.finditer(sentence)
            if (kind := self._kinds[match.group()]) != "ignore"
        )
        clauses: list[Clause] = []
        about: About = "neither"
        for match in _CLAUSE.finditer(sentence):
            kinds = set()
            while mentions and mentions[0][0] < match.end():
                kinds.add(mentions.popleft()[1])
            if len(kinds) == 2:
                about = "both"
            elif "target" in kinds:
                about = "target"
            elif "rival" in kinds:
                about = "rival"
            clauses.append(Clause(match.start(), match.end(), about))
        return clauses


def whole_word(word: str) -> str:
    """Return an expression for a word; where it begins or ends in Latin letters, a whole one.

    Parameters
    ----------
    word : str
        A word in normal form.

    Examples
    --------
    >>> [bool(re.search(whole_word("ai"), text)) for text in ("ai模型", "openai模型")]
    [True, False]
    """
    before = r"(?<![a-z])" if word[:1].isascii() and word[:1].isalpha() else ""
    after = r"(?![a-z])" if word[-1:].isascii() and word[-1:].isalpha() else ""
    return before + re.escape(word) + after


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _mention(words: dict[str, str], kind: str) -> str:
    """Return an expression for one kind's mentions, none of them inside another kind's word."""
    own = _longest_first(word for word in words if words[word] == kind)
    others = _longest_first(word for word in words if words[word] != kind)
    return f"(?:{'|'.join(_guarded(word, others) for word in own) or '(?!)'})"


def _guarded(word: str, others: list[str]) -> str:
    """Return an expression for a word where no other one that holds or overlaps it begins first."""
    guards = []
    for other in others:
        if len(other) > len(word) and other.startswith(word):
            guards.append(f"(?!{whole_word(other)})")
        for at in range(1, len(other)):
            rest = other[at:]
            if rest.startswith(word) or word.startswith(rest):
                before, after = whole_word(other[:at] + "源"), whole_word("源" + rest)
                guards.append(f"(?!(?<={before.removesuffix('源')}){after.removeprefix('源')})")
    return "".join(guards) + whole_word(word)
