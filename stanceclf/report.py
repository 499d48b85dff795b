"""Reports: what the stages measured, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    from stanceclf.metrics import Estimate
    from stanceclf.rule_table import RuleRow
    from stanceclf.stages.evaluate import EvaluateResult


def rule_table_report(rows: Sequence[RuleRow]) -> Table:
    """Return the rule table for people; rules that never vote are named below it.

    Parameters
    ----------
    rows : sequence of RuleRow
        A row a rule.
    """
    with_gold = any(row.correct is not None for row in rows)
    silent = ", ".join(row.rule for row in rows if not row.votes)
    caption = "coverage, overlaps, conflicts: the share of sentences on which the rule votes, "
    caption += "another one does too, another one disagrees"
    caption += "; correct, accuracy: of its votes on gold sentences" if with_gold else ""
    caption += f". Never vote: {silent}" if silent else ""
    table = Table(
        title="Rules",
        title_justify="left",
        caption=Text(caption),
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("rule", no_wrap=True)
    table.add_column("polarity", no_wrap=True)
    for name in (
        "coverage",
        "overlaps",
        "conflicts",
        *(["correct", "accuracy"] if with_gold else []),
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        if row.votes:
            shares = (row.coverage, row.overlaps, row.conflicts)
            cells = [row.rule, _POLARITIES.get(row.polarity, row.polarity)]
            cells += [f"{share:.3f}" for share in shares]
            if row.correct is not None and row.incorrect is not None:
                cells.append(f"{row.correct}/{row.correct + row.incorrect}")
                cells.append("" if row.accuracy is None else f"{row.accuracy:.2f}")
            table.add_row(*map(Text, cells))
    return table


# A rule that a negator flips votes either way.
_POLARITIES = {"against/favor": "either"}


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
    table.add_row("F_avg, difference", "", _figure(result.comparison.difference), end_section=True)
    for row in result.articles:
        name = row.article if len(row.article) <= 18 else row.article[:17] + "…"
        table.add_row(f"{name} ({row.sentences})", f"{row.rules:.3f}", f"{row.model:.3f}")
    return table


_EVALUATION_CAPTION = (
    "[low, high]: bootstrap interval over sentences. Model: each sentence predicted by one that "
    "never saw its article. Rules: as written, an abstention counts as none; where they were "
    "written with these articles in view, their figure flatters them. Last rows: F_avg by article."
)


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
