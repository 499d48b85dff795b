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
from runs import parse_options, predict_held_out, take_rules_away

from stanceclf.evaluation.metrics import f_avg
from stanceclf.rules import LabelModel, load_voter
from stanceclf.training import LabelConfig, TrainConfig, load_config

SHARES = (1.0, 0.75, 0.5, 0.25)
DRAWS = 5


def main() -> None:
    """Print a Markdown table, a row a share of the rules."""
    given = parse_options(__doc__)
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
        rows, _ = predict_held_out(given, topic, label_config, train_config)
        voter = load_voter(topic)
    weak = LabelModel(label_config.model, voter.weights).fit(
        voter.vote_matrix(pq.read_table(given.sentences).to_pydict()["text"])
    )
    stances = [stance or "none" for stance in weak(voter.vote_matrix(rows["text"])).stances()]
    return f_avg(rows["label"], stances), f_avg(rows["label"], rows["stance"])


if __name__ == "__main__":
    main()
