"""Gold speakers: the sentences that people found somebody to say, and how well that is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, get_args

from stanceclf.articles import table_of
from stanceclf.errors import StanceclfError
from stanceclf.evaluation.metrics import wilson
from stanceclf.gold import Place, read_placed
from stanceclf.speakers import Attribution, Voice


def read_speakers(
    path: str | PathLike[str], articles: str | PathLike[str] | None = None
) -> dict[Place, Attribution]:
    """Read who says which sentence, as people found it.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with a JSON object a line: ``article``, ``start``, ``end``, ``text``,
        ``speaker``, ``voice``. A sentence that is not there is the article's own.
    articles : path-like, optional
        The folder of articles; by default ``articles`` beside the file.

    Raises
    ------
    StanceclfError
        The file is missing or a line is wrong; named by line.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("方汉说:好。", encoding="utf-8")
    >>> row = {"article": "一.txt", "start": 0, "end": 6, "text": "方汉说:好。"}
    >>> row |= {"speaker": "方汉", "voice": "report"}
    >>> _ = (folder / "speakers.jsonl").write_text(json.dumps(row), encoding="utf-8")
    >>> read_speakers(folder / "speakers.jsonl")
    {('一.txt', 0, 6): Attribution(speaker='方汉', voice='report')}
    """
    found: dict[Place, Attribution] = {}
    known = get_args(Voice)
    for number, row in read_placed(path, articles, {"speaker": str, "voice": str}):
        if row["voice"] not in known or row["voice"] == "author":
            raise StanceclfError(
                f"unknown voice `{row['voice']}`; known: {', '.join(known[1:])}",
                path=path,
                line=number,
            )
        place = row["article"], row["start"], row["end"]
        found[place] = Attribution(row["speaker"], row["voice"])
    return found


@dataclass(frozen=True, slots=True)
class SpeakerScores:
    """How well speakers are told.

    Attributes
    ----------
    gold : int
        How many sentences have a gold speaker.
    told : int
        How many were given one.
    right : int
        How many were given theirs.
    voices : int
        How many of these have the right voice as well.
    """

    gold: int
    told: int
    right: int
    voices: int

    def figures(self) -> dict[str, Any]:
        """Return precision, recall and F1, with 95 % intervals (Wilson), and the counts."""
        figures: dict[str, Any] = {"sentences": self.gold, "told": self.told}
        for name, of in (("precision", self.told), ("recall", self.gold)):
            low, share, high = wilson(self.right, of)
            figures |= {name: _rounded(share), f"{name}_interval": [_rounded(low), _rounded(high)]}
        figures["f1"] = _rounded(2 * self.right / (self.told + self.gold))
        figures["voice_accuracy"] = _rounded(self.voices / self.right if self.right else None)
        return figures


def score_speakers(
    gold: Mapping[Place, Attribution], told: Mapping[Place, Attribution]
) -> dict[str, SpeakerScores]:
    """Return how well speakers are told, by article that has gold ones, sorted.

    Parameters
    ----------
    gold, told : mapping of (article, start, end) to Attribution
        Who says which sentence, in truth and as it was told.

    Examples
    --------
    >>> place = ("一.txt", 0, 6)
    >>> gold, told = Attribution("方汉", "report"), Attribution("方汉", "quote")
    >>> score_speakers({place: gold}, {place: told})
    {'一.txt': SpeakerScores(gold=1, told=1, right=1, voices=0)}
    """
    articles = {_article(place): Counter[str]() for place in sorted(gold)}
    for place in {*gold, *told}:
        counts = articles.get(_article(place))
        if counts is None:
            continue
        truth, said = gold.get(place), told.get(place)
        given = said is not None and said.speaker is not None
        right = truth is not None and said is not None and truth.speaker == said.speaker
        counts["gold"] += truth is not None
        counts["told"] += given
        counts["right"] += right
        counts["voices"] += right and truth == said
    fields = ("gold", "told", "right", "voices")
    return {name: SpeakerScores(*(own[f] for f in fields)) for name, own in articles.items()}


def speaker_figures(scores: Mapping[str, SpeakerScores]) -> dict[str, Any]:
    """Return what ``metrics.json`` holds of speakers: nothing where there are no gold ones."""
    if not scores:
        return {}
    names = ("gold", "told", "right", "voices")
    total = SpeakerScores(*(sum(getattr(one, n) for one in scores.values()) for n in names))
    articles: Sequence[dict[str, Any]] = [
        {"article": name} | own.figures() for name, own in scores.items()
    ]
    return {"speakers": total.figures() | {"articles": articles}}


def _article(place: Place) -> str:
    return table_of(place[0]) or place[0]


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
