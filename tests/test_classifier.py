from __future__ import annotations

import pathlib
import pickle
from collections.abc import Callable

import joblib
import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.utils import estimator_checks

from stanceclf.classifier import StanceClassifier
from stanceclf.cross_validation import assign_folds, find_copies, stance_probabilities
from stanceclf.errors import StanceclfError
from stanceclf.gold import read_gold

GOLD = read_gold(ROOT / "seeds/gold.jsonl")
TEXTS = [sentence.text for sentence in GOLD]
LABELS = [sentence.label for sentence in GOLD]
FITTED = {
    features: StanceClassifier(features=features).fit(TEXTS[:200], LABELS[:200])
    for features in ("chars", "words", "both")
}
ODD = ["", " ", "的", "\0", "İΣß", "ＧＰＴ－４", "開源", "😀開源", "\ud800", "源" * 100_000, "\r\n"]


CHECKS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keeps_scikit_learns_contract(check: Callable[[str, StanceClassifier], None]) -> None:
    check("StanceClassifier", StanceClassifier())


def test_passes_check_estimator() -> None:
    # Of an estimator of strings it checks little more than that it can be cloned, and warns so;
    # what it leaves out is checked by name above and on Chinese text below.
    with pytest.warns(SkipTestWarning, match="string=True"):
        estimator_checks.check_estimator(StanceClassifier())


def test_fitting_changes_no_parameter_and_forgets_the_last_fit() -> None:
    classifier = StanceClassifier(C=3.0, features="words")
    with pytest.raises(NotFittedError):
        classifier.predict(TEXTS)
    before = classifier.get_params()
    first = classifier.fit(TEXTS[:200], LABELS[:200]).predict_proba(TEXTS).tolist()
    assert classifier.get_params() == before
    other = classifier.fit(TEXTS[300:], LABELS[300:]).predict_proba(TEXTS).tolist()
    assert other != first
    assert classifier.fit(TEXTS[:200], LABELS[:200]).predict_proba(TEXTS).tolist() == first


def test_can_be_searched_by_article() -> None:
    articles = [sentence.article for sentence in GOLD]
    search = GridSearchCV(
        StanceClassifier(),
        {"C": [1e-6, 3.0]},
        cv=GroupKFold(2),
        scoring="f1_macro",
        error_score="raise",
    )
    search.fit(TEXTS, LABELS, groups=articles)
    assert search.best_params_ == {"C": 3.0}
    assert (search.cv_results_["mean_test_score"] > 0).all()


def test_two_classes_are_scored_like_any_other_classifiers() -> None:
    sided = [label != "none" for label in LABELS]
    scores = cross_val_score(StanceClassifier(), TEXTS, sided, cv=3, scoring="roc_auc")
    assert scores.min() > 0.6
    classifier = StanceClassifier().fit(TEXTS, sided)
    decisions = classifier.decision_function(TEXTS)
    assert decisions.shape == (len(TEXTS),)
    assert (classifier.predict(TEXTS) == (decisions > 0)).all()
    assert classifier.predict_proba(TEXTS)[:, 1] == pytest.approx(1 / (1 + np.exp(-decisions)))


@pytest.mark.parametrize("features", ["chars", "words", "both"])
def test_the_frozen_model_is_equal_to_the_estimator(features: str) -> None:
    classifier = FITTED[features]
    model = classifier.freeze()
    for texts in (TEXTS, ODD):
        expected = classifier.decision_function(texts)
        np.testing.assert_allclose(model.decision_function(texts), expected, rtol=0, atol=1e-9)
        np.testing.assert_allclose(
            model.predict_proba(texts), classifier.predict_proba(texts), rtol=0, atol=1e-9
        )
        assert model.predict(texts).tolist() == classifier.predict(texts).tolist()


@given(st.text(max_size=40))
def test_the_frozen_model_is_equal_on_any_text(text: str) -> None:
    classifier = FITTED["chars"]
    expected = classifier.decision_function([text])
    found = classifier.freeze().decision_function([text])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@given(st.lists(st.sampled_from(TEXTS), max_size=6))
def test_a_batch_is_its_sentences_one_by_one(texts: list[str]) -> None:
    model = FITTED["chars"].freeze()
    found = model.predict_proba(texts)
    assert found.shape == (len(texts), 3)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    for text, row in zip(texts, found, strict=True):
        assert model.predict_proba([text])[0].tolist() == row.tolist()


def test_the_two_kinds_of_n_grams_are_kept_apart() -> None:
    both = FITTED["both"].vectorizer_.vocabulary_
    chars, words = FITTED["chars"].vectorizer_.vocabulary_, FITTED["words"].vectorizer_.vocabulary_
    assert len(both) == len(chars) + len(words)


