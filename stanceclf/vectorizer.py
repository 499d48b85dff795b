"""The vectorizer: sentences -> weighted n-grams that know what they are said of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from stanceclf.ngrams import NgramAnalyzer, check_features, check_texts
from stanceclf.normalization import Normalizer
from stanceclf.reading import Reader, Reading
from stanceclf.topic import Topic


class TargetAwareVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    r"""Count the n-grams of sentences by what their clauses are about, and weigh them.

    A clause is about the target, its rival, both, or what the clause before it was about; what is
    compared with is not what it is about. Each kind of feature is a block of columns: counts with
    a sublinear frequency (1 + ln n, with the count's sign), times the smoothed inverse document
    frequency, scaled to length 1 in each block (TF-IDF as in scikit-learn's `TfidfVectorizer`).
    Signed counts let what 落后 means be learnt once for either side.

    Parameters
    ----------
    features : sequence of str, default ("chars",)
        The blocks: ``chars``, ``words``, and ``tagged`` or ``signed`` before either.
    char_ngrams, word_ngrams : (int, int), default (1, 2)
        The shortest and longest n-gram.
    min_df : int, default 1
        N-grams that fewer sentences hold are left out.
    topic : Topic, optional
        Whose words count as mentions; tagged and signed features need one.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The column of each n-gram; sorted.
    idf_ : float array of shape (n_features,)
        Their inverse document frequencies.
    blocks_ : int array of shape (n_features,)
        Which of `features` each column is of.
    analyzer_ : NgramAnalyzer
        Counts the n-grams of a sentence.
    reader_ : Reader
        Finds out what each clause is about.
    normalizer_ : Normalizer
        Brings sentences to normal form.

    Examples
    --------
    >>> topic = Topic("开源大模型", target=("开源",), rival=("闭源",))
    >>> vectorizer = TargetAwareVectorizer(("signed chars",), (1, 1), topic=topic)
    >>> matrix = vectorizer.fit_transform(["开源贵", "闭源贵"])
    >>> matrix[:, vectorizer.vocabulary_["\x1c贵"]].toarray().round(2).tolist()
    [[0.5], [-0.5]]
    """

    def __init__(
        self,
        features: Sequence[str] = ("chars",),
        char_ngrams: tuple[int, int] = (1, 2),
        word_ngrams: tuple[int, int] = (1, 2),
        min_df: int = 1,
        topic: Topic | None = None,
    ) -> None:
        self.features = features
        self.char_ngrams = char_ngrams
        self.word_ngrams = word_ngrams
        self.min_df = min_df
        self.topic = topic

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ANN401, N803
        """Learn the vocabulary and its inverse document frequencies.

        Parameters
        ----------
        X : sequence of str
            Sentences.
        y : ignored
            Here for scikit-learn's pipelines.

        Raises
        ------
        ValueError
            A feature is unknown or needs a topic, or no n-gram is left.
        TypeError
            `X` is not a sequence of strings.
        """
        self._fit(check_texts(X))
        return self

    def fit_transform(self, X: Any, y: Any = None) -> csr_matrix:  # noqa: ANN401, N803
        """Do as `fit` and then `transform` do, reading each sentence once."""
        return self._matrix(self._fit(check_texts(X)))

    def transform(self, X: Any) -> csr_matrix:  # noqa: ANN401, N803
        """Return the weighted n-grams of sentences.

        Parameters
        ----------
        X : sequence of str
            Sentences.

        Returns
        -------
        sparse float array of shape (n_sentences, n_features)
        """
        check_is_fitted(self)
        return self.weigh(map(self.reader_, check_texts(X)))

    def weigh(self, readings: Iterable[Reading]) -> csr_matrix:
        """Return the weighted n-grams of sentences that have been read."""
        return self._matrix([self.analyzer_(reading) for reading in readings])

    def _fit(self, texts: list[str]) -> list[Counter[str]]:
        features = check_features(self.features)
        if self.topic is None and any(" " in feature for feature in features):
            raise ValueError("tagged and signed features need a topic; give one or leave them out")
        self.normalizer_ = Normalizer.from_opencc()
        self.reader_ = Reader(self.topic or Topic("", ()), self.normalizer_)
        chars, words = self.char_ngrams, self.word_ngrams
        self.analyzer_ = NgramAnalyzer(features, (chars[0], chars[1]), (words[0], words[1]))
        counts = [self.analyzer_(self.reader_(text)) for text in texts]
        held_by = Counter(gram for own in counts for gram in own)
        grams = sorted(gram for gram, held in held_by.items() if held >= self.min_df)
        if not grams:
            raise ValueError(
                f"no n-gram is held by {self.min_df} sentences; lower `min_df` or give more text"
            )
        self.vocabulary_ = {gram: column for column, gram in enumerate(grams)}
        held = np.array([held_by[gram] for gram in grams], dtype=float)
        self.idf_ = np.log((1 + len(texts)) / (1 + held)) + 1
        self.blocks_ = np.array([self.analyzer_.feature_of(gram) for gram in grams], dtype=np.intp)
        return counts

    def _matrix(self, counts: Sequence[Counter[str]]) -> csr_matrix:
        starts, columns, values = [0], [], []
        for own in counts:
            for gram, count in own.items():
                column = self.vocabulary_.get(gram)
                if column is not None and count:
                    columns.append(column)
                    values.append(count)
            starts.append(len(columns))
        at = np.array(columns, dtype=np.intp)
        tf = np.array(values, dtype=float)
        weights = np.sign(tf) * (1 + np.log(np.abs(tf))) * self.idf_[at]
        rows = np.repeat(np.arange(len(counts)), np.diff(starts))
        block = rows * len(self.analyzer_.features) + self.blocks_[at]
        squares = np.bincount(block, weights**2, len(counts) * len(self.analyzer_.features))
        shape = (len(counts), len(self.vocabulary_))
        matrix = csr_matrix((weights / np.sqrt(squares[block]), at, np.array(starts)), shape=shape)
        matrix.sort_indices()
        return matrix

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[Any]:  # noqa: ANN401
        """Return the n-grams, in the order of the columns."""
        check_is_fitted(self)
        return np.array(list(self.vocabulary_), dtype=object)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that this takes strings, not numbers."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
