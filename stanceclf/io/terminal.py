"""Rendering: tables as text, as wide as whoever reads them has room for."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Lines of a cell: each a text and the style that it is shown in, or none.
Cell = Sequence[tuple[str, str]]

_STYLES = {"green": "\x1b[32m", "red": "\x1b[31m", "dim": "\x1b[2m", "": ""}
_PLAIN = "\x1b[0m"
# Control characters, ends of lines, and what turns the direction of writing around.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Return text whose control characters no terminal will obey.

    Examples
    --------
    >>> printable("开源\x1b[2J")
    '开源�[2J'
    """
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def terminal_width() -> int:
    """Return how many columns the terminal has, or COLUMNS says; where neither does, 100."""
    return shutil.get_terminal_size((100, 0)).columns


def render(what: RenderableType, width: int, color: bool = False) -> str:
    """Return a table as text.

    Parameters
    ----------
    what : rich renderable
        The table.
    width : int
        How many columns it may take; a Chinese character takes two.
    color : bool, default False
        Whether to use a terminal's colours.

    Examples
    --------
    >>> print(render("开源", width=4), end="")
    开源
    """
    from rich.console import Console

    text = io.StringIO()
    console = Console(
        file=text, width=width, force_terminal=color, no_color=not color, legacy_windows=False
    )
    console.print(what)
    return text.getvalue()


def draw_table(
    title: str,
    header: tuple[str, str, str],
    rows: Iterable[tuple[Cell, Cell, Cell]],
    width: int,
    *,
    color: bool = False,
) -> str:
    """Return a table of two narrow columns and a wide one, whose lines are folded.

    Rich's tables, which these look like, take ten times as long for an article.

    Parameters
    ----------
    title : str
        What stands above it.
    header : (str, str, str)
        The names of the columns.
    rows : iterable of three cells
        The rows; the second column is aligned to the right.
    width : int
        How many columns of a terminal it may take; a Chinese character takes two.
    color : bool, default False
        Whether to use a terminal's colours.

    Examples
    --------
    >>> row = ([("支持", "green")], [("0.90", "")], [("开源更便宜", "")])
    >>> print(draw_table("一.txt", ("stance", "p", "sentence"), [row], 80), end="")
    一.txt
    ┏━━━━━━━━┳━━━━━━┳━━━━━━━━━━━━┓
    ┃ stance ┃    p ┃ sentence   ┃
    ┡━━━━━━━━╇━━━━━━╇━━━━━━━━━━━━┩
    │ 支持   │ 0.90 │ 开源更便宜 │
    └────────┴──────┴────────────┘
    """
    from rich.cells import cell_len, chop_cells

    body = list(rows)
    heads: list[Cell] = [[(name, "")] for name in header]
    narrow = [
        max(cell_len(text) for row in (heads, *body) for text, _ in row[column])
        for column in (0, 1)
    ]
    wide = max(width - sum(narrow) - 10, 8)
    rest = max((cell_len(text) for row in (heads, *body) for text, _ in row[2]), default=0)
    sizes = [*narrow, min(wide, max(rest, cell_len(header[2])))]

    def rule(left: str, between: str, right: str, line: str) -> str:
        return left + between.join(line * (size + 2) for size in sizes) + right

    def lines(row: Sequence[Cell], bar: str) -> Iterable[str]:
        folded = [
            [(part, style) for text, style in cell for part in chop_cells(text, size) or [""]]
            for cell, size in zip(row, sizes, strict=True)
        ]
        for number in range(max(map(len, folded))):
            cells = []
            for column, cell in enumerate(folded):
                text, style = cell[number] if number < len(cell) else ("", "")
                pad = " " * (sizes[column] - cell_len(text))
                own = f"{_STYLES[style]}{text}{_PLAIN}" if color and style else text
                cells.append(f" {pad}{own} " if column == 1 else f" {own}{pad} ")
            yield bar + bar.join(cells) + bar

    found = [title, rule("┏", "┳", "┓", "━"), *lines(heads, "┃"), rule("┡", "╇", "┩", "━")]
    for row in body:
        found += lines(row, "│")
    return "\n".join([*found, rule("└", "┴", "┘", "─")]) + "\n"
