"""`check_examples` finds invalid lines, near-duplicates, giveaways and what rules contradict."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.authoring.check import Finding
from stanceclf.authoring.example_check import CheckedExamples, check_examples
from stanceclf.labels import READING_ORDER, STANCES

NORMALIZE = Normalizer.from_opencc()
TOPIC = "name: 开源大模型\ntarget: [开源, Qwen]\nrival: [闭源]\n"
RULES = """\
rules:
  - {name: cheap, label: favor, any: [便宜, 省钱], near: target, matches: [开源便宜。]}
  - {name: frugal, label: favor, any: [省钱], matches: [省钱。]}
  - {name: dear, label: against, any: [昂贵], near: target, matches: [开源昂贵。]}
  - {name: rain, label: none, any: [下雨], matches: [下雨了。]}
"""
Row = tuple[str, str]


def words(number: int, length: int = 12) -> str:
    """Return a text that shares no trigram with those of other numbers."""
    first = 0x5B00 + 40 * number
    return "".join(map(chr, range(first, first + length)))


def even(count: int = 12) -> list[Row]:
    """Return examples of all labels in which nothing is wrong."""
    return [(words(number), READING_ORDER[number % 3]) for number in range(count)]


def check(
    rows: Iterable[Row] = (), *lines: str, topic: str = TOPIC, rules: str = RULES
) -> CheckedExamples:
    folder = Path("题目")
    folder.mkdir(exist_ok=True)
    (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    written = [json.dumps({"text": text, "label": label}) for text, label in rows]
    text = "".join(f"{line}\n" for line in [*written, *lines])
    (folder / "examples.jsonl").write_text(text, encoding="utf-8")
    return check_examples(folder, NORMALIZE)


def said(checked: CheckedExamples) -> list[tuple[int | None, str]]:
    return [(one.line, one.what) for one in checked.findings]


def test_nothing_is_wrong_with_good_examples() -> None:
    assert check(even()) == CheckedExamples([], 12)
    assert check() == CheckedExamples([], 0)


def test_all_invalid_lines_are_errors() -> None:
    again = json.dumps({"text": f" {words(0)}", "label": "none"})
    checked = check(even(), "{", '{"text": "好", "label": "正"}', again)
    assert checked.examples == 12
    assert [(one.level, one.line, one.what) for one in checked.findings] == [
        (
            "error",
            13,
            "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
            '; write one object per line, like {"text": "我支持{target}。", "label": "favor"}',
        ),
        ("error", 14, "unknown label `正`; known: favor, against, none"),
        ("error", 15, "repeats line 1, which is `favor`; keep one"),
    ]
    assert checked.errors == 3
    assert str(checked.findings[1]).startswith("题目/examples.jsonl:14: error: unknown label")


def test_a_folder_without_examples_is_an_error() -> None:
    check()
    Path("题目/examples.jsonl").unlink()
    (finding,) = check_examples("题目", NORMALIZE).findings
    assert str(finding) == (
        "题目: error: no examples.jsonl in this folder; write one, or give another folder with "
        "--topic"
    )


@pytest.mark.parametrize(
    ("topic", "rules", "path"),
    [
        ("name: 开源\n", RULES, "题目/topic.yaml"),
        (TOPIC, "rules: [{name: a}]\n", "题目/rules.yaml"),
        (TOPIC, "\t", "题目/rules.yaml"),
        (TOPIC, RULES.replace("[下雨了。]", "[天晴。]"), "题目/rules.yaml"),
    ],
)
def test_what_is_wrong_with_the_topic_is_an_error(topic: str, rules: str, path: str) -> None:
    checked = check(even(), "{", topic=topic, rules=rules)
    assert {one.path for one in checked.findings if one.level == "error"} >= {path}
    # With a topic, lines can be read whatever is wrong with the rules.
    assert [one.line for one in checked.findings if "examples" in one.path] == (
        [13] if "topic" not in path else []
    )


def test_unknown_placeholders_are_pointed_out() -> None:
    assert said(check([("我支持{targt}。", "favor"), *even(11)])) == [
        (1, "unknown placeholder `{targt}`; write {target}, {rival} or words")
    ]


def test_near_duplicates_are_reported_once_each_with_the_closest() -> None:
    first = words(50)
    rows = [*even(), (first, "favor"), (first[:9] + words(51, 2), "favor"), (first[:-1], "none")]
    assert said(check(rows)) == [
        (14, "shares 58% of its trigrams with line 13; reword one of them, or drop it"),
        (
            15,
            "shares 90% of its trigrams with line 13, which is `favor`; reword one of them, or "
            "drop it",
        ),
    ]


def test_very_many_near_duplicates_are_counted() -> None:
    rows = [(f"{words(250)}{words(60 + number, 2)}", "favor") for number in range(80)]
    found = [what for line, what in said(check([*even(150), *rows])) if line is not None]
    assert len(found) == 50
    left = said(check([*even(150), *rows]))[50]
    assert left == (None, "29 more near-duplicates, less close")


def test_a_rare_label_is_reported() -> None:
    few = [(words(number), "favor" if number % 2 else "none") for number in range(18)]
    assert said(check([*few, (words(20), "against"), (words(21), "against")])) == [
        (None, "`against` is the label of only 2 of 20 examples; write more of them")
    ]
    assert said(check([*few[:15], *[(words(20 + n), "against") for n in range(3)]])) == []


def test_labels_that_length_gives_away_are_reported() -> None:
    rows = [(words(n, 20 if n % 3 == 0 else 12), READING_ORDER[n % 3]) for n in range(30)]
    assert said(check(rows)) == [
        (
            None,
            "examples labelled `favor` have 20 characters on average, those labelled `against` 12; "
            "make them alike in length",
        )
    ]
    # A few examples may be long by chance.
    assert said(check(rows[:27])) == []


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("闭源", "the mention `闭源`"),
        ("閉源", "the mention `闭源`"),
        (" QWEN ", "the mention `qwen`"),
        (" API ", "the word `api`"),
        ("2024", "digits"),
        ("？", "the mark `？`"),
        ("?", "the mark `？`"),
    ],
)
def test_what_is_no_argument_and_gives_a_label_away_is_reported(mark: str, name: str) -> None:
    def rows(own: int, others: int) -> list[Row]:
        marked = [(f"{words(n)}{mark}", "favor") for n in range(own)]
        marked += [(f"{words(40 + n)}{mark}", "none") for n in range(others)]
        return [*marked, *((words(50 + n), ("against", "none")[n % 2]) for n in range(60))]

    what = f"{name}: of 30 examples with it, 80% are labelled `favor`; use it with the other"
    assert said(check(rows(24, 6))) == [(None, f"{what} labels as well")]
    assert said(check(rows(24, 5))) == []  # too few
    assert said(check(rows(24, 7))) == []  # too even


def test_words_that_are_arguments_are_not_reported() -> None:
    rows = [(f"{words(n)}落后", "against") for n in range(40)]
    rows += [(words(50 + n), ("favor", "none")[n % 2]) for n in range(40)]
    assert said(check(rows)) == []


def test_of_a_label_that_most_examples_have_a_word_must_say_more() -> None:
    rows = [(f"{words(n)}API", "none") for n in range(45)]
    rows += [(f"{words(50 + n)}API", ("favor", "against")[n % 2]) for n in range(10)]
    rest = [(words(70 + n), ("favor", "against")[n % 2]) for n in range(15)]
    # 82 % of those with the word, and of all examples 64 % or 41 %.
    assert said(check([*rows, *rest])) == []
    more = [(words(100 + n), ("favor", "against")[n % 2]) for n in range(40)]
    assert [what for _, what in said(check([*rows, *more]))] == [
        "the word `api`: of 55 examples with it, 82% are labelled `none`; use it with the other "
        "labels as well"
    ]


def test_rules_that_contradict_examples_are_summed_up() -> None:
    rows = [
        *even(),
        (f"开源省钱{words(20)}", "none"),
        (f"开源便宜{words(21)}", "against"),
        (f"开源昂贵{words(22)}", "favor"),
        (f"开源便宜{words(23)}", "favor"),
        # Neither a missing vote nor one for no stance contradicts anything.
        (f"下雨了{words(24)}", "against"),
        (f"开源{words(25)}", "favor"),
    ]
    assert said(check(rows)) == [
        (
            None,
            "rules contradict 3 of 18 examples: they say `favor` or `against`, and the label "
            "differs",
        ),
        (
            13,
            "rule `cheap` contradicts 2 examples (lines 13, 14) and agrees with 1; correct "
            "whichever is wrong",
        ),
        (
            13,
            "rule `frugal` contradicts 1 example (line 13) and agrees with 0; correct whichever is "
            "wrong",
        ),
        (
            15,
            "rule `dear` contradicts 1 example (line 15) and agrees with 0; correct whichever is "
            "wrong",
        ),
    ]


def test_ten_rules_at_most_are_listed() -> None:
    sought = [words(200 + number, 2) for number in range(13)]
    rules = "".join(
        f"  - {{name: r{number}, label: favor, any: [{word}], matches: [{word}]}}\n"
        for number, word in enumerate(sought)
    )
    rows = [
        (f"{word}{words(13 * number + copy)}", "none")
        for number, word in enumerate(sought)
        for copy in range(number + 1)
    ]
    found = check(rows, rules=f"rules:\n{rules}").findings
    listed = [one for one in found if one.what.startswith("rule `")]
    assert len(listed) == 10
    assert listed[0].what.startswith(
        "rule `r12` contradicts 13 examples (lines 79, 80, 81, 82, 83, "
    )
    assert any("; the first 10 of 13 such rules follow" in one.what for one in found)


MARKED = st.text(st.sampled_from("开源闭便宜昂贵省钱Qwen3？?{}target \u200b。"), max_size=15)


@given(st.lists(st.tuples(MARKED, st.sampled_from(STANCES)), max_size=40))
def test_it_finds_something_or_nothing_in_any_examples(rows: list[Row]) -> None:
    checked = check(rows)
    assert checked.errors + checked.examples == len(rows)
    assert checked == check(rows)
    for finding in checked.findings:
        assert isinstance(finding, Finding)
        assert finding.line is None or 1 <= finding.line <= len(rows)
        assert "\n" not in str(finding)
