"""From text to stance, from end to end, and what limits it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from speed.bench import Bench
from speed.report import Table
from speed.texts import megabytes
from speed.timing import Job, time_on_texts
from speed.ways import WAYS, jieba_cut, not_installed, rjieba_cut

_BUDGET = 4.0
_CODE_POINTS = 0x110000


def measure_stance(bench: Bench) -> Table:
    """Time every way from text to label."""
    usual = WAYS["usual"].name
    table = Table(
        "Text to stance",
        [
            "From a list of `str` to one label each. The others were trained on these texts with "
            "our model's labels: this compares speed alone, not accuracy. SnowNLP predicts "
            "sentiment, not stance, with a model of its own.",
        ],
        ["way", "x the usual", "MB/s", "sentences/s", "timed on"],
    )
    jobs: dict[str, Job] = {}
    failed: dict[str, str] = {}
    for key, way in WAYS.items():
        if way.missing:
            failed[way.name] = way.missing
            continue
        try:
            jobs[way.name] = bench.predictor(key)
        except RuntimeError as error:  # fastText, of texts that it cannot learn from.
            failed[way.name] = f"failed: {error}"
    timings = time_on_texts(jobs, bench.texts, bench.repeats, _BUDGET)
    table.add_timings(timings, [usual], megabytes(bench.texts), len(bench.texts))
    for name, why in failed.items():
        table.add_missing(name, why)
    return table


def measure_bounds(bench: Bench) -> Table:
    """Time what any such way has to do at least."""
    ours = WAYS["ours"].name
    table = Table(
        "What bounds it",
        ["Single steps compared with our whole way: no way that includes a step can be faster."],
        ["step", "x stanceclf", "MB/s", "sentences/s", "timed on"],
    )
    look_up = np.arange(_CODE_POINTS, dtype=np.int32)
    jobs: dict[str, Job] = {
        ours: bench.predictor("ours"),
        "join and encode in UTF-32": _codes,
        "the same, and one look-up a character": lambda texts: np.take(
            look_up, _codes(texts), mode="clip"
        ),
        "jieba's words": _each(jieba_cut()),
    }
    missing = not_installed("rjieba")
    if not missing:
        jobs["rjieba's words"] = _each(rjieba_cut())
    timings = time_on_texts(jobs, bench.texts, bench.repeats, _BUDGET)
    table.add_timings(timings, [ours], megabytes(bench.texts), len(bench.texts))
    if missing:
        table.add_missing("rjieba's words", missing)
    return table


def _codes(texts: list[str]) -> npt.NDArray[np.uint32]:
    return np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _each(cut: Callable[[str], list[str]]) -> Job:
    return lambda texts: [cut(text) for text in texts]
