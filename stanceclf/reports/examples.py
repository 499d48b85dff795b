"""Statistics of written examples, and their learning curve, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from stanceclf.io import counted, printable
from stanceclf.labels import READING_ORDER
from stanceclf.reports.tables import figure_cell, figure_table

if TYPE_CHECKING:
    from stanceclf.authoring import ExampleRow
    from stanceclf.evaluation import ExampleCurve

_CAPTION = (
    "reached: share of the examples to which the rules give a label. right: share of these that "
    "get the label they have. What the rules do not reach is what the examples add."
)
_CURVE_CAPTION = (
    "No model has seen the article of a sentence that it predicts, nor examples that come close "
    "to it. gain: F_avg minus that without examples, on the same sentences."
)


def example_report(rows: Sequence[ExampleRow]) -> Group:
    """Return the examples by argument and label, and at the end all of each label."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("about", overflow="fold")
    table.add_column("label", no_wrap=True)
    for name in ("examples", "reached", "right"):
        table.add_column(name, justify="right", no_wrap=True)
    before: str | None = ""
    for row in rows:
        about = "" if row.about == before else printable(row.about or "-")
        before = row.about
        table.add_row(Text(about), row.label, *_cells(row.examples, row.reached, row.right))
    for number, stance in enumerate(READING_ORDER):
        own = [row for row in rows if row.label == stance]
        sums = (sum(getattr(row, name) for row in own) for name in ("examples", "reached", "right"))
        table.add_row("" if number else "all", stance, *_cells(*sums))
    return Group(table, "", Text(_CAPTION, style="dim"))


def _cells(examples: int, reached: int, right: int) -> tuple[str, str, str]:
    coverage = f"{reached / examples:.0%}" if examples else "-"
    return str(examples), coverage, f"{right / reached:.0%}" if reached else "-"


def curve_report(curve: ExampleCurve) -> Group:
    """Return the learning curve as a table, and what it was scored on."""
    counts = " · ".join(f"{stance} {count}" for stance, count in curve.gold.items())
    scored = counted(sum(curve.gold.values()), "labelled sentence")
    table = figure_table("examples", "F_avg [low, high]", "gain [low, high]", "macro-F1")
    for point in curve.points:
        gain = figure_cell(point.gain, "+") if point.examples else ""
        macro = f"{point.macro_f1.value:.3f}"
        table.add_row(str(point.examples), figure_cell(point.f_avg), gain, macro)
    intervals = (
        f"[low, high]: {100 * curve.confidence:.4g} % bootstrap interval over articles."
        if curve.no_interval is None
        else f"No intervals: {curve.no_interval}."
    )
    return Group(
        Text(f"{scored} from {counted(curve.articles, 'article')}: {counts}"),
        "",
        table,
        "",
        Text(f"{intervals} {_CURVE_CAPTION}", style="dim"),
    )
