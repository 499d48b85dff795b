"""Whole processes: the time until they have answered, and their memory."""

from __future__ import annotations

from collections.abc import Callable

from speed.bench import Bench
from speed.report import Table
from speed.texts import so_many
from speed.timing import Spread, Timing, time_in_turn
from speed.ways import WAYS

_ARTICLE = 100
_SENTENCES, _FEW = 24_000, 100
_OURS, _USUAL = "`stanceclf predict ARTICLE`", "the usual pipeline, joblib's, in a script"


def measure_start_up(bench: Bench) -> Table:
    """Time processes from their start to their end."""
    lines = so_many(bench.texts, _ARTICLE)
    article = bench.folder / "article.txt"
    article.write_text("\n".join(lines), encoding="utf-8")
    model = str(bench.file_of("ours"))
    commands = {
        _OURS: ["-m", "stanceclf", "predict", str(article), "--model", model],
        _USUAL: ["-m", "speed.usual", str(bench.file_of("usual")), str(article)],
        "`stanceclf --help`": ["-m", "stanceclf", "--help"],
        "`import stanceclf; stanceclf.load(MODEL)`": [
            *("-c", "import sys, stanceclf; stanceclf.load(sys.argv[1])", model)
        ],
        "`import joblib; joblib.load(MODEL)`": [
            *("-c", "import sys, joblib; joblib.load(sys.argv[1])", model)
        ],
        "`import stanceclf`": ["-c", "import stanceclf"],
        "`import numpy`": ["-c", "import numpy"],
        "bare Python": ["-c", "pass"],
    }
    table = Table(
        f"Start-up: an article of {_ARTICLE} lines",
        ["Whole processes, from start to end, with a warm disk. ms are wall-clock time."],
        ["process", "x the usual script", "ms"],
    )
    for command in commands.values():
        bench.run(*command)
    seconds = time_in_turn(
        {name: _starting(bench, command) for name, command in commands.items()}, bench.repeats
    )
    timings = {name: Timing(taken, 1) for name, taken in seconds.items()}
    for name, timing in timings.items():
        ratio = timing.times_as_fast_as(timings[_USUAL]) if name in {_OURS, _USUAL} else ""
        taken = Spread.of([1000 * one for one in timing.seconds])
        table.add([name, str(ratio), str(taken)], seconds=timing.seconds)
    return table


def _starting(bench: Bench, command: list[str]) -> Callable[[], Callable[[], object]]:
    return lambda: lambda: bench.run(*command)


def measure_memory(bench: Bench) -> Table:
    """Measure the peak memory of every way from text to label."""
    table = Table(
        f"Peak memory: {_SENTENCES:,} sentences",
        ["One process each, which loads the model and reads the texts from a file."],
        ["way", "of the usual", "MB", "sentences"],
    )
    found: dict[str, tuple[float, int]] = {}
    for key, way in WAYS.items():
        if way.missing:
            continue
        count = _FEW if key == "snownlp" else _SENTENCES
        file = bench.folder / f"{count}.txt"
        file.write_text("\n".join(so_many(bench.texts, count)), encoding="utf-8")
        peak = bench.run("-m", "speed.peak", key, str(bench.file_of(key)), str(file))
        found[key] = (float(peak), count)
    for key, way in WAYS.items():
        if key not in found:
            table.add_missing(way.name, way.missing)
            continue
        most, count = found[key]
        share = most / found["usual"][0]
        table.add([way.name, f"{share:.2f}", f"{most:.0f}", f"{count:,}"], megabytes=most)
    return table
