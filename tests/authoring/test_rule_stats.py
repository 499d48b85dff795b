"""`rules stats` is the LF summary of the rules and articles as they are now, worst first."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Cli
from hypothesis import given, strategies as st
from rich.cells import cell_len
from scipy.stats import binomtest

from stanceclf.articles.sentences import Sentence
from stanceclf.authoring.table import most_in_need, rule_stats, rule_table
from stanceclf.evaluation.metrics import wilson
from stanceclf.gold.corpus import Corpus
from stanceclf.gold.file import GoldSentence
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.voter import Voter


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_is_wilsons(right: int, more: int) -> None:
    low, share, high = wilson(right, right + more)
    expected = binomtest(right, right + more).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert share == right / (right + more)


def test_without_votes_there_is_no_interval() -> None:
    assert wilson(0, 0) == (None, None, None)
    low, *rest = wilson(3, 3)
    assert low == pytest.approx(0.4385, abs=1e-4)
    assert rest == [1.0, 1.0]


def read(cli: Cli, *arguments: str) -> list[dict[str, str]]:
    outcome = cli("rules", "stats", *arguments, "--format", "csv")
    assert (outcome.code, outcome.err) == (0, "")
    return list(csv.DictReader(io.StringIO(outcome.out)))


@pytest.mark.parametrize("by_article", [False, True])
def test_gold_labels_of_other_text_do_not_count(by_article: bool) -> None:
    rule = Rule(name="便宜", label="favor", any=("便宜",))
    voter = Voter(Topic("开源大模型", ("开源",)), [rule], str.lower)
    cut = [Sentence("一.txt", 0, 4, "开源便宜"), Sentence("一.txt", 9, 13, "开源便宜")]
    elsewhere = [GoldSentence("一.txt", 4, 8, "开源便宜", "none")]
    gold = [GoldSentence("一.txt", 0, 4, "开源便宜", "favor"), *elsewhere]
    (table,) = rule_stats(voter, Corpus(1, cut, gold), by_article=by_article).values()
    assert (table[0].votes, table[0].correct, table[0].incorrect) == (2, 1, 0)
    (table,) = rule_stats(voter, Corpus(1, cut, elsewhere), by_article=by_article).values()
    assert (table[0].correct, table[0].incorrect) == (None, None)


def test_it_agrees_with_the_stage(project: Path, cli: Cli) -> None:
    with Path("artifacts/rules.csv").open(encoding="utf-8", newline="") as file:
        staged = list(csv.DictReader(file))
    assert read(cli, "--sort", "file") == staged
    by_need = read(cli)
    assert sorted(row["rule"] for row in by_need) == sorted(row["rule"] for row in staged)
    voting = [row for row in by_need if row["votes"] != "0"]
    assert by_need[: len(voting)] == voting
    wrong = [float(row["likely_wrong"]) for row in voting]
    assert wrong == sorted(wrong, reverse=True)
    for row in voting:
        assert float(row["coverage"]) == pytest.approx(
            float(row["unique"]) + float(row["overlaps"]), abs=2e-4
        )
        if row["accuracy"]:
            assert float(row["low"]) <= float(row["accuracy"]) <= float(row["high"])


def test_json_and_csv_say_the_same(project: Path, cli: Cli) -> None:
    rows = json.loads(cli("rules", "stats", "--format", "json").out)
    assert [row["rule"] for row in rows] == [row["rule"] for row in read(cli)]
    assert rows[0]["votes"] == int(read(cli)[0]["votes"])


def test_articles_add_up(project: Path, cli: Cli) -> None:
    parts = read(cli, "--by-article")
    for row in read(cli):
        own = [int(part["votes"]) for part in parts if part["rule"] == row["rule"]]
        assert sum(own) == int(row["votes"])
        judged = [int(part["correct"]) for part in parts if part["rule"] == row["rule"]]
        assert sum(judged) == int(row["correct"])
    assert len({part["article"] for part in parts}) == 5
    table = cli("rules", "stats", "--by-article").out
    assert table.count("polarity") == 5


def test_without_gold_rules_are_sorted_by_conflicts(project: Path, cli: Cli) -> None:
    rows = read(cli, "--no-gold")
    assert {row["correct"] for row in rows} == {""}
    conflicts = [float(row["conflicts"]) for row in rows]
    assert conflicts == sorted(conflicts, reverse=True)


def test_an_edit_shows_at_once(project: Path, cli: Cli) -> None:
    before = {row["rule"]: row for row in read(cli)}
    rules = Path("configs/open-models/rules.yaml")
    text = rules.read_text(encoding="utf-8")
    new = "{name: new, label: favor, any: [社区], near: target, matches: [开源社区。]}"
    rules.write_text(f"{text}\n  - {new}\n", encoding="utf-8")
    after = {row["rule"]: row for row in read(cli)}
    assert set(after) - set(before) == {"new"}
    assert int(after["new"]["votes"]) > 5
    outcome = cli("rules", "page")
    assert outcome.code == 0
    assert '"new"' in Path("artifacts/rules.html").read_text(encoding="utf-8")


def test_a_rule_without_votes_comes_last() -> None:
    votes = np.array([[-1, 0], [-1, 1]], dtype=np.int8)
    rows = most_in_need(rule_table(["a", "b"], votes))
    assert [row.rule for row in rows] == ["b", "a"]


def test_gold_goes_with_its_articles(project: Path, cli: Cli) -> None:
    Path("别/articles").mkdir(parents=True)
    Path("别/articles/一.txt").write_text("开源便宜。", encoding="utf-8")
    rows = read(cli, "--articles", "别/articles")
    assert {row["correct"] for row in rows} == {""}
    gold = {"article": "一.txt", "start": 0, "end": 5, "text": "开源便宜。", "label": "favor"}
    Path("别/gold.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    by_rule = {row["rule"]: row for row in read(cli, "--articles", "别/articles")}
    assert by_rule["cheap"]["correct"] == "1"


def test_an_invalid_vote_is_reported(project: Path, cli: Cli) -> None:
    settings = Path("configs/pipeline.yaml")
    text = settings.read_text(encoding="utf-8").replace("model: weighted", "model: dawid-skene")
    settings.write_text(text, encoding="utf-8")
    labels = Path("artifacts/labels.parquet")
    table = pq.read_table(labels)
    at = table.column_names.index("vote:cheap")
    wrong = pa.array(["maybe"] * len(table))
    pq.write_table(table.set_column(at, "vote:cheap", wrong), labels)
    outcome = cli("rules", "apply", "seeds/articles", "--format", "table")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "`maybe` is not a stance" in outcome.err


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_figure_is_cut_on_a_narrow_terminal(
    width: int, project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    commands = [["rules", "stats"], ["rules", "stats", "--no-gold"]]
    # It takes seconds; what fits the narrowest fits the others.
    commands += [["evaluate"]] * (width == 60)
    for command in commands:
        outcome = cli(*command)
        assert (outcome.code, outcome.err) == (0, "")
        lines = outcome.out.splitlines()
        assert max(map(cell_len, lines)) <= width
        assert not [line for line in lines if "…" in line]
    if width > 60:
        return
    # The last column is there, in its full length.
    header = r"F_avg by article +sentences +rules alone +model$"
    assert [line for line in lines if re.search(header, line)]
    articles = [line for line in lines if re.match(r"0\d-", line)]
    assert len(articles) == 5
    assert all(re.search(r" 0\.\d{3} +0\.\d{3}$", line) for line in articles)
