"""Weak labels: the votes on a sentence, combined into one label with a probability.

Every label model is a sum: the score of a stance is a constant and, for each rule, what its outcome
(abstaining or a vote) adds to that stance. The models differ in where these figures come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import Ints
from stanceclf.rules.distinct_votes import distinct_rows

_Votes = npt.NDArray[np.int8]
_Floats = npt.NDArray[np.float64]
_K = len(STANCES)

LabelModelName = Literal["majority", "weighted", "dawid-skene"]

#: The label models, by their names in ``label.model``.
LABEL_MODEL_NAMES: tuple[LabelModelName, ...] = get_args(LabelModelName)

# Scores this close differ only by the rounding of sums.
_TIE = 1e-9

# Dawid-Skene's smoothing: the prior accuracy of a rule, and the number of votes that it counts as.
# A rule with three votes stays near it; with fewer pseudo votes, EM takes it for proof when rare
# rules agree by chance, or because they look for the same words.
_ACCURACY, _PSEUDO_VOTES = 0.7, 20.0
_PSEUDO_SENTENCES = 1.0  # added to each stance, so that none is impossible
_SILENCE = 0.05  # the least probability of abstaining, so that no rule decides alone by it
_UNSEEN = 1e-9  # the count of a vote never cast: too low for abstaining from it to matter
# EM stops long before it converges: run to its end, it fits classes to rules that vote alike.
_ITERATIONS = 10


def label_indices(labels: Iterable[str | None]) -> npt.NDArray[np.int8]:
    """Return labels as indices into `STANCES`, None as `ABSTAIN` (-1).

    Examples
    --------
    >>> label_indices(["favor", None]).tolist()
    [1, -1]
    """
    return np.array([ABSTAIN if one is None else STANCES.index(one) for one in labels], np.int8)


@dataclass(frozen=True, slots=True)
class WeakLabels:
    """The weak labels of some sentences.

    Attributes
    ----------
    label : int array of shape (n_sentences,)
        Indices into `STANCES`, or `ABSTAIN` (-1) where no stance leads.
    probability : float array of shape (n_sentences, 3)
        One row per sentence, columns in the order of `STANCES`; NaN where no rule votes.
    weight : float array of shape (n_sentences,) or None
        The weights of all votes, added up; None if votes have no weights.
    """

    label: _Votes
    probability: _Floats
    weight: _Floats | None = None

    def stances(self) -> list[Stance | None]:
        """Return the labels as strings, None for abstaining."""
        return [None if index == ABSTAIN else STANCES[index] for index in self.label]


class LabelModel:
    """Combine the votes on a sentence into a weak label.

    The label is the stance with the highest score; ties abstain, and so do sentences without votes.

    ``majority``, ``weighted``
        A vote adds 1, or its rule's weight, to its stance; a probability is a share of the scores.
    ``dawid-skene``
        A score is a log probability. How each rule's outcome depends on the stance is learnt by EM
        (Dawid and Skene 1979). Abstaining is an outcome, for a rule that can only vote favor
        carries information only in when it does; sentences without votes are learnt from as well.

    Parameters
    ----------
    name : {"majority", "weighted", "dawid-skene"}, default "majority"
        The model.
    weights : sequence of float, optional
        Each rule's weight, above 0; by default 1 each. Only ``weighted`` uses them.

    Attributes
    ----------
    prior_ : float array of shape (3,)
        The constant of each stance's score, in the order of `STANCES`.
    evidence_ : float array of shape (n_rules, 4, 3)
        What each rule's outcome adds to each stance's score: abstaining first, then votes in the
        order of `STANCES`.

    Raises
    ------
    ValueError
        The name is not one of `LABEL_MODEL_NAMES`, or a weight is not above 0.

    Examples
    --------
    >>> votes = np.array([[1, 1, 0], [1, 0, -1], [-1, -1, -1]], dtype=np.int8)
    >>> LabelModel().fit(votes)(votes).stances()  # 两票支持一票反对；一比一；无人投票
    ['favor', None, None]
    >>> LabelModel("weighted", [1, 1, 3]).fit(votes)(votes).stances()  # 第三条规则一票抵三票
    ['against', None, None]
    """

    prior_: _Floats
    evidence_: _Floats

    def __init__(
        self, name: LabelModelName = "majority", weights: Sequence[float] | None = None
    ) -> None:
        if name not in LABEL_MODEL_NAMES:
            raise ValueError(f"no label model is named `{name}`; known: {LABEL_MODEL_NAMES}")
        if weights is not None and not all(0 < weight < np.inf for weight in weights):
            raise ValueError("a rule's weight must be a finite number above 0")
        self.name = name
        self.weights = weights if name == "weighted" else None

    @classmethod
    def from_arrays(cls, name: LabelModelName, prior: _Floats, evidence: _Floats) -> Self:
        """Return a fitted model with the `prior_` and `evidence_` of another.

        Raises
        ------
        ValueError
            The name is not one of `LABEL_MODEL_NAMES`, or an array has another shape.

        Examples
        --------
        >>> votes = np.array([[1, 0, 0]], dtype=np.int8)
        >>> fitted = LabelModel().fit(votes)
        >>> again = LabelModel.from_arrays("majority", fitted.prior_, fitted.evidence_)
        >>> again(votes).stances()  # 一票支持两票反对
        ['against']
        """
        model = cls(name)
        model.prior_ = np.array(prior, dtype=np.float64)
        model.evidence_ = np.array(evidence, dtype=np.float64)
        if model.prior_.shape != (_K,) or model.evidence_.shape[1:] != (1 + _K, _K):
            raise ValueError(f"not a label model: {model.prior_.shape}, {model.evidence_.shape}")
        return model

    def fit(self, votes: _Votes, counts: Ints | None = None) -> Self:
        """Learn from the votes on some sentences; their order does not matter.

        Parameters
        ----------
        votes : int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1); only ``dawid-skene`` learns from them.
        counts : int array of shape (n_sentences,), optional
            The number of sentences with each row of votes; by default one.

        Raises
        ------
        ValueError
            There is not one weight per rule.
        """
        if self.name == "dawid-skene":
            self.prior_, self.evidence_ = _dawid_skene(votes, counts)
            return self
        weights = np.array([1.0] * votes.shape[1] if self.weights is None else self.weights)
        if len(weights) != votes.shape[1]:
            raise ValueError(f"{len(weights)} weights do not fit {votes.shape[1]} rules")
        self.prior_ = np.zeros(_K)
        # A unit matrix, one row lower: abstaining adds nothing.
        self.evidence_ = weights[:, None, None] * np.eye(1 + _K, _K, k=-1)
        return self

    def __call__(self, votes: _Votes) -> WeakLabels:
        """Return the weak labels of some sentences.

        Raises
        ------
        ValueError
            The model was fitted to more or fewer rules.
        """
        if votes.shape[1] != len(self.evidence_):
            raise ValueError(f"votes of {votes.shape[1]} rules, not {len(self.evidence_)}")
        voted = (votes != ABSTAIN).any(axis=1)
        score = _scores(votes, self.prior_, self.evidence_)
        leads = score >= score.max(axis=1, keepdims=True) - _TIE
        decided = voted & (leads.sum(axis=1) == 1)
        label = np.where(decided, score.argmax(axis=1), ABSTAIN).astype(np.int8)
        share = _softmax(score) if self.name == "dawid-skene" else score
        probability = np.full(score.shape, np.nan)
        probability[voted] = share[voted] / share[voted].sum(axis=1, keepdims=True)
        weight = None if self.name == "dawid-skene" else score.sum(axis=1)
        return WeakLabels(label, probability, weight)


def _scores(votes: _Votes, prior: _Floats, evidence: _Floats) -> _Floats:
    # Most outcomes are abstentions: add them for all rules, and correct this for each vote.
    rows, rules = _cast(votes)
    gains = evidence[rules, votes[rows, rules] + 1] - evidence[rules, 0]
    silent: _Floats = prior + evidence[:, 0].sum(axis=0)
    return silent + _sums(rows, gains, len(votes))


def _cast(votes: _Votes) -> tuple[Ints, Ints]:
    """Return the sentence and the rule of each vote; np.nonzero needs eight times as long."""
    rows, rules = np.divmod(np.flatnonzero(votes != ABSTAIN), max(votes.shape[1], 1))
    return rows, rules


def _sums(places: Ints, values: _Floats, length: int) -> _Floats:
    """Return the sum of the rows of values at each place; unlike @, the same with any threads."""
    return np.stack([np.bincount(places, column, length) for column in values.T], axis=1)


def _softmax(score: _Floats) -> _Floats:
    odds: _Floats = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _dawid_skene(votes: _Votes, counts: Ints | None) -> tuple[_Floats, _Floats]:
    """Return `prior_` and `evidence_` as EM leaves them, rounded to six decimals.

    How often a rule votes is counted; what is learnt, and smoothed, is on which stances it does.
    If the rates were smoothed, many rare rules that abstain would count against rare stances.
    """
    first, row_of = distinct_rows(votes)  # sorted, so that the sentences' order does not matter
    counts = np.bincount(row_of, counts, len(first))
    rows, n_kinds = votes[first], votes.shape[1] * _K
    at, rules = _cast(rows)
    kinds = rules * _K + rows[at, rules]
    cast = np.bincount(kinds, counts[at], n_kinds)
    rate = np.maximum(cast, _UNSEEN) / max(counts.sum(), 1)
    right = np.eye(_K, dtype=bool)[np.arange(n_kinds) % _K]
    assumed = np.where(right, _ACCURACY, (1 - _ACCURACY) / (_K - 1))
    # Start from the majority, smoothed by one vote shared out, and without sentences without votes.
    tally = _sums(at, np.eye(_K)[kinds % _K], len(rows))
    total = tally.sum(axis=1, keepdims=True)
    stance: _Floats = np.where(total > 0, (tally + 1 / _K) / (total + 1), 0.0)
    for _ in range(_ITERATIONS):
        weighed = stance * counts[:, None]
        prior: _Floats = weighed.sum(axis=0) + _PSEUDO_SENTENCES
        prior /= prior.sum()
        found = _sums(kinds, weighed[at], n_kinds) + _PSEUDO_VOTES * assumed
        given_vote = found / (cast + _PSEUDO_VOTES)[:, None]
        # Bayes: P(vote | stance) = P(vote) P(stance | vote) / P(stance).
        vote = (rate[:, None] * given_vote / prior).reshape(-1, _K, _K)
        silence = np.maximum(1 - vote.sum(axis=1, keepdims=True), _SILENCE)
        outcome = np.concatenate([silence, vote], axis=1)
        evidence: _Floats = np.log(outcome / outcome.sum(axis=1, keepdims=True))
        constant: _Floats = np.log(prior)
        stance = _softmax(_scores(rows, constant, evidence))
    # Without the last bits, in which processors differ, and the sign of zero (hence + 0).
    return np.round(constant, 6) + 0.0, np.round(evidence, 6) + 0.0
