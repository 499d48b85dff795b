"""Cross-validation by article: no article is on both sides of a fold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from stanceclf.errors import StanceclfError
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.samples import TrainingSet


def assign_folds(articles: Sequence[str], folds: int) -> dict[str, int]:
    """Put each article in one fold, the folds about equally rich in sentences.

    Parameters
    ----------
    articles : sequence of str
        The article of each sentence; of copies, the first one.
    folds : int
        How many folds; where there are fewer articles, as many as these.

    Raises
    ------
    StanceclfError
        There is one article only.

    Examples
    --------
    >>> assign_folds(["一", "一", "二", "三"], 3)
    {'一': 0, '二': 1, '三': 2}
    """
    names = sorted(set(articles))
    if len(names) < 2:
        raise StanceclfError(
            "one article (copies count once) cannot be held out from others; add articles"
        )
    rows = np.array(articles)
    fold_of: dict[str, int] = {}
    splits = GroupKFold(min(folds, len(names))).split(np.zeros((len(rows), 1)), groups=rows)
    for fold, (_, held_out) in enumerate(splits):
        fold_of |= {str(name): fold for name in rows[held_out]}
    return {name: fold_of[name] for name in sorted(fold_of, key=lambda n: (fold_of[n], n))}


@dataclass(frozen=True, slots=True)
class Split:
    """Articles in folds.

    Attributes
    ----------
    fold_of : mapping of str to int
        The fold of each article; of copies, the same.
    quoted : mapping of str to set of str
        The articles that share a sentence with an example out of rules, by the example's text.
    """

    fold_of: Mapping[str, int]
    quoted: Mapping[str, AbstractSet[str]] = field(default_factory=dict)

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return 1 + max(self.fold_of.values())

    def articles(self, fold: int) -> set[str]:
        """Return the articles of a fold."""
        return {name for name in self.fold_of if self.fold_of[name] == fold}


def split_articles(
    copies: Mapping[str, str],
    labelled: Sequence[str],
    folds: int,
    quoted: Mapping[str, AbstractSet[str]] | None = None,
) -> Split:
    """Split articles into folds, copies of one another together.

    Parameters
    ----------
    copies : mapping of str to str
        For each article the first of its copies, as `stanceclf.training.copies` finds them.
    labelled : sequence of str
        The article of each sentence to train on; by these the folds are made equally rich.
    folds : int
        How many, at most.
    quoted : mapping of str to set of str, optional
        The articles that share a sentence with an example out of rules, by the example's text.

    Raises
    ------
    StanceclfError
        There is one article only.

    Examples
    --------
    >>> split_articles({"一": "一", "二": "二", "三": "一"}, ["一", "二"], 2).articles(0)
    {'二'}
    """
    folded = assign_folds([copies[name] for name in labelled], folds)
    fold_of = {name: folded[first] for name, first in copies.items() if first in folded}
    return Split(fold_of, quoted or {})


def fitted_by_fold(
    classifier: StanceClassifier,
    training: TrainingSet,
    split: Split,
    folds: Mapping[int, Collection[int]],
) -> Iterator[tuple[int, StanceClassifier]]:
    """Yield each fold and a clone of a classifier fitted on other folds.

    Examples out of rules are of no article; one that shares a sentence with the fold is left out.
    The fits run one after another, or as the current joblib backend has it: within
    ``joblib.parallel_config("dask")`` on a cluster's workers. The result is the same.

    Parameters
    ----------
    classifier : StanceClassifier
        Its settings.
    training : TrainingSet
        What to fit on.
    split : Split
        The fold of each article.
    folds : mapping of int to collection of int
        For each fold to hold out, those to fit on.

    Raises
    ------
    StanceclfError
        Fewer than two stances are left to train on.

    Examples
    --------
    >>> texts = ["开源便宜", "开源落后", "今天下雨", "开源划算"]
    >>> labels = ["favor", "against", "none", "favor"]
    >>> training = TrainingSet(texts, labels, [1.0] * 4, [*"一二三四"])
    >>> split = Split({"一": 0, "二": 1, "三": 2, "四": 3})
    >>> [fold for fold, fitted in fitted_by_fold(StanceClassifier(), training, split, {0: {1, 3}})]
    [0]
    """
    parts = (_part(training, split, fold, others) for fold, others in folds.items())
    fits = (delayed(_fit)(clone(classifier), part) for part in parts)
    yield from zip(folds, Parallel()(fits), strict=True)


def _part(training: TrainingSet, split: Split, fold: int, others: Collection[int]) -> TrainingSet:
    """Return what to fit on for one fold."""
    own = split.articles(fold)
    part = training.only(
        [
            i
            for i, article in enumerate(training.articles)
            if (
                own.isdisjoint(split.quoted.get(training.texts[i], ()))
                if article is None
                else split.fold_of[article] in others
            )
        ]
    )
    if len(set(part.labels)) < 2:
        raise StanceclfError(
            "all articles outside one fold have one and the same label; "
            "write rules for the other stances or add articles"
        )
    return part


def _fit(classifier: StanceClassifier, part: TrainingSet) -> StanceClassifier:
    return classifier.fit(part.texts, part.labels, part.weights)


def all_but_own(folds: int) -> dict[int, set[int]]:
    """Return for each fold all the others, which is how a model is cross-validated.

    Examples
    --------
    >>> all_but_own(3)
    {0: {1, 2}, 1: {0, 2}, 2: {0, 1}}
    """
    return {fold: set(range(folds)) - {fold} for fold in range(folds)}
