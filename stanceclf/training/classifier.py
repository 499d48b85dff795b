"""The classifier: target-aware n-grams, rules and logistic regression as one estimator."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from stanceclf.features import TargetAwareVectorizer, check_texts
from stanceclf.labels import STANCES
from stanceclf.model import Context, Origin, StanceModel, probabilities, rule_log_odds
from stanceclf.reading import Readings, Topic
from stanceclf.rules import LabelModel, LabelModelName, Rule, make_voter

# Decimals of the coefficients: far more precise than they need be, and coarse enough that the last
# bits, in which processors differ, do not reach the model file.
_DECIMALS = 6
# liblinear has one random generator per process: fits in concurrent threads would share it.
_ONE_AT_A_TIME = threading.Lock()


class StanceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify the stance of sentences by their n-grams and by rules.

    `TargetAwareVectorizer` turns sentences into weighted n-grams. For each stance against the rest,
    a logistic regression with an L2 penalty is fitted by liblinear's dual coordinate descent (Yu,
    Huang and Lin 2011), whose result does not depend on the number of threads. At prediction, the
    votes of the rules are added to the log-odds, and the probabilities are scaled to sum to one.
    The rules take no part in fitting: the regression would learn to copy them, and nothing else.

    Parameters
    ----------
    features : sequence of str, default ("chars",)
        The features: ``chars`` or ``words``, and ``tagged`` or ``signed`` before either.
    char_ngrams : (int, int), default (1, 2)
        Length of the shortest and the longest n-grams of characters.
    word_ngrams : (int, int), default (1, 2)
        Length of the shortest and the longest n-grams of words.
    min_df : int, default 1
        Ignore n-grams that occur in fewer sentences.
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    class_weight : {"balanced", None}, default "balanced"
        Weights of the classes; ``"balanced"`` gives rare classes the same total weight as common
        ones.
    random_state : int, default 0
        Seed of the solver.
    topic : Topic, optional
        Defines what counts as a mention; required by tagged and signed features and by rules.
    rules : sequence of Rule, default ()
        Rules whose votes count at prediction.
    label_model : {"majority", "weighted", "dawid-skene"}, default "weighted"
        How their votes are combined.
    rule_weight : float, default 3.0
        The log-odds that a stance gains if all votes are for it.
    silence : float, default 0.0
        The log-odds that ``none`` gains if no rule votes.
    half_weight : float, default 0.0
        The total weight of votes at which they count half.
    temperature : float, default 1.0
        What the log-odds from n-grams are divided by (Guo et al. 2017). Below 1, probabilities are
        more certain.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The class labels, sorted.
    vectorizer_ : TargetAwareVectorizer
        The fitted vectorizer: n-grams, their columns and inverse document frequencies.
    voter_ : Voter
        The compiled rules; shared by all classifiers that have the same rules.
    label_model_ : LabelModel
        The label model, fitted on the votes on the training sentences.
    coef_ : array of shape (n_classes, n_features)
        Coefficient of each n-gram for each class.
    intercept_ : array of shape (n_classes,)
        Intercept of each class.

    Examples
    --------
    >>> from stanceclf.reading import Topic
    >>> topic = Topic("开源大模型", target=("开源",), rival=("闭源",))
    >>> classifier = StanceClassifier(("signed chars",), topic=topic)
    >>> texts = ["开源更便宜", "开源会落后", "开源真便宜", "开源太落后"]
    >>> _ = classifier.fit(texts, ["favor", "against"] * 2)
    >>> classifier.predict(["便宜的开源模型", "闭源会落后"])
    array(['favor', 'favor'], dtype='<U7')
    """

    def __init__(
        self,
        features: Sequence[str] = ("chars",),
        char_ngrams: tuple[int, int] = (1, 2),
        word_ngrams: tuple[int, int] = (1, 2),
        min_df: int = 1,
        C: float = 1.0,  # noqa: N803
        class_weight: str | None = "balanced",
        random_state: int = 0,
        topic: Topic | None = None,
        rules: Sequence[Rule] = (),
        label_model: LabelModelName = "weighted",
        rule_weight: float = 3.0,
        silence: float = 0.0,
        half_weight: float = 0.0,
        temperature: float = 1.0,
    ) -> None:
        self.features = features
        self.char_ngrams = char_ngrams
        self.word_ngrams = word_ngrams
        self.min_df = min_df
        self.C = C
        self.class_weight = class_weight
        self.random_state = random_state
        self.topic = topic
        self.rules = rules
        self.label_model = label_model
        self.rule_weight = rule_weight
        self.silence = silence
        self.half_weight = half_weight
        self.temperature = temperature

    def fit(
        self,
        X: Any,  # noqa: ANN401, N803
        y: Any,  # noqa: ANN401
        sample_weight: Any = None,  # noqa: ANN401
        document_frequency: Mapping[str, int] | None = None,
    ) -> Self:
        """Fit the classifier.

        Parameters
        ----------
        X : sequence of str
            The sentences.
        y : sequence of shape (n_sentences,)
            Their labels, of at least two classes.
        sample_weight : array of shape (n_sentences,), optional
            Weights of the sentences; by default all are equal.
        document_frequency : mapping of str to int, optional
            The number of sentences with each n-gram, as `count` returns it; by default counted.

        Returns
        -------
        StanceClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            The lengths differ, there is only one class, no n-gram is left, a feature is unknown or
            requires a topic, or there are rules and a class that is not a stance.
        TypeError
            `X` is not a sequence of strings, or `topic` is not a Topic.
        """
        texts = check_texts(X)
        if not isinstance(self.topic, Topic | None):
            got = type(self.topic).__name__
            raise TypeError(f"topic must be a Topic, as `load_topic` returns it, got {got}")
        labels = column_or_1d(y, warn=True)
        check_consistent_length(texts, labels, sample_weight)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"needs at least two classes, got only {self.classes_.tolist()}")
        if self.rules and not set(self.classes_.tolist()) <= set(STANCES):
            raise ValueError(f"rules vote for {STANCES}, the classes are {self.classes_.tolist()}")
        weight = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, float)
        class_weight: Any = self.class_weight
        if class_weight == "balanced":
            # By the weights of a class, where scikit-learn counts its sentences.
            # Exact sums: those of numpy differ between processors in the last bits.
            totals = {label: math.fsum(weight[labels == label]) for label in self.classes_}
            whole = math.fsum(weight)
            class_weight = {
                label: whole / (len(totals) * total) if total else 1.0
                for label, total in totals.items()
            }
        weight = weight * compute_sample_weight(class_weight, labels)
        all_readings = self._read(texts)
        features = self.vectorizer_.learn(all_readings, document_frequency).weigh(all_readings)
        # Only this label model learns from votes.
        learns = self.label_model == "dawid-skene"
        weights = [rule.weight for rule in self.rules]
        self.label_model_ = LabelModel(self.label_model, weights).fit(
            self.voter_.vote_matrix(texts if learns else [])
        )
        # Two classes need only one regression.
        tested = self.classes_[-1:] if len(self.classes_) == 2 else self.classes_
        fitted = [self._fit_one(features, labels == label, weight) for label in tested]
        coef = np.vstack([one.coef_ for one in fitted]) / self.temperature
        intercept = np.hstack([one.intercept_ for one in fitted]) / self.temperature
        coef, intercept = np.round(coef, _DECIMALS), np.round(intercept, _DECIMALS)
        self.coef_ = np.vstack([-coef, coef]) if len(tested) == 1 else coef
        self.intercept_ = np.hstack([-intercept, intercept]) if len(tested) == 1 else intercept
        return self

    def count(self, X: Any, min_df: int) -> dict[str, int]:  # noqa: ANN401, N803
        """Return the number of sentences with each n-gram, if there are at least `min_df`.

        Of sentences that were counted together, those of a part can be subtracted.

        Parameters
        ----------
        X : sequence of str
            The sentences.
        min_df : int
            The least number to return.

        Examples
        --------
        >>> StanceClassifier(char_ngrams=(2, 2)).count(["开源便宜", "开源落后"], 2)
        {'开源': 2}
        """
        all_readings = self._read(check_texts(X))
        return self.vectorizer_.count(all_readings, min_df)

    def _read(self, texts: Sequence[str]) -> list[Readings]:
        """Return what rules and n-grams share."""
        self.vectorizer_ = TargetAwareVectorizer(
            self.features, self.char_ngrams, self.word_ngrams, self.min_df, self.topic
        )
        self.voter_ = make_voter(self.topic or Topic("", ()), tuple(self.rules))
        return self.vectorizer_.read(texts, self.voter_.reader)

    def _fit_one(
        self, features: csr_matrix, positive: npt.NDArray[np.bool_], weight: npt.NDArray[Any]
    ) -> LogisticRegression:
        regression = LogisticRegression(
            C=self.C,
            solver="liblinear",
            dual=True,
            tol=1e-4,
            max_iter=10_000,
            random_state=self.random_state,
        )
        with _ONE_AT_A_TIME:
            return regression.fit(features, positive, sample_weight=weight)

    def decision_function(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        """Return the log-odds of each class against the rest.

        Parameters
        ----------
        X : sequence of str
            The sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            For two classes, only the log-odds of the second, of shape (n_sentences,), as in
            scikit-learn: above 0 where it is predicted.
        """
        decisions = self._decide(X)
        # What rules add to one class need not be the negative of what they add to the other.
        two = len(self.classes_) == 2
        return (decisions[:, 1] - decisions[:, 0]) / 2 if two else decisions

    def _decide(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        check_is_fitted(self)
        decisions = [np.empty((0, len(self.classes_)))]
        for readings in self.voter_.reader.read(check_texts(X)):
            own = self.vectorizer_.weigh([readings]) @ self.coef_.T + self.intercept_
            weights = (self.rule_weight, self.silence, self.half_weight)
            classes = self.classes_.tolist()
            own += rule_log_odds(self.voter_, self.label_model_, readings, classes, *weights)
            decisions.append(own)
        return np.concatenate(decisions)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401, N803
        """Return the probability of each class.

        Parameters
        ----------
        X : sequence of str
            The sentences.

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
            The sentences.

        Returns
        -------
        array of shape (n_sentences,)
            The predicted classes.
        """
        decisions = self._decide(X)
        return np.asarray(self.classes_[decisions.argmax(axis=1)])

    def freeze(self, origin: Origin | None = None, context: Context | None = None) -> StanceModel:
        """Return the fitted classifier as a model that does not need scikit-learn.

        Parameters
        ----------
        origin : Origin, optional
            The package versions and the files to record in the model.
        context : Context, optional
            How much a stance depends on neighbours in an article; by default not at all.

        Returns
        -------
        StanceModel
            The model, with the same decision values but for the last few bits.
        """
        check_is_fitted(self)
        return StanceModel(
            classes=[str(label) for label in self.classes_],
            analyzer=self.vectorizer_.analyzer_,
            normalizer=self.vectorizer_.normalizer_,
            vocabulary=list(self.vectorizer_.vocabulary_),
            idf=self.vectorizer_.idf_,
            coef=self.coef_,
            intercept=self.intercept_,
            topic=self.topic,
            rules=[dataclasses.replace(rule, matches=(), rejects=()) for rule in self.voter_.rules],
            label_model=self.label_model_,
            rule_weight=self.rule_weight,
            silence=self.silence,
            half_weight=self.half_weight,
            context=context,
            origin=origin,
        )

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags: the input is strings, not numbers."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
