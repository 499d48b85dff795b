from __future__ import annotations

import time
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import example, given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.reading.topic_file import load_topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter, read_voter
from stanceclf.rules.voter import Voter

TOPIC = Topic(
    name="开源大模型",
    target=("开源", "Llama"),
    rival=("闭源", "非开源"),
    ignore=("开源中国", "开闭源"),
)
NORMALIZE = Normalizer.from_opencc()


def voter(**rule: object) -> Voter:
    given_rule = {"name": "规则", "label": "favor"} | rule
    return Voter(TOPIC, [Rule(**given_rule)], NORMALIZE)  # type: ignore[arg-type]


def vote(sentence: str, **rule: object) -> str | None:
    """Return what one rule votes on a sentence."""
    return voter(**rule).votes(sentence).get("规则")


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
    # Both plain and negated: the rule abstains.
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


CHEAP = {"any": ("便宜",), "near": "target"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("开源比闭源便宜", "favor"),
        ("闭源比开源便宜", None),
        ("与闭源相比,更便宜", "favor"),
        ("比開源更便宜", None),
        ("开源超过闭源,也便宜", "favor"),
        ("论便宜,还是开源", "favor"),
        ("开源,据说,便宜", "favor"),
        ("开源,而闭源,便宜", None),
    ],
)
def test_a_word_counts_for_what_its_clause_is_about(sentence: str, expected: str | None) -> None:
    assert vote(sentence, **CHEAP) == expected


@pytest.mark.parametrize(
    ("near", "sentence", "votes"),
    [
        ("rival", "闭源便宜", True),
        ("rival", "开源便宜", False),
        ("both", "开源和闭源都便宜", True),
        ("both", "开源便宜", False),
        ("neither", "白菜便宜", True),
        ("neither", "开源便宜", False),
        (None, "开源便宜", True),
        (None, "白菜便宜", True),
    ],
)
def test_near_is_what_the_clause_must_be_about(
    near: str | None, sentence: str, votes: bool
) -> None:
    assert (vote(sentence, any=("便宜",), near=near) == "favor") is votes


@pytest.mark.parametrize(
    ("near", "sentence", "in_clause", "in_sentence"),
    [
        ("target", "说起开源,闭源的人都笑了,便宜", None, "favor"),
        ("target", "便宜,人们说的是开源", None, "favor"),
        ("target", "闭源便宜", None, None),
        ("rival", "闭源不提也罢,开源便宜", None, "favor"),
        ("both", "开源好,闭源便宜", None, "favor"),
        ("both", "开源便宜", None, None),
        ("neither", "白菜便宜,开源好", "favor", None),
        ("neither", "白菜便宜", "favor", "favor"),
    ],
)
def test_scope_is_the_clause_or_the_sentence(
    near: str, sentence: str, in_clause: str | None, in_sentence: str | None
) -> None:
    assert vote(sentence, any=("便宜",), near=near) == in_clause
    assert vote(sentence, any=("便宜",), near=near, scope="sentence") == in_sentence


@pytest.mark.parametrize(
    ("within", "sentence", "votes"),
    [
        (0, "开源便宜", True),
        (0, "便宜的开源", False),
        (1, "便宜的开源", True),
        (1, "开源很便宜", True),
        (1, "开源真很便宜", False),
        (3, "开源。很,便宜", True),
        (3, "闭源便宜", False),
        (1, "开源中国很便宜", False),
        (9, "开源贵,闭源便宜", True),
        (2, "开源贵贵贵,闭源便宜,贵贵贵开源", False),
        (3, "比起便宜的Llama", True),
    ],
)
def test_within_counts_characters(within: int, sentence: str, votes: bool) -> None:
    assert (vote(sentence, **CHEAP, within=within) == "favor") is votes


