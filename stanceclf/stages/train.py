"""Stage ``train``: weak labels -> model, cross-validated by article."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from stanceclf.errors import StanceclfError
from stanceclf.evaluation import Confusion
from stanceclf.gold import read_gold, was_chosen
from stanceclf.io import (
    HELD_OUT_COLUMNS,
    SENTENCE_COLUMNS,
    Columns,
    atomic_write,
    check_outputs,
    open_dataset,
)
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.model import record_of, save, trace, write_record
from stanceclf.rules import LabelModelName
from stanceclf.training import (
    Split,
    StanceClassifier,
    TrainConfig,
    all_but_own,
    fitted_by_fold,
    make_classifier,
    read_training_data,
    stance_probabilities,
    stream_tested,
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How held-out predictions agree with one kind of label.

    Attributes
    ----------
    sentences : int
        How many sentences have such a label.
    f_avg, macro_f1 : float
        The agreement.
    """

    sentences: int
    f_avg: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What the stage did.

    Attributes
    ----------
    sentences : int
        How many sentences the model was trained on.
    features : int
        How many n-grams it knows.
    weak : Agreement
        Held-out predictions against weak labels: how well the rules were copied.
    gold : Agreement or None
        Held-out predictions against gold labels, where there are some.
    folds : int
        In how many parts the articles were cross-validated.
    chosen : int
        How many gold labels are of sentences that were not chosen at random.
    """

    sentences: int
    features: int
    weak: Agreement
    gold: Agreement | None
    folds: int
    chosen: int


def run_train(
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    model: str | PathLike[str],
    held_out: str | PathLike[str],
    metrics: str | PathLike[str],
    config: TrainConfig,
    gold: str | PathLike[str] | None = None,
    label_model: LabelModelName = "weighted",
) -> TrainResult:
    """Cross-validate a classifier by article, then train it on all of them.

    Every sentence, weakly labelled or gold, is predicted by the one model that saw nothing of its
    article, nor of a copy of it.

    Parameters
    ----------
    labels : path-like
        The dataset of weak labels.
    topic : path-like
        The topic's folder.
    model, held_out, metrics : path-like
        The files to write: the model, with its record beside it, the held-out predictions, how they
        agree.
    config : TrainConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels, to be predicted; trained on only where the settings say so.
    label_model : str, default "weighted"
        How the rules' votes are summed up at prediction.

    Raises
    ------
    StanceclfError
        An input cannot be read, a stance has no label, or there is one article only.
    """
    record = record_of(model)
    check_outputs(model, record, held_out, metrics)
    data = read_training_data(labels, topic, gold, config.sentences)
    classifier = make_classifier(config, data.voter, label_model)
    training = data.training(config)
    split = data.split(training, config.folds)
    try:
        final = clone(classifier).fit(training.texts, training.labels, training.weights)
        folds = dict(fitted_by_fold(classifier, training, split, all_but_own(split.folds)))
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    tested = _HeldOut(final, folds, split)
    with open_dataset(HELD_OUT_COLUMNS, held_out) as write:
        for columns in stream_tested(labels):
            write(tested.predict("weak", columns))
        if data.gold is not None:
            write(tested.predict("gold", data.gold))
    agreed = {kind: _rounded(own) for kind, own in tested.confusion.items()}
    result = TrainResult(
        sentences=len(training.texts),
        features=final.coef_.shape[1],
        weak=agreed["weak"],
        gold=agreed.get("gold"),
        folds=split.folds,
        chosen=0 if gold is None else sum(map(was_chosen, read_gold(gold))),
    )
    made_of = _sources(labels, topic, gold if config.labels != "weak" else None)
    frozen = final.freeze(trace(made_of))
    save(frozen, model)
    write_record(frozen, model, record)
    _write_metrics(result, metrics)
    return result


def _sources(
    labels: str | PathLike[str], topic: str | PathLike[str], gold: str | PathLike[str] | None
) -> dict[str, str | PathLike[str]]:
    """Return the files that a model is made of."""
    made_of: dict[str, str | PathLike[str]] = {"labels": labels}
    made_of |= {"topic": Path(topic, "topic.yaml"), "rules": Path(topic, "rules.yaml")}
    return made_of if gold is None else made_of | {"gold": gold}


class _HeldOut:
    """Predicts each sentence by the model that saw nothing of its article.

    Sentences of an article that nothing was trained on were seen by nobody.
    """

    def __init__(
        self, final: StanceClassifier, folds: dict[int, StanceClassifier], split: Split
    ) -> None:
        self._models = {None: final} | folds
        self._fold_of = split.fold_of
        self.confusion: dict[str, Confusion] = {}

    def predict(self, kind: str, tested: Columns) -> Columns:
        """Return the columns of held-out predictions of some sentences."""
        probabilities = np.zeros((len(tested["text"]), len(STANCES)))
        rows_of: dict[int | None, list[int]] = {}
        for i, article in enumerate(tested["article"]):
            rows_of.setdefault(self._fold_of.get(article), []).append(i)
        for fold, rows in rows_of.items():
            texts = [tested["text"][i] for i in rows]
            probabilities[rows] = stance_probabilities(self._models[fold], texts)
        stances = [STANCES[index] for index in probabilities.argmax(axis=1)]
        self.confusion.setdefault(kind, Confusion()).add(tested["label"], stances)
        columns = {name: tested[name] for name in (*SENTENCE_COLUMNS, "label")}
        columns |= {"reference": [kind] * len(stances), "stance": stances}
        for stance in READING_ORDER:
            column = probabilities[:, STANCES.index(stance)]
            columns[f"p_{stance}"] = [round(float(p), 6) for p in column]
        return columns


def _rounded(confusion: Confusion) -> Agreement:
    return Agreement(
        confusion.sentences, round(confusion.f_avg(), 4), round(confusion.macro_f1(), 4)
    )


def _write_metrics(result: TrainResult, path: str | PathLike[str]) -> None:
    figures: dict[str, Any] = {}
    for name, agreement in (("weak", result.weak), ("gold", result.gold)):
        if agreement is not None:
            figures[f"against_{name}_labels"] = {
                "sentences": agreement.sentences,
                "f_avg": agreement.f_avg,
                "macro_f1": agreement.macro_f1,
            }
    with atomic_write(path) as file:
        file.write((json.dumps(figures, indent=2) + "\n").encode())
