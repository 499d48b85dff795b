"""Worst errors: the sentences that the model is surest of and wrong about, and why it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER
from stanceclf.model import StanceModel

# So many n-grams are shown of each sentence.
_SHOWN = 10
# Coarse enough that the last bits, in which processors differ, show nowhere.
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Feature:
    """An n-gram that speaks for the wrong stance.

    Attributes
    ----------
    kind, ngram : str
        What is counted, and what of it.
    contribution : float
        What it adds to the wrong stance's log-odds less those of gold.
    """

    kind: str
    ngram: str
    contribution: float


@dataclass(frozen=True, slots=True)
class WorstError:
    """A sentence that the model got wrong.

    Attributes
    ----------
    article, start, end, text : str, int, int, str
        Where it stands and what it says.
    gold, stance : str
        What it is, and what the model took it for.
    probabilities : dict of str to float
        How probable the model found each stance.
    votes : dict of str to str
        The rules that fired, and what each voted for.
    log_odds : dict of str to float
        What the wrong stance's log-odds less those of gold are the sum of: ``intercept``,
        ``rules``, ``features``.
    features : list of Feature
        The n-grams that add most to it, the strongest first.
    """

    article: str
    start: int
    end: int
    text: str
    gold: str
    stance: str
    probabilities: dict[str, float]
    votes: dict[str, str]
    log_odds: dict[str, float]
    features: list[Feature]


def worst_errors(predicted: Columns, models: Sequence[StanceModel], most: int) -> list[WorstError]:
    """Return the worst errors: the more probable its stance is than gold's, the worse an error is.

    Parameters
    ----------
    predicted : columns
        Sentences with a model's predictions and gold as their label, like held-out predictions.
    models : sequence of StanceModel
        The model that predicted each sentence.
    most : int
        How many to return at most; of those equally bad, the first by article and place.

    Examples
    --------
    >>> from stanceclf.training import StanceClassifier
    >>> texts = ["开源便宜", "开源落后", "今天下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> row = {"article": "一", "start": 0, "end": 4, "text": "开源不贵", "label": "favor"}
    >>> row |= {"stance": "against", "p_favor": 0.2, "p_against": 0.7, "p_none": 0.1}
    >>> (found,) = worst_errors({name: [value] for name, value in row.items()}, [model], 20)
    >>> found.gold, found.stance, found.probabilities["against"]
    ('favor', 'against', 0.7)
    """
    rows = [
        {name: column[i] for name, column in predicted.items()} | {"model": models[i]}
        for i, gold in enumerate(predicted["label"])
        if gold != predicted["stance"][i]
    ]
    return [_explained(row) for row in sorted(rows, key=_place)[:most]]


def _place(row: dict[str, Any]) -> tuple[float, str, int]:
    surer = row[f"p_{row['stance']}"] - row[f"p_{row['label']}"]
    return -round(surer, 6), row["article"], row["start"]


def _explained(row: dict[str, Any]) -> WorstError:
    model: StanceModel = row["model"]
    explanation = model.explain(row["text"])

    def difference(by_stance: dict[str, float]) -> float:
        # A stance that was not learnt has no log-odds: nothing speaks for it.
        return by_stance.get(row["stance"], 0.0) - by_stance.get(row["label"], 0.0)

    contributions = [difference(feature.adds) for feature in explanation.features]
    features = [
        Feature(feature.kind, feature.ngram, _rounded(contribution))
        for feature, contribution in zip(explanation.features, contributions, strict=True)
        if _rounded(contribution) > 0
    ]
    return WorstError(
        **{name: row[name] for name in ("article", "start", "end", "text", "stance")},
        gold=row["label"],
        probabilities={stance: row[f"p_{stance}"] for stance in READING_ORDER},
        votes=dict(model.voter.votes(row["text"])),
        log_odds={
            "intercept": _rounded(difference(explanation.intercept)),
            "rules": _rounded(difference(explanation.rules)),
            "features": _rounded(sum(contributions)),
        },
        features=sorted(features, key=lambda one: (-one.contribution, one.kind, one.ngram))[
            :_SHOWN
        ],
    )


def _rounded(figure: float) -> float:
    return round(figure, _DECIMALS) + 0.0