@given(
    st.lists(st.sampled_from(["便宜", *"开源闭的,"]), max_size=12).map("".join),
    st.integers(0, 6),
    st.sampled_from([("开源",), ("源",), ("开", "源闭")]),
)
@example("源便宜", 0, ("源",))
@example("便宜源", 0, ("源",))
@example("便宜", 6, ("源",))
def test_within_agrees_with_a_count(text: str, within: int, target: tuple[str, ...]) -> None:
    topic = Topic("开源大模型", target, rival=("闭源",))
    rule = Rule(name="规则", label="favor", **CHEAP, within=within, negated="ignore")  # type: ignore[arg-type]
    cheap = Voter(topic, [rule], NORMALIZE)
    targets = [(m.start, m.end) for m in cheap.reader(text).mentions if m.kind == "target"]
    words = [at for at in range(len(text)) if text.startswith("便宜", at)]
    gaps = [max(start - at - 2, at - end) for at in words for start, end in targets]
    # Mentions in neighbouring sentences are too far away for any number of characters.
    _, (vote,), _ = cheap.vote_matrix([target[0], text, target[0]]).tolist()
    assert (vote != ABSTAIN) is any(gap <= within for gap in gaps)


@pytest.mark.parametrize(
    ("keys", "sentence", "expected"),
    [
        ({}, "闭源便宜", "against"),
        ({}, "开源便宜", "favor"),
        ({}, "闭源不便宜", None),
        ({"negated": "flip"}, "闭源不便宜", "favor"),
        ({"negated": "flip"}, "开源不便宜", "against"),
        ({"negated": "ignore"}, "闭源不便宜", "against"),
        ({}, "闭源比开源便宜", "against"),
        ({}, "开源和闭源都便宜", None),
        ({}, "白菜便宜", None),
        ({}, "开源便宜,闭源也便宜", None),
        ({"near": "rival", "label": "against"}, "开源便宜", "favor"),
        ({"scope": "sentence"}, "开源好,闭源便宜", "favor"),
        ({"scope": "sentence"}, "便宜啊,闭源", "against"),
        ({"within": 2}, "闭源很便宜", "against"),
        ({"within": 2}, "开源便宜闭源", "favor"),
        ({"within": 0}, "闭源很便宜", None),
    ],
)
def test_a_mirrored_rule_counts_against_the_other_side(
    keys: dict[str, object], sentence: str, expected: str | None
) -> None:
    assert vote(sentence, **CHEAP | {"mirrored": True} | keys) == expected


@pytest.mark.parametrize(
    ("sentence", "veto", "ignore"),
    [
        ("开源便宜吗？", None, "favor"),
        ("开源是否便宜", None, "favor"),
        ("开源便宜，您怎么看？", None, "favor"),
        ("开源便宜。", "favor", "favor"),
        # A rhetorical question does not ask; it denies.
        ("誰說開源便宜？", "against", "against"),
        ("开源怎么可能便宜？", "against", "against"),
        ("难道开源不便宜吗？", "favor", "favor"),
    ],
)
def test_nothing_in_a_genuine_question_counts_unless_asked_for(
    sentence: str, veto: str | None, ignore: str | None
) -> None:
    assert vote(sentence, **CHEAP, negated="flip") == veto
    assert vote(sentence, **CHEAP, negated="flip", asked="ignore") == ignore


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("开源的优势不再", "against"),
        ("开源的优势正在失灵", "against"),
        ("开源并非优势不再", "favor"),
        ("开源的优势明显", "favor"),
        ("开源的优势,不足为外人道", "favor"),
        ("开源的优势比闭源少", "against"),
        ("开源的优势更小", "against"),
        ("开源的优势被夸大了", "against"),
        ("开源没有大家想象的那么有优势", "against"),
        ("不要以为开源有优势", "against"),
        ("没有人能否认开源的优势", "favor"),
    ],
)
def test_what_is_taken_back_afterwards_is_negated(sentence: str, expected: str) -> None:
    assert vote(sentence, any=("优势",), near="target", negated="flip") == expected
    kept = "favor" if expected == "favor" else None
    assert vote(sentence, any=("优势",), near="target") == kept


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("开源便宜,但落后", {"落后": "against"}),
        ("开源便宜但落后", {"落后": "against"}),
        # What begins before the turn was said before it, wherever it ends.
        ("开源省钱,但落后", {"落后": "against"}),
        ("开源省钱,但好", {"省钱": "favor"}),
        ("开源便宜，但是落後", {"落后": "against"}),
        ("开源落后,然而便宜", {"便宜": "favor"}),
        ("开源便宜,闭源却落后", {"落后": "favor"}),
        ("开源便宜,但今天下雨", {"便宜": "favor", "下雨": "none"}),
        ("今天下雨,但开源便宜", {"便宜": "favor", "下雨": "none"}),
        ("开源便宜,但落后,不过便宜", {"便宜": "favor"}),
        ("开源不便宜,但便宜", {"便宜": "favor"}),
        ("开源便宜,落后", {"便宜": "favor", "落后": "against"}),
        ("开源落后,不但便宜,而且便宜", {"便宜": "favor", "落后": "against"}),
        ("开源虽然便宜,但折腾", {}),
        ("开源看起来便宜,其实折腾", {}),
        ("以为开源落后,其实便宜", {"便宜": "favor"}),
    ],
)
def test_after_a_turn_what_was_said_before_is_dropped(
    sentence: str, expected: dict[str, str]
) -> None:
    rules = [
        Rule(name="便宜", label="favor", any=("便宜",), near="target", negated="flip"),
        Rule(name="落后", label="against", any=("落后",), near="target", mirrored=True),
        Rule(name="下雨", label="none", any=("下雨",)),
        Rule(name="省钱", label="favor", pattern="省钱(?:,但)?"),
    ]
    assert Voter(TOPIC, rules, NORMALIZE).votes(sentence) == expected


