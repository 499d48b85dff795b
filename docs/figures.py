"""Write what the pipeline measured into the README, between its markers (`make docs`)."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from stanceclf.articles import Article
from stanceclf.errors import StanceclfError
from stanceclf.formats import write_predictions
from stanceclf.labels import READING_ORDER
from stanceclf.model_file import load
from stanceclf.predictions import predict_articles
from stanceclf.rule_file import load_voter

ROOT = Path(__file__).parent.parent
TOPIC = ROOT / "configs/open-models"
EXAMPLE = "开源社区推动了大模型的发展。"


SYSTEMS = {
    "rules alone": "rules",
    "plain TF-IDF on the weak labels": "plain",
    "Snorkel's recipe": "snorkel",
    "**model**": "model",
    "model, the rules' words masked": "masked",
}


def figures() -> str:
    """Return the table of scores."""
    metrics = _metrics()
    lines = ["| | F_avg | favor | against | none | macro-F1 |", "|---|---|---|---|---|---|"]
    for title, name in SYSTEMS.items():
        scores = metrics[name]
        cells = [_cell(scores, "f_avg"), *(f"{scores[s]['f1']:.3f}" for s in READING_ORDER)]
        lines.append(f"| {title} | {' | '.join(cells)} | {scores['macro_f1']:.3f} |")
    return "\n".join(lines)


def more() -> str:
    """Return the differences, the agreement of weak labels and the learning curve."""
    metrics = _metrics()
    differences = ", ".join(
        f"{_cell(metrics[f'model_minus_{name}'], 'f_avg', '+')} over {title}"
        for title, name in (("the rules", "rules"), ("plain TF-IDF", "plain"))
    )
    kappa = metrics["kappa"]
    curve = ", ".join(f"{p['folds']}: {p['f_avg']:.3f}" for p in metrics["learning_curve"])
    learner = "Snorkel's" if metrics["snorkel"]["label_model"] == "snorkel" else "Dawid-Skene's"
    return (
        f"- The model's F_avg is {differences}. Snorkel's recipe is {learner} label model and the "
        "same plain TF-IDF.\n"
        f"- Weak labels against gold: coverage {metrics['rules']['coverage']:.3f}, Cohen's kappa "
        f"{kappa['labelled']:.3f}, with abstentions as `none` {kappa['abstain_as_none']:.3f}.\n"
        f"- Learning curve, F_avg by how many other articles it learnt from: {curve}."
    )


def speed() -> str:
    """Return the table of speed, a column for each text that it was measured on."""
    folder = ROOT / "benchmarks/speed/results"
    columns = [
        _speed_column(json.loads((folder / name / "speed.json").read_text(encoding="utf-8")))
        for name in ("posts", "seeds")
    ]
    lines = ["| | 6,000 posts | 6,000 sentences of the articles |", "|---|---|---|"]
    lines += [
        f"| {title} | {' | '.join(column[title] for column in columns)} |" for title in columns[0]
    ]
    return "\n".join(lines)


def _speed_column(measured: dict[str, Any]) -> dict[str, str]:
    rows = {
        key: {row["name"]: row for row in section["data"] if "missing" not in row}
        for key, section in measured["sections"].items()
    }
    text, rules, start, memory = (rows[key] for key in ("text", "rules", "start", "memory"))
    usual = next(name for name in text if name.startswith("the usual"))
    tutorial, once = "Snorkel, as in its tutorial", "Snorkel, `x.text` read once a rule"
    ours, script = "`stanceclf predict ARTICLE`", "the usual pipeline, joblib's, in a script"
    loads = ("`import stanceclf; stanceclf.load(MODEL)`", "`import joblib; joblib.load(MODEL)`")
    dawid_skene = rows["labels"]["stanceclf Dawid-Skene"]["times_as_fast"]
    return {
        "text to stance, against jieba + TF-IDF + LR": _times(text, "stanceclf", usual),
        "... against rjieba + fastText": _times(text, "stanceclf", "rjieba + fastText"),
        "... MB/s": f"{text['stanceclf']['megabytes_per_second']['median']:.1f}",
        "peak memory, 24,000 sentences (the usual)": (
            f"{memory['stanceclf']['megabytes']:.0f} MB ({memory[usual]['megabytes']:.0f})"
        ),
        "60 keyword rules, against a naive loop": _times(rules, "stanceclf", "naive loop"),
        "... against Snorkel's tutorial": _times(rules, "stanceclf", tutorial),
        "... against Snorkel, the text read once a rule": _times(rules, "stanceclf", once),
        "Dawid-Skene, against Snorkel's label model": f"x {dawid_skene['median']:.1f}",
        "shell to an article's stances (the usual)": (
            f"{_milliseconds(start[ours])} ms, {_times(start, ours, script)}"
        ),
        "`stanceclf.load`, with Python's start and all imports": (
            f"{_milliseconds(start[loads[0]])} ms"
        ),
        "`joblib.load`, likewise": f"{_milliseconds(start[loads[1]])} ms",
    }


def _times(rows: dict[str, Any], own: str, other: str) -> str:
    """Return how many times as fast one way is as another, round by round."""
    pairs = zip(rows[other]["seconds"], rows[own]["seconds"], strict=True)
    ratios = [theirs / ours for theirs, ours in pairs]
    low, middle, high = (_short(x) for x in (min(ratios), median(ratios), max(ratios)))
    return f"x {middle} [{low}, {high}]"


def _short(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}"


def _milliseconds(row: dict[str, Any]) -> str:
    return f"{1000 * median(row['seconds']):.0f}"


def _metrics() -> dict[str, Any]:
    metrics: dict[str, Any] = json.loads(
        (ROOT / "artifacts/metrics.json").read_text(encoding="utf-8")
    )
    return metrics


def _cell(scores: dict[str, Any], name: str, sign: str = "") -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def mistake() -> str:
    """Return what is said of a rule file with a key misspelt."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        text = (TOPIC / "rules.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace("    near:", "    naer:", 1), encoding="utf-8")
        shutil.copy(TOPIC / "topic.yaml", folder)
        try:
            load_voter(folder)
        except StanceclfError as error:
            said = str(error).replace(
                str(path), (TOPIC / "rules.yaml").relative_to(ROOT).as_posix()
            )
            return f"```\nstanceclf: {said}\n```"
    raise AssertionError("a key misspelt went unnoticed")


def example(model: Path) -> str:
    """Return the row of the README's example sentence."""
    rows = predict_articles(load(model), [Article("-", EXAMPLE)])
    return "```json\n" + "".join(write_predictions(rows, "jsonl", {})) + "```"


def rules() -> str:
    """Return how many rules the shipped topic has."""
    return f"five articles, {len(load_voter(TOPIC).rules)} rules"


def fill(readme: str, model: Path) -> str:
    """Return the README with each marked part written anew."""
    parts = {
        "figures": figures(),
        "more": more(),
        "example": example(model),
        "mistake": mistake(),
        "rules": rules(),
        "speed": speed(),
    }

    def anew(match: re.Match[str]) -> str:
        text = parts[match[1]]
        line = "\n" if "\n" in text else ""
        return f"<!-- {match[1]} -->{line}{text}{line}<!-- /{match[1]} -->"

    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", anew, readme, flags=re.DOTALL)


if __name__ == "__main__":
    README = ROOT / "README.md"
    filled = fill(README.read_text(encoding="utf-8"), ROOT / "artifacts/model.joblib")
    README.write_text(filled, encoding="utf-8")
