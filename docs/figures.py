"""Fill in the generated parts of the documentation (`make docs`).

A generated part stands between `<!-- name -->` and `<!-- /name -->` in any Markdown page. It comes
from `artifacts/metrics.json`, the results of the benchmarks, or the docstrings of the packages.
Tables are made in English; `terms.yaml` translates them for Chinese pages. `commands.py` fills in
what commands print.
"""

from __future__ import annotations

import ast
import csv
import json
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from stanceclf.labels import READING_ORDER

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks/results"
TERMS: dict[str, str] = yaml.safe_load((ROOT / "docs/terms.yaml").read_text(encoding="utf-8"))

#: Rows of cells, the head first.
Table = list[list[str]]

# --- How good it is: artifacts/metrics.json --------------------------------------------------

SYSTEMS = {
    "rules": "rules alone",
    "plain": "plain TF-IDF on the weak labels",
    "snorkel": "Snorkel's recipe",
    "alone": "model, each sentence by itself",
    "model": "**model**",
    "masked": "model, the rules' words masked",
}


def figures() -> Table:
    """Return the scores of the model and of what it is compared with."""
    metrics = _metrics()
    rows = [["", "F_avg", *(f"F1 {stance}" for stance in READING_ORDER), "macro-F1"]]
    for name, title in SYSTEMS.items():
        scores = metrics[name]
        f1 = [f"{scores[stance]['f1']:.3f}" for stance in READING_ORDER]
        rows.append([title, _interval(scores, "f_avg"), *f1, f"{scores['macro_f1']:.3f}"])
    return rows


def differences() -> Table:
    """Return how far the model is ahead of each of the others."""
    metrics = _metrics()
    others = ("rules", "alone", "plain", "snorkel")
    rows = [
        [SYSTEMS[other], _interval(metrics[f"model_minus_{other}"], "f_avg", "+")]
        for other in others
    ]
    return [["model compared with", "difference in F_avg"], *rows]


def weak_labels() -> Table:
    """Return how well the weak labels agree with the gold labels."""
    metrics = _metrics()
    kappa = metrics["kappa"]
    return [
        ["weak labels", "on gold sentences"],
        ["coverage", f"{metrics['rules']['coverage']:.3f}"],
        ["Cohen's kappa, abstentions left out", f"{kappa['labelled']:.3f}"],
        ["Cohen's kappa, abstentions as `none`", f"{kappa['abstain_as_none']:.3f}"],
    ]


def articles() -> Table:
    """Return the scores on each article."""
    rows = [
        [own["article"], str(own["sentences"]), f"{own['rules']:.3f}", f"{own['model']:.3f}"]
        for own in _metrics()["articles"]
    ]
    return [["article", "gold sentences", "rules alone", "model"], *rows]


def attribution() -> Table:
    """Return how well speakers are recognized in the seed articles."""
    speakers = _metrics()["speakers"]
    rows = [
        [own["article"], str(own["sentences"]), _share(own, "precision"), _share(own, "recall")]
        for own in speakers["articles"]
    ]
    both = (_interval(speakers, key) for key in ("precision", "recall"))
    head = ["article", "sentences with a speaker", "precision", "recall"]
    return [head, *rows, ["**all**", str(speakers["sentences"]), *both]]


def _metrics() -> dict[str, Any]:
    metrics: dict[str, Any] = json.loads((ROOT / "artifacts/metrics.json").read_bytes())
    return metrics


def _interval(scores: dict[str, Any], name: str, sign: str = "") -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def _share(scores: dict[str, Any], name: str) -> str:
    return "" if scores[name] is None else f"{scores[name]:.3f}"


# --- What the benchmarks measured: benchmarks/ -----------------------------------------------


def result(name: str, *columns: str) -> Callable[[], Table]:
    """Return a function that makes a table of some columns of a benchmark's CSV, or of all."""

    def table() -> Table:
        with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        shown = columns or tuple(rows[0])
        return [list(shown), *([row[column] for column in shown] for row in rows)]

    return table


def unseen(system: str) -> str:
    """Return a system's F_avg on articles that no author of rules or examples has read."""
    _, *rows = result("unseen", "articles", "system", "F_avg")()
    return next(score for articles, own, score in rows if own == system and "even" in articles)


