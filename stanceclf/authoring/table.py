"""The rule table: what each rule covers, and how right it is.

The columns are those of Snorkel's labeling function analysis (Ratner et al. 2017).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.evaluation import wilson
from stanceclf.gold import GoldSentence
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import Voter

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
    coverage, unique, overlaps, conflicts : float
        The share of all sentences on which it voted; on which no other rule did; on which another
        rule did too; on which another rule voted otherwise.
    correct, incorrect : int or None
        Its votes on gold sentences, right and wrong; None without gold.
    accuracy, low, high : float or None
        The share of those that are right, and the ends of its 95 % interval; None where there are
        no such votes.
    """

    rule: str
    polarity: str
    votes: int
    coverage: float
    unique: float
    overlaps: float
    conflicts: float
    correct: int | None
    incorrect: int | None
    accuracy: float | None
    low: float | None
    high: float | None

    @property
    def on_gold(self) -> int:
        """How many of its votes are on gold sentences."""
        return (self.correct or 0) + (self.incorrect or 0)

    @property
    def likely_wrong(self) -> float:
        """How many of its votes are wrong, as far as its gold tells: Laplace's rule of succession.

        Without gold votes, half of those that another rule disagrees with.
        """
        if not self.on_gold:
            return self.votes * (self.conflicts / self.coverage) / 2 if self.coverage else 0.0
        return self.votes * ((self.incorrect or 0) + 1) / (self.on_gold + 2)


def rule_table(
    names: Sequence[str],
    votes: _Votes,
    gold_votes: _Votes | None = None,
    gold: npt.NDArray[np.int8] | None = None,
    counts: npt.NDArray[np.intp] | None = None,
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
    counts : int array of shape (n_sentences,), optional
        How many sentences have each row of votes; by default one.

    Examples
    --------
    >>> votes = np.array([[1, 1], [1, 0], [-1, 0], [-1, -1]], dtype=np.int8)
    >>> row = rule_table(["便宜", "落后"], votes)[0]
    >>> row.polarity, row.coverage, row.unique, row.overlaps, row.conflicts
    ('favor', 0.5, 0.0, 0.5, 0.25)
    """
    counts = np.ones(len(votes), np.intp) if counts is None else counts
    sentences = max(int(counts.sum()), 1)
    voted = votes != ABSTAIN
    voters = voted.sum(axis=1)
    # How many vote each label on each sentence: who disagrees with one is all but its own.
    alike = np.stack([(votes == label).sum(axis=1) for label in range(len(STANCES))])
    rows = []
    for index, name in enumerate(names):
        own, own_voted = votes[:, index], voted[:, index]
        agreed = np.where(own_voted, alike[own, np.arange(len(votes))], 0)
        right = wrong = None
        if gold_votes is not None and gold is not None:
            on_gold = gold_votes[:, index] != ABSTAIN
            right = int((on_gold & (gold_votes[:, index] == gold)).sum())
            wrong = int(on_gold.sum()) - right
        low, accuracy, high = wilson(right or 0, (right or 0) + (wrong or 0))
        rows.append(
            RuleRow(
                rule=name,
                polarity="/".join(s for i, s in enumerate(STANCES) if (own == i).any()),
                votes=int(counts[own_voted].sum()),
                coverage=float(counts[own_voted].sum() / sentences),
                unique=float(counts[own_voted & (voters == 1)].sum() / sentences),
                overlaps=float(counts[own_voted & (voters > 1)].sum() / sentences),
                conflicts=float(counts[own_voted & (voters > agreed)].sum() / sentences),
                correct=right,
                incorrect=wrong,
                accuracy=accuracy,
                low=low,
                high=high,
            )
        )
    return rows


def as_dict(row: RuleRow) -> dict[str, str | float | None]:
    """Return a row as it is written: shares to four places, and how many votes may be wrong."""
    values = dataclasses.asdict(row) | {"likely_wrong": round(row.likely_wrong, 1)}
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}


#: The columns of a rule table as it is written.
COLUMNS = (*(field.name for field in dataclasses.fields(RuleRow)), "likely_wrong")


def gold_votes(
    voter: Voter, gold: Sequence[GoldSentence]
) -> tuple[_Votes | None, npt.NDArray[np.int8] | None]:
    """Return the rules' votes on gold sentences and their labels, None and None without gold.

    Parameters
    ----------
    voter : Voter
        The rules.
    gold : sequence of GoldSentence
        The gold labels.
    """
    if not gold:
        return None, None
    labels = np.array([STANCES.index(one.label) for one in gold], dtype=np.int8)
    return voter.vote_matrix([one.text for one in gold]), labels


def most_in_need(rows: Sequence[RuleRow]) -> list[RuleRow]:
    """Return the rows of the rules with most wrong votes, as far as can be told, first.

    Rules that never vote come last: they do no harm.

    Parameters
    ----------
    rows : sequence of RuleRow
        The rule table.

    Examples
    --------
    >>> votes = np.array([[1, 0, -1], [1, -1, -1]], dtype=np.int8)
    >>> table = rule_table(["便宜", "落后", "开放"], votes, votes, np.array([1, 1], dtype=np.int8))
    >>> [row.rule for row in most_in_need(table)]
    ['落后', '便宜', '开放']
    """
    return sorted(rows, key=lambda row: (not row.votes, -row.likely_wrong, row.rule))
