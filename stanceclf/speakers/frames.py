"""Frames: the words that say who speaks (李彦宏表示, 在他看来, 据路透社报道)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from stanceclf.speakers.headings import is_heading
from stanceclf.speakers.known_names import KnownNames
from stanceclf.speakers.names import name_at_start
from stanceclf.speakers.speech_words import (
    AFTER,
    ATTITUDE,
    FIRST,
    NOT_SAID,
    PERHAPS_SAYING,
    SAYING,
    SOURCE,
)
from stanceclf.speakers.subjects import Subject, find_subject

_VERB = re.compile(
    rf"(?=[{FIRST}])(?:(?P<saying>{SAYING})|(?P<attitude>{ATTITUDE})|(?P<perhaps>{PERHAPS_SAYING}))"
)
_Kind = Literal["source", "saying", "attitude", "perhaps", "colon", "comma", "headline"]
# What introduces a quotation, whatever was done before (她有些不好意思:“...), or a headline's words
# (官方:节奏调整).
_MARKS: dict[_Kind, re.Pattern[str]] = {
    "colon": re.compile(r":(?=\s*“)"),
    "comma": re.compile(r",(?=“)"),
    "headline": re.compile(r"(?<![\d:]):(?![\s\d/“])"),
}
_AFTER, _SOURCE = re.compile(AFTER), re.compile(SOURCE)
_NOT_SAID = re.compile(f"(?:{NOT_SAID})$")
_STOP = '【】|#@<>,。;:!?“”"…\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029'
_SENTENCE_END = "。!?;\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# A term in quotation marks, which is part of its clause.
_TERM = re.compile(r"“[^“”。!?]{0,13}[^“”。!?,…~—-]”$")
_OPENING = " ([*"
_IF = re.compile("如果|假如|要是|假设|倘若|假若")
# 老周不服气,说闭源更安全.
_BARE = {"说", "称"}
_ASKED = {"问", "说", "追问", "问道"}
_LONGEST_CLAUSE = 100
# Verbs of speech in half the length of such a clause.
_MAX_VERBS = 8
# How many clauses back the subject of a verb may be.
_CLAUSES = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a frame.

    Attributes
    ----------
    kind : str
        What makes it one: a ``source``, a verb (``saying``, ``attitude``, ``perhaps``), or what
        introduces a quotation (``colon``, ``comma``) or a headline's words (``headline``).
    start, end : int
        Offsets: from the beginning of its clause to where what is said may begin.
    first, last : int
        Offsets of the words that may name the speaker.
    """

    kind: _Kind
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Words that say who speaks.

    Attributes
    ----------
    start, end : int
        Offsets: from the beginning of its clause to what is said.
    subject : Subject
        Who speaks.
    words : (int, int)
        Offsets of all words that may name the speaker.
    comma : bool
        Whether only a comma introduces a quotation, which must then be speech by itself.
    """

    start: int
    end: int
    subject: Subject
    words: tuple[int, int]
    comma: bool = False


def find_candidates(norm: str) -> list[Candidate]:
    """Return what may be frames in a text in normal form, in order.

    Examples
    --------
    >>> norm = "方汉则认为,开源更便宜。"
    >>> [(one.kind, norm[one.first : one.last]) for one in find_candidates(norm)]
    [('saying', '方汉则')]
    """
    found = []
    for match in _SOURCE.finditer(norm):
        first, last = match.span(match.lastgroup or 0)
        found.append(Candidate("source", match.start(), match.end(), first, last))
    crowd: deque[int] = deque(maxlen=_MAX_VERBS)
    for match in _VERB.finditer(norm):
        verb: _Kind = match.lastgroup  # type: ignore[assignment]
        # Nobody writes so many verbs of speech in a row: reading them all would take long.
        crowded = len(crowd) == _MAX_VERBS and match.start() - crowd[0] < _LONGEST_CLAUSE // 2
        crowd.append(match.start())
        if crowded:
            continue
        begin = _clause(norm, match.start())
        found.append(Candidate(verb, begin, match.end(), begin, match.start()))
    for kind, pattern in _MARKS.items():
        for match in pattern.finditer(norm):
            begin = _clause(norm, match.start())
            found.append(Candidate(kind, begin, match.start(), begin, match.start()))
    return sorted(found, key=lambda one: (one.end, one.start))


def find_frames(
    text: str, norm: str, candidates: Iterable[Candidate], known: KnownNames
) -> Iterator[Frame]:
    """Yield the candidates that are frames, in order; `norm` is `text` in normal form.

    Examples
    --------
    >>> line = "不过,昆仑万维CEO方汉向记者表示,开源更便宜。"
    >>> (frame,) = find_frames(line, line.lower(), find_candidates(line.lower()), KnownNames())
    >>> line[frame.subject.start : frame.subject.end]
    '方汉'
    """
    taken = 0
    for one in candidates:
        if one.start < taken and one.end <= taken:
            continue
        if frame := _frame(text, norm, one, known):
            taken = frame.end
            yield frame


def _clause(norm: str, end: int) -> int:
    """Return where the clause begins that ends at a place."""
    depth = 0
    least = max(0, end - _LONGEST_CLAUSE)
    i = end
    while i > least:
        i -= 1
        char = norm[i]
        if char == "”" and (named := _TERM.search(norm, max(least, i - 16), i + 1)):
            before = norm[named.start() - 1 : named.start()]
            if before and before not in _STOP:
                i = named.start()  # 用“超出预期”来形容
                continue
        depth += (char in ")》") - (char in "(《")
        if char in _STOP and (depth <= 0 or char.isspace()):
            i += 1
            break
    while i < end and norm[i].isspace():
        i += 1
    return i


def _frame(text: str, norm: str, one: Candidate, known: KnownNames) -> Frame | None:
    if one.kind == "headline" and is_heading(norm[one.first : one.last].strip(_OPENING)):
        return None
    if _IF.match(norm, one.first) or _is_byline(norm, one):
        return None
    not_said = one.kind != "attitude" and _NOT_SAID.search(norm, one.first, one.last)
    if not_said and norm[one.last : one.end] not in ("认为", "主张", "相信"):
        return None
    stop = one.end
    if one.kind not in _MARKS and (after := _AFTER.match(norm, stop)):
        stop = after.end()
    pointed = (norm[stop : stop + 1] or "。") in ",:“—。"
    # Whoever announces something says it, without a comma as well.
    pointed = pointed or norm[one.last : one.end] == "宣布"
    sure = pointed and one.kind in {"source", "saying", "perhaps"}
    subject = find_subject(text, norm, one.first, one.last, known, sure=sure)
    if subject and subject.kind == "empty":
        if not pointed and one.first == one.last and norm[one.last : one.end] in _BARE:
            told = _earlier(text, norm, one.start, known)
            return Frame(one.start, stop, told, (one.first, one.last)) if told else None
        if one.kind in {"attitude", "headline"} or not (pointed or one.kind == "saying"):
            return None
        subject = _earlier(text, norm, one.start, known) or subject
    elif subject is None and one.kind in {"colon", "comma"}:
        subject = _earlier(text, norm, one.start, known)
    if subject is None or not _fits(norm, one, subject, known, pointed=pointed):
        return None
    return Frame(one.start, stop, subject, (one.first, one.last), comma=one.kind == "comma")


def _is_byline(norm: str, one: Candidate) -> bool:
    """Return whether a verb ends a byline: 本报记者李明报道."""
    byline = norm[one.last : one.end] in {"报道", "报导"}
    return byline and "记者" in norm[one.first : one.last]


def _fits(norm: str, one: Candidate, subject: Subject, known: KnownNames, *, pointed: bool) -> bool:
    """Return whether a subject can speak by a candidate."""
    name = norm[subject.start : subject.end]
    if one.kind == "headline":
        if subject.kind == "name" and subject.end == one.last:
            return name in known or known.recurs(name)
        if subject.kind == "name" and name in known:
            rest = norm[subject.end : one.last]
            return subject.start == one.first and len(rest) <= 12 and not rest.startswith("的")
        whole = subject.start == one.first and subject.end == one.last
        return whole and subject.kind == "nameless"
    if one.kind in {"attitude", "comma"}:
        return subject.kind in {"name", "pronoun", "again"}
    if one.kind == "perhaps" and not pointed:
        adjacent = subject.kind == "nameless" and subject.end == one.last
        return subject.kind in {"pronoun", "again"} or name in known or adjacent
    # The author's own questions are framed, the author's own thoughts are not.
    return subject.kind != "self" or (pointed and norm[one.last : one.end] in _ASKED)


def _earlier(text: str, norm: str, end: int, known: KnownNames) -> Subject | None:
    """Return the subject of a clause before, in the same sentence: 她沉默了一会儿,说:“..."""
    for _ in range(_CLAUSES):
        end -= 1
        while end > 0 and norm[end].isspace() and norm[end] not in _SENTENCE_END:
            end -= 1
        if end <= 0 or norm[end] in _SENTENCE_END or norm[end] not in ",:、;":
            return None
        begin = _clause(norm, end)
        subject = find_subject(text, norm, begin, end, known, sure=False)
        if subject and subject.kind in {"name", "pronoun", "again"}:
            return subject
        if length := name_at_start(norm[begin:end]):
            return Subject("name", begin, begin + length)
        end = begin
    return None
