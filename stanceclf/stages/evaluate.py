"""Stage ``evaluate``: rules, baselines and model against gold labels, by held-out article."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from os import PathLike

from stanceclf.errors import StanceclfError
from stanceclf.evaluation import (
    SYSTEMS,
    Comparison,
    CurvePoint,
    Evaluation,
    HeldOut,
    Place,
    Scores,
    SpeakerScores,
    WorstError,
    by_article,
    compare,
    mask,
    plain_classifier,
    plain_training,
    read_speakers,
    score_speakers,
    snorkel_training,
    speaker_figures,
    weak_label_kappa,
    worst_errors,
)
from stanceclf.io import (
    HELD_OUT_COLUMNS,
    SENTENCE_COLUMNS,
    SPEAKER_COLUMNS,
    Columns,
    atomic_write,
    check_outputs,
    csv_line,
    stream_dataset,
)
from stanceclf.labels import READING_ORDER
from stanceclf.reports import model_card
from stanceclf.rules import LabelModel, LabelModelName
from stanceclf.speakers import Attribution
from stanceclf.training import (
    EvaluateConfig,
    StanceClassifier,
    TrainConfig,
    TrainingData,
    TrainingSet,
    make_classifier,
    read_training_data,
    stream_tested,
)


@dataclass(frozen=True, slots=True)
class CardFiles:
    """A model card, and what it tells of beside what the stage reads and writes.

    Attributes
    ----------
    card : path-like
        The card to write.
    model : path-like
        The model's file.
    articles : path-like
        The folder of articles.
    gold : path-like or None
        The gold labels.
    """

    card: str | PathLike[str]
    model: str | PathLike[str]
    articles: str | PathLike[str]
    gold: str | PathLike[str] | None


def run_evaluate(
    held_out: str | PathLike[str],
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    metrics: str | PathLike[str],
    confusion: str | PathLike[str],
    errors: str | PathLike[str],
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName = "weighted",
    sentences: str | PathLike[str] | None = None,
    speakers: str | PathLike[str] | None = None,
    card: CardFiles | None = None,
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
    sentences, speakers : path-like, optional
        The dataset that the stage ``sentences`` wrote, and gold speakers to score it on.
    card : CardFiles, optional
        The model card to write, and what else it tells of.

    Raises
    ------
    StanceclfError
        An input cannot be read, or the two do not belong together.
    """
    check_outputs(metrics, confusion, errors, *([card.card] if card else []))
    gold = _gold_of(held_out, labels)
    data = read_training_data(labels, topic, gold, train.sentences)
    said = _score_speakers(sentences, speakers)
    evaluation = None
    figures: dict[str, object] = {"gold": dict.fromkeys(READING_ORDER, 0)} | speaker_figures(said)
    systems: dict[str, list[str]] = {name: [] for name in SYSTEMS}
    worst: list[WorstError] = []
    if gold["text"]:
        try:
            evaluation, systems, worst = _measure(data, gold, config, train, label_model)
        except ValueError as error:
            raise StanceclfError(f"these settings cannot be trained: {error}") from None
        evaluation = dataclasses.replace(evaluation, speakers=said)
        figures = evaluation.figures()
    _write(metrics, json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    _write(confusion, _confusion(gold, systems))
    _write(errors, "".join(_line(row) for row in worst))
    if card:
        text = model_card(
            data,
            train,
            config,
            label_model,
            articles=card.articles,
            topic=topic,
            model=card.model,
            metrics=metrics,
            confusion=confusion,
            errors=errors,
            gold=card.gold,
        )
        _write(card.card, text)
    return evaluation


def _score_speakers(
    sentences: str | PathLike[str] | None, speakers: str | PathLike[str] | None
) -> dict[str, SpeakerScores]:
    gold = {} if speakers is None else read_speakers(speakers)
    if not gold or sentences is None:
        return {}
    types = SENTENCE_COLUMNS | SPEAKER_COLUMNS
    articles = {article for article, *_ in gold}
    told: dict[Place, Attribution] = {}
    for columns in stream_dataset(sentences, types, "sentences", nullable=["speaker"]):
        names = ("article", "start", "end", "speaker", "voice")
        for *place, speaker, voice in zip(*(columns[name] for name in names), strict=True):
            if place[0] in articles:
                told[place[0], place[1], place[2]] = Attribution(speaker, voice)
    return score_speakers(gold, told)


def _write(path: str | PathLike[str], text: str) -> None:
    with atomic_write(path) as file:
        file.write(text.encode())


def _line(row: WorstError) -> str:
    return json.dumps(dataclasses.asdict(row), ensure_ascii=False) + "\n"


def _gold_of(held_out: str | PathLike[str], labels: str | PathLike[str]) -> Columns:
    """Return the gold sentences among held-out predictions; of others, see that they are these.

    Raises
    ------
    StanceclfError
        They were not predicted from these weak labels.
    """
    gold: Columns = {name: [] for name in HELD_OUT_COLUMNS}
    names = (*SENTENCE_COLUMNS, "label")

    def predicted() -> Iterator[tuple[object, ...]]:
        for columns in stream_dataset(held_out, HELD_OUT_COLUMNS, "train"):
            for row in zip(*(columns[name] for name in HELD_OUT_COLUMNS), strict=True):
                own = dict(zip(HELD_OUT_COLUMNS, row, strict=True))
                if own["reference"] == "weak":
                    yield tuple(own[name] for name in names)
                else:
                    for name, value in own.items():
                        gold[name].append(value)

    labelled = (
        row
        for columns in stream_tested(labels)
        for row in zip(*(columns[name] for name in names), strict=True)
    )
    if any(one != other for one, other in zip_longest(predicted(), labelled)):
        raise StanceclfError(
            f"was not made from `{labels}` as it is now; run `stanceclf train`", path=held_out
        )
    return gold


def _confusion(gold: Columns, systems: Mapping[str, Sequence[str]]) -> str:
    places = (gold[name] for name in ("article", "start", "end", "label"))
    rows = zip(*places, *systems.values(), strict=True)
    return "".join(map(csv_line, [["article", "start", "end", "gold", *systems], *rows]))


def _measure(
    data: TrainingData,
    gold: Columns,
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName,
) -> tuple[Evaluation, dict[str, list[str]], list[WorstError]]:
    """Return what was measured, what each system calls the gold sentences, and the worst errors."""
    voter, weak, texts = data.voter, data.weak, gold["text"]
    training = data.training(train)
    held_out = HeldOut(data.split(training, train.folds), gold["article"])
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
