"""The chart of how time and memory grow, on log axes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from scaling.process import Run
from scaling.steps import LABEL, PREDICT, PREDICT_2, SENTENCES, TRAIN, USUAL, USUAL_TRAIN

# A colour a task, a dash a way; safe for the colour-blind (Okabe and Ito 2008).
_LINES = {
    PREDICT: ("predict, 1 process", "#0072B2", "-", "o"),
    PREDICT_2: ("predict, 2 processes", "#0072B2", "--", "s"),
    USUAL: ("jieba + TF-IDF + LR: predict", "#999999", "-", "o"),
    USUAL_TRAIN: ("jieba + TF-IDF + LR: train", "#999999", ":", "^"),
    TRAIN: ("train", "#D55E00", "-", "^"),
    SENTENCES: ("sentences", "#009E73", "-", "v"),
    LABEL: ("label", "#CC79A7", "-", "D"),
}


def draw_chart(path: Path, found: Mapping[str, Mapping[int, list[Run]]]) -> bool:
    """Draw time and memory by the number of sentences; return whether matplotlib is installed."""
    try:
        import_module("matplotlib").use("Agg")
        plot: Any = import_module("matplotlib.pyplot")
    except ImportError:
        return False
    figure, panels = plot.subplots(1, 2, figsize=(11, 4.8), layout="constrained")
    for panel, field, title in zip(
        panels, ("seconds", "megabytes"), ("Time, seconds", "Memory, MB"), strict=True
    ):
        for step, (name, colour, dash, mark) in _LINES.items():
            sizes = sorted(found.get(step, {}))
            figures = [median(getattr(run, field) for run in found[step][size]) for size in sizes]
            panel.plot(sizes, figures, dash, marker=mark, color=colour, label=name, markersize=5)
        panel.set(xscale="log", yscale="log", xlabel="sentences", title=title)
        panel.yaxis.set_major_formatter("{x:,g}")
        panel.yaxis.set_minor_formatter(plot.NullFormatter())
        panel.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
        panel.spines[["top", "right"]].set_visible(False)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=120, metadata={"Software": None})
    plot.close(figure)
    return True
