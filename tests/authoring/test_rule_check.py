"""`rules check` reports mistakes with file and line, and fails on errors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Cli

from stanceclf.articles.normalization import Normalizer
from stanceclf.authoring.check import Finding, check_rules
from stanceclf.rules.file import load_voter

NORMALIZE = Normalizer.from_opencc()
TOPIC = "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
NONE = "  - {name: none, label: none, any: [下雨], matches: [下雨了。]}\n"
FAVOR = """\
  - name: cheap
    label: favor
    any: [便宜, 免费]
    near: target
    matches: [开源便宜。]
"""
AGAINST = """\
  - name: dear
    label: against
    any: [昂贵, 贵得多]
    near: target
    matches: [开源昂贵。]
"""


def write(rules: str, topic: str = TOPIC) -> Path:
    folder = Path("题目")
    folder.mkdir(exist_ok=True)
    (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return folder


def check(rules: str, sentences: list[str] | None = None, topic: str = TOPIC) -> list[Finding]:
    return check_rules(write(rules, topic), sentences, NORMALIZE).findings


def test_correct_rules_have_no_findings() -> None:
    text = f"rules:\n{FAVOR}{AGAINST}{NONE}"
    assert check(text) == []
    assert check(text, ["开源便宜", "开源昂贵", "开源免费。", "下雨"]) == []


def extra(name: str, **keys: str) -> str:
    lines = {"label": "favor", "matches": "[开源便宜。]"} | keys
    return f"  - name: {name}\n" + "".join(f"    {key}: {value}\n" for key, value in lines.items())


@pytest.mark.parametrize(
    ("rule", "level", "says"),
    [
        (extra("twin", any="[免费, 便宜]", near="target"), "warning", "is the same as `cheap`"),
        (extra("part", any="[便宜]", near="target"), "warning", "`part` adds nothing to `cheap`"),
        (
            extra("more", any="[便宜, 免费, 白送]", near="target"),
            "warning",
            "`cheap` adds nothing to `more`",
        ),
        (
            extra("some", any="[便宜, 白送]", near="target"),
            "warning",
            "`some` repeats words of `cheap`: 便宜",
        ),
        (
            extra("anti", label="against", any="[免费]", near="target", matches="[开源免费。]"),
            "warning",
            "`anti` votes `against` on what `cheap` votes `favor` on: 免费",
        ),
        (
            extra("old", any="[實惠, 实惠]", near="target", matches="[开源实惠。]"),
            "warning",
            "`實惠` and `实惠` are the same word",
        ),
        (extra("cheap", any="[白送]", matches="[白送]"), "error", "two rules are named `cheap`"),
        (extra("fails", any="[白送]"), "error", "`fails` does not vote `favor` on its own"),
        (extra("typo", anny="[便宜]"), "error", "did you mean `any`?"),
        (extra("bad", pattern="'(便'"), "error", "`rules.1.pattern`"),
    ],
)
def test_each_mistake_is_reported_with_its_line(rule: str, level: str, says: str) -> None:
    before = f"rules:\n{FAVOR}"
    (finding,) = check(f"{before}{rule}{AGAINST}{NONE}")
    assert (finding.level, finding.path) == (level, "题目/rules.yaml")
    assert says in finding.what
    assert finding.line is not None
    assert 0 < finding.line - before.count("\n") <= rule.count("\n")


def test_full_width_punctuation_in_words_is_reported() -> None:
    rule = extra("fine", any="[伟大、光荣, “威武”]", near="target", matches="[开源伟大、光荣。]")
    topic = TOPIC.replace("[闭源]", "[闭源，封闭]")
    found = check(f"rules:\n{FAVOR}{rule}{AGAINST}{NONE}", topic=topic)
    assert [(one.path.split("/")[1], one.level) for one in found] == [
        ("topic.yaml", "warning"),
        ("rules.yaml", "warning"),
        ("rules.yaml", "warning"),
    ]
    assert "`闭源，封闭` contains `，`" in found[0].what
    assert "separate words with a half-width `,`" in found[0].what


def test_a_lexicon_may_be_used_in_part_or_along_with_others() -> None:
    lexicons = "lexicons:\n  one: &one [&w 白送, 免费]\n  two: &two [便宜]\n"
    taken = FAVOR.replace("[便宜, 免费]", "[*one, *two, 实惠]")
    dear = AGAINST.replace("[昂贵, 贵得多]", "[昂贵]\n    unless: [*w]")
    assert check(f"{lexicons}rules:\n{taken}{dear}{NONE}") == []
    voter = load_voter("题目")
    assert voter.rules[0].any == ("白送", "免费", "便宜", "实惠")
    assert voter.rules[1].unless == ("白送",)


def test_a_merged_lexicon_is_not_reported() -> None:
    lexicons = "lexicons: {all: &all [便宜, 免费], <<: {more: [白送]}}\n"
    taken = FAVOR.replace("[便宜, 免费]", "*all")
    assert check(f"{lexicons}rules:\n{taken}{AGAINST}{NONE}") == []


def test_the_same_words_at_another_weight_are_fine() -> None:
    rule = extra("more", any="[便宜, 免费]", near="target", weight="3")
    assert check(f"rules:\n{FAVOR}{rule}{AGAINST}{NONE}") == []


def test_rules_of_mentions_alone_are_compared() -> None:
    one = extra("alpha", label="none", mentions="neither", matches="[下雨]")
    (finding,) = check(f"rules:\n{FAVOR}{AGAINST}{one}{one.replace('alpha', 'beta')}")
    assert "`beta` is the same as `alpha`" in finding.what


def test_a_finding_is_one_line_without_control_characters() -> None:
    rule = extra("odd", any="[便宜]", matches='["开源\\n真\\e[31m贵。"]')
    (finding,) = check(f"rules:\n{FAVOR}{rule}{AGAINST}{NONE}")
    assert "\n" not in str(finding)
    assert "\x1b" not in str(finding)


def test_the_same_words_on_other_terms_are_fine() -> None:
    rule = extra("same", any="[便宜, 免费]", near="rival", matches="[闭源便宜。]")
    assert check(f"rules:\n{FAVOR}{rule}{AGAINST}{NONE}") == []


def test_all_mistakes_are_reported_at_once() -> None:
    bad = extra("one", anny="[便宜]", negated="maybe") + extra("two", any="[白送]")
    found = check(f"rules:\n{bad}{NONE}")
    assert [one.line for one in found] == sorted(one.line or 0 for one in found)
    text = " ".join(one.what for one in found)
    for said in ("did you mean `any`?", "`rules.0.negated`", "(rule `one`)", "on its own example"):
        assert said in text


def test_a_class_without_rules_is_an_error() -> None:
    (finding,) = check(f"rules:\n{FAVOR}{NONE}")
    assert (finding.level, finding.what) == ("error", "no rule votes `against`; write one")


def test_an_unused_lexicon_is_reported() -> None:
    lexicons = "lexicons:\n  used: &used [白送]\n  idle: &idle [昂贵]\n"
    patterns = "patterns:\n  spare: &spare 便宜\n"
    taken = FAVOR.replace("[便宜, 免费]", "*used").replace("开源便宜", "开源白送")
    found = check(f"{lexicons}{patterns}rules:\n{taken}{AGAINST}{NONE}")
    assert [(one.line, one.what.split(";")[0]) for one in found] == [
        (3, "no rule uses `lexicons.idle`"),
        (5, "no rule uses `patterns.spare`"),
    ]


def test_rules_that_never_vote_or_are_shadowed_are_reported() -> None:
    wide = extra("wide", any="[便宜, 白送]", scope="sentence", near="target")
    found = check(f"rules:\n{FAVOR}{wide}{AGAINST}{NONE}", ["开源便宜。", *["下雨"] * 5] * 10)
    assert [one.what for one in found] == [
        "rule `wide` is shadowed by `cheap`, which casts all its 10 votes too",
        "rule `dear` never votes on these articles",
    ]


def test_rules_that_never_vote_are_one_line() -> None:
    idle = "".join(extra(f"idle-{n}", any=f"[没有{n}]", matches=f"[没有{n}。]") for n in range(7))
    found = check(f"rules:\n{FAVOR}{idle}{AGAINST}{NONE}", ["开源便宜。", "开源昂贵。", "下雨。"])
    (silent,) = [one for one in found if "never" in one.what]
    assert silent.what.startswith("7 rules never vote on these articles: `idle-0`, `idle-1`")
    assert silent.what.endswith("and 2 more")
    assert (silent.level, silent.line) == ("warning", found[0].line)


def test_errors_come_before_warnings() -> None:
    odd = extra("odd", any="[便宜，免费]", matches="['便宜，免费']")
    wrong = extra("wrong", any="[白送]", matches="[下雨]")
    levels = [one.level for one in check(f"rules:\n{FAVOR}{odd}{wrong}{AGAINST}{NONE}")]
    assert levels == ["error", "warning"]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"near": "target", "matches": "[闭源白送。]"}, "`白送` is not about what `near` requires"),
        ({"near": "target", "matches": "[开源和闭源都白送。]"}, "but about both"),
        ({"matches": "[开源不白送。]", "negated": "veto"}, "`白送` is negated by `不`"),
        ({"matches": "[开源下雨。]"}, "it finds nothing there"),
        ({"unless": "[假]", "matches": "[开源假白送。]"}, "contains a word of `unless`"),
        ({"matches": "[开源白送吗？]"}, "in a genuine question"),
        ({"matches": "[开源白送。]", "rejects": "[开源也白送。]"}, "`白送` counts for `favor`"),
    ],
)
def test_a_failed_example_says_why(keys: dict[str, str], why: str) -> None:
    rule = extra("gift", any="[白送]", **keys)
    (error,) = [one for one in check(f"rules:\n{FAVOR}{rule}{AGAINST}{NONE}") if "gift" in one.what]
    assert error.level == "error"
    assert why in error.what
    assert error.what.endswith("; fix the rule or the example")


@pytest.mark.parametrize(
    ("sentences", "level", "says"),
    [
        (["下雨。"], "error", "no article mentions the target (开源)"),
        (["开源便宜。", *["下雨。"] * 40], "warning", "only 1 of 41 sentences mention the target"),
    ],
)
def test_a_topic_that_articles_rarely_mention_is_reported(
    sentences: list[str], level: str, says: str
) -> None:
    found = [
        one for one in check(f"rules:\n{FAVOR}{AGAINST}{NONE}", sentences) if "topic" in one.path
    ]
    (finding,) = found
    assert (finding.level, finding.line) == (level, 2)
    assert says in finding.what


@pytest.mark.parametrize(
    ("rules", "topic"),
    [
        ("rules: [{name: [[[[", TOPIC),
        ("rules:\n  - name: a\n   label: favor\n", TOPIC),
        ("rules: {}\n", TOPIC),
        ("rules:\n  - 3\n", TOPIC),
        ("a: &a [*a]\n", TOPIC),
        ("rules: []\n", TOPIC),
        ("\t", TOPIC),
        ("rules:\n", "name: x\n"),
        ("{" * 5000, TOPIC),
        (f"rules:\n{FAVOR}", "name: 甲\ntarget: [开源]\nrival: [开源]\n"),
    ],
)
def test_malformed_yaml_is_one_finding(rules: str, topic: str, cli: Cli) -> None:
    folder = write(rules, topic)
    outcome = cli("rules", "check", "--topic", folder)
    assert outcome.code == 1
    assert outcome.err == ""
    *lines, last = outcome.out.splitlines()
    assert last.startswith(f"{len(lines)} error")
    assert all(line.startswith("题目/") and ": error: " in line for line in lines)


def test_the_exit_code_is_fit_for_ci(cli: Cli) -> None:
    shutil.copytree(ROOT / "configs", "configs")
    shutil.copytree(ROOT / "seeds", "seeds")
    outcome = cli("rules", "check")
    assert outcome.code == 0
    assert "0 errors" in outcome.out
    assert "(on 620 sentences, 273 of which mention the target)" in outcome.out
    assert cli("rules", "check", "--strict").code == 1
    rows = [
        json.loads(line) for line in cli("rules", "check", "--format", "jsonl").out.splitlines()
    ]
    assert {row["level"] for row in rows} == {"warning"}
    for row in rows:
        assert set(row) == {"level", "path", "line", "what"}
    Path("seeds/articles/坏.txt").write_bytes(b"\x00")
    outcome = cli("rules", "check")
    assert outcome.code == 1
    assert "without articles" in outcome.out
    assert outcome.err.startswith("stanceclf: seeds/articles/坏.txt: ")
    shutil.rmtree("seeds/articles")
    Path("seeds/articles").mkdir()
    Path("seeds/articles/.gitkeep").touch()
    outcome = cli("rules", "check")
    assert (outcome.code, "without articles" in outcome.out) == (0, True)
    shutil.rmtree("configs")
    outcome = cli("rules", "check")
    assert outcome.err.startswith("stanceclf: configs: no such folder here; go to a project")
