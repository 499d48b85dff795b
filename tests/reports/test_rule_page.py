from __future__ import annotations

import json
import random
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from stanceclf.articles.sentences import Sentence
from stanceclf.authoring.table import most_in_need, rule_table
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.reports import rules as module, rules_samples as samples
from stanceclf.reports.rules import RulePage
from stanceclf.rules.definition import Rule
from stanceclf.rules.distinct_votes import DistinctVotes
from stanceclf.rules.matches import Hit
from stanceclf.rules.voter import Voter
from stanceclf.rules.weak_labels import label_indices

if TYPE_CHECKING:
    from conftest import Open
    from playwright.sync_api import Page

TOPIC = Topic(
    name="开源大模型",
    target=("开源",),
    rival=("闭源",),
    labels={"favor": "支持", "against": "反对", "none": "无立场"},
)
STRONG = Rule(
    name="strong",
    label="favor",
    any=("强", "领先"),
    near="target",
    mirrored=True,
    negated="flip",
    matches=("开源很强。",),
)
WEAK = Rule(name="落后", label="against", any=("落后",))
CHEAP = Rule(name="cheap", label="favor", any=("便宜",))
ASKS = Rule(name="asks", label="none", pattern=r"\?$", asked="ignore", weight=0.5)
SILENT = Rule(name="silent", label="against", any=("昂贵",))
RULES = (STRONG, WEAK, CHEAP, ASKS, SILENT)

ATTACK = "<img src=x onerror=\"document.title='hit'\"></script><!-- <b>开源</b>强吗?"
# Article, text, gold, and what the rules vote with where they find it.
Row = tuple[str, str, str | None, dict[str, tuple[str, str]]]
ROWS: tuple[Row, ...] = (
    ("一.txt", "昨天有雨。", "none", {}),
    ("一.txt", "\U0001f600开源很强。", "favor", {"strong": ("favor", "强")}),
    (
        "一.txt",
        "开源领先但又落后。",
        "against",
        {"strong": ("favor", "领先"), "落后": ("against", "落后")},
    ),
    ("一.txt", "开源便宜也强。", None, {"strong": ("favor", "强"), "cheap": ("favor", "便宜")}),
    (
        "二.txt",
        "开源便宜却落后。",
        "favor",
        {"cheap": ("favor", "便宜"), "落后": ("against", "落后")},
    ),
    ("二.txt", "谁都能用开源。", "favor", {}),
    ("二.txt", ATTACK, "none", {"asks": ("none", "?")}),
    ("二.txt", "另一件事。", None, {}),
)


def build(
    rows: Sequence[Row] = ROWS, rules: Sequence[Rule] = RULES, *, with_gold: bool = True
) -> str:
    """Return the page on sentences, their gold labels and votes."""
    names = [rule.name for rule in rules]
    sentences, hits = [], []
    for index, (article, text, _, cast) in enumerate(rows):
        sentences.append(Sentence(article, 0, len(text), text))
        for name, (label, found) in cast.items():
            rule, start = names.index(name), text.find(found)
            hits.append(Hit(rule, index, label, ((start, start + len(found)),)))
    gold = [label if with_gold else None for _, _, label, _ in rows]
    voted = [sorted({label for label, _ in cast.values()}) for *_, cast in rows]
    weak = [labels[0] if len(labels) == 1 else None for labels in voted]
    random.shuffle(hits)
    return rule_page(rules, sentences, weak, gold, hits)


def rule_page(
    rules: Sequence[Rule],
    sentences: Sequence[Sentence],
    weak: Sequence[str | None],
    gold: Sequence[str | None],
    hits: Sequence[Hit],
    at_once: int = 3,
) -> str:
    """Return the page on sentences that come some at a time."""
    votes = np.full((len(sentences), len(rules)), ABSTAIN, dtype=np.int8)
    for hit in hits:
        votes[hit.sentence, hit.rule] = STANCES.index(hit.label)
    distinct = DistinctVotes.of([votes], len(rules))
    voter = Voter(TOPIC, rules, str.lower)
    page = RulePage(voter, distinct, label_indices(weak), label_indices(gold))
    if len(sentences) > 1000:
        at_once = len(sentences)
    for first in range(0, len(sentences), at_once):
        last = first + at_once
        own = [hit for hit in hits if first <= hit.sentence < last]
        page.add(
            sentences[first:last], [replace(hit, sentence=hit.sentence - first) for hit in own]
        )
    return page.html()


