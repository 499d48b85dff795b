from __future__ import annotations

import dataclasses
import json
import pathlib
import pickle
import sys
from typing import Any

import joblib
import numpy as np
import pytest
from conftest import ESTIMATOR_CHECKS, ROOT, run_process
from hypothesis import given, settings, strategies as st
from processes import without
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.utils import estimator_checks

from stanceclf.errors import StanceclfError
from stanceclf.features.ngrams import FEATURES
from stanceclf.gold.file import read_gold
from stanceclf.labels import STANCES
from stanceclf.model.file import load, save
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.training.classifier import StanceClassifier

GOLD = read_gold(ROOT / "seeds/gold.jsonl")
TEXTS = [sentence.text for sentence in GOLD]
LABELS = [sentence.label for sentence in GOLD]
VOTER = load_voter(ROOT / "configs/open-models")
TOPIC, RULES = VOTER.topic, VOTER.rules
WEIGHED = [dataclasses.replace(rule, weight=1 + i % 7) for i, rule in enumerate(RULES)]
KINDS: dict[str, dict[str, Any]] = {
    "chars": {"features": ("chars",)},
    "words": {"features": ("words",)},
    "both": {"features": ("chars", "words")},
    "aware": {"features": ("chars", "tagged chars", "signed chars"), "topic": TOPIC},
    "rules": {
        "features": ("chars",),
        "topic": TOPIC,
        "rules": RULES,
        "label_model": "majority",
    },
    "weighted": {
        "features": ("tagged words", "signed words"),
        "topic": TOPIC,
        "rules": WEIGHED,
        "label_model": "weighted",
    },
    "all": {"features": FEATURES, "topic": TOPIC, "rules": RULES, "label_model": "dawid-skene"},
}
FITTED = {
    name: StanceClassifier(**kind).fit(TEXTS[:200], LABELS[:200]) for name, kind in KINDS.items()
}
MODELS = {name: classifier.freeze() for name, classifier in FITTED.items()}
ODD = [
    *(
        "",
        " ",
        "的",
        "\0",
        "İΣß",
        "ＧＰＴ－４",
        "開源",
        "😀開源",
        "\ud800",
        "\r\n",
        "¬贵",
        "但",
        "？",
    ),
    *("开源\ud800便宜", "开\0源更便宜", "\ue000\ue001", "开源\ue000便宜,闭源\ue001贵", "😀" * 999),
    "\x0c贵\x1c贵\x1f贵",
]


@pytest.mark.parametrize("check", ESTIMATOR_CHECKS)
def test_meets_the_contract_of_scikit_learn(check: str) -> None:
    getattr(estimator_checks, check)("StanceClassifier", StanceClassifier())


def test_passes_check_estimator() -> None:
    # For an estimator of strings, it checks little more than cloning, and warns about it; the other
    # checks are made by name above and on Chinese text below.
    with pytest.warns(SkipTestWarning, match="string=True"):
        estimator_checks.check_estimator(StanceClassifier())


def test_fitting_changes_no_parameter_and_starts_afresh() -> None:
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


