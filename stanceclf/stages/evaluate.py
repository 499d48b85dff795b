"""Stage ``evaluate``: rules, baselines and model against gold labels, on held-out articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import compress, zip_longest
from operator import not_
from os import PathLike
from typing import Any

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.evaluation import (
    SYSTEMS,
    Evaluation,
    HeldOut,
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
from stanceclf.gold import Place
from stanceclf.io import (
    HELD_OUT_COLUMNS,
    SENTENCE_COLUMNS,
    SPEAKER_COLUMNS,
    Columns,
    check_outputs,
    csv_line,
    stream_dataset,
    to_json,
    write_json,
    write_text,
)
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.model import StanceModel, load, load_held_out
from stanceclf.reports import model_card
from stanceclf.rules import LabelModel, LabelModelName
from stanceclf.speakers import Attribution
from stanceclf.training import (
    EvaluateConfig,
    Split,
    TrainConfig,
    TrainingData,
    read_training_data,
    read_whole,
    stream_tested,
)

_PLACE = ("article", "start", "end")
# The few figures that people compare: the only ones in DVC's tables.
_SCORES = {"rules": ("f_avg", "macro_f1", "coverage"), "model": ("f_avg", "macro_f1")}


def run_evaluate(
    held_out: str | PathLike[str],
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName,
    *,
    sentences: str | PathLike[str],
    speakers: str | PathLike[str] | None,
    model: str | PathLike[str],
    folds: str | PathLike[str],
    articles: str | PathLike[str],
    gold: str | PathLike[str] | None,
    scores: str | PathLike[str],
    metrics: str | PathLike[str],
    confusion: str | PathLike[str],
    errors: str | PathLike[str],
    card: str | PathLike[str],
    text_column: str | None = None,
) -> Evaluation | None:
    """Score rules, baselines and the model's held-out predictions on the same gold sentences.

    Without gold sentences, the files are written without these figures and None is returned.

    Parameters
    ----------
    held_out, labels, topic : path-like
        The held-out predictions, the weak labels that they were made from, the topic's folder.
    config, train, label_model : EvaluateConfig, TrainConfig, str
        Settings of this stage and of those before it.
    sentences, speakers : path-like
        The dataset of sentences, and the gold speakers to score it on, if any.
    model, articles, gold : path-like
        Files that the card describes; the gold labels may be None.
    folds : path-like
        The models behind the held-out predictions.
    scores, metrics : path-like
        JSON files to write: the few figures that people compare, and all figures.
    confusion, errors, card : path-like
        Files to write: a CSV row per gold sentence with each system's stance, the worst errors as
        JSON Lines, and the model card as Markdown.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        An input cannot be read, or the predictions were not made from these weak labels.
    """
    check_outputs(scores, metrics, confusion, errors, card)
    known = _gold_sentences(held_out, labels)
    data = read_training_data(labels, topic, known, train.sentences)
    said = _score_speakers(sentences, speakers, text_column)
    evaluation = None
    figures: dict[str, Any] = {"gold": dict.fromkeys(READING_ORDER, 0)} | speaker_figures(said)
    systems: dict[str, list[str]] = {name: [] for name in SYSTEMS}
    worst: list[WorstError] = []
    if known["text"]:
        try:
            split = data.split(data.training_set(train), train.folds)
            # Of articles in no fold, nothing was trained on.
            models = load_held_out(folds) | {split.folds: load(model)}
            whole = read_whole(labels, known)
            _check_models(models, split, known, whole, folds)
            evaluation, systems, worst = _measure(
                data, known, whole, said, config, train, label_model, models, split
            )
        except ValueError as error:
            raise StanceclfError(f"these settings cannot be trained: {error}") from None
        figures = evaluation.figures()
    compared = {
        system: {name: figures[system][name] for name in names}
        for system, names in _SCORES.items()
        if system in figures
    }
    write_json(scores, compared | {"gold": {"sentences": len(known["text"])}})
    write_json(metrics, figures)
    rows = zip(*(known[name] for name in (*_PLACE, "label")), *systems.values(), strict=True)
    write_text(confusion, "".join(map(csv_line, [[*_PLACE, "gold", *systems], *rows])))
    write_text(errors, "".join(to_json(asdict(row)) + "\n" for row in worst))
    text = model_card(
        data,
        train,
        config,
        label_model,
        articles=articles,
        topic=topic,
        model=model,
        metrics=metrics,
        confusion=confusion,
        errors=errors,
        gold=gold,
        text_column=text_column,
    )
    write_text(card, text)
    return evaluation


def _rows(columns: Columns, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(columns[name] for name in names), strict=True)


def _score_speakers(
    sentences: str | PathLike[str],
    speakers: str | PathLike[str] | None,
    text_column: str | None,
) -> dict[str, SpeakerScores]:
    gold = {} if speakers is None else read_speakers(speakers, text_column=text_column)
    if not gold:
        return {}
    articles = {article for article, *_ in gold}
    types = SENTENCE_COLUMNS | SPEAKER_COLUMNS
    found: dict[Place, Attribution] = {}
    for columns in stream_dataset(sentences, types, "sentences", nullable=["speaker"]):
        for article, start, end, *said in _rows(columns, (*_PLACE, *SPEAKER_COLUMNS)):
            if article in articles:
                found[article, start, end] = Attribution(*said)
    return score_speakers(gold, found)


def _gold_sentences(held_out: str | PathLike[str], labels: str | PathLike[str]) -> Columns:
    """Return the gold sentences; check that the others are those that have these weak labels."""
    gold: Columns = {name: [] for name in HELD_OUT_COLUMNS}
    names = (*SENTENCE_COLUMNS, "label")

    def predicted() -> Iterator[tuple[Any, ...]]:
        for columns in stream_dataset(held_out, HELD_OUT_COLUMNS, "train"):
            weak = [reference == "weak" for reference in columns["reference"]]
            yield from compress(_rows(columns, names), weak)
            for name, own in gold.items():
                own += compress(columns[name], map(not_, weak))

    labelled = (row for columns in stream_tested(labels) for row in _rows(columns, names))
    if any(one != other for one, other in zip_longest(predicted(), labelled)):
        raise StanceclfError(
            f"was not made from `{labels}` as it is now; run `stanceclf train`", path=held_out
        )
    return gold


def _check_models(
    models: dict[int, StanceModel],
    split: Split,
    gold: Columns,
    whole: list[Sentence],
    path: str | PathLike[str],
) -> None:
    """Check that these models made the held-out predictions."""
    held_out = HeldOut(split, [one.article for one in whole])
    stances: dict[Place, str] = {}
    if models.keys() >= {*held_out.fold_of}:
        shares = held_out.probabilities_in_context(models, [one.text for one in whole])
        best = [STANCES[index] for index in shares.argmax(axis=1)]
        stances = {one.place: stance for one, stance in zip(whole, best, strict=True)}
    found = [stances.get(place) for place in _rows(gold, _PLACE)]
    if found != gold["stance"]:
        what = "has other models than those of the held-out predictions; run `stanceclf train`"
        raise StanceclfError(what, path=path)


def _measure(
    data: TrainingData,
    gold: Columns,
    whole: list[Sentence],
    speakers: dict[str, SpeakerScores],
    config: EvaluateConfig,
    train: TrainConfig,
    label_model: LabelModelName,
    models: dict[int, StanceModel],
    split: Split,
) -> tuple[Evaluation, dict[str, list[str]], list[WorstError]]:
    """Return all figures, each system's stance for every gold sentence, and the worst errors."""
    voter, weak, texts = data.voter, data.weak, gold["text"]
    held_out = HeldOut(split, gold["article"])
    votes = voter.vote_matrix(weak["text"])
    summed = LabelModel(label_model, voter.weights).fit(votes)
    by_rules = summed(voter.vote_matrix(texts)).stances()
    plain = plain_classifier(train)
    by_snorkel, snorkel = snorkel_training(weak, votes, train.seed)
    systems: dict[str, list[str]] = {
        "rules": [stance or "none" for stance in by_rules],
        "plain": held_out.predict(held_out.fit(plain, plain_training(weak)), texts),
        "snorkel": held_out.predict(held_out.fit(plain, by_snorkel), texts),
        "alone": held_out.predict(models, texts),
        "model": gold["stance"],
    }
    # Rules find no stance in a masked sentence. Those that vote `none` shall not count either.
    unaided = {fold: StanceModel.from_state(one.__getstate__()) for fold, one in models.items()}
    for one in unaided.values():
        one.rule_weight = one.silence = 0.0
    masked = held_out.predict(unaided, mask(voter, texts))
    scored = partial(
        compare,
        gold["label"],
        articles=gold["article"],
        resamples=config.resamples,
        confidence=config.confidence,
        seed=config.seed,
    )
    comparison = scored(systems, "model")
    evaluation = Evaluation(
        gold={stance: gold["label"].count(stance) for stance in READING_ORDER},
        comparison=comparison,
        snorkel=snorkel,
        masked=scored({"masked": masked}, "masked").scores["masked"],
        kappa=weak_label_kappa(gold["label"], by_rules),
        articles=by_article(gold["article"], gold["label"], systems["rules"], systems["model"]),
        speakers=speakers,
    )
    own = [models[fold] for fold in held_out.fold_of]
    return evaluation, systems, worst_errors(gold, own, config.worst, whole)
