"""`rules suggest` finds words worth a rule; `rules add` adds those that a person keeps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import ROOT, Cli, run_process
from hypothesis import given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import Sentence
from stanceclf.authoring.log_odds import PRIOR, z_scores
from stanceclf.authoring.phrases import phrases
from stanceclf.authoring.suggestions import LEAST_AGREEMENT, WEIGHT, suggest_rules
from stanceclf.gold.corpus import Corpus, read_corpus
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.rules.voter import Voter
from stanceclf.training.config import TrainConfig

NORMALIZE = Normalizer.from_opencc()
TOPIC = Topic("开源大模型", ("开源",), ("闭源",))
RULES = [
    Rule(name="cheap", label="favor", any=("便宜", "好用"), near="target", matches=("开源便宜。",)),
    Rule(name="bad", label="against", any=("落后", "昂贵"), near="target", matches=("开源落后。",)),
    Rule(name="none", label="none", any=("下雨", "报道"), matches=("下雨了。",)),
]
VOTER = Voter(TOPIC, RULES, NORMALIZE)
TEXTS = [
    *["开源便宜，开源繁荣。", "开源好用，前景广阔。", "开源便宜，开源繁荣得很。"] * 6,
    *["开源落后，漏洞百出。", "开源昂贵，漏洞百出。"] * 6,
    *["今天下雨，有人报道开源的消息。", "媒体报道开源的会议。"] * 6,
    # What no rule reaches yet.
    *["开源繁荣起来了。", "开源社区繁荣。", "开源的代码漏洞百出。", "闭源漏洞百出。"],
]


def corpus(texts: list[str] = TEXTS) -> Corpus:
    sentences = [Sentence(f"{i}.txt", 0, len(text), text) for i, text in enumerate(texts)]
    return Corpus(len(texts), sentences, [])


def test_the_statistic_is_monroes() -> None:
    """Monroe, Colaresi and Quinn 2008: the z-score of the log-odds ratio with a Dirichlet prior."""
    inside, total = np.array([8.0, 2.0, 5.0]), np.array([10.0, 10.0, 20.0])
    for word, score in enumerate(z_scores(inside, total)):
        one, other = inside[word], total[word] - inside[word]
        alpha = PRIOR * total[word] / 40
        odds = (
            (one + alpha) / (15 + PRIOR - one - alpha),
            (other + alpha) / (25 + PRIOR - other - alpha),
        )
        variance = 1 / (one + alpha) + 1 / (other + alpha)
        assert score == pytest.approx((np.log(odds[0]) - np.log(odds[1])) / np.sqrt(variance))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_the_statistic_is_finite_and_symmetric(counts: list[tuple[int, int]]) -> None:
    inside = np.array([own for own, _ in counts], float)
    total = inside + np.array([rest for _, rest in counts], float) + 1
    scores = z_scores(inside, total)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(z_scores(total - inside, total), -scores, atol=1e-9)


def test_phrases_come_from_clauses_about_a_side() -> None:
    (readings,) = VOTER.reader.read(["开源漏洞百出，闭源稳定", "今天下雨", "張三說開源繁榮"])
    one, none, traditional = phrases(readings)
    assert {phrase for phrase, about in one if about == 1} == {"漏洞百出"}
    assert {phrase for phrase, about in one if about == 2} == {"稳定"}
    assert none == set()
    assert ("繁荣", 1) in traditional


def test_words_tied_to_a_stance_are_found() -> None:
    found = {one.rule.any[0]: one for one in suggest_rules(VOTER, corpus(), TrainConfig())}
    assert (found["繁荣"].rule.label, found["漏洞百出"].rule.label) == ("favor", "against")
    assert found["繁荣"].new == 2
    for one in found.values():
        assert one.agrees >= LEAST_AGREEMENT
        assert one.z > 0
        assert one.new <= one.votes
        assert "便宜" not in one.rule.any[0]
        assert one.rule.weight == WEIGHT
        voter = Voter(TOPIC, [one.rule], NORMALIZE)
        votes = voter.vote_matrix(TEXTS)[:, 0]
        assert one.votes == (votes != ABSTAIN).sum()
        for text in one.rule.matches:
            assert voter.votes(text) == {one.rule.name: one.rule.label}
        assert 0 < len(one.examples) <= 3


def test_the_order_of_sentences_changes_nothing() -> None:
    rules = [one.rule.any for one in suggest_rules(VOTER, corpus(), TrainConfig())]
    turned = [one.rule.any for one in suggest_rules(VOTER, corpus(TEXTS[::-1]), TrainConfig())]
    assert rules == turned


def test_on_the_seeds_they_raise_coverage() -> None:
    voter = load_voter(ROOT / "configs/open-models")
    seeds = read_corpus(ROOT / "seeds/articles", NORMALIZE, gold=ROOT / "seeds/gold.jsonl")
    found = suggest_rules(voter, seeds, TrainConfig(), most=10)
    assert len(found) == 10
    more = Voter(voter.topic, [*voter.rules, *(one.rule for one in found)], NORMALIZE)
    before, after = (
        (v.vote_matrix(seeds.texts) != ABSTAIN).any(axis=1).sum() for v in (voter, more)
    )
    assert after > before
    gold = [(one.text, one.label) for one in seeds.gold]
    for one in found:
        own = Voter(voter.topic, [one.rule], NORMALIZE)
        votes = own.vote_matrix([text for text, _ in gold])[:, 0]
        judged = [STANCES[v] == gold[i][1] for i, v in enumerate(votes) if v != ABSTAIN]
        # Some gold sentences are in boilerplate, which is no sentence here.
        assert one.correct <= sum(judged)
        assert one.correct + one.incorrect <= len(judged)


def test_a_file_of_them_is_added(project: Path, cli: Cli) -> None:
    rules = Path("configs/open-models/rules.yaml")
    before = rules.read_text(encoding="utf-8")
    outcome = cli("rules", "suggest", "--most", "5", "--output", "建议.yaml")
    assert (outcome.code, outcome.err) == (0, "")
    written = Path("建议.yaml").read_text(encoding="utf-8")
    names = [rule["name"] for rule in yaml.safe_load(written)["rules"]]
    assert len(names) == 5
    assert all(name in outcome.out for name in names)
    outcome = cli("rules", "add", "建议.yaml")
    assert (outcome.code, outcome.out) == (0, "5 rules added -> configs/open-models/rules.yaml\n")
    after = rules.read_text(encoding="utf-8")
    assert after.startswith(before)
    voter = load_voter("configs/open-models")
    assert list(voter.names[-5:]) == names
    # Once more, and nothing is added twice.
    outcome = cli("rules", "add", "建议.yaml")
    assert outcome.code == 1
    assert f"建议.yaml:9: the topic already has a rule `{names[0]}`" in outcome.err
    assert rules.read_text(encoding="utf-8") == after


def test_a_file_without_rules_is_refused(project: Path, cli: Cli) -> None:
    Path("无.yaml").write_text("rules: []\n", encoding="utf-8")
    outcome = cli("rules", "add", "无.yaml")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "`rules`: must have at least one item" in outcome.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "rules: [{name: 新, label: favor, any: [社区]}]",
            "新.yaml:1: `rules.0.matches` is missing",
        ),
        (
            "rules: [{name: 新, label: favor, any: [社区], matches: [下雨]}]",
            "on its own example `下雨`",
        ),
        ("rules: [", "新.yaml:1: not YAML"),
    ],
)
def test_an_invalid_rule_is_not_added(text: str, says: str, project: Path, cli: Cli) -> None:
    rules = Path("configs/open-models/rules.yaml")
    before = rules.read_bytes()
    Path("新.yaml").write_text(text, encoding="utf-8")
    outcome = cli("rules", "add", "新.yaml")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert says in outcome.err
    assert rules.read_bytes() == before


def test_rules_in_one_line_are_left_to_their_author(project: Path, cli: Cli) -> None:
    rules = Path("configs/open-models/rules.yaml")
    flow = "rules: [{name: 甲, label: favor, any: [便宜], matches: [便宜]}]\n"
    rules.write_text(flow, encoding="utf-8")
    Path("新.yaml").write_text(flow.replace("甲", "乙"), encoding="utf-8")
    outcome = cli("rules", "add", "新.yaml")
    assert outcome.code == 1
    assert "must end with `rules:` and a `- ` item per rule below it" in outcome.err
    assert rules.read_text(encoding="utf-8") == flow


def test_json_holds_what_the_table_shows(project: Path) -> None:
    command = ("stanceclf", "rules", "suggest", "--most", "3", "--format", "json")
    said = [run_process(*command, cwd=project, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")]
    assert said[0] == said[1]
    rows = json.loads(said[0])
    assert len(rows) == 3
    for row in rows:
        assert {"rule", "z", "votes", "new", "agrees", "correct", "incorrect"} < set(row)
        for said, span in zip(row["examples"], row["spans"], strict=True):
            assert NORMALIZE(said["text"])[slice(*span)] == row["rule"]["any"][0]
        assert row["rule"]["matches"]
        assert row["examples"][0]["article"].endswith(".txt")


def test_a_stance_without_weak_labels_is_reported(cli: Cli, project: Path) -> None:
    rules = Path("configs/open-models/rules.yaml")
    rules.write_text(
        "rules:\n  - {name: 甲, label: favor, any: [便宜], matches: [便宜]}\n"
        "  - {name: 乙, label: none, any: [下雨], matches: [下雨]}\n",
        encoding="utf-8",
    )
    outcome = cli("rules", "suggest", "--no-gold")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "no sentence is labelled `against`" in outcome.err


def test_line_ends_marks_and_comments_of_the_rules_stay(project: Path, cli: Cli) -> None:
    rules = Path("configs/open-models/rules.yaml")
    new = "rules: [{name: 新, label: favor, any: [社区], near: target, matches: [开源社区。]}]"
    Path("新.yaml").write_text(new, encoding="utf-8")
    text = rules.read_text(encoding="utf-8")
    for before in (
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("\n", "\r\n").encode(),
        text.rstrip("\n").encode(),
        text.encode() + b"\n\n# ...\n\n",
    ):
        rules.write_bytes(before)
        outcome = cli("rules", "add", "新.yaml")
        assert (outcome.code, outcome.err) == (0, "")
        after = rules.read_bytes()
        assert after.startswith(before)
        assert (b"\r\n" in before) == (b"\r\n" in after[len(before) :])
        assert b"\n" not in after[len(before) :].replace(b"\r\n", b"") or b"\r\n" not in before
        assert load_voter("configs/open-models").names[-1] == "新"


def test_a_file_with_an_end_marker_is_left_to_its_author(project: Path, cli: Cli) -> None:
    rules = Path("configs/open-models/rules.yaml")
    before = rules.read_bytes() + b"...\n"
    rules.write_bytes(before)
    Path("新.yaml").write_text(
        "rules: [{name: 新, label: favor, any: [社区], matches: [开源社区。]}]", encoding="utf-8"
    )
    outcome = cli("rules", "add", "新.yaml")
    assert (outcome.code, outcome.err) == (
        1,
        "stanceclf: configs/open-models/rules.yaml: cannot append rules after the last line; "
        "add them by hand\n",
    )
    assert rules.read_bytes() == before


def test_an_example_is_what_stands_in_one_line() -> None:
    texts = [text.replace("繁荣", "繁荣 ") for text in TEXTS]
    texts += [
        "开源社区 繁荣。",
        "开源社区  繁荣。",
        "开源社区\t繁荣。",
        "开源不　　　　　　　　繁荣。",
    ]
    for one in suggest_rules(VOTER, corpus(texts), TrainConfig()):
        assert len(set(one.rule.matches)) == len(one.rule.matches)
        own = Voter(TOPIC, [one.rule], NORMALIZE)
        for text in one.rule.matches:
            assert own.votes(text) == {one.rule.name: one.rule.label}


def test_settings_that_cannot_be_trained_are_reported(project: Path, cli: Cli) -> None:
    settings = Path("configs/pipeline.yaml")
    text = settings.read_text(encoding="utf-8").replace("min_df: 2", "min_df: 99999")
    settings.write_text(text, encoding="utf-8")
    outcome = cli("rules", "suggest")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "these settings cannot be trained" in outcome.err
