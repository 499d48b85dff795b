"""Tables fit the terminal, and nothing in a text controls it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from stanceclf.io.terminal import draw_table, printable, terminal_width

TEXT = st.text("开源ab。 ", max_size=30)
HEADER = ("stance", "p", "sentence")


@given(st.lists(st.lists(TEXT, min_size=1, max_size=3), max_size=4), st.integers(30, 60))
def test_a_table_fits_its_width_and_shows_all_text(cells: list[list[str]], width: int) -> None:
    rows = [([("支持", "")], [("0.90", "")], [(line, "") for line in cell]) for cell in cells]
    title, *lines = draw_table("一.txt", HEADER, rows, width).splitlines()
    assert title == "一.txt"
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= width
    shown = "".join(line.split("│")[3] for line in lines if line.startswith("│"))
    assert "".join(shown.split()) == "".join("".join(map("".join, cells)).split())


def test_a_table_has_colors_only_on_demand() -> None:
    row = ([("支持", "green")], [("0.90", "")], [("开源", "dim")])
    plain, color = (draw_table("题", HEADER, [row], 40, color=color) for color in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[32m支持\x1b[0m" in color
    for code in ("\x1b[32m", "\x1b[2m", "\x1b[0m"):
        color = color.replace(code, "")
    assert color == plain


@given(st.text())
def test_nothing_controls_the_terminal(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(char in shown for char in "\x00\x07\n\r\x1b\x7f\x9b\u2028\u202e\u2066")
    assert printable("开源 ab。😀") == "开源 ab。😀"


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal_width() == 77
