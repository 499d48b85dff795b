"""The formats that standings are written in: JSON lines, CSV, and a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stanceclf.io import csv_line
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.formats import AUTHOR
from stanceclf.prediction.rows import Prediction
from stanceclf.prediction.standing import By, Standing

_SIGNS = {"favor": ("+", "green"), "against": ("-", "red")}


def write_standings(
    standings: Iterable[Standing],
    form: str,
    by: By,
    labels: Mapping[str, str],
    *,
    topic: str = "",
    color: bool = False,
) -> Iterator[str]:
    r"""Yield standings as pieces of text.

    Parameters
    ----------
    standings : iterable of Standing
        In the order to write them in.
    form : {"table", "jsonl", "csv"}
        The format.
    by : {"speaker", "article"}
        What they are of.
    labels : mapping of str to str
        How the table shows each stance.
    topic : str, optional
        What the stances are on, for the table's title.
    color : bool, default False
        Whether the table may use a terminal's colours.

    Examples
    --------
    >>> one = Standing("方汉", 3, 0, 1, 0.75, (0.0, 1.0), {})
    >>> print("".join(write_standings([one], "csv", "speaker", {})).lstrip("\ufeff"), end="")
    speaker,favor,against,none,net,low,high,favor_quote,against_quote
    方汉,3,0,1,0.75,0.0,1.0,,
    """
    if form == "jsonl":
        return (json.dumps(as_dict(one, by), ensure_ascii=False) + "\n" for one in standings)
    return _csv(standings, by) if form == "csv" else _table(standings, by, labels, topic, color)


def as_dict(standing: Standing, by: By = "speaker") -> dict[str, Any]:
    """Return a standing as JSON can hold it.

    Examples
    --------
    >>> as_dict(Standing("方汉", 3, 0, 1, 0.75, (0.0, 1.0), {}))["speaker"]
    '方汉'
    """
    return {
        by: standing.name,
        "favor": standing.favor,
        "against": standing.against,
        "none": standing.none,
        "net": standing.net,
        "interval": list(standing.interval),
        "quotes": {
            stance: _quote(standing.quotes[stance]) if stance in standing.quotes else None
            for stance in _SIGNS
        },
    }


def _quote(row: Prediction) -> dict[str, Any]:
    return {
        "article": row.article,
        "start": row.start,
        "end": row.end,
        "text": row.text,
        "probability": (row.probabilities or {}).get(row.stance or ""),
        "speaker": row.speaker,
        "voice": row.voice,
    }


def _csv(standings: Iterable[Standing], by: By) -> Iterator[str]:
    quotes = [f"{stance}_quote" for stance in _SIGNS]
    yield "\ufeff" + csv_line([by, *READING_ORDER, "net", "low", "high", *quotes])
    for one in standings:
        said = [one.quotes[stance].text if stance in one.quotes else None for stance in _SIGNS]
        yield csv_line([one.name, one.favor, one.against, one.none, one.net, *one.interval, *said])


def _table(
    standings: Iterable[Standing], by: By, labels: Mapping[str, str], topic: str, color: bool
) -> Iterator[str]:
    from stanceclf.io import draw_table, printable, terminal_width

    rows = []
    for one in standings:
        counts = " · ".join(
            f"{labels.get(stance, stance)} {getattr(one, stance)}" for stance in READING_ORDER
        )
        lines = [(counts, "")]
        name = printable(one.name or AUTHOR)
        if by == "article":
            # A path is too long for a narrow column.
            lines.insert(0, (name, ""))
            name = str(one.sentences)
        for stance, (sign, style) in _SIGNS.items():
            if stance in one.quotes:
                lines.append((f"{sign} {printable(one.quotes[stance].text)}", style))
        low, high = one.interval
        net = [(f"{one.net:+.2f}", ""), (f"[{low:+.2f}, {high:+.2f}]", "dim")]
        rows.append(([(name, "")], net, lines))
    names = (by, "net", "sentences") if by == "speaker" else ("sentences", "net", by)
    yield draw_table(printable(topic), names, rows, terminal_width(), color=color)
