"""Explanations of a stance as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stanceclf.io import printable
from stanceclf.rules import OUTCOMES

if TYPE_CHECKING:
    from stanceclf.model import Explanation
    from stanceclf.rules import Match

_COLORS = {"favor": "green", "against": "red"}
# N-grams shown per side.
_SHOWN = 8
# Columns for the names of rules; longer ones are folded.
_NAMES = 24


def explanation_report(explanation: Explanation, labels: Mapping[str, str]) -> Group:
    """Return an explanation, in which stances are called as in `labels`."""
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
    stance, shares = explanation.stance, explanation.probabilities.items()
    yield Text.assemble(
        (_named(stance, labels), f"bold {_COLORS.get(stance, '')}".strip()),
        "  " + " · ".join(f"{labels.get(name, name)} {share:.2f}" for name, share in shares),
    )


def _clauses(explanation: Explanation, _: Mapping[str, str]) -> Iterator[RenderableType]:
    asks = "; the sentence is a question" if explanation.asks else ""
    yield Text(f"What each clause is about{asks}", style="bold")
    for clause in explanation.clauses:
        yield _row(clause.about, 9, printable(clause.text).strip())
    if compared := [one.text for one in explanation.mentions if one.compared_with]:
        yield _row("", 9, f"compared with: {printable('、'.join(compared))}")


def _matches(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    yield Text("What the rules found", style="bold")
    if not explanation.matches:
        yield Text("  nothing", style="dim")
        return
    wide = min(max(cell_len(match.rule) for match in explanation.matches), _NAMES)
    for match in sorted(explanation.matches, key=lambda match: match.outcome != "votes"):
        style = "" if match.outcome == "votes" else "dim"
        yield _row(match.rule, wide, _found(match, labels), style)


def _found(match: Match, labels: Mapping[str, str]) -> str:
    place = f" at {match.start}-{match.end}"
    found = printable(match.text) + place if match.text else "the mentions"
    if (negator := match.negator) is not None:
        found += f", negated by {printable(negator.text)} at {negator.start}-{negator.end}"
    if match.outcome == "votes":
        return f"{found} -> {_named(match.label, labels)}"
    if match.outcome == "vetoed":
        return f"{found} -> no vote"
    about = f", but of: {match.about}" if match.outcome == "elsewhere" else ""
    return f"{found} -> no vote: {OUTCOMES[match.outcome]}{about}"


def _sums(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    names = list(explanation.log_odds)
    yield Text("Log-odds of each stance against the rest", style="bold")
    ngrams = {name: sum(one.adds[name] for one in explanation.features) for name in names}
    rows = {
        "intercept": explanation.intercept,
        "rules": explanation.rules,
        f"{len(explanation.features)} n-grams": ngrams,
        "neighbours": explanation.neighbours,
        "sum": explanation.log_odds,
    }
    if not any(explanation.neighbours.values()):
        del rows["neighbours"]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for name in names:
        table.add_column(Text(labels.get(name, name), style="dim"), justify="right")
    for what, own in rows.items():
        table.add_row(what, *(f"{own[name]:+.3f}" for name in names))
    yield Padding(table, (0, 0, 0, 2))


def _features(explanation: Explanation, labels: Mapping[str, str]) -> Iterator[RenderableType]:
    names = list(explanation.log_odds)
    # For and against, if the model has learnt both.
    both = {"favor", "against"} <= set(names)
    first, second = ("favor", "against") if both else (names * 2)[:2]
    yield Text(
        f"Strongest n-grams: what they add to {labels.get(first, first)} minus "
        f"{labels.get(second, second)}",
        style="bold",
    )
    added = [(one.adds[first] - one.adds[second], one) for one in explanation.features]
    added.sort(key=lambda pair: -round(pair[0], 6))
    for side, own in (
        (first, [pair for pair in added if pair[0] > 0][:_SHOWN]),
        (second, [pair for pair in reversed(added) if pair[0] < 0][:_SHOWN]),
    ):
        shown = "  ".join(
            f"{'signed ' * one.kind.startswith('signed')}{printable(one.ngram)} {value:+.3f}"
            for value, one in own
        )
        name = labels.get(side, side)
        yield _row(name, min(cell_len(name), _NAMES), shown or "none")


def _row(name: str, wide: int, text: str, style: str = "") -> Padding:
    row = Table.grid(padding=(0, 2))
    row.add_column(width=wide, overflow="fold")
    row.add_column(overflow="fold")
    row.add_row(Text(name, style=style), Text(text, style=style))
    return Padding(row, (0, 0, 0, 2))
