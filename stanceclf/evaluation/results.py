"""The results of an evaluation, and their figures to keep and compare."""

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

#: The systems compared, the model last.
SYSTEMS = ("rules", "plain", "snorkel", "model")


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """The scores on one article, or on all rows of a table.

    Attributes
    ----------
    article : str
        Its name.
    sentences : int
        Number of its gold sentences.
    rules, model : float
        F_avg on them.
    """

    article: str
    sentences: int
    rules: float
    model: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of the learning curve.

    Attributes
    ----------
    folds : int
        Number of folds trained on.
    sentences : int
        Number of sentences of articles trained on, averaged over folds.
    f_avg : Estimate
        F_avg on all gold sentences.
    """

    folds: int
    sentences: int
    f_avg: Estimate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of an evaluation on gold labels.

    Attributes
    ----------
    gold : dict of str to int
        Number of gold sentences of each stance.
    comparison : Comparison
        The systems ``rules``, ``plain``, ``snorkel`` and ``model``.
    snorkel : {"snorkel", "dawid-skene"}
        The label model of the system ``snorkel``.
    masked : Scores
        The model without rules, on masked sentences.
    kappa : Kappa
        The agreement of weak labels with gold.
    curve : list of CurvePoint
        The learning curve.
    articles : list of ArticleScores
        F_avg by article.
    speakers : dict of str to SpeakerScores
        The scores of speakers by article; empty without gold speakers.
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
        """Return the content of ``metrics.json``.

        Intervals, articles and the curve are lists, which `dvc metrics` leaves out of its tables.
        """
        extra: dict[str, dict[str, Any]] = {
            "rules": {"coverage": self.kappa.coverage},
            "snorkel": {"label_model": self.snorkel},
        }
        scores, differences = self.comparison.scores, self.comparison.differences
        return {
            "gold": {"sentences": sum(self.gold.values())} | self.gold,
            **{name: extra.get(name, {}) | _system(own) for name, own in scores.items()},
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
    """Return the scores by article, sorted; the rows of a table count as one article.

    Parameters
    ----------
    articles, gold, rules, model : sequences of str of equal length
        The article of each sentence, its gold label and the two systems' stances.

    Examples
    --------
    >>> by_article(["一", "二"], ["favor", "against"], ["none", "against"], ["favor", "none"])[0]
    ArticleScores(article='一', sentences=1, rules=0.0, model=0.5)
    """
    rows: dict[str, list[list[str]]] = {}
    for article, *stances in zip(articles, gold, rules, model, strict=True):
        rows.setdefault(table_of(article) or article, []).append(stances)
    scores = []
    for article, own in sorted(rows.items()):
        truth, by_rules, by_model = zip(*own, strict=True)
        scores.append(
            ArticleScores(
                article,
                len(own),
                round(f_avg(truth, by_rules), 4),
                round(f_avg(truth, by_model), 4),
            )
        )
    return scores
