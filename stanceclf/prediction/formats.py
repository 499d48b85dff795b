"""Predictions and standings as text: JSON Lines, CSV and a table for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from stanceclf.articles import table_of
from stanceclf.io import csv_line
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.standing import By, Standing

if TYPE_CHECKING:
    from stanceclf.prediction.rows import Prediction
    from stanceclf.rules import Match

Format = Literal["table", "jsonl", "csv"]

_ABSTAINED = "abstain"
#: What tables call the article's own voice.
AUTHOR = "(author)"
_STYLES = {"favor": "green", "against": "red"}
_SIGNS = {"favor": ("+", "green"), "against": ("-", "red")}


def write_predictions(
    predictions: Iterable[Prediction],
    form: Format,
    labels: Mapping[str, str],
    *,
    votes: bool = False,
    topic: str = "",
    color: bool = False,
) -> Iterator[str]:
    r"""Yield predictions as pieces of text.

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
    >>> from stanceclf.prediction.rows import Prediction
    >>> row = Prediction("一.txt", 0, 6, "开源更便宜。", "favor", {"favor": 0.8, "against": 0.2})
    >>> print("".join(write_predictions([row], "csv", {})).lstrip("\ufeff"), end="")
    article,start,end,text,stance,favor,against,none,speaker,voice
    一.txt,0,6,开源更便宜。,favor,0.8,0.2,,,author
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
        "speaker": row.speaker,
        "voice": row.voice,
    }
    if row.votes is not None:
        values["votes"] = row.votes
    if row.matches is not None:
        values["matches"] = [asdict(match) for match in row.matches]
    return json.dumps(values, ensure_ascii=False) + "\n"


def _csv(predictions: Iterable[Prediction], votes: bool) -> Iterator[str]:
    header = ["article", "start", "end", "text", "stance", *READING_ORDER, "speaker", "voice"]
    # By its mark a spreadsheet knows that it is UTF-8.
    yield "\ufeff" + csv_line([*header, "votes"] if votes else header)
    for row in predictions:
        shares = row.probabilities or {}
        cells = [row.article, row.start, row.end, row.text, row.stance]
        cells += [*(shares.get(stance) for stance in READING_ORDER), row.speaker, row.voice]
        yield csv_line([*cells, _votes(row.votes or {})] if votes else cells)


def _votes(votes: Mapping[str, str]) -> str:
    return " ".join(f"{rule}={label}" for rule, label in votes.items())


def _found(matches: Sequence[Match]) -> Iterator[list[Match]]:
    """Yield what each rule found that counts or is negated, rule by rule."""
    told = [match for match in matches if match.outcome in {"votes", "vetoed", "turned"}]
    for _, own in groupby(sorted(told, key=_kind), _kind):
        yield list(own)


def _kind(match: Match) -> tuple[str, str, str]:
    return match.rule, match.outcome, match.label


def _shown(matches: Sequence[Match]) -> str:
    """Return what a rule found in one line: 便宜 -> cheap=favor."""
    words = " ".join(
        f"{match.negator.text}…{match.text}" if match.negator else match.text for match in matches
    )
    first = matches[0]
    what = first.label if first.outcome == "votes" else first.outcome
    return f"{first.rule}={what}: {words}".removesuffix(": ")


def _tables(
    predictions: Iterable[Prediction],
    labels: Mapping[str, str],
    topic: str,
    votes: bool,
    color: bool,
) -> Iterator[str]:
    """Yield a table a file, and a last line with the count of each stance."""
    from stanceclf.io import draw_table, printable, terminal_width

    counts: Counter[str] = Counter()
    for article, rows in groupby(predictions, key=lambda row: table_of(row.article) or row.article):
        cells, before, speaker = [], article, None
        for row in rows:
            stance = row.stance or _ABSTAINED
            counts[stance] += 1
            share = (row.probabilities or {}).get(stance)
            # An article's control characters must not reach the terminal.
            lines = [(printable(row.text), "")]
            if row.article != before:
                before = row.article
                lines.insert(0, (before.removeprefix(article), "dim"))
                speaker = None
            if row.speaker != speaker:
                speaker = row.speaker
                lines.insert(0, (f"{printable(speaker or AUTHOR)}:", "dim"))
            lines += [(_shown(found), "dim") for found in _found(row.matches or [])]
            probability = "" if share is None else f"{share:.2f}"
            named = (labels.get(stance, stance), _STYLES.get(stance, ""))
            cells.append(([named], [(probability, "")], lines))
        title = printable(" · ".join(filter(None, (topic, article))))
        names = ("stance", "share" if votes else "p", "sentence")
        yield draw_table(title, names, cells, terminal_width(), color=color)
    shown = [*READING_ORDER, *sorted(set(counts) - set(READING_ORDER))]
    total = " · ".join(f"{labels.get(stance, stance)} {counts[stance]}" for stance in shown)
    sentences = sum(counts.values())
    yield f"{total} ({sentences} sentence{'s' * (sentences != 1)})\n"


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
    return (
        _standings_csv(standings, by)
        if form == "csv"
        else _standings_table(standings, by, labels, topic, color)
    )


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


def _standings_csv(standings: Iterable[Standing], by: By) -> Iterator[str]:
    quotes = [f"{stance}_quote" for stance in _SIGNS]
    yield "\ufeff" + csv_line([by, *READING_ORDER, "net", "low", "high", *quotes])
    for one in standings:
        said = [one.quotes[stance].text if stance in one.quotes else None for stance in _SIGNS]
        yield csv_line([one.name, one.favor, one.against, one.none, one.net, *one.interval, *said])


def _standings_table(
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
