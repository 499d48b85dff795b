"""Quotation marks that look the same, or different, when they open and when they close."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile("[\"＂'＇«»‹›„‚“‘]")
_KINDS = {"＂": '"', "＇": "'", "“": "„", "‘": "‚", "»": "«", "›": "‹"}
#: What comes before a mark that opens, even one that is typed the wrong way round.
BEFORE_OPENING = re.compile(r"[:,。!?：，！？、\s(（—]")


def mark_directions(line: str) -> dict[int, bool]:
    r"""Return where the quotation marks of a line open (True) or close (False).

    These are the marks whose form does not tell: straight ones, ``»`` and ``«``, and what follows
    ``„`` and ``‚``. Inches, feet and apostrophes are no quotation marks.

    Examples
    --------
    >>> mark_directions('27"的屏,他说"Meta\'s好。"')
    {8: True, 17: False}
    >>> mark_directions("„开源。“")
    {0: True, 4: False}
    """
    found: dict[int, bool] = {}
    # The mark of each kind that is open, by its first character.
    opened: dict[str, int] = {}
    for match in _MARK.finditer(line):
        mark, here = match.group(), match.start()
        kind = _KINDS.get(mark, mark)
        if kind in opened:
            if kind in "\"'" and _is_apostrophe(line, here):
                continue
            # „ and « are not closed by themselves.
            if kind in "\"'" or mark != line[opened[kind]]:
                found[here] = False
                del opened[kind]
        elif _opens(line, here, mark, kind):
            found[here] = True
            opened[kind] = here
    for kind in opened.keys() & {'"', "'"}:
        _without_measure(line, kind, found)
    return dict(sorted(found.items()))


def _opens(line: str, here: int, mark: str, kind: str) -> bool:
    before = line[here - 1 : here]
    if kind == '"':
        return not _is_digit(before)
    if kind == "'":
        return not (_is_digit(before) or (before.isascii() and before.isalpha()))
    if mark in "»›":
        return not before or bool(BEFORE_OPENING.match(before))
    return mark not in "“‘"


def _is_apostrophe(line: str, here: int) -> bool:
    around = line[max(here - 1, 0) : here], line[here + 1 : here + 2]
    return line[here] in "'＇" and all(one.isascii() and one.isalnum() for one in around)


def _without_measure(line: str, kind: str, found: dict[int, bool]) -> None:
    """Remove the first inch or foot that was taken for the end of a quotation still open."""
    marks = [here for here in found if _KINDS.get(line[here], line[here]) == kind]
    inch = next(_measures(line, marks, found), None)
    if inch is None:
        return
    del found[inch]
    for here in marks[marks.index(inch) + 1 :]:
        found[here] = not found[here]


def _measures(line: str, marks: list[int], found: dict[int, bool]) -> Iterator[int]:
    return (here for here in marks if not found[here] and _is_digit(line[here - 1]))


def _is_digit(character: str) -> bool:
    return character.isdecimal()
