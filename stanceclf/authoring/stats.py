"""Rule statistics: the rule table of a corpus, whole or by article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.articles import table_of
from stanceclf.authoring.table import RuleRow, gold_votes, most_in_need, rule_table
from stanceclf.gold import Corpus
from stanceclf.rules import Voter

Sort = Literal["need", "file"]


def rule_stats(
    voter: Voter, corpus: Corpus, *, by_article: bool = False, sort: Sort = "need"
) -> dict[str, list[RuleRow]]:
    """Return rule tables by article, or one of all articles under no name.

    Parameters
    ----------
    voter : Voter
        The rules.
    corpus : Corpus
        What they vote on.
    by_article : bool, default False
        Whether to part the articles; the rows of a table are taken together.
    sort : {"need", "file"}
        The rules with most wrong votes, as far as can be told, first; or in their file's order.

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
    votes = voter.vote_matrix(corpus.texts)
    on_gold, gold = gold_votes(voter, corpus.gold)
    own = _parts([one.article for one in corpus.sentences], by_article)
    of_gold = _parts([one.article for one in corpus.gold], by_article)
    tables = {}
    for name, rows in own.items():
        if on_gold is None or gold is None:
            table = rule_table(voter.names, votes[rows])
        else:
            labelled = of_gold.get(name, np.zeros(0, np.intp))
            table = rule_table(voter.names, votes[rows], on_gold[labelled], gold[labelled])
        tables[name] = most_in_need(table) if sort == "need" else table
    return tables


def _parts(articles: Sequence[str], by_article: bool) -> dict[str, npt.NDArray[np.intp]]:
    rows: dict[str, list[int]] = {}
    for i, name in enumerate(articles):
        rows.setdefault((table_of(name) or name) if by_article else "", []).append(i)
    return {name: np.array(own, np.intp) for name, own in rows.items()}
