"""Held-out gold: each gold sentence is predicted by a model that was not trained on its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stanceclf.model import StanceModel
from stanceclf.training import Split, StanceClassifier, TrainingSet, fitted_by_fold


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
        self.fold_of = [self.split.fold_of[name] for name in articles]

    def others(self, count: int | None = None) -> dict[int, set[int]]:
        """Return for each fold with gold sentences the folds to train on.

        Parameters
        ----------
        count : int, optional
            Number of other folds, the next ones cyclically; by default all.
        """
        return {
            fold: {(fold + step) % self.folds for step in range(1, 1 + count)}
            if count is not None
            else set(range(self.folds)) - {fold}
            for fold in sorted(set(self.fold_of))
        }

    def fit(
        self, classifier: StanceClassifier, training: TrainingSet, count: int | None = None
    ) -> dict[int, StanceClassifier]:
        """Return for each fold with gold sentences a clone of a classifier fitted on other folds.

        Parameters
        ----------
        classifier : StanceClassifier
            Its settings.
        training : TrainingSet
            The sentences to fit on.
        count : int, optional
            Number of other folds; by default all.

        Raises
        ------
        StanceclfError
            Fewer than two stances are left to train on.
        ValueError
            The settings leave nothing to train on.
        """
        known = self.split.fold_of
        rows = [i for i, name in enumerate(training.articles) if name is None or name in known]
        own = training.only(rows)
        return dict(fitted_by_fold(classifier, own, self.split, self.others(count)))

    def predict(
        self, models: Mapping[int, StanceClassifier | StanceModel], sentences: Sequence[str]
    ) -> list[str]:
        """Return the stance of each gold sentence, by the model that its fold was held out from.

        Parameters
        ----------
        models : mapping of int to StanceClassifier or StanceModel
            As returned by `fit`, or frozen.
        sentences : sequence of str
            The gold sentences in order, or texts in their place.
        """
        stances = [""] * len(sentences)
        for fold, model in models.items():
            rows = [i for i, own in enumerate(self.fold_of) if own == fold]
            predicted = model.predict([sentences[i] for i in rows])
            for i, stance in zip(rows, predicted.tolist(), strict=True):
                stances[i] = stance
        return stances
