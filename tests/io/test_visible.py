"""Invisible characters are left out, and offsets still lead to the original text."""

from __future__ import annotations

from hypothesis import given, strategies as st

from stanceclf.io.invisible import INVISIBLE, Visible

SOME = st.lists(st.sampled_from(["\u200b", "\u202e", "\ufeff", "\xad", "\0", "\ufe0f"]), max_size=3)


@given(st.lists(st.tuples(st.text("开源ab。 ", max_size=3), SOME), max_size=6))
def test_offsets_lead_back(parts: list[tuple[str, list[str]]]) -> None:
    text = "".join(shown + "".join(signs) for shown, signs in parts)
    seen = Visible(text)
    assert seen.text == "".join(shown for shown, _ in parts)
    for start in range(len(seen.text)):
        for end in range(start + 1, len(seen.text) + 1):
            first, last = seen.span(start, end)
            assert Visible(text[first:last]).text == seen.text[start:end]
            assert text[first] == seen.text[start]
            assert text[last - 1] == seen.text[end - 1]


def test_white_space_letters_and_line_ends_are_visible() -> None:
    shown = "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029 \u3000开A。😀𠀀"
    assert Visible(shown).text == shown
    assert Visible("".join(map(chr, INVISIBLE))).text == ""
