"""Standings: who is for the target and who against it, from what each says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from stanceclf.articles import file_of
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.rows import Prediction

By = Literal["speaker", "article"]

_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a speaker or an article stands.

    Attributes
    ----------
    name : str or None
        The speaker, None for the articles' own voice; or the article.
    favor, against, none : int
        Number of sentences per stance; those on which rules abstain count as `none`.
    net : float
        Share of `favor` minus share of `against`, from -1 to 1.
    interval : (float, float)
        95 % interval of `net`, wide if there are few sentences. It accounts for chance, not for the
        model's errors.
    quotes : dict of str to Prediction
        The most probable sentence for and the most probable one against.
    """

    name: str | None
    favor: int
    against: int
    none: int
    net: float
    interval: tuple[float, float]
    quotes: dict[str, Prediction]

    @property
    def sentences(self) -> int:
        """Number of sentences."""
        return self.favor + self.against + self.none


def standings(
    predictions: Iterable[Prediction],
    by: By = "speaker",
    normalize: Callable[[str], str] = str,
) -> list[Standing]:
    """Sum up predictions per speaker or per article.

    Parameters
    ----------
    predictions : iterable of Prediction
        The sentences, in reading order.
    by : {"speaker", "article"}, default "speaker"
        What to sum up by. The rows of a table count as one article.
    normalize : callable, optional
        Normalizes names, for example `model.normalizer`. Speakers whose normalized names are equal
        are one, under the name that comes first.

    Returns
    -------
    list of Standing
        Those with most sentences for or against come first.

    Examples
    --------
    >>> shares = {"favor": 0.9, "against": 0.1, "none": 0.0}
    >>> said = Prediction("一.txt", 0, 9, "方汉说,开源便宜。", "favor", shares, "方汉", "report")
    >>> (one,) = standings([said])
    >>> one.name, one.favor, one.net, one.interval
    ('方汉', 1, 1.0, (-0.733536, 1.0))
    """
    tallies: dict[str | None, _Tally] = {}
    for row in predictions:
        name = row.speaker if by == "speaker" else file_of(row.article)
        key = None if name is None else normalize(name)
        tallies.setdefault(key, _Tally(name)).add(row)
    found = [tally.standing() for tally in tallies.values()]
    return sorted(found, key=lambda one: (-(one.favor + one.against), -one.sentences))


def net_interval(favor: int, against: int, none: int) -> tuple[float, float]:
    """Return the 95 % interval of the share of `favor` minus the share of `against`.

    It is the adjusted Wald interval for a difference of paired proportions, which adds a sentence
    to either side (Bonett and Price 2012, Journal of Educational and Behavioral Statistics 37).

    Examples
    --------
    >>> net_interval(1, 0, 0), net_interval(9, 2, 20)
    ((-0.733536, 1.0), (0.010578, 0.413665))
    """
    total = favor + against + none + 2
    for_, opposed = (favor + 1) / total, (against + 1) / total
    net = for_ - opposed
    half = _Z * sqrt(max(for_ + opposed - net * net, 0.0) / total)
    return round(max(net - half, -1.0), 6), round(min(net + half, 1.0), 6)


class _Tally:
    """Counts sentences as they come, and keeps two of them."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self.quotes: dict[str, Prediction] = {}

    def add(self, row: Prediction) -> None:
        stance = row.stance or "none"
        self.counts[stance] += 1
        if stance != "none":
            best = self.quotes.setdefault(stance, row)
            if row.certainty > best.certainty:
                self.quotes[stance] = row

    def standing(self) -> Standing:
        favor, against, none = (self.counts[stance] for stance in READING_ORDER)
        quotes: dict[str, Prediction] = {
            stance: self.quotes[stance] for stance in READING_ORDER if stance in self.quotes
        }
        net = round((favor - against) / (favor + against + none), 6)
        interval = net_interval(favor, against, none)
        return Standing(self.name, favor, against, none, net, interval, quotes)
