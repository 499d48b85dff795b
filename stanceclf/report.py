"""Reports: what the stages measured, as tables for people."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    from rich.console import RenderableType

    from stanceclf.metrics import Estimate
    from stanceclf.rule_table import RuleRow
    from stanceclf.stages.evaluate import EvaluateResult


def render(what: RenderableType, width: int, color: bool = False) -> str:
    """Return a table as text.

    Parameters
    ----------
    what : rich renderable
        The table.
    width : int
        How many columns it may take; a Chinese character takes two.
    color : bool, default False
        Whether to use a terminal's colours.
    """
    text = io.StringIO()
    console = Console(
        file=text, width=width, force_terminal=color, no_color=not color, legacy_windows=False
    )
    console.print(what)
    return text.getvalue()


def rule_table_report(rows: Sequence[RuleRow]) -> Table:
    """Return the rule table for people: shares of all sentences, and accuracy on gold.

    Parameters
    ----------
    rows : sequence of RuleRow
        A row a rule.
    """
    table = Table(
        title="Rules", title_justify="left", caption=Text(_RULE_CAPTION), caption_justify="left"
    )
    table.add_column("rule", overflow="fold")
    table.add_column("polarity", overflow="fold")
    for name in ("cover", "overlap", "conflict", "right", "wrong", "acc"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            Text(row.rule),
            row.polarity,
            *(f"{share:.3f}" for share in (row.coverage, row.overlaps, row.conflicts)),
            *("" if count is None else str(count) for count in (row.correct, row.incorrect)),
            "" if row.accuracy is None else f"{row.accuracy:.2f}",
        )
    return table


_RULE_CAPTION = (
    "cover, overlap, conflict: the share of sentences on which the rule votes, another one does "
    "too, another one disagrees; right, wrong, acc: its votes on gold sentences"
)


def evaluation_report(result: EvaluateResult) -> Table:
    """Return the evaluation for people: rules and model side by side, with intervals.

    Parameters
    ----------
    result : EvaluateResult
        What the stage ``evaluate`` measured.
    """
    gold = " · ".join(f"{stance} {count}" for stance, count in result.gold.items())
    table = Table(
        title=f"Gold: {sum(result.gold.values())} sentences ({gold})",
        title_justify="left",
        caption=Text(_EVALUATION_CAPTION),
        caption_justify="left",
    )
    for name in ("", "rules alone", "model"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    rules, model = result.comparison.rules, result.comparison.model
    table.add_row("F_avg", _figure(rules.f_avg), _figure(model.f_avg), style="bold")
    table.add_row("macro-F1", _figure(rules.macro_f1), _figure(model.macro_f1), end_section=True)
    for stance in READING_ORDER:
        for name in ("precision", "recall", "f1"):
            table.add_row(
                f"{stance} {name}",
                _figure(getattr(rules.stances[stance], name)),
                _figure(getattr(model.stances[stance], name)),
                end_section=name == "f1",
            )
    table.add_row(
        "model - rules, F_avg", "", _figure(result.comparison.difference), end_section=True
    )
    for row in result.articles:
        name = row.article if len(row.article) <= 24 else row.article[:23] + "…"
        table.add_row(f"{name} ({row.sentences})", f"{row.rules:.3f}", f"{row.model:.3f}")
    return table


_EVALUATION_CAPTION = (
    "[low, high]: bootstrap interval over sentences. Model: each sentence predicted by one that "
    "never saw its article. Rules: as written, an abstention counts as none; where they were "
    "written with these articles in view, their figure flatters them. Last rows: F_avg by article."
)


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
