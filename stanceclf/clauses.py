"""Clauses, and what each of them is about.

Stance turns on what is praised or blamed, so a sentence is cut into clauses and each clause is
about the target, its rival, both or neither. A clause that mentions nothing is about what the
clause before it was about, or, where it only leads up to the next, what that one is about
(论性价比,还是开源); one that names its subject's rival only to compare is about the subject.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from typing import Literal

from stanceclf.comparisons import standards
from stanceclf.mentions import OTHER, Kind, Mention

About = Literal["target", "rival", "both", "neither"]

_CLAUSE = re.compile(r"[^,;:。!?\n\r—…]+")
# 论性价比, 虽然便宜: not a statement yet.
_LEADS_UP = re.compile(
    r"\W*(?:论|虽|尽管|即使|即便|哪怕|就算|固然|在|从|就|对|按|比|随着|由于|因为|如果|若|为了|无论|"
    r"不管|只要|除了|当|凭|靠|既然)"
)


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


def cut_clauses(marked: str, mentions: list[Mention]) -> list[Clause]:
    """Cut a sentence into clauses and tell what each is about.

    Parameters
    ----------
    marked : str
        A normalised sentence with its mentions marked.
    mentions : list of Mention
        The mentions, in order.

    Examples
    --------
    >>> from stanceclf.mentions import MentionFinder, mark
    >>> from stanceclf.topic import Topic
    >>> find = MentionFinder(Topic("开源大模型", ("开源",), ("闭源",)), str.lower)
    >>> def about(text):
    ...     return [clause.about for clause in cut_clauses(mark(text, find(text)), find(text))]
    >>> about("开源更便宜,也够用,闭源很贵"), about("开源比闭源便宜"), about("与闭源相比,成本更低")
    (['target', 'target', 'rival'], ['target'], ['target', 'target'])
    """
    compared_with = standards(marked, mentions)
    waiting = deque(mentions)
    clauses: list[Clause] = []
    about: About = "neither"
    for match in _CLAUSE.finditer(marked):
        subjects: set[Kind] = set()
        others: set[Kind] = set()
        while waiting and waiting[0].start < match.end():
            mention = waiting.popleft()
            (others if mention in compared_with else subjects).add(mention.kind)
        if len(subjects) == 1:
            about = subjects.pop()
        elif subjects or len(others) == 2:
            about = "both"
        elif others:
            about = OTHER[others.pop()]
        clauses.append(Clause(match.start(), match.end(), about))
    return _looking_ahead(marked, clauses)


def _looking_ahead(marked: str, clauses: list[Clause]) -> list[Clause]:
    """Return the clauses, one that opens the sentence and only leads up to the next about it."""
    first = clauses[0] if len(clauses) > 1 else None
    if first is None or first.about != "neither" or not _LEADS_UP.match(marked, first.start):
        return clauses
    return [Clause(first.start, first.end, clauses[1].about), *clauses[1:]]


def clause_at(clauses: list[Clause], at: int) -> Clause:
    """Return the clause that holds an offset; between two clauses, the one before."""
    after = bisect_right(clauses, at, key=lambda clause: clause.start)
    return clauses[after - 1] if after else Clause(0, 0, "neither")