def test_evidence_has_its_place() -> None:
    rules = [
        Rule(name="便宜", label="favor", any=("便宜",), negated="flip"),
        Rule(name="更", label="favor", pattern="更{0,1}便宜"),
        Rule(name="下雨", label="none", any=("下雨",)),
    ]
    found = Voter(TOPIC, rules, NORMALIZE)
    sentence = "下雨,開源便宜,但不便宜,更便宜"
    (readings,) = found.reader.read(["便宜", sentence])
    first = readings.batch.starts[1]
    starts, ends = ((places - first).tolist() for places in found.spans(readings))
    spans = sorted({(start, end) for start, end in zip(starts, ends, strict=True) if start >= 0})
    assert spans == [(5, 7), (10, 12), (13, 16), (14, 16)]
    assert found.votes(sentence) == {"更": "favor", "下雨": "none"}


def test_a_latin_word_is_a_whole_one() -> None:
    rule = voter(any=("AI",))
    assert rule.votes("ＡＩ模型")
    assert not rule.votes("OpenAI模型")


def test_patterns_see_normal_form_and_may_name_mentions() -> None:
    beats = voter(pattern=r"{target}.{0,4}(?:优于|胜过){rival}[，。]", asked="ignore")
    assert beats.votes("開源模型優於閉源，對嗎")
    assert beats.votes("Llama胜过非开源。")
    assert not beats.votes("闭源优于开源。")
    assert not beats.votes("开源中国优于闭源。")
    # Full-width punctuation is meant literally; the pattern's own syntax is left alone.
    assert voter(pattern=r"开源\S+吗？", asked="ignore").votes("开源好吗?")
    assert not voter(pattern=r"开源好吗？", asked="ignore").votes("开源好")
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


SHIPPED = load_voter(ROOT / "configs/open-models")
WITHIN = voter(any=("便宜", "很"), near="target", within=1000, mirrored=True, negated="flip")


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "(", "源", "不", "什么", "开源", "开源更便宜,", "闭源比开源", "大模型差距,"),
        *("没有开源就", "难道不", "不是开源", "与闭源", "但", "便宜开源", "\0", "😀", "。", "\n"),
        # Words that overlap themselves over and over.
        *("没有", "是不", "能不", "“", " "),
    ],
)
def test_a_long_sentence_needs_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    for some in (SHIPPED, WITHIN):
        assert set(some.votes(text).values()) <= set(STANCES)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("text", ["", *"源a便。,?但\n\0\ue000\ud800😀"])
def test_the_shortest_sentence_gets_no_stance(text: str) -> None:
    assert set(SHIPPED.votes(text).values()) <= {"none"}
    assert SHIPPED.vote_matrix([text]).shape == (1, len(SHIPPED.names))


