from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from stanceclf.clauses import ClauseReader
from stanceclf.errors import StanceclfError
from stanceclf.labels import STANCES
from stanceclf.normalization import Normalizer
from stanceclf.rules import Rule, read_rules
from stanceclf.topic import Topic, load_topic
from stanceclf.votes import Voter, load_voter
from stanceclf.yaml_file import YamlFile

TOPIC = Topic(
    name="开源大模型",
    target=("开源", "Llama"),
    rival=("闭源", "非开源"),
    ignore=("开源中国", "开闭源"),
)
NORMALIZE = Normalizer.from_opencc()


def voter(**rule: object) -> Voter:
    given_rule = {"name": "规则", "label": "favor", "matches": ("例",)} | rule
    return Voter(TOPIC, [Rule(**given_rule)], NORMALIZE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        ("开源更便宜", ["target"]),
        ("开源便宜,也够用,闭源贵", ["target", "target", "rival"]),
        ("非开源模型更强", ["rival"]),
        ("开源中国成立了", ["neither"]),
        ("开闭源之争", ["neither"]),
        ("开源不如闭源", ["both"]),
        ("今天,开源赢了", ["neither", "target"]),
        ("llama2很强", ["target"]),
        ("chatllamas很强", ["neither"]),
    ],
)
def test_a_clause_is_about_what_it_mentions(sentence: str, about: list[str]) -> None:
    assert [clause.about for clause in ClauseReader(TOPIC, NORMALIZE)(sentence)] == about


@pytest.mark.parametrize(
    ("sentence", "votes"),
    [
        ("开源更便宜。", True),
        ("開源更便宜。", True),
        ("闭源更便宜。", False),
        ("开源并不便宜。", False),
        ("开源不仅便宜,而且好用。", True),
        ("开源不是不便宜。", True),
        ("闭源不好,开源便宜。", True),
        ("非开源的更便宜。", False),
    ],
)
def test_a_word_counts_in_a_clause_about_the_target_unless_negated(
    sentence: str, votes: bool
) -> None:
    assert bool(voter(any=("便宜",), near="target").votes(sentence)) is votes


def test_a_negator_may_flip_a_vote_or_be_ignored() -> None:
    assert voter(any=("便宜",), negated="flip").votes("开源不便宜") == {"规则": "against"}
    assert voter(any=("便宜",), negated="ignore").votes("开源不便宜") == {"规则": "favor"}
    # Both plain and negated: the rule does not know.
    assert voter(any=("便宜",), negated="flip").votes("开源便宜,闭源不便宜") == {}


@pytest.mark.parametrize(
    ("sentence", "votes"),
    [
        ("我不同意开源更强大。", "against"),
        ("开源模型还没准备好变得强大。", "against"),
        ("开源模型解决了强大的对手。", None),
        ("开源模型不止强大。", "favor"),
        ("不用说开源模型很强大。", "favor"),
    ],
)
def test_idioms_hide_no_negator_and_make_none(sentence: str, votes: str | None) -> None:
    rule = voter(any=("强大",), near="target", negated="flip")
    assert rule.votes(sentence).get("规则") == votes


def test_a_latin_word_is_a_whole_one() -> None:
    rule = voter(any=("AI",))
    assert rule.votes("ＡＩ模型")
    assert not rule.votes("OpenAI模型")


@pytest.mark.parametrize(
    ("words", "sentence", "matches"),
    [
        ({"ignore": ("开源不开源",)}, "开源不开源很难说", []),
        ({"target": ("开源", "开源证券大模型"), "ignore": ("开源证券",)}, "开源证券大模型", [0]),
        ({"target": ("开源", "开源证券大模型"), "ignore": ("开源证券",)}, "开源证券", []),
        ({"target": ("开源模型",), "ignore": ("中国开源",)}, "中国开源模型很好", []),
        ({"target": ("Llama",), "ignore": ("Llama Index",)}, "llama indexer", [0]),
        ({"target": ("Llama",), "ignore": ("Llama Index",)}, "llama index", []),
    ],
)
def test_a_pattern_and_a_clause_agree_on_what_is_a_mention(
    words: dict[str, tuple[str, ...]], sentence: str, matches: list[int]
) -> None:
    topic = Topic.model_validate({"name": "甲", "target": ("开源",), "rival": ("闭源",)} | words)
    read = ClauseReader(topic, NORMALIZE)
    assert [match.start() for match in re.finditer(read.target, sentence)] == matches
    assert [clause.about for clause in read(sentence)] == ["target" if matches else "neither"]


