"""What a sentence mentions, what its clauses are about, whether it asks, turns or denies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.io.invisible import Visible
from stanceclf.reading import questions
from stanceclf.reading.clauses import STOPS
from stanceclf.reading.mentions import MARKS
from stanceclf.reading.reader import Reader
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.voter import Voter

TOPIC = Topic(
    name="开源大模型",
    target=("开源", "Llama"),
    rival=("闭源", "非开源"),
    ignore=("开源中国", "开闭源"),
)
SWAPPED = replace(TOPIC, target=TOPIC.rival, rival=TOPIC.target)
NORMALIZE = Normalizer.from_opencc()
READ = Reader(TOPIC, NORMALIZE)
MIRROR = {"target": "rival", "rival": "target", "both": "both", "neither": "neither"}
TEXT = st.text(
    st.one_of(
        st.sampled_from(
            "开源闭非中国比与不如优于相超过的更便宜但难道吗"
            + STOPS
            + "，？ Lama\0\ue000\ue001\ud800"
        ),
        st.characters(categories=None),
    ),
    max_size=40,
)


def about(sentence: str) -> list[str]:
    return [clause.about for clause in READ(sentence).clauses]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("开源更便宜", ["target"]),
        ("开源便宜,也够用,闭源贵", ["target", "target", "rival"]),
        ("非开源模型更强", ["rival"]),
        ("开源中国成立了", ["neither"]),
        ("开闭源之争", ["neither"]),
        ("开源和闭源各有千秋", ["both"]),
        ("今天,开源赢了", ["neither", "target"]),
        ("llama2很强", ["target"]),
        ("chatllamas很强", ["neither"]),
    ],
)
def test_a_clause_is_about_what_it_mentions(sentence: str, expected: list[str]) -> None:
    assert about(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("开源比闭源便宜", ["target"]),
        ("闭源比开源便宜", ["rival"]),
        ("開源不如閉源", ["target"]),
        ("闭源不如开源", ["rival"]),
        ("开源优于闭源", ["target"]),
        ("开源已经追上了最强的闭源", ["target"]),
        ("Llama媲美闭源", ["target"]),
        ("开源取代不了闭源", ["target"]),
        ("开源和闭源一样贵", ["target"]),
        ("开源领先于闭源", ["target"]),
        # So many characters may be in between; words that fill the gap do not count.
        ("开源超过同级别的大闭源", ["target"]),
        ("开源优于主流的闭源", ["target"]),
        ("开源优于那几个闭源", ["target"]),
        ("开源优于另外那几个闭源", ["both"]),
        # Without a subject: the standard is not it.
        ("与闭源相比,成本更低", ["target", "target"]),
        ("與開源相比，成本更高", ["rival", "rival"]),
        ("比闭源更便宜", ["target"]),
        ("超过开源了", ["rival"]),
        ("与闭源相比,开源更便宜;与开源相比,闭源更稳", ["target", "target", "rival", "rival"]),
        ("和闭源竞争,开源毫无胜算", ["target", "target"]),
        ("成本比使用闭源降了一半", ["target"]),
        ("速度远超任何闭源", ["target"]),
        # What comes off worse is measured by the other one.
        ("开源把闭源甩在身后", ["target"]),
        ("闭源把开源甩在身后", ["rival"]),
        ("闭源被开源吊打", ["target"]),
        ("开源甩闭源八条街", ["target"]),
        ("开源没有闭源灵活", ["target"]),
        ("闭源哪有开源香", ["rival"]),
        ("闭源不是开源的对手", ["rival"]),
        ("开源给闭源提鞋都不配", ["target"]),
        ("在闭源面前,开源抬不起头", ["target", "target"]),
        ("开源离闭源还差得远", ["target"]),
        ("开源把闭源写进了标题", ["both"]),
    ],
)
def test_a_clause_is_not_about_the_standard_of_a_comparison(
    sentence: str, expected: list[str]
) -> None:
    assert about(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "超过90%的开源模型都是免费的",
        "超过一半的开源模型都是免费的",
        "超过七成的开源模型跑不起来",
        "接近一大半的开源模型跑不起来",
        "开源比较便宜",
        "比如开源",
        "国内领先的开源模型更便宜",
        "落后的开源模型很贵",
        "最大的挑战是开源模型的碎片化",
        "和开源在一起",
        "与其用别的还不如开源",
        "免费和开源才有竞争力",
        "与开源相当重要",
        "把开源甩在身后",
        "还有比开源更好的吗",
    ],
)
def test_what_only_looks_like_a_comparison_is_not_one(sentence: str) -> None:
    assert READ(sentence).standards == []
    assert about(sentence) == ["target"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("论性价比,还是开源", ["target", "target"]),
        ("虽然起步晚,开源追得快", ["target", "target"]),
        ("“在性能上”,闭源更强", ["rival", "rival"]),
        # Between two stops in a row there is no clause.
        ("。论性价比,,还是开源", ["target", "target"]),
        ("论性价比……还是开源", ["target", "target"]),
        (",今天下雨,还是开源", ["neither", "target"]),
        ("(((“《论性价比》”,还是开源", ["target", "target"]),
        ("论价格,论性能,还是开源", ["neither", "neither", "target"]),
        ("今天下雨,开源赢了", ["neither", "target"]),
        ("论性价比", ["neither"]),
        ("论开源,还是闭源更强", ["target", "rival"]),
        ("今天下雨,论性价比,还是开源", ["neither", "neither", "target"]),
        ("结论:开源更便宜", ["target", "target"]),
        ("结论:论性价比,开源更便宜", ["neither", "neither", "target"]),
        ("闭源贵。但是稳,也快…开源慢", ["rival", "rival", "rival", "target"]),
    ],
)
def test_a_clause_without_a_mention_is_about_what_its_neighbour_is(
    sentence: str, expected: list[str]
) -> None:
    assert about(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "mentioned"),
    [
        ("开源不如闭源", "both"),
        ("与闭源相比,成本更低", "rival"),
        ("Llama,开源", "target"),
        ("开源中国", "neither"),
        ("", "neither"),
    ],
)
def test_a_sentence_mentions_what_it_names(sentence: str, mentioned: str) -> None:
    assert READ(sentence).mentioned == mentioned


@pytest.mark.parametrize(
    "sentence",
    [
        "开源能否赶上闭源？",
        "開源便宜嗎",
        "您如何看待开源",
        "开源是否便宜还不好说",
        "闭源会不会输",
        "开源落后?",
        "不是闭源:开源便宜吗?",
        "开源贵不贵",
        "开源模型在哪里下载?",
        "也叫开源的项目有多少?",
    ],
)
def test_a_genuine_question_asks(sentence: str) -> None:
    assert READ(sentence).asks


@pytest.mark.parametrize(
    "sentence",
    [
        "谁会用闭源呢？",
        "難道開源不便宜嗎？",
        "凭什么说开源落后？",
        "开源怎么可能落后？",
        "这不是很便宜吗？",
        "为什么要开源？",
        "开源何必学闭源？",
        "闭源还能有什么优势？",
        "谁不支持开源呢？",
        "这样的开源又有什么用？",
        "这也叫开源？",
        "怎么能不用开源？",
        "开源还不够好吗？",
        "开源不香吗",
        "这叫开源？",
        "开源哪里不好？",
        "闭源凭什么收这么贵？",
        "开源这么好，为什么不用？",
        "这么烂的开源你敢用？",
        "闭源能有开源好？",
        "还有比开源更好的吗？",
        "不可否认开源更好",
    ],
)
def test_a_rhetorical_question_asks_nothing(sentence: str) -> None:
    assert not READ(sentence).asks
    assert not READ("开源赶上了闭源。").asks


def negated(sentence: str, word: str) -> bool:
    """Return whether a rule finds a word negated."""
    rule = Rule(name="甲", label="favor", any=(word,), negated="flip", asked="ignore")
    return Voter(TOPIC, [rule], NORMALIZE).votes(sentence) == {"甲": "against"}


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("谁说开源落后", "落后"),
        ("凭什么认为这些来自全世界的开源模型就一定会落后", "落后"),
        ("难道闭源更安全吗", "安全"),
        ("开源怎么可能输给闭源", "输给"),
        ("开源的优势不再", "优势"),
        ("开源的便宜只是想象", "便宜"),
        ("开源免费纯属神话", "免费"),
        ("所谓安全不过如此", "安全"),
        ("开源并不便宜", "便宜"),
    ],
)
def test_what_is_denied_before_or_afterwards_is_negated(sentence: str, word: str) -> None:
    assert negated(sentence, word)


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("难道开源不便宜吗", "便宜"),
        ("谁说开源不安全", "安全"),
        ("开源不是不便宜", "便宜"),
        ("开源的优势不再不明显", "明显"),
        ("开源的优势很明显", "优势"),
        ("开源不仅便宜", "便宜"),
        ("便宜的开源,优势不再", "便宜"),
        ("这不是很便宜吗", "便宜"),
        ("落后的是谁说不清", "落后"),
        ("谁不希望有便宜的开源", "便宜"),
        ("不能不承认开源更便宜", "便宜"),
        ("任何人都不可能不承认开源便宜", "便宜"),
        ("没有人不觉得开源便宜", "便宜"),
        ("没有理由不相信闭源便宜", "便宜"),
    ],
)
def test_two_negations_cancel_out(sentence: str, word: str) -> None:
    assert not negated(sentence, word)


@pytest.mark.parametrize(
    "sentence",
    [
        *("不便宜也不安全", "既不便宜又不安全", "不便宜且不安全", "没便宜也没安全"),
        *("不便宜,也不安全", "不怎么便宜也不太安全", "谈不上便宜也没有多安全"),
    ],
)
def test_negations_side_by_side_deny_each_its_own(sentence: str) -> None:
    assert negated(sentence, "便宜")
    assert negated(sentence, "安全")


def test_a_negator_that_the_next_one_is_not_joined_to_reaches_on() -> None:
    assert not negated("不是不便宜", "便宜")
    assert not negated("没有更不安全", "安全")
    assert negated("难道不便宜也不安全", "安全") is False


@pytest.mark.parametrize(
    ("most", "sentence", "near", "far"),
    [
        # A negator, one up to 那么, one for what others say.
        (6, "不{}便宜", True, False),
        (8, "没有{}那么便宜", True, False),
        (5, "没那么{}便宜", True, None),
        (7, "所谓便宜{}是", None, True),
        (4, "所谓便宜{}是", False, True),
        # Idioms that negate nothing.
        (3, "没{}否认了便宜", False, True),
        (3, "无需便宜{}就可", False, True),
        (0, "无需{}就可便宜", True, False),
        # A rhetorical question reaches far.
        (28, "难道{}便宜", True, False),
        (14, "不是便宜{}吗", False, True),
        # Taken back.
        (2, "便宜{}有限", True, False),
        (2, "便宜的{}有限", True, False),
        (5, "便宜{}不再", True, False),
        (5, "便宜的{}不再", True, False),
        (3, "便宜比闭源{}小", True, False),
        (3, "便宜之比闭源{}小", True, False),
    ],
)
def test_a_negation_reaches_a_number_of_characters(
    most: int, sentence: str, near: bool | None, far: bool | None
) -> None:
    for count, expected in ((most, near), (most + 1, far)):
        if expected is not None:
            assert negated(sentence.format("人" * count), "便宜") is expected


@pytest.mark.parametrize(
    "sentence",
    [
        *("不,便宜", "没有人,那么便宜", "便宜,有限", "便宜的,不再", "便宜比闭源,小", "难道,便宜"),
        *("便宜比大闭源小", "便宜的的人人有限"),
    ],
)
def test_a_negation_stays_within_its_clause(sentence: str) -> None:
    assert not negated(sentence, "便宜")


@pytest.mark.parametrize(("most", "sentence"), [(16, "不是{}吗"), (16, "不就是{}吗")])
def test_a_rhetorical_question_is_not_empty_and_not_too_long(most: int, sentence: str) -> None:
    asks = [READ(sentence.format("人" * count)).asks for count in (0, 1, most, most + 1)]
    assert asks == [True, False, False, True]


@pytest.mark.parametrize(
    ("most", "sentence"),
    [
        (3, "优于{}闭源"),
        (3, "优于当前的{}闭源"),
        (4, "与{}闭源相比"),
        (6, "与闭源{}相比"),
        (0, "拿{}闭源相比"),
    ],
)
def test_a_standard_is_near_what_compares(most: int, sentence: str) -> None:
    assert READ(sentence.format("人" * most)).standards == [0]
    assert READ(sentence.format("人" * (most + 1))).standards == []


@pytest.mark.parametrize(
    "sentence",
    [
        *("与,闭源相比", "与闭源,相比", "优于,闭源", "优于5闭源", "优于当前的5闭源"),
        *("与闭源、开源相比", "与开源、闭源", "拿开源", "优于的闭源", "超过一半闭源"),
    ],
)
def test_a_standard_is_in_the_clause_and_next_to_what_compares(sentence: str) -> None:
    assert READ(sentence).standards == []


@pytest.mark.parametrize(
    ("sentence", "turns"),
    [
        ("开源便宜,但会落后", "但"),
        ("开源便宜，然而會落後", "然而"),
        ("闭源很贵,开源却便宜", "却"),
        ("开源便宜,但慢,不过够用", "不过"),
        ("开源不但便宜,而且好用", None),
        ("非但不贵,还好用", None),
        ("但愿开源便宜", None),
        ("不过如此", None),
        ("开源更便宜", None),
    ],
)
def test_a_sentence_turns_at_its_last_but(sentence: str, turns: str | None) -> None:
    reading = READ(sentence)
    assert reading.turn == (0 if turns is None else reading.text.index(turns))


@pytest.mark.parametrize(
    ("sentence", "concedes"),
    [
        ("虽然便宜,但会落后", True),
        ("开源看起来便宜，其實落後", True),
        ("便宜看似却贵", True),
        ("开源便宜,但即使落后", False),
        ("开源便宜,但会落后", False),
        ("尽管开源便宜", False),
    ],
)
def test_what_comes_before_a_turn_may_only_be_granted(sentence: str, concedes: bool) -> None:
    assert READ(sentence).concedes is concedes


@given(TEXT)
def test_marks_keep_the_length_and_stand_only_for_mentions(text: str) -> None:
    reading = READ(text)
    assert len(reading.text) == len(reading.marked) == len(Visible(text).text)
    rest, at = [], 0
    for mention in reading.mentions:
        assert at <= mention.start < mention.end
        word = reading.text[mention.start : mention.end]
        assert word in map(NORMALIZE, getattr(TOPIC, mention.kind))
        assert set(reading.marked[mention.start : mention.end]) == {MARKS[mention.kind]}
        rest.append(reading.marked[at : mention.start])
        at = mention.end
    plain = "".join(rest) + reading.marked[at:]
    assert not set(plain) & set(MARKS.values())
    reading.text.encode()


@given(TEXT)
def test_reading_a_normal_form_gives_the_same(text: str) -> None:
    assert READ(READ(text).text) == READ(text)


@given(TEXT)
def test_clauses_tile_a_sentence_in_order(text: str) -> None:
    reading = READ(text)
    at = 0
    for clause in reading.clauses:
        assert at <= clause.start < clause.end
        assert set(reading.text[at : clause.start]) <= set(STOPS)
        assert not set(reading.text[clause.start : clause.end]) & set(STOPS)
        at = clause.end
    assert set(reading.text[at:]) <= set(STOPS)


@given(TEXT)
def test_the_two_sides_are_mirror_images(text: str) -> None:
    own, other = READ(text), Reader(SWAPPED, NORMALIZE)(text)
    assert [MIRROR[clause.about] for clause in own.clauses] == [c.about for c in other.clauses]
    assert (own.asks, own.turn) == (other.asks, other.turn)
    assert MIRROR[own.mentioned] == other.mentioned


@given(TEXT)
def test_a_standard_is_a_mention_and_a_negated_place_is_in_a_clause(text: str) -> None:
    reading = READ(text)
    assert set(reading.standards) <= set(range(len(reading.mentions)))
    inside = {at for clause in reading.clauses for at in range(clause.start, clause.end)}
    assert set(reading.negated) <= inside


@given(TEXT)
def test_a_question_that_denies_asks_nothing(text: str) -> None:
    (readings,) = READ.read([text])
    denies = questions.rhetorical(readings.found, readings.clauses).starts.size
    assert not (READ(text).asks and denies)


@pytest.mark.parametrize(
    ("words", "sentence", "places"),
    [
        ({"ignore": ("开源不开源",)}, "开源不开源很难说", []),
        ({"target": ("开源", "开源证券大模型"), "ignore": ("开源证券",)}, "开源证券大模型", [0]),
        ({"target": ("开源", "开源证券大模型"), "ignore": ("开源证券",)}, "开源证券", []),
        ({"target": ("开源模型",), "ignore": ("中国开源",)}, "中国开源模型很好", []),
        ({"target": ("Llama",), "ignore": ("Llama Index",)}, "llama indexer", [0]),
        ({"target": ("Llama",), "ignore": ("Llama Index",)}, "llama index", []),
        ({"target": ("开源", "开源模型")}, "开源模型与开源", [0, 5]),
        ({"target": ("開源",)}, "开源", [0]),
    ],
)
def test_of_overlapping_words_the_leftmost_and_longest_is_the_mention(
    words: dict[str, tuple[str, ...]], sentence: str, places: list[int]
) -> None:
    topic = Topic(**{"name": "甲", "target": ("开源",), "rival": ("闭源",)} | words)  # type: ignore[arg-type]
    reading = Reader(topic, NORMALIZE)(sentence)
    assert [mention.start for mention in reading.mentions] == places
    assert [clause.about for clause in reading.clauses] == ["target" if places else "neither"]
