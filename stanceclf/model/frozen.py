"""The model: what a classifier has learnt, frozen into arrays and strings.

It runs on numpy and RE2 alone, so that a file made today loads and answers the same under whatever
version of scikit-learn another machine has, or none.
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
from stanceclf.model.decisions import probabilities, rule_evidence
from stanceclf.model.origin import Origin
from stanceclf.model.state import State, make_state, parts_of
from stanceclf.reading import Ints, Readings, Topic
from stanceclf.rules import LabelModel, Rule, Voter

if TYPE_CHECKING:
    from stanceclf.model.explanations import Explanation

_Floats = npt.NDArray[np.float64]


class StanceModel:
    """Tell the stance of sentences.

    Made by `StanceClassifier.freeze`, read by `load`.

    Parameters
    ----------
    classes : sequence of str
        The labels, sorted.
    analyzer : NgramAnalyzer
        Says what is counted of a sentence.
    normalizer : Normalizer
        Brings a sentence to normal form.
    vocabulary : sequence of str
        The n-grams, a column each.
    idf : array of shape (n_features,)
        Their inverse document frequencies.
    coef : array of shape (n_classes, n_features)
        Their weights.
    intercept : array of shape (n_classes,)
        What each class starts from.
    topic : Topic, optional
        What the stances are on, and how it is mentioned.
    rules : sequence of Rule, optional
        The rules whose votes count at prediction.
    label_model : LabelModel, optional
        Sums their votes up; fitted. By default the majority.
    rule_weight : float, default 0.0
        How much a stance that all votes are for gains, in log-odds.
    origin : Origin, optional
        What made it, and of what.

    Attributes
    ----------
    classes_ : array of str of shape (n_classes,)
        The labels, in the order of the probabilities' columns.

    Examples
    --------
    >>> model = StanceModel(
    ...     classes=["against", "favor"],
    ...     analyzer=NgramAnalyzer(("chars",), (1, 1)),
    ...     normalizer=Normalizer("貴", "贵"),
    ...     vocabulary=["宜", "贵"],
    ...     idf=np.ones(2),
    ...     coef=np.array([[-1.0, 1.0], [1.0, -1.0]]),
    ...     intercept=np.zeros(2),
    ... )
    >>> model.predict(["开源更便宜。", "開源太貴。"])
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
        origin: Origin | None = None,
    ) -> None:
        self.classes_ = np.array(classes)
        self.analyzer = analyzer
        self.normalizer = normalizer
        self.idf = np.asarray(idf, dtype=np.float64)
        self.coef = np.asarray(coef, dtype=np.float64)
        self.intercept = np.asarray(intercept, dtype=np.float64)
        self.topic = topic or Topic("", ())
        self.voter = Voter(self.topic, rules, normalizer, checked=True)
        self.label_model = label_model or LabelModel().fit(np.empty((0, len(rules)), np.int8))
        self.rule_weight = rule_weight
        self.origin = origin or Origin()
        self.grams = Vocabulary(analyzer, vocabulary)
        self._blocks = self.grams.blocks
        # What an n-gram that occurs once adds to its kind's squared length, and to each class.
        added = np.column_stack([self.idf**2, (self.coef * self.idf).T])
        self._added = added[self.grams.order]

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The n-grams, a column each."""
        return self.grams.names

    @property
    def labels(self) -> dict[str, str]:
        """How to show each class to people."""
        return {str(name): self.topic.labels.get(str(name), str(name)) for name in self.classes_}

    def decision_function(self, texts: Iterable[str]) -> _Floats:
        """Return the log-odds of each class against the rest.

        Parameters
        ----------
        texts : sequence of str
            Sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)

        Raises
        ------
        TypeError
            `texts` is one string, or holds something that is no string.
        """
        parts = [self.decide(readings) for readings in self.voter.reader.read(check_texts(texts))]
        return np.concatenate([np.empty((0, len(self.classes_))), *parts])

    def decide(self, readings: Readings) -> _Floats:
        """Return the same of sentences that have been read."""
        decisions = self._scores(readings) + self.intercept
        if self.voter.rules and self.rule_weight:
            decisions += self.rule_weight * rule_evidence(
                self.voter, self.label_model, readings, self.classes_.tolist()
            )
        return decisions

    def _scores(self, readings: Readings) -> _Floats:
        """Return what the n-grams of sentences add."""
        sums = self.grams.sums(readings, self._added)
        # Scaled to length 1, each kind of feature by itself; scaling sums is scaling what they sum.
        lengths = np.sqrt(sums[..., :1])
        lengths[lengths == 0] = 1
        return np.asarray((sums[..., 1:] / lengths).sum(axis=1))

    def weigh(self, readings: Readings) -> tuple[Ints, Ints, _Floats]:
        """Return the known n-grams of sentences: sentences, columns and weights."""
        found = self.grams.count(readings)
        weights = tf_idf(found, self.idf, self._blocks, len(self.analyzer.features))
        return found.rows, found.columns, weights

    def predict_proba(self, texts: Iterable[str]) -> _Floats:
        """Return the probability of each class.

        Parameters
        ----------
        texts : sequence of str
            Sentences.

        Returns
        -------
        float array of shape (n_sentences, n_classes)
            Rows sum to one; columns are in the order of `classes_`.
        """
        return probabilities(self.decision_function(texts))

    def predict(self, texts: Iterable[str]) -> npt.NDArray[np.str_]:
        """Return the most probable class of each sentence.

        Parameters
        ----------
        texts : sequence of str
            Sentences.

        Returns
        -------
        array of str of shape (n_sentences,)
        """
        stances: npt.NDArray[np.str_] = self.classes_[self.decision_function(texts).argmax(axis=1)]
        return stances

    def annotate_batch(
        self, batch: Mapping[str, Sequence[str | None]], text_column: str = "text"
    ) -> dict[str, list[str | float | None]]:
        """Return the stances of a batch's sentences as columns, for `datasets.Dataset.map`.

        Parameters
        ----------
        batch : mapping of str to sequence
            Columns; that of texts holds a sentence a row, or null.
        text_column : str, default "text"
            What that one is called.

        Returns
        -------
        dict of str to list
            ``stance``, and the probability of each class, like ``p_favor``; null of a null text.

        Raises
        ------
        KeyError
            There is no such column.

        Examples
        --------
        >>> from stanceclf import StanceClassifier
        >>> texts = ["开源便宜", "闭源便宜", "下雨"]
        >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
        >>> model.annotate_batch({"正文": ["开源！", None]}, text_column="正文")["stance"]
        ['favor', None]
        """
        texts = batch[text_column]
        rows = [row for row, text in enumerate(texts) if text is not None]
        shares = self.predict_proba([text for text in texts if text is not None])
        names = [str(name) for name in self.classes_]
        added: dict[str, list[str | float | None]] = {
            name: [None] * len(texts) for name in ("stance", *(f"p_{name}" for name in names))
        }
        columns = [added[f"p_{name}"] for name in names]
        for row, best, own in zip(
            rows, shares.argmax(axis=1).tolist(), shares.round(6).tolist(), strict=True
        ):
            added["stance"][row] = names[best]
            for column, share in zip(columns, own, strict=True):
                column[row] = share
        return added

    def explain(self, text: str) -> Explanation:
        """Take apart the decision on one sentence: rules, clauses, n-grams and what each adds.

        Parameters
        ----------
        text : str
            The sentence.

        Returns
        -------
        Explanation
            The log-odds of each class, as `decision_function` returns them, are the sum of its
            ``intercept``, ``rules`` and ``features``.

        Raises
        ------
        TypeError
            `text` is no string.

        Examples
        --------
        >>> from stanceclf import StanceClassifier
        >>> texts = ["开源便宜", "闭源便宜", "下雨"]
        >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
        >>> model.explain("开源更好").features[0].ngram
        '开'
        """
        # Few ask for it, and whoever loads a model waits for its imports.
        from stanceclf.model.explanations import explain_reading

        (readings,) = self.voter.reader.read(check_texts([text]))
        _, columns, weights = self.weigh(readings)
        evidence = rule_evidence(self.voter, self.label_model, readings, self.classes_.tolist())
        names = [self.vocabulary[column] for column in columns]
        return explain_reading(
            text,
            readings.one(0),
            self.voter,
            self.classes_.tolist(),
            self.intercept,
            self.rule_weight * evidence[0],
            [(self.analyzer.kind(name), self.analyzer.shown(name)) for name in names],
            (self.coef[:, columns] * weights).T,
        )

    def __getstate__(self) -> State:
        """Return what a model file holds: bytes and one string."""
        header = {
            "classes": self.classes_.tolist(),
            "analyzer": dataclasses.asdict(self.analyzer),
            "traditional": self.normalizer.traditional,
            "simplified": self.normalizer.simplified,
            "topic": dataclasses.asdict(self.topic),
            "rules": [dataclasses.asdict(rule) for rule in self.voter.rules],
            "label_model": self.label_model.name,
            "rule_weight": self.rule_weight,
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
        """Rebuild the model; refuse the file of another version, and what is damaged."""
        try:
            self.__init__(**parts_of(state))  # type: ignore[misc]
        except StanceclfError:
            raise
        # What was tampered with can be wrong in ways that nobody has thought of.
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            said = f"damaged or forged ({type(error).__name__}: {error})"
            raise StanceclfError(f"{said}; copy it again or train it anew") from None

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Return the model of a state.

        Parameters
        ----------
        state : dict
            What `__getstate__` returned.

        Raises
        ------
        StanceclfError
            It is of another format, damaged or forged.
        """
        model = cls.__new__(cls)
        model.__setstate__(state)
        return model


# Pickles name a class by its module: the package's name lasts, this module's may not.
StanceModel.__module__ = "stanceclf.model"
# doctest passes over what claims to be of another module.
__test__ = {"StanceModel": StanceModel}
