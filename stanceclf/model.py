"""The model: what a classifier has learnt, frozen into arrays and strings.

It runs on numpy alone, so that a file made today loads and answers the same under whatever
version of scikit-learn another machine has, or none.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write
from stanceclf.ngrams import NgramAnalyzer, check_texts
from stanceclf.normalization import Normalizer

#: The version of what a model file holds; a file of another one is refused.
FORMAT = 1

_Floats = npt.NDArray[np.float64]


class StanceModel:
    """Tell the stance of sentences.

    Made by `StanceClassifier.freeze`, read by `load`.

    Parameters
    ----------
    classes : sequence of str
        The labels, sorted.
    analyzer : NgramAnalyzer
        Turns a sentence into n-grams.
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
    topic : str, optional
        What the target is called.
    labels : mapping of str to str, optional
        How to show each class to people; by default by its own name.

    Attributes
    ----------
    classes_ : array of str of shape (n_classes,)
        The labels, in the order of the probabilities' columns.

    Examples
    --------
    >>> model = StanceModel(
    ...     classes=["against", "favor"],
    ...     analyzer=NgramAnalyzer("chars", (1, 1)),
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
        topic: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.classes_ = np.array(classes)
        self.analyzer = analyzer
        self.normalizer = normalizer
        self.idf = np.asarray(idf, dtype=np.float64)
        self.coef = np.asarray(coef, dtype=np.float64)
        self.intercept = np.asarray(intercept, dtype=np.float64)
        self.topic = topic
        self.labels = {name: name for name in classes} | dict(labels or {})
        self._columns = {gram: column for column, gram in enumerate(vocabulary)}

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
        return np.array(
            [self._decide(text) for text in check_texts(texts)], dtype=np.float64
        ).reshape(-1, len(self.classes_))

    def _decide(self, text: str) -> _Floats:
        counts = Counter(
            column
            for gram in self.analyzer(self.normalizer(text))
            if (column := self._columns.get(gram)) is not None
        )
        if not counts:
            return self.intercept
        columns = np.fromiter(counts.keys(), dtype=np.intp)
        tfidf = (1 + np.log(np.fromiter(counts.values(), dtype=float))) * self.idf[columns]
        decision: _Floats = self.coef[:, columns] @ (tfidf / np.sqrt(tfidf @ tfidf))
        return decision + self.intercept

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
            "topic": self.topic,
            "labels": self.labels,
        }
        grams = list(self._columns)
        return {
            "header": json.dumps(header, ensure_ascii=False, sort_keys=True),
            "vocabulary": np.frombuffer(
                "".join(grams).encode("utf-32-le", "surrogatepass"), dtype="<u4"
            ),
            "lengths": np.array([len(gram) for gram in grams], dtype="<u4"),
            "idf": self.idf,
            "coef": self.coef,
            "intercept": self.intercept,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state back; refuse that of another format."""
        header = json.loads(state["header"])
        if header["format"] != FORMAT:
            raise StanceclfError(
                f"a model of format {header['format']}, this version reads format {FORMAT}; "
                "train it anew or install the version that made it"
            )
        text = state["vocabulary"].tobytes().decode("utf-32-le", "surrogatepass")
        ends = np.cumsum(state["lengths"]).tolist()
        analyzer = header["analyzer"]
        self.__init__(  # type: ignore[misc]
            classes=header["classes"],
            analyzer=NgramAnalyzer(
                analyzer["features"],
                tuple(analyzer["char_ngrams"]),
                tuple(analyzer["word_ngrams"]),
            ),
            normalizer=Normalizer(header["traditional"], header["simplified"]),
            vocabulary=[text[a:b] for a, b in zip([0, *ends], ends, strict=False)],
            idf=state["idf"],
            coef=state["coef"],
            intercept=state["intercept"],
            topic=header["topic"],
            labels=header["labels"],
        )


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
