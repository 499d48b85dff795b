"""Samples for the rule page: some sentences of each rule, of pairs of rules, and of no rule.

The most urgent ones come first, the rest are evenly spread over the articles. Each sample comes
with the total number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import DistinctVotes

# What the page shows at most.
MOST_HITS = 200  # of a rule
MOST_PAIRS = 500  # of rules that disagree
MOST_SHARED = 50  # sentences of such a pair
MOST_UNREACHED = 5000

_Flags = npt.NDArray[np.bool_]
_Rows = npt.NDArray[np.intp]


class Samples:
    """The sentences that the page shows, by index.

    Parameters
    ----------
    votes : DistinctVotes
        The rules' votes.
    gold : int8 array of shape (n_sentences,)
        Gold labels: indices into `STANCES`, or `ABSTAIN` (-1).

    Attributes
    ----------
    shown : set of int
        All sentences sampled so far.

    Examples
    --------
    >>> votes = DistinctVotes.of([np.array([[1, 0], [-1, 0], [-1, -1]], np.int8)], 2)
    >>> samples = Samples(votes, np.array([0, ABSTAIN, ABSTAIN], np.int8))
    >>> samples.of_rule(0)
    {'of': {'all': 1, 'wrong': 1, 'right': 0, 'conflict': 1}, 'shown': [0]}
    >>> samples.pairs()["shown"], samples.unreached()["shown"]
    ([{'rules': (0, 1), 'of': 1, 'right': [0, 1, 0], 'shown': [0]}], [2])
    """

    def __init__(self, votes: DistinctVotes, gold: npt.NDArray[np.int8]) -> None:
        self._votes, self._gold = votes, gold
        self._counts, self._voted = votes.counts, votes.voted()
        self.shown: set[int] = set()

    def of_rule(self, rule: int) -> dict[str, object]:
        """Return a sample of a rule's votes, wrong ones first, and the number of each kind."""
        own = self._votes.rows[:, rule]
        sentences = self._votes.sentences(own != ABSTAIN)
        gold, cast = self._gold[sentences], own[self._votes.row_of[sentences]]
        wrong = (gold != ABSTAIN) & (gold != cast)
        others = self._voted & (self._votes.rows != own[:, None])
        disputed = (own != ABSTAIN) & others.any(axis=1)
        of = {
            "all": len(sentences),
            "wrong": int(wrong.sum()),
            "right": int((gold == cast).sum()),
            "conflict": int(self._counts[disputed].sum()),
        }
        return {"of": of, "shown": self._some(sentences, MOST_HITS, wrong)}

    def pairs(self) -> dict[str, object]:
        """Return the pairs of rules that disagree, those that disagree most often first.

        Each has a sample of sentences, and on how many gold sentences the first rule is right, the
        second rule is, and neither.
        """
        rows, counts = self._votes.rows, self._counts
        shared = {}
        for pair in combinations(range(rows.shape[1]), 2):
            one, other = rows[:, pair[0]], rows[:, pair[1]]
            if (differ := (one != ABSTAIN) & (other != ABSTAIN) & (one != other)).any():
                shared[pair] = int(counts[differ].sum()), differ
        most = sorted(shared, key=lambda pair: (-shared[pair][0], pair))[:MOST_PAIRS]
        shown = [self._pair(pair, *shared[pair]) for pair in most]
        return {"of": len(shared), "shown": shown}

    def _pair(self, pair: tuple[int, int], of: int, differ: _Flags) -> dict[str, object]:
        sentences = self._votes.sentences(differ)
        gold = self._gold[sentences]
        judged = gold != ABSTAIN
        one, other = self._votes.rows[self._votes.row_of[sentences]][:, list(pair)].T
        first, second = (int((judged & (gold == own)).sum()) for own in (one, other))
        right = [first, second, int(judged.sum()) - first - second]
        some = self._some(sentences, MOST_SHARED, judged)
        return {"rules": pair, "of": of, "right": right, "shown": some}

    def unreached(self) -> dict[str, object]:
        """Return a sample of sentences without a vote, those of gold label for or against first."""
        silent = self._votes.sentences(self._voted.sum(axis=1) == 0)
        sides = np.isin(self._gold[silent], [STANCES.index(s) for s in ("favor", "against")])
        some = self._some(silent, MOST_UNREACHED, sides)
        return {"of": len(silent), "sides": int(sides.sum()), "shown": some}

    def _some(self, sentences: _Rows, limit: int, urgent: _Flags) -> list[int]:
        """Return at most `limit` sentences: the urgent ones, then others, both evenly spread."""
        first = _spread(sentences[urgent].tolist(), limit)
        rest = _spread(sentences[~urgent].tolist(), max(limit - int(urgent.sum()), 0))
        self.shown.update(first, rest)
        return first + rest


def _spread(items: Sequence[int], limit: int) -> list[int]:
    few = min(limit, len(items))
    return [items[number * len(items) // few] for number in range(few)]
