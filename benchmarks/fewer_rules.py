"""What the model adds where the rules cover less, as on articles they were not written for.

    python benchmarks/fewer_rules.py [--sentences FILE] [--gold FILE] [--topic DIR] [--config FILE]

The shipped rules were written with the seed articles in view. To see what the model adds to rules
that fit an article less well, this removes rules for and against at random, and scores the rules
alone and the model (by held-out article) on the same gold sentences. Prints a table and writes it
to ``results/fewer_rules.csv``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from runs import parse_options, predict_held_out, take_rules_away, write_rows

from stanceclf.evaluation.metrics import f_avg
from stanceclf.rules import LabelModel, load_voter
from stanceclf.training import LabelConfig, TrainConfig, load_config

SHARES = (1.0, 0.75, 0.5, 0.25)
DRAWS = 5


def main() -> None:
    """Measure every share of the rules."""
    given = parse_options(__doc__)
    write_rows(given.out / "fewer_rules.csv", rows(given))


def rows(given: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Yield one row per share of the rules."""
    for share in SHARES:
        draws = [measure(given, share, seed) for seed in range(DRAWS if share < 1 else 1)]
        alone, model = np.mean(draws, axis=0)
        gains = sorted(own - other for other, own in draws)
        yield {
            "rules kept": f"{share:.0%}",
            "rules alone": f"{alone:.3f}",
            "model": f"{model:.3f}",
            "model - rules": f"{model - alone:+.3f} [{gains[0]:+.3f}, {gains[-1]:+.3f}]",
        }


def measure(given: argparse.Namespace, share: float, seed: int) -> tuple[float, float]:
    """Return F_avg of a random part of the rules alone, and of the model trained on them."""
    label_config = load_config(given.config, "label", LabelConfig)
    train_config = load_config(given.config, "train", TrainConfig)
    with tempfile.TemporaryDirectory() as folder:
        topic = take_rules_away(given.topic, Path(folder, "topic"), share, seed)
        found, _ = predict_held_out(given, topic, label_config, train_config)
        voter = load_voter(topic)
    weak = LabelModel(label_config.model, voter.weights).fit(
        voter.vote_matrix(pq.read_table(given.sentences).to_pydict()["text"])
    )
    stances = [stance or "none" for stance in weak(voter.vote_matrix(found["text"])).stances()]
    return f_avg(found["label"], stances), f_avg(found["label"], found["stance"])


if __name__ == "__main__":
    main()