def data_of(page: str) -> Any:  # noqa: ANN401
    """Return the JSON that a browser would find in the page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def many(count: int, votes: int = 2) -> list[Row]:
    """Return sentences of common length, of which all but a few are voted on."""
    return [
        (
            f"{index // 50}.txt",
            f"第{index}句:" + "开源很强也便宜" * 6 + "。",
            ("against", "favor", None)[index % 3],
            dict(list({"strong": ("favor", "强"), "落后": ("against", "句")}.items())[:votes]),
        )
        for index in range(count)
    ]


# --- The data


def test_the_page_depends_on_nothing_but_its_inputs() -> None:
    assert build() == build()


def test_the_data_counts_what_there_is() -> None:
    data = data_of(build())
    assert data["counts"] == {
        "sentences": 8,
        "articles": 2,
        "covered": 5,
        "weak": {"favor": 2, "against": 0, "none": 1},
        "gold": 6,
        "judged": 2,
        "agree": 2,
    }
    strong = data["rules"][0]
    assert strong["of"] == {"all": 3, "wrong": 1, "right": 1, "conflict": 1}
    assert strong["shown"] == [2, 1, 3]
    assert strong["finds"] == {"of": 2, "shown": [["强", 2], ["领先", 1]]}
    assert data["pairs"] == {
        "of": 2,
        "shown": [
            {"rules": [0, 1], "of": 1, "right": [0, 1, 0], "shown": [2]},
            {"rules": [1, 2], "of": 1, "right": [0, 1, 0], "shown": [4]},
        ],
    }
    assert data["unreached"] == {"of": 3, "sides": 1, "shown": [5, 0, 7]}


def test_a_rule_is_described_by_what_differs_from_the_default() -> None:
    strong, weak = data_of(build())["rules"][:2]
    assert set(strong["asks"]) == {"any", "near", "mirrored", "negated", "matches"}
    assert weak["asks"] == {"any": ["落后"]}


@given(
    st.text(max_size=60), st.text(st.sampled_from("</script!->&\"'\\\u2028\u2029强"), max_size=30)
)
def test_any_text_survives_the_page(name: str, text: str) -> None:
    (row,) = data_of(build([(name, text, None, {})]))["sentences"]
    # But for direction marks, which could make the text around them run backwards.
    assert row[1] == re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "\ufffd", name)
    assert row[2] == text


def test_a_lone_surrogate_survives_the_page() -> None:
    page = build([("一.txt", "坏\ud800字", None, {})])
    assert "坏" in page.encode().decode()
    assert data_of(page)["sentences"][0][2] == "坏\ud800字"


def test_long_lists_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_UNREACHED", 500)
    data = data_of(build(many(1000)))
    strong = data["rules"][0]
    assert strong["of"] == {"all": 1000, "wrong": 334, "right": 333, "conflict": 1000}
    assert len(strong["shown"]) == samples.MOST_HITS
    assert {row[0]: row[5] for row in data["sentences"]}[strong["shown"][-1]] == "against"
    assert strong["shown"][-1] > 900  # spread over all articles
    (pair,) = data["pairs"]["shown"]
    assert (pair["of"], len(pair["shown"])) == (1000, samples.MOST_SHARED)
    unreached = data_of(build(many(1000, votes=0)))["unreached"]
    assert (unreached["of"], len(unreached["shown"])) == (1000, samples.MOST_UNREACHED)


def test_wrong_hits_leave_room_for_others() -> None:
    data = data_of(build(many(500)))
    gold = {row[0]: row[5] for row in data["sentences"]}
    kinds = [gold[index] for index in data["rules"][0]["shown"]]
    assert kinds[:167] == ["against"] * 167
    assert set(kinds[167:]) == {"favor", None}


def test_a_long_sentence_is_cut() -> None:
    length = module.MOST_CHARACTERS + 7
    row = data_of(build([("一.txt", "强" * length, None, {})]))["sentences"][0]
    assert (len(row[2]), row[3]) == (module.MOST_CHARACTERS, 7)


def test_overlapping_spans_are_marked_once() -> None:
    sentence = Sentence("一.txt", 0, 5, "开源很强。")
    spans = ((3, 4), (2, 4), (0, 0), (4, 5))
    hits = [Hit(0, 0, "favor", spans)]
    page = rule_page([STRONG], [sentence], ["favor"], [None], hits)
    assert data_of(page)["sentences"][0][6] == [[0, "favor", [[2, 4], [4, 5]], []]]


def test_a_large_corpus_makes_a_page_of_less_than_five_megabytes() -> None:
    rules = [Rule(name=f"rule-{index}", label="favor", any=("强",)) for index in range(100)]
    rows = [
        (article, text, gold, {f"rule-{index % 97}": favor, f"rule-{index % 89 + 11}": against})
        for index, (article, text, gold, cast) in enumerate(many(10_000))
        for favor, against in [cast.values()]
    ]
    page = build(rows, rules)
    assert len(data_of(page)["sentences"]) == 10_000
    assert len(page.encode()) < 5_000_000


def test_a_wrong_number_of_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="a weak and a gold label"):
        rule_page(RULES, [], ["favor"], [], [])


@pytest.mark.parametrize("rules", [(), RULES])
def test_there_can_be_no_sentences_and_no_rules(rules: tuple[Rule, ...]) -> None:
    data = data_of(build([], rules))
    assert data["counts"]["sentences"] == data["pairs"]["of"] == data["unreached"]["of"] == 0


# --- In a browser


def texts(page: Page, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def expect_text(page: Page, selector: str, text: str) -> None:
    page.locator(selector).filter(has_text=text).first.wait_for()


def names(page: Page) -> list[str]:
    return texts(page, "tbody tr:visible th")


def head(page: Page, name: str) -> str | None:
    return page.locator("th", has=page.get_by_role("button", name=name)).get_attribute("aria-sort")


def test_the_header_shows_totals(show: Open) -> None:
    page = show(build())
    said = page.locator("header").inner_text()
    for part in ("开源大模型", "in 2 articles", "62.5 %", "支持 (favor) 2", "2 of 2 with gold"):
        assert part in said
    assert page.title() == "Rules: 开源大模型"
    assert page.locator("h1").get_attribute("lang") == "zh"


def test_rules_in_need_come_first_and_columns_sort(show: Open) -> None:
    page = show(build())
    rows = data_of(build())["rules"]
    assert names(page) == [rows[i]["name"] for i in data_of(build())["order"]]
    assert names(page)[-1] == "silent"
    page.get_by_role("button", name="Votes").click()
    assert names(page)[0] == "strong"
    assert (head(page, "Votes"), head(page, "Likely wrong")) == ("descending", "none")
    page.get_by_role("button", name="Votes").click()
    assert (names(page)[0], head(page, "Votes")) == ("silent", "ascending")
    page.get_by_role("button", name="Rule", exact=True).click()
    assert names(page) == ["asks", "cheap", "silent", "strong", "落后"]
    for _ in range(2):  # without gold votes, so last both ways
        page.get_by_role("button", name="Accuracy").press("Enter")
        assert names(page)[-1] == "silent"


def test_the_order_is_that_of_most_in_need() -> None:
    votes = np.array([[1, 0, 0], [1, 1, 0]], dtype=np.int8)
    table = rule_table(["strong", "落后", "cheap"], votes)
    rows: list[Row] = [
        (
            "一.txt",
            "",
            None,
            {row.rule: (STANCES[v], "") for row, v in zip(table, own, strict=True)},
        )
        for own in votes
    ]
    page = build(rows, RULES[:3])
    order = [table[index] for index in data_of(page)["order"]]
    assert order == most_in_need(table)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("CHEA", ["cheap"]), ("领先", ["strong"]), ("无立场", ["asks"]), ("none", ["asks"])],
)
def test_the_table_filters(show: Open, wanted: str, found: list[str]) -> None:
    page = show(build())
    page.get_by_label("Filter").fill(wanted)
    assert names(page) == found
    expect_text(page, "[role=status]", f"{len(found)} of 5 rules shown")


def test_a_rule_opens_with_its_hits_in_context_wrong_ones_first(show: Open) -> None:
    page = show(build())
    page.get_by_role("link", name="strong").press("Enter")
    expect_text(page, "h2", "strong")
    assert page.url.endswith("#rule=strong")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert texts(page, ".said") == ["开源领先但又落后。", "\U0001f600开源很强。", "开源便宜也强。"]
    assert texts(page, "mark") == ["领先", "强", "强"]
    first, second, third = page.locator(".hits > li").all()
    assert first.locator(".beside").all_inner_texts() == ["\U0001f600开源很强。", "开源便宜也强。"]
    assert "✗ wrong" in first.inner_text()
    assert "≠ disagrees: 落后 反对" in first.inner_text()
    assert "no weak label: a tie" in first.inner_text()
    assert "✓ right" in second.inner_text()
    assert "gold" not in third.inner_text()
    assert "= agrees: cheap 支持" in third.inner_text()
    assert third.locator(".beside").all_inner_texts() == ["开源领先但又落后。"]
    looks = page.locator(".asks").first.inner_text()
    assert "强、领先" in looks
    assert "mirrored" in looks
    assert "scope" not in looks


def test_a_row_opens_its_rule_and_a_rule_its_neighbours(show: Open) -> None:
    page = show(build())
    page.locator("tbody tr", has_text="cheap").locator("td").nth(3).click()
    expect_text(page, "h2", "cheap")
    page.locator(".votes a", has_text="strong").click()
    expect_text(page, "h2", "strong")
    page.go_back()
    expect_text(page, "h2", "cheap")
    page.go_back()
    expect_text(page, "h2", "Rules")
    assert page.evaluate("document.activeElement.textContent") == "cheap"


def test_hits_filter(show: Open) -> None:
    page = show(build(), "#rule=strong")
    for kind, said in (
        ("wrong", ["开源领先但又落后。"]),
        ("right", ["\U0001f600开源很强。"]),
        ("conflict", ["开源领先但又落后。"]),
        ("all", ["开源领先但又落后。", "\U0001f600开源很强。", "开源便宜也强。"]),
    ):
        page.get_by_role("radio", name=kind).check()
        assert texts(page, ".said") == said


def test_a_link_opens_a_rule_and_a_reload_keeps_it(show: Open) -> None:
    page = show(build(), "#rule=%E8%90%BD%E5%90%8E")
    assert texts(page, "h2") == ["落后"]
    page.reload()
    assert texts(page, "h2") == ["落后"]
    assert texts(page, "mark") == ["落后", "落后"]


def test_a_link_to_no_rule_says_so(show: Open) -> None:
    page = show(build(), "#rule=gone")
    assert "no rule named gone" in page.locator("main").inner_text()


def test_a_cut_list_shows_the_total(show: Open) -> None:
    page = show(build(many(1000)), "#rule=strong")
    assert "200 of 1,000 sentences shown" in page.locator("main").inner_text()
    assert page.locator(".hits > li").count() == samples.MOST_HITS


def test_a_pair_in_conflict_opens_its_sentences(show: Open) -> None:
    page = show(build())
    page.get_by_role("link", name="Conflicts").click()
    expect_text(page, "h2", "Conflicts")
    assert texts(page, "tbody tr:first-child > *") == ["strong", "落后", "1", "1", "0", "1", "0"]
    page.locator("tbody tr").first.locator("td").last.click()
    expect_text(page, "h2", "strong ≠ 落后")
    page.reload()
    assert texts(page, ".said") == ["开源领先但又落后。"]
    assert texts(page, "mark") == ["领先", "落后"]
    votes = texts(page, ".votes")
    assert votes[0].startswith("strong votes 支持 ✗ wrong")
    assert votes[1].startswith("落后 votes 反对 ✓ right")


def test_unreached_sentences_are_listed_and_searched(show: Open) -> None:
    page = show(build(), "#unreached")
    items = texts(page, ".plain li")
    said = texts(page, ".plain li > span:first-child")
    assert said == ["谁都能用开源。", "昨天有雨。", "另一件事。"]
    assert items[0].endswith("gold 支持")
    assert texts(page, "h3") == ["Gold takes a side: rules are missing here", "The others"]
    page.get_by_label("Search").fill("有雨")
    assert len(texts(page, ".plain li")) == 1
    page.get_by_label("Search").fill("无此句")
    assert texts(page, ".plain li") == []
    expect_text(page, "[role=status]", "No sentence here holds this")


def test_negators_are_marked_differently(show: Open) -> None:
    sentence = Sentence("一.txt", 0, 6, "开源不很强。")
    hits = [Hit(0, 0, "against", ((4, 5),), ((2, 3),))]
    page = show(rule_page([STRONG], [sentence], ["against"], [None], hits), "#rule=strong")
    assert texts(page, "mark") == ["不", "强"]
    assert texts(page, "mark.negator") == ["不"]


def test_a_long_list_is_drawn_in_parts(show: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_UNREACHED", 500)
    page = show(build(many(600, votes=0)), "#unreached")
    assert "50 of 600 sentences shown; this page holds 500" in page.locator("main").inner_text()
    page.get_by_role("button", name="Show 50 more").click()
    assert page.locator(".plain li").count() == 100


def test_markup_in_articles_is_escaped(show: Open) -> None:
    page = show(build(), "#rule=asks")
    assert texts(page, ".said") == [ATTACK]
    assert texts(page, "mark") == ["?"]
    assert page.locator("img").count() == 0
    assert page.title() == "Rules: 开源大模型"


def test_without_gold_nothing_is_right_or_wrong(show: Open) -> None:
    page = show(build(with_gold=False))
    assert "Accuracy" not in page.locator("main").inner_text()
    assert "there are no gold labels" in page.locator("main").inner_text()
    page.get_by_role("link", name="strong").click()
    expect_text(page, "h2", "strong")
    assert "right and wrong are unknown" in page.locator("main").inner_text()
    assert texts(page, "fieldset label") == ["all 3", "≠ in conflict 1"]


def test_empty_views_say_so(show: Open) -> None:
    page = show(build([("一.txt", "昨天有雨。", None, {})]))
    assert "No rule votes on any sentence." in page.locator("main").inner_text()
    for link, said in (("silent", "votes on no sentence"), ("Conflicts", "No two rules vote")):
        page.get_by_role("link", name=link).click()
        expect_text(page, ".empty", said)
    page = show(build([], ()))
    expect_text(page, ".empty", "There are no rules yet.")
    page.get_by_role("link", name="Unreached").click()
    expect_text(page, ".empty", "There are no sentences.")


@pytest.mark.parametrize("fragment", ["", "#rule=strong", "#conflicts", "#unreached", "#rule=asks"])
def test_a_narrow_page_does_not_scroll_sideways(show: Open, fragment: str) -> None:
    page = show(build(), fragment, width=400)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0


def test_the_policy_allows_no_script_but_the_pages_own() -> None:
    page = build([("一\u202e.txt", "开源\u202e强\u2066。", None, {})])
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert f"script-src 'sha256-{digest}';" in policy[1]
    assert "$" not in policy[1]
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", page)
