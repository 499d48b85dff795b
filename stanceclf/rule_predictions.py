"""Rule predictions: what the rules alone say of every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stanceclf.articles import Article
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.normalization import Normalizer
from stanceclf.predictions import Prediction
from stanceclf.sentences import cut_articles
from stanceclf.votes import Voter
from stanceclf.weak_labels import LabelModel, LabelModelName


def apply_rules(
    voter: Voter, article: Article, normalize: Normalizer, label_model: LabelModelName = "majority"
) -> Iterator[Prediction]:
    """Yield the sentences of an article with the rules' votes and weak label, in reading order.

    Parameters
    ----------
    voter : Voter
        The rules.
    article : Article
        What to read.
    normalize : Normalizer
        Brings lines to normal form, in which boilerplate is known.
    label_model : str, default "majority"
        How votes are summed up.

    Examples
    --------
    >>> from stanceclf.rules import Rule
    >>> from stanceclf.topic import Topic
    >>> normalize = Normalizer("", "")
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), matches=("便宜",))
    >>> voter = Voter(Topic(name="开源大模型", target=("开源",)), [rule], normalize)
    >>> rows = apply_rules(voter, Article("一.txt", "开源便宜。下雨。"), normalize)
    >>> [(row.stance, row.votes) for row in rows]
    [('favor', {'便宜': 'favor'}), (None, {})]
    """
    sentences = list(cut_articles([article], normalize))
    votes = voter.vote_matrix(sentence.text for sentence in sentences)
    model = LabelModel(label_model, [rule.weight for rule in voter.rules]).fit(votes)
    weak = model(votes)
    for sentence, stance, row, cast in zip(
        sentences, weak.stances(), weak.probability, votes, strict=True
    ):
        shares: dict[str, float] = {
            s: round(float(row[STANCES.index(s)]), 6) for s in READING_ORDER
        }
        yield Prediction(
            sentence.article,
            sentence.start,
            sentence.end,
            sentence.text,
            stance,
            None if np.isnan(row).any() else shares,
            {n: STANCES[v] for n, v in zip(voter.names, cast, strict=True) if v != ABSTAIN},
        )
