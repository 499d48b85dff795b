"""Cross-validation by article: no article is on both sides of a fold."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from stanceclf.classifier import StanceClassifier
from stanceclf.errors import StanceclfError
from stanceclf.labels import STANCES
from stanceclf.normalization import Normalizer
from stanceclf.training import Overlap, TrainingSet

# In so many articles a sentence may be for all pairs of them to be counted.
_FEW = 30


def find_copies(articles: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Tell which articles are copies of one another, as reprints of one report are.

    Two articles are copies if more than half of the shorter one's sentences are in the other.

    Parameters
    ----------
    articles, texts : sequences of equal length
        The article of each sentence, and the sentence in normal form.

    Returns
    -------
    dict of str to str
        For each article the first of its copies, by name; mostly itself.

    Examples
    --------
    >>> find_copies(["二", "一", "三"], ["开源更便宜", "开源更便宜", "闭源更贵"])
    {'一': '一', '三': '三', '二': '一'}
    """
    places = sorted(set(zip(articles, texts, strict=True)))
    sizes = Counter(name for name, _ in places)
    holders: dict[str, list[str]] = {}
    for name, text in places:
        holders.setdefault(text, []).append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        # Pairs grow with the square; of a line that very many share, neighbours must do.
        few = len(names) <= _FEW
        shared.update(itertools.combinations(names, 2) if few else itertools.pairwise(names))
    first = {name: name for name in sizes}

    def root(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for (one, other), count in sorted(shared.items()):
        if 2 * count > min(sizes[one], sizes[other]):
            into, joined = sorted((root(one), root(other)))
            first[joined] = into
    return {name: root(name) for name in first}


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


def stance_probabilities(
    classifier: StanceClassifier, texts: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return a fitted classifier's probabilities in the order of `STANCES`.

    A stance that it was not trained on has probability 0.

    Returns
    -------
    float array of shape (n_sentences, 3)
    """
    probabilities = np.zeros((len(texts), len(STANCES)))
    columns = [STANCES.index(label) for label in classifier.classes_]
    probabilities[:, columns] = classifier.predict_proba(texts)
    return probabilities


@dataclass(frozen=True, slots=True)
class Split:
    """Articles in folds.

    Attributes
    ----------
    fold_of : mapping of str to int
        The fold of each article; of copies, the same.
    sentences : mapping of str to sequence of str
        Each article's sentences, in normal form.
    """

    fold_of: Mapping[str, int]
    sentences: Mapping[str, Sequence[str]]

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return 1 + max(self.fold_of.values())

    def articles(self, fold: int) -> set[str]:
        """Return the articles of a fold."""
        return {name for name in self.fold_of if self.fold_of[name] == fold}


def split_articles(
    articles: Sequence[str], texts: Sequence[str], labelled: Sequence[str], folds: int
) -> Split:
    """Split articles into folds, copies of one another together.

    Parameters
    ----------
    articles, texts : sequences of equal length
        The article of each sentence, and the sentence in normal form.
    labelled : sequence of str
        The article of each sentence to train on; by these the folds are made equally rich.
    folds : int
        How many, at most.

    Raises
    ------
    StanceclfError
        There is one article only.

    Examples
    --------
    >>> split_articles(["一", "二"], ["开源更便宜", "闭源更贵"], ["一", "二"], 2).articles(0)
    {'二'}
    """
    first = find_copies(articles, texts)
    folded = assign_folds([first[name] for name in labelled], folds)
    sentences: dict[str, list[str]] = {}
    for name, text in zip(articles, texts, strict=True):
        sentences.setdefault(name, []).append(text)
    return Split({name: folded[own] for name, own in first.items() if own in folded}, sentences)


def fitted_by_fold(
    classifier: StanceClassifier,
    training: TrainingSet,
    split: Split,
    folds: Mapping[int, Collection[int]],
) -> Iterator[tuple[int, StanceClassifier]]:
    """Yield each fold and a clone of a classifier fitted on other folds.

    Examples out of rules are of no article; one that shares a sentence with the fold is left out.

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
    """
    normalize = Normalizer.from_opencc()
    for fold, others in folds.items():
        quotes = Overlap(
            [text for name in sorted(split.articles(fold)) for text in split.sentences[name]]
        )
        rows = [
            i
            for i, article in enumerate(training.articles)
            if (
                not quotes(normalize(training.texts[i]))
                if article is None
                else split.fold_of[article] in others
            )
        ]
        part = training.only(rows)
        if len(set(part.labels)) < 2:
            raise StanceclfError(
                "all articles outside one fold have one and the same label; "
                "write rules for the other stances or add articles"
            )
        fitted: StanceClassifier = clone(classifier)
        yield fold, fitted.fit(part.texts, part.labels, part.weights)


def all_but_own(folds: int) -> dict[int, set[int]]:
    """Return for each fold all the others, which is how a model is cross-validated.

    Examples
    --------
    >>> all_but_own(3)
    {0: {1, 2}, 1: {0, 2}, 2: {0, 1}}
    """
    return {fold: set(range(folds)) - {fold} for fold in range(folds)}
