"""Weak labels: the votes on a sentence, summed up as one label with a probability.

Every label model adds up: a stance's score is a constant and, for each rule, what its outcome (an
abstention or a vote) speaks for that stance. The models differ in where these figures come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN, STANCES, Stance

_Votes = npt.NDArray[np.int8]
_Floats = npt.NDArray[np.float64]
_K = len(STANCES)

LabelModelName = Literal["majority", "weighted", "dawid-skene"]

#: The ways to sum votes up, by the names that ``label.model`` knows them by.
LABEL_MODEL_NAMES: tuple[LabelModelName, ...] = get_args(LabelModelName)

# Scores this close differ by the rounding of sums alone.
_TIE = 1e-9

# Dawid-Skene's smoothing: a rule is taken to be right this often, as firmly as if so many votes had
# shown it. One that votes three times stays near that; with fewer, EM takes it for proof when rare
# rules agree by chance, or because they look for the same words.
_ACCURACY, _PSEUDO_VOTES = 0.7, 20.0
_PSEUDO_SENTENCES = 1.0  # added to each stance, so that none is impossible
_SILENCE = 0.05  # silence is not taken to be rarer, so that one rule's does not decide alone
_UNSEEN = 1e-9  # times that a vote never seen is cast: too few for silence about it to weigh
# EM stops long before it is done: run to its end, it fits classes to rules that vote alike.
_ITERATIONS = 10


@dataclass(frozen=True, slots=True)
class WeakLabels:
    """The weak labels of some sentences.

    Attributes
    ----------
    label : int array of shape (n_sentences,)
        Indices into `STANCES`, or `ABSTAIN` (-1) where no stance leads.
    probability : float array of shape (n_sentences, 3)
        One row a sentence, in the order of `STANCES`; NaN where no rule votes.
    """

    label: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float64]

    def stances(self) -> list[Stance | None]:
        """Return the labels as strings, None for abstaining."""
        return [None if index == ABSTAIN else STANCES[index] for index in self.label]


class LabelModel:
    """Sum the votes on a sentence up as a weak label.

    The label is the stance of the highest score; a tie abstains, and so does a sentence without
    votes.

    ``majority``, ``weighted``
        A vote adds 1, or its rule's weight, to its stance; a probability is a share of the scores.
    ``dawid-skene``
        A score is a log probability. How each rule's outcome depends on the stance is learnt by EM
        (Dawid and Skene 1979), with abstaining as an outcome: all that a rule that only ever votes
        favor can tell is when. Sentences without votes are learnt from as well.

    Parameters
    ----------
    name : {"majority", "weighted", "dawid-skene"}, default "majority"
        The model.
    weights : sequence of float, optional
        Each rule's weight, above 0; by default 1 each. Only ``weighted`` reads them.

    Attributes
    ----------
    prior_ : float array of shape (3,)
        The constant of each stance's score, in the order of `STANCES`.
    evidence_ : float array of shape (n_rules, 4, 3)
        What each rule's outcome adds to each stance's score: abstaining comes first, then votes in
        the order of `STANCES`.

    Raises
    ------
    ValueError
        The name is none of `LABEL_MODEL_NAMES`, or a weight is not above 0.

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
            raise ValueError(f"no label model is named `{name}`; there are {LABEL_MODEL_NAMES}")
        if weights is not None and not all(0 < weight < np.inf for weight in weights):
            raise ValueError("a rule's weight must be a finite number above 0")
        self.name = name
        self.weights = weights if name == "weighted" else None

    @classmethod
    def from_arrays(cls, name: LabelModelName, prior: _Floats, evidence: _Floats) -> Self:
        """Return a fitted model with the arrays of another.

        Parameters
        ----------
        name : {"majority", "weighted", "dawid-skene"}
            The model.
        prior, evidence : float arrays of shapes (3,) and (n_rules, 4, 3)
            Its figures.

        Raises
        ------
        ValueError
            The name is none of `LABEL_MODEL_NAMES`, or an array is of another shape.

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
            raise ValueError(f"no label model: {model.prior_.shape}, {model.evidence_.shape}")
        return model

    def fit(self, votes: _Votes, counts: npt.NDArray[np.intp] | None = None) -> Self:
        """Learn from the votes on some sentences; their order does not matter.

        Parameters
        ----------
        votes : int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1); only ``dawid-skene`` learns from them.
        counts : int array of shape (n_sentences,), optional
            How many sentences have each row of votes; by default one.

        Raises
        ------
        ValueError
            There are more or fewer weights than rules.
        """
        if self.name == "dawid-skene":
            self.prior_, self.evidence_ = _dawid_skene(votes, counts)
            return self
        weights = np.array([1.0] * votes.shape[1] if self.weights is None else self.weights)
        if len(weights) != votes.shape[1]:
            raise ValueError(f"{len(weights)} weights do not fit {votes.shape[1]} rules")
        self.prior_ = np.zeros(_K)
        # One place lower than a unit matrix: abstaining speaks for nothing.
        self.evidence_ = weights[:, None, None] * np.eye(1 + _K, _K, k=-1)
        return self

    def __call__(self, votes: _Votes) -> WeakLabels:
        """Return the weak labels of some sentences.

        Parameters
        ----------
        votes : int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1).

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
        return WeakLabels(label, probability)


def _scores(votes: _Votes, prior: _Floats, evidence: _Floats) -> _Floats:
    # Most outcomes are abstentions: all are added once, and each vote takes one of them back.
    rows, rules = _cast(votes)
    gains = evidence[rules, votes[rows, rules] + 1] - evidence[rules, 0]
    silent: _Floats = prior + evidence[:, 0].sum(axis=0)
    return silent + _sums(rows, gains, len(votes))


def _cast(votes: _Votes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the sentence and the rule of each vote; np.nonzero takes eight times as long."""
    rows, rules = np.divmod(np.flatnonzero(votes != ABSTAIN), max(votes.shape[1], 1))
    return rows, rules


def _sums(places: npt.NDArray[np.intp], values: _Floats, length: int) -> _Floats:
    """Return the sum of the rows of values at each place; unlike @, the same on any threads."""
    return np.stack([np.bincount(places, column, length) for column in values.T], axis=1)


def _softmax(score: _Floats) -> _Floats:
    odds: _Floats = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _dawid_skene(
    votes: _Votes, counts: npt.NDArray[np.intp] | None = None
) -> tuple[_Floats, _Floats]:
    """Return `prior_` and `evidence_` as EM leaves them, rounded to six decimals.

    How often a rule votes is counted; what is learnt, and smoothed, is on which stances it does.
    Were the rates smoothed, the silence of many rare rules would speak against the rare stances.
    """
    # Sorted, so that order does not matter; as bytes, 40 times as fast as np.unique(axis=0) is.
    keys = np.ascontiguousarray(votes, np.int8).view(np.dtype((np.void, votes.shape[1]))).ravel()
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(place.ravel(), counts, len(first))
    rows, n_kinds = votes[first], votes.shape[1] * _K
    at, rules = _cast(rows)
    kinds = rules * _K + rows[at, rules]
    cast = np.bincount(kinds, counts[at], n_kinds)
    rate = np.maximum(cast, _UNSEEN) / max(counts.sum(), 1)
    right = np.eye(_K, dtype=bool)[np.arange(n_kinds) % _K]
    assumed = np.where(right, _ACCURACY, (1 - _ACCURACY) / (_K - 1))
    # First the majority, smoothed by one vote shared out; sentences without votes come in later.
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
    # Without the last bits, in which processors differ; nor the sign of zero (hence + 0).
    return np.round(constant, 6) + 0.0, np.round(evidence, 6) + 0.0