def test_the_shipped_rules_keep_their_promises() -> None:
    rules = SHIPPED.rules
    assert len(rules) >= 40
    assert {rule.label for rule in rules} == set(STANCES)
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
        (GOOD.replace("any: [便宜]", "pattern: '便?'"), 4, "matches the empty text"),
        (GOOD.replace("any: [便宜]", "pattern: '便宜\\b'"), 4, "only knows Latin letters"),
        (GOOD.replace("any: [便宜]", "any: [便宜, 便宜]"), 4, "`便宜` appears twice"),
        (
            GOOD.replace("any: [便宜]", f"pattern: '{'(' * 20_000}便宜{')' * 20_000}'"),
            4,
            "longer than 10000 characters; split it into two",
        ),
        (GOOD.replace("any: [便宜]", "pattern: '[{target}]便'"), 4, "cannot be in brackets"),
        (GOOD.replace("any: [便宜]", 'pattern: "\\ud800"'), 4, "should be a valid string"),
        (GOOD.replace("any: [便宜]", 'any: ["\\ud800"]'), 4, "should be a valid string"),
        (GOOD.replace("any: [便宜]", "pattern: '(?i)便宜'"), None, None),
        (GOOD.replace("any: [便宜]", "pattern: '[乾-亁]便'"), 4, "invalid character class range"),
        (GOOD.replace("any: [便宜]", "pattern: '便{9999}'"), 4, "not a regular expression"),
        (GOOD.replace("any: [便宜]", "pattern: '便{99999999999}'"), 5, "does not vote"),
        (GOOD.replace("any: [便宜]", "pattern: '[[:alpha:]]便'"), 5, "does not vote"),
        (GOOD.replace("any: [便宜]", "pattern: '{target}.*开源'"), 4, "`开源` is a mention"),
        (GOOD.replace("any: [便宜]", "pattern: '{targt}便宜'"), 4, "unknown `{targt}`"),
        (GOOD.replace("any: [便宜]", r"pattern: '(?=便)'"), 4, "invalid perl operator: (?="),
        (GOOD.replace("label:", "lable:"), 3, "did you mean `label`"),
        (GOOD.replace("便宜", "便\a宜"), 2, "not YAML: special characters"),
        (GOOD + "? [a]\n: b\n", 6, "a key must be one word"),
        (GOOD.replace("favor", "!!int ''"), None, "not YAML"),
        (GOOD + GOOD.removeprefix("rules:\n"), 6, "two rules are named `便宜`"),
        (GOOD.replace("label: favor", "label: none"), None, None),
        (GOOD + "    negated: flip\n    label: none\n", 7, "`label` appears twice"),
        (GOOD.replace("label: favor", "label: none") + "    negated: flip\n", 2, "no opposite"),
        (GOOD.replace("    any: [便宜]\n", ""), 2, "looks for nothing"),
        (GOOD + "    within: 3\n", 2, "`within` needs a side; `near` must be `target` or `rival`"),
        (GOOD + "    mirrored: true\n    near: both\n", 2, "`mirrored` needs a side"),
        (GOOD + "    within: 0\n    near: target\n", None, None),
        (GOOD + "    within: 0\n    near: neither\n", 2, "`within` needs a side"),
        (GOOD + "    within: -1\n    near: target\n", 6, "greater than or equal to 0"),
        (GOOD + "    within: 2.5\n    near: target\n", 6, "`rules.0.within`"),
        (
            GOOD.replace("favor", "none") + "    mirrored: true\n    near: target\n",
            2,
            "`none` has no opposite; it cannot be `mirrored: true`",
        ),
        (GOOD + "    weight: 2\n", None, None),
        (GOOD + "    weight: 0\n", 6, "greater than 0"),
        (GOOD + "    weight: .nan\n", 6, "less than or equal to 100"),
        (GOOD + "    weight: .inf\n", 6, "less than or equal to 100"),
        (GOOD + "    weight: '2'\n", 6, "must be a number (is '2')"),
        (GOOD + "    weight: true\n", 6, "must be a number (is True)"),
        (GOOD + "    scope: word\n", 6, "'clause' or 'sentence'"),
        (GOOD + "    asked: flip\n", 6, "'veto' or 'ignore'"),
        (GOOD.replace("any: [便宜]", "any: 便宜"), 4, "must be a list"),
        (GOOD.replace("any: [便宜]", "any: ['']"), 4, "must not be empty"),
        (GOOD.replace("any: [便宜]", "any: [便宜, 贵, 便宜]"), 4, "`便宜` appears twice"),
        (GOOD.replace("    matches: [开源便宜]\n", ""), 2, "`rules.0.matches` is missing"),
        (GOOD.replace("开源便宜", "开源昂贵"), 5, "does not vote `favor` on its own example"),
        (GOOD + "    rejects: [闭源便宜]\n", 6, "votes `favor` on its own example"),
        (GOOD.replace("name: 便宜", "name: 便 宜"), 2, "letters, digits"),
        (GOOD.replace("any: [便宜]", "any: [便宜"), 4, "not YAML"),
        ("", None, "keys with values"),
        ("rules: []\n", 1, "at least one item"),
        ("- 便宜\n", 1, "keys with values"),
    ],
)
def test_a_bad_rule_file_is_refused_with_the_line(
    rules: str, line: int | None, says: str | None
) -> None:
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


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("    near: rival\n", 6),
        ("    near: both\n", 6),
        ("    near: rival\n    mirrored: true\n", 6),
        ("    mentions: rival\n", 6),
        ("    scope: sentence\n    mentions: both\n", 7),
    ],
)
def test_a_rule_on_a_rival_without_words_is_refused(keys: str, line: int) -> None:
    folder = write_topic(GOOD + keys, "name: 甲\ntarget: [开源]\n")
    says = f"rules.yaml:{line}: rule `便宜` can never vote: it asks for the rival"
    with pytest.raises(StanceclfError, match=says):
        load_voter(folder)
    assert load_voter(write_topic(GOOD + "    mentions: target\n", "name: 甲\ntarget: [开源]\n"))


