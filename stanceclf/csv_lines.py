"""CSV: one line of it at a time, for output that is streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_line(cells: Iterable[object]) -> str:
    r"""Return cells as a line of CSV.

    Examples
    --------
    >>> csv_line(["开源,便宜", 1, None])
    '"开源,便宜",1,\n'
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
