"""The steps to time, each of them a command."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_OURS = (sys.executable, "-m", "stanceclf")
#: The names of the steps, in the order in which they are run.
SENTENCES, LABEL, TRAIN = "`sentences`", "`label`", "`train`"
PREDICT, PREDICT_2 = "`predict --jobs 1`", "`predict --jobs 2`"
ROWS_2, MAP_2 = "`predict --jobs 2`, a row a sentence", "`datasets.map`, 2 processes"
USUAL_TRAIN, USUAL = "jieba + TF-IDF + LR: train", "jieba + TF-IDF + LR: predict"


@dataclass(frozen=True)
class Step:
    """A step: its name, and its command, which runs in the folder of the corpus."""

    name: str
    command: tuple[str, ...]


def steps_of(home: Path, topic: Path) -> list[Step]:
    """Return the steps on the corpus in a folder; each needs the results of those before it.

    Parameters
    ----------
    home : Path
        Contains the folder `articles`; the steps write into it.
    topic : Path
        The topic's folder.
    """
    artifacts = home / "artifacts"
    artifacts.mkdir(exist_ok=True)
    given = ("--topic", str(topic), "--config", str(topic.parent / "pipeline.yaml"))
    predict = (*_OURS, "predict", "articles", "--overwrite")
    sentences = "artifacts/sentences.parquet"
    rows = (*_OURS, "predict", sentences, "--overwrite")
    usual = (sys.executable, "-m", "scaling.usual")
    return [
        Step(SENTENCES, (*_OURS, "sentences", "articles", *given[2:])),
        Step(LABEL, (*_OURS, "label", "--no-gold", *given)),
        Step(TRAIN, (*_OURS, "train", "--no-gold", *given)),
        Step(PREDICT, (*predict, "--jobs", "1", "--output", "one")),
        Step(PREDICT_2, (*predict, "--jobs", "2", "--output", "two")),
        Step(MAP_2, (sys.executable, "-m", "scaling.mapped", sentences, "mapped.parquet")),
        Step(ROWS_2, (*rows, "--jobs", "2", "--output", "rows")),
        Step(USUAL_TRAIN, (*usual, "train")),
        Step(USUAL, (*usual, "predict")),
    ]
