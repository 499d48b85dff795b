"""Stage ``train``: weak labels -> model, cross-validated by article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.evaluation import Confusion, HeldOut
from stanceclf.gold import read_gold, was_chosen
from stanceclf.io import (
    HELD_OUT_COLUMNS,
    SENTENCE_COLUMNS,
    Columns,
    check_outputs,
    open_dataset,
    write_json,
)
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.model import (
    Origin,
    StanceModel,
    check_record,
    record_path,
    save,
    save_held_out,
    write_record,
)
from stanceclf.rules import LabelModelName
from stanceclf.training import (
    EXAMPLES,
    Split,
    TrainConfig,
    fit_contexts,
    fitted_by_fold,
    make_classifier,
    read_training_data,
    read_whole,
    stream_tested,
)


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """How well held-out predictions agree with one kind of label, on how many sentences."""

    sentences: int
    f_avg: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What the model was trained on, and how well it does on held-out articles.

    Attributes
    ----------
    sentences, features : int
        Number of sentences that the model was trained on, and of n-grams that it knows.
    weak, gold : HeldOutScores
        Held-out predictions against weak labels, and against gold labels if there are any.
    folds : int
        Number of parts that the articles were cross-validated in.
    chosen : int
        Number of gold sentences that were not drawn at random.
    """

    sentences: int
    features: int
    weak: HeldOutScores
    gold: HeldOutScores | None
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
    folds: str | PathLike[str] | None = None,
    *,
    text_column: str | None = None,
) -> TrainResult:
    """Cross-validate a classifier by article, then train it on all of them.

    Every sentence with a weak or a gold label is predicted by the one model that was not trained
    on its article or a copy of it.

    Parameters
    ----------
    labels, topic : path-like
        The dataset of weak labels and the topic's folder.
    model, held_out, metrics : path-like
        The files to write: the model (and its record beside it), the held-out predictions, and how
        well these agree with the labels (JSON).
    config : TrainConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels to predict; trained on only if the settings say so.
    label_model : str, default "weighted"
        How votes are combined at prediction.
    folds : path-like, optional
        A file to write the models to that predict held-out articles, for the stage ``evaluate``.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        An input cannot be read, a stance has no label, or there is only one article.
    """
    record = record_path(model)
    check_record(model)
    check_outputs(model, record, held_out, metrics, *([folds] if folds else []))
    data = read_training_data(labels, topic, gold, config.sentences, text_column=text_column)
    classifier = make_classifier(config, data.voter, label_model)
    training = data.training_set(config)
    split = data.split(training, config.folds)
    try:
        # The last one holds nothing out. Articles in no fold are predicted by it.
        everything = set(range(split.folds))
        others = {fold: everything - {fold} for fold in range(split.folds + 1)}
        fitted = dict(fitted_by_fold(classifier, training, split, others))
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    sources = {
        "labels": labels,
        "topic": Path(topic, "topic.yaml"),
        "rules": Path(topic, "rules.yaml"),
    }
    if data.written:
        sources["examples"] = Path(topic, EXAMPLES)
    if gold is not None and config.labels != "weak":
        sources["gold"] = gold
    contexts = fit_contexts(fitted, data.weak, split, config.context)
    final = fitted[split.folds]
    models = {fold: one.freeze(context=contexts[fold]) for fold, one in fitted.items()}
    frozen = final.freeze(Origin.of(sources), contexts[split.folds])
    tested = _HeldOut(models, split)
    with open_dataset(HELD_OUT_COLUMNS, held_out) as write:
        for columns in stream_tested(labels):
            write(tested.predict("weak", columns))
        if data.gold is not None:
            write(tested.predict("gold", data.gold, read_whole(labels, data.gold)))
    agreed = {
        kind: HeldOutScores(own.sentences, round(own.f_avg(), 4), round(own.macro_f1(), 4))
        for kind, own in tested.confusion.items()
    }
    save(frozen, model)
    write_record(frozen, model)
    if folds:
        save_held_out({fold: models[fold] for fold in range(split.folds)}, folds)
    known = [] if gold is None else read_gold(gold, text_column=text_column)
    figures = {f"against_{kind}_labels": asdict(own) for kind, own in agreed.items()}
    write_json(metrics, figures)
    return TrainResult(
        sentences=len(training.texts),
        features=final.coef_.shape[1],
        weak=agreed["weak"],
        gold=agreed.get("gold"),
        folds=split.folds,
        chosen=sum(map(was_chosen, known)),
    )


class _HeldOut:
    """Predict each sentence by the model that was not trained on its article."""

    def __init__(self, models: Mapping[int, StanceModel], split: Split) -> None:
        self._models, self._split = models, split
        self.confusion: dict[str, Confusion] = {}

    def predict(
        self, kind: str, tested: Columns, whole: Sequence[Sentence] | None = None
    ) -> Columns:
        """Return the rows of the held-out predictions of some sentences, as columns.

        They are predicted in view of the sentences around them if their articles are given whole.
        """
        if whole is None:
            held_out = HeldOut(self._split, tested["article"])
            shares = held_out.probabilities(self._models, tested["text"])
        else:
            held_out = HeldOut(self._split, [one.article for one in whole])
            texts = [one.text for one in whole]
            shares = held_out.probabilities_in_context(self._models, texts)
            row_of = {one.place: row for row, one in enumerate(whole)}
            places = zip(tested["article"], tested["start"], tested["end"], strict=True)
            shares = shares[[row_of[place] for place in places]]
        stances = [STANCES[index] for index in shares.argmax(axis=1)]
        self.confusion.setdefault(kind, Confusion()).add(tested["label"], stances)
        columns = {name: tested[name] for name in (*SENTENCE_COLUMNS, "label")}
        columns |= {"reference": [kind] * len(stances), "stance": stances}
        for stance in READING_ORDER:
            column = shares[:, STANCES.index(stance)]
            columns[f"p_{stance}"] = [round(float(p), 6) for p in column]
        return columns
