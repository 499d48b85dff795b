"""Scoring: how well a model, and its rules alone, agree with labels that somebody has."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Sentence, cut_articles
from stanceclf.errors import StanceclfError
from stanceclf.evaluation.calibration import Calibration, calibrate
from stanceclf.evaluation.error_analysis import WorstError, worst_errors
from stanceclf.evaluation.metrics import Comparison, Scores, compare
from stanceclf.evaluation.resampling import why_no_interval
from stanceclf.gold import GoldSentence, Labelled, in_reading_order, was_chosen
from stanceclf.io import Columns, batched
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.model import StanceModel, probabilities

# Coarse enough to hide the last bits, in which processors differ.
_DECIMALS = 6
# Sentences predicted at once.
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class ArticleAccuracy:
    """An article's sentences: how many, and the shares that rules and model get right."""

    article: str
    sentences: int
    rules: float
    model: float


@dataclass(frozen=True, slots=True)
class Score:
    """How well a model, and its rules alone, agree with labels.

    Attributes
    ----------
    gold : dict of str to int
        The number of sentences with each label.
    chosen : int
        The number of sentences that were labelled for being useful, not taken at random.
    coverage : float
        The share of sentences to which the rules give a label; otherwise they count as ``none``.
    resamples, confidence : int, float
        The number of bootstrap resamples of the articles, and the confidence level of intervals.
    no_interval : str or None
        Why there cannot be an interval, or None.
    comparison : Comparison
        The scores of ``model``, ``rules``, perhaps ``other``, another model, and, where sentences
        are from articles, ``alone``, the model that sees nothing around a sentence; and those of
        ``model`` minus those of each other.
    articles : list of ArticleAccuracy
        The articles, beginning with those on which the model is worst.
    calibration, calibration_of_stances : Calibration
        The model's calibration on all sentences, and on those that it calls favor or against.
    worst : list of WorstError
        The model's most confident mistakes.
    """

    gold: dict[Stance, int]
    chosen: int
    coverage: float
    resamples: int
    confidence: float
    no_interval: str | None
    comparison: Comparison
    articles: list[ArticleAccuracy]
    calibration: Calibration
    calibration_of_stances: Calibration
    worst: list[WorstError]

    def figures(self) -> dict[str, Any]:
        """Return all of it as JSON; scores have the keys of ``metrics.json``."""
        scores, differences = self.comparison.scores, self.comparison.differences
        extra = {"rules": {"coverage": self.coverage}}
        counts = {"sentences": sum(self.gold.values()), "articles": len(self.articles)}
        return {
            "gold": counts | self.gold | {"chosen": self.chosen},
            "intervals": {
                "resamples": self.resamples,
                "confidence": self.confidence,
                "none_because": self.no_interval,
            },
            **{name: extra.get(name, {}) | _system(own) for name, own in scores.items()},
            **{
                f"model_minus_{name}": own.f_avg.figures("f_avg")
                | own.macro_f1.figures("macro_f1")
                | own.accuracy.figures("accuracy")
                for name, own in differences.items()
            },
            "articles": [dataclasses.asdict(one) for one in self.articles],
            "calibration": dataclasses.asdict(self.calibration),
            "calibration_of_stances": dataclasses.asdict(self.calibration_of_stances),
            "worst": [dataclasses.asdict(one) for one in self.worst],
        }


