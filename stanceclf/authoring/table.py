"""Rule tables: what each rule covers, and how often it is right.

The columns are those of Snorkel's labeling function analysis (Ratner et al. 2017).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.articles import file_of
from stanceclf.evaluation import wilson
from stanceclf.gold import Corpus
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import DistinctVotes, Voter, label_indices

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
        Number of sentences it voted on.
    coverage, unique, overlaps, conflicts : float
        Share of all sentences on which it voted; on which no other rule did; on which another rule
        did too; on which another rule voted differently.
    correct, incorrect : int or None
        Its right and wrong votes on gold sentences; None without gold.
    accuracy, low, high : float or None
        Share of those that are right, and its 95 % interval; None if there are no such votes.
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
        """Number of its votes on gold sentences."""
        return (self.correct or 0) + (self.incorrect or 0)

    @property
    def likely_wrong(self) -> float:
        """Estimated number of its wrong votes, from gold by Laplace's rule of succession.

        Without votes on gold sentences, half of those that another rule disagrees with.
        """
        if not self.on_gold:
            return self.votes * (self.conflicts / self.coverage) / 2 if self.coverage else 0.0
        return self.votes * ((self.incorrect or 0) + 1) / (self.on_gold + 2)

    def as_dict(self) -> dict[str, str | float | None]:
        """Return the row as it is written: with `likely_wrong`, and shares rounded to 4 places."""
        values = dataclasses.asdict(self) | {"likely_wrong": round(self.likely_wrong, 1)}
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}


def rule_table(
    names: Sequence[str],
    votes: _Votes,
    gold_votes: _Votes | None = None,
    gold: npt.NDArray[np.int8] | None = None,
    counts: npt.NDArray[np.intp] | None = None,
) -> list[RuleRow]:
    """Return one row per rule, in the order of `names`.

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
        Number of sentences that each row of votes stands for; 1 by default.

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
    # How many rules vote each label on each sentence: all others disagree with it.
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


#: The columns of a rule table as it is written.
RULE_COLUMNS = (*(field.name for field in dataclasses.fields(RuleRow)), "likely_wrong")


def judged_table(
    names: Sequence[str], votes: DistinctVotes, gold: npt.NDArray[np.int8]
) -> list[RuleRow]:
    """Return a rule table in which the right and wrong votes are among those that are counted.

    Gold labels of something that is not a sentence here, such as boilerplate, do not count.

    Parameters
    ----------
    names : sequence of str
        The rules' names.
    votes : DistinctVotes
        Their votes.
    gold : int8 array of shape (n_sentences,)
        The gold label of each sentence, or `ABSTAIN`.

    Examples
    --------
    >>> votes = DistinctVotes.of([np.array([[1], [1], [-1]], np.int8)], 1)
    >>> row = judged_table(["便宜"], votes, np.array([1, ABSTAIN, 2], np.int8))[0]
    >>> row.votes, row.correct, row.incorrect
    (2, 1, 0)
    """
    (rows,) = np.nonzero(gold != ABSTAIN)
    if not len(rows):
        return rule_table(names, votes.rows, counts=votes.counts)
    on_gold = votes.rows[votes.row_of[rows]]
    return rule_table(names, votes.rows, on_gold, gold[rows], votes.counts)


def most_in_need(rows: Sequence[RuleRow]) -> list[RuleRow]:
    """Return the rows by estimated number of wrong votes, largest first.

    Rules that never vote come last: they do no harm.

    Examples
    --------
    >>> votes = np.array([[1, 0, -1], [1, -1, -1]], dtype=np.int8)
    >>> table = rule_table(["便宜", "落后", "开放"], votes, votes, np.array([1, 1], dtype=np.int8))
    >>> [row.rule for row in most_in_need(table)]
    ['落后', '便宜', '开放']
    """
    return sorted(rows, key=lambda row: (not row.votes, -row.likely_wrong, row.rule))


def rule_stats(
    voter: Voter,
    corpus: Corpus,
    *,
    by_article: bool = False,
    sort: Literal["need", "file"] = "need",
) -> dict[str, list[RuleRow]]:
    """Return the rule table of a corpus under the name ``""``, or one for each article.

    The rows of a table of articles count as one article. Rules are sorted by `most_in_need`, or as
    in their file.

    Examples
    --------
    >>> from stanceclf.rules import Rule
    >>> from stanceclf.articles import Sentence
    >>> from stanceclf.reading import Topic
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",))
    >>> voter = Voter(Topic(name="开源大模型", target=("开源",)), [rule], str.lower)
    >>> corpus = Corpus(1, [Sentence("一.txt", 0, 4, "开源便宜")], [])
    >>> rule_stats(voter, corpus)[""][0].votes
    1
    """
    votes, gold = voter.vote_matrix(corpus.texts), label_indices(corpus.gold_labels())
    tables = {}
    for name, rows in _rows_of([one.article for one in corpus.sentences], by_article).items():
        own = DistinctVotes.of([votes[rows]], len(voter.names))
        table = judged_table(voter.names, own, gold[rows])
        tables[name] = most_in_need(table) if sort == "need" else table
    return tables


def _rows_of(articles: Sequence[str], by_article: bool) -> dict[str, npt.NDArray[np.intp]]:
    rows: dict[str, list[int]] = {}
    for i, name in enumerate(articles):
        rows.setdefault(file_of(name) if by_article else "", []).append(i)
    return {name: np.array(own, np.intp) for name, own in rows.items()}
