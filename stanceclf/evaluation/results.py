"""The results of an evaluation, and their figures to keep and compare.

Cohen's kappa (Cohen 1960) is agreement beyond chance, as a share of what is possible: 1 is full
agreement, 0 what labelling at random with the same frequencies would yield.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stanceclf.articles import file_of
from stanceclf.evaluation.baselines import SnorkelName
from stanceclf.evaluation.metrics import Comparison, Scores, f_avg
from stanceclf.evaluation.speakers import SpeakerScores, speaker_figures
from stanceclf.gold import cohens_kappa

#: The systems compared, the model last.
SYSTEMS = ("rules", "plain", "snorkel", "alone", "model")


@dataclass(frozen=True, slots=True)
class Kappa:
    """The agreement of weak labels with gold labels; None if only one label occurs."""

    coverage: float  # the share of sentences that have a weak label
    labelled: float | None  # kappa over these
    abstain_as_none: float | None  # kappa over all, with abstentions counted as `none`


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """F_avg of rules and model on the gold sentences of an article, or of all rows of a table."""

    article: str
    sentences: int
    rules: float
    model: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of an evaluation on gold labels."""

    gold: dict[str, int]  # the number of sentences of each stance
    comparison: Comparison
    snorkel: SnorkelName  # the label model behind the system `snorkel`
    masked: Scores  # the model without rules, on masked sentences
    kappa: Kappa
    articles: list[ArticleScores]
    speakers: dict[str, SpeakerScores] = field(default_factory=dict)  # by article

    def figures(self) -> dict[str, Any]:
        """Return the content of ``metrics.json``.

        Intervals and articles are lists, which `dvc metrics` leaves out of its tables.
        """
        extra: dict[str, dict[str, Any]] = {
            "rules": {"coverage": self.kappa.coverage},
            "snorkel": {"label_model": self.snorkel},
        }
        scores, differences = self.comparison.scores, self.comparison.differences
        return {
            "gold": {"sentences": sum(self.gold.values())} | self.gold,
            **{name: extra.get(name, {}) | own.figures() for name, own in scores.items()},
            **{
                f"model_minus_{name}": own.f_avg.figures("f_avg")
                for name, own in differences.items()
            },
            "masked": self.masked.figures(),
            "kappa": {
                "labelled": self.kappa.labelled,
                "abstain_as_none": self.kappa.abstain_as_none,
            },
            "articles": [dataclasses.asdict(row) for row in self.articles],
            **speaker_figures(self.speakers),
        }


def by_article(
    articles: Sequence[str], gold: Sequence[str], rules: Sequence[str], model: Sequence[str]
) -> list[ArticleScores]:
    """Return the scores of the rules' and the model's stances by article, sorted.

    Examples
    --------
    >>> by_article(["一", "二"], ["favor", "against"], ["none", "against"], ["favor", "none"])[0]
    ArticleScores(article='一', sentences=1, rules=0.0, model=0.5)
    """
    rows: dict[str, list[list[str]]] = {}
    for article, *stances in zip(articles, gold, rules, model, strict=True):
        rows.setdefault(file_of(article), []).append(stances)
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


def weak_label_kappa(gold: Sequence[str], weak: Sequence[str | None]) -> Kappa:
    """Return the agreement of weak labels, None where the rules abstain, with gold labels.

    Examples
    --------
    >>> weak_label_kappa(["favor", "against", "none", "favor"], ["favor", "against", None, None])
    Kappa(coverage=0.5, labelled=1.0, abstain_as_none=0.6364)
    """
    labelled = [(one, other) for one, other in zip(gold, weak, strict=True) if other is not None]
    return Kappa(
        coverage=round(len(labelled) / len(gold), 4),
        labelled=cohens_kappa([one for one, _ in labelled], [other for _, other in labelled]),
        abstain_as_none=cohens_kappa(gold, [stance or "none" for stance in weak]),
    )