def score(
    model: StanceModel,
    labelled: Labelled,
    *,
    other: StanceModel | None = None,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
    worst: int = 20,
) -> Score:
    """Score a model, and its rules alone, on labelled sentences.

    Intervals are bootstrap intervals: they say how far a score would vary if other articles of the
    same kind had been labelled. Scores on articles that a model was trained on flatter it, and its
    rules if they were written with these articles in view.

    Parameters
    ----------
    model : StanceModel
        The model.
    labelled : Labelled
        The sentences, as `read_labelled` returns them.
    other : StanceModel, optional
        Another model, to compare it with on the same sentences.
    resamples : int, default 10000
        The number of bootstrap resamples.
    confidence : float, default 0.95
        The confidence level of intervals.
    seed : int, default 0
        The seed of the resampling.
    worst : int, default 20
        The maximum number of mistakes to list.

    Returns
    -------
    Score
        The scores of both, their differences, and where the model fails; its method `figures`
        returns all of it as JSON.

    Raises
    ------
    StanceclfError
        There are no sentences, or a model has other classes than favor, against and none.

    Examples
    --------
    >>> from stanceclf.training import StanceClassifier
    >>> texts = ["开源便宜", "开源落后", "今天下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> sentences = [GoldSentence("一.txt", 0, 4, "开源便宜", "favor")]
    >>> sentences += [GoldSentence("二.txt", 0, 4, "开源落后", "none")]
    >>> found = score(model, Labelled(sentences, ["一.txt", "二.txt"]))
    >>> found.comparison.scores["model"].accuracy.value
    0.5
    >>> found.worst[0].text, found.worst[0].stance
    ('开源落后', 'against')
    """
    sentences, articles = labelled.sentences, labelled.articles
    if not sentences:
        raise StanceclfError("no labelled sentences to score on")
    texts, gold = [one.text for one in sentences], [one.label for one in sentences]
    stances, shares = _predict(model, labelled)
    by_rules = _by_rules(model, texts)
    systems: dict[str, list[Stance]] = {
        "model": stances,
        "rules": [stance or "none" for stance in by_rules],
    }
    if labelled.whole and model.context:
        systems["alone"] = _predict(model, Labelled(sentences, articles))[0]
    if other is not None:
        systems["other"] = _predict(other, labelled)[0]
    right = [stance == label for stance, label in zip(stances, gold, strict=True)]
    sure = shares.max(axis=1)
    sided = np.array([stance != "none" for stance in stances])
    no_interval = why_no_interval(gold, articles)
    return Score(
        gold={stance: gold.count(stance) for stance in READING_ORDER},
        chosen=sum(map(was_chosen, sentences)),
        coverage=round(sum(stance is not None for stance in by_rules) / len(gold), 4),
        resamples=resamples,
        confidence=confidence,
        no_interval=no_interval,
        comparison=compare(
            gold,
            systems,
            "model",
            articles,
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        ),
        articles=_by_article(articles, gold, systems),
        calibration=calibrate(sure, right),
        calibration_of_stances=calibrate(sure[sided], np.array(right)[sided]),
        worst=worst_errors(
            _columns(sentences, stances, shares),
            [model] * len(sentences),
            worst,
            _read(model, labelled) if labelled.whole else (),
        ),
    )


def _read(model: StanceModel, labelled: Labelled) -> list[Sentence]:
    """Return all sentences of whole articles; else those that are labelled."""
    if not labelled.whole:
        return [*labelled.sentences]
    cut = cut_articles(labelled.whole, model.normalizer)
    return in_reading_order(cut, labelled.sentences)


def _predict(
    model: StanceModel, labelled: Labelled
) -> tuple[list[Stance], npt.NDArray[np.float64]]:
    """Return the stance of each sentence, and all probabilities in the order of `STANCES`."""
    classes = model.classes_.tolist()
    if not set(classes) <= set(STANCES):
        what = f"the model's classes are {', '.join(classes)}, not {', '.join(STANCES)}"
        raise StanceclfError(f"{what}; score a model that predicts stances")
    read = _read(model, labelled)
    decided = [
        model.decision_function([one.text for one in batch]) for batch in batched(read, _BATCH)
    ]
    decisions = np.concatenate(decided)
    if labelled.whole:
        decisions = model.decide_in_context(decisions, [one.article for one in read])
        row_of = {one.place: row for row, one in enumerate(read)}
        decisions = decisions[[row_of[one.place] for one in labelled.sentences]]
    places = [STANCES.index(name) for name in classes]
    shares = np.zeros((len(decisions), len(STANCES)))
    shares[:, places] = probabilities(decisions).round(_DECIMALS)
    return [STANCES[places[best]] for best in decisions.argmax(axis=1)], shares


def _by_rules(model: StanceModel, texts: list[str]) -> list[Stance | None]:
    found: list[Stance | None] = []
    for batch in batched(texts, _BATCH):
        found += model.label_model(model.voter.vote_matrix(batch)).stances()
    return found


def _by_article(
    articles: Sequence[str], gold: Sequence[str], systems: dict[str, list[Stance]]
) -> list[ArticleAccuracy]:
    rows: dict[str, list[tuple[bool, bool]]] = {}
    for article, label, rules, model in zip(
        articles, gold, systems["rules"], systems["model"], strict=True
    ):
        rows.setdefault(article, []).append((rules == label, model == label))
    found = []
    for article, own in rows.items():
        rules, model = (round(sum(right) / len(own), 4) for right in zip(*own, strict=True))
        found.append(ArticleAccuracy(article, len(own), rules, model))
    return sorted(found, key=lambda one: (one.model, -one.sentences, one.article))


def _columns(
    sentences: list[GoldSentence], stances: list[Stance], shares: npt.NDArray[np.float64]
) -> Columns:
    names = ("article", "start", "end", "text", "label")
    columns: Columns = {name: [getattr(one, name) for one in sentences] for name in names}
    columns["stance"] = list(stances)
    for stance in READING_ORDER:
        columns[f"p_{stance}"] = shares[:, STANCES.index(stance)].tolist()
    return columns


def _system(scores: Scores) -> dict[str, Any]:
    accuracy = scores.accuracy.figures("accuracy")
    return accuracy | scores.figures() | {"confusion": scores.confusion}