def test_a_rule_is_what_its_file_says() -> None:
    text = (
        "lexicons:\n  冗: &words [便宜, 实惠]\npatterns:\n  式: &form '更{target}'\nrules:\n"
        "  - name: 便宜\n    label: favor\n    any: *words\n    pattern: *form\n"
        "    near: target\n    scope: sentence\n    within: 8\n    mirrored: true\n"
        "    mentions: both\n    negated: flip\n    asked: ignore\n    unless: [白菜]\n"
        "    weight: 2.5\n    matches: [开源比闭源实惠]\n    rejects: [白菜比开源实惠]\n"
    )
    (rule,) = load_voter(write_topic(text)).rules
    assert rule == Rule(
        name="便宜",
        label="favor",
        any=("便宜", "实惠"),
        pattern="更{target}",
        near="target",
        scope="sentence",
        within=8,
        mirrored=True,
        mentions="both",
        negated="flip",
        asked="ignore",
        unless=("白菜",),
        weight=2.5,
        matches=("开源比闭源实惠",),
        rejects=("白菜比开源实惠",),
    )


def test_a_bad_topic_is_refused_with_the_line() -> None:
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


@pytest.mark.parametrize(
    ("any_", "says"),
    [
        ("[*many, NO]", ["`rules.0.any.1`: must be text; put it in quotes (is False)"]),
        ("[*many, 666, 真香]", ["`rules.0.any.1`: must be text; put it in quotes (is 666)"]),
        ("[真香, *many, 1e5]", ["`rules.0.any.2`: must be text; put it in quotes (is 100000.0)"]),
        ("[*many, ~]", ["`rules.0.any.1`: must be text; put it in quotes (is None)"]),
        ("[*many, 2024-01-01]", ["`rules.0.any.1`: must be text; put it in quotes"]),
        ("[*many, {真: 香}]", ["`rules.0.any.1`: must be text; put it in quotes"]),
        ("[*many, [真香, [很好]]]", ["`rules.0.any.1.1`: must be text; put it in quotes"]),
        ("[[真香], on, 7]", ["`rules.0.any.1`", "`rules.0.any.2`"]),
        ("[真香, NO]", ["`rules.0.any.1`: must be text; put it in quotes (is False)"]),
    ],
)
def test_what_is_no_text_among_words_is_reported_by_line(any_: str, says: list[str]) -> None:
    Path("topic.yaml").write_text("name: 开源大模型\ntarget: [开源]\n", encoding="utf-8")
    for key in ("any", "unless"):
        Path("rules.yaml").write_text(
            "lexicons:\n  many: &many [便宜, 划算]\nrules:\n  - name: 好\n    label: favor\n"
            f"    {key}: {any_}\n"
            + "    any: [便宜]\n" * (key == "unless")
            + "    matches: [开源便宜]\n",
            encoding="utf-8",
        )
        errors = [str(error) for error in read_voter(".", NORMALIZE).errors]
        expected = [one.replace(".any.", f".{key}.") for one in says]
        assert len(errors) == len(expected)
        for error, one in zip(errors, expected, strict=True):
            assert error.startswith(f"rules.yaml:6: {one}")
