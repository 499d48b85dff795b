"""Explanations: how a sentence was understood, and what the decision on it is made of."""

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
    """A place where the sentence names the target or its rival.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    text : str
        That slice.
    kind : str
        ``target`` or ``rival``.
    compared_with : bool
        Whether it is named only for something to be compared with it.
    """

    start: int
    end: int
    text: str
    kind: Side
    compared_with: bool


@dataclass(frozen=True, slots=True)
class ClauseSpan:
    """A clause, and what it was taken to be about.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    text : str
        That slice.
    about : str
        ``target``, ``rival``, ``both`` or ``neither``.
    """

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
        What is counted, like ``chars`` or ``tagged chars``.
    ngram : str
        The n-gram; a tagged one with what it is said of, a negated one with ``¬`` before it.
    adds : dict of str to float
        What it adds, by stance.
    """

    kind: str
    ngram: str
    adds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a decision is made of.

    The `log_odds` of each stance are what `intercept`, `rules` and all `features` add up to.

    Attributes
    ----------
    text : str
        The sentence.
    stance : str
        The most probable stance.
    probabilities, log_odds : dict of str to float
        By stance: how probable it is, and its log-odds against the rest.
    intercept, rules : dict of str to float
        By stance: what it starts from, and what the rules' votes add.
    features : list of FeatureWeight
        The n-grams of the sentence that the model knows, the strongest first.
    matches : list of Match
        What the rules found, in order, and what came of it.
    mentions : list of MentionSpan
        Where target and rival are named.
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
    features: list[FeatureWeight]
    matches: list[Match]
    mentions: list[MentionSpan]
    clauses: list[ClauseSpan]
    asks: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it, figures rounded to six places."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


def explain_reading(
    text: str,
    reading: Reading,
    voter: Voter,
    classes: Sequence[str],
    intercept: _Floats,
    rules: _Floats,
    ngrams: Sequence[tuple[str, str]],
    adds: _Floats,
) -> Explanation:
    """Put an explanation together.

    Parameters
    ----------
    text : str
        The sentence.
    reading : Reading
        How it was understood.
    voter : Voter
        The rules.
    classes : sequence of str
        The stances, in the order of the columns.
    intercept, rules : float arrays of shape (n_classes,)
        What each stance starts from, and what the rules' votes add.
    ngrams : sequence of (str, str)
        The kind of each n-gram, and itself as it is shown.
    adds : float array of shape (n_ngrams, n_classes)
        What each of them adds.
    """
    order = sorted(classes, key=lambda name: (*READING_ORDER, name).index(name))

    def by_stance(values: _Floats) -> dict[str, float]:
        return {name: float(values[classes.index(name)]) for name in order}

    seen = Visible(text)

    def said(start: int, end: int) -> tuple[int, int, str]:
        start, end = seen.span(start, end)
        return start, end, text[start:end]

    log_odds = intercept + rules + adds.sum(axis=0)
    (shares,) = probabilities(log_odds[None])
    features = [FeatureWeight(*own, by_stance(row)) for own, row in zip(ngrams, adds, strict=True)]
    (matches,) = find_matches(voter, [text])
    compared = set(reading.standards)
    return Explanation(
        text=text,
        stance=classes[int(log_odds.argmax())],
        probabilities=by_stance(shares),
        log_odds=by_stance(log_odds),
        intercept=by_stance(intercept),
        rules=by_stance(rules),
        features=sorted(features, key=lambda one: (-_strength(one), one.kind, one.ngram)),
        matches=matches,
        mentions=[
            MentionSpan(*said(m.start, m.end), m.kind, i in compared)
            for i, m in enumerate(reading.mentions)
        ],
        clauses=[ClauseSpan(*said(c.start, c.end), c.about) for c in reading.clauses],
        asks=reading.asks,
    )


def _strength(feature: FeatureWeight) -> float:
    """Return how far apart an n-gram sets the stances, less the last bits, which may differ."""
    return round(max(feature.adds.values()) - min(feature.adds.values()), 6)


def _rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    return [_rounded(own) for own in value] if isinstance(value, list) else value
