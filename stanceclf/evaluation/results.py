"""Evaluations: what was measured on gold, and as figures to keep and compare."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stanceclf.articles import table_of
from stanceclf.evaluation.baselines import SnorkelName
from stanceclf.evaluation.kappa import Kappa
from stanceclf.evaluation.metrics import Comparison, Estimate, Scores, f_avg
from stanceclf.evaluation.speakers import SpeakerScores, speaker_figures

#: What is compared, the model last.
SYSTEMS = ("rules", "plain", "snorkel", "model")


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """How well rules and model do on one article, or on all the rows of a table.

    Attributes
    ----------
    article : str
        Its name.
    sentences : int
        How many gold sentences it has.
    rules, model : float
        F_avg on them.
    """

    article: str
    sentences: int
    rules: float
    model: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How well the model does that saw some of the other folds only.

    Attributes
    ----------
    folds : int
        How many.
    sentences : int
        How many sentences of articles it learnt from; the folds' mean.
    f_avg : Estimate
        F_avg on all gold.
    """

    folds: int
    sentences: int
    f_avg: Estimate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured on gold.

    Attributes
    ----------
    gold : dict of str to int
        How many gold sentences have each stance.
    comparison : Comparison
        The systems ``rules``, ``plain``, ``snorkel`` and ``model``, with intervals.
    snorkel : {"snorkel", "dawid-skene"}
        Whose label model taught the system ``snorkel``.
    masked : Scores
        The model without rules, on sentences without what rules know stances by.
    kappa : Kappa
        How far the weak labels agree with gold.
    curve : list of CurvePoint
        How well the model does by how much it learnt from.
    articles : list of ArticleScores
        F_avg by article.
    speakers : dict of str to SpeakerScores
        How well speakers are told, by article; empty without gold speakers.
    """

    gold: dict[str, int]
    comparison: Comparison
    snorkel: SnorkelName
    masked: Scores
    kappa: Kappa
    curve: list[CurvePoint]
    articles: list[ArticleScores]
    speakers: dict[str, SpeakerScores] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """Return what ``metrics.json`` holds.

        Intervals, articles and the curve are lists, which `dvc metrics` leaves out: its tables
        hold the figures.
        """
        told: dict[str, dict[str, Any]] = {
            "rules": {"coverage": self.kappa.coverage},
            "snorkel": {"label_model": self.snorkel},
        }
        scores, differences = self.comparison.scores, self.comparison.differences
        return {
            "gold": {"sentences": sum(self.gold.values())} | self.gold,
            **{name: told.get(name, {}) | _system(own) for name, own in scores.items()},
            **{f"model_minus_{name}": _figure("f_avg", own) for name, own in differences.items()},
            "masked": _system(self.masked),
            "kappa": {
                "labelled": self.kappa.labelled,
                "abstain_as_none": self.kappa.abstain_as_none,
            },
            "learning_curve": [
                {"folds": point.folds, "sentences": point.sentences} | _figure("f_avg", point.f_avg)
                for point in self.curve
            ],
            "articles": [dataclasses.asdict(row) for row in self.articles],
            **speaker_figures(self.speakers),
        }


def _system(scores: Scores) -> dict[str, Any]:
    figures: dict[str, Any] = _figure("f_avg", scores.f_avg) | _figure("macro_f1", scores.macro_f1)
    for stance, own in scores.stances.items():
        figures[stance] = (
            _figure("precision", own.precision)
            | _figure("recall", own.recall)
            | _figure("f1", own.f1)
        )
    return figures


def _figure(name: str, estimate: Estimate) -> dict[str, Any]:
    return {name: estimate.value, f"{name}_interval": [estimate.low, estimate.high]}


def by_article(
    articles: Sequence[str], gold: Sequence[str], rules: Sequence[str], model: Sequence[str]
) -> list[ArticleScores]:
    """Return how well rules and model do on each article, or table of articles, by its name.

    Parameters
    ----------
    articles, gold, rules, model : sequences of str of equal length
        The article of each sentence, and its stances.

    Examples
    --------
    >>> by_article(["一", "二"], ["favor", "against"], ["none", "against"], ["favor", "none"])[0]
    ArticleScores(article='一', sentences=1, rules=0.0, model=0.5)
    """
    scores = []
    files = [table_of(article) or article for article in articles]
    for article in sorted(set(files)):
        rows = [i for i, name in enumerate(files) if name == article]
        truth, by_rules, by_model = ([column[i] for i in rows] for column in (gold, rules, model))
        scores.append(
            ArticleScores(
                article,
                len(rows),
                round(f_avg(truth, by_rules), 4),
                round(f_avg(truth, by_model), 4),
            )
        )
    return scores
