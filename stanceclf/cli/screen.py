"""What an annotator sees: lines that scroll by, no wider than the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from stanceclf.cli.output import output_text, wants_color
from stanceclf.io import counted, fold, terminal_width
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES, Stance

if TYPE_CHECKING:
    from stanceclf.gold import Candidates, Session

#: The keys that label.
STANCE_KEYS: dict[str, Stance] = dict(zip("fan123", READING_ORDER * 2, strict=True))

_CONTEXT_LINES = 4
# Cyan and magenta: green and red would be hints.
_MENTIONS = {"target": "1;4;36", "rival": "1;4;35"}


class Screen:
    """Texts for an annotator, folded to the width of the terminal; `say` writes them."""

    def __init__(self, session: Session, candidates: Candidates, hints: bool) -> None:
        self._session = session
        self._candidates = candidates
        self._hints = hints
        self._color = wants_color(sys.stdout)
        self._topic = candidates.voter.topic
        self.labels = {stance: self._topic.labels.get(stance, stance) for stance in READING_ORDER}

    def say(self, *parts: str) -> None:
        """Write texts, each on lines of its own."""
        output_text("".join(f"{part}\n" for part in parts), None)

    def keys(self) -> str:
        """Return a list of the keys."""
        labelling = "  ".join(map(" ".join, zip("fan", self.labels.values(), strict=True)))
        return self.folded(f"{labelling}  s skip  u undo  q quit  ? help")

    def help(self) -> str:
        """Return instructions."""
        labelling = "; ".join(
            f"{key} or {number}: {label}" + f" ({stance})" * (label != stance)
            for key, number, (stance, label) in zip("fan", "123", self.labels.items(), strict=True)
        )
        marked = " Underlined: mentions of the target (cyan) and its rival (magenta)."
        return self.folded(
            f"What stance does the sentence marked > take on {self._topic.name}? {labelling}. "
            "s skips to the next, u undoes the last key, q quits; each label is saved immediately."
            + (marked if self._color else "")
        )

    def end(self) -> str:
        """Return what to show when everything is labelled."""
        return self.folded(
            f"-- {self._session.done}/{self._session.total} -- all done: u undo  q quit"
        )

    def saved(self) -> str:
        """Return how many labels were saved where."""
        session = self._session
        then = "" if session.number is None else "; to continue, run the same command"
        return self.folded(
            f"saved {counted(session.labelled, 'label')} in {session.path} "
            f"({sum(session.counts.values())} in total, {session.at_random} of them chosen at "
            f"random, as a test set requires){then}"
        )

    def card(self) -> str:
        """Return the sentence to label with its context."""
        session = self._session
        sentence, (before, after) = session.sentence, session.context
        counts = " · ".join(f"{self.labels[s]} {count}" for s, count in session.counts.items())
        place = f"{sentence.article} · {sentence.start}-{sentence.end}"
        return "\n".join(
            [
                self.folded(f"-- {session.done + 1}/{session.total} -- {counts} --"),
                *(self._paint(line, "2") for line in fold(place, self._width)),
                "",
                *self._around(before, slice(-_CONTEXT_LINES, None)),
                *self._marked(sentence.text),
                *self._around(after, slice(_CONTEXT_LINES)),
                "",
                *(self._paint(line, "2") for line in self._hint_lines()),
                self.keys(),
            ]
        )

    @property
    def _width(self) -> int:
        return max(terminal_width(), 20)

    def folded(self, text: str) -> str:
        """Return text in lines that fit."""
        return "\n".join(line.strip() for line in fold(text, self._width))

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and text else text

    def _around(self, text: str, shown: slice) -> Iterator[str]:
        """Yield the lines of a neighbouring sentence that are next to this one."""
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

    def _hint_lines(self) -> Iterator[str]:
        """Yield the answers of rules and model, if they are asked for."""
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
        lines = [f"rules: {' '.join(votes)} -> {label}" if votes else "rules: no vote"]
        if candidates.probabilities is not None:
            row = dict(zip(STANCES, candidates.probabilities[number], strict=True))
            lines.append(
                "model: " + " · ".join(f"{self.labels[s]} {row[s]:.2f}" for s in READING_ORDER)
            )
        for line in lines:
            yield from fold(line, self._width)
