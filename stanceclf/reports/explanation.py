"""Explanation reports: an explanation as text, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stanceclf.io import printable
from stanceclf.rules import OUTCOMES

if TYPE_CHECKING:
    from stanceclf.model import Explanation, FeatureWeight
    from stanceclf.rules import Match

_COLORS = {"favor": "green", "against": "red"}
# Where both are told apart, the second speaks for the other side.
_SIDES = ("favor", "against")
_SHOWN = 8
# Longer names of rules are folded.
_NAMES = 24


def explanation_report(explanation: Explanation, labels: Mapping[str, str]) -> Group:
    """Return an explanation for people.

    Parameters
    ----------
    explanation : Explanation
        The explanation.
    labels : mapping of str to str
        How to show each stance.
    """
    parts = (_head, _clauses, _matches, _sums, _features)
    lines = [line for part in parts for line in (*part(explanation, labels), Text(""))]
    return Group(*lines[:-1])


def _named(stance: str, labels: Mapping[str, str]) -> str:
    shown = labels.get(stance, stance)
    return shown if shown == stance else f"{shown} ({stance})"


def _head(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    text = Text(printable(explanation.text), style="bold")
    for mention in explanation.mentions:
        text.stylize("underline", mention.start, mention.end)
    yield text
    shares = explanation.probabilities.items()
    stance = explanation.stance
    yield Text.assemble(
        (_named(stance, labels), f"bold {_COLORS.get(stance, '')}".strip()),
        "  " + " · ".join(f"{labels.get(name, name)} {share:.2f}" for name, share in shares),
    )


def _clauses(explanation: Explanation, _: Mapping[str, str]) -> Iterator[RenderableType]:
    asks = "; it is a question" if explanation.asks else ""
    yield Text(f"What each clause is about{asks}", style="bold")
    compared = [one.text for one in explanation.mentions if one.compared_with]
    for clause in explanation.clauses:
        yield _row(clause.about, 9, printable(clause.text).strip())
    if compared:
        yield _row("", 9, f"compared with: {printable('、'.join(compared))}")


def _matches(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    yield Text("What the rules found", style="bold")
    if not explanation.matches:
        yield Text("  nothing", style="dim")
    wide = max((cell_len(match.rule) for match in explanation.matches), default=0)
    wide = min(wide, _NAMES)
    # What counts first.
    for match in sorted(explanation.matches, key=lambda match: match.outcome != "votes"):
        yield _row(
            match.rule, wide, _told(match, labels), "" if match.outcome == "votes" else "dim"
        )


def _told(match: Match, labels: Mapping[str, str]) -> str:
    found = (
        f"{printable(match.text)} at {match.start}-{match.end}" if match.text else "the mentions"
    )
    negator = match.negator
    said = (
        f", negated by {printable(negator.text)} at {negator.start}-{negator.end}"
        if negator
        else ""
    )
    if match.outcome == "votes":
        return f"{found}{said} -> {_named(match.label, labels)}"
    reason = OUTCOMES[match.outcome]
    if match.outcome == "elsewhere":
        reason += f", but of: {match.about}"
    return f"{found}{said} -> no vote" + ("" if match.outcome == "vetoed" else f": {reason}")


def _sums(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    names = list(explanation.log_odds)
    yield Text("Log-odds of each stance against the rest", style="bold")
    ngrams = {name: sum(one.adds[name] for one in explanation.features) for name in names}
    rows = {
        "start": explanation.intercept,
        "rules": explanation.rules,
        f"{len(explanation.features)} n-grams": ngrams,
        "sum": explanation.log_odds,
    }
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for name in names:
        table.add_column(Text(labels.get(name, name), style="dim"), justify="right")
    for what, own in rows.items():
        table.add_row(what, *(f"{own[name]:+.3f}" for name in names))
    yield Padding(table, (0, 0, 0, 2))


def _features(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    first, second = _sides(explanation)
    yield Text(
        f"Strongest n-grams: what they add to {labels.get(first, first)} less "
        f"{labels.get(second, second)}",
        style="bold",
    )
    added = [(one.adds[first] - one.adds[second], one) for one in explanation.features]
    added.sort(key=lambda pair: -round(pair[0], 6))
    for side, own in (
        (first, [pair for pair in added if pair[0] > 0][:_SHOWN]),
        (second, [pair for pair in reversed(added) if pair[0] < 0][:_SHOWN]),
    ):
        shown = "  ".join(f"{_shown(one)} {value:+.3f}" for value, one in own)
        name = labels.get(side, side)
        yield _row(name, min(cell_len(name), _NAMES), shown or "none")


def _sides(explanation: Explanation) -> Sequence[str]:
    """Return the two stances to compare: the sides taken, if both were learnt."""
    names = list(explanation.log_odds)
    return _SIDES if set(_SIDES) <= set(names) else (names * 2)[:2]


def _shown(feature: FeatureWeight) -> str:
    # The tag says of whom, in front of the n-gram.
    kind = "signed " if feature.kind.startswith("signed") else ""
    return f"{kind}{printable(feature.ngram)}"


def _row(name: str, wide: int, text: str, style: str = "") -> Padding:
    row = Table.grid(padding=(0, 2))
    row.add_column(width=wide, overflow="fold")
    row.add_column(overflow="fold")
    row.add_row(Text(name, style=style), Text(text, style=style))
    return Padding(row, (0, 0, 0, 2))
