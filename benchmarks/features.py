"""Compare what the classifier counts: characters, words, both; by held-out article, on gold.

    python benchmarks/features.py [--labels FILE] [--gold FILE] [--topic DIR]

Every row runs the stage ``train`` with other settings on the same weak labels and prints how the
held-out predictions fit gold and weak labels, and by how much the row is better on gold than the
package's default, sentence by sentence. The best row of many flatters itself.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stanceclf.config import TrainConfig
from stanceclf.metrics import compare
from stanceclf.stages.train import run

KINDS: dict[str, dict[str, object]] = {
    "chars 1-2": {"features": "chars", "char_ngrams": (1, 2)},
    "chars 1-3": {"features": "chars", "char_ngrams": (1, 3)},
    "words 1-2": {"features": "words", "word_ngrams": (1, 2)},
    "both": {"features": "both", "char_ngrams": (1, 2), "word_ngrams": (1, 2)},
}


def main() -> None:
    """Print a Markdown table, a row a setting."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--labels", type=Path, default=Path("artifacts/labels.parquet"))
    options.add_argument("--gold", type=Path, default=Path("seeds/gold.jsonl"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    given = options.parse_args()
    out = sys.stdout.write
    out("| features | min_df | C | n-grams | gold F_avg | - default [95 %] | weak F_avg | s |\n")
    out("|---|---|---|---|---|---|---|---|\n")
    default = measure(given, TrainConfig(min_df=2))
    for (name, kind), min_df, c in itertools.product(KINDS.items(), (1, 2), (0.3, 1.0, 3.0)):
        row = measure(given, TrainConfig.model_validate(kind | {"min_df": min_df, "C": c}))
        comparison = compare(row.gold, default.stances, row.stances)
        estimate, difference = comparison.model.f_avg, comparison.difference
        out(
            f"| {name} | {min_df} | {c:g} | {row.features} | {estimate.value:.3f} "
            f"| {difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}] "
            f"| {row.weak:.3f} | {row.seconds:.1f} |\n"
        )


@dataclass(frozen=True)
class Row:
    """What one setting gave."""

    gold: list[str]
    stances: list[str]
    features: int
    weak: float
    seconds: float


def measure(given: argparse.Namespace, config: TrainConfig) -> Row:
    """Train with some settings and predict the gold sentences by held-out article."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        held_out = Path(folder, "held_out.parquet")
        outputs = (Path(folder, "model.joblib"), held_out, Path(folder, "metrics.json"))
        result = run(given.labels, given.topic, *outputs, config, given.gold)
        seconds = time.perf_counter() - began
        rows = pq.read_table(held_out, filters=[("reference", "=", "gold")]).to_pydict()
    return Row(rows["label"], rows["stance"], result.features, result.weak.f_avg, seconds)


if __name__ == "__main__":
    main()
