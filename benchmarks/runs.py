"""What the benchmarks share: options, tables of results, and a run of the stages on gold."""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import yaml

from stanceclf.stages import label, train
from stanceclf.training import LabelConfig, TrainConfig

RESULTS = Path(__file__).parent / "results"


def parse_options(description: str) -> argparse.Namespace:
    """Return the options of the command line."""
    options = argparse.ArgumentParser(description=description.split("\n")[0])
    options.add_argument("--sentences", type=Path, default=Path("artifacts/sentences.parquet"))
    options.add_argument("--gold", type=Path, default=Path("seeds/gold.jsonl"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    options.add_argument("--config", type=Path, default=Path("configs/pipeline.yaml"))
    options.add_argument("--out", type=Path, default=RESULTS)
    return options.parse_args()


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Print a Markdown table, each row once it is measured; write the whole of it as CSV."""
    written: list[dict[str, str]] = []
    for row in rows:
        if not written:
            sys.stdout.write(f"| {' | '.join(row)} |\n{'|---' * len(row)}|\n")
        sys.stdout.write(f"| {' | '.join(row.values())} |\n")
        sys.stdout.flush()
        written.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(written[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(written)


def predict_held_out(
    given: argparse.Namespace, topic: Path, label_config: LabelConfig, train_config: TrainConfig
) -> tuple[dict[str, list[Any]], int]:
    """Label and train on a topic; return held-out gold sentences and the number of features."""
    with tempfile.TemporaryDirectory() as folder:
        labels, held_out = Path(folder, "labels.parquet"), Path(folder, "held_out.parquet")
        made = (labels, Path(folder, "rules.csv"), Path(folder, "rules.html"))
        label.run_label(given.sentences, topic, *made, label_config)
        outputs = (Path(folder, "model.joblib"), held_out, Path(folder, "metrics.json"))
        result = train.run_train(
            labels, topic, *outputs, train_config, given.gold, label_config.model
        )
        rows = pq.read_table(held_out, filters=[("reference", "=", "gold")]).to_pydict()
    return rows, result.features


def take_rules_away(topic: Path, into: Path, share: float, seed: int) -> Path:
    """Write a topic with a random share of the rules for and against; return its folder."""
    shutil.copytree(topic, into)
    rules = yaml.safe_load((topic / "rules.yaml").read_text(encoding="utf-8"))["rules"]
    kept = np.random.default_rng(seed).random(len(rules)) < share
    part = [rule for rule, keep in zip(rules, kept, strict=True) if keep or rule["label"] == "none"]
    text = yaml.safe_dump({"rules": part}, allow_unicode=True)
    (into / "rules.yaml").write_text(text, encoding="utf-8")
    return into
