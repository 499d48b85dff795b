"""Stage ``evaluate``: rules, baselines and model against gold labels, by held-out article."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from os import PathLike

from stanceclf.baselines import plain_classifier, plain_training, snorkel_training
from stanceclf.classifier import StanceClassifier
from stanceclf.config import EvaluateConfig, TrainConfig
from stanceclf.dataset import HELD_OUT_COLUMNS, SENTENCE_COLUMNS, Columns, read_dataset
from stanceclf.errors import StanceclfError
from stanceclf.evaluation import SYSTEMS, CurvePoint, Evaluation, by_article
from stanceclf.files import atomic_write, check_outputs
from stanceclf.held_out import HeldOut
from stanceclf.kappa import weak_label_kappa
from stanceclf.labels import READING_ORDER
from stanceclf.mask import mask
from stanceclf.material import Material, make_classifier, read_material
from stanceclf.metrics import Comparison, Scores, compare
from stanceclf.training import TrainingSet
from stanceclf.weak_labels import LabelModel, LabelModelName
from stanceclf.worst_errors import WorstError, worst_errors


def run(
    held_out: str | PathLike[str],
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    metrics: str | PathLike[str],
    confusion: str | PathLike[str],
    errors: str | PathLike[str],
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName = "weighted",
) -> Evaluation | None:
    """Score rules, baselines and the model's held-out predictions on the same gold sentences.

    Without a gold sentence there is nothing to tell: the files are written without figures.

    Parameters
    ----------
    held_out : path-like
        The held-out predictions that the stage ``train`` wrote.
    labels : path-like
        The dataset of weak labels that it read.
    topic : path-like
        The topic's folder.
    metrics, confusion, errors : path-like
        The files to write: the figures as JSON, a CSV row a gold sentence with what each system
        calls it, and the worst errors as JSON lines.
    config : EvaluateConfig
        The stage's settings.
    train : TrainConfig
        Those of the stage ``train``, for models like its own.
    label_model : str, default "weighted"
        How the rules' votes are summed up.

    Raises
    ------
    StanceclfError
        An input cannot be read, or the two do not belong together.
    """
    check_outputs(metrics, confusion, errors)
    columns = read_dataset(held_out, HELD_OUT_COLUMNS, "train")
    gold = _only(columns, "gold")
    material = dataclasses.replace(read_material(labels, topic), gold=gold)
    predicted, labelled = _only(columns, "weak"), material.tested()["weak"]
    if any(predicted[name] != labelled[name] for name in (*SENTENCE_COLUMNS, "label")):
        raise StanceclfError(
            f"was not made from `{labels}` as it is now; run `stanceclf train`", path=held_out
        )
    if not gold["text"]:
        _write(metrics, {"gold": dict.fromkeys(READING_ORDER, 0)})
        _write_confusion(confusion, gold, {name: [] for name in SYSTEMS})
        _write_errors(errors, [])
        return None
    try:
        evaluation, systems, worst = _measure(material, gold, config, train, label_model)
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    _write(metrics, evaluation.figures())
    _write_confusion(confusion, gold, systems)
    _write_errors(errors, worst)
    return evaluation


def _write(path: str | PathLike[str], figures: Mapping[str, object]) -> None:
    with atomic_write(path) as file:
        file.write((json.dumps(figures, indent=2, ensure_ascii=False) + "\n").encode())


def _write_errors(path: str | PathLike[str], worst: Sequence[WorstError]) -> None:
    with atomic_write(path) as file:
        for row in worst:
            file.write((json.dumps(dataclasses.asdict(row), ensure_ascii=False) + "\n").encode())


def _only(columns: Columns, reference: str) -> Columns:
    kept = [i for i, own in enumerate(columns["reference"]) if own == reference]
    return {name: [column[i] for i in kept] for name, column in columns.items()}


def _write_confusion(
    path: str | PathLike[str], gold: Columns, systems: Mapping[str, Sequence[str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["article", "start", "end", "gold", *systems])
    places = (gold[name] for name in ("article", "start", "end", "label"))
    writer.writerows(zip(*places, *systems.values(), strict=True))
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())


def _measure(
    material: Material,
    gold: Columns,
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName,
) -> tuple[Evaluation, dict[str, list[str]], list[WorstError]]:
    """Return what was measured, what each system calls the gold sentences, and the worst errors."""
    voter, weak, texts = material.voter, material.weak, gold["text"]
    training = material.training(train)
    held_out = HeldOut(material.split(training, train.folds), gold["article"])
    votes = voter.vote_matrix(weak["text"])
    summed = LabelModel(label_model, voter.weights).fit(votes)
    by_rules = summed(voter.vote_matrix(texts)).stances()
    plain, classifier = plain_classifier(train), make_classifier(train, voter, label_model)
    by_snorkel, snorkel = snorkel_training(weak, votes, train.seed)
    systems: dict[str, list[str]] = {
        "rules": [stance or "none" for stance in by_rules],
        "plain": held_out.predict(held_out.fit(plain, plain_training(weak)), texts),
        "snorkel": held_out.predict(held_out.fit(plain, by_snorkel), texts),
        "model": gold["stance"],
    }
    models = held_out.fit(classifier, training)
    frozen = {fold: model.freeze() for fold, model in models.items()}
    for model in models.values():
        # No rule finds a stance in a masked sentence; those that find none in it are left out too.
        model.set_params(rule_weight=0.0)
    masked = held_out.predict(models, mask(voter, texts))
    scored = partial(
        compare,
        gold["label"],
        resamples=config.resamples,
        confidence=config.confidence,
        seed=config.seed,
    )
    comparison = scored(systems, "model")
    evaluation = Evaluation(
        gold={stance: Counter(gold["label"])[stance] for stance in READING_ORDER},
        comparison=comparison,
        snorkel=snorkel,
        masked=scored({"masked": masked}, "masked").scores["masked"],
        kappa=weak_label_kappa(gold["label"], by_rules),
        curve=[
            *_curve(held_out, classifier, training, texts, scored),
            # Of all other folds is what the model itself learnt from.
            _point(held_out, training, held_out.folds - 1, comparison.scores["model"]),
        ],
        articles=by_article(gold["article"], gold["label"], systems["rules"], systems["model"]),
    )
    own = [frozen[fold] for fold in held_out.fold_of]
    return evaluation, systems, worst_errors(gold, own, config.worst)


def _curve(
    held_out: HeldOut,
    classifier: StanceClassifier,
    training: TrainingSet,
    texts: list[str],
    scored: Callable[[dict[str, list[str]], str], Comparison],
) -> Iterator[CurvePoint]:
    """Yield how well the model does that learnt from some of the other folds, but not from all."""
    for count in range(1, held_out.folds - 1):
        # Some folds may hold too little to learn from; such a point is left out.
        with suppress(StanceclfError, ValueError):
            predicted = held_out.predict(held_out.fit(classifier, training, count), texts)
            scores = scored({"model": predicted}, "model").scores["model"]
            yield _point(held_out, training, count, scores)


def _point(held_out: HeldOut, training: TrainingSet, count: int, scores: Scores) -> CurvePoint:
    return CurvePoint(count, held_out.sentences(training, count), scores.f_avg)
