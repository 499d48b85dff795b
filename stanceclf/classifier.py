"""The classifier: TF-IDF n-grams and logistic regression, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from stanceclf.model import StanceModel, probabilities
from stanceclf.ngrams import Features, NgramAnalyzer, check_texts
from stanceclf.normalization import Normalizer

# Coefficients are kept to this many decimals: far more than they are good for, and coarse enough
# that the last bits in which one processor's arithmetic differs from another's do not reach the
# model's file.
_DECIMALS = 6


class StanceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tell the stance of sentences by their n-grams.

    Sentences are normalised, counted by n-grams of characters, of words or of both, and weighted
    by TF-IDF with a sublinear term frequency. Each stance against the rest is a logistic
    regression with an L2 penalty, solved by liblinear's dual coordinate descent (Yu, Huang and
    Lin 2011), whose result does not depend on the number of threads; the three probabilities are
    scaled to sum to one.

    Parameters
    ----------
    features : {"chars", "words", "both"}, default "chars"
        What to count.
    char_ngrams : (int, int), default (1, 2)
        The shortest and longest n-gram of characters.
    word_ngrams : (int, int), default (1, 2)
        The shortest and longest n-gram of words.
    min_df : int, default 1
        N-grams that fewer sentences hold are left out.
    C : float, default 1.0
        Inverse strength of the L2 penalty.
    class_weight : {"balanced", None}, default "balanced"
        Whether rare stances weigh as much as common ones.
    random_state : int, default 0
        Seed of the solver's order.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The labels, sorted.
    vectorizer_ : TfidfVectorizer
        The n-grams, their columns and their inverse document frequencies.
    normalizer_ : Normalizer
        Brings sentences to normal form.
    coef_ : array of shape (n_classes, n_features)
        The weight of each n-gram for each class.
    intercept_ : array of shape (n_classes,)
        What each class starts from.

    Examples
    --------
    >>> texts = ["开源更便宜", "开源会落后", "今天下雨", "开源真便宜", "开源太落后", "明天下雨"]
    >>> classifier = StanceClassifier().fit(texts, ["favor", "against", "none"] * 2)
    >>> classifier.predict(["便宜的开源模型"])
    array(['favor'], dtype='<U7')
    """

    def __init__(
        self,
        features: Features = "chars",
        char_ngrams: tuple[int, int] = (1, 2),
        word_ngrams: tuple[int, int] = (1, 2),
        min_df: int = 1,
        C: float = 1.0,  # noqa: N803
        class_weight: str | None = "balanced",
        random_state: int = 0,
    ) -> None:
        self.features = features
        self.char_ngrams = char_ngrams
        self.word_ngrams = word_ngrams
        self.min_df = min_df
        self.C = C
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: ANN401, N803
        """Fit the classifier.

        Parameters
        ----------
        X : sequence of str
            Sentences.
        y : sequence of shape (n_sentences,)
            Their labels; at least two different ones.
        sample_weight : array of shape (n_sentences,), optional
            How much each sentence counts; by default all alike.

        Raises
        ------
        ValueError
            The lengths differ, there is but one class, or no n-gram is left.
        TypeError
            `X` is not a sequence of strings.
        """
        texts = check_texts(X)
        labels = column_or_1d(y, warn=True)
        check_consistent_length(texts, labels, sample_weight)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"needs at least two classes, got only {self.classes_.tolist()}")
        weight = compute_sample_weight(self.class_weight, labels)
        if sample_weight is not None:
            weight = weight * np.asarray(sample_weight, dtype=float)
        self.normalizer_ = Normalizer.from_opencc()
        self.vectorizer_ = TfidfVectorizer(
            analyzer=self._analyzer(),
            min_df=self.min_df,
            sublinear_tf=True,
        )
        features = self.vectorizer_.fit_transform(map(self.normalizer_, texts))
        # Of two classes, one regression tells both.
        tested = self.classes_[-1:] if len(self.classes_) == 2 else self.classes_
        fitted = [self._fit_one(features, labels == label, weight) for label in tested]
        coef = np.round(np.vstack([one.coef_ for one in fitted]), _DECIMALS)
        intercept = np.round(np.hstack([one.intercept_ for one in fitted]), _DECIMALS)
        self.coef_ = np.vstack([-coef, coef]) if len(tested) == 1 else coef
        self.intercept_ = np.hstack([-intercept, intercept]) if len(tested) == 1 else intercept
        return self

    def _analyzer(self) -> NgramAnalyzer:
        chars, words = self.char_ngrams, self.word_ngrams
        return NgramAnalyzer(self.features, (chars[0], chars[1]), (words[0], words[1]))

    def _fit_one(
        self, features: csr_matrix, positive: npt.NDArray[np.bool_], weight: npt.NDArray[Any]
    ) -> LogisticRegression:
        return LogisticRegression(
            C=self.C,
            solver="liblinear",
            dual=True,
            tol=1e-6,
            max_iter=10_000,
            random_state=self.random_state,
        ).fit(features, positive, sample_weight=weight)

    def decision_function(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        """Return the log-odds of each class against the rest.

        Parameters
        ----------
        X : sequence of str
            Sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            Of two classes, only the second one's log-odds, of shape (n_sentences,), as
            scikit-learn has it.
        """
        decisions = self._decide(X)
        return decisions[:, 1] if len(self.classes_) == 2 else decisions

    def _decide(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        check_is_fitted(self)
        texts = check_texts(X)
        if not texts:
            return np.empty((0, len(self.classes_)))
        features = self.vectorizer_.transform(map(self.normalizer_, texts))
        return np.asarray(features @ self.coef_.T + self.intercept_)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        """Return the probability of each class.

        Parameters
        ----------
        X : sequence of str
            Sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            Rows sum to one; columns are in the order of `classes_`.
        """
        return probabilities(self._decide(X))

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: ANN401, N803
        """Return the most probable class of each sentence.

        Parameters
        ----------
        X : sequence of str
            Sentences.

        Returns
        -------
        array of shape (n_sentences,)
        """
        decisions = self._decide(X)
        return np.asarray(self.classes_[decisions.argmax(axis=1)])

    def freeze(self, topic: str = "", labels: Mapping[str, str] | None = None) -> StanceModel:
        """Return what was learnt as a model that needs no scikit-learn.

        Parameters
        ----------
        topic : str, optional
            What the target is called.
        labels : mapping of str to str, optional
            How to show each class to people; by default by its own name.

        Returns
        -------
        StanceModel
            Gives the same decision values, to the last few bits.
        """
        check_is_fitted(self)
        return StanceModel(
            classes=[str(label) for label in self.classes_],
            analyzer=self._analyzer(),
            normalizer=self.normalizer_,
            vocabulary=self.vectorizer_.get_feature_names_out().tolist(),
            idf=self.vectorizer_.idf_,
            coef=self.coef_,
            intercept=self.intercept_,
            topic=topic,
            labels=labels,
        )

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that this takes strings, not numbers."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
