"""Predictions and standings as text: JSON Lines, CSV and a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from stanceclf.articles import file_of
from stanceclf.io import csv_line, to_json
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.rows import Prediction

if TYPE_CHECKING:
    from stanceclf.prediction.standing import By, Standing
    from stanceclf.rules import Match

Format = Literal["table", "jsonl", "csv"]

_ABSTAINED, _AUTHOR = "abstain", "(author)"
_SIGNS = {"favor": ("+", "green"), "against": ("-", "red")}
_MARK = "\ufeff"


def write_predictions(
    predictions: Iterable[Prediction],
    form: Format,
    labels: Mapping[str, str],
    *,
    votes: bool = False,
    topic: str = "",
    color: bool = False,
    mark: bool = True,
) -> Iterator[str]:
    r"""Yield predictions as pieces of text.

    Parameters
    ----------
    predictions : iterable of Prediction
        The rows, in order; those of an article follow one another.
    form : {"table", "jsonl", "csv"}
        The format.
    labels : mapping of str to str
        How the table shows each stance.
    votes : bool, default False
        Whether rules predicted them: the CSV gets a column of votes, and the table's probability
        is called their share.
    topic : str, optional
        The topic, for the table's title.
    color : bool, default False
        Whether the table uses a terminal's colors.
    mark : bool, default True
        Whether CSV begins with a byte order mark, by which spreadsheets recognize UTF-8, and
        which belongs in files alone.

    Examples
    --------
    >>> row = Prediction("一.txt", 0, 6, "开源更便宜。", "favor", {"favor": 0.8, "against": 0.2})
    >>> print("".join(write_predictions([row], "csv", {})).lstrip("\ufeff"), end="")
    article,start,end,text,stance,favor,against,none,speaker,voice
    一.txt,0,6,开源更便宜。,favor,0.8,0.2,,,author
    """
    if form == "jsonl":
        return map(_prediction_json, predictions)
    if form == "csv":
        return _predictions_csv(predictions, votes, mark)
    return _prediction_tables(predictions, labels, topic, votes, color)


def _prediction_json(row: Prediction) -> str:
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
    return to_json(values) + "\n"


def _predictions_csv(predictions: Iterable[Prediction], votes: bool, mark: bool) -> Iterator[str]:
    header = ["article", "start", "end", "text", "stance", *READING_ORDER, "speaker", "voice"]
    yield _MARK * mark + csv_line([*header, "votes"] if votes else header)
    for row in predictions:
        shares = row.probabilities or {}
        cells = [row.article, row.start, row.end, row.text, row.stance]
        cells += [*(shares.get(stance) for stance in READING_ORDER), row.speaker, row.voice]
        if votes:
            cells.append(" ".join(f"{rule}={label}" for rule, label in (row.votes or {}).items()))
        yield csv_line(cells)


def _prediction_tables(
    predictions: Iterable[Prediction],
    labels: Mapping[str, str],
    topic: str,
    votes: bool,
    color: bool,
) -> Iterator[str]:
    """Yield one table per file, and a last line with the number of sentences of each stance."""
    from stanceclf.io import counted, draw_table, printable, terminal_width

    counts: Counter[str] = Counter()
    for article, rows in groupby(predictions, key=lambda row: file_of(row.article)):
        cells, before, speaker = [], article, None
        for row in rows:
            stance = row.stance or _ABSTAINED
            counts[stance] += 1
            share = (row.probabilities or {}).get(stance)
            lines = [(printable(row.text), "")]
            if row.article != before:
                before = row.article
                lines.insert(0, (before.removeprefix(article), "dim"))
                speaker = None
            if row.speaker != speaker:
                speaker = row.speaker
                lines.insert(0, (f"{printable(speaker or _AUTHOR)}:", "dim"))
            lines += [(found, "dim") for found in _finds(row.matches or [])]
            _, style = _SIGNS.get(stance, ("", ""))
            shown = labels.get(stance, stance), "" if share is None else f"{share:.2f}"
            cells.append(([(shown[0], style)], [(shown[1], "")], lines))
        title = printable(" · ".join(filter(None, (topic, article))))
        header = ("stance", "share" if votes else "p", "sentence")
        yield draw_table(title, header, cells, terminal_width(), color=color)
    stances = [*READING_ORDER, *sorted(set(counts) - set(READING_ORDER))]
    total = printable(
        " · ".join(f"{labels.get(stance, stance)} {counts[stance]}" for stance in stances)
    )
    yield f"{total} ({counted(counts.total(), 'sentence')})\n"


def _finds(matches: Sequence[Match]) -> Iterator[str]:
    """Yield what each rule found that counts or is negated, like ``cheap=favor: 便宜``."""
    kind = attrgetter("rule", "outcome", "label")
    shown = [match for match in matches if match.outcome in {"votes", "vetoed", "turned"}]
    for (rule, outcome, label), own in groupby(sorted(shown, key=kind), kind):
        words = " ".join(
            f"{one.negator.text}…{one.text}" if one.negator else one.text for one in own
        )
        yield f"{rule}={label if outcome == 'votes' else outcome}: {words}".removesuffix(": ")


def write_standings(
    standings: Iterable[Standing],
    form: Format,
    by: By,
    labels: Mapping[str, str],
    *,
    topic: str = "",
    color: bool = False,
    mark: bool = True,
) -> Iterator[str]:
    r"""Yield standings as pieces of text.

    `by` is what they are standings of; the other parameters are those of `write_predictions`.

    Examples
    --------
    >>> from stanceclf.prediction.standing import Standing
    >>> one = Standing("方汉", 3, 0, 1, 0.75, (0.0, 1.0), {})
    >>> print("".join(write_standings([one], "csv", "speaker", {})).lstrip("\ufeff"), end="")
    speaker,favor,against,none,net,low,high,favor_quote,against_quote
    方汉,3,0,1,0.75,0.0,1.0,,
    """
    if form == "jsonl":
        return (to_json(_standing_values(one, by)) + "\n" for one in standings)
    if form == "csv":
        return _standings_csv(standings, by, mark)
    return _standings_table(standings, by, labels, topic, color)


def _standing_values(standing: Standing, by: By) -> dict[str, Any]:
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


def _standings_csv(standings: Iterable[Standing], by: By, mark: bool) -> Iterator[str]:
    quotes = [f"{stance}_quote" for stance in _SIGNS]
    yield _MARK * mark + csv_line([by, *READING_ORDER, "net", "low", "high", *quotes])
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
        name = printable(one.name or _AUTHOR)
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
    header = (by, "net", "sentences") if by == "speaker" else ("sentences", "net", by)
    yield draw_table(printable(topic), header, rows, terminal_width(), color=color)
