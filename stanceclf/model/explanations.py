"""Explanations: how a sentence was understood, and what the decision on it consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.io import Visible
from stanceclf.labels import READING_ORDER
from stanceclf.model.decisions import probabilities
from stanceclf.reading import About, Reading, Side
from stanceclf.rules import Match, Voter, find_matches

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention of the target or its rival; the offsets are in characters, `end` exclusive."""

    start: int
    end: int
    text: str
    kind: Side
    compared_with: bool  # mentioned only as the standard of a comparison


@dataclass(frozen=True, slots=True)
class ClauseSpan:
    """A clause, and which side it is about."""

    start: int
    end: int
    text: str
    about: About


@dataclass(frozen=True, slots=True)
class FeatureWeight:
    """An n-gram of the sentence, and what it adds to the log-odds of each stance.

    Attributes
    ----------
    kind : str
        The kind of feature, such as ``chars`` or ``tagged chars``.
    ngram : str
        The n-gram; a tagged one with what it is said about, a negated one with ``¬`` before it.
    adds : dict of str to float
        What it adds, by stance.
    """

    kind: str
    ngram: str
    adds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a decision consists of.

    The `log_odds` of each stance are the sum of `intercept`, `rules`, `neighbours` and all
    `features`.

    Attributes
    ----------
    text : str
        The sentence.
    stance : str
        The most probable stance.
    probabilities, log_odds : dict of str to float
        The probability of each stance, and its log-odds against the rest.
    intercept, rules : dict of str to float
        The intercept of each stance, and what the rules' votes add.
    neighbours : dict of str to float
        What the sentences around it add, if it was explained with these.
    features : list of FeatureWeight
        The n-grams of the sentence that the model knows, the strongest first.
    matches : list of Match
        What the rules found, in order, and whether it counts.
    mentions : list of MentionSpan
        The mentions of target and rival.
    clauses : list of ClauseSpan
        The clauses.
    asks : bool
        Whether it is a genuine question.
    """

    text: str
    stance: str
    probabilities: dict[str, float]
    log_odds: dict[str, float]
    intercept: dict[str, float]
    rules: dict[str, float]
    neighbours: dict[str, float]
    features: list[FeatureWeight]
    matches: list[Match]
    mentions: list[MentionSpan]
    clauses: list[ClauseSpan]
    asks: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON types, figures rounded to six places."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


def explain_reading(
    text: str,
    reading: Reading,
    voter: Voter,
    classes: Sequence[str],
    intercept: _Floats,
    rules: _Floats,
    neighbours: _Floats,
    ngrams: Sequence[tuple[str, str]],
    adds: _Floats,
) -> Explanation:
    """Return the explanation of a decision from its parts.

    These are `intercept`, `rules` and `neighbours`, of shape (n_classes,), and `adds`, of shape
    (n_ngrams, n_classes), with the kind and the text of each n-gram.
    """
    order = sorted(classes, key=lambda name: (*READING_ORDER, name).index(name))

    def by_stance(values: _Floats) -> dict[str, float]:
        return {name: float(values[classes.index(name)]) for name in order}

    seen = Visible(text)

    def span(start: int, end: int) -> tuple[int, int, str]:
        start, end = seen.span(start, end)
        return start, end, text[start:end]

    log_odds = intercept + rules + neighbours + adds.sum(axis=0)
    (shares,) = probabilities(log_odds[None])
    features = [FeatureWeight(*own, by_stance(row)) for own, row in zip(ngrams, adds, strict=True)]
    (matches,) = find_matches(voter, [text])
    standards = set(reading.standards)
    return Explanation(
        text=text,
        stance=classes[int(log_odds.argmax())],
        probabilities=by_stance(shares),
        log_odds=by_stance(log_odds),
        intercept=by_stance(intercept),
        rules=by_stance(rules),
        neighbours=by_stance(neighbours),
        features=sorted(features, key=lambda one: (-_strength(one), one.kind, one.ngram)),
        matches=matches,
        mentions=[
            MentionSpan(*span(m.start, m.end), m.kind, i in standards)
            for i, m in enumerate(reading.mentions)
        ],
        clauses=[ClauseSpan(*span(c.start, c.end), c.about) for c in reading.clauses],
        asks=reading.asks,
    )


def _strength(feature: FeatureWeight) -> float:
    """Return the spread of what an n-gram adds, less the last bits, in which machines differ."""
    return round(max(feature.adds.values()) - min(feature.adds.values()), 6)


def _rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    return [_rounded(own) for own in value] if isinstance(value, list) else value
