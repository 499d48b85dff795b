"""Selection: in which order sentences are worth labelling by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from stanceclf.errors import StanceclfError
from stanceclf.labels import ABSTAIN, STANCES, Stance

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Order = Literal["useful", "uncertain", "conflicts", "disagreements", "random"]

#: The orders that ask a model.
BY_MODEL: tuple[Order, ...] = ("uncertain", "disagreements")
#: Those, and the one that asks a model if there is one.
ASKING: tuple[Order, ...] = (*BY_MODEL, "useful")


def select(
    order: Order,
    votes: npt.NDArray[np.int8],
    weak: Sequence[Stance | None],
    probabilities: npt.NDArray[np.float64] | None,
    seed: int,
) -> list[int]:
    """Return the numbers of all sentences, those that are most worth labelling first.

    ``uncertain``
        The smallest margin between the two most probable stances first (Scheffer et al. 2001).
    ``conflicts``
        The sentences on which rules vote differently, the most evenly split first.
    ``disagreements``
        Those for which the model has another stance than their weak label, the surest first.
    ``useful``
        These three by turns; without a model, the conflicts.
    ``random``
        Every sentence as likely as any other to come first, as a test set asks for.

    Ties, and the sentences that an order says nothing of, come at random.

    Parameters
    ----------
    order : {"useful", "uncertain", "conflicts", "disagreements", "random"}
        What makes a sentence worth it.
    votes : int8 array of shape (n_sentences, n_rules)
        Indices into `STANCES`, or `ABSTAIN` (-1).
    weak : sequence of str or None
        The weak label of each sentence.
    probabilities : float array of shape (n_sentences, 3), or None
        The model's, in the order of `STANCES`; None without a model.
    seed : int
        Seed of the shuffling.

    Raises
    ------
    StanceclfError
        The order asks a model, and there is none.

    Examples
    --------
    >>> import numpy as np
    >>> votes = np.array([[1, 1], [1, 0], [1, -1]], np.int8)  # 两票支持；一比一；一票支持
    >>> select("conflicts", votes, ["favor", None, "favor"], None, seed=0)[0]
    1
    >>> sure = np.array([[0, 1, 0], [0.5, 0.4, 0.1], [0.9, 0.1, 0]])  # 模型认为第三句反对
    >>> select("useful", votes, ["favor", None, "favor"], sure, seed=0)
    [1, 2, 0]
    """
    shuffled = list(range(len(votes)))
    random.Random(seed).shuffle(shuffled)
    # Python's sort is stable: what is equal stays shuffled.
    conflicts = _first(_splits(votes), shuffled)
    rankings = [conflicts]
    if probabilities is not None:
        rows: list[list[float]] = probabilities.tolist()
        uncertain = _first(dict(enumerate(map(_margin, rows))), shuffled)
        disagreements = _first(_contradictions(rows, weak), shuffled)
        if order in BY_MODEL:
            rankings = [uncertain if order == "uncertain" else disagreements]
        elif order == "useful":
            rankings = [uncertain, conflicts, disagreements]
    elif order in BY_MODEL:
        raise StanceclfError(
            f"the order `{order}` asks a model, and there is none; train one first (`dvc repro`), "
            "or give `--order conflicts` or `--order random`"
        )
    if order == "random":
        rankings = []
    return list(dict.fromkeys([*_by_turns(rankings), *shuffled]))


def _first(scores: dict[int, float], shuffled: list[int]) -> list[int]:
    """Return the sentences that have a score, the lowest first."""
    return sorted((number for number in shuffled if number in scores), key=scores.__getitem__)


def _splits(votes: npt.NDArray[np.int8]) -> dict[int, float]:
    """Return the leading stance's share of the votes where there are votes for several."""
    splits = {}
    for number, row in enumerate(votes.tolist()):
        cast = Counter(vote for vote in row if vote != ABSTAIN)
        if len(cast) > 1:
            splits[number] = max(cast.values()) / cast.total()
    return splits


def _margin(probabilities: list[float]) -> float:
    *_, second, first = sorted(probabilities)
    # Rounded, so that what is equal but for the last bits is a tie.
    return round(first - second, 9)


def _contradictions(rows: list[list[float]], weak: Sequence[Stance | None]) -> dict[int, float]:
    """Return how unsure the model is where it has another stance than the weak label."""
    return {
        number: round(-max(row), 9)
        for number, (row, label) in enumerate(zip(rows, weak, strict=True))
        if label is not None and STANCES[row.index(max(row))] != label
    }


def _by_turns(rankings: list[list[int]]) -> list[int]:
    """Return what stands in several rankings: the first of each that is not taken, by turns."""
    taken: dict[int, None] = {}
    waiting = [iter(ranking) for ranking in rankings]
    while waiting:
        for ranking in list(waiting):
            number = next((one for one in ranking if one not in taken), None)
            if number is None:
                waiting.remove(ranking)
            else:
                taken[number] = None
    return list(taken)
