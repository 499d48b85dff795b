"""Gold speakers: who says each sentence according to people, and scores against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from typing import Any, get_args

from stanceclf.articles import file_of
from stanceclf.errors import StanceclfError
from stanceclf.evaluation.metrics import wilson
from stanceclf.gold import Place, read_placed
from stanceclf.speakers import Attribution, Voice


def read_speakers(
    path: str | PathLike[str], *, text_column: str | None = None
) -> dict[Place, Attribution]:
    """Read gold speakers: who says each sentence according to people.

    Parameters
    ----------
    path : path-like
        A UTF-8 file with one JSON object per line: ``article``, ``start``, ``end``, ``text``,
        ``speaker``, ``voice``. Sentences not in it are the author's own. The articles are in the
        folder ``articles`` beside it.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The file is missing or a line is wrong; the message gives the line.

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
    known = [voice for voice in get_args(Voice) if voice != "author"]
    keys = {"speaker": str, "voice": str}
    for number, row in read_placed(path, None, keys, text_column=text_column):
        if row["voice"] not in known:
            raise StanceclfError(
                f"unknown voice `{row['voice']}`; known: {', '.join(known)}",
                path=path,
                line=number,
            )
        place = row["article"], row["start"], row["end"]
        found[place] = Attribution(row["speaker"], row["voice"])
    return found


@dataclass(frozen=True, slots=True)
class SpeakerScores:
    """Numbers of sentences, by how they are attributed to speakers."""

    gold: int  # with a gold speaker
    attributed: int  # attributed to a speaker
    right: int  # attributed to their gold speaker
    voices: int  # of these, with the right voice as well

    def figures(self) -> dict[str, Any]:
        """Return precision, recall and F1, with 95 % intervals (Wilson), and the counts."""
        figures: dict[str, Any] = {"sentences": self.gold, "told": self.attributed}
        for name, of in (("precision", self.attributed), ("recall", self.gold)):
            low, share, high = wilson(self.right, of)
            figures |= {name: _rounded(share), f"{name}_interval": [_rounded(low), _rounded(high)]}
        figures["f1"] = _rounded(2 * self.right / (self.attributed + self.gold))
        figures["voice_accuracy"] = _rounded(self.voices / self.right if self.right else None)
        return figures


_COUNTS = [field.name for field in fields(SpeakerScores)]


def score_speakers(
    gold: Mapping[Place, Attribution], found: Mapping[Place, Attribution]
) -> dict[str, SpeakerScores]:
    """Return the scores of attributions against gold, by article with gold speakers, sorted.

    Examples
    --------
    >>> place = ("一.txt", 0, 6)
    >>> gold, found = Attribution("方汉", "report"), Attribution("方汉", "quote")
    >>> score_speakers({place: gold}, {place: found})
    {'一.txt': SpeakerScores(gold=1, attributed=1, right=1, voices=0)}
    """
    articles = {file_of(place[0]): Counter[str]() for place in sorted(gold)}
    for place in {*gold, *found}:
        counts = articles.get(file_of(place[0]))
        if counts is None:
            continue
        truth, own = gold.get(place), found.get(place)
        right = truth is not None and own is not None and truth.speaker == own.speaker
        counts["gold"] += truth is not None
        counts["attributed"] += own is not None and own.speaker is not None
        counts["right"] += right
        counts["voices"] += right and truth == own
    return {name: SpeakerScores(*(own[n] for n in _COUNTS)) for name, own in articles.items()}


def speaker_figures(scores: Mapping[str, SpeakerScores]) -> dict[str, Any]:
    """Return the part of ``metrics.json`` about speakers; empty without gold speakers."""
    if not scores:
        return {}
    total = SpeakerScores(*(sum(getattr(one, n) for one in scores.values()) for n in _COUNTS))
    articles = [{"article": name} | own.figures() for name, own in scores.items()]
    return {"speakers": total.figures() | {"articles": articles}}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
