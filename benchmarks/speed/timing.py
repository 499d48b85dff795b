"""Time several ways in turn, round by round, so that noise affects all of them alike."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from speed.texts import afresh, megabytes

#: What is done with texts, and timed.
Job = Callable[[list[str]], object]

# A slow way is timed on half of the texts, a fifth, a tenth ...
_SHARES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Spread:
    """The median, the lowest and the highest of some figures."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """Return the spread of figures."""
        return cls(statistics.median(figures), min(figures), max(figures))

    def __str__(self) -> str:
        """Return it as shown in a table."""
        return f"{figure(self.median)} [{figure(self.low)}, {figure(self.high)}]"


def figure(number: float) -> str:
    """Return a number to about three digits.

    Examples
    --------
    >>> figure(12345.6), figure(12.345), figure(1.2345), figure(0.00123456)
    ('12,346', '12.3', '1.23', '0.00123')
    """
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.3g}" if number < 1 else f"{number:.2f}"


@dataclass(frozen=True)
class Timing:
    """How long one way took in each round.

    Attributes
    ----------
    seconds : tuple of float
        For all texts, scaled by bytes if only a part was timed.
    part : int
        The number of texts timed.
    """

    seconds: tuple[float, ...]
    part: int

    def times_as_fast_as(self, other: Timing) -> Spread:
        """Return how many times as fast as another way in the same rounds this one is."""
        pairs = zip(other.seconds, self.seconds, strict=True)
        return Spread.of([theirs / own for theirs, own in pairs])


def time_in_turn(
    ways: Mapping[str, Callable[[], Callable[[], object]]], repeats: int
) -> dict[str, tuple[float, ...]]:
    """Return the seconds that each way took in each round.

    Parameters
    ----------
    ways : mapping of str to callable
        Each prepares, untimed, and returns the function to time.
    repeats : int
        The number of rounds; each begins with another way.
    """
    names = list(ways)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.freeze()  # older objects need not be traversed again and again
    for turn in range(repeats):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            run = ways[name]()
            gc.collect()
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    gc.unfreeze()
    return {name: tuple(taken) for name, taken in seconds.items()}


def time_on_texts(
    jobs: Mapping[str, Job], texts: list[str], repeats: int, budget: float
) -> dict[str, Timing]:
    """Time jobs on texts, the slow ones on a part of them.

    Parameters
    ----------
    jobs : mapping of str to callable
        Each takes a list of texts.
    texts : list of str
        The texts.
    repeats : int
        The number of rounds.
    budget : float
        The approximate seconds per job and round.
    """
    parts = {name: _part(job, texts, budget) for name, job in jobs.items()}
    ways = {name: _on(job, parts[name]) for name, job in jobs.items()}
    seconds = time_in_turn(ways, repeats)
    whole = megabytes(texts)
    scales = {name: whole / megabytes(part) for name, part in parts.items()}
    return {
        name: Timing(tuple(taken * scales[name] for taken in seconds[name]), len(parts[name]))
        for name in jobs
    }


def _on(job: Job, texts: list[str]) -> Callable[[], Callable[[], object]]:
    def prepare() -> Callable[[], object]:
        fresh = afresh(texts)
        return lambda: job(fresh)

    return prepare


def _part(job: Job, texts: list[str], budget: float) -> list[str]:
    """Return the texts, or a part of them that a job finishes within the budget."""
    job(texts[:2])  # what the first call loads is not timed
    size, taken = min(16, len(texts)), 0.0
    while True:
        fresh = afresh(some_of(texts, size))
        began = time.perf_counter()
        job(fresh)
        taken = time.perf_counter() - began
        if taken >= budget / 20 or size == len(texts):
            break
        size = min(size * 4, len(texts))
    needed = taken * len(texts) / size
    share = next((share for share in _SHARES if needed / share <= budget), _SHARES[-1])
    return some_of(texts, max(1, len(texts) // share))


def some_of(texts: list[str], count: int) -> list[str]:
    """Return some of the texts, drawn at random but always the same, in their order.

    Examples
    --------
    >>> some_of(["一", "二", "三"], 3)
    ['一', '二', '三']
    """
    return [texts[at] for at in sorted(random.Random(0).sample(range(len(texts)), count))]
