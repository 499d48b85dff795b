"""Rule table and evaluation as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    from stanceclf.authoring import RuleRow
    from stanceclf.evaluation import Estimate, Evaluation, Scores
    from stanceclf.labels import Stance


class _Column(NamedTuple):
    """A column of the rule table, what its share counts, and the terminal width that it needs."""

    name: str
    says: str
    cell: Callable[[RuleRow], str]
    least: int = 0
    of_gold: bool = False


def _accuracy(row: RuleRow) -> str:
    return "" if row.accuracy is None else f"{row.accuracy:.0%}"


def _interval(row: RuleRow) -> str:
    if row.low is None or row.high is None:
        return ""
    return f"[{100 * row.low:.0f},{100 * row.high:.0f}]"


# A rule that a negator flips votes either way.
_POLARITIES = {"against/favor": "either"}

_COLUMNS = (
    _Column("polarity", "", lambda row: _POLARITIES.get(row.polarity, row.polarity), 75),
    _Column("votes", "", lambda row: str(row.votes), 97),
    _Column("coverage", "the rule votes", lambda row: f"{row.coverage:.3f}"),
    _Column("unique", "only this rule does", lambda row: f"{row.unique:.3f}", 75),
    _Column("overlaps", "others vote too", lambda row: f"{row.overlaps:.3f}", 97),
    _Column("conflicts", "others disagree", lambda row: f"{row.conflicts:.3f}"),
    _Column("correct", "", lambda row: f"{row.correct}/{row.on_gold}", of_gold=True),
    _Column("accuracy", "", _accuracy, of_gold=True),
    _Column("[95 %]", "", _interval, 75, of_gold=True),
    _Column("wrong", "", lambda row: f"{row.likely_wrong:.1f}", 97),
)


def rule_table_report(rows: Sequence[RuleRow], title: str = "Rules", width: int = 100) -> Table:
    """Return the rule table in the order of `rows`; rules that never vote are named below it.

    A terminal of fewer than 97 columns gets fewer columns.
    """
    with_gold = any(row.correct is not None for row in rows)
    columns = [c for c in _COLUMNS if width >= c.least and (with_gold or not c.of_gold)]
    shares = [column for column in columns if column.says]
    names = ", ".join(column.name for column in shares)
    caption = f"{names}: share of sentences on which {', '.join(c.says for c in shares)}"
    caption += "; correct, accuracy: of its votes on gold sentences" if with_gold else ""
    if columns[-1].name == "wrong":
        source = "gold labels" if with_gold else "conflicts"
        caption += f"; wrong: estimated number of its wrong votes, from {source}"
    silent = ", ".join(row.rule for row in rows if not row.votes)
    caption += f". Never vote: {silent}" if silent else ""
    table = Table(
        title=Text(title),
        title_justify="left",
        caption=Text(caption),
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("rule", no_wrap=True)
    for column in columns:
        justify: Literal["left", "right"] = "left" if column.name == "polarity" else "right"
        table.add_column(Text(column.name), justify=justify, no_wrap=True)
    for row in rows:
        if row.votes:
            table.add_row(Text(row.rule), *(Text(column.cell(row)) for column in columns))
    return table


_SYSTEMS = {
    "rules": "rules alone",
    "plain": "plain TF-IDF",
    "snorkel": "Snorkel",
    "alone": "model, sentences alone",
    "model": "model",
}
_LABEL_MODELS = {
    "snorkel": "Snorkel's label model",
    "dawid-skene": "Dawid and Skene's label model, since Snorkel is not installed",
}
_EVALUATION_CAPTION = (
    "[low, high]: bootstrap interval over articles. No model has seen the article of a sentence "
    "that it predicts. Rules alone: abstaining counts as none; if they were written with these "
    "articles in view, they score better here than elsewhere. Plain TF-IDF: character n-grams, "
    "learnt from the weak labels. Snorkel: the same, learnt from the votes by {label_model}. "
    "Masked: without the words that rules match; what it still gets right goes beyond the rules."
)
# Columns for the table of systems with all stances, and for a figure like -0.058 [-0.096, -0.021].
_WIDE_SYSTEMS, _INTERVAL = 76, 23


def evaluation_report(result: Evaluation, width: int = 100) -> Group:
    """Return the evaluation: systems side by side, scores by article.

    A terminal of fewer than 76 columns gets the stances in a table of their own.
    """
    gold = " · ".join(f"{stance} {count}" for stance, count in result.gold.items())
    tables = [_articles_table(result)]
    if width >= _WIDE_SYSTEMS:
        tables.insert(0, _systems_table(result))
    else:
        tables[:0] = [_systems_table(result, ()), _stances_table(result)]
    return Group(
        Text(f"Gold: {sum(result.gold.values())} sentences ({gold})"),
        *(part for table in tables for part in ("", table)),
        "",
        Text(_kappa_line(result)),
        Text(_EVALUATION_CAPTION.format(label_model=_LABEL_MODELS[result.snorkel]), style="dim"),
    )


def figure_table(*columns: str) -> Table:
    """Return an empty table whose first column has names and the others figures.

    A column with ``[`` in its name is wide enough for a figure with its interval.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, name in enumerate(columns):
        justify: Literal["right", "left"] = "right" if index else "left"
        # On a narrow terminal names are folded, figures are never cut.
        least = max(len(name), _INTERVAL if "[" in name else 0) if index else None
        table.add_column(
            Text(name),
            justify=justify,
            no_wrap=index > 0,
            overflow="fold",
            min_width=least,
            max_width=40,
        )
    return table


def _scores(result: Evaluation) -> dict[str, Scores]:
    rows = {_SYSTEMS[name]: own for name, own in result.comparison.scores.items()}
    return rows | {"model, masked": result.masked}


def _stances_table(result: Evaluation) -> Table:
    table = figure_table("F1", *READING_ORDER)
    for name, own in _scores(result).items():
        table.add_row(name, *(f"{own.stances[stance].f1.value:.3f}" for stance in READING_ORDER))
    return table


def _systems_table(result: Evaluation, stances: Sequence[Stance] = READING_ORDER) -> Table:
    table = figure_table("F1", "F_avg [low, high]", "macro-F1", *stances)
    for name, own in _scores(result).items():
        figures = [own.macro_f1, *(own.stances[stance].f1 for stance in stances)]
        cells = (f"{figure.value:.3f}" for figure in figures)
        table.add_row(name, figure_cell(own.f_avg), *cells, style="bold" if name == "model" else "")
    for name, difference in result.comparison.differences.items():
        table.add_row(f"model - {_SYSTEMS[name]}", figure_cell(difference.f_avg, "+"))
    return table


def _articles_table(result: Evaluation) -> Table:
    table = figure_table("F_avg by article", "sentences", "rules alone", "model")
    for row in result.articles:
        scores = (f"{row.rules:.3f}", f"{row.model:.3f}")
        table.add_row(Text(row.article), str(row.sentences), *scores)
    return table


def _kappa_line(result: Evaluation) -> str:
    kappa = result.kappa
    labelled, every = (
        "undefined" if figure is None else f"{figure:.3f}"
        for figure in (kappa.labelled, kappa.abstain_as_none)
    )
    return (
        f"Weak labels against gold: coverage {kappa.coverage:.3f}, Cohen's kappa {labelled}; "
        f"{every} with abstentions as none."
    )


def figure_cell(estimate: Estimate, sign: str = "") -> str:
    """Return a figure with its interval, or with ``[-]`` if there is none."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:{sign}.3f} [-]"
    figures = (f"{figure:{sign}.3f}" for figure in (estimate.value, estimate.low, estimate.high))
    return "{} [{}, {}]".format(*figures)
