"""Stage ``label``: rules -> votes -> weak labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Sentence
from stanceclf.authoring import RULE_COLUMNS, RuleRow, count_mentioning, judged_table
from stanceclf.errors import StanceclfError
from stanceclf.gold import GoldSentence, gold_labels, read_gold
from stanceclf.io import (
    LABEL_COLUMNS,
    SENTENCE_COLUMNS,
    VOTE_PREFIX,
    Columns,
    check_outputs,
    open_dataset,
    stream_dataset,
    table_csv,
    write_text,
)
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.reports import RulePage
from stanceclf.rules import (
    DistinctVotes,
    LabelModel,
    Voter,
    WeakLabels,
    find_hits,
    label_indices,
    load_voter,
)
from stanceclf.training import LabelConfig


@dataclass(frozen=True, slots=True)
class LabelResult:
    """Number of sentences, in all and by weak label (or ``abstain``), and the rule table."""

    sentences: int
    weak_labels: dict[str, int]
    table: list[RuleRow]


def run_label(
    sentences: str | PathLike[str],
    topic: str | PathLike[str],
    output: str | PathLike[str],
    rules_table: str | PathLike[str],
    page: str | PathLike[str],
    config: LabelConfig,
    gold: str | PathLike[str] | None = None,
    *,
    text_column: str | None = None,
) -> LabelResult:
    """Let the rules vote on sentences and combine the votes into weak labels.

    Parameters
    ----------
    sentences, topic : path-like
        The dataset of sentences and the topic's folder.
    output : path-like
        The dataset to write: the sentences; their votes, one column per rule; their weak label,
        null where the rules abstain; and its probabilities, null where no rule votes.
    rules_table, page : path-like
        The rule table (CSV, one row per rule) and the rule page (HTML) to write.
    config : LabelConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels, for the accuracy of each rule.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        An input cannot be read, or a stance has no rule or no weak label.
    """
    check_outputs(output, rules_table, page)
    voter = load_voter(topic)
    _check_every_stance_has_a_rule(voter, topic)
    known = read_gold(gold, text_column=text_column) if gold else []
    votes, judged = _vote(voter, sentences, known)
    weak = LabelModel(config.model, voter.weights).fit(votes.rows, votes.counts)(votes.rows)
    labels = _label_columns(weak)
    label = weak.label[votes.row_of]
    _check_every_stance_has_a_label(label, voter, topic, sentences)
    table = judged_table(voter.names, votes, judged)
    shown = RulePage(voter, votes, label, judged)
    vote_types = {VOTE_PREFIX + name: "string" for name in voter.names}
    types = SENTENCE_COLUMNS | vote_types | LABEL_COLUMNS
    done = 0
    with open_dataset(types, output) as write:
        for columns in stream_dataset(sentences, SENTENCE_COLUMNS, "sentences"):
            rows = votes.row_of[done : done + len(columns["text"])]
            shown.add(_sentences(columns), find_hits(voter, columns["text"]))
            own = {name: [column[row] for row in rows] for name, column in labels.items()}
            write(columns | _vote_columns(voter, votes.rows[rows]) | own)
            done += len(rows)
    write_text(rules_table, table_csv(map(RuleRow.as_dict, table), RULE_COLUMNS))
    write_text(page, shown.html())
    counts = {s: int((label == STANCES.index(s)).sum()) for s in READING_ORDER}
    return LabelResult(done, counts | {"abstain": int((label == ABSTAIN).sum())}, table)


def _vote(
    voter: Voter, sentences: str | PathLike[str], known: list[GoldSentence]
) -> tuple[DistinctVotes, npt.NDArray[np.int8]]:
    """Return the votes on the sentences of a dataset, and the gold label of each."""
    gold = [np.zeros(0, np.int8)]

    def parts() -> Iterator[npt.NDArray[np.int8]]:
        for columns in stream_dataset(sentences, SENTENCE_COLUMNS, "sentences"):
            gold.append(label_indices(gold_labels(_sentences(columns), known)))
            yield voter.vote_matrix(columns["text"])

    return DistinctVotes.of(parts(), len(voter.rules)), np.concatenate(gold)


def _sentences(columns: Columns) -> list[Sentence]:
    return [Sentence(*row) for row in zip(*(columns[n] for n in SENTENCE_COLUMNS), strict=True)]


def _vote_columns(voter: Voter, votes: npt.NDArray[np.int8]) -> Columns:
    # Abstaining, -1, is the index of the last one.
    stances = np.array([*STANCES, None], object)
    return {
        VOTE_PREFIX + name: stances[own].tolist()
        for name, own in zip(voter.names, votes.T, strict=True)
    }


def _label_columns(weak: WeakLabels) -> Columns:
    columns: Columns = {"weak_label": weak.stances()}
    for stance in READING_ORDER:
        shares = weak.probability[:, STANCES.index(stance)]
        columns[f"p_{stance}"] = [None if np.isnan(p) else round(float(p), 6) for p in shares]
    return columns


def _check_every_stance_has_a_label(
    label: npt.NDArray[np.int8],
    voter: Voter,
    topic: str | PathLike[str],
    sentences: str | PathLike[str],
) -> None:
    missing = [s for s in READING_ORDER if not (label == STANCES.index(s)).any()]
    if not missing:
        return
    parts = stream_dataset(sentences, SENTENCE_COLUMNS, "sentences")
    if not any(count_mentioning(voter, columns["text"]) for columns in parts):
        raise StanceclfError(
            f"no article mentions the target ({voter.topic.target[0]}); add the words that "
            "they use for it to `target`",
            path=Path(topic, "topic.yaml"),
        )
    raise StanceclfError(
        f"no sentence is weakly labelled `{missing[0]}`; write more rules that vote `{missing[0]}`",
        path=Path(topic, "rules.yaml"),
    )


def _check_every_stance_has_a_rule(voter: Voter, topic: str | PathLike[str]) -> None:
    labels = {rule.label for rule in voter.rules}
    for stance in READING_ORDER:
        if stance not in labels:
            raise StanceclfError(
                f"no rule votes `{stance}`; write one: the model learns from the rules",
                path=Path(topic, "rules.yaml"),
            )
