"""The model: what a classifier has learnt, frozen into arrays and strings.

It runs on numpy and RE2 alone, so that a file made today loads and answers the same under whatever
version of scikit-learn another machine has, or none.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write
from stanceclf.labels import STANCES
from stanceclf.ngrams import NgramAnalyzer, check_texts
from stanceclf.normalization import Normalizer
from stanceclf.reading import Reading
from stanceclf.rules import Rule
from stanceclf.topic import Topic
from stanceclf.votes import Voter
from stanceclf.weak_labels import LabelModel

#: The version of what a model file holds; a file of another one is refused.
FORMAT = 2

_Floats = npt.NDArray[np.float64]


class StanceModel:
    """Tell the stance of sentences.

    Made by `StanceClassifier.freeze`, read by `load`.

    Parameters
    ----------
    classes : sequence of str
        The labels, sorted.
    analyzer : NgramAnalyzer
        Counts the n-grams of a sentence.
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
    ) -> None:
        self.classes_ = np.array(classes)
        self.analyzer = analyzer
        self.normalizer = normalizer
        self.idf = np.asarray(idf, dtype=np.float64)
        self.coef = np.asarray(coef, dtype=np.float64)
        self.intercept = np.asarray(intercept, dtype=np.float64)
        self.topic = topic or Topic("", ())
        self.voter = Voter(self.topic, rules, normalizer)
        self.label_model = label_model or LabelModel().fit(np.empty((0, len(rules)), np.int8))
        self.rule_weight = rule_weight
        self.vocabulary = tuple(vocabulary)
        self._columns = {gram: column for column, gram in enumerate(vocabulary)}
        self._blocks = np.array([analyzer.feature_of(gram) for gram in vocabulary], dtype=np.intp)

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
        readings = [self.voter.read(text) for text in check_texts(texts)]
        decisions = np.array([self._decide(reading) for reading in readings], dtype=np.float64)
        decisions = decisions.reshape(-1, len(self.classes_))
        if not self.voter.rules or not self.rule_weight:
            return decisions
        return decisions + self.rule_weight * rule_evidence(
            self.voter, self.label_model, readings, self.classes_.tolist()
        )

    def _decide(self, reading: Reading) -> _Floats:
        columns, weights = self.weigh(reading)
        return np.asarray(self.coef[:, columns] @ weights + self.intercept)

    def weigh(self, reading: Reading) -> tuple[npt.NDArray[np.intp], _Floats]:
        """Return the columns of the known n-grams of a sentence, and their weights in it."""
        known = [
            (column, count)
            for gram, count in self.analyzer(reading).items()
            if count and (column := self._columns.get(gram)) is not None
        ]
        columns = np.array([column for column, _ in known], dtype=np.intp)
        counts = np.array([count for _, count in known], dtype=float)
        weights = np.sign(counts) * (1 + np.log(np.abs(counts))) * self.idf[columns]
        blocks = self._blocks[columns]
        return columns, weights / np.sqrt(np.bincount(blocks, weights**2))[blocks]

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

    def __getstate__(self) -> dict[str, Any]:
        """Return arrays and one string: the same bytes however the model came about."""
        header = {
            "format": FORMAT,
            "classes": self.classes_.tolist(),
            "analyzer": dataclasses.asdict(self.analyzer),
            "traditional": self.normalizer.traditional,
            "simplified": self.normalizer.simplified,
            "topic": dataclasses.asdict(self.topic),
            "rules": [dataclasses.asdict(rule) for rule in self.voter.rules],
            "label_model": self.label_model.name,
            "rule_weight": self.rule_weight,
        }
        text = "".join(self.vocabulary).encode("utf-32-le", "surrogatepass")
        return {
            "header": json.dumps(header, ensure_ascii=False, sort_keys=True),
            "vocabulary": np.frombuffer(text, dtype="<u4"),
            "lengths": np.array([len(gram) for gram in self.vocabulary], dtype="<u4"),
            "idf": self.idf,
            "coef": self.coef,
            "intercept": self.intercept,
            "label_prior": np.asarray(self.label_model.prior_, np.float64),
            "label_evidence": np.asarray(self.label_model.evidence_, np.float64),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Rebuild the model; refuse the file of another version."""
        header = json.loads(state["header"])
        if header["format"] != FORMAT:
            raise StanceclfError(
                f"a model of format {header['format']}, this package reads format {FORMAT}; "
                "train it anew or install the version that made it"
            )
        text = state["vocabulary"].tobytes().decode("utf-32-le", "surrogatepass")
        ends = np.cumsum(state["lengths"]).tolist()
        self.__init__(  # type: ignore[misc]
            classes=header["classes"],
            analyzer=NgramAnalyzer(**_tuples(header["analyzer"])),
            normalizer=Normalizer(header["traditional"], header["simplified"]),
            vocabulary=[text[a:b] for a, b in zip([0, *ends], ends, strict=False)],
            idf=state["idf"],
            coef=state["coef"],
            intercept=state["intercept"],
            topic=Topic(**_tuples(header["topic"])),
            rules=[Rule(**_tuples(rule)) for rule in header["rules"]],
            label_model=LabelModel.from_arrays(
                header["label_model"], state["label_prior"], state["label_evidence"]
            ),
            rule_weight=header["rule_weight"],
        )


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as they were before JSON, which knows lists alone."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}


def rule_evidence(
    voter: Voter, label_model: LabelModel, readings: Sequence[Reading], classes: Sequence[str]
) -> _Floats:
    """Return how far the rules' votes speak for each class.

    Parameters
    ----------
    voter : Voter
        The rules.
    label_model : LabelModel
        Sums their votes up; fitted.
    readings : sequence of Reading
        Sentences that have been read.
    classes : sequence of str
        The classes, in the order of the columns to return.

    Returns
    -------
    float array of shape (n_sentences, n_classes)
        The weak labels' probabilities; zeros where no rule votes.
    """
    votes = voter.matrix([voter.votes_on(reading) for reading in readings])
    shares = np.nan_to_num(label_model(votes).probability)
    evidence = np.zeros((len(readings), len(classes)))
    for column, name in enumerate(classes):
        if name in STANCES:
            evidence[:, column] = shares[:, STANCES.index(name)]
    return evidence


def probabilities(decisions: _Floats) -> _Floats:
    """Return the probabilities of one-against-the-rest decisions, scaled to sum to one.

    Parameters
    ----------
    decisions : float array of shape (n_sentences, n_classes)
        Log-odds.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0, 0.0]])).round(3).tolist()
    [[0.333, 0.333, 0.333]]
    """
    sigmoid = 1 / (1 + np.exp(-decisions))
    scaled: _Floats = sigmoid / sigmoid.sum(axis=1, keepdims=True)
    return scaled


def save(model: StanceModel, path: str | PathLike[str]) -> None:
    """Write a model to a file that `joblib.load` and `load` read.

    Parameters
    ----------
    model : StanceModel
        What to write.
    path : path-like
        The file.

    Raises
    ------
    StanceclfError
        The file cannot be written.
    """
    with atomic_write(path) as file:
        joblib.dump(model, file, protocol=4)


def load(path: str | PathLike[str]) -> StanceModel:
    """Read a model from a file.

    A model file is a pickle: load only files that you trust.

    Parameters
    ----------
    path : path-like
        A file that `stanceclf train` wrote.

    Raises
    ------
    StanceclfError
        The file is missing, is cut short, or holds something else.
    """
    if not os.path.isfile(path):  # noqa: PTH113  (False, not an error, for an impossible name)
        raise StanceclfError(
            "no model here; run `dvc repro` to train one, or name another file", path=path
        )
    try:
        model = joblib.load(path)
    except StanceclfError as error:
        raise StanceclfError(str(error), path=path) from None
    except Exception as error:  # Unpickling garbage can raise anything.
        raise StanceclfError(
            f"not a model, or cut short ({type(error).__name__}); train it anew or copy it again",
            path=path,
        ) from None
    if not isinstance(model, StanceModel):
        raise StanceclfError(
            f"holds a {type(model).__name__}, not a stanceclf model; name another file", path=path
        )
    return model
