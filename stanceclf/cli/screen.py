"""The screen of an annotator: lines that scroll by, no wider than the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from stanceclf.cli.output import write_text
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES, Stance

if TYPE_CHECKING:
    from stanceclf.gold import Candidates, Session

#: The keys that label.
KEYS: dict[str, Stance] = dict(zip("fan123", READING_ORDER * 2, strict=True))

# Lines are folded neither in a Latin word nor before what closes.
_PIECE = re.compile(r"(?:[!-~]+|.)[，。！？；：、”’」』）〕］】》〉…]*", re.DOTALL)
_CONTEXT_LINES = 4
# Target and rival: cyan and magenta, for green and red would be hints.
_MENTIONS = {"target": "1;4;36", "rival": "1;4;35"}


class Screen:
    """What an annotator sees; each method but `say` returns lines that are folded already.

    Parameters
    ----------
    session : Session
        The session.
    candidates : Candidates
        What the sentences are chosen from.
    hints : bool
        Whether to show what rules and model say.
    """

    def __init__(self, session: Session, candidates: Candidates, hints: bool) -> None:
        self._session = session
        self._candidates = candidates
        self._hints = hints
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in {"", "dumb"}
        self._color = not plain
        topic = candidates.voter.topic
        self._topic = topic
        self.labels = {stance: topic.labels.get(stance, stance) for stance in READING_ORDER}

    def say(self, *parts: str) -> None:
        """Write lines."""
        write_text("".join(f"{part}\n" for part in parts), None)

    def line(self, text: str) -> str:
        """Return text that may hold what a topic or a person wrote."""
        return self._lines(text)

    def keys(self) -> str:
        """Return what keys there are."""
        labelling = "  ".join(f"{key} {self.labels[KEYS[key]]}" for key in "fan")
        return self._lines(f"{labelling}  s skip  u undo  q quit  ? help")

    def help(self) -> str:
        """Return how to label."""
        labelling = "; ".join(
            f"{key} or {number}: {self.labels[KEYS[key]]}"
            + f" ({KEYS[key]})" * (self.labels[KEYS[key]] != KEYS[key])
            for key, number in zip("fan", "123", strict=True)
        )
        marked = " Underlined: mentions of the target (cyan) and its rival (magenta)."
        return self._lines(
            f"What stance does the sentence marked > take on {self._topic.name}? {labelling}. "
            "s skips to the next, u undoes the last key, q quits; every label is saved at once."
            + marked
            * self._color
        )

    def end(self) -> str:
        """Return what to show when all is done."""
        return self._lines(
            f"-- {self._session.done}/{self._session.total} -- all done: u undo  q quit"
        )

    def saved(self) -> str:
        """Return where the labels are."""
        session, count = self._session, self._session.labelled
        return self._lines(
            f"saved: {count} label{'s' * (count != 1)} in {session.path} "
            f"({sum(session.counts.values())} in all, {session.at_random} of them chosen at "
            "random: these tell how good a model is)"
            + "; go on with the same command"
            * (session.number is not None)
        )

    def card(self) -> str:
        """Return the sentence to label, and what stands around it."""
        session = self._session
        sentence, (before, after) = session.sentence, session.context
        counts = " · ".join(f"{self.labels[s]} {count}" for s, count in session.counts.items())
        place = f"{sentence.article} · {sentence.start}-{sentence.end}"
        return "\n".join(
            [
                self._lines(f"-- {session.done + 1}/{session.total} -- {counts} --"),
                *(self._paint(line, "2") for line in fold(place, self._width)),
                "",
                *self._around(before, slice(-_CONTEXT_LINES, None)),
                *self._marked(sentence.text),
                *self._around(after, slice(_CONTEXT_LINES)),
                "",
                *(self._paint(line, "2") for line in self._told()),
                self.keys(),
            ]
        )

    @property
    def _width(self) -> int:
        from stanceclf.io import terminal_width

        return max(terminal_width(), 20)

    def _lines(self, text: str) -> str:
        return "\n".join(line.strip() for line in fold(text, self._width))

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and text else text

    def _around(self, text: str, shown: slice) -> Iterator[str]:
        """Yield the lines of a neighbour that are near the sentence."""
        for line in fold(text, self._width - 2)[shown]:
            yield self._paint(f"  {line}", "2")

    def _marked(self, text: str) -> Iterator[str]:
        """Yield the sentence's lines with its mentions underlined."""
        codes = ["1"] * len(text)
        for mention in self._candidates.voter.reader(text).mentions:
            codes[mention.start : mention.end] = [_MENTIONS[mention.kind]] * (
                mention.end - mention.start
            )
        at = 0
        for line in fold(text, self._width - 2):
            parts = groupby(zip(line, codes[at:], strict=False), lambda pair: pair[1])
            styled = (self._paint("".join(c for c, _ in part), code) for code, part in parts)
            yield ("  " if at else "> ") + "".join(styled)
            at += len(line)

    def _told(self) -> Iterator[str]:
        """Yield what rules and model say of the sentence, if that is asked for."""
        number, candidates = self._session.number, self._candidates
        if not self._hints or number is None:
            return
        votes = [
            f"{name}={self.labels[STANCES[vote]]}"
            for name, vote in zip(candidates.voter.names, candidates.votes[number], strict=True)
            if vote != ABSTAIN
        ]
        weak = candidates.weak[number]
        label = self.labels[weak] if weak else "no label"
        told = [f"rules: {' '.join(votes)} -> {label}" if votes else "rules: none votes"]
        if candidates.probabilities is not None:
            row = dict(zip(STANCES, candidates.probabilities[number], strict=True))
            told.append(
                "model: " + " · ".join(f"{self.labels[s]} {row[s]:.2f}" for s in READING_ORDER)
            )
        for line in told:
            yield from fold(line, self._width)


def fold(text: str, width: int) -> list[str]:
    """Return text as lines of so many columns, each character in its place; none are controls.

    Examples
    --------
    >>> fold("DeepSeek便宜，开源。", 12)  # 标点不在行首
    ['DeepSeek便', '宜，开源。']
    """
    from rich.cells import cell_len, chop_cells

    from stanceclf.io import printable

    lines, taken = [""], 0
    for piece in _PIECE.findall(printable(text)):
        for part in chop_cells(piece, width) if cell_len(piece) > width else [piece]:
            size = cell_len(part)
            if taken + size > width:
                lines.append("")
                taken = 0
            lines[-1] += part
            taken += size
    return lines if lines[0] else []
