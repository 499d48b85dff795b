"""What the model adds where rules reach less, as on articles that they were not written for.

    python benchmarks/fewer_rules.py [--sentences FILE] [--gold FILE] [--topic DIR] [--config FILE]

The shipped rules were written with the seed articles in view. To see what the model adds to rules
that know an article less well, most of the rules for and against are taken away at random, and
rules alone and model (by held-out article) are scored on the same gold sentences.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import yaml

from stanceclf.config import LabelConfig, TrainConfig, load_config
from stanceclf.metrics import f_avg
from stanceclf.rule_file import load_voter
from stanceclf.stages import label, train
from stanceclf.weak_labels import LabelModel

SHARES = (1.0, 0.75, 0.5, 0.25)
DRAWS = 5


def main() -> None:
    """Print a Markdown table, a row a share of the rules."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--sentences", type=Path, default=Path("artifacts/sentences.parquet"))
    options.add_argument("--gold", type=Path, default=Path("seeds/gold.jsonl"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    options.add_argument("--config", type=Path, default=Path("configs/pipeline.yaml"))
    given = options.parse_args()
    out = sys.stdout.write
    out("| rules for and against kept | rules alone | model | model - rules [draws] |\n")
    out("|---|---|---|---|\n")
    for share in SHARES:
        draws = [measure(given, share, seed) for seed in range(DRAWS if share < 1 else 1)]
        rules, model = np.mean(draws, axis=0)
        gains = sorted(own - other for other, own in draws)
        out(
            f"| {share:.0%} | {rules:.3f} | {model:.3f} "
            f"| {model - rules:+.3f} [{gains[0]:+.3f}, {gains[-1]:+.3f}] |\n"
        )
        sys.stdout.flush()


def measure(given: argparse.Namespace, share: float, seed: int) -> tuple[float, float]:
    """Return F_avg of a random part of the rules alone, and of the model that they train."""
    label_config = load_config(given.config, "label", LabelConfig)
    train_config = load_config(given.config, "train", TrainConfig)
    with tempfile.TemporaryDirectory() as folder:
        topic = take_rules_away(given.topic, Path(folder, "topic"), share, seed)
        labels, held_out = Path(folder, "labels.parquet"), Path(folder, "held_out.parquet")
        label.run(given.sentences, topic, labels, Path(folder, "rules.csv"), label_config)
        outputs = (Path(folder, "model.joblib"), held_out, Path(folder, "metrics.json"))
        train.run(labels, topic, *outputs, train_config, given.gold, label_config.model)
        rows = pq.read_table(held_out, filters=[("reference", "=", "gold")]).to_pydict()
        voter = load_voter(topic)
    weights = [rule.weight for rule in voter.rules]
    weak = LabelModel(label_config.model, weights).fit(
        voter.vote_matrix(pq.read_table(given.sentences).to_pydict()["text"])
    )
    stances = [stance or "none" for stance in weak(voter.vote_matrix(rows["text"])).stances()]
    return f_avg(rows["label"], stances), f_avg(rows["label"], rows["stance"])


def take_rules_away(topic: Path, into: Path, share: float, seed: int) -> Path:
    """Write a topic that keeps a random share of the rules for and against; return its folder."""
    into.mkdir()
    text = (topic / "topic.yaml").read_text(encoding="utf-8")
    (into / "topic.yaml").write_text(text, encoding="utf-8")
    rules = yaml.safe_load((topic / "rules.yaml").read_text(encoding="utf-8"))["rules"]
    kept = np.random.default_rng(seed).random(len(rules)) < share
    part = [rule for rule, keep in zip(rules, kept, strict=True) if keep or rule["label"] == "none"]
    text = yaml.safe_dump({"rules": part}, allow_unicode=True)
    (into / "rules.yaml").write_text(text, encoding="utf-8")
    return into


if __name__ == "__main__":
    main()
