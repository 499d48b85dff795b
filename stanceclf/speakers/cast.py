"""The cast of an article: whom it names, their fullest names, and whom a pronoun stands for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from stanceclf.speakers.frames import Frame, find_candidates, find_frames
from stanceclf.speakers.known_names import KnownNames
from stanceclf.speakers.names import (
    LETTERS,
    foreign_names,
    has_function_word,
    is_person,
    people_in_office,
)
from stanceclf.speakers.quotations import level_marks
from stanceclf.speakers.reposts import find_reposts, join_reposts
from stanceclf.speakers.turns import Turn, find_turns

_LATIN = re.compile(rf"[{LETTERS}][{LETTERS}.'’-]+(?: [{LETTERS}][{LETTERS}.'’-]*)+")
_END = re.compile(r"[。!?\n]")
_VERDICT = re.compile(r"(?:显示|指出|称)$")
# Alone, these do not say whose they are.
_WHOSE = {"公司", "方案", "书", "信", "文", "报道", "报导"}
# Names up to this length may stand for longer ones; endings up to the other length identify them.
_SHORT, _ENDING = 4, 12
# How far back an institution's whole name, and a sentence's first name, are looked for.
_BACK, _NEAR = 2000, 300


@dataclass(frozen=True, slots=True)
class LastSpeaker:
    """Who spoke last, and where."""

    speaker: str
    place: int


class Cast:
    """Who speaks in an article, by turns and by frames, and what they are called.

    Attributes
    ----------
    marked : str
        The article in normal form, with its own quotation marks.
    norm : str
        The same with “ and ” for all of them.
    turns : list of Turn
        The turns, in order.
    frames : list of Frame
        The frames outside of turns, in order.

    Examples
    --------
    >>> text = "教授Ion Stoica表示,开源更便宜。Stoica说,他看好开源。"
    >>> cast = Cast(text, str.lower)
    >>> [cast.speaker(frame) for frame in cast.frames]
    ['Ion Stoica', 'Ion Stoica', 'Ion Stoica']
    """

    def __init__(self, text: str, normalize: Callable[[str], str]) -> None:
        self.text, self.marked, self.normalize = text, normalize(text), normalize
        self.norm = norm = level_marks(self.marked)
        self.turns: list[Turn] = []
        self.frames: list[Frame] = []
        self._known = KnownNames(norm)
        # Who was last called by words with an ending.
        self._by_ending: dict[str, str] = {}
        candidates = find_candidates(norm)
        if not candidates and norm.count(":") < 2 and "@" not in norm:
            return
        self._learn(people_in_office(text, norm))
        self._learn(foreign_names(norm))
        self.turns = join_reposts(find_turns(norm, self._known), find_reposts(norm))
        self._learn(turn.name for turn in self.turns if turn.name)
        ends = [0, *(turn.end for turn in self.turns)]
        starts = [turn.start for turn in self.turns]
        outside = [one for one in candidates if ends[bisect_right(starts, one.start)] <= one.start]
        self.frames = list(find_frames(text, norm, outside, self._known))
        new = [span for span in map(_span, self.frames) if self._is_name(norm[slice(*span)])]
        if self._learn(new) and any(self._known.recurs(norm[start:end]) for start, end in new):
            # With what the article calls people elsewhere, more is understood.
            self.frames = list(find_frames(text, norm, outside, self._known))

    def _learn(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Learn the names at some spans; return whether one is new."""
        before = len(self._known)
        for start, end in spans:
            self._known.add(self.norm[start:end], self.text[start:end])
        return len(self._known) > before

    def _is_name(self, name: str) -> bool:
        return is_person(name) or bool(_LATIN.fullmatch(name))

    def speaker(self, frame: Frame, spoke: LastSpeaker | None = None) -> str | None:
        """Return who speaks by a frame, given who spoke before it; None if nobody is named."""
        if frame.subject.kind == "self":
            return None
        if frame.subject.kind in {"pronoun", "empty"}:
            return self.referent(frame.start, spoke)
        called = self.name(_span(frame))
        name: str | None = called
        if frame.subject.kind == "again":
            name = self._again(frame)
        elif self._is_alone(frame, called):
            # 发言人 alone is the one that was mentioned before; 有报道 is a new one.
            name = self._by_ending.get(self.norm[slice(*_span(frame))], called)
        if name:
            for words in (
                self.norm[slice(*frame.words)].rstrip(),
                _VERDICT.sub("", self.norm[frame.start : frame.end]),
                self.normalize(name),
            ):
                for length in range(2, min(len(words), _ENDING) + 1):
                    self._by_ending[words[-length:]] = name
        return name

    def _is_alone(self, frame: Frame, name: str) -> bool:
        new = self.norm.startswith("有", frame.subject.start - 1)
        return frame.subject.kind == "nameless" and len(name) <= _SHORT and not new

    def _again(self, frame: Frame) -> str | None:
        """Return who is meant by 该发言人, or whose paper 报告 is: the last with this ending."""
        called = self.norm[slice(*_span(frame))]
        if called in self._by_ending:
            return self._by_ending[called]
        before = self.norm[frame.words[0] : frame.subject.start].strip()
        if before and (full := self._in_full(called, frame.words[0])):
            return full
        # A paper without an author goes by its own name.
        if called in _WHOSE or before not in ("", "该", "上述"):
            return None
        return self.text[frame.subject.start - len(before) : frame.subject.end]

    def _in_full(self, called: str, place: int) -> str | None:
        """Return what the article called an institution before: 该研究院 by its whole name."""
        found = None
        longer = re.compile(rf"[^\W\d_]{{2,12}}{re.escape(called)}")
        for match in longer.finditer(self.norm, max(place - _BACK, 0), place):
            if not has_function_word(match.group()):
                found = self.text[slice(*match.span())]
        return found

    def name(self, span: tuple[int, int]) -> str:
        """Return the fullest name of the person whom a span of the article names."""
        return self._known.fullest(self.norm[slice(*span)]) or self.text[slice(*span)]

    def referent(self, place: int, spoke: LastSpeaker | None = None) -> str | None:
        """Return whom a pronoun at a place stands for: who spoke or was named last."""
        last = bisect_right(self._starts, place - 1) - 1
        if last < 0:
            return spoke.speaker if spoke else None
        # Of the people in a sentence, it is about the first.
        near = max(self._starts[last] - _NEAR, 0)
        ends = (match.end() for match in _END.finditer(self.norm, near, self._starts[last]))
        begin = max(ends, default=near)
        if spoke and spoke.place >= begin:
            return spoke.speaker
        return self.name(self._mentions[bisect_left(self._starts, begin)])

    def first_named(self, start: int, end: int) -> str | None:
        """Return who is named first between two places, if anybody is."""
        first = bisect_left(self._starts, start)
        if first == len(self._starts) or self._starts[first] >= end:
            return None
        return self.name(self._mentions[first])

    @cached_property
    def _mentions(self) -> list[tuple[int, int]]:
        return list(self._known.find())

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self._mentions]


def _span(frame: Frame) -> tuple[int, int]:
    return frame.subject.start, frame.subject.end
