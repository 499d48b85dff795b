"""Mentions: where a sentence names the target or its rival."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stanceclf.topic import Topic

Kind = Literal["target", "rival"]

#: What stands for each character of a mention in a marked sentence; the two are of Unicode's
#: private use area, and a sentence's own are taken out first.
MARKS: dict[Kind, str] = {"target": "\ue000", "rival": "\ue001"}

OTHER: dict[Kind, Kind] = {"target": "rival", "rival": "target"}

_UNREADABLE = re.compile("[\ue000\ue001\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a sentence names the target or its rival.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    kind : str
        ``"target"`` or ``"rival"``.
    """

    start: int
    end: int
    kind: Kind


class MentionFinder:
    """Find the mentions in normalised sentences; of words that overlap, the first and longest.

    Parameters
    ----------
    topic : Topic
        Whose words count as mentions.
    normalize : callable
        Brings the topic's words to the form that sentences come in.

    Examples
    --------
    >>> topic = Topic("开源大模型", target=("开源",), rival=("非开源",), ignore=("开源中国",))
    >>> find = MentionFinder(topic, str.lower)
    >>> [(m.start, m.kind) for m in find("开源中国说非开源不如开源")]
    [(5, 'rival'), (10, 'target')]
    """

    def __init__(self, topic: Topic, normalize: Callable[[str], str]) -> None:
        kinds: dict[str, Kind | None] = {}
        kinds |= dict.fromkeys(map(normalize, topic.target), "target")
        kinds |= dict.fromkeys(map(normalize, topic.rival), "rival")
        kinds |= dict.fromkeys(map(normalize, topic.ignore))
        self._kinds = kinds
        words = sorted(kinds, key=lambda word: (-len(word), word))
        self._search = re.compile("|".join(map(_whole, words)) or r"(?!)")

    def __call__(self, sentence: str) -> list[Mention]:
        """Return the mentions in a normalised sentence, in order."""
        found = []
        for match in self._search.finditer(sentence):
            kind = self._kinds[match.group()]
            if kind is not None:
                found.append(Mention(match.start(), match.end(), kind))
        return found


def readable(sentence: str) -> str:
    r"""Return a sentence without the marks of mentions and without lone surrogates.

    Examples
    --------
    >>> readable("开源\ue000")
    '开源\ufffd'
    """
    return _UNREADABLE.sub("\ufffd", sentence)


def mark(sentence: str, mentions: list[Mention]) -> str:
    """Return a sentence of the same length in which marks stand for the mentions' characters.

    Examples
    --------
    >>> mark("开源赢了", [Mention(0, 2, "target")]) == MARKS["target"] * 2 + "赢了"
    True
    """
    parts, at = [], 0
    for mention in mentions:
        parts += [sentence[at : mention.start], MARKS[mention.kind] * (mention.end - mention.start)]
        at = mention.end
    return "".join(parts) + sentence[at:]


def cuts_latin_word(sentence: str, start: int, end: int) -> bool:
    """Tell whether a span begins or ends inside a word of Latin letters.

    Examples
    --------
    >>> cuts_latin_word("openai", 4, 6), cuts_latin_word("ai模型", 0, 2)
    (True, False)
    """
    return (start > 0 and _latin(sentence[start - 1]) and _latin(sentence[start])) or (
        end < len(sentence) and _latin(sentence[end - 1]) and _latin(sentence[end])
    )


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _whole(word: str) -> str:
    """Return an expression for a word; where it begins or ends in Latin letters, a whole one."""
    before = "(?<![a-z])" if _latin(word[0]) else ""
    after = "(?![a-z])" if _latin(word[-1]) else ""
    return before + re.escape(word) + after
