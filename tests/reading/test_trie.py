"""A trie finds every word everywhere; of those that overlap, the leftmost and longest counts."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, strategies as st

from stanceclf.reading import lexicons, trie as trie_module
from stanceclf.reading.lexicons import leftmost_longest
from stanceclf.reading.trie import Trie

SYMBOLS = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), max_size=30)


@given(SYMBOLS, st.lists(st.integers(0, 4), max_size=30), st.sampled_from([1, 4, 1 << 15]))
def test_a_trie_finds_every_word_everywhere(
    words: list[list[int]], text: list[int], window: int
) -> None:
    own = [list(word) for word in {tuple(word) for word in words}]
    flat = np.array([symbol for word in own for symbol in word], np.intp)
    with mock.patch.object(trie_module, "_WINDOW", window):
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


@pytest.mark.parametrize(("symbols", "window"), [(3000, 1 << 15), (200, 64), (5, 1)])
def test_a_trie_of_many_words_contains_them_and_no_other(symbols: int, window: int) -> None:
    draw = np.random.default_rng(0)
    # Few symbols are common, as characters are.
    lengths = draw.integers(1, 4, 20_000)
    flat = (draw.integers(1, symbols, lengths.sum()) ** 2 // symbols).clip(1)
    ends = np.cumsum(lengths)
    words = [tuple(flat[a:b].tolist()) for a, b in zip(ends - lengths, ends, strict=True)]
    with mock.patch.object(trie_module, "_WINDOW", window):
        trie = Trie(flat, lengths, symbols)
    text = np.append(flat[::-1], 0)
    found: dict[int, set[tuple[int, ...]]] = {}
    for start, end, number in zip(*(part.tolist() for part in trie.find(text)), strict=True):
        assert words[number] == tuple(text[start:end].tolist())
        assert words[number] not in found.setdefault(start, set())
        found[start].add(words[number])
    known = set(words)
    for start in range(len(text) - 3):
        here = {tuple(text[start : start + n].tolist()) for n in (1, 2, 3)}
        assert found.get(start, set()) == here & known
    # Equal words end at one node, and different words at different ones.
    assert len(set(trie.nodes.tolist())) == len(known)
    assert len(
        {(node, word) for node, word in zip(trie.nodes.tolist(), words, strict=True)}
    ) == len(known)


# Some spans, or many in a row that each overlap the next.
SPANS = st.one_of(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=20),
    st.lists(st.integers(1, 4), max_size=60).map(lambda sizes: list(enumerate(sizes))),
)


@given(SPANS, st.sampled_from([0, 1, 8]))
def test_of_overlapping_spans_the_leftmost_and_longest_counts(
    pairs: list[tuple[int, int]], rounds: int
) -> None:
    spans = sorted((start, -size) for start, size in pairs)
    starts = np.array([start for start, _ in spans], np.intp)
    ends = starts - np.array([size for _, size in spans], np.intp)
    expected, reached = [], 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        expected.append(start >= reached)
        reached = end if expected[-1] else reached
    with mock.patch.object(lexicons, "_ROUNDS", rounds):
        assert leftmost_longest(starts, ends).tolist() == expected
