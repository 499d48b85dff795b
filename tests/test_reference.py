"""The array code reads, votes and counts like the slow and obvious code, whatever the text."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import assume, given, reject, settings, strategies as st
from reference import Reference

from stanceclf.articles.loader import read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.errors import StanceclfError
from stanceclf.features.document_frequency import document_frequencies
from stanceclf.features.ngrams import FEATURES, Feature, NgramAnalyzer
from stanceclf.features.vocabulary import Vocabulary
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import (
    comparisons,
    negation,
    questions,
    reader as reading,
)
from stanceclf.reading.batch import CHARACTERS, SEPARATOR
from stanceclf.reading.clauses import LEADING_UP
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.rules.pattern_syntax import alternatives, words_alone
from stanceclf.rules.patterns import Pattern
from stanceclf.rules.voter import Voter

NORMALIZE = Normalizer.from_opencc()
SHIPPED = load_voter(ROOT / "configs/open-models", NORMALIZE)
SENTENCES = [s.text for s in cut_articles(read_folder(ROOT / "seeds/articles"), NORMALIZE)]
EXAMPLES = [text for rule in SHIPPED.rules for text in (*rule.matches, *rule.rejects)]
ANALYZER = NgramAnalyzer(FEATURES, (1, 3), (1, 2))

# Every word that reading depends on, so that they meet in all ways.
_WORDS = sorted(
    {
        word.replace("|", "")
        for lexicon in reading._LEXICONS
        for word in (*lexicon.words, *lexicon.idioms)
    }
)
ODD = ["\0", "\ud800", "\ue000", "\ue001", SEPARATOR, "\ue003", "İ", "Σ", "ς", "ﬁ", "😀", "𠮷", "|"]
PIECES = st.one_of(
    st.sampled_from(
        ["开源", "開源", "闭源", "Llama", "llamas", "开源中国", "便宜", "更好用", "贵"]
    ),
    st.sampled_from(
        ["不", "没", "比", "与", "相比", "不如", "但", "其实", "虽然", "论", "吗", "?"]
    ),
    st.sampled_from([*",，;。!?\n\r—…“”()", " ", "\u3000", "\t", "\x85", "5", "a", "AI", "Ａ"]),
    st.sampled_from(_WORDS),
    st.sampled_from(ODD),
    st.characters(categories=None),
)
_MENTIONS = ("开源", "闭源")
_SAID = ("便宜", "好用", "贵的", "优势")


def framed(opens: Sequence[str], most: int, closes: Sequence[str]) -> st.SearchStrategy[str]:
    """Return texts that begin and end with some words, about `most` characters apart."""
    between = st.text("那几个大的了,5", min_size=max(most - 3, 0), max_size=most + 2)
    filled = st.sampled_from(["", *comparisons._FILLING.words])
    parts = (st.sampled_from(opens), filled, between | st.just(""), st.sampled_from(closes))
    return st.tuples(*parts).map("".join)


FRAMES = st.one_of(
    framed(comparisons._BEFORE.words, comparisons._FILLING_GAP, _MENTIONS),
    framed(comparisons._WITH.words + comparisons._HOLDING.words, comparisons._WITH_GAP, _MENTIONS),
    framed(_MENTIONS, comparisons._AGAINST_GAP, comparisons._AGAINST.words),
    framed(_SAID, 2, negation._THAN.words),
    framed(_MENTIONS, negation._LESS_GAP, negation._LESS.words),
    *(framed(_SAID, gap, lexicon.words) for lexicon, gap in negation._TAKES_BACK),
    *(
        framed(frame.opens.words, frame.most, frame.closes.words)
        for frame in (*negation._IDIOMS, negation._NOT_SO, negation._SO_CALLED)
    ),
    framed(questions._IS_IT_NOT.opens.words, 16, questions._IS_IT_NOT.closes.words),
    framed(negation._NEGATORS.words + negation._REMOVERS.words, negation.WINDOW, _SAID),
    framed(LEADING_UP.words, 2, [",", ",,", "。"]),
)
TEXT = st.lists(PIECES | FRAMES, max_size=14).map("".join)

TOPIC = Topic("开源大模型", ("开源", "Llama"), ("闭源", "不开源"), ("开源中国",))
# Words that are of other lists too, that hold marks of punctuation, or that there are none of.
TOPICS = [
    *(SHIPPED.topic, TOPIC, Topic("无", (), ())),
    Topic("混", ("开源", "开源比", "AI", "a比"), ("闭源", "源,比", "不"), ("开源不", "闭源 ")),
    Topic("重", ("源开源", "没有那么", "Llama 2"), ("那么", "吗", ","), ("不吗",)),
    Topic("短", ("不是", "?", "源"), ("比",), ("不是开",)),
]
_RULED = ["便宜", "更好", "好用", "AI", "贵", "不", "源", "llama"]
WORD = st.sampled_from(_RULED)
# What rules are about, close to one another.
DENSE = st.lists(
    WORD | st.sampled_from([*_MENTIONS, ",", "但", "比", "很", "?"]) | FRAMES, max_size=12
).map("".join)
PATTERNS = [
    *("便宜|更好", "更[^,]{0,3}(?:好|贵)", "^开源", "贵$", "^(?:开|便)[^,]*贵$", "便.{0,4}贵"),
    *("{target}[^,]{0,4}{rival}?", "(?:{target}|{rival})贵", "[^便]宜", "a+|ai", r"\d元|\p{Han}a"),
    *("(?i)LLAMA", "(?:不|更)+", "[开-源]贵", "好用?$|更好", "贵?$"),
]
RULES = st.lists(
    st.builds(
        Rule,
        name=st.uuids().map(str),
        label=st.sampled_from(STANCES),
        any=st.lists(WORD, max_size=3, unique=True).map(tuple),
        pattern=st.none() | st.sampled_from(PATTERNS),
        near=st.sampled_from([None, "target", "rival", "both", "neither"]),
        scope=st.sampled_from(["clause", "sentence"]),
        within=st.none() | st.integers(0, 6),
        mirrored=st.booleans(),
        mentions=st.sampled_from([None, None, "target", "both", "neither"]),
        negated=st.sampled_from(["veto", "flip", "ignore"]),
        asked=st.sampled_from(["veto", "ignore"]),
        unless=st.lists(WORD, max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def agrees_on_reading(voter: Voter, texts: list[str], characters: int = CHARACTERS) -> None:
    """Assert that sentences are read alike, in batches of about so many characters."""
    slow = Reference(voter.topic, (), NORMALIZE)
    rest = iter(texts)
    for readings in voter.reader.read(texts, characters):
        for number in range(len(readings)):
            own, expected = readings.one(number), slow.read(next(rest))
            assert own.text == expected.text
            assert own.marked == expected.marked
            assert [(m.start, m.end, m.kind) for m in own.mentions] == expected.mentions
            assert own.standards == expected.standards
            clauses = [clause for clause in expected.clauses if clause[1] > clause[0]]
            assert [(c.start, c.end, c.about) for c in own.clauses] == clauses
            assert own.mentioned == expected.mentioned
            assert (own.asks, own.turn) == (expected.asks, expected.turn)
            assert own.concedes == expected.concedes
            assert own.negated == expected.negated
            start, end = readings.batch.starts[number], readings.batch.ends[number]
            removed = np.flatnonzero(readings.removed[start:end]).tolist()
            assert removed == [at for at in range(end - start) if expected.is_removed(at)]
    assert next(rest, None) is None


def agrees_on_votes(voter: Voter, texts: list[str], characters: int = CHARACTERS) -> int:
    """Assert that rules find and vote alike; return the number of votes."""
    slow = Reference(voter.topic, voter.rules, NORMALIZE)
    rest = iter(texts)
    count = 0
    for readings in voter.reader.read(texts, characters):
        batch, found = readings.batch, voter.evidence(readings)
        own: list[list[tuple[int, Stance, int, int]]] = [[] for _ in range(len(readings))]
        for rule, start, end, label in zip(
            *(part.tolist() for part in (found.rules, found.starts, found.ends, found.labels)),
            strict=True,
        ):
            number = int(batch.sentence[start])
            first = int(batch.starts[number])
            own[number].append((rule, STANCES[label], start - first, end - first))
        for row, evidence in zip(voter.votes_on(readings).tolist(), own, strict=True):
            text = next(rest)
            read = slow.read(text)
            expected = [
                (i, *one) for i in range(len(voter.rules)) for one in slow.evidence(i, read)
            ]
            assert sorted(evidence) == sorted(expected), text
            cast = {n: STANCES[v] for n, v in zip(voter.names, row, strict=True) if v != ABSTAIN}
            assert cast == slow.votes(text), text
            count += len(cast)
    assert next(rest, None) is None
    return count


def agrees_on_counts(
    voter: Voter, texts: list[str], analyzer: NgramAnalyzer, characters: int = CHARACTERS
) -> None:
    """Assert that n-grams are counted alike, all of them and those of a vocabulary."""
    slow = Reference(voter.topic, (), NORMALIZE)
    expected = [slow.count(analyzer, text) for text in texts]
    all_readings = list(voter.reader.read(texts, characters))
    held = Counter(name for own in expected for name in own)
    assert document_frequencies(analyzer, all_readings, 1) == held
    assert document_frequencies(analyzer, all_readings, 2) == {
        name: n for name, n in held.items() if n > 1
    }
    names = sorted(held)
    for known in (names, names[::2], names[::-3]):
        vocabulary = Vocabulary(analyzer, known)
        counted: list[dict[str, int]] = []
        for readings in all_readings:
            found = vocabulary.count(readings)
            assert found.counts.all()
            counted += [{} for _ in range(len(readings))]
            for row, column, count in zip(
                found.rows.tolist(), found.columns.tolist(), found.counts.tolist(), strict=True
            ):
                assert known[column] not in counted[row - len(readings)]
                counted[row - len(readings)][known[column]] = count
        kept = set(known)
        assert counted == [{g: n for g, n in own.items() if n and g in kept} for own in expected]


def test_the_seeds_are_read_voted_on_and_counted_alike() -> None:
    agrees_on_reading(SHIPPED, SENTENCES)
    assert agrees_on_votes(SHIPPED, SENTENCES) > 600
    agrees_on_counts(SHIPPED, SENTENCES[::5], ANALYZER)


def test_the_rules_examples_are_voted_on_alike() -> None:
    agrees_on_reading(SHIPPED, EXAMPLES)
    assert agrees_on_votes(SHIPPED, EXAMPLES) > 400


TEXTS = st.lists(TEXT, min_size=1, max_size=4)
# Batches of one sentence, of some, of all.
SIZES = st.sampled_from([1, 30, CHARACTERS])


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(TOPICS), TEXTS, SIZES)
def test_any_text_is_read_alike(topic: Topic, texts: list[str], characters: int) -> None:
    agrees_on_reading(Voter(topic, (), NORMALIZE), texts, characters)


@settings(deadline=None)
@given(TEXTS)
def test_any_text_is_voted_on_alike(texts: list[str]) -> None:
    agrees_on_votes(SHIPPED, texts)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(TOPICS), RULES, st.lists(DENSE | TEXT, min_size=1, max_size=4), SIZES)
def test_any_rules_vote_alike(
    topic: Topic, rules: list[Rule], texts: list[str], characters: int
) -> None:
    agrees_on_votes(Voter(topic, rules, NORMALIZE), texts, characters)


@settings(deadline=None)
@given(
    st.sampled_from(TOPICS),
    st.lists(st.sampled_from(FEATURES), min_size=1, unique=True),
    st.sampled_from([(1, 1), (1, 2), (2, 3), (3, 3)]),
    st.lists(TEXT | st.text("便宜开源a, \u3000\n\x1c", max_size=8), min_size=1, max_size=4),
    SIZES,
)
def test_any_text_is_counted_alike(
    topic: Topic, features: list[Feature], lengths: tuple[int, int], texts: list[str], size: int
) -> None:
    analyzer = NgramAnalyzer(tuple(features), lengths, lengths)
    agrees_on_counts(Voter(topic, (), NORMALIZE), texts, analyzer, size)


def test_many_n_grams_in_many_sentences_are_kept_apart() -> None:
    # More pairs than fit in 31 bits.
    some = [chr(code) for code in range(0x4E00, 0x4E00 + 260)]
    names = sorted({*some, *map("".join, itertools.product(some, some))})
    vocabulary = Vocabulary(NgramAnalyzer(("chars",), (1, 2)), names)
    texts = [some[-1], some[-1] * 2, "", some[0]] * 5000
    (readings,) = Voter(TOPIC, (), NORMALIZE).reader.read(texts)
    assert len(texts) * len(names) > 1 << 30
    found = vocabulary.count(readings)
    single, double, first = (names.index(own) for own in (texts[0], texts[1], texts[3]))
    expected = []
    for row in range(0, len(texts), 4):
        expected += [(row, single, 1), (row + 1, single, 2), (row + 1, double, 1)]
        expected += [(row + 3, first, 1)]
    counted = zip(found.rows.tolist(), found.columns.tolist(), found.counts.tolist(), strict=True)
    assert sorted(counted) == sorted(expected)


def test_a_batch_is_its_sentences_one_by_one_in_any_order() -> None:
    texts = [*SENTENCES, *EXAMPLES, "", "?", "开源" * 200]
    order = random.Random(0).sample(range(len(texts)), len(texts))
    together = SHIPPED.vote_matrix([texts[i] for i in order])
    assert together.tolist() == SHIPPED.vote_matrix(texts)[order].tolist()
    for i in order[:200]:
        assert SHIPPED.vote_matrix([texts[i]]).tolist() == together[[order.index(i)]].tolist()


ATOMS = [
    *("便", "宜", "贵", "便宜", "更", "a", "B", "s", ",", "3", ".", "^", "$", " ", "{", "-", "？"),
    *("[便a]", "[^,]", "[^a-c便]", "[a-z]", "[便-贵]", "[a-]", "[]a]", "[^]a]", "[😀贵]", "[．]"),
    *(r"\d", r"\p{Han}", r"\P{Han}", r"\x{8d35}", r"\n", r"\.", r"\贵", r"\{", r"\s", r"\S", r"\D"),
    *("[[:digit:]]", r"[^便\d]", r"[\]a]", "Σ", "ß", "(?i:便)", "(?s:.)", "{target}", "{rival}"),
]
COUNTS = ["?", "*", "+", "??", "+?", "{2}", "{0,2}", "{1}", "{1,}", "{,2}", "{0}", "{1,2}?"]
EXPRESSIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=4).map("".join),
        st.lists(part, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(part, st.sampled_from(COUNTS)).map(lambda both: f"(?:{both[0]})" + both[1]),
        st.tuples(st.sampled_from(ATOMS), st.sampled_from(COUNTS)).map("".join),
        st.lists(part, min_size=2, max_size=3).map("|".join),
    ),
    max_leaves=8,
)
SEARCHED = st.lists(st.text("便宜贵更aBs3,.。\n {}-]😀?\0开源闭", max_size=8) | TEXT, max_size=5)


def agrees_on_places(expression: str, texts: list[str]) -> None:
    """Assert that needs are met where a pattern matches, and that many texts match alike."""
    pattern = Pattern(expression, NORMALIZE)
    own = [Reference(TOPIC, (), NORMALIZE).read(text) for text in texts]
    searched = [one.marked if pattern.marked else one.text for one in own]
    expected = []
    for number, text in enumerate(searched):
        spans = list(pattern.spans(text))
        expected += [(number, start, end) for start, end in spans]
        if spans:
            needs = pattern.alternatives
            assert any(all(any(w in text for w in need) for need in one) for one in needs)
        if pattern.words:
            found = re.finditer("|".join(map(re.escape, sorted(pattern.words))), text)
            assert spans == [match.span() for match in found]
    laid = [f"{SEPARATOR}{text}{SEPARATOR}" for text in searched]
    together = [
        (number, max(start - 1, 0), min(end - 1, len(searched[number])))
        for number, start, end in (pattern.spans_of_many(laid) if laid else ())
    ]
    assert [one for one in together if one[1] < one[2]] == expected


@settings(deadline=None, max_examples=500)
@given(EXPRESSIONS, SEARCHED)
def test_what_a_pattern_needs_is_there_where_it_matches(expression: str, texts: list[str]) -> None:
    try:
        # Rules have no pattern that matches an empty text.
        assume(not Pattern(expression, NORMALIZE).matches_empty())
    except StanceclfError:
        reject()
    agrees_on_places(expression, texts)


def test_the_shipped_patterns_match_alike_in_many_sentences() -> None:
    for rule in SHIPPED.rules:
        if rule.pattern:
            agrees_on_places(rule.pattern, [*rule.matches, *rule.rejects, *SENTENCES[::30]])


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("^便", ["便便", "宜便", "便"]),
        ("便$|^宜", ["便便", "宜便", "宜宜", "便"]),
        ("便(?:,|$)", ["便", "便,便", "宜"]),
        # The first match in a sentence need not be the first alternative.
        ("便宜|^便", ["便宜", "便"]),
        ("(?:便|^)便", ["便便", "便"]),
        ("[^,]便|^便", ["便便", "便"]),
        # One sentence's end is not another's beginning, nor twice an end.
        ("(?:^|,)+便", ["宜", "便", ",便"]),
        ("^{0,3}便", ["宜", "便"]),
        ("(?:^)+?便", ["宜", "便"]),
        ("便(?:,|$)+", ["便", "便", ",宜"]),
        ("便(?:,|$)*便", ["便", "便"]),
        ("(便$)(^宜)", ["便", "宜"]),
        ("(?:便$|,)+(?:宜|^便)", ["便", "便"]),
        # Nor is an end before text, or a beginning behind it.
        ("($)便", ["宜", "便"]),
        ("(3|$|s)[^,]", ["便宜", "便"]),
        ("便(?:^)", ["便", "便"]),
    ],
)
def test_an_anchor_stays_in_its_sentence(expression: str, texts: list[str]) -> None:
    agrees_on_places(expression, texts)


def test_a_pattern_that_loads_can_be_searched_for_in_many_sentences() -> None:
    # As long as RE2 accepts.
    assert list(Pattern(".{150}" * 151, NORMALIZE).spans_of_many([SEPARATOR * 2])) == []


@pytest.mark.parametrize("sign", ["\ue000", "\ue001", SEPARATOR, "\ufffd"])
def test_a_private_character_in_a_rule_is_in_no_sentence(sign: str) -> None:
    texts = ["便宜", "", f"便{sign}宜", "开源"]
    rules = [
        Rule(name="词", label="favor", any=(sign, f"{sign}便", f"宜{sign}{sign}便")),
        Rule(name="式", label="favor", pattern=f"{sign}便|宜{sign}"),
        Rule(name="除", label="favor", any=("便宜",), unless=(sign,)),
    ]
    agrees_on_votes(Voter(TOPIC, rules, NORMALIZE), texts)
    agrees_on_places(f"{sign}便|宜{sign}", ["便宜", "宜便", "宜宜"])
    topic = replace(TOPIC, target=("开源", sign), ignore=(f"{sign}开",))
    agrees_on_reading(Voter(topic, (), NORMALIZE), texts)


@pytest.mark.parametrize(
    ("expression", "needs"),
    [
        ("便宜|贵", [[{"便宜"}], [{"贵"}]]),
        ("(?:更|很)[^,]{0,3}(?:便宜|贵)", [[{"更", "很"}, {"便宜", "贵"}]]),
        ("不?便宜", [[{"便宜", "不便宜"}]]),
        ("GPT-4", [[{"gpt-4"}]]),
        ("[^便]*", [[]]),
        ("(?i)便宜", [[]]),
        (r"\Q便\E", [[]]),
        ("Σ便", [[]]),
        ("(?:便宜)+贵?", [[{"便宜"}]]),
    ],
)
def test_needs_follow_from_the_syntax(expression: str, needs: list[list[set[str]]]) -> None:
    assert [[set(need) for need in one] for one in alternatives(expression)] == needs


def test_only_patterns_that_list_words_are_looked_for_as_words() -> None:
    words = words_alone("近日|今[日天]|[35]月")
    assert words == frozenset(["近日", "今日", "今天", "3月", "5月"])
    for expression in ("近日|近", "近日$", "近.日", "ai日", "近日?", "|", "近日|"):
        assert words_alone(expression) is None
