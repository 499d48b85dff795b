"""Standings: who is for the target and who against it, by what each says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from stanceclf.articles import table_of
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.rows import Prediction

By = Literal["speaker", "article"]

_Z = 1.959963984540054  # Of a 95 % interval.


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a speaker, or an article, stands.

    Attributes
    ----------
    name : str or None
        The speaker, None for the articles' own voice; or the article.
    favor, against, none : int
        How many of the sentences take each stance; rules that abstain count as `none`.
    net : float
        The share of `favor` less the share of `against`, from -1 to 1.
    interval : (float, float)
        Its 95 % interval, wide where there are few sentences. It says what chance does with so few,
        not how often the model errs.
    quotes : dict of str to Prediction
        The most telling sentence, the one of highest probability, for and against.
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
        """How many sentences there are."""
        return self.favor + self.against + self.none


def standings(
    predictions: Iterable[Prediction],
    by: By = "speaker",
    normalize: Callable[[str], str] = str,
) -> list[Standing]:
    """Tell who stands where: those with most sentences that take a stance come first.

    Parameters
    ----------
    predictions : iterable of Prediction
        The sentences, in reading order.
    by : {"speaker", "article"}, default "speaker"
        What to sum up. Rows of a table are one article.
    normalize : callable, optional
        Brings names to normal form; those that are equal in it are one speaker, called as he is
        first.

    Examples
    --------
    >>> shares = {"favor": 0.9, "against": 0.1, "none": 0.0}
    >>> said = Prediction("一.txt", 0, 9, "方汉说,开源便宜。", "favor", shares, "方汉", "report")
    >>> (one,) = standings([said])
    >>> one.name, one.favor, one.net, one.interval
    ('方汉', 1, 1.0, (-0.733536, 1.0))
    """
    own: dict[str | None, _Tally] = {}
    for row in predictions:
        name = row.speaker if by == "speaker" else table_of(row.article) or row.article
        key = None if name is None else normalize(name)
        own.setdefault(key, _Tally(name)).add(row)
    found = [tally.standing() for tally in own.values()]
    return sorted(found, key=lambda one: (-(one.favor + one.against), -one.sentences))


def net_interval(favor: int, against: int, none: int) -> tuple[float, float]:
    """Return the 95 % interval of the share of `favor` less the share of `against`.

    It is the adjusted Wald interval for a difference of paired proportions, which adds a sentence
    to either side (Bonett and Price 2012, Journal of Educational and Behavioral Statistics 37).

    Parameters
    ----------
    favor, against, none : int
        How many sentences take each stance.

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
    """Sums up as sentences come, and keeps two of them."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.counts = dict.fromkeys(READING_ORDER, 0)
        self.quotes: dict[str, Prediction] = {}

    def add(self, row: Prediction) -> None:
        stance = row.stance or "none"
        self.counts[stance] += 1  # type: ignore[index]
        if stance != "none":
            before = self.quotes.get(stance)
            if before is None or _certainty(row) > _certainty(before):
                self.quotes[stance] = row

    def standing(self) -> Standing:
        favor, against, none = (self.counts[stance] for stance in READING_ORDER)
        net = round((favor - against) / (favor + against + none), 6)
        interval = net_interval(favor, against, none)
        quotes: dict[str, Prediction] = {
            stance: self.quotes[stance] for stance in READING_ORDER if stance in self.quotes
        }
        return Standing(self.name, favor, against, none, net, interval, quotes)


def _certainty(row: Prediction) -> float:
    return (row.probabilities or {}).get(row.stance or "none", 0.0)
