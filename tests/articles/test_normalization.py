"""The normal form of a text, character by character."""

from __future__ import annotations

import pickle
import sys

import pytest
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


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("\u2edb险", "风险"),
        ("\u2ed4槛", "门槛"),
        ("\u2ee2斯克", "马斯克"),
        ("\u2ed1期", "长期"),
        ("\u2f42章", "文章"),
        *((f"Open{hyphen}Source", "open-source") for hyphen in "-\u2010\u2011\u2012\u2013\u2212"),
        # A dash is no hyphen.
        ("开源——便宜", "开源——便宜"),
    ],
)
def test_what_looks_alike_has_one_normal_form(text: str, normal: str) -> None:
    assert NORMALIZE(text) == normal
    # Models that were saved with a table of their own fold it too.
    assert Normalizer("長", "长")(text) == normal


def test_what_opencc_knows_in_phrases_only() -> None:
    assert NORMALIZE("意味著藉口，瞭解回覆，復甦") == "意味着借口,了解回复,复苏"


def test_a_pickle_contains_only_the_table() -> None:
    fresh = pickle.dumps(Normalizer("開", "开"))
    used = Normalizer("開", "开")
    used("開源优于闭源")
    assert pickle.dumps(used) == fresh
    assert pickle.loads(fresh)("開源") == "开源"
