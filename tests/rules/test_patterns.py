"""Patterns need time in proportion to the text, see normal form, and may name mentions."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import assume, given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.reading.reader import Reader
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.patterns import Pattern
from stanceclf.rules.voter import Voter

NORMALIZE = Normalizer.from_opencc()
TOPIC = Topic("开源大模型", target=("开源", "Llama"), rival=("闭源",))
READ = Reader(TOPIC, NORMALIZE)


def found(expression: str, sentence: str) -> list[str]:
    """Return what a rule's pattern matches in a sentence among others, in normal form."""
    rule = Rule(name="甲", label="favor", pattern=expression, negated="ignore", asked="ignore")
    voter = Voter(TOPIC, [rule], NORMALIZE)
    (readings,) = voter.reader.read(["便宜,贵,", sentence, "开源贵"])
    own = readings.batch.starts[1], readings.batch.ends[1]
    text = readings.batch.all_text()
    spans = sorted(zip(*(place.tolist() for place in voter.spans(readings)), strict=True))
    return [text[start:end] for start, end in spans if own[0] <= start and end <= own[1]]


@pytest.mark.parametrize(
    ("expression", "sentence", "matches"),
    [
        ("更(?:貴|便宜)", "開源更便宜，閉源更贵", ["更便宜", "更贵"]),
        ("便宜？", "便宜吗？便宜？", ["便宜?"]),
        (r"\（便宜\）", "（便宜）,(便宜)", ["(便宜)", "(便宜)"]),
        ("ＧＰＴ-?4", "GPT-4和gpt4", ["gpt-4", "gpt4"]),
        ("[便宜]{2,3}", "便宜宜", ["便宜宜"]),
        ("[^,。]{0,4}贵", "开源,很贵。", ["很贵"]),
        (r"\p{Han}+", "GPT比开源贵", ["比开源贵"]),
        (r"\x{8d35}", "开源贵", ["贵"]),
        ("(?i)OPENAI", "OpenAI很贵", ["openai"]),
        ("^开源|贵$", "开源开源贵贵", ["开源", "贵"]),
        ("AI", "OpenAI和AI", ["ai"]),
        ("贵*", "贵贵不贵", ["贵贵", "贵"]),
    ],
)
def test_a_pattern_sees_normal_form(expression: str, sentence: str, matches: list[str]) -> None:
    assert found(expression, sentence) == matches


@pytest.mark.parametrize(
    ("expression", "sentence", "matches"),
    [
        ("{target}.{0,4}(?:优于|胜过){rival}", "開源模型優於閉源", ["开源模型优于闭源"]),
        ("{target}[^,]{0,3}便宜", "Llama很便宜,闭源便宜", ["llama很便宜"]),
        ("(?:{target}|{rival})贵", "开源贵闭源贵", ["开源贵", "闭源贵"]),
        ("^{rival}", "闭源和闭源", ["闭源"]),
        ("{target}{rival}", "开源Llama闭源,开源贵", ["开源llama闭源"]),
        (r"\[{target}\]", "[开源]", ["[开源]"]),
        # Escaped, it is not a mention; nor is a mention found by its letters.
        (r"\{target}", "{target}", ["{target}"]),
        ("开源{target}", "开源开源", []),
    ],
)
def test_a_pattern_may_name_mentions(expression: str, sentence: str, matches: list[str]) -> None:
    assert found(expression, sentence) == matches


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("(?=便)宜", "not a regular expression that RE2 accepts: invalid perl operator: (?="),
        ("(?<!不)便宜", "not a regular expression that RE2 accepts"),
        (r"(便)\1", "not a regular expression that RE2 accepts"),
        ("便宜(", "not a regular expression that RE2 accepts"),
        ("便{1001}", "invalid repetition size"),
        ("((便{99}){99}){99}", "not a regular expression that RE2 accepts"),
        ("[{target}{rival}]", "a mention cannot be in brackets; write (?:{target}|...)"),
        (r"[^\]{target}]", "a mention cannot be in brackets"),
        (r"\\[,{rival}]", "a mention cannot be in brackets"),
        ("{targt}便宜", "unknown `{targt}`; known: {target}, {rival}"),
        ("{Target}便宜", "unknown `{Target}`"),
        (r"\w+贵", r"`\w` only knows Latin letters; write \p{Han} or [^,。] instead"),
        (r"\b贵", r"`\b` only knows Latin letters"),
        (r"\C|贵", r"`\C` splits characters"),
        (r"\\\B贵", r"`\B` only knows Latin letters"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
def test_what_is_not_a_pattern_is_refused_in_one_line(expression: str, says: str) -> None:
    with pytest.raises(StanceclfError) as refusal:
        Pattern(expression, NORMALIZE)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_pattern_knows_whether_it_matches_an_empty_text() -> None:
    assert Pattern("便?", NORMALIZE).matches_empty()
    assert Pattern("便宜|贵*", NORMALIZE).matches_empty()
    assert not Pattern("便宜|贵", NORMALIZE).matches_empty()


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("(a|a)*b", "a" * 100_000),
        ("(?:a|a|aa)+$", "a" * 100_000 + "!"),
        ("(?:开|开源|源)*便", "开源" * 50_000),
        ("(?:.*不){20}便宜", "不便" * 50_000),
        ("源[^,。]{0,500}便", "开源" * 50_000),
        ("{target}{0,200}{rival}", "开源" * 50_000),
        ("贵", "贵" * 100_000),
    ],
)
def test_a_pattern_needs_linear_time(expression: str, text: str) -> None:
    pattern, reading = Pattern(expression, NORMALIZE), READ(text)
    began = time.process_time()
    for _ in pattern.spans(reading.marked if pattern.marked else reading.text):
        pass
    assert time.process_time() - began < 5


PARTS = st.lists(
    st.sampled_from(
        ["便", "宜", "a", "[便a]", "[^,]", "(?:便|宜)", "便*", "a+", "宜?", ".{0,2}", "|"]
    ),
    min_size=1,
    max_size=6,
)


@given(PARTS, st.text(st.sampled_from("便宜a,b\0😀"), max_size=20))
def test_it_matches_what_python_does(parts: list[str], text: str) -> None:
    expression = "".join(parts)
    pattern = Pattern(f"(?s){expression}", NORMALIZE)
    assume(not pattern.matches_empty())
    expected = [match.span() for match in re.finditer(expression, text, re.DOTALL) if match.group()]
    assert list(pattern.spans(text)) == expected


def compiled(expression: str) -> Pattern | None:
    """Return a pattern, None if it is refused as not a regular expression."""
    with contextlib.suppress(StanceclfError):
        return Pattern(expression, NORMALIZE)
    return None


@given(st.text(max_size=12), st.text(max_size=20))
def test_any_expression_is_a_pattern_or_refused(expression: str, text: str) -> None:
    pattern, at = compiled(expression), 0
    for start, end in pattern.spans(text) if pattern else ():
        assert at <= start < end <= len(text)
        at = end


@given(st.text(min_size=1, max_size=8))
def test_what_is_escaped_means_itself(text: str) -> None:
    normal = NORMALIZE(text)
    spans = list(Pattern(re.escape(text), NORMALIZE).spans(normal))
    assert spans == [(0, len(text))]


def test_a_long_pattern_is_not_repeated_whole() -> None:
    with pytest.raises(StanceclfError, match="missing ]") as refusal:
        Pattern("[" + "便" * 5000, str.lower)
    assert len(str(refusal.value)) < 200
