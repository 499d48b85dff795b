"""Compare what the classifier counts: characters, words, both; by held-out article, on gold.

    python benchmarks/features.py [--labels FILE] [--gold FILE] [--topic DIR]

Every row runs the stage ``train`` with other settings on the same weak labels and prints how the
held-out predictions fit gold and weak labels. The best row of many flatters itself: rows that
differ by less than the interval of one of them are equals.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
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
    out("| features | min_df | C | n-grams | gold F_avg [95 %] | weak F_avg | s |\n")
    out("|---|---|---|---|---|---|---|\n")
    for (name, kind), min_df, c in itertools.product(KINDS.items(), (1, 2), (0.3, 1.0, 3.0)):
        config = TrainConfig.model_validate(kind | {"min_df": min_df, "C": c})
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            held_out, metrics = Path(folder, "held_out.parquet"), Path(folder, "metrics.json")
            model = Path(folder, "model.joblib")
            result = run(given.labels, given.topic, model, held_out, metrics, config, given.gold)
            seconds = time.perf_counter() - began
            weak = json.loads(metrics.read_text(encoding="utf-8"))["against_weak_labels"]["f_avg"]
            rows = pq.read_table(held_out, filters=[("reference", "=", "gold")]).to_pydict()
        estimate = compare(rows["label"], rows["stance"], rows["stance"]).model.f_avg
        out(
            f"| {name} | {min_df} | {c:g} | {result.features} | {estimate.value:.3f} "
            f"[{estimate.low:.3f}, {estimate.high:.3f}] | {weak:.3f} | {seconds:.1f} |\n"
        )


if __name__ == "__main__":
    main()
