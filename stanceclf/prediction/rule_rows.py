"""Predictions of the rules alone: their votes and weak label for every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import PathLike

import numpy as np

from stanceclf.articles import MAX_SENTENCE, Article
from stanceclf.errors import StanceclfError
from stanceclf.io import VOTE_PREFIX, batched, read_dataset
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.prediction.rows import BATCH, Prediction
from stanceclf.rules import LabelModel, LabelModelName, Match, Voter, find_matches
from stanceclf.speakers import attribute_sentences


def apply_rules(
    voter: Voter, articles: Iterable[Article], label_model: LabelModel, longest: int = MAX_SENTENCE
) -> Iterator[Prediction]:
    """Yield the sentences of articles with the rules' votes and weak label, in reading order.

    Parameters
    ----------
    voter : Voter
        The rules.
    articles : iterable of Article
        The articles.
    label_model : LabelModel
        A fitted label model.
    longest : int, default 10000
        Maximum length of a sentence in characters; longer ones are cut.

    Examples
    --------
    >>> from stanceclf.rules import Rule
    >>> from stanceclf.reading import Topic
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), matches=("便宜",))
    >>> voter = Voter(Topic(name="开源大模型", target=("开源",)), [rule], str.lower)
    >>> label_model = LabelModel().fit(voter.vote_matrix([]))
    >>> rows = apply_rules(voter, [Article("一.txt", "开源便宜。下雨。")], label_model)
    >>> [(row.stance, row.votes) for row in rows]
    [('favor', {'便宜': 'favor'}), (None, {})]
    """
    columns = {name: column for column, name in enumerate(voter.names)}
    said_by = attribute_sentences(articles, voter.reader.normalize, longest=longest)
    for batch in batched(said_by, BATCH):
        found = list(find_matches(voter, [sentence.text for sentence, _ in batch]))
        votes = np.full((len(batch), len(columns)), ABSTAIN, np.int8)
        for row, matches in enumerate(found):
            for match in matches:
                if match.outcome == "votes":
                    votes[row, columns[match.rule]] = STANCES.index(match.label)
        weak = label_model(votes)
        rows = zip(
            batch, found, votes.tolist(), weak.stances(), weak.probability.tolist(), strict=True
        )
        for (sentence, said), matches, cast, stance, shares in rows:
            rounded: dict[str, float] = {
                name: round(shares[STANCES.index(name)], 6) for name in READING_ORDER
            }
            yield Prediction(
                sentence.article,
                sentence.start,
                sentence.end,
                sentence.text,
                stance,
                None if np.isnan(shares).any() else rounded,
                said.speaker,
                said.voice,
                votes={voter.names[i]: STANCES[v] for i, v in enumerate(cast) if v != ABSTAIN},
                matches=[_moved(match, sentence.start) for match in matches],
            )


def _moved(match: Match, by: int) -> Match:
    """Return a match with offsets into the article."""
    negator = match.negator
    if negator is not None:
        negator = replace(negator, start=negator.start + by, end=negator.end + by)
    return replace(match, start=match.start + by, end=match.end + by, negator=negator)


def fitted_label_model(
    voter: Voter, name: LabelModelName, labels: str | PathLike[str]
) -> LabelModel:
    """Return a label model for the rules' votes.

    `labels` is the dataset that the stage ``label`` wrote. Only ``dawid-skene`` reads it, to learn
    from its votes.

    Raises
    ------
    StanceclfError
        It cannot be read, or contains the votes of other rules.
    """
    model = LabelModel(name, voter.weights)
    if name != "dawid-skene":
        return model.fit(voter.vote_matrix([]))
    types = {VOTE_PREFIX + rule: "string" for rule in voter.names}
    columns = read_dataset(labels, types, "label", nullable=types)
    index: dict[str | None, int] = {None: ABSTAIN} | {s: i for i, s in enumerate(STANCES)}
    try:
        votes = [[index[vote] for vote in columns[name]] for name in types]
    except KeyError as error:
        what = f"`{error.args[0]}` is not a stance; run `stanceclf label` again"
        raise StanceclfError(what, path=labels) from None
    return model.fit(np.array(votes, dtype=np.int8).T)
