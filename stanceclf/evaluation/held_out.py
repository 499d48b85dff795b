"""Held-out gold: each gold sentence is predicted by a model that was not trained on its article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.labels import STANCES
from stanceclf.model import StanceModel, probabilities, stance_probabilities
from stanceclf.training import Split, StanceClassifier, TrainingSet, fitted_by_fold

_Model = StanceClassifier | StanceModel


class HeldOut:
    """Gold sentences, held out fold by fold from the systems to test on them.

    Articles in no fold, which the model does not learn from, are held out together as one more
    fold, and never trained on.

    Parameters
    ----------
    split : Split
        The fold of each article that the model learns from.
    articles : sequence of str
        The article of each gold sentence.

    Attributes
    ----------
    folds : int
        Number of folds to train on.
    fold_of : list of int
        The fold of each gold sentence.

    Examples
    --------
    >>> from stanceclf.training.cross_validation import split_articles
    >>> articles = ["一", "二", "三"]
    >>> texts = ["开源便宜,闭源昂贵", "开源不如闭源", "今天下雨"]
    >>> training = TrainingSet(texts, ["favor", "against", "none"], [1.0] * 3, list(articles))
    >>> split = split_articles(dict(zip(articles, articles)), articles, 3)
    >>> held_out = HeldOut(split, articles)
    >>> models = held_out.fit(StanceClassifier(), training)
    >>> held_out.predict(models, texts)[2] == "none"  # 只在第三篇里有的标签，没见过它的模型不会给
    False
    """

    def __init__(self, split: Split, articles: Sequence[str]) -> None:
        apart = {name: split.folds for name in articles if name not in split.fold_of}
        self.split = Split({**split.fold_of, **apart}, split.quoted)
        self.folds = split.folds
        self.articles = articles
        self.fold_of = [self.split.fold_of[name] for name in articles]

    def fit(
        self, classifier: StanceClassifier, training: TrainingSet
    ) -> dict[int, StanceClassifier]:
        """Return for each fold with gold sentences a clone of a classifier fitted on all others.

        Parameters
        ----------
        classifier : StanceClassifier
            Its settings.
        training : TrainingSet
            The sentences to fit on.

        Raises
        ------
        StanceclfError
            Fewer than two stances are left to train on.
        ValueError
            The settings leave nothing to train on.
        """
        known = self.split.fold_of
        rows = [i for i, name in enumerate(training.articles) if name is None or name in known]
        folds = set(range(self.folds))
        others = {fold: folds - {fold} for fold in sorted(set(self.fold_of))}
        return dict(fitted_by_fold(classifier, training.only(rows), self.split, others))

    def probabilities(
        self, models: Mapping[int, _Model], sentences: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """Return the probabilities of each gold sentence's stances, in the order of `STANCES`.

        Parameters
        ----------
        models : mapping of int to StanceClassifier or StanceModel
            As returned by `fit`, or frozen: for each fold, one that was not trained on it.
        sentences : sequence of str
            The gold sentences in order, or texts in their place.
        """
        found = np.zeros((len(sentences), len(STANCES)))
        for fold, rows in self._rows(models):
            found[rows] = stance_probabilities(models[fold], [sentences[row] for row in rows])
        return found

    def probabilities_in_context(
        self, models: Mapping[int, StanceModel], sentences: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """Return these in view of the sentences around each, as `stanceclf predict` does.

        The sentences must be all of their articles, in reading order.
        """
        found = np.zeros((len(sentences), len(STANCES)))
        for fold, rows in self._rows(models):
            model = models[fold]
            decisions = model.decision_function([sentences[row] for row in rows])
            decisions = model.decide_in_context(decisions, [self.articles[row] for row in rows])
            columns = [STANCES.index(name) for name in model.classes_]
            found[np.ix_(rows, columns)] = probabilities(decisions)
        return found

    def predict(self, models: Mapping[int, _Model], sentences: Sequence[str]) -> list[str]:
        """Return the most probable stance of each gold sentence."""
        return [STANCES[best] for best in self.probabilities(models, sentences).argmax(axis=1)]

    def _rows(self, models: Mapping[int, _Model]) -> Iterator[tuple[int, list[int]]]:
        for fold in models:
            if rows := [row for row, own in enumerate(self.fold_of) if own == fold]:
                yield fold, rows
