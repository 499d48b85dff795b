"""Stage ``train``: weak labels -> model, cross-validated by article."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from stanceclf import model as model_file
from stanceclf.classifier import StanceClassifier
from stanceclf.config import TrainConfig
from stanceclf.cross_validation import (
    assign_folds,
    find_copies,
    fit_without_fold,
    stance_probabilities,
)
from stanceclf.dataset import (
    HELD_OUT_COLUMNS,
    LABEL_COLUMNS,
    SENTENCE_COLUMNS,
    Columns,
    read_dataset,
    write_dataset,
)
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, check_outputs
from stanceclf.gold import read_gold
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.metrics import f_avg, macro_f1
from stanceclf.normalization import Normalizer
from stanceclf.topic import load_topic


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
        How many weakly labelled sentences the model was trained on.
    features : int
        How many n-grams it knows.
    weak : Agreement
        Held-out predictions against weak labels: how well the rules were copied.
    gold : Agreement or None
        Held-out predictions against gold labels, where there are some.
    """

    sentences: int
    features: int
    weak: Agreement
    gold: Agreement | None


def run(
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    model: str | PathLike[str],
    held_out: str | PathLike[str],
    metrics: str | PathLike[str],
    config: TrainConfig,
    gold: str | PathLike[str] | None = None,
) -> TrainResult:
    """Cross-validate a classifier by article, then train it on all of them.

    Each sentence counts as much as its weak label is probable. Every sentence, weakly labelled or
    gold, is predicted by the one model that saw nothing of its article, nor of a copy of it.

    Parameters
    ----------
    labels : path-like
        The dataset of weak labels.
    topic : path-like
        The topic's folder, for the names that the model shows.
    model, held_out, metrics : path-like
        The files to write: the model, the held-out predictions, how they agree.
    config : TrainConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels, to be predicted; never trained on.

    Raises
    ------
    StanceclfError
        An input cannot be read, a stance has no weak label, or there are too few articles.
    """
    check_outputs(model, held_out, metrics)
    normalize = Normalizer.from_opencc()
    named = load_topic(topic, normalize)
    sentences = read_dataset(
        labels, SENTENCE_COLUMNS | LABEL_COLUMNS, "label", nullable=LABEL_COLUMNS
    )
    rows = _weakly_labelled(sentences, labels)
    weights = [max(rows[f"p_{stance}"][i] for stance in STANCES) for i in range(len(rows["text"]))]
    classifier = StanceClassifier(
        features=config.features,
        char_ngrams=config.char_ngrams,
        word_ngrams=config.word_ngrams,
        min_df=config.min_df,
        C=config.C,
        class_weight=config.class_weight,
        random_state=config.seed,
    )
    texts = [normalize(text) for text in sentences["text"]]
    first = find_copies(sentences["article"], texts)
    folds = assign_folds([first[article] for article in rows["article"]], config.folds)
    fold_of = {name: folds[first[name]] for name in first if first[name] in folds}
    tested = {"weak": rows}
    if gold is not None:
        tested["gold"] = _gold_rows(gold, texts, sentences["article"], normalize)
    predicted = {kind: np.zeros((len(t["text"]), len(STANCES))) for kind, t in tested.items()}
    try:
        final = clone(classifier).fit(rows["text"], rows["label"], weights)
        # Gold of an article that gave no weak label was trained on by nobody.
        articles = {article for table in tested.values() for article in table["article"]}
        _predict(final, tested, predicted, articles - set(fold_of))
        for fold in range(config.folds):
            held_out_articles = {article for article in fold_of if fold_of[article] == fold}
            in_fold = np.array([article in held_out_articles for article in rows["article"]])
            fitted = fit_without_fold(classifier, rows["text"], rows["label"], weights, in_fold)
            _predict(fitted, tested, predicted, held_out_articles)
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    agreement = {
        kind: _agreement(table["label"], _stances(predicted[kind]))
        for kind, table in tested.items()
    }
    result = TrainResult(
        sentences=len(rows["text"]),
        features=final.coef_.shape[1],
        weak=agreement["weak"],
        gold=agreement.get("gold"),
    )
    model_file.save(final.freeze(named.name, dict(named.labels.items())), model)
    write_dataset(_held_out_columns(tested, predicted), HELD_OUT_COLUMNS, held_out)
    _write_metrics(result, metrics)
    return result


def _weakly_labelled(columns: Columns, path: str | PathLike[str]) -> Columns:
    """Return the sentences that have a weak label, as columns; the label's is ``label``."""
    kept = [i for i, label in enumerate(columns["weak_label"]) if label is not None]
    counts = Counter(columns["weak_label"][i] for i in kept)
    for stance in READING_ORDER:
        if not counts[stance]:
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that find some", path=path
            )
    rows = {name: [column[i] for i in kept] for name, column in columns.items()}
    rows["label"] = rows.pop("weak_label")
    if any(None in rows[f"p_{stance}"] for stance in STANCES):
        raise StanceclfError(
            "a weak label has no probability; `stanceclf label` makes such a file", path=path
        )
    return rows


def _gold_rows(
    path: str | PathLike[str], texts: list[str], articles: list[str], normalize: Normalizer
) -> Columns:
    """Return gold sentences as columns; refuse what was trained on under another name.

    `texts` and `articles` are the sentences that may be trained on, in normal form.
    """
    gold = read_gold(path)
    trained = dict(zip(texts, articles, strict=True))
    unknown = {sentence.article for sentence in gold} - set(articles)
    for article in sorted(unknown):
        own = [normalize(sentence.text) for sentence in gold if sentence.article == article]
        same = [text for text in own if text in trained]
        if 2 * len(same) > len(own):
            raise StanceclfError(
                f"`{article}` seems to be `{trained[same[0]]}` of the training sentences, so it "
                "would not be held out; give both one name",
                path=path,
            )
    return {name: [getattr(s, name) for s in gold] for name in (*SENTENCE_COLUMNS, "label")}


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