def test_patterns_see_normal_form_and_may_name_mentions() -> None:
    beats = voter(pattern=r"{target}.{0,4}(?:优于|胜过){rival}[，。]")
    assert beats.votes("開源模型優於閉源，對嗎")
    assert beats.votes("Llama胜过非开源。")
    assert not beats.votes("闭源优于开源。")
    assert not beats.votes("开源中国优于闭源。")
    # Full-width punctuation is meant literally; the pattern's own syntax is left alone.
    assert voter(pattern=r"开源\S+吗？").votes("开源好吗?")
    assert not voter(pattern=r"开源好吗？").votes("开源好")
    assert voter(pattern=r"\（便宜\）").votes("(便宜)")
    assert not voter(pattern=r"便宜\？").votes("便宜(")


def test_mentions_alone_are_evidence_and_unless_is_a_veto() -> None:
    rule = voter(label="none", mentions="neither", unless=("护城河",))
    assert rule.votes("今天下雨") == {"规则": "none"}
    assert not rule.votes("开源赢了")
    assert not rule.votes("谷歌没有护城河")


@given(st.text(st.sampled_from("开源闭不很便宜,。 aL非中国"), max_size=24))
def test_any_text_gets_a_vote_or_none(text: str) -> None:
    cast = voter(any=("便宜", "很"), near="target", negated="flip").votes(text)
    assert set(cast.values()) <= {"favor", "against"}
    matrix = voter(any=("便宜", "很"), near="target", negated="flip").vote_matrix([text])
    assert [STANCES[vote] for vote in matrix[0] if vote >= 0] == list(cast.values())


