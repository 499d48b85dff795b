"""Scores on labelled sentences as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from stanceclf.io import counted, fold, printable, render
from stanceclf.labels import READING_ORDER
from stanceclf.reports.tables import figure_cell, figure_table

if TYPE_CHECKING:
    from stanceclf.evaluation import Calibration, Score, WorstError

_NAMES = {
    "model": "model",
    "rules": "rules alone",
    "alone": "sentence alone",
    "other": "other model",
}
# Columns for two systems and their difference, all with intervals.
_WIDE = 80
# With fewer articles, the percentile bootstrap is known to be too narrow.
_FEW_ARTICLES = 20


def score_report(result: Score, width: int, shown: int) -> Iterator[str]:
    """Yield the lines of a score; at most `shown` articles are listed."""
    parts = (
        _head(result, width),
        *(_comparison(result, other, width) for other in result.comparison.differences),
        *(_stances(result, system, width) for system in result.comparison.scores),
        _articles(result, width, shown),
        _calibration(result, width),
        _worst(result, width),
    )
    for part in parts:
        if lines := [*part]:
            yield from ("", *lines) if part is not parts[0] else lines


def _head(result: Score, width: int) -> Iterator[str]:
    counts = " · ".join(f"{stance} {count}" for stance, count in result.gold.items())
    articles = len(result.articles)
    sentences = counted(sum(result.gold.values()), "labelled sentence")
    yield from _folded(f"{sentences} from {counted(articles, 'article')}: {counts}", width)
    for note in _notes(result, articles):
        yield from _folded(note, width)


def _notes(result: Score, articles: int) -> Iterator[str]:
    if result.no_interval:
        yield f"No intervals: {result.no_interval}."
    else:
        few = f" {articles} articles are few: it is rough, and rather too narrow."
        yield (
            f"[low, high]: {100 * result.confidence:.4g} % bootstrap interval over articles."
            f"{few * (articles < _FEW_ARTICLES)}"
        )
    if missing := [stance for stance, count in result.gold.items() if not count]:
        yield f"No sentence is labelled {' or '.join(missing)}, so its F1 counts as 0."
    if result.chosen:
        yield (
            f"Not chosen at random: {counted(result.chosen, 'sentence')}. The scores are not those "
            "of all sentences."
        )
    yield (
        f"Rules alone: they give {result.coverage:.0%} of the sentences a label; the others count "
        "as none."
    )
    if "alone" in result.comparison.scores:
        yield (
            "Model: in view of the sentences around each, as `stanceclf predict` reads articles. "
            "Sentence alone: the model without them, as `predict([...])` has it."
        )


def _comparison(result: Score, other: str, width: int) -> Iterator[str]:
    """Yield the table of the model and what it is compared with."""
    scores, difference = result.comparison.scores, result.comparison.differences[other]
    rows = {
        name: (
            figure_cell(getattr(scores["model"], key)),
            figure_cell(getattr(scores[other], key)),
            figure_cell(getattr(difference, key), "+"),
        )
        for name, key in (("F_avg", "f_avg"), ("macro-F1", "macro_f1"), ("accuracy", "accuracy"))
    }
    columns = [_NAMES["model"], _NAMES[other], f"model - {other}"]
    groups = [[0, 1, 2]] if width >= _WIDE else [[0], [1], [2]]
    for number, group in enumerate(groups):
        table = figure_table("", *(columns[column] for column in group))
        for name, cells in rows.items():
            table.add_row(name, *(cells[column] for column in group))
        yield from _lines(table, width, number)


def _stances(result: Score, system: str, width: int) -> Iterator[str]:
    """Yield the table of a system's scores for each stance, and of what it calls them."""
    scores = result.comparison.scores[system]
    table = figure_table(
        _NAMES[system], "labelled", "precision", "recall", "F1", *(f"-> {s}" for s in READING_ORDER)
    )
    for stance in READING_ORDER:
        own = scores.stances[stance]
        figures = (own.precision, own.recall, own.f1)
        table.add_row(
            stance,
            str(result.gold[stance]),
            *(f"{figure.value:.3f}" for figure in figures),
            *(str(scores.confusion[stance][said]) for said in READING_ORDER),
        )
    yield from _lines(table, width)


def _articles(result: Score, width: int, shown: int) -> Iterator[str]:
    listed = result.articles[:shown]
    # Accuracy on a single sentence says nothing that the other tables do not.
    if not listed or all(one.sentences == 1 for one in result.articles):
        return
    table = figure_table("accuracy, the worst articles first", "sentences", "rules alone", "model")
    for one in listed:
        figures = f"{one.rules:.3f}", f"{one.model:.3f}"
        table.add_row(Text(printable(one.article)), str(one.sentences), *figures)
    yield from _lines(table, width)
    if more := len(result.articles) - len(listed):
        yield f"and {counted(more, 'more article')}; `--format json` lists all"


def _calibration(result: Score, width: int) -> Iterator[str]:
    every, sided = result.calibration, result.calibration_of_stances
    table = figure_table(
        "probability", *("sentences", "mean p", "right"), *("favor/against", "mean p", "right")
    )
    by_end = {one.high: one for one in sided.bins}
    for one in every.bins:
        own = by_end.get(one.high)
        table.add_row(
            f"{one.low:.1f} to {one.high:.1f}",
            str(one.sentences),
            *(f"{figure:.3f}" for figure in (one.confidence, one.accuracy)),
            *(("0", "-", "-") if own is None else (str(own.sentences),)),
            *(() if own is None else (f"{own.confidence:.3f}", f"{own.accuracy:.3f}")),
        )
    yield from _lines(table, width)
    yield from _folded(
        f"Expected calibration error: {_error(every)} on all sentences, {_error(sided)} on those "
        "called favor or against.",
        width,
    )


def _error(calibration: Calibration) -> str:
    return "-" if calibration.error is None else f"{calibration.error:.3f}"


def _worst(result: Score, width: int) -> Iterator[str]:
    if not result.worst:
        return
    yield "The model's most confident mistakes:"
    for one in result.worst:
        yield ""
        yield from fold(f"{one.article} · {one.start}-{one.end}", width)
        yield from (f"  {line}" for line in fold(one.text, width - 2))
        yield from (f"  {line}" for line in fold(_mistake(one), width - 2))


def _mistake(one: WorstError) -> str:
    votes = " ".join(f"{rule}={stance}" for rule, stance in one.votes.items()) or "no vote"
    sure = one.probabilities[one.stance]
    return f"labelled {one.gold}, model {one.stance} (p = {sure:.2f}), rules: {votes}"


def _folded(text: str, width: int) -> Iterator[str]:
    yield from (line.strip() for line in fold(text, width))


def _lines(table: Table, width: int, after: int = 0) -> Iterator[str]:
    """Yield the lines of a table without the spaces that pad them; an empty one `after` others."""
    if after:
        yield ""
    yield from (line.rstrip() for line in render(table, width).rstrip("\n").split("\n"))
