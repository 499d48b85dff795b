"""The cast of an article: whom it names, at fullest, and for whom a pronoun stands."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from stanceclf.speakers.frames import Candidate, Frame, find_candidates, find_frames
from stanceclf.speakers.known_names import KnownNames
from stanceclf.speakers.names import foreign_names, has_function_word, is_person, people_in_office
from stanceclf.speakers.turns import Turn, find_turns

_LATIN = re.compile(r"[a-z][a-z.'’-]+(?: [a-z][a-z.'’-]*)+")
_END = re.compile(r"[。!?\n]")
_VERDICT = re.compile(r"(?:显示|指出|称)$")
# These alone tell nothing of whose they are.
_WHOSE = {"公司", "方案", "书", "信", "文", "报道"}
# Nameless words so short may stand for longer ones, and such an ending is enough to know them by.
_SHORT, _ENDING = 4, 12
# So far back an institution's whole name is looked for.
_BACK = 2000
# So far back a sentence's first name is looked for.
_NEAR = 300


@dataclass(frozen=True, slots=True)
class Spoke:
    """Who spoke, and where."""

    speaker: str
    place: int


class Cast:
    """Who speaks in an article, by turns and by frames, and what they are called.

    Parameters
    ----------
    text : str
        The article.
    normalize : callable
        Brings a text to normal form, character by character.

    Attributes
    ----------
    norm : str
        The article in normal form.
    turns : list of Turn
        Who has the word, in order.
    frames : list of Frame
        What says outside of turns who speaks, in order.

    Examples
    --------
    >>> text = "教授Ion Stoica表示,开源更便宜。Stoica说,他看好开源。"
    >>> cast = Cast(text, str.lower)
    >>> [cast.speaker(frame) for frame in cast.frames]
    ['Ion Stoica', 'Ion Stoica', 'Ion Stoica']
    """

    def __init__(self, text: str, normalize: Callable[[str], str]) -> None:
        self.text, self.norm, self.normalize = text, normalize(text), normalize
        norm = self.norm
        self.turns: list[Turn] = []
        self.frames: list[Frame] = []
        self._known = KnownNames(norm)
        # Who was told of last, by how the words for him ended.
        self._told: dict[str, str] = {}
        candidates = find_candidates(norm)
        if not candidates and norm.count(":") < 2:
            return
        self._learn(people_in_office(text, norm))
        self._learn(foreign_names(norm))
        self.turns = find_turns(norm, self._known)
        self._learn(turn.name for turn in self.turns if turn.name)
        candidates = self._outside_turns(candidates)
        self.frames = list(find_frames(text, norm, candidates, self._known))
        new = [span for span in map(_span, self.frames) if self._is_name(span)]
        if self._learn(new) and any(self._known.recurs(norm[start:end]) for start, end in new):
            # With what the article calls people elsewhere, more is understood.
            self.frames = list(find_frames(text, norm, candidates, self._known))

    def _learn(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Learn the names at some places, and tell whether one is new."""
        before = len(self._known)
        for start, end in spans:
            self._known.add(self.norm[start:end], self.text[start:end])
        return len(self._known) > before

    def _is_name(self, span: tuple[int, int]) -> bool:
        name = self.norm[slice(*span)]
        return is_person(name) or bool(_LATIN.fullmatch(name))

    def _outside_turns(self, candidates: list[Candidate]) -> list[Candidate]:
        ends = [0, *(turn.end for turn in self.turns)]
        starts = [turn.start for turn in self.turns]
        return [one for one in candidates if ends[bisect_right(starts, one.start)] <= one.start]

    def speaker(self, frame: Frame, spoke: Spoke | None = None) -> str | None:
        """Return who speaks by a frame, None where nobody is named that it could be.

        Parameters
        ----------
        frame : Frame
            The frame.
        spoke : Spoke, optional
            Who spoke last before it.
        """
        if frame.subject.kind == "self":
            return None
        if frame.subject.kind in {"pronoun", "empty"}:
            return self.before(frame.start, spoke)
        name: str | None = self.name(_span(frame))
        if frame.subject.kind == "again":
            name = self._again(frame)
        elif frame.subject.kind == "nameless" and name and len(name) <= _SHORT:
            # 发言人 alone is the one that was told of before.
            name = self._told.get(self.norm[slice(*_span(frame))], name)
        if name:
            for words in (
                self.norm[slice(*frame.words)].rstrip(),
                _VERDICT.sub("", self.norm[frame.start : frame.end]),
                self.normalize(name),
            ):
                self._told |= {words[-n:]: name for n in range(2, min(len(words), _ENDING) + 1)}
        return name

    def _again(self, frame: Frame) -> str | None:
        """Return who is meant by 该发言人, or whose paper 报告 is: the last that ended so."""
        called = self.norm[slice(*_span(frame))]
        if called in self._told:
            return self._told[called]
        before = self.norm[frame.words[0] : frame.subject.start].strip()
        if before and (full := self._in_full(called, frame.words[0])):
            return full
        # Of a paper that nobody was told to have written, its own name is what there is.
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
        """Return what the one is called at fullest whom a span of the article names."""
        return self._known.fullest(self.norm[slice(*span)]) or self.text[slice(*span)]

    def before(self, place: int, spoke: Spoke | None = None) -> str | None:
        """Return the one whom a pronoun at some place stands for: who spoke or was named last."""
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

    def mentioned(self, start: int, end: int) -> str | None:
        """Return who is named first between two places, if anybody is."""
        first = bisect_left(self._starts, start)
        if first == len(self._starts) or self._starts[first] >= end:
            return None
        return self.name(self._mentions[first])

    @cached_property
    def _mentions(self) -> list[tuple[int, int]]:
        """Where anybody is named."""
        return list(self._known.find())

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self._mentions]


def _span(frame: Frame) -> tuple[int, int]:
    return frame.subject.start, frame.subject.end
