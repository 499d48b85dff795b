"""Selection: the order in which sentences are worth labelling by hand."""

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

#: The orders that require a model.
BY_MODEL: tuple[Order, ...] = ("uncertain", "disagreements")
#: The orders that use a model if there is one.
ASKING: tuple[Order, ...] = (*BY_MODEL, "useful")


def select(
    order: Order,
    votes: npt.NDArray[np.int8],
    weak: Sequence[Stance | None],
    probabilities: npt.NDArray[np.float64] | None,
    seed: int,
) -> list[int]:
    """Return the indices of all sentences, those most worth labelling first.

    ``uncertain``
        Smallest margin between the two most probable stances first (Scheffer et al. 2001).
    ``conflicts``
        Sentences on which rules disagree, the most evenly split first.
    ``disagreements``
        Sentences on which model and weak label disagree, the most certain prediction first.
    ``useful``
        These three in turn; without a model, the conflicts.
    ``random``
        A random order, as a test set requires.

    Ties, and the sentences to which an order does not apply, come in random order.

    Parameters
    ----------
    order : {"useful", "uncertain", "conflicts", "disagreements", "random"}
        The order.
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
        The order requires a model, and there is none.

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
    if order in BY_MODEL and probabilities is None:
        raise StanceclfError(
            f"the order `{order}` requires a model, and there is none; train one first "
            "(`dvc repro`), or use `--order conflicts` or `--order random`"
        )
    shuffled = list(range(len(votes)))
    random.Random(seed).shuffle(shuffled)
    scores = {"conflicts": _splits(votes)}
    if probabilities is not None:
        rows: list[list[float]] = probabilities.tolist()
        margins = dict(enumerate(map(_margin, rows)))
        scores = {"uncertain": margins} | scores | {"disagreements": _contradictions(rows, weak)}
    names = {"useful": list(scores), "random": []}.get(order, [order])
    rankings = [
        # Python's sort is stable: ties stay shuffled.
        sorted((i for i in shuffled if i in scores[name]), key=scores[name].__getitem__)
        for name in names
    ]
    return list(dict.fromkeys([*_by_turns(rankings), *shuffled]))


def _splits(votes: npt.NDArray[np.int8]) -> dict[int, float]:
    """Return the leading stance's share of the votes, where there are votes for several."""
    splits = {}
    for number, row in enumerate(votes.tolist()):
        cast = Counter(vote for vote in row if vote != ABSTAIN)
        if len(cast) > 1:
            splits[number] = max(cast.values()) / cast.total()
    return splits


def _margin(probabilities: list[float]) -> float:
    *_, second, first = sorted(probabilities)
    # Rounded, so that a difference in the last bits is a tie.
    return round(first - second, 9)


def _contradictions(rows: list[list[float]], weak: Sequence[Stance | None]) -> dict[int, float]:
    """Return minus the highest probability, where its stance is not the weak label."""
    return {
        number: round(-max(row), 9)
        for number, (row, label) in enumerate(zip(rows, weak, strict=True))
        if label is not None and STANCES[row.index(max(row))] != label
    }


def _by_turns(rankings: list[list[int]]) -> list[int]:
    """Return the entries of all rankings: in turn, the first of each that is not yet taken."""
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
