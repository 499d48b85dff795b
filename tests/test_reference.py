"""The arrays read, vote and count as the slow and obvious way does, whatever the text."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from conftest import ROOT, count_ngrams
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import Reference

from stanceclf import comparisons, negation, questions
from stanceclf.articles import read_folder
from stanceclf.batch import SEPARATOR
from stanceclf.errors import StanceclfError
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.lexicons import first_and_longest
from stanceclf.literals import alternatives, words_alone
from stanceclf.ngrams import FEATURES, NgramAnalyzer
from stanceclf.normalization import Normalizer
from stanceclf.patterns import Pattern
from stanceclf.rule_file import load_voter
from stanceclf.rules import Rule
from stanceclf.sentences import cut_articles
from stanceclf.topic import Topic
from stanceclf.trie import Trie
from stanceclf.votes import Voter

NORMALIZE = Normalizer.from_opencc()
SHIPPED = load_voter(ROOT / "configs/open-models", NORMALIZE)
SENTENCES = [s.text for s in cut_articles(read_folder(ROOT / "seeds/articles"), NORMALIZE)]
EXAMPLES = [text for rule in SHIPPED.rules for text in (*rule.matches, *rule.rejects)]
ANALYZER = NgramAnalyzer(FEATURES, (1, 3), (1, 2))

# Every word that reading depends on, so that they meet in all ways.
_WORDS = sorted(
    {
        word.replace("|", "")
        for lexicon in (*comparisons.LEXICONS, *negation.LEXICONS, questions.ASKING)
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
TEXT = st.lists(PIECES, max_size=14).map("".join)

TOPIC = Topic("开源大模型", ("开源", "Llama"), ("闭源", "不开源"), ("开源中国",))
WORD = st.sampled_from(["便宜", "更好", "好用", "AI", "贵", "不", "源", "llama"])
PATTERNS = [
    *("便宜|更好", "更[^,]{0,3}(?:好|贵)", "^开源", "贵$", "^(?:开|便)[^,]*贵$", "便.{0,4}贵"),
    *("{target}[^,]{0,4}{rival}?", "(?:{target}|{rival})贵", "[^便]宜", "a+|ai", r"\d元|\p{Han}a"),
    *("(?i)LLAMA", "(?:不|更)+", "[开-源]贵", "好用?$|更好"),
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


def agrees_on_reading(voter: Voter, texts: list[str]) -> None:
    """See that sentences are read alike, all in one batch."""
    slow = Reference(voter.topic, voter.rules, NORMALIZE)
    for start in range(0, len(texts), 500):
        part = texts[start : start + 500]
        (readings,) = voter.read.read(part)
        for number, text in enumerate(part):
            own, expected = readings.one(number), slow.read(text)
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


def agrees_on_votes(voter: Voter, texts: list[str]) -> int:
    """See that rules vote alike; return how many votes there are."""
    slow = Reference(voter.topic, voter.rules, NORMALIZE)
    matrix = voter.vote_matrix(texts)
    for text, row in zip(texts, matrix.tolist(), strict=True):
        cast = {n: STANCES[v] for n, v in zip(voter.names, row, strict=True) if v != ABSTAIN}
        assert cast == slow.votes(text), text
    return int((matrix != ABSTAIN).sum())


def test_the_seeds_are_read_voted_on_and_counted_alike() -> None:
    agrees_on_reading(SHIPPED, SENTENCES[::2])
    assert agrees_on_votes(SHIPPED, SENTENCES[::4]) > 150
    slow = Reference(SHIPPED.topic, (), NORMALIZE)
    for text in SENTENCES[::40]:
        assert count_ngrams(ANALYZER, SHIPPED.read, text) == slow.count(ANALYZER, text)


def test_the_rules_examples_are_voted_on_alike() -> None:
    agrees_on_reading(SHIPPED, EXAMPLES)
    assert agrees_on_votes(SHIPPED, EXAMPLES[::4]) > 100


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_any_text_is_read_alike(texts: list[str]) -> None:
    agrees_on_reading(SHIPPED, texts)


@settings(deadline=None, max_examples=40)
@given(st.lists(TEXT, min_size=1, max_size=3))
def test_any_text_is_voted_on_alike(texts: list[str]) -> None:
    agrees_on_votes(SHIPPED, texts)


@settings(deadline=None)
@given(RULES, st.lists(TEXT, min_size=1, max_size=3))
def test_any_rules_vote_alike(rules: list[Rule], texts: list[str]) -> None:
    agrees_on_votes(Voter(TOPIC, rules, NORMALIZE), texts)


@settings(deadline=None, max_examples=40)
@given(TEXT)
def test_any_text_is_counted_alike(text: str) -> None:
    slow = Reference(TOPIC, (), NORMALIZE)
    assert count_ngrams(ANALYZER, Voter(TOPIC, (), NORMALIZE).read, text) == slow.count(
        ANALYZER, text
    )


def test_a_batch_is_its_sentences_one_by_one_in_any_order() -> None:
    texts = [*SENTENCES[:200], "", "?", "开源" * 200]
    alone = [SHIPPED.vote_matrix([text])[0].tolist() for text in texts]
    order = random.Random(0).sample(range(len(texts)), len(texts))
    assert SHIPPED.vote_matrix([texts[i] for i in order]).tolist() == [alone[i] for i in order]


SYMBOLS = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), max_size=30)


@given(SYMBOLS, st.lists(st.integers(0, 4), max_size=30))
def test_a_trie_finds_every_word_everywhere(words: list[list[int]], text: list[int]) -> None:
    own = [list(word) for word in {tuple(word) for word in words}]
    flat = np.array([symbol for word in own for symbol in word], np.intp)
    trie = Trie(flat, np.array([len(word) for word in own], np.intp), 5)
    found = trie.find(np.array([*text, 0], np.intp))
    expected = [
        (start, start + len(word), number)
        for number, word in enumerate(own)
        for start in range(len(text))
        if text[start : start + len(word)] == word
    ]
    assert sorted(zip(*(part.tolist() for part in found), strict=True)) == sorted(expected)
    assert [trie.word[node] for node in trie.nodes] == list(range(len(own)))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=20))
def test_of_spans_that_overlap_the_first_and_longest_counts(pairs: list[tuple[int, int]]) -> None:
    spans = sorted((start, -size) for start, size in pairs)
    starts = np.array([start for start, _ in spans], np.intp)
    ends = starts - np.array([size for _, size in spans], np.intp)
    expected, reached = [], 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        expected.append(start >= reached)
        reached = end if expected[-1] else reached
    assert first_and_longest(starts, ends).tolist() == expected


SYNTAX = [
    *"便宜a,^$|",
    "(?:便|宜a)",
    "[便a]",
    "[^,]",
    r"\d",
    "更?",
    "a+",
    ".",
    "{0,2}",
    "*",
    "(",
    ")",
]
EXPRESSIONS = st.one_of(
    st.sampled_from([rule.pattern for rule in SHIPPED.rules if rule.pattern]),
    st.lists(st.sampled_from(SYNTAX), min_size=1, max_size=8).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(EXPRESSIONS, st.lists(TEXT | st.text("便宜a,更3", max_size=8), max_size=4))
def test_what_a_pattern_needs_is_there_where_it_matches(expression: str, texts: list[str]) -> None:
    try:
        pattern = Pattern(expression, NORMALIZE)
    except StanceclfError:
        return
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
def test_needs_are_told_by_the_syntax(expression: str, needs: list[list[set[str]]]) -> None:
    assert [[set(need) for need in one] for one in alternatives(expression)] == needs


def test_only_words_that_nothing_hangs_on_are_looked_for_as_words() -> None:
    words = words_alone("近日|今[日天]|[35]月")
    assert words == frozenset(["近日", "今日", "今天", "3月", "5月"])
    for expression in ("近日|近", "近日$", "近.日", "ai日", "近日?", "|", "近日|"):
        assert words_alone(expression) is None