def test_a_negator_is_an_n_gram_too() -> None:
    for classifier in FITTED.values():
        assert any(gram.strip("\x1f") == "不" for gram in classifier.vectorizer_.vocabulary_)


def test_sentences_of_no_weight_teach_nothing() -> None:
    weights = np.array([1.0] * 200 + [0.0] * 100)
    fitted = [
        StanceClassifier(class_weight=None).fit(TEXTS[:300], LABELS[:200] + [label] * 100, weights)
        for label in ("favor", "against")
    ]
    assert fitted[0].coef_.tolist() == fitted[1].coef_.tolist()
    unweighted = StanceClassifier(class_weight=None).fit(
        TEXTS[:300], LABELS[:200] + ["favor"] * 100
    )
    assert unweighted.coef_.tolist() != fitted[0].coef_.tolist()


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two classes"):
        StanceClassifier().fit(["开源", "闭源"], ["favor", "favor"])
    with pytest.raises(ValueError, match="inconsistent"):
        StanceClassifier().fit(["开源"], ["favor", "against"])
    model = FITTED["chars"].freeze()
    for wrong in ("开源", 3, None, b"\xe5"):
        with pytest.raises(TypeError, match="sequence of sentences"):
            model.predict(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sentence 1 is NoneType"):
        model.predict(["开源", None])  # type: ignore[list-item]


def test_takes_arrays_and_series() -> None:
    import pandas as pd

    model = FITTED["chars"].freeze()
    expected = model.predict(TEXTS[:5]).tolist()
    assert model.predict(np.array(TEXTS[:5])).tolist() == expected
    assert model.predict(pd.Series(TEXTS[:5])).tolist() == expected
    assert model.predict(iter(TEXTS[:5])).tolist() == expected


def test_a_model_survives_its_file_to_the_byte() -> None:
    model = FITTED["both"].freeze("开源大模型", {"favor": "支持"})
    joblib.dump(model, "一.joblib")
    again = joblib.load("一.joblib")
    joblib.dump(again, "二.joblib")
    with pathlib.Path("一.joblib").open("rb") as one, pathlib.Path("二.joblib").open("rb") as two:
        assert one.read() == two.read()
    assert again.decision_function(ODD).tolist() == model.decision_function(ODD).tolist()
    assert again.labels == {"favor": "支持", "against": "against", "none": "none"}
    assert again.topic == "开源大模型"


def test_a_model_of_another_format_is_refused() -> None:
    state = FITTED["chars"].freeze().__getstate__()
    state["header"] = state["header"].replace('"format": 1', '"format": 99')
    model = FITTED["chars"].freeze()
    with pytest.raises(StanceclfError, match="format 99"):
        model.__setstate__(state)


def test_an_estimator_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(FITTED["words"]))
    assert again.predict(TEXTS[:20]).tolist() == FITTED["words"].predict(TEXTS[:20]).tolist()


def test_folds_share_no_article() -> None:
    articles = [sentence.article for sentence in GOLD]
    for folds in (2, 3, 5):
        fold_of = assign_folds(articles, folds)
        assert set(fold_of) == set(articles)
        assert set(fold_of.values()) == set(range(folds))
    assert assign_folds(articles[::-1], 3) == assign_folds(articles, 3)
    with pytest.raises(
        StanceclfError,
        match="cannot be cross-validated in 6 folds",
    ):
        assign_folds(articles, 6)


def test_what_is_a_copy_of_two_joins_them() -> None:
    rows = [("甲", "一"), ("甲", "二"), ("乙", "三"), ("乙", "四"), ("丁", "五")]
    rows += [("丙", text) for text in ("一", "二", "三", "四")]
    articles, texts = zip(*rows, strict=True)
    first = find_copies(articles, texts)
    assert first["甲"] == first["乙"] == first["丙"] != first["丁"]
    assert find_copies(articles[::-1], texts[::-1]) == first


def test_copies_are_found_though_another_article_quotes_them() -> None:
    rows = [("甲", text) for text in "一二三四五六"]
    rows += [(name, text) for name in "乙丙" for text in "一二七八"]
    articles, texts = zip(*rows, strict=True)
    first = find_copies(articles, texts)
    assert first["乙"] == first["丙"] != first["甲"]


def test_a_stance_unseen_in_training_has_probability_zero() -> None:
    two = StanceClassifier().fit(
        ["开源便宜", "今天下雨", "开源好", "明天下雨"], ["favor", "none"] * 2
    )
    found = stance_probabilities(two, ["开源"])
    assert found[0, 0] == 0
    assert found.sum() == pytest.approx(1)
