"""The report of how time and memory grow, as Markdown and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median

from speed.report import machine

from scaling.process import Run
from scaling.steps import MAP_2, PREDICT, PREDICT_2, ROWS_2, USUAL

#: What was measured: the runs of each step on each size.
Found = Mapping[str, Mapping[int, list[Run]]]


def write_report(folder: Path, found: Found, data: str) -> str:
    """Write ``scale.md`` and ``scale.json``; return the text of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    head = machine() | {"corpus": f"made of {data} and templates"}
    head["cores"] = head["cores"].partition(",")[0]
    facts = "\n".join(f"- {key}: {value}" for key, value in head.items())
    how = (
        "Each step is a process of its own, started anew; memory is that of all its processes "
        "together, sampled every 50 ms. Figures are medians over the rounds; in brackets are the "
        "lowest and the highest. A slope is that on log axes between the two largest "
        "numbers of sentences: 1 means growth in proportion, 0 none."
    )
    parts = [
        "# Scale",
        facts,
        how,
        "## Seconds",
        _table(found, lambda run: run.seconds, _shown),
        "## Memory, MB",
        _table(found, lambda run: run.megabytes, lambda megabytes: f"{megabytes:,.0f}"),
        "## Ratios",
        _ratios(found),
    ]
    text = "\n\n".join(parts) + "\n"
    (folder / "scale.md").write_text(text, encoding="utf-8")
    data_of = {
        name: {str(size): [asdict(run) for run in runs] for size, runs in sizes.items()}
        for name, sizes in found.items()
    }
    dumped = json.dumps({"head": head, "steps": data_of}, ensure_ascii=False, indent=1) + "\n"
    (folder / "scale.json").write_text(dumped, encoding="utf-8")
    return text


def _table(found: Found, of: Callable[[Run], float], show: Callable[[float], str]) -> str:
    sizes = sorted({size for own in found.values() for size in own})
    lines = [["step", *(f"{size:,}" for size in sizes), "slope"], ["---"] * (len(sizes) + 2)]
    for name, own in found.items():
        cells = [_spread([of(run) for run in own[size]], show) for size in sizes]
        slope = slope_of({size: median(map(of, runs)) for size, runs in own.items()})
        lines.append([name, *cells, "" if slope is None else f"{slope:.2f}"])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _spread(figures: list[float], show: Callable[[float], str]) -> str:
    middle = show(median(figures))
    if len(figures) == 1:
        return middle
    return f"{middle} [{show(min(figures))}, {show(max(figures))}]"


def _shown(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.1f}"


def slope_of(points: Mapping[int, float]) -> float | None:
    """Return the slope on log axes between the two largest sizes, None if there is only one.

    Examples
    --------
    >>> slope_of({1_000: 5, 100_000: 10, 1_000_000: 100})
    1.0
    """
    if len(points) < 2:
        return None
    (small, before), (large, after) = sorted(points.items())[-2:]
    return round(math.log(after / before) / math.log(large / small), 4)


def _ratios(found: Found) -> str:
    pairs = {
        "one process, against two": (PREDICT, PREDICT_2),
        "jieba + TF-IDF + LR, against one process": (USUAL, PREDICT),
        "jieba + TF-IDF + LR, against two processes": (USUAL, PREDICT_2),
        "`datasets.map`, against `predict`, two processes each": (MAP_2, ROWS_2),
    }
    sizes = sorted({size for own in found.values() for size in own})
    lines = [["seconds of", *(f"{size:,}" for size in sizes)], ["---"] * (len(sizes) + 1)]
    for name, (one, other) in pairs.items():
        cells = [_ratio(found[one][size], found[other][size]) for size in sizes]
        lines.append([name, *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _ratio(one: list[Run], other: list[Run]) -> str:
    ratios = [a.seconds / b.seconds for a, b in zip(one, other, strict=True)]
    return "x " + _spread(ratios, lambda ratio: f"{ratio:.2f}")
