"""Rule predictions: what the rules alone say of every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from os import PathLike

import numpy as np
import numpy.typing as npt

from stanceclf.articles import MAX_SENTENCE, Article
from stanceclf.errors import StanceclfError
from stanceclf.io import VOTE_PREFIX, read_dataset
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.prediction.rows import Prediction, batches
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
        What to read.
    label_model : LabelModel
        Sums votes up; fitted.
    longest : int
        A sentence of more characters is cut in parts, of 10,000 by default.

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
    for batch in batches(attribute_sentences(articles, voter.reader.normalize, longest=longest)):
        found = list(find_matches(voter, [sentence.text for sentence, _ in batch]))
        votes = _votes(voter, found)
        weak = label_model(votes)
        rows = zip(weak.stances(), weak.probability, votes.tolist(), found, strict=True)
        for (sentence, said), (stance, row, cast, matches) in zip(batch, rows, strict=True):
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
                said.speaker,
                said.voice,
                votes={voter.rules[i].name: STANCES[v] for i, v in enumerate(cast) if v != ABSTAIN},
                matches=[_moved(match, sentence.start) for match in matches],
            )


def _votes(voter: Voter, found: Sequence[Sequence[Match]]) -> npt.NDArray[np.int8]:
    """Return the votes that matches make, as the voter does."""
    columns = {name: column for column, name in enumerate(voter.names)}
    votes = np.full((len(found), len(columns)), ABSTAIN, np.int8)
    for row, matches in enumerate(found):
        for match in matches:
            if match.outcome == "votes":
                votes[row, columns[match.rule]] = STANCES.index(match.label)
    return votes


def _moved(match: Match, by: int) -> Match:
    """Return a match as an article's offsets have it."""
    negator = match.negator
    if negator is not None:
        negator = replace(negator, start=negator.start + by, end=negator.end + by)
    return replace(match, start=match.start + by, end=match.end + by, negator=negator)


def fitted_label_model(
    voter: Voter, name: LabelModelName, labels: str | PathLike[str]
) -> LabelModel:
    """Return the label model that sums up these rules' votes.

    Parameters
    ----------
    voter : Voter
        The rules.
    name : str
        Which one.
    labels : path-like
        The dataset that the stage ``label`` wrote; read only where the model learns from votes.

    Raises
    ------
    StanceclfError
        It is needed and cannot be read, or has votes of other rules.
    """
    model = LabelModel(name, voter.weights)
    if name != "dawid-skene":
        return model.fit(voter.vote_matrix([]))
    types = {VOTE_PREFIX + rule: "string" for rule in voter.names}
    columns = read_dataset(labels, types, "label", nullable=types)
    index: dict[str | None, int] = {None: ABSTAIN} | {s: i for i, s in enumerate(STANCES)}
    try:
        votes = [[index[vote] for vote in columns[VOTE_PREFIX + rule]] for rule in voter.names]
    except KeyError as error:
        raise StanceclfError(
            f"`{error.args[0]}` is no stance; run `stanceclf label` anew", path=labels
        ) from None
    return model.fit(np.array(votes, dtype=np.int8).T)
