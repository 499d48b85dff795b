"""Sentences become weighted n-grams that know what they are said of."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from conftest import ESTIMATOR_CHECKS, ROOT, count_ngrams
from hypothesis import given, strategies as st
from scipy.sparse import issparse
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer as Scaler
from sklearn.utils import estimator_checks

from stanceclf.articles.normalization import Normalizer
from stanceclf.features.ngrams import FEATURES, Feature, NgramAnalyzer, check_features
from stanceclf.features.vectorizer import TargetAwareVectorizer
from stanceclf.gold.file import read_gold
from stanceclf.reading.reader import Reader
from stanceclf.reading.topic import Topic
from stanceclf.reading.topic_file import load_topic

NORMALIZE = Normalizer.from_opencc()
TOPIC = Topic("开源大模型", target=("开源", "Llama"), rival=("闭源",))
READ = Reader(TOPIC, NORMALIZE)
SHIPPED = load_topic(ROOT / "configs/open-models", NORMALIZE)
TEXTS = [sentence.text for sentence in read_gold(ROOT / "seeds/gold.jsonl")]
FITTED = TargetAwareVectorizer(FEATURES, topic=SHIPPED).fit(TEXTS[:200])
ODD = st.text(
    st.one_of(
        st.sampled_from("开源闭,不更便宜贵\0\x0c\x1c\x1d\x1e\x1f\x1b\ue000\ud800😀 \u3000"),
        st.characters(),
    ),
    max_size=30,
)


def dense(vectorizer: TargetAwareVectorizer, texts: list[str]) -> npt.NDArray[np.float64]:
    matrix: npt.NDArray[np.float64] = vectorizer.transform(texts).toarray()
    return matrix


def grams(feature: Feature, sentence: str, longest: int = 1) -> dict[str, int]:
    """Return the n-grams of one feature, without the mark of the feature."""
    analyzer = NgramAnalyzer((feature,), (1, longest), (1, longest))
    mark = analyzer.name(feature, "", negated=False)[:1]
    found = count_ngrams(analyzer, READ, sentence)
    return {gram.removeprefix(mark).replace("\x0b", "¬"): n for gram, n in found.items()}


@pytest.mark.parametrize("check", ESTIMATOR_CHECKS)
def test_keeps_scikit_learns_contract(check: str) -> None:
    getattr(estimator_checks, check)("TargetAwareVectorizer", TargetAwareVectorizer())


def test_passes_check_estimator() -> None:
    # It checks little of an estimator for strings, and says so in a warning.
    with pytest.warns(SkipTestWarning, match="string=True"):
        estimator_checks.check_estimator(TargetAwareVectorizer())


def test_fitting_changes_no_parameter_and_forgets_the_last_fit() -> None:
    vectorizer = TargetAwareVectorizer(("signed words", "chars"), min_df=2, topic=SHIPPED)
    with pytest.raises(NotFittedError):
        vectorizer.transform(TEXTS)
    with pytest.raises(NotFittedError):
        vectorizer.get_feature_names_out()
    before = vectorizer.get_params()
    first = vectorizer.fit(TEXTS[:200]).vocabulary_
    assert vectorizer.get_params() == before
    assert vectorizer.fit(TEXTS[300:]).vocabulary_ != first
    assert vectorizer.fit(TEXTS[:200]).vocabulary_ == first


def test_fitting_and_transforming_at_once_is_the_same() -> None:
    one, other = (TargetAwareVectorizer(FEATURES, min_df=2, topic=SHIPPED) for _ in range(2))
    matrix = one.fit_transform(TEXTS[:100])
    assert issparse(matrix)
    assert matrix.has_sorted_indices
    assert (matrix != other.fit(TEXTS[:100]).transform(TEXTS[:100])).nnz == 0
    again = pickle.loads(pickle.dumps(one))
    assert (matrix != again.transform(TEXTS[:100])).nnz == 0


def test_plain_n_grams_are_weighted_as_by_scikit_learn() -> None:
    own = TargetAwareVectorizer(("chars",), (1, 3), min_df=2)
    usual = TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, 3),
        min_df=2,
        sublinear_tf=True,
        lowercase=False,
        preprocessor=lambda text: " ".join(NORMALIZE(text).split()),
    )
    found, expected = own.fit_transform(TEXTS), usual.fit_transform(TEXTS)
    assert own.get_feature_names_out().tolist() == usual.get_feature_names_out().tolist()
    assert abs(found - expected).max() < 1e-12


def test_names_are_the_columns_in_order() -> None:
    names = FITTED.get_feature_names_out()
    assert names.tolist() == sorted(FITTED.vocabulary_)
    assert [FITTED.vocabulary_[name] for name in names] == list(range(len(names)))
    kinds = [FITTED.analyzer_.kind(name) for name in names]
    assert [FEATURES[block] for block in FITTED.blocks_] == kinds
    assert set(FITTED.blocks_.tolist()) == set(range(len(FEATURES)))
    assert len(FITTED.idf_) == len(names) == FITTED.transform([]).shape[1]
    assert (FITTED.idf_ >= 1).all()


@given(ODD)
def test_each_block_has_length_one_or_is_empty(text: str) -> None:
    row = dense(FITTED, [text])[0]
    assert np.isfinite(row).all()
    for block in range(len(FEATURES)):
        own = row[FITTED.blocks_ == block]
        assert math.isclose(np.linalg.norm(own), 1.0) or not own.any()


def test_blocks_do_not_depend_on_each_other() -> None:
    matrix = FITTED.transform(TEXTS[:100])
    for block, feature in enumerate(FEATURES):
        alone = TargetAwareVectorizer((feature,), topic=SHIPPED).fit(TEXTS[:200])
        columns = np.flatnonzero(FITTED.blocks_ == block)
        assert FITTED.get_feature_names_out()[columns].tolist() == list(alone.vocabulary_)
        assert (matrix[:, columns] != alone.transform(TEXTS[:100])).nnz == 0


@pytest.mark.parametrize("feature", ["signed chars", "signed words"])
def test_signed_counts_change_sign_when_the_sides_are_swapped(feature: Feature) -> None:
    swapped = replace(SHIPPED, target=SHIPPED.rival, rival=SHIPPED.target)
    own = TargetAwareVectorizer((feature,), topic=SHIPPED).fit(TEXTS)
    other = TargetAwareVectorizer((feature,), topic=swapped).fit(TEXTS)
    assert own.vocabulary_ == other.vocabulary_
    assert own.idf_.tolist() == other.idf_.tolist()
    matrix = own.transform(TEXTS)
    assert matrix.nnz > 1000
    assert (matrix != -other.transform(TEXTS)).nnz == 0


@given(ODD)
def test_signs_cancel_where_both_sides_have_the_same(text: str) -> None:
    rest = "".join(c for c in text if NORMALIZE(c) not in set("开源闭,不;:。!?\n\r—…"))
    counts = grams("signed chars", f"开源,{rest},闭源,{rest}")
    assert {gram for gram, count in counts.items() if count} <= set("开闭")


@pytest.mark.parametrize(
    ("feature", "sentence", "expected"),
    [
        ("chars", "不 \u3000贵", {"不": 1, " ": 1, "贵": 1}),
        ("tagged chars", "开源贵", {"+开": 1, "+源": 1, "+贵": 1}),
        ("tagged chars", "闭 源贵", {"0闭": 1, "0源": 1, "0贵": 1}),
        ("tagged chars", "闭源贵,贵", {"-闭": 1, "-源": 1, "-贵": 2}),
        ("tagged chars", "贵", {"0贵": 1}),
        ("tagged chars", "开源闭源", {"=开": 1, "=源": 2, "=闭": 1}),
        ("tagged chars", "比开源贵", {"-比": 1, "-开": 1, "-源": 1, "-贵": 1}),
        ("signed chars", "开源贵", {"开": 1, "源": 1, "贵": 1}),
        ("signed chars", "閉源貴", {"闭": -1, "源": -1, "贵": -1}),
        ("signed chars", "开源闭源贵", {}),
        ("signed chars", "贵", {}),
        ("signed chars", "开源贵,贵,闭源贵", {"开": 1, "贵": 1, "闭": -1}),
        ("tagged words", "开源便宜", {"+开源": 1, "+便宜": 1}),
        ("signed words", "闭源 便宜", {"闭": -1, "源": -1, "便宜": -1}),
        ("words", "开源 便宜", {"开源": 1, "便宜": 1}),
    ],
)
def test_counts_know_what_they_are_said_of(
    feature: Feature, sentence: str, expected: dict[str, int]
) -> None:
    assert grams(feature, sentence) == expected


@pytest.mark.parametrize(
    ("feature", "plain", "denied"),
    [
        ("tagged chars", "+贵", "+¬贵"),
        ("signed chars", "贵", "¬贵"),
        ("signed words", "便宜", "¬便宜"),
    ],
)
def test_what_a_negator_reaches_is_another_n_gram(
    feature: Feature, plain: str, denied: str
) -> None:
    word = plain.lstrip("+")
    for sentence in (f"开源{word}", f"开源不仅{word}", f"开源不是不{word}", f"开源不行,{word}"):
        assert plain in grams(feature, sentence)
        assert denied not in grams(feature, sentence)
    for sentence in (f"开源不{word}", f"谁说开源{word}"):
        assert denied in grams(feature, sentence)
        assert plain not in grams(feature, sentence)


def test_n_grams_end_where_a_clause_ends() -> None:
    assert "源贵" in grams("chars", "开源贵", 2)
    assert "源,贵" not in grams("chars", "开源,贵", 2)
    assert not [
        gram for gram in grams("tagged chars", "开源,贵", 3) if "源贵" in gram or "," in gram
    ]


@given(ODD)
def test_no_n_gram_is_taken_for_one_of_another_feature(text: str) -> None:
    together = NgramAnalyzer(FEATURES)
    found = count_ngrams(together, READ, text)
    alone = [count_ngrams(NgramAnalyzer((feature,)), READ, text) for feature in FEATURES]
    assert sum(map(len, alone)) == len(found)
    for block, own in enumerate(alone):
        assert {gram: found[gram] for gram in own} == own
        assert {FEATURES.index(together.kind(gram)) for gram in own} <= {block}


@given(ODD)
def test_unmarked_counts_are_those_of_every_place(text: str) -> None:
    plain = " ".join(READ(text).text.split())
    counts = count_ngrams(NgramAnalyzer(("chars",), (2, 3)), READ, text)
    assert sum(counts.values()) == sum(max(len(plain) - n + 1, 0) for n in (2, 3))
    assert all(gram in plain for gram in counts)


def test_rare_n_grams_are_left_out() -> None:
    vectorizer = TargetAwareVectorizer(("chars",), (1, 1), min_df=2).fit(["开源", "开放", "闭源"])
    assert list(vectorizer.vocabulary_) == ["开", "源"]
    # An n-gram whose signs cancel is in its sentence all the same.
    both = ["开源贵,闭源贵"] * 2
    vectorizer = TargetAwareVectorizer(("signed chars",), (1, 1), min_df=2, topic=TOPIC).fit(both)
    assert [gram[1:] for gram in vectorizer.vocabulary_] == ["开", "源", "贵", "闭"]
    assert vectorizer.transform(both).nnz == 4


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"features": ("signed chars",)}, "tagged and signed features need a topic"),
        ({"features": ("chars", "tagged words")}, "tagged and signed features need a topic"),
        ({"features": ("char",)}, "no such feature: `char`; known: chars, words, tagged chars"),
        ({"features": "both"}, "no such feature: `both`"),
        ({"features": ()}, "no feature given"),
        ({"features": ["chars", "chars"]}, "a feature appears twice"),
        ({"min_df": 99}, "no n-gram is in 99 sentences"),
        ({"features": ("signed chars",), "topic": Topic("甲", ("猫",))}, "no n-gram is in 1"),
    ],
)
def test_what_cannot_be_counted_is_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        TargetAwareVectorizer(**settings).fit(["开源贵", "闭源贵"])  # type: ignore[arg-type]


def test_wrong_input_is_refused() -> None:
    for wrong in ("开源", 3, None, b"\xe5"):
        for method in (TargetAwareVectorizer().fit, TargetAwareVectorizer().fit_transform):
            with pytest.raises(TypeError, match="sequence of sentences"):
                method(wrong)
        with pytest.raises(TypeError, match="sequence of sentences"):
            FITTED.transform(wrong)
    with pytest.raises(TypeError, match="sentence 1 is float"):
        FITTED.transform(["开源", float("nan")])


def test_one_feature_needs_no_list() -> None:
    assert check_features("chars") == ("chars",)
    one = TargetAwareVectorizer("chars").fit(TEXTS)
    assert one.vocabulary_ == TargetAwareVectorizer(["chars"]).fit(TEXTS).vocabulary_


def test_works_in_a_pipeline() -> None:
    pipeline = make_pipeline(TargetAwareVectorizer(FEATURES, topic=SHIPPED), Scaler())
    matrix = pipeline.fit_transform(TEXTS[:50])
    assert np.linalg.norm(matrix.toarray(), axis=1) == pytest.approx(np.ones(50))
