"""Stage ``label``: rules -> votes -> weak labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from stanceclf.config import LabelConfig
from stanceclf.corpus import Corpus
from stanceclf.dataset import LABEL_COLUMNS, SENTENCE_COLUMNS, VOTE, read_dataset, write_dataset
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, check_outputs, table_csv
from stanceclf.gold import read_gold
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.rule_check import count_mentioning
from stanceclf.rule_file import load_voter
from stanceclf.rule_page import page_of_votes
from stanceclf.rule_table import COLUMNS, RuleRow, as_dict, gold_votes, rule_table
from stanceclf.sentences import Sentence
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
    page: str | PathLike[str],
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
    page : path-like
        The HTML page to write, on which to read what each rule does.
    config : LabelConfig
        The stage's settings.
    gold : path-like, optional
        Gold labels, to tell how right each rule is.

    Raises
    ------
    StanceclfError
        An input cannot be read, or a stance has no rule or no weak label.
    """
    check_outputs(output, rules_table, page)
    voter = load_voter(topic)
    _check_every_stance_has_a_rule(voter, topic)
    columns = read_dataset(sentences, SENTENCE_COLUMNS, "sentences")
    votes = voter.vote_matrix(columns["text"])
    weak = LabelModel(config.model, voter.weights).fit(votes)(votes)
    stances = weak.stances()
    counts = Counter("abstain" if stance is None else stance for stance in stances)
    for stance in READING_ORDER:
        if not counts[stance]:
            if not count_mentioning(voter, columns["text"]):
                raise StanceclfError(
                    f"no article mentions the target ({voter.topic.target[0]}); add the words that "
                    "they use to `target`",
                    path=Path(topic, "topic.yaml"),
                )
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that find some",
                path=Path(topic, "rules.yaml"),
            )
    known = read_gold(gold) if gold else []
    table = rule_table(voter.names, votes, *gold_votes(voter, known))
    cut = [Sentence(*row) for row in zip(*(columns[n] for n in SENTENCE_COLUMNS), strict=True)]
    html = page_of_votes(voter, Corpus(len({s.article for s in cut}), cut, known), votes, stances)
    for name, column in zip(voter.names, votes.T, strict=True):
        columns[VOTE + name] = [None if vote == ABSTAIN else STANCES[vote] for vote in column]
    columns["weak_label"] = stances
    for stance in READING_ORDER:
        shares = weak.probability[:, STANCES.index(stance)]
        columns[f"p_{stance}"] = [None if np.isnan(p) else round(float(p), 6) for p in shares]
    types = SENTENCE_COLUMNS | {VOTE + name: "string" for name in voter.names} | LABEL_COLUMNS
    write_dataset(columns, types, output)
    with atomic_write(rules_table) as file:
        file.write(table_csv(map(as_dict, table), COLUMNS).encode())
    with atomic_write(page) as file:
        file.write(html.encode())
    return LabelResult(len(stances), {s: counts[s] for s in (*READING_ORDER, "abstain")}, table)


def _check_every_stance_has_a_rule(voter: Voter, topic: str | PathLike[str]) -> None:
    labels = {rule.label for rule in voter.rules}
    for stance in READING_ORDER:
        if stance not in labels:
            raise StanceclfError(
                f"no rule votes `{stance}`; write one, or there is nothing to learn it from",
                path=Path(topic, "rules.yaml"),
            )
