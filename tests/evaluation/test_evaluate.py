"""Every system is tested on held-out articles, and the errors are explained."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Cli, count_ngrams
from hypothesis import given, strategies as st

from stanceclf.evaluation.baselines import plain_training, snorkel_training
from stanceclf.evaluation.error_analysis import worst_errors
from stanceclf.evaluation.held_out import HeldOut
from stanceclf.evaluation.masking import BLANK, mask
from stanceclf.evaluation.metrics import f_avg
from stanceclf.evaluation.results import weak_label_kappa
from stanceclf.features.ngrams import FEATURES, NgramAnalyzer
from stanceclf.gold.file import read_gold
from stanceclf.io.columns import Columns
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.rules.voter import Voter
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.copies import Copies
from stanceclf.training.cross_validation import split_articles
from stanceclf.training.samples import TrainingSet

VOTER = load_voter(ROOT / "configs/open-models")
GOLD = read_gold(ROOT / "seeds/gold.jsonl")[::4]
TEXTS = [sentence.text for sentence in GOLD]
CLASSIFIER = StanceClassifier(FEATURES, topic=VOTER.topic, rules=VOTER.rules).fit(
    TEXTS, [sentence.label for sentence in GOLD]
)
MODEL = CLASSIFIER.freeze()
SYSTEMS = ("rules", "plain", "snorkel", "alone", "model")


@given(
    st.one_of(st.sampled_from(TEXTS), st.text("开源闭,不更便宜贵\0\x0c\x1e\ud800 ", max_size=30))
)
def test_an_explanation_adds_up_to_the_decision(text: str) -> None:
    explanation = MODEL.explain(text)
    names = MODEL.classes_.tolist()
    total = [
        explanation.intercept[name]
        + explanation.rules[name]
        + sum(feature.adds[name] for feature in explanation.features)
        for name in names
    ]
    decision = MODEL.decision_function([text])[0]
    np.testing.assert_allclose(total, decision, rtol=0, atol=1e-9)
    np.testing.assert_allclose(total, CLASSIFIER.decision_function([text])[0], rtol=0, atol=1e-9)
    told = [explanation.log_odds[name] for name in names]
    np.testing.assert_allclose(told, decision, rtol=0, atol=1e-9)
    shares = [explanation.probabilities[name] for name in names]
    np.testing.assert_allclose(shares, MODEL.predict_proba([text])[0], rtol=0, atol=1e-9)
    assert explanation.stance == MODEL.predict([text])[0]
    shown = [(feature.kind, feature.ngram) for feature in explanation.features]
    assert len(shown) == len(set(shown))
    assert {kind for kind, _ in shown} <= set(FEATURES)
    votes = {match.rule: match.label for match in explanation.matches if match.outcome == "votes"}
    assert votes == VOTER.votes(text)
    said = explanation.as_dict()
    for span in (*said["mentions"], *said["clauses"], *said["matches"]):
        assert text[span["start"] : span["end"]] == span["text"]
    json.dumps(said, allow_nan=False)


def test_ngrams_are_shown_as_people_read_them() -> None:
    analyzer = NgramAnalyzer(FEATURES, (1, 1), (2, 2))
    found = count_ngrams(analyzer, VOTER.reader, "闭源更贵,开源不贵")
    shown = {(analyzer.kind(gram), analyzer.shown(gram)) for gram in found}
    assert {
        ("chars", "贵"),
        ("words", "不 贵"),
        ("tagged chars", "rival: 贵"),
        ("tagged chars", "target: ¬贵"),
        ("signed chars", "¬贵"),
    } <= shown


def test_rules_find_nothing_in_a_masked_sentence() -> None:
    changed = 0
    for text, masked in zip(TEXTS, mask(VOTER, TEXTS), strict=True):
        before, after = VOTER.reader(text), VOTER.reader(masked)
        assert after.text == masked
        assert after.mentions == before.mentions
        assert [(c.start, c.end) for c in after.clauses] == [
            (c.start, c.end) for c in before.clauses
        ]
        assert all(mine in {BLANK, own} for mine, own in zip(masked, before.text, strict=True))
        assert set(VOTER.votes(masked).values()) <= {"none"}
        fired = set(VOTER.votes(text).values()) - {"none"}
        assert not fired or masked != before.text
        changed += masked != before.text
    assert 0 < changed < len(TEXTS)


def test_evidence_that_a_blank_reveals_is_masked_too() -> None:
    topic = Topic("开源大模型", target=("开源",), rival=("闭源",))
    rules = [
        Rule(name="便宜", label="favor", any=("便宜",), near="target"),
        Rule(name="不可信", label="against", any=("不可信",), near="target"),
        Rule(name="可信", label="favor", any=("可信", "信"), negated="veto"),
        Rule(name="下雨", label="none", any=("下雨",)),
    ]
    voter = Voter(topic, rules, str.lower)
    # Rules do not vote before the turn, but the model may know these words from other sentences.
    assert voter.votes("开源便宜,但开源不可信") == {"不可信": "against"}
    masked = mask(voter, ["开源便宜,但开源不可信", "闭源便宜,下雨", ""])
    assert masked == ["开源□□,但开源□□□", "闭源便宜,下雨", ""]
    assert mask(voter, []) == []


def test_kappa_is_cohens() -> None:
    gold = ["favor"] * 6 + ["against"] * 4 + ["none"] * 10
    weak = ["favor"] * 4 + [None, "none"] + ["against"] * 3 + [None] + ["none"] * 8 + [None] * 2
    found = weak_label_kappa(gold, weak)
    assert found.coverage == 0.8
    # 16 labelled: 15 agree; favor 5 by 4, against 3 by 3, none 8 by 9.
    chance = (5 * 4 + 3 * 3 + 8 * 9) / 16**2
    assert found.labelled == pytest.approx((15 / 16 - chance) / (1 - chance), abs=1e-4)
    # 20 in all: 17 agree; none 10 by 13.
    chance = (6 * 4 + 4 * 3 + 10 * 13) / 20**2
    assert found.abstain_as_none == pytest.approx((17 / 20 - chance) / (1 - chance), abs=1e-4)
    assert weak_label_kappa(["none"] * 2, [None, "none"]).labelled is None
    assert weak_label_kappa(["favor"], [None]).labelled is None


def test_baselines_learn_from_weak_labels_or_votes_alone() -> None:
    votes = VOTER.vote_matrix(TEXTS)
    weak = {"text": TEXTS, "article": [s.article for s in GOLD]}
    training, name = snorkel_training(weak, votes)
    again, _ = snorkel_training(weak, votes)
    assert name in {"snorkel", "dawid-skene"}
    assert training == again
    voted = (votes != ABSTAIN).any(axis=1)
    assert set(training.texts) <= {text for text, own in zip(TEXTS, voted, strict=True) if own}
    assert set(training.labels) == set(STANCES)
    assert all(1 / 3 < weight <= 1 for weight in training.weights)
    table = {"text": ["一", "二", "三", "四"], "article": ["甲"] * 4}
    labels = {"start": [0, 1, 2, 3], "end": [1, 2, 3, 4]}
    shares = {"p_favor": [0.75, 0.0, 0.0, None], "p_against": [0.25, 1.0, 0.0, None]}
    shares["p_none"] = [0.0, 0.0, 1.0, None]
    found = plain_training(
        table | labels | shares | {"weak_label": ["favor", "against", "none", None]}
    )
    assert found.labels == ["favor", "against", "none"]
    assert found.weights == [0.75, 1.0, 1.0]


def test_snorkels_own_label_model_is_used_if_it_is_installed() -> None:
    pytest.importorskip("snorkel")
    votes = VOTER.vote_matrix(TEXTS)
    weak = {"text": TEXTS, "article": [s.article for s in GOLD]}
    assert snorkel_training(weak, votes)[1] == "snorkel"
    assert snorkel_training(weak, votes[:, :2])[1] == "dawid-skene"


ARTICLES = ["一", "二", "三", "四"]
SAID = {"favor": "开源便宜{}", "against": "开源落后{}", "none": "今天下雨{}"}


def small(articles: list[str]) -> TrainingSet:
    training = TrainingSet()
    for article in articles:
        for stance, text in SAID.items():
            training.add(text.format(article), stance, 1.0, article)
    return training


def test_no_system_is_trained_on_the_articles_it_is_tested_on() -> None:
    training = small(ARTICLES)
    names = [name or "" for name in training.articles]
    split = split_articles(Copies(names, training.texts).find(), names, 4)
    # Gold of a fifth article that is not trained on, though it has weak labels.
    gold = [*ARTICLES, "五"]
    everything = small(gold)
    copies = Copies([name or "" for name in everything.articles], everything.texts).find()
    own = split_articles(copies, names, 4)
    held_out = HeldOut(own, gold)
    assert dict(split.fold_of) | {"五": 4} == dict(held_out.split.fold_of)
    models = held_out.fit(StanceClassifier(), everything)
    for article, fold in zip(gold, held_out.fold_of, strict=True):
        # Each article has a character of its own in its sentences.
        seen = set(models[fold].vectorizer_.vocabulary_)
        assert article not in seen
        assert "五" not in seen
        assert len(seen & set(ARTICLES)) == (4 if article == "五" else 3)


def read_csv(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def test_the_figures_are_those_of_the_predictions(built: Path) -> None:
    metrics = json.loads((built / "artifacts/metrics.json").read_text(encoding="utf-8"))
    table = read_csv(built / "artifacts/confusion.csv")
    assert list(table) == ["article", "start", "end", "gold", *SYSTEMS]
    for system in SYSTEMS:
        assert metrics[system]["f_avg"] == round(f_avg(table["gold"], table[system]), 4)
    for system in SYSTEMS[:-1]:
        exact = metrics["model"]["f_avg"] - metrics[system]["f_avg"]
        difference = metrics[f"model_minus_{system}"]
        assert difference["f_avg"] == pytest.approx(exact, abs=2e-4)
        low, high = difference["f_avg_interval"]
        assert low < difference["f_avg"] < high
    assert 0 < metrics["masked"]["f_avg"] < metrics["model"]["f_avg"]
    assert 0 < metrics["kappa"]["abstain_as_none"] <= 1
    assert 0 < metrics["kappa"]["labelled"] <= 1


def test_the_worst_errors_come_first_and_are_explained(built: Path) -> None:
    text = (built / "artifacts/errors.jsonl").read_text(encoding="utf-8")
    errors = [json.loads(line) for line in text.splitlines()]
    columns = pq.read_table(built / "artifacts/held_out.parquet").to_pylist()
    wrong = {
        (row["article"], row["start"], row["end"]): row
        for row in columns
        if row["reference"] == "gold" and row["label"] != row["stance"]
    }
    assert len(errors) == min(20, len(wrong))
    surer = []
    for error in errors:
        row = wrong[error["article"], error["start"], error["end"]]
        assert (error["text"], error["gold"], error["stance"]) == (
            row["text"],
            row["label"],
            row["stance"],
        )
        probabilities = error["probabilities"]
        assert probabilities == {stance: row[f"p_{stance}"] for stance in probabilities}
        surer.append(probabilities[error["stance"]] - probabilities[error["gold"]])
        # The parts explain this very prediction: its odds follow from them.
        assert error["votes"] == VOTER.votes(error["text"])
        assert sum(error["log_odds"].values()) > 0
        contributions = [feature["contribution"] for feature in error["features"]]
        assert contributions == sorted(contributions, reverse=True)
        assert 0 < len(contributions) <= 10
        assert min(contributions) > 0
    assert surer == sorted(surer, reverse=True)
    all_surer = sorted(
        row[f"p_{row['stance']}"] - row[f"p_{row['label']}"] for row in wrong.values()
    )
    assert surer == pytest.approx(all_surer[::-1][: len(surer)], abs=1e-9)


def test_the_explained_model_is_the_one_that_predicted(built: Path) -> None:
    """The odds of two stances' probabilities follow from their log-odds, within bounds."""
    for line in (built / "artifacts/errors.jsonl").read_text(encoding="utf-8").splitlines():
        error = json.loads(line)
        difference = sum(error["log_odds"].values())
        # Scaled sigmoids: p/q = sigmoid(a)/sigmoid(b), so ln(p/q) lies between 0 and a - b.
        odds = np.log(
            error["probabilities"][error["stance"]] / error["probabilities"][error["gold"]]
        )
        assert 0 <= odds <= difference + 1e-3


