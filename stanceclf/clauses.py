"""Clauses, and what each of them is about.

Stance turns on what is praised or blamed, so a sentence is cut into clauses and each clause is
about the target, its rival, both or neither. A clause that mentions nothing is about what the
clause before it was about.
"""

from __future__ import annotations

import re
from collections import deque
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
        self._mention = re.compile(_any_of(words))
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


def _any_of(words: dict[str, str]) -> str:
    """Return an expression for the longest of some words; Latin ones only as whole words."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(map(_whole, longest_first)) or r"(?!)"


def _whole(word: str) -> str:
    before = r"(?<![a-z])" if word[:1].isascii() and word[:1].isalpha() else ""
    after = r"(?![a-z])" if word[-1:].isascii() and word[-1:].isalpha() else ""
    return before + re.escape(word) + after


def _mention(words: dict[str, str], kind: str) -> str:
    """Return an expression for one kind's mentions, none of them inside a longer word."""
    own = {word: k for word, k in words.items() if k == kind}
    holders = {
        word: k for word, k in words.items() if k != kind and any(part in word for part in own)
    }
    if not own:
        return r"(?!)"
    if not holders:
        return f"(?:{_any_of(own)})"
    guards = []
    for holder in sorted(holders):
        for part in sorted(own):
            at = holder.find(part)
            if at == 0:
                guards.append(f"(?!{re.escape(holder)})")
            elif at > 0:
                before, after = re.escape(holder[:at]), re.escape(holder[at:])
                guards.append(f"(?!(?<={before}){after})")
    return f"(?:{''.join(sorted(set(guards)))}(?:{_any_of(own)}))"
