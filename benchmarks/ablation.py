"""Take the model apart: what each part adds, on gold, by held-out article.

    python benchmarks/ablation.py [--labels FILE] [--gold FILE] [--topic DIR] [--config FILE]

Every row runs the stages ``label`` and ``train`` with other settings and scores the held-out
predictions: F_avg with the rules' votes at prediction as the settings have it, by how much that is
more than the first row's, sentence by sentence, and F_avg of the n-grams alone (no rules at
prediction). The best row of many flatters itself.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stanceclf.config import LabelConfig, TrainConfig, load_config
from stanceclf.metrics import compare, f_avg
from stanceclf.stages import label, train

_PLAIN = ("chars",)
ROWS: dict[str, dict[str, object]] = {
    "as configured": {},
    "plain characters": {"features": _PLAIN},
    "plain words": {"features": ("words",)},
    "tagged characters": {"features": ("tagged chars",)},
    "tagged words": {"features": ("tagged words",)},
    "signed characters": {"features": ("signed chars",)},
    "signed words": {"features": ("signed words",)},
    "plain + tagged characters": {"features": ("chars", "tagged chars")},
    "plain + signed characters": {"features": ("chars", "signed chars")},
    "plain + signed words": {"features": ("words", "signed words")},
    "plain characters, tagged + signed words": {
        "features": ("chars", "tagged words", "signed words")
    },
    "plain + tagged + signed words": {"features": ("words", "tagged words", "signed words")},
    "characters 1-3": {"char_ngrams": (1, 3)},
    "without the rules' examples": {"examples": False},
    "abstentions left out": {"abstained": 0.0},
    "abstentions as none, weight 0.3": {"abstained": 0.3},
    "rule weight 2": {"rule_weight": 2.0},
    "rule weight 8": {"rule_weight": 8.0},
    "C 0.3": {"C": 0.3},
    "C 3": {"C": 3.0},
    "stances weighted alike": {"class_weight": "balanced"},
    "majority": {"label_model": "majority"},
    "Dawid-Skene": {"label_model": "dawid-skene"},
    "gold labels instead of weak": {"labels": "gold"},
    "gold and weak labels": {"labels": "both"},
    "plain recipe: characters, no rules, no examples": {
        "features": _PLAIN,
        "examples": False,
        "abstained": 0.0,
        "rule_weight": 0.0,
        "class_weight": "balanced",
    },
}


def main() -> None:
    """Print a Markdown table, a row a setting."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--sentences", type=Path, default=Path("artifacts/sentences.parquet"))
    options.add_argument("--gold", type=Path, default=Path("seeds/gold.jsonl"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    options.add_argument("--config", type=Path, default=Path("configs/pipeline.yaml"))
    given = options.parse_args()
    out = sys.stdout.write
    out("| setting | F_avg | - first row [95 %] | n-grams alone | features | s |\n")
    out("|---|---|---|---|---|---|\n")
    first: list[str] = []
    for name, settings in ROWS.items():
        row = measure(given, settings)
        alone = measure(given, settings | {"rule_weight": 0.0})
        first = first or row.stances
        both = compare(row.gold, {"first": first, "row": row.stances}, "row")
        score, difference = both.scores["row"].f_avg, both.differences["first"]
        out(
            f"| {name} | {score.value:.3f} "
            f"| {difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}] "
            f"| {f_avg(alone.gold, alone.stances):.3f} | {row.features} | {row.seconds:.1f} |\n"
        )
        sys.stdout.flush()


@dataclass(frozen=True)
class Row:
    """What one setting gave."""

    gold: list[str]
    stances: list[str]
    features: int
    seconds: float


def measure(given: argparse.Namespace, settings: dict[str, object]) -> Row:
    """Label and train with some settings and predict the gold sentences by held-out article."""
    began = time.perf_counter()
    usual = load_config(given.config, "train", TrainConfig).model_dump()
    own = dict(settings)
    label_config = LabelConfig.model_validate({"model": own.pop("label_model", "weighted")})
    config = TrainConfig.model_validate(usual | own)
    with tempfile.TemporaryDirectory() as folder:
        labels, held_out = Path(folder, "labels.parquet"), Path(folder, "held_out.parquet")
        label.run(given.sentences, given.topic, labels, Path(folder, "rules.csv"), label_config)
        outputs = (Path(folder, "model.joblib"), held_out, Path(folder, "metrics.json"))
        result = train.run(labels, given.topic, *outputs, config, given.gold, label_config.model)
        rows = pq.read_table(held_out, filters=[("reference", "=", "gold")]).to_pydict()
    return Row(rows["label"], rows["stance"], result.features, time.perf_counter() - began)


if __name__ == "__main__":
    main()
