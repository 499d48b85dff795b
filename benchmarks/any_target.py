"""Score a topic from `stanceclf init`, with nothing written, on posts about thousands of targets.

    python benchmarks/any_target.py --data FILE [--out DIR]

`FILE` is a table such as C-STANCE's (Zhao, Li and Caragea 2023): the columns ID, TARGET, TEXT and
STANCE, separated by tabs, with targets that occur in their posts. In each post the target is
replaced by a made-up word, which is the target of the topic. Targets are split in two by a hash:
whoever works on what `init` lays down reads posts of one half only. Nothing is learnt from the
labels. Prints a table and writes it to ``results/any_target.csv``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from runs import RESULTS, write_rows

from stanceclf.authoring.project import TOPIC, generic_examples, write_files
from stanceclf.evaluation.metrics import f_avg
from stanceclf.io import Columns
from stanceclf.labels import STANCES
from stanceclf.rules import LabelModel, Voter, load_voter
from stanceclf.training import TrainConfig, examples_of, gather, load_config, make_classifier

_WORD = "甲方案"


def main() -> None:
    """Measure rules and models."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", type=Path, required=True, metavar="FILE")
    options.add_argument("--out", type=Path, default=RESULTS)
    given = options.parse_args()
    try:
        with given.data.open(encoding="utf-8", newline="") as file:
            posts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        posts = [post | {"STANCE": post["STANCE"].lower()} for post in posts]
    except (OSError, UnicodeError, KeyError) as error:
        sys.exit(f"any_target.py: {given.data}: not a table of labelled posts ({error})")
    write_rows(given.out / "any_target.csv", rows(posts))


def rows(posts: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield one row per system."""
    texts = [post["TEXT"].replace(post["TARGET"], _WORD) for post in posts]
    gold = np.array([post["STANCE"] for post in posts])
    digests = (hashlib.md5(post["TARGET"].encode(), usedforsecurity=False) for post in posts)
    half = np.array([int(digest.hexdigest(), 16) % 2 for digest in digests])
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), [_WORD], [])
        voter = load_voter(Path(folder, TOPIC))
        config = load_config(Path(folder, "configs/pipeline.yaml"), "train", TrainConfig)
    columns = label(voter, texts)
    by_rules = np.array([stance or "none" for stance in columns["weak_label"]])
    yield row("rules alone", gold, by_rules, half)
    examples = [*examples_of(voter.rules), *generic_examples(voter.topic, voter.reader.normalize)]
    for name, weak in (("model, learnt from the examples", None), ("model", columns)):
        nothing: Columns = {name: [] for name in columns}
        training = gather(weak or nothing, None, examples, abstained=config.abstained)
        classifier = make_classifier(config, voter, "weighted")
        classifier.fit(training.texts, training.labels, training.weights)
        yield row(name, gold, classifier.predict(texts), half)


def label(voter: Voter, texts: list[str]) -> Columns:
    """Return texts with their weak labels."""
    votes = voter.vote_matrix(texts)
    weak = LabelModel("weighted", voter.weights).fit(votes)(votes)
    columns: Columns = {"text": texts, "article": ["posts"] * len(texts)}
    columns |= {name: list(range(len(texts))) for name in ("start", "end")}
    columns["weak_label"] = weak.stances()
    for column, stance in enumerate(STANCES):
        shares = weak.probability[:, column].tolist()
        columns[f"p_{stance}"] = [None if share != share else share for share in shares]
    return columns


def row(
    name: str, gold: npt.NDArray[np.str_], found: npt.NDArray[np.str_], half: npt.NDArray[np.int_]
) -> dict[str, str]:
    """Return the scores of a system on all posts and on each half of the targets."""
    kept = {"all": half >= 0, "targets read": half == 0, "targets not read": half == 1}
    scores = {
        what: f"{f_avg(gold[rows].tolist(), found[rows].tolist()):.3f}"
        for what, rows in kept.items()
    }
    return {"a new topic, nothing written": name, "posts": f"{len(gold):,}"} | scores


if __name__ == "__main__":
    main()
