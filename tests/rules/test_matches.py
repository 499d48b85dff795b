"""What rules find has its place, its outcome and the negator that denies it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from conftest import ROOT, Cli
from hypothesis import given, settings, strategies as st

from stanceclf.articles.loader import read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.rules.matches import OUTCOMES, Match, find_hits, find_matches
from stanceclf.rules.voter import Voter

Negated = Literal["veto", "flip", "ignore"]

NORMALIZE = Normalizer.from_opencc()
TOPIC = Topic("开源大模型", ("开源",), ("闭源",))
SHIPPED = load_voter(ROOT / "configs/open-models")
SENTENCES = [
    sentence.text for sentence in cut_articles(read_folder(ROOT / "seeds/articles"), NORMALIZE)
]
CHEAP = Rule(name="cheap", label="favor", any=("便宜",), near="target")
RISK = Rule(name="risk", label="against", any=("风险",), near="target")


def matches(sentence: str, *rules: Rule) -> list[Match]:
    (found,) = find_matches(Voter(TOPIC, rules, NORMALIZE), [sentence])
    return found


def summary(match: Match) -> tuple[str, str, str, str | None]:
    negator = None if match.negator is None else match.negator.text
    return match.text, match.label, match.outcome, negator


@pytest.mark.parametrize(
    ("sentence", "rule", "expected"),
    [
        ("开源更便宜。", CHEAP, ("便宜", "favor", "votes", None)),
        ("开源不便宜。", CHEAP, ("便宜", "against", "vetoed", "不")),
        ("開源並不便宜。", CHEAP, ("便宜", "against", "vetoed", "不")),
        ("开源没有想象的那么便宜。", CHEAP, ("便宜", "against", "vetoed", "没有想象的那么")),
        ("谁会说开源便宜呢？", CHEAP, ("便宜", "against", "vetoed", "谁会")),
        ("开源的便宜不再。", CHEAP, ("便宜", "against", "vetoed", "不再")),
        ("闭源更便宜。", CHEAP, ("便宜", "favor", "elsewhere", None)),
        ("开源便宜吗？", CHEAP, ("便宜", "favor", "question", None)),
        ("虽然开源便宜,但难用。", CHEAP, ("便宜", "favor", "turned", None)),
        ("开源最便宜。", replace(CHEAP, unless=("最",)), ("便宜", "favor", "unless", None)),
        (
            "开源便宜。",
            replace(CHEAP, mentions="both"),
            ("便宜", "favor", "mentions", None),
        ),
        (
            "开源不便宜。",
            replace(CHEAP, negated="flip"),
            ("便宜", "against", "votes", "不"),
        ),
        (
            "开源不便宜。",
            replace(CHEAP, negated="ignore"),
            ("便宜", "favor", "votes", None),
        ),
        (
            "闭源更便宜。",
            replace(CHEAP, mirrored=True),
            ("便宜", "against", "votes", None),
        ),
        (
            "开源能避免风险。",
            RISK,
            ("风险", "against", "vetoed", "避免"),
        ),
    ],
)
def test_a_match_has_an_outcome_and_a_negator(
    sentence: str, rule: Rule, expected: tuple[str, str, str, str | None]
) -> None:
    (match,) = matches(sentence, rule)
    assert summary(match) == expected
    assert sentence[match.start : match.end] == match.text
    if match.negator is not None:
        assert sentence[match.negator.start : match.negator.end] == match.negator.text


def test_the_nearest_of_several_negators_is_reported() -> None:
    (match,) = matches("不说开源不是不便宜。", CHEAP)
    assert summary(match) == ("便宜", "against", "vetoed", "不")
    assert match.negator is not None
    assert match.negator.start == 6


def test_what_speaks_for_both_sides_is_undecided() -> None:
    rule = Rule(name="cheap", label="favor", any=("便宜",), near="target", negated="flip")
    found = matches("开源便宜也不便宜。", rule)
    assert {match.outcome for match in found} == {"undecided"}
    assert not Voter(TOPIC, [rule], NORMALIZE).votes("开源便宜也不便宜。")


def test_a_rule_on_mentions_alone_finds_no_word() -> None:
    rule = Rule(name="neither", label="none", mentions="neither")
    (match,) = matches("下雨。", rule)
    assert (match.text, match.outcome) == ("", "votes")
    assert matches("开源。", rule) == []


def agrees(voter: Voter, sentences: list[str]) -> None:
    """Assert that the matches that count are the votes, and are where they say."""
    votes = voter.vote_matrix(sentences)
    found = list(find_matches(voter, sentences))
    assert len(found) == len(sentences)
    for text, row, own in zip(sentences, votes, found, strict=True):
        cast = {n: STANCES[v] for n, v in zip(voter.names, row, strict=True) if v != ABSTAIN}
        assert {m.rule: m.label for m in own if m.outcome == "votes"} == cast
        assert [m.start for m in own] == sorted(m.start for m in own)
        for match in own:
            assert match.outcome in OUTCOMES
            assert text[match.start : match.end] == match.text
            if match.outcome == "vetoed":
                assert match.negator is not None
            if match.negator is not None:
                span = text[match.negator.start : match.negator.end]
                assert span == match.negator.text != ""


def test_matches_are_the_votes_of_the_shipped_rules() -> None:
    agrees(SHIPPED, SENTENCES)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    *"开源闭便宜贵不没,但，。?吗",
                    "开源",
                    "闭源",
                    "更便宜",
                    "不",
                    "谁会",
                    "不再",
                    "避免",
                    "\ue002",
                ]
            ),
            max_size=14,
        ).map("".join),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["veto", "flip", "ignore"]),
    st.booleans(),
)
def test_any_match_is_where_it_says(sentences: list[str], negated: Negated, mirrored: bool) -> None:
    rules = [
        Rule(
            name="a",
            label="favor",
            any=("便宜",),
            near="target",
            mirrored=mirrored,
            negated=negated,
        ),
        Rule(name="b", label="against", pattern="{target}[^,]*贵", negated=negated),
        Rule(name="c", label="none", mentions="neither", asked="ignore"),
    ]
    agrees(Voter(TOPIC, rules, NORMALIZE), sentences)


def test_hits_are_the_votes() -> None:
    votes = SHIPPED.vote_matrix(SENTENCES)
    hits = list(find_hits(SHIPPED, SENTENCES))
    cast = [(i, j) for i, row in enumerate(votes) for j, v in enumerate(row) if v != ABSTAIN]
    assert [(hit.sentence, hit.rule) for hit in hits] == cast
    for hit in hits:
        assert STANCES[votes[hit.sentence, hit.rule]] == hit.label


def test_rules_apply_reports_matches_in_the_article(project: Path, cli: Cli) -> None:
    text = "下雨了。\n开源并不贵，闭源谈不上便宜。\n"
    Path("一.txt").write_text(text, encoding="utf-8")
    outcome = cli("rules", "apply", "一.txt", "--format", "jsonl")
    assert outcome.code == 0
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["text"] for row in rows] == ["下雨了。", "开源并不贵，闭源谈不上便宜。"]
    found = rows[1]["matches"]
    assert found
    for match in found:
        assert text[match["start"] : match["end"]] == match["text"]
        assert rows[1]["start"] <= match["start"] <= match["end"] <= rows[1]["end"]
        if match["negator"] is not None:
            own = match["negator"]
            assert text[own["start"] : own["end"]] == own["text"]
    assert {m["rule"]: m["label"] for m in found if m["outcome"] == "votes"} == rows[1]["votes"]
    assert {(m["text"], m["negator"]["text"]) for m in found if m["negator"]} >= {
        ("便宜", "谈不上")
    }
    table = cli("rules", "apply", "一.txt", "--format", "table").out
    assert "谈不上…便宜" in table
