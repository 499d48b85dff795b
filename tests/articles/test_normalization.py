"""The normal form of a text, character by character."""

from __future__ import annotations

import pickle
import sys

from hypothesis import given, strategies as st

from stanceclf.articles.normalization import Normalizer

NORMALIZE = Normalizer.from_opencc()


def test_one_character_in_one_out_and_a_fixed_point() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    once = NORMALIZE(every)
    assert len(once) == len(every)
    assert NORMALIZE(once) == once


@given(st.text())
def test_the_length_stays(text: str) -> None:
    assert len(NORMALIZE(text)) == len(text)


def test_the_normal_form() -> None:
    assert NORMALIZE("開源大模型「ＧＰＴ－４」，優於閉源！") == "开源大模型「gpt-4」,优于闭源!"
    # Its lower case is two characters long: it stays, or offsets would move.
    assert NORMALIZE("İ") == "İ"
    assert NORMALIZE("Σ") == "σ"


def test_a_pickle_contains_only_the_table() -> None:
    fresh = pickle.dumps(Normalizer("開", "开"))
    used = Normalizer("開", "开")
    used("開源优于闭源")
    assert pickle.dumps(used) == fresh
    assert pickle.loads(fresh)("開源") == "开源"