def test_a_long_sentence_is_no_hang() -> None:
    shipped = load_voter(ROOT / "configs/open-models")
    for piece in (
        "开源更便宜,",
        "什么",
        "不",
        "开源",
        "闭源比开源",
        "大模型差距,",
        "a",
        "没有开源就",
    ):
        shipped.votes(piece * (100_000 // len(piece)))


def test_the_shipped_rules_keep_their_promises() -> None:
    rules = read_rules(YamlFile(ROOT / "configs/open-models/rules.yaml"))
    assert len(rules) >= 40
    assert {rule.label for rule in rules} == set(STANCES)
    assert load_voter(ROOT / "configs/open-models").names == tuple(rule.name for rule in rules)
    assert all(rule.rejects for rule in rules)


def write_topic(rules: str, topic: str = "name: 甲\ntarget: [开源]\nrival: [闭源]\n") -> Path:
    folder = Path("题目")
    folder.mkdir(exist_ok=True)
    (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return folder


GOOD = "rules:\n  - name: 便宜\n    label: favor\n    any: [便宜]\n    matches: [开源便宜]\n"


def test_a_small_topic_loads() -> None:
    assert load_voter(write_topic(GOOD)).votes("很便宜") == {"便宜": "favor"}


@pytest.mark.parametrize(
    ("rules", "line", "says"),
    [
        (GOOD.replace("any:", "anny:"), 4, "unknown key `rules.0.anny`; did you mean `any`"),
        (GOOD.replace("favor", "pro"), 3, "'against', 'favor' or 'none'"),
        (GOOD.replace("any: [便宜]", "pattern: '便宜('"), 4, "not a regular expression"),
        (GOOD.replace("any: [便宜]", "pattern: '便?'"), 4, "even where nothing is"),
        (GOOD.replace("any: [便宜]", "pattern: '(?i)便宜'"), 4, "not a regular expression"),
        (
            GOOD.replace("any: [便宜]", "pattern: '[乾-亁]便'"),
            4,
            "pattern of rule `便宜` cannot be",
        ),
        (GOOD.replace("any: [便宜]", "pattern: '便{99999999999}'"), 4, "not a regular expression"),
        (GOOD.replace("any: [便宜]", "pattern: '[[:alpha:]]便'"), 4, "not a regular expression"),
        (GOOD.replace("any: [便宜]", "pattern: '{targt}便宜'"), 4, "unknown `{targt}`"),
        (GOOD.replace("any: [便宜]", r"pattern: '(?=便)'"), 5, "does not vote"),
        (GOOD.replace("label:", "lable:"), 3, "did you mean `label`"),
        (GOOD.replace("便宜", "便\a宜"), 2, "not YAML: special characters"),
        (GOOD + "? [a]\n: b\n", 6, "a key must be one word"),
        (GOOD.replace("favor", "!!int ''"), None, "not YAML"),
        (GOOD + GOOD.removeprefix("rules:\n"), 6, "two rules are named `便宜`"),
        (GOOD.replace("label: favor", "label: none"), None, None),
        (GOOD + "    negated: flip\n    label: none\n", 7, "`label` stands here twice"),
        (GOOD.replace("label: favor", "label: none") + "    negated: flip\n", 2, "no opposite"),
        (GOOD.replace("    any: [便宜]\n", ""), 2, "looks for nothing"),
        (GOOD.replace("any: [便宜]", "any: 便宜"), 4, "must be a list"),
        (GOOD.replace("any: [便宜]", "any: ['']"), 4, "must not be empty"),
        (GOOD.replace("    matches: [开源便宜]\n", ""), 2, "`rules.0.matches` is missing"),
        (GOOD.replace("开源便宜", "开源昂贵"), 5, "does not vote `favor` on its own example"),
        (GOOD + "    rejects: [闭源便宜]\n", 6, "votes `favor` on its own example"),
        (GOOD.replace("name: 便宜", "name: 便 宜"), 2, "letters, digits"),
        (GOOD.replace("any: [便宜]", "any: [便宜"), 5, "not YAML"),
        ("", None, "keys with values"),
        ("rules: []\n", 1, "at least one item"),
        ("- 便宜\n", 1, "keys with values"),
    ],
)
def test_a_bad_rule_file_is_refused_by_line(rules: str, line: int | None, says: str | None) -> None:
    folder = write_topic(rules)
    if says is None:
        load_voter(folder)
        return
    with pytest.raises(StanceclfError) as refusal:
        load_voter(folder)
    message = str(refusal.value)
    where = Path("题目/rules.yaml")
    assert message.startswith(f"{where}: " if line is None else f"{where}:{line}: "), message
    assert says in message
    assert "\n" not in message


def test_a_bad_topic_is_refused_by_line() -> None:
    folder = write_topic(GOOD, "name: 甲\ntarget: [开源]\nrival: [开源]\n")
    with pytest.raises(StanceclfError, match=r"topic.yaml:3: `开源` is already a word of `target`"):
        load_topic(folder, NORMALIZE)
    write_topic(GOOD, "name: 甲\ntarget: [開源]\nrival: [开源]\n")
    with pytest.raises(StanceclfError, match=r"topic.yaml:3: `开源` is already a word of `target`"):
        load_voter(folder)
    with pytest.raises(StanceclfError, match="`target` is missing"):
        load_topic(write_topic(GOOD, "name: 甲\n"), NORMALIZE)
    with pytest.raises(StanceclfError, match="cannot read it"):
        load_topic("没有", NORMALIZE)
    (folder / "topic.yaml").write_bytes("name: 甲".encode("gbk"))
    with pytest.raises(StanceclfError, match="not UTF-8"):
        load_topic(folder, NORMALIZE)
