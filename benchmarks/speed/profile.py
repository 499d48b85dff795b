"""Where our own time goes, step by step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from speed.bench import Bench
from speed.report import Table
from speed.texts import afresh
from speed.timing import Spread, time_in_turn
from stanceclf import StanceModel

_WHOLE = "the whole way"


def measure_profile(bench: Bench) -> Table:
    """Time each step by itself, on the results of the steps before it."""
    steps = _steps(bench.model, bench.texts)
    seconds = time_in_turn(steps, bench.repeats)
    characters = sum(map(len, bench.texts))
    table = Table(
        "Where our time goes",
        [
            "Each step by itself, on the results of those before it; `patterns` are part of the "
            "votes. The sum is less than the whole way, in which each batch evicts the one before "
            "it from the processor's cache.",
        ],
        ["step", "of the whole", "ns a character"],
    )
    for name, taken in seconds.items():
        share = Spread.of([own / whole for own, whole in zip(taken, seconds[_WHOLE], strict=True)])
        table.add(
            [name, str(share), str(Spread.of([1e9 * one / characters for one in taken]))],
            seconds=taken,
        )
    return table


def _steps(model: StanceModel, texts: list[str]) -> dict[str, Callable[[], Callable[[], object]]]:
    voter = model.voter
    readings = list(voter.reader.read(texts))
    votes = [voter.votes_on(one) for one in readings]
    added = np.ones((len(model.vocabulary), 1 + len(model.classes_)))

    def whole() -> Callable[[], object]:
        fresh = afresh(texts)
        return lambda: model.predict(fresh)

    def normal() -> Callable[[], object]:
        fresh = afresh(texts)
        return lambda: list(voter.reader.batches(fresh))

    def read() -> Callable[[], object]:
        fresh = afresh(texts)
        return lambda: list(voter.reader.read(fresh))

    return {
        _WHOLE: whole,
        "code points in normal form": normal,
        "the same, words found, clauses, negation and turns read": read,
        "rules' votes": lambda: lambda: [voter.votes_on(one) for one in readings],
        "patterns": lambda: lambda: [voter.search(one) for one in readings],
        "votes summed up": lambda: lambda: [model.label_model(one) for one in votes],
        "n-grams counted and weighed": lambda: (
            lambda: [model.grams.sums(one, added) for one in readings]
        ),
    }
