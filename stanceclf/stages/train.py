"""Stage ``train``: weak labels -> model, cross-validated by article."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from stanceclf import model_file
from stanceclf.classifier import StanceClassifier
from stanceclf.config import TrainConfig
from stanceclf.cross_validation import all_but_own, fitted_by_fold, stance_probabilities
from stanceclf.dataset import HELD_OUT_COLUMNS, SENTENCE_COLUMNS, Columns, write_dataset
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, check_outputs
from stanceclf.gold import read_gold, was_chosen
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.material import make_classifier, read_material
from stanceclf.metrics import f_avg, macro_f1
from stanceclf.model_record import record_of, write_record
from stanceclf.origin import trace
from stanceclf.weak_labels import LabelModelName


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


def run(
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
    material = read_material(labels, topic, gold)
    classifier = make_classifier(config, material.voter, label_model)
    training = material.training(config)
    split = material.split(training, config.folds)
    tested = material.tested()
    predicted = {kind: np.zeros((len(t["text"]), len(STANCES))) for kind, t in tested.items()}
    try:
        final = clone(classifier).fit(training.texts, training.labels, training.weights)
        # Gold of an article that nothing was trained on was seen by nobody.
        articles = {article for table in tested.values() for article in table["article"]}
        _predict(final, tested, predicted, articles - set(split.fold_of))
        for fold, fitted in fitted_by_fold(classifier, training, split, all_but_own(split.folds)):
            _predict(fitted, tested, predicted, split.articles(fold))
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    agreement = {
        kind: _agreement(table["label"], _stances(predicted[kind]))
        for kind, table in tested.items()
    }
    result = TrainResult(
        sentences=len(training.texts),
        features=final.coef_.shape[1],
        weak=agreement["weak"],
        gold=agreement.get("gold"),
        folds=split.folds,
        chosen=0 if gold is None else sum(map(was_chosen, read_gold(gold))),
    )
    frozen = final.freeze(trace(_sources(labels, topic, gold if config.labels != "weak" else None)))
    model_file.save(frozen, model)
    write_record(frozen, model, record)
    write_dataset(_held_out_columns(tested, predicted), HELD_OUT_COLUMNS, held_out)
    _write_metrics(result, metrics)
    return result


def _sources(
    labels: str | PathLike[str], topic: str | PathLike[str], gold: str | PathLike[str] | None
) -> dict[str, str | PathLike[str]]:
    """Return the files that a model is made of."""
    made_of: dict[str, str | PathLike[str]] = {"labels": labels}
    made_of |= {"topic": Path(topic, "topic.yaml"), "rules": Path(topic, "rules.yaml")}
    return made_of if gold is None else made_of | {"gold": gold}


def _predict(
    classifier: StanceClassifier,
    tested: dict[str, Columns],
    predicted: dict[str, npt.NDArray[np.float64]],
    articles: set[str],
) -> None:
    """Fill in the probabilities of the sentences of some articles."""
    for kind, table in tested.items():
        rows = [i for i, article in enumerate(table["article"]) if article in articles]
        if rows:
            texts = [table["text"][i] for i in rows]
            predicted[kind][rows] = stance_probabilities(classifier, texts)


def _stances(probabilities: npt.NDArray[np.float64]) -> list[str]:
    return [STANCES[index] for index in probabilities.argmax(axis=1)]


def _agreement(labels: list[str], stances: list[str]) -> Agreement:
    return Agreement(
        len(labels), round(f_avg(labels, stances), 4), round(macro_f1(labels, stances), 4)
    )


def _held_out_columns(
    tested: dict[str, Columns], predicted: dict[str, npt.NDArray[np.float64]]
) -> Columns:
    columns: Columns = {name: [] for name in HELD_OUT_COLUMNS}
    for kind, table in tested.items():
        columns["reference"] += [kind] * len(table["text"])
        for name in (*SENTENCE_COLUMNS, "label"):
            columns[name] += table[name]
        columns["stance"] += _stances(predicted[kind])
        for stance in READING_ORDER:
            column = predicted[kind][:, STANCES.index(stance)]
            columns[f"p_{stance}"] += [round(float(p), 6) for p in column]
    return columns


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
