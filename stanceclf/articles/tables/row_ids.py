"""The names of a table's rows: their ids, or their numbers."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal
from typing import NoReturn

# The largest whole numbers that a float tells apart.
_EXACT = 2**53
# Ids that are remembered to detect a repeated one, and digits of numbers that rows may have.
_MAX_IDS, _MAX_DIGITS = 1_000_000, 16
_SHOWN = 80
#: What begins and ends files: it stands between the rows of files that were joined, and behind the
#: last row of one that DOS wrote or a download cut short.
MARKS = "\ufeff\0\x1a"


class RowNames:
    """The names of the rows of a table, which are all different.

    Examples
    --------
    >>> names = RowNames()
    >>> names.add("B 7", 1), names.add(None, 2)
    ('B 7', '2')
    >>> names.add(2, 3)
    Traceback (most recent call last):
    ValueError: rows 2 and 3 are both named 2, by `id` or number; give each its own
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        # Runs of rows without an id: in most tables a single one.
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, own: object, number: int) -> str:
        """Return the name of a row: its id, or without one its number, counted from 1.

        Raises
        ------
        ValueError
            The id is no name, or another row has it; the message says which.
        """
        try:
            name = row_id(own)
        except ValueError as error:
            raise ValueError(f"row {number}: `id` {error}; or rename the column") from None
        if name is None:
            name = str(number)
            if name in self._ids:
                self._refuse(self._ids[name], number, name)
            if self._ends and self._ends[-1] == number:
                self._ends[-1] += 1
            elif len(self._ends) < _MAX_IDS:
                self._starts.append(number)
                self._ends.append(number + 1)
            return name
        if name.isascii() and name.isdecimal() and len(name) < _MAX_DIGITS:
            run = bisect_right(self._starts, int(name)) - 1
            if run >= 0 and int(name) < self._ends[run] and name == str(int(name)):
                self._refuse(int(name), number, name)
        if len(self._ids) < _MAX_IDS and (first := self._ids.setdefault(name, number)) != number:
            # An id may be of any length, and the end of a message is how to fix it.
            shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
            what = f"rows {first} and {number} have the same `id` {shown}; give each its own"
            raise ValueError(what)
        return name

    def _refuse(self, first: int, number: int, name: str) -> NoReturn:
        what = f"rows {first} and {number} are both named {name}, by `id` or number"
        raise ValueError(f"{what}; give each its own")


def row_id(value: object) -> str | None:
    """Return the name in a cell of a column of ids, None if the cell is empty.

    Data frames turn whole numbers into floats where some are missing; their names stay the same.

    Raises
    ------
    ValueError
        It is no name; the message says why.

    Examples
    --------
    >>> row_id(" B 7 "), row_id(7.0), row_id(float("nan"))
    ('B 7', '7', None)
    """
    if value is None:
        return None
    if isinstance(value, float | Decimal):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"must be a number or text (is {type(value).__name__})")
    name = " ".join(str(value).strip(MARKS).split())
    if not name.isprintable():
        raise ValueError("contains characters that cannot be shown; remove them")
    return name or None


def _number(value: float | Decimal) -> str:
    """Return a number without an exponent, a whole one without its point; empty for NaN."""
    if value != value:
        return ""
    if abs(value) == float("inf"):
        raise ValueError("must be a number or text (is infinite)")
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise ValueError("is a float, which is too large to be exact; save the ids as text")
    if value == int(value):
        return str(int(value))
    return f"{Decimal(repr(value)) if isinstance(value, float) else value:f}".rstrip("0")