def test_two_classes_work_as_in_scikit_learn() -> None:
    sided = [label != "none" for label in LABELS]
    scores = cross_val_score(StanceClassifier(), TEXTS, sided, cv=3, scoring="roc_auc")
    assert scores.min() > 0.6
    classifier = StanceClassifier().fit(TEXTS, sided)
    decisions = classifier.decision_function(TEXTS)
    assert decisions.shape == (len(TEXTS),)
    assert (classifier.predict(TEXTS) == (decisions > 0)).all()
    assert classifier.predict_proba(TEXTS)[:, 1] == pytest.approx(1 / (1 + np.exp(-decisions)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_frozen_model_is_equal_to_the_estimator(kind: str) -> None:
    classifier, model = FITTED[kind], MODELS[kind]
    texts = (TEXTS[::3] if classifier.rules else TEXTS) + ODD
    expected = classifier.decision_function(texts)
    np.testing.assert_allclose(model.decision_function(texts), expected, rtol=0, atol=1e-9)
    texts = TEXTS[150:250] + ODD
    np.testing.assert_allclose(
        model.predict_proba(texts), classifier.predict_proba(texts), rtol=0, atol=1e-9
    )
    assert model.predict(texts).tolist() == classifier.predict(texts).tolist()
    for system in (classifier, model):
        assert system.decision_function([]).shape == system.predict_proba([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("kind", "length"), [("words", 100_000), ("rules", 100_000), ("all", 10_000)]
)
def test_the_frozen_model_is_equal_on_long_texts(kind: str, length: int) -> None:
    texts = ["源" * length, "开源更便宜。闭源" * (length // 8)]
    expected = FITTED[kind].decision_function(texts)
    found = MODELS[kind].decision_function(texts)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


ANY = st.text(
    st.one_of(
        st.sampled_from("开源闭，。,便宜贵落后不但比谁说吗?\0\ue000\ue001\ud800😀\x0c\x1c¬ "),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize("kind", ["aware", "weighted", "all"])
@settings(max_examples=60)
@given(ANY)
def test_the_frozen_model_is_equal_on_any_text(kind: str, text: str) -> None:
    expected = FITTED[kind].decision_function([text])
    found = MODELS[kind].decision_function([text])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


ALONE = """
import json
from stanceclf import load
texts = json.load(open('句.json', encoding='utf-8'))
print(json.dumps([load(name).decision_function(texts).tolist() for name in sys.argv[1:]]))
"""


def test_a_model_predicts_the_same_without_scikit_learn() -> None:
    texts = TEXTS[150:250] + ODD
    pathlib.Path("句.json").write_text(json.dumps(texts), encoding="utf-8")
    for kind, model in MODELS.items():
        save(model, kind)
    code = without("sklearn scipy pydantic yaml opencc datasets") + ALONE
    done = run_process(sys.executable, "-c", code, *MODELS, cwd=pathlib.Path.cwd())
    assert done.returncode == 0, done.stderr.decode()
    for classifier, found in zip(FITTED.values(), json.loads(done.stdout), strict=True):
        expected = classifier.decision_function(texts)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@given(st.lists(st.sampled_from(TEXTS), max_size=6))
def test_a_batch_gives_the_same_as_single_sentences(texts: list[str]) -> None:
    model = MODELS["all"]
    found = model.predict_proba(texts)
    assert found.shape == (len(texts), 3)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    for text, row in zip(texts, found, strict=True):
        assert model.predict_proba([text])[0].tolist() == row.tolist()


VOTES = [VOTER.votes(text) for text in TEXTS]


def test_rules_count_only_at_prediction() -> None:
    with_rules, without = FITTED["rules"], FITTED["chars"]
    assert with_rules.coef_.tolist() == without.coef_.tolist()
    assert with_rules.intercept_.tolist() == without.intercept_.tolist()
    gain = with_rules.decision_function(TEXTS) - without.decision_function(TEXTS)
    for cast, row in zip(VOTES, gain, strict=True):
        shares = [list(cast.values()).count(stance) / max(len(cast), 1) for stance in STANCES]
        assert row == pytest.approx([3.0 * share for share in shares])


@pytest.mark.parametrize("label_model", ["majority", "weighted"])
def test_a_unanimous_vote_wins_if_rules_weigh_enough(label_model: str) -> None:
    classifier = StanceClassifier(
        ("chars", "signed chars"),
        topic=TOPIC,
        rules=WEIGHED,
        rule_weight=100.0,
        label_model=label_model,  # type: ignore[arg-type]
    ).fit(TEXTS, LABELS[::-1])
    agreed = [i for i, cast in enumerate(VOTES) if len(set(cast.values())) == 1]
    assert {next(iter(VOTES[i].values())) for i in agreed} == set(STANCES)
    for system in (classifier, classifier.freeze()):
        found = system.predict([TEXTS[i] for i in agreed])
        assert found.tolist() == [next(iter(VOTES[i].values())) for i in agreed]


def test_rules_of_weight_zero_change_nothing() -> None:
    mute = clone(FITTED["rules"]).set_params(rule_weight=0.0).fit(TEXTS[:200], LABELS[:200])
    expected = FITTED["chars"].decision_function(TEXTS).tolist()
    assert mute.decision_function(TEXTS).tolist() == expected
    np.testing.assert_allclose(mute.freeze().decision_function(TEXTS), expected, rtol=0, atol=1e-9)


def test_weights_of_rules_count_where_votes_are_weighted() -> None:
    rules = [
        Rule(name="便宜", label="favor", any=("便宜",), weight=1.0),
        Rule(name="免费", label="favor", any=("免费",), weight=1.0),
        Rule(name="风险", label="against", any=("风险",), weight=3.0),
    ]
    sentence = "开源便宜，免费，有风险。"
    found = {}
    for name in ("majority", "weighted"):
        classifier = StanceClassifier(
            topic=TOPIC,
            rules=rules,
            rule_weight=100.0,
            label_model=name,
        ).fit(TEXTS[:200], LABELS[:200])
        found[name] = (*classifier.predict([sentence]), *classifier.freeze().predict([sentence]))
    assert found == {"majority": ("favor",) * 2, "weighted": ("against",) * 2}


@pytest.mark.parametrize("left_out", STANCES)
def test_two_classes_and_rules_agree_on_what_is_predicted(left_out: str) -> None:
    rows = [i for i, label in enumerate(LABELS) if label != left_out]
    texts, labels = [TEXTS[i] for i in rows], [LABELS[i] for i in rows]
    classifier = StanceClassifier(topic=TOPIC, rules=RULES).fit(texts, labels)
    some = TEXTS[::4]
    decisions = classifier.decision_function(some)
    found = classifier.predict(some)
    assert (found == classifier.classes_[(decisions > 0).astype(int)]).all()
    assert found.tolist() == classifier.freeze().predict(some).tolist()
    assert (classifier.predict_proba(some).argmax(axis=1) == (decisions > 0)).all()


def test_rules_and_features_can_be_searched() -> None:
    search = GridSearchCV(
        StanceClassifier(topic=TOPIC, rules=RULES),
        {"rule_weight": [0.0, 3.0], "features": [("chars",), ("chars", "signed chars")]},
        cv=GroupKFold(2),
        scoring="f1_macro",
        error_score="raise",
    )
    search.fit(TEXTS[::2], LABELS[::2], groups=[sentence.article for sentence in GOLD[::2]])
    assert search.best_params_["rule_weight"] == 3.0


def test_a_model_knows_its_topic_and_rules_without_their_examples() -> None:
    topic = Topic("猫", target=("猫",), rival=("狗",), labels={"favor": "喜欢"})
    rule = Rule(name="可爱", label="favor", any=("可爱",), matches=("猫可爱",), rejects=("狗",))
    classifier = StanceClassifier(topic=topic, rules=[rule])
    model = classifier.fit(["猫可爱", "狗可爱", "雨"], ["favor", "against", "none"]).freeze()
    save(model, "猫.joblib")
    for known in (model, load("猫.joblib")):
        assert known.topic == topic
        assert known.voter.rules == (dataclasses.replace(rule, matches=(), rejects=()),)
        assert known.labels == {"against": "against", "favor": "喜欢", "none": "none"}
    assert MODELS["chars"].topic == Topic("", ())


def test_the_two_kinds_of_n_grams_are_kept_apart() -> None:
    both = FITTED["both"].vectorizer_.vocabulary_
    chars, words = FITTED["chars"].vectorizer_.vocabulary_, FITTED["words"].vectorizer_.vocabulary_
    assert len(both) == len(chars) + len(words)


def test_negators_are_n_grams_too() -> None:
    for classifier in FITTED.values():
        assert any(gram[-1] == "不" for gram in classifier.vectorizer_.vocabulary_)
    for name in ("chars", "words", "both"):
        vocabulary = FITTED[name].vectorizer_.vocabulary_
        assert any(gram.strip("\x1f") == "不" for gram in vocabulary)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_sentences_of_weight_zero_change_nothing(class_weight: str | None) -> None:
    weights = np.array([1.0] * 200 + [0.0] * 100)
    fitted = [
        StanceClassifier(class_weight=class_weight).fit(
            TEXTS[:300], LABELS[:200] + [label] * 100, weights
        )
        for label in ("favor", "against")
    ]
    assert fitted[0].coef_.tolist() == fitted[1].coef_.tolist()
    unweighted = StanceClassifier(class_weight=class_weight).fit(
        TEXTS[:300], LABELS[:200] + ["favor"] * 100
    )
    assert unweighted.coef_.tolist() != fitted[0].coef_.tolist()


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two classes"):
        StanceClassifier().fit(["开源", "闭源"], ["favor", "favor"])
    with pytest.raises(ValueError, match="inconsistent"):
        StanceClassifier().fit(["开源"], ["favor", "against"])
    with pytest.raises(ValueError, match="rules vote for .*, the classes are"):
        StanceClassifier(topic=TOPIC, rules=RULES).fit(["开源", "闭源"], ["pro", "con"])
    with pytest.raises(ValueError, match="tagged and signed features need a topic"):
        StanceClassifier(("signed chars",)).fit(["开源", "闭源"], ["favor", "none"])
    with pytest.raises(ValueError, match="no such feature: `both`"):
        StanceClassifier("both").fit(["开源", "闭源"], ["favor", "none"])
    with pytest.raises(ValueError, match="no label model is named `snorkel`"):
        clone(FITTED["chars"]).set_params(label_model="snorkel").fit(TEXTS[:200], LABELS[:200])
    model = FITTED["chars"].freeze()
    for wrong in ("开源", 3, None, b"\xe5"):
        with pytest.raises(TypeError, match="sequence of sentences"):
            model.predict(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sentence 1 is NoneType"):
        model.predict(["开源", None])  # type: ignore[list-item]


def test_accepts_arrays_and_series() -> None:
    import pandas as pd

    model = FITTED["chars"].freeze()
    expected = model.predict(TEXTS[:5]).tolist()
    assert model.predict(np.array(TEXTS[:5])).tolist() == expected
    assert model.predict(pd.Series(TEXTS[:5])).tolist() == expected
    assert model.predict(iter(TEXTS[:5])).tolist() == expected


@pytest.mark.parametrize("kind", ["both", "weighted", "all"])
def test_a_model_survives_its_file_to_the_byte(kind: str) -> None:
    model = MODELS[kind]
    joblib.dump(model, "一.joblib")
    again = joblib.load("一.joblib")
    joblib.dump(again, "二.joblib")
    with pathlib.Path("一.joblib").open("rb") as one, pathlib.Path("二.joblib").open("rb") as two:
        assert one.read() == two.read()
    assert again.decision_function(ODD).tolist() == model.decision_function(ODD).tolist()
    assert again.labels == model.labels
    assert (again.topic, again.voter.rules) == (model.topic, model.voter.rules)


def test_the_topic_defines_how_stances_are_shown() -> None:
    assert MODELS["all"].labels == {"favor": "支持", "against": "反对", "none": "无立场"}
    assert MODELS["chars"].labels == {"favor": "favor", "against": "against", "none": "none"}


def test_a_model_of_another_format_is_refused() -> None:
    state = FITTED["chars"].freeze().__getstate__()
    model = FITTED["chars"].freeze()
    # One of a later version, and one from before models had rules.
    for number, header in ((99, state["header"].replace('"format": 4', '"format": 99')), (1, "{}")):
        header = json.dumps(json.loads(header) | {"format": number})
        with pytest.raises(
            StanceclfError, match=f"format {number}, but this version reads formats 3 and 4"
        ):
            model.__setstate__(state | {"header": header})


def test_an_estimator_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(FITTED["words"]))
    assert again.predict(TEXTS[:20]).tolist() == FITTED["words"].predict(TEXTS[:20]).tolist()