def unseen_in_short() -> Table:
    """Return what a reader asks first: how good rules and model are, and where."""
    head, *rows = result("unseen", "articles", "system", "F_avg", "favor", "against", "accuracy")()
    return [head, *(row for row in rows if "odd" not in row[0] and "sentences alone" not in row[1])]


def speed() -> Table:
    """Return speed and memory, one column per text that they were measured on."""
    folder = ROOT / "benchmarks/speed/results"
    posts, seeds = (
        _speeds(json.loads((folder / name / "speed.json").read_bytes()))
        for name in ("posts", "seeds")
    )
    rows = [[title, posts[title], seeds[title]] for title in posts]
    return [["", "6,000 posts", "6,000 sentences of the articles"], *rows]


def _speeds(measured: dict[str, Any]) -> dict[str, str]:
    rows = {
        key: {row["name"]: row for row in section["data"] if "missing" not in row}
        for key, section in measured["sections"].items()
    }
    text, rules, start, memory = (rows[key] for key in ("text", "rules", "start", "memory"))
    usual = next(name for name in text if name.startswith("the usual"))
    tutorial, once = "Snorkel, as in its tutorial", "Snorkel, `x.text` read once a rule"
    ours, script = "`stanceclf predict ARTICLE`", "the usual pipeline, joblib's, in a script"
    loads = ("`import stanceclf; stanceclf.load(MODEL)`", "`import joblib; joblib.load(MODEL)`")
    dawid_skene = rows["labels"]["stanceclf Dawid-Skene"]["times_as_fast"]["median"]
    peak = memory["stanceclf"]["megabytes"], memory[usual]["megabytes"]
    return {
        "text to stance, compared with jieba + TF-IDF + LR": _times(text, "stanceclf", usual),
        "text to stance, compared with rjieba + fastText": _times(
            text, "stanceclf", "rjieba + fastText"
        ),
        "text to stance, MB/s": f"{text['stanceclf']['megabytes_per_second']['median']:.1f}",
        "peak memory for 24,000 sentences (usual recipe)": f"{peak[0]:.0f} MB ({peak[1]:.0f} MB)",
        "60 keyword rules, compared with a naive loop": _times(rules, "stanceclf", "naive loop"),
        "60 keyword rules, compared with Snorkel's tutorial": _times(rules, "stanceclf", tutorial),
        "60 keyword rules, compared with Snorkel, text read once per rule": _times(
            rules, "stanceclf", once
        ),
        "Dawid-Skene, compared with Snorkel's label model": f"{dawid_skene:.1f}×",
        "`stanceclf predict ARTICLE`, start to end": f"{_milliseconds(start[ours])} ms",
        "the same, compared with the usual script": _times(start, ours, script),
        "`stanceclf.load`, including Python and imports": f"{_milliseconds(start[loads[0]])} ms",
        "`joblib.load`, including Python and imports": f"{_milliseconds(start[loads[1]])} ms",
    }


def _times(rows: dict[str, Any], own: str, other: str) -> str:
    """Return how many times as fast one way is as another, round by round."""
    pairs = zip(rows[other]["seconds"], rows[own]["seconds"], strict=True)
    ratios = [theirs / ours for theirs, ours in pairs]
    low, middle, high = (
        f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}"
        for ratio in (min(ratios), median(ratios), max(ratios))
    )
    return f"{middle}× [{low}, {high}]"


def _milliseconds(row: dict[str, Any]) -> str:
    return f"{1000 * median(row['seconds']):.0f}"


SCALE = {
    "`predict --jobs 1`": "`predict`, one process",
    "`predict --jobs 2`": "`predict`, two processes",
    "jieba + TF-IDF + LR: predict": "the usual recipe: predict",
    "`sentences`": "`sentences`",
    "`label`": "`label`",
    "`train`": "`train`",
    "jieba + TF-IDF + LR: train": "the usual recipe: train",
}