def test_held_out_predictions_from_other_labels_are_refused(project: Path, cli: Cli) -> None:
    path = Path("artifacts/labels.parquet")
    table = pq.read_table(path)
    columns = table.to_pydict()
    row = columns["weak_label"].index("favor")
    columns["weak_label"][row] = "against"
    pq.write_table(pa.table(columns, schema=table.schema), path)
    outcome = cli("evaluate")
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "stanceclf: artifacts/held_out.parquet: was not made from `artifacts/labels.parquet` as it "
        "is now; run `stanceclf train`"
    ]
    path.unlink()
    assert "artifacts/labels.parquet: no such file" in cli("evaluate").err


def test_the_report_has_every_system_in_80_columns(built: Path) -> None:
    told = (built.parent / "evaluate.txt").read_text(encoding="utf-8")
    for what in ("rules alone", "plain TF-IDF", "Snorkel", "model, masked", "model - rules alone"):
        assert f"\n{what} " in told
    assert "Cohen's kappa 0." in told
    assert max(map(len, told.splitlines())) <= 80
    assert told.endswith(".\n")


def test_the_number_of_errors_can_be_limited() -> None:
    texts = ["开源便宜", "开源落后", "今天下雨"]
    model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    predicted: Columns = {
        "article": ["一", "一", "二"],
        "start": [0, 9, 0],
        "end": [4, 13, 4],
        "text": texts,
        "label": ["favor", "none", "none"],
        "stance": ["favor", "against", "against"],
        "p_favor": [0.8, 0.2, 0.1],
        "p_against": [0.1, 0.5, 0.8],
        "p_none": [0.1, 0.3, 0.1],
    }
    found = worst_errors(predicted, [model] * 3, 20)
    assert [(error.article, error.start) for error in found] == [("二", 0), ("一", 9)]
    assert worst_errors(predicted, [model] * 3, 1) == found[:1]
    assert worst_errors(predicted, [model] * 3, 0) == []
