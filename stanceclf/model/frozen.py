"""The model: what a classifier has learned, frozen into arrays and strings.

It needs only numpy and RE2: a file loads and predicts the same under any scikit-learn, or none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.features import NgramAnalyzer, Vocabulary, check_texts, tf_idf
from stanceclf.model.context import REACH, Context
from stanceclf.model.decisions import probabilities, rule_log_odds
from stanceclf.model.fitted_classifier import FittedClassifier
from stanceclf.model.origin import Origin
from stanceclf.model.state import State, make_state, parts_of
from stanceclf.reading import Ints, Readings, Topic
from stanceclf.rules import LabelModel, Rule, make_voter

if TYPE_CHECKING:
    from stanceclf.model.explanations import Explanation

_Floats = npt.NDArray[np.float64]


class StanceModel(FittedClassifier):
    """Classify the stance of sentences.

    Created by `StanceClassifier.freeze` and read by `load`.

    Parameters
    ----------
    classes : sequence of str
        The class labels, sorted.
    analyzer : NgramAnalyzer
        Extracts the n-grams of a sentence.
    normalizer : Normalizer
        Brings a sentence to normal form.
    vocabulary : sequence of str
        The n-grams, one per feature.
    idf : array of shape (n_features,)
        Their inverse document frequencies.
    coef : array of shape (n_classes, n_features)
        Their coefficients.
    intercept : array of shape (n_classes,)
        The intercept of each class.
    topic : Topic, optional
        The target of the stances, and the words that mention it.
    rules : sequence of Rule, optional
        The rules whose votes count at prediction.
    label_model : LabelModel, optional
        Combines their votes; fitted. By default the majority.
    rule_weight : float, default 0.0
        The log-odds that a stance gains if all votes are for it.
    silence : float, default 0.0
        The log-odds that ``none`` gains if no rule votes.
    half_weight : float, default 0.0
        The total weight of votes at which they count half.
    context : Context, optional
        How much a stance depends on neighbours in an article; by default not at all.
    origin : Origin, optional
        The package versions and the files that the model was made from.

    Attributes
    ----------
    classes_ : array of str of shape (n_classes,)
        The class labels, in the order of the columns of `predict_proba`.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源更便宜", "开源会落后", "今天下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> model.predict(["便宜的开源模型", "開源落後。"])
    array(['favor', 'against'], dtype='<U7')
    """

    def __init__(
        self,
        *,
        classes: Sequence[str],
        analyzer: NgramAnalyzer,
        normalizer: Normalizer,
        vocabulary: Sequence[str],
        idf: _Floats,
        coef: _Floats,
        intercept: _Floats,
        topic: Topic | None = None,
        rules: Sequence[Rule] = (),
        label_model: LabelModel | None = None,
        rule_weight: float = 0.0,
        silence: float = 0.0,
        half_weight: float = 0.0,
        context: Context | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.classes_ = np.array(classes)
        self.analyzer = analyzer
        self.normalizer = normalizer
        self.idf = np.asarray(idf, dtype=np.float64)
        self.coef = np.asarray(coef, dtype=np.float64)
        self.intercept = np.asarray(intercept, dtype=np.float64)
        self.topic = topic or Topic("", ())
        self.voter = make_voter(self.topic, tuple(rules), normalizer, checked=True)
        self.label_model = label_model or LabelModel().fit(np.empty((0, len(rules)), np.int8))
        self.rule_weight, self.silence, self.half_weight = rule_weight, silence, half_weight
        self.context = context
        self.origin = origin or Origin()
        self.grams = Vocabulary(analyzer, vocabulary)
        # What an n-gram that occurs once adds to the squared length of its kind, and to each class.
        added = np.column_stack([self.idf**2, (self.coef * self.idf).T])
        self._added = added[self.grams.order]

    def __repr__(self) -> str:
        """Return what it is on and made of."""
        sizes = f"{len(self.vocabulary)} n-grams, {len(self.voter.rules)} rules"
        name = self.topic.name or "without topic"
        return f"<StanceModel {name}: {self.classes_.tolist()}, {sizes}>"

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The n-grams, one per feature."""
        return self.grams.names

    @property
    def labels(self) -> dict[str, str]:
        """The name under which to show each class."""
        return {str(name): self.topic.labels.get(str(name), str(name)) for name in self.classes_}

    def decision_function(self, texts: Iterable[str]) -> _Floats:
        """Return the log-odds of each class against the rest.

        Parameters
        ----------
        texts : sequence of str
            The sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)

        Raises
        ------
        TypeError
            `texts` is a single string, or contains something other than strings.
        """
        parts = [self.decide(readings) for readings in self.voter.reader.read(check_texts(texts))]
        return np.concatenate([np.empty((0, len(self.classes_))), *parts])

    def decide(self, readings: Readings) -> _Floats:
        """Return the log-odds for sentences that have already been read."""
        sums = self.grams.sums(readings, self._added)
        # Each kind of feature is scaled to length 1 by itself; scaling the sums does the same.
        lengths = np.sqrt(sums[..., :1])
        lengths[lengths == 0] = 1
        decisions: _Floats = (sums[..., 1:] / lengths).sum(axis=1) + self.intercept
        decisions += self._by_rules(readings)
        return decisions

    def _by_rules(self, readings: Readings) -> _Floats:
        weights = (self.rule_weight, self.silence, self.half_weight)
        classes = self.classes_.tolist()
        return rule_log_odds(self.voter, self.label_model, readings, classes, *weights)

    def weigh(self, readings: Readings) -> tuple[Ints, Ints, _Floats]:
        """Return the known n-grams of sentences: row, column and weight of each."""
        found = self.grams.count(readings)
        weights = tf_idf(found, self.idf, self.grams.blocks, len(self.analyzer.features))
        return found.rows, found.columns, weights

    def predict_proba(self, texts: Iterable[str]) -> _Floats:
        """Return the probability of each class.

        Parameters
        ----------
        texts : sequence of str
            The sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            Rows sum to one; columns are those of `classes_`.
        """
        return probabilities(self.decision_function(texts))

    def predict(self, texts: Iterable[str]) -> npt.NDArray[np.str_]:
        """Return the most probable class of each sentence, as an array of shape (n_sentences,)."""
        stances: npt.NDArray[np.str_] = self.classes_[self.decision_function(texts).argmax(axis=1)]
        return stances

    def annotate_batch(
        self, batch: Mapping[str, Sequence[str | None]], text_column: str = "text"
    ) -> dict[str, list[str | float | None]]:
        """Return the stances of a batch of sentences as columns, for `datasets.Dataset.map`.

        Parameters
        ----------
        batch : mapping of str to sequence
            The columns of the batch.
        text_column : str, default "text"
            The column that contains one sentence per row, or null.

        Returns
        -------
        dict of str to list
            ``stance``, and the probability of each class such as ``p_favor``; null for a null text.

        Raises
        ------
        KeyError
            There is no such column.
        TypeError
            It is not a column of sentences, but a single one.

        Examples
        --------
        >>> from stanceclf import StanceClassifier
        >>> texts = ["开源便宜", "闭源便宜", "下雨"]
        >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
        >>> model.annotate_batch({"正文": ["开源！", None]}, text_column="正文")["stance"]
        ['favor', None]
        """
        texts = batch[text_column]
        if isinstance(texts, str):
            raise TypeError("expected a batch of rows, got a single one; map with batched=True")
        rows = [row for row, text in enumerate(texts) if text is not None]
        shares = self.predict_proba([text for text in texts if text is not None])
        names = ("stance", *(f"p_{name}" for name in self.classes_))
        added = np.full((len(texts), len(names)), None, object)
        added[rows, 0] = self.classes_[shares.argmax(axis=1)]
        added[rows, 1:] = shares.round(6)
        return dict(zip(names, added.T.tolist(), strict=True))

    def decide_in_context(self, decisions: _Floats, articles: Sequence[str]) -> _Floats:
        """Return the log-odds of sentences in reading order, given those of each by itself."""
        added = self.context.adds(decisions, articles) if self.context else 0.0
        return np.asarray(decisions + added)

    def explain(
        self, text: str, before: Sequence[str] = (), after: Sequence[str] = ()
    ) -> Explanation:
        """Explain the decision on one sentence: rules, clauses, n-grams and what each adds.

        Parameters
        ----------
        text : str
            The sentence.
        before, after : sequence of str, optional
            The sentences around it in its article, in reading order, which `predict_articles`
            takes into account.

        Returns
        -------
        Explanation
            For each class, ``intercept``, ``rules``, ``neighbours`` and ``features`` add up to the
            log-odds; without neighbours, these are what `decision_function` returns.

        Raises
        ------
        TypeError
            `text` is not a string, or `before` or `after` is not a sequence of strings.

        Examples
        --------
        >>> from stanceclf import StanceClassifier
        >>> texts = ["开源便宜", "闭源便宜", "下雨"]
        >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
        >>> model.explain("开源更好").features[0].ngram
        '开'
        """
        # Rarely needed, and loading a model should not wait for its imports.
        from stanceclf.model.explanations import explain_reading

        (readings,) = self.voter.reader.read(check_texts([text]))
        _, columns, weights = self.weigh(readings)
        before, after = check_texts(before), check_texts(after)
        near = [*before[-REACH:], text, *after[:REACH]]
        alone = self.decision_function(near)
        around = self.decide_in_context(alone, [""] * len(near)) - alone
        names = [self.vocabulary[column] for column in columns]
        return explain_reading(
            text,
            readings.one(0),
            self.voter,
            self.classes_.tolist(),
            self.intercept,
            self._by_rules(readings)[0],
            around[len(before[-REACH:])],
            [(self.analyzer.kind(name), self.analyzer.shown(name)) for name in names],
            (self.coef[:, columns] * weights).T,
        )

    def __getstate__(self) -> State:
        """Return what a model file contains: arrays as bytes, and a string."""
        header = {
            "classes": self.classes_.tolist(),
            "analyzer": dataclasses.asdict(self.analyzer),
            "traditional": self.normalizer.traditional,
            "simplified": self.normalizer.simplified,
            "topic": dataclasses.asdict(self.topic),
            "rules": [dataclasses.asdict(rule) for rule in self.voter.rules],
            "label_model": self.label_model.name,
            "rule_weight": self.rule_weight,
            "silence": self.silence,
            "half_weight": self.half_weight,
            "context": self.context and dataclasses.asdict(self.context),
            "origin": dataclasses.asdict(self.origin),
        }
        arrays = {
            "idf": self.idf,
            "coef": self.coef,
            "intercept": self.intercept,
            "label_prior": self.label_model.prior_,
            "label_evidence": self.label_model.evidence_,
        }
        return make_state(header, self.grams.names, arrays)

    def __setstate__(self, state: State) -> None:
        """Restore the model; refuse a state of another format or a damaged one."""
        try:
            self.__init__(**parts_of(state))  # type: ignore[misc]
        # A forged state can be wrong in ways that no check foresees.
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            what = f"damaged or forged ({type(error).__name__}: {error})"
            raise StanceclfError(f"{what}; copy it again or retrain it") from None

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Return the model of a state as returned by `__getstate__`.

        Raises
        ------
        StanceclfError
            The state is of another format, damaged or forged.
        """
        model = cls.__new__(cls)
        model.__setstate__(state)
        return model


# A pickle refers to a class by its module, and only the package's name is stable.
StanceModel.__module__ = "stanceclf.model"
# doctest skips objects that claim to be from another module.
__test__ = {"StanceModel": StanceModel}
