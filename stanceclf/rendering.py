"""Rendering: tables as text, as wide as whoever reads them has room for."""

from __future__ import annotations

import io
import shutil

from rich.console import Console, RenderableType


def reader_width() -> int:
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
    text = io.StringIO()
    console = Console(
        file=text, width=width, force_terminal=color, no_color=not color, legacy_windows=False
    )
    console.print(what)
    return text.getvalue()
