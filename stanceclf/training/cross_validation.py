"""Cross-validation by article: no article is both trained and tested on."""

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


@dataclass(frozen=True, slots=True)
class Split:
    """Articles in folds.

    Attributes
    ----------
    fold_of : mapping of str to int
        The fold of each article; copies share a fold.
    quoted : mapping of str to set of str
        By text of an example, the articles with a sentence that it overlaps.
    """

    fold_of: Mapping[str, int]
    quoted: Mapping[str, AbstractSet[str]] = field(default_factory=dict)

    @property
    def folds(self) -> int:
        """Number of folds."""
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
    """Split articles into folds, with copies in the same fold.

    Parameters
    ----------
    copies : mapping of str to str
        The first copy of each article, as found by `Copies`.
    labelled : sequence of str
        The article of each training sentence; the folds have about the same number of these.
    folds : int
        Number of folds, at most.
    quoted : mapping of str to set of str, optional
        By text of an example, the articles with a sentence that it overlaps.

    Raises
    ------
    StanceclfError
        There is only one article.

    Examples
    --------
    >>> split_articles({"一": "一", "二": "二", "三": "一"}, ["一", "二"], 2).articles(0)
    {'二'}
    """
    folded = assign_folds([copies[name] for name in labelled], folds)
    fold_of = {name: folded[first] for name, first in copies.items() if first in folded}
    return Split(fold_of, quoted or {})


def assign_folds(articles: Sequence[str], folds: int) -> dict[str, int]:
    """Return the fold of each article, given the article of each sentence.

    The folds have about the same number of sentences. With fewer articles than folds, there is one
    fold for each article.

    Raises
    ------
    StanceclfError
        There is only one article.

    Examples
    --------
    >>> assign_folds(["一", "一", "二", "三"], 3)
    {'一': 0, '二': 1, '三': 2}
    """
    names = sorted(set(articles))
    if len(names) < 2:
        raise StanceclfError(
            "cross-validation needs at least two articles (copies count once); add articles"
        )
    rows = np.array(articles)
    splits = GroupKFold(min(folds, len(names))).split(np.zeros((len(rows), 1)), groups=rows)
    return {
        name: fold
        for fold, (_, held_out) in enumerate(splits)
        for name in np.unique(rows[held_out]).tolist()
    }


def fitted_by_fold(
    classifier: StanceClassifier,
    training: TrainingSet,
    split: Split,
    folds: Mapping[int, Collection[int]] | None = None,
) -> Iterator[tuple[int, StanceClassifier]]:
    """Yield each fold to hold out, and a clone of a classifier fitted on other folds.

    Examples belong to no article; one that overlaps the held-out fold is left out. The
    fits run one after the other, or on the current joblib backend: within
    ``joblib.parallel_config("dask")`` on the workers of a cluster. The result is the same.

    Parameters
    ----------
    classifier : StanceClassifier
        Its settings.
    training : TrainingSet
        The sentences to fit on.
    split : Split
        The fold of each article.
    folds : mapping of int to collection of int, optional
        For each fold to hold out, the folds to fit on; by default each fold and all others. A fold
        of no article holds nothing out.

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
    if folds is None:
        folds = {fold: set(range(split.folds)) - {fold} for fold in range(split.folds)}
    # Counting n-grams takes long. All are counted once, and what a fit leaves out is subtracted.
    whole = clone(classifier).count(training.texts, classifier.min_df)
    parts = (_part(training, split, fold, others) for fold, others in folds.items())
    fits = (delayed(_fit)(clone(classifier), training, rows, whole) for rows in parts)
    yield from zip(folds, Parallel()(fits), strict=True)


def _part(training: TrainingSet, split: Split, fold: int, others: Collection[int]) -> list[int]:
    """Return which sentences to fit on when a fold is held out."""
    own = split.articles(fold)
    rows = [
        i
        for i, article in enumerate(training.articles)
        if (
            own.isdisjoint(split.quoted.get(training.texts[i], ()))
            if article is None
            else split.fold_of[article] in others
        )
    ]
    if len({training.labels[i] for i in rows}) < 2:
        raise StanceclfError(
            "all articles outside one fold have the same label; "
            "write rules for the other stances or add articles"
        )
    return rows


def _fit(
    classifier: StanceClassifier, training: TrainingSet, rows: list[int], whole: Mapping[str, int]
) -> StanceClassifier:
    """Fit a classifier on some sentences, given the document frequencies of all."""
    part, left_out = training.only(rows), {*range(len(training.texts))}.difference(rows)
    less = classifier.count([training.texts[i] for i in sorted(left_out)], 1)
    counts = {gram: count - less.get(gram, 0) for gram, count in whole.items()}
    counts = {gram: count for gram, count in counts.items() if count >= classifier.min_df}
    return classifier.fit(part.texts, part.labels, part.weights, counts)
