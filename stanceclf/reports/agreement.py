"""Agreement reports: how well annotators agree, as text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from stanceclf.gold import Agreement
from stanceclf.io import counted, fold, render
from stanceclf.labels import READING_ORDER


def agreement_report(result: Agreement, width: int) -> Iterator[str]:
    """Yield the lines of an agreement: all annotators, each pair, every disagreement."""
    yield from fold(
        f"{counted(result.sentences, 'sentence')} labelled by several: "
        f"agreement {result.agreement:.3f}, Krippendorff's alpha {_figure(result.alpha)}",
        width,
    )
    for pair in result.pairs:
        yield ""
        yield from fold(f"{pair.first} and {pair.second}", width)
        yield from fold(
            f"  {pair.shared} shared, agreement {_figure(pair.agreement)}, "
            f"Cohen's kappa {_figure(pair.kappa)}",
            width,
        )
        if pair is result.pairs[0]:
            yield render(_confusion(result), width).rstrip("\n")
    count = len(result.disagreements)
    yield ""
    yield counted(count, "disagreement") + ":" * bool(count)
    for one in result.disagreements:
        yield ""
        yield from fold(f"{one.article} · {one.start}-{one.end}", width)
        yield from (f"  {line}" for line in fold(one.text, width - 2))
        for name, label in one.labels.items():
            yield from fold(f"  {label:<7}  {name}", width)


def _confusion(result: Agreement) -> Table:
    table = Table("first \\ second", box=None, pad_edge=False)
    for stance in READING_ORDER:
        table.add_column(stance, justify="right")
    for stance, row in result.confusion.items():
        table.add_row(stance, *(str(row[other]) for other in READING_ORDER))
    return table


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