def scale() -> Table:
    """Return time and memory, one column per number of sentences."""
    found = json.loads((ROOT / "benchmarks/scaling/results/scale.json").read_bytes())["steps"]
    sizes = list(found["`train`"])
    rows = [["sentences", *(f"{int(size):,}" for size in sizes), "slope: time, memory"]]
    grown = math.log(int(sizes[-1]) / int(sizes[-2]))
    for step, title in SCALE.items():
        runs = [found[step][size] for size in sizes]
        seconds = [median(run["seconds"] for run in own) for own in runs]
        memory = [median(run["megabytes"] for run in own) for own in runs]
        cells = [
            f"{time:,.{0 if time >= 100 else 1}f} s<br>{megabytes:,.0f} MB"
            for time, megabytes in zip(seconds, memory, strict=True)
        ]
        slopes = [f"{math.log(own[-1] / own[-2]) / grown:.2f}" for own in (seconds, memory)]
        rows.append([title, *cells, "<br>".join(slopes)])
    return rows


# --- What the code says ----------------------------------------------------------------------

PACKAGES = (
    *("io", "articles", "speakers", "reading", "rules", "features", "model"),
    *("gold", "training", "evaluation", "authoring", "prediction", "reports", "stages", "cli"),
)


def packages() -> Table:
    """Return the packages with their docstrings, in the order of the flow."""
    rows = []
    for name in PACKAGES:
        code = (ROOT / "stanceclf" / name / "__init__.py").read_text(encoding="utf-8")
        what, _, flow = (ast.get_docstring(ast.parse(code)) or "").partition("\n\n")
        rows.append([f"`{name}`", *(" ".join(part.split()) for part in (what, flow))])
    return [["package", "what it does", "what comes in and goes out"], *rows]


def rules() -> str:
    """Return the size of the shipped topic."""
    topic = yaml.safe_load((ROOT / "configs/open-models/rules.yaml").read_bytes())
    return f"five articles, {len(topic['rules'])} rules"


PARTS: dict[str, Callable[[], Table | str]] = {
    "figures": figures,
    "rules-f-avg": lambda: f"{_metrics()['rules']['f_avg']:.3f}",
    "model-f-avg": lambda: f"{_metrics()['model']['f_avg']:.3f}",
    "differences": differences,
    "weak-labels": weak_labels,
    "unseen": result("unseen"),
    "unseen-short": unseen_in_short,
    "unseen-parts": result("unseen_parts"),
    "unseen-curve": result("unseen_curve"),
    "any-target": result("any_target"),
    "unseen-rules": lambda: unseen("rules alone"),
    "unseen-model": lambda: unseen("model"),
    "articles": articles,
    "fewer-rules": result("fewer_rules"),
    "ablation": result("ablation", "setting", "F_avg", "n-grams alone"),
    "suggestions": result("suggestions"),
    "attribution": attribution,
    "attribution-elsewhere": result("speakers"),
    "speed": speed,
    "scale": scale,
    "packages": packages,
    "rules": rules,
}


def fill(page: str, chinese: bool = False) -> str:
    """Return a page with its generated parts written anew."""

    def anew(match: re.Match[str]) -> str:
        if match[1] not in PARTS:
            return match[0]
        made = PARTS[match[1]]()
        text = f"\n{_markdown(made, chinese)}\n" if isinstance(made, list) else _term(made, chinese)
        return f"<!-- {match[1]} -->{text}<!-- /{match[1]} -->"

    return re.sub(r"<!-- ([\w-]+) -->.*?<!-- /\1 -->", anew, page, flags=re.DOTALL)


def _markdown(table: Table, chinese: bool) -> str:
    lines = [f"| {' | '.join(_term(cell, chinese) for cell in row)} |" for row in table]
    return "\n".join([lines[0], "|---" * len(table[0]) + "|", *lines[1:]])


def _term(text: str, chinese: bool) -> str:
    return TERMS.get(text, text) if chinese else text


def pages() -> dict[Path, bool]:
    """Return the Markdown pages that may have generated parts, and whether each is Chinese."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md"), *ROOT.glob("benchmarks/*/README.md")]
    return {path: "zh" in re.split(r"\W", str(path.relative_to(ROOT))) for path in sorted(found)}


if __name__ == "__main__":
    for path, chinese in pages().items():
        page = path.read_text(encoding="utf-8")
        if (filled := fill(page, chinese)) != page:
            path.write_text(filled, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.relative_to(ROOT)} updated\n")
