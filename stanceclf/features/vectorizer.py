"""The vectorizer: sentences -> weighted n-grams that know what they are said of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from stanceclf.articles import Normalizer
from stanceclf.features.document_frequency import document_frequencies
from stanceclf.features.ngrams import NgramAnalyzer, check_features, check_texts
from stanceclf.features.vocabulary import Vocabulary, tf_idf
from stanceclf.reading import Reader, Readings, Topic

# Characters read at once to learn from: n-grams that are rare in all of them need no name.
_CHARACTERS = 1 << 22


class TargetAwareVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    r"""Count the n-grams of sentences by what their clauses are about, and weight them.

    A clause is about the target, its rival, both, or what the clause before it was about; what
    something is compared with is not what the clause is about. Each feature is a block of columns:
    counts with a sublinear frequency (1 + ln n, with the count's sign), times the smoothed inverse
    document frequency, scaled to length 1 in each block (TF-IDF as in scikit-learn's
    `TfidfVectorizer`). With signed counts the meaning of 落后 is learnt once for both sides.

    Parameters
    ----------
    features : sequence of str, default ("chars",)
        The blocks: ``chars``, ``words``, and ``tagged`` or ``signed`` before either.
    char_ngrams, word_ngrams : (int, int), default (1, 2)
        The lengths of the shortest and the longest n-gram.
    min_df : int, default 1
        N-grams in fewer sentences are left out.
    topic : Topic, optional
        Whose words count as mentions; required by tagged and signed features.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The column of each n-gram; sorted.
    idf_ : float array of shape (n_features,)
        Their inverse document frequencies.
    blocks_ : int array of shape (n_features,)
        Which of `features` each column belongs to.
    grams_ : Vocabulary
        Counts them in sentences.
    analyzer_ : NgramAnalyzer
        Defines what is counted.
    reader_ : Reader
        Reads sentences: what each clause is about.
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
            For scikit-learn's pipelines.

        Raises
        ------
        ValueError
            A feature is unknown or needs a topic, or no n-gram is left.
        TypeError
            `X` is not a sequence of strings.
        """
        self.learn(self.read(check_texts(X)))
        return self

    def fit_transform(self, X: Any, y: Any = None) -> csr_matrix:  # noqa: ANN401, N803
        """Fit and transform, reading each sentence once."""
        all_readings = self.read(check_texts(X))
        return self.learn(all_readings).weigh(all_readings)

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
        return self.weigh(self.reader_.read(check_texts(X)))

    def weigh(self, all_readings: Iterable[Readings]) -> csr_matrix:
        """Return the weighted n-grams of sentences that have been read."""
        parts = [self._matrix(readings) for readings in all_readings]
        return vstack(parts, "csr") if parts else csr_matrix((0, len(self.grams_)))

    def read(self, texts: Sequence[str], reader: Reader | None = None) -> list[Readings]:
        """Read sentences to learn from, by default with a reader on the topic."""
        features = check_features(self.features)
        if self.topic is None and any(" " in feature for feature in features):
            raise ValueError("tagged and signed features need a topic; give one or leave them out")
        chars, words = self.char_ngrams, self.word_ngrams
        self.analyzer_ = NgramAnalyzer(features, (chars[0], chars[1]), (words[0], words[1]))
        self.normalizer_ = Normalizer.from_opencc()
        self.reader_ = reader or Reader(self.topic or Topic("", ()), self.normalizer_)
        return list(self.reader_.read(texts, _CHARACTERS))

    def learn(self, all_readings: list[Readings], df: Mapping[str, int] | None = None) -> Self:
        """Fit to sentences that have been read by `read`; `df` is what `count` returns of them."""
        if df is None:
            df = self.count(all_readings, self.min_df)
        if not df:
            raise ValueError(
                f"no n-gram is in {self.min_df} sentences; lower `min_df` or give more text"
            )
        grams = sorted(df)
        self.grams_ = Vocabulary(self.analyzer_, grams)
        self.vocabulary_ = {gram: column for column, gram in enumerate(grams)}
        counts = np.array([df[gram] for gram in grams], dtype=float)
        # Processors compute logarithms that differ in the last bits.
        self.idf_ = np.round(np.log((1 + sum(map(len, all_readings))) / (1 + counts)) + 1, 12)
        self.blocks_ = self.grams_.blocks
        return self

    def count(self, all_readings: list[Readings], min_df: int) -> dict[str, int]:
        """Return the number of sentences with each n-gram, if there are at least `min_df`."""
        return document_frequencies(self.analyzer_, all_readings, min_df)

    def _matrix(self, readings: Readings) -> csr_matrix:
        found = self.grams_.count(readings)
        weights = tf_idf(found, self.idf_, self.blocks_, len(self.analyzer_.features))
        starts = np.searchsorted(found.rows, np.arange(len(readings) + 1))
        shape = (len(readings), len(self.grams_))
        matrix = csr_matrix((weights, found.columns, starts), shape=shape)
        matrix.sort_indices()
        return matrix

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[Any]:  # noqa: ANN401
        """Return the n-grams, in the order of the columns."""
        check_is_fitted(self)
        return np.array(list(self.vocabulary_), dtype=object)

    def __sklearn_tags__(self) -> Tags:
        """Return tags by which scikit-learn passes strings, not numbers."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
