"""Error analysis: the sentences on which the model is most certain and wrong, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stanceclf.articles import Sentence
from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER
from stanceclf.model import REACH, StanceModel

# Number of n-grams shown for each sentence.
_SHOWN = 10
# Coarse enough to hide the last bits, in which processors differ.
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Contribution:
    """An n-gram that speaks for the wrong stance."""

    kind: str
    ngram: str
    contribution: float  # to the log-odds of the wrong stance, minus that to those of gold


@dataclass(frozen=True, slots=True)
class WorstError:
    """A sentence that the model got wrong; the fields are the keys of the JSON output."""

    article: str
    start: int
    end: int
    text: str
    gold: str
    stance: str
    probabilities: dict[str, float]  # of each stance
    votes: dict[str, str]  # of the rules that did not abstain
    log_odds: dict[str, float]  # of the wrong stance minus those of gold, by part
    features: list[Contribution]  # those that add most to the difference, the strongest first


def worst_errors(
    predicted: Columns,
    models: Sequence[StanceModel],
    most: int,
    read: Sequence[Sentence] = (),
) -> list[WorstError]:
    """Return the worst errors, by how much more probable the wrong stance is than that of gold.

    Parameters
    ----------
    predicted : columns
        Held-out predictions of sentences, with gold labels as ``label``.
    models : sequence of StanceModel
        The model that predicted each sentence.
    most : int
        Maximum number of errors; ties are broken by article and place.
    read : sequence of Sentence, optional
        All sentences that were read, if each was predicted in view of its neighbours.

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
    wrong = [
        ({name: column[i] for name, column in predicted.items()}, models[i])
        for i, gold in enumerate(predicted["label"])
        if gold != predicted["stance"][i]
    ]
    around = _Around(read)
    worst = sorted(wrong, key=lambda one: _rank(one[0]))[:most]
    return [_explained(row, model, *around.texts(row)) for row, model in worst]


class _Around:
    """The sentences before and after each in its article."""

    def __init__(self, read: Sequence[Sentence]) -> None:
        self._read = read
        self._rows = {one.place: row for row, one in enumerate(read)}

    def texts(self, row: dict[str, Any]) -> tuple[list[str], list[str]]:
        at = self._rows.get((row["article"], row["start"], row["end"]))
        if at is None:
            return [], []
        before, after = self._read[max(0, at - REACH) : at], self._read[at + 1 : at + 1 + REACH]
        own = row["article"]
        return [s.text for s in before if s.article == own], [
            s.text for s in after if s.article == own
        ]


def _rank(row: dict[str, Any]) -> tuple[float, str, int]:
    margin = row[f"p_{row['stance']}"] - row[f"p_{row['label']}"]
    return -round(margin, 6), row["article"], row["start"]


def _explained(
    row: dict[str, Any], model: StanceModel, before: Sequence[str], after: Sequence[str]
) -> WorstError:
    explanation = model.explain(row["text"], before, after)

    def difference(by_stance: dict[str, float]) -> float:
        # A stance that the model has not learned has no log-odds.
        return by_stance.get(row["stance"], 0.0) - by_stance.get(row["label"], 0.0)

    contributions = [difference(feature.adds) for feature in explanation.features]
    features = [
        Contribution(feature.kind, feature.ngram, _rounded(contribution))
        for feature, contribution in zip(explanation.features, contributions, strict=True)
    ]
    features.sort(key=lambda one: (-one.contribution, one.kind, one.ngram))
    return WorstError(
        **{name: row[name] for name in ("article", "start", "end", "text", "stance")},
        gold=row["label"],
        probabilities={stance: row[f"p_{stance}"] for stance in READING_ORDER},
        votes=dict(model.voter.votes(row["text"])),
        log_odds={
            "intercept": _rounded(difference(explanation.intercept)),
            "rules": _rounded(difference(explanation.rules)),
            "neighbours": _rounded(difference(explanation.neighbours)),
            "features": _rounded(sum(contributions)),
        },
        features=[feature for feature in features[:_SHOWN] if feature.contribution > 0],
    )


def _rounded(figure: float) -> float:
    return round(figure, _DECIMALS) + 0.0
