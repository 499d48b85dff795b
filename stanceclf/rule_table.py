"""The rule table: what each rule covers, and how right it is.

The columns are those of Snorkel's labeling function analysis (Ratner et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN, STANCES

_Votes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one rule did.

    Attributes
    ----------
    rule : str
        Its name.
    polarity : str
        The labels it voted, joined by ``/``; empty if it never voted.
    votes : int
        How many sentences it voted on.
    coverage, overlaps, conflicts : float
        The share of all sentences on which it voted; on which another rule did too; on which
        another rule voted otherwise.
    correct, incorrect : int or None
        Its votes on gold sentences, right and wrong; None without gold.
    accuracy : float or None
        The share of those that are right; None where there are none.
    """

    rule: str
    polarity: str
    votes: int
    coverage: float
    overlaps: float
    conflicts: float
    correct: int | None
    incorrect: int | None
    accuracy: float | None


def rule_table(
    names: Sequence[str],
    votes: _Votes,
    gold_votes: _Votes | None = None,
    gold: npt.NDArray[np.int8] | None = None,
) -> list[RuleRow]:
    """Return a row a rule, in the rules' order.

    Parameters
    ----------
    names : sequence of str
        The rules' names.
    votes : int8 array of shape (n_sentences, n_rules)
        Their votes: indices into `STANCES`, or `ABSTAIN`.
    gold_votes : int8 array of shape (n_gold, n_rules), optional
        Their votes on gold sentences.
    gold : int array of shape (n_gold,), optional
        The gold labels.

    Examples
    --------
    >>> votes = np.array([[1, 1], [1, 0], [-1, 0], [-1, -1]], dtype=np.int8)
    >>> row = rule_table(["便宜", "落后"], votes)[0]
    >>> row.polarity, row.coverage, row.overlaps, row.conflicts
    ('favor', 0.5, 0.5, 0.25)
    """
    sentences = max(len(votes), 1)
    voted = votes != ABSTAIN
    rows = []
    for index, name in enumerate(names):
        own, own_voted = votes[:, index], voted[:, index]
        others = np.delete(votes, index, axis=1)
        other_voted = others != ABSTAIN
        overlaps = own_voted & other_voted.any(axis=1)
        conflicts = own_voted & (other_voted & (others != own[:, None])).any(axis=1)
        right = wrong = None
        if gold_votes is not None and gold is not None:
            on_gold = gold_votes[:, index] != ABSTAIN
            right = int((on_gold & (gold_votes[:, index] == gold)).sum())
            wrong = int(on_gold.sum()) - right
        rows.append(
            RuleRow(
                rule=name,
                polarity="/".join(s for i, s in enumerate(STANCES) if (own == i).any()),
                votes=int(own_voted.sum()),
                coverage=float(own_voted.sum() / sentences),
                overlaps=float(overlaps.sum() / sentences),
                conflicts=float(conflicts.sum() / sentences),
                correct=right,
                incorrect=wrong,
                accuracy=right / (right + wrong) if right is not None and right + wrong else None,  # type: ignore[operator]
            )
        )
    return rows
