"""Text for a terminal: tables that fit its width, and nothing that it would execute."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Lines of a cell, each a text and its style: a key of `_STYLES`.
Cell = Sequence[tuple[str, str]]

_STYLES = {"green": "\x1b[32m", "red": "\x1b[31m", "dim": "\x1b[2m", "": ""}
_RESET = "\x1b[0m"
# Control characters, line ends and direction marks.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_LINES = re.compile(r"[^\n]+")
# Lines break neither inside a Latin word nor before closing punctuation.
_UNBROKEN = re.compile(r"(?:[!-~]+|.)[，。！？；：、”’」』）〕］】》〉…]*", re.DOTALL)


def printable(text: str) -> str:
    r"""Return text with replacement characters for what could control a terminal.

    Examples
    --------
    >>> printable("开源\x1b[2J")
    '开源�[2J'
    """
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _printable_line(line: re.Match[str]) -> str:
    return printable(line.group())


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 rule``, ``2 rules``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def terminal_width() -> int:
    """Return the terminal's width in columns, or COLUMNS if it is set; 100 without either."""
    return shutil.get_terminal_size((100, 0)).columns


def fold(text: str, width: int) -> list[str]:
    """Return text as printable lines of at most `width` columns; together, they have its length.

    Examples
    --------
    >>> fold("DeepSeek便宜，开源。", 12)  # no punctuation begins a line
    ['DeepSeek便', '宜，开源。']
    """
    from rich.cells import cell_len, chop_cells

    lines, taken = [""], 0
    for piece in _UNBROKEN.findall(printable(text)):
        for part in chop_cells(piece, width) if cell_len(piece) > width else [piece]:
            size = cell_len(part)
            if taken + size > width:
                lines.append("")
                taken = 0
            lines[-1] += part
            taken += size
    return lines if lines[0] else []


def render(what: RenderableType, width: int, color: bool = False) -> str:
    """Return a rich renderable as text of at most `width` columns; a Chinese character needs two.

    Examples
    --------
    >>> print(render("开源", width=4), end="")
    开源
    """
    from rich.console import Console
    from rich.segment import Segments

    text = io.StringIO()
    console = Console(
        file=text, width=width, force_terminal=color, no_color=not color, legacy_windows=False
    )
    # Not the escapes of styles, but those in the text.
    shown = (
        part if part.control else part._replace(text=_LINES.sub(_printable_line, part.text))
        for part in console.render(what)
    )
    console.print(Segments(shown), end="")
    return text.getvalue()


def draw_table(
    title: str,
    header: tuple[str, str, str],
    rows: Iterable[tuple[Cell, Cell, Cell]],
    width: int,
    *,
    color: bool = False,
) -> str:
    """Return a table of two narrow columns, the second right-aligned, and one that is folded.

    It looks like a table of rich, which would need ten times as long for an article. As there,
    `width` counts a Chinese character as two columns.

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

    heads: list[Cell] = [[(name, "")] for name in header]
    title = printable(title)
    body: list[tuple[Cell, ...]] = [
        tuple([(printable(text), style) for text, style in cell] for cell in row) for row in rows
    ]
    sizes = [
        max(cell_len(text) for row in (heads, *body) for text, _ in row[column])
        for column in range(3)
    ]
    sizes[2] = min(sizes[2], max(width - sum(sizes[:2]) - 10, 8))

    def rule(left: str, between: str, right: str, line: str) -> str:
        return left + between.join(line * (size + 2) for size in sizes) + right

    def lines(row: Sequence[Cell], bar: str) -> Iterator[str]:
        folded = [
            [(part, style) for text, style in cell for part in chop_cells(text, size) or [""]]
            for cell, size in zip(row, sizes, strict=True)
        ]
        for number in range(max(map(len, folded))):
            cells = []
            for column, cell in enumerate(folded):
                text, style = cell[number] if number < len(cell) else ("", "")
                pad = " " * (sizes[column] - cell_len(text))
                own = f"{_STYLES[style]}{text}{_RESET}" if color and style else text
                cells.append(f" {pad}{own} " if column == 1 else f" {own}{pad} ")
            yield bar + bar.join(cells) + bar

    found = [title, rule("┏", "┳", "┓", "━"), *lines(heads, "┃"), rule("┡", "╇", "┩", "━")]
    for row in body:
        found += lines(row, "│")
    return "\n".join([*found, rule("└", "┴", "┘", "─")]) + "\n"
