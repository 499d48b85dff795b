"""Stage ``label``: rules -> votes -> weak labels."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from stanceclf.config import LabelConfig
from stanceclf.dataset import LABEL_COLUMNS, SENTENCE_COLUMNS, VOTE, read_dataset, write_dataset
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, check_outputs
from stanceclf.gold import read_gold
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.rule_file import load_voter
from stanceclf.rule_table import RuleRow, rule_table
from stanceclf.votes import Voter
from stanceclf.weak_labels import LabelModel


@dataclass(frozen=True, slots=True)
class LabelResult:
    """What the stage did.

    Attributes
    ----------
    sentences : int
        How many sentences there are.
    weak_labels : dict of str to int
        How many have each weak label; ``abstain`` counts those with none.
    table : list of RuleRow
        What each rule did.
    """

    sentences: int
    weak_labels: dict[str, int]
    table: list[RuleRow]


def run(
    sentences: str | PathLike[str],
    topic: str | PathLike[str],
    output: str | PathLike[str],
    rules_table: str | PathLike[str],
    config: LabelConfig,
    gold: str | PathLike[str] | None = None,
) -> LabelResult:
    """Let the rules vote on sentences and sum the votes up as weak labels.

    Parameters
    ----------
    sentences : path-like
        The dataset of sentences.
    topic : path-like
        The topic's folder.
    output : path-like
        The dataset to write: the sentences with their votes, a column a rule; their weak label,
        null where the rules abstain; and its probabilities, null where no rule votes.
    rules_table : path-like
        The CSV file to write, a row a rule.
    config : LabelConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels, to tell how right each rule is.

    Raises
    ------
    StanceclfError
        An input cannot be read, or a stance has no rule or no weak label.
    """
    check_outputs(output, rules_table)
    voter = load_voter(topic)
    _check_every_stance_has_a_rule(voter, topic)
    columns = read_dataset(sentences, SENTENCE_COLUMNS, "sentences")
    votes = voter.vote_matrix(columns["text"])
    weak = LabelModel(config.model, [rule.weight for rule in voter.rules]).fit(votes)(votes)
    stances = weak.stances()
    counts = Counter("abstain" if stance is None else stance for stance in stances)
    for stance in READING_ORDER:
        if not counts[stance]:
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that find some",
                path=Path(topic, "rules.yaml"),
            )
    gold_votes = gold_labels = None
    if gold is not None:
        gold_sentences = read_gold(gold)
        gold_votes = voter.vote_matrix([sentence.text for sentence in gold_sentences])
        gold_labels = np.array([STANCES.index(s.label) for s in gold_sentences], dtype=np.int8)
    table = rule_table(voter.names, votes, gold_votes, gold_labels)
    for name, column in zip(voter.names, votes.T, strict=True):
        columns[VOTE + name] = [None if vote == ABSTAIN else STANCES[vote] for vote in column]
    columns["weak_label"] = stances
    for stance in READING_ORDER:
        shares = weak.probability[:, STANCES.index(stance)]
        columns[f"p_{stance}"] = [None if np.isnan(p) else round(float(p), 6) for p in shares]
    types = SENTENCE_COLUMNS | {VOTE + name: "string" for name in voter.names} | LABEL_COLUMNS
    write_dataset(columns, types, output)
    _write_table(table, rules_table)
    return LabelResult(len(stances), {s: counts[s] for s in (*READING_ORDER, "abstain")}, table)


def _check_every_stance_has_a_rule(voter: Voter, topic: str | PathLike[str]) -> None:
    labels = {rule.label for rule in voter.rules}
    for stance in READING_ORDER:
        if stance not in labels:
            raise StanceclfError(
                f"no rule votes `{stance}`; write one, or there is nothing to learn it from",
                path=Path(topic, "rules.yaml"),
            )


def _write_table(table: list[RuleRow], path: str | PathLike[str]) -> None:
    text = io.StringIO()
    names = [field.name for field in dataclasses.fields(RuleRow)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in table:
        values = dataclasses.asdict(row)
        writer.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()})
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())
