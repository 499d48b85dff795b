"""Arrays of places: numbers of characters in a batch, mostly sorted, found and compared at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

#: A place behind every other.
NOWHERE = np.iinfo(np.intp).max


def encode(text: str) -> Codes:
    """Return the code points of a text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def decode(codes: Codes) -> str:
    """Return the text of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def following(starts: Ints, places: Ints) -> Ints:
    """Return the first of some sorted places at or after each place; `NOWHERE` if there is none.

    Examples
    --------
    >>> following(np.array([2, 5]), np.array([0, 3])).tolist()
    [2, 5]
    """
    return np.append(starts, NOWHERE)[np.searchsorted(starts, places)]


def among(places: Ints, starts: Ints) -> Flags:
    """Return which places are among some sorted ones.

    Examples
    --------
    >>> among(np.array([0, 2, 3]), np.array([2, 5])).tolist()
    [False, True, False]
    """
    found: Flags = following(starts, places) == places
    return found


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """Return the numbers of several ranges, one range after the other.

    Examples
    --------
    >>> ranges(np.array([2, 7]), np.array([3, 1])).tolist()
    [2, 3, 4, 7]
    """
    shift = starts - np.cumsum(lengths) + lengths
    return np.arange(lengths.sum()) + np.repeat(shift, lengths)
