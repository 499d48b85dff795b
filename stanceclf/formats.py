"""The formats that predictions are written in: JSON lines, CSV, and a table for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    from stanceclf.predictions import Prediction

Format = Literal["table", "jsonl", "csv"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ABSTAINED = "abstain"
_STYLES = {"favor": "green", "against": "red"}


def write_predictions(
    predictions: Iterable[Prediction],
    form: Format,
    labels: Mapping[str, str],
    *,
    votes: bool = False,
    topic: str = "",
    color: bool = False,
) -> Iterator[str]:
    """Yield predictions as pieces of text.

    Parameters
    ----------
    predictions : iterable of Prediction
        In the order to write them in, each article's together.
    form : {"table", "jsonl", "csv"}
        The format.
    labels : mapping of str to str
        How the table shows each stance.
    votes : bool, default False
        Whether these are what rules alone say: the CSV has a column for their votes, and the
        table calls the stance's probability their share of them.
    topic : str, optional
        What the stances are on, for the table's title.
    color : bool, default False
        Whether the table may use a terminal's colours.

    Examples
    --------
    >>> from stanceclf.predictions import Prediction
    >>> row = Prediction("一.txt", 0, 6, "开源更便宜。", "favor", {"favor": 0.8, "against": 0.2})
    >>> print(*write_predictions([row], "csv", {}), sep="", end="")
    article,start,end,text,stance,favor,against,none
    一.txt,0,6,开源更便宜。,favor,0.8,0.2,
    """
    if form == "jsonl":
        return map(_json_line, predictions)
    if form == "csv":
        return _csv(predictions, votes)
    return _tables(predictions, labels, topic, votes, color)


def _json_line(row: Prediction) -> str:
    values = {
        "article": row.article,
        "start": row.start,
        "end": row.end,
        "text": row.text,
        "stance": row.stance,
        "probabilities": row.probabilities,
    }
    if row.votes is not None:
        values["votes"] = row.votes
    return json.dumps(values, ensure_ascii=False) + "\n"


def _csv(predictions: Iterable[Prediction], votes: bool) -> Iterator[str]:
    header = ["article", "start", "end", "text", "stance", *READING_ORDER]
    yield _csv_line([*header, "votes"] if votes else header)
    for row in predictions:
        shares = row.probabilities or {}
        cells = [row.article, row.start, row.end, row.text, row.stance]
        cells += [shares.get(stance) for stance in READING_ORDER]
        yield _csv_line([*cells, _votes(row.votes or {})] if votes else cells)


def _csv_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _votes(votes: Mapping[str, str]) -> str:
    return " ".join(f"{rule}={label}" for rule, label in votes.items())


def _tables(
    predictions: Iterable[Prediction],
    labels: Mapping[str, str],
    topic: str,
    votes: bool,
    color: bool,
) -> Iterator[str]:
    """Yield a table an article, and a last line with the count of each stance."""
    from stanceclf.rendering import frame, reader_width

    counts: Counter[str] = Counter()
    for article, rows in groupby(predictions, key=lambda row: row.article):
        cells = []
        for row in rows:
            stance = row.stance or _ABSTAINED
            counts[stance] += 1
            share = (row.probabilities or {}).get(stance)
            # An article's control characters must not reach the terminal.
            lines = [(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", row.text), "")]
            if row.votes:
                lines.append((_votes(row.votes), "dim"))
            probability = "" if share is None else f"{share:.2f}"
            named = (labels.get(stance, stance), _STYLES.get(stance, ""))
            cells.append(([named], [(probability, "")], lines))
        title = _CONTROL.sub(
            "\N{REPLACEMENT CHARACTER}", " · ".join(filter(None, (topic, article)))
        )
        names = ("stance", "share" if votes else "p", "sentence")
        yield frame(title, names, cells, reader_width(), color=color)
    shown = [*READING_ORDER, *sorted(set(counts) - set(READING_ORDER))]
    total = " · ".join(f"{labels.get(stance, stance)} {counts[stance]}" for stance in shown)
    sentences = sum(counts.values())
    yield f"{total} ({sentences} sentence{'s' * (sentences != 1)})\n"
