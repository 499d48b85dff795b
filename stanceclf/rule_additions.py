"""Rule additions: the rules of one file added to those of a topic."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path

import yaml

from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, read_utf8
from stanceclf.normalization import Normalizer
from stanceclf.rule_file import load_voter, read_voter
from stanceclf.rules import Rule
from stanceclf.suggestion_file import rule_yaml


def add_rules(
    folder: str | PathLike[str], file: str | PathLike[str], normalize: Normalizer
) -> tuple[Rule, ...]:
    """Write the rules of a file behind those of a topic, whose file stays as it is otherwise.

    Parameters
    ----------
    folder : path-like
        The topic's folder.
    file : path-like
        A file of rules, like one that `stanceclf rules suggest` wrote.
    normalize : Normalizer
        Brings words and sentences to normal form.

    Returns
    -------
    tuple of Rule
        The rules that were added.

    Raises
    ------
    StanceclfError
        One of the files says something it must not, a name is taken, or the topic's file does not
        end in a list of rules, one below the other. Nothing is written then.
    """
    known = load_voter(folder, normalize)
    voter, errors, said = read_voter(folder, normalize, file)
    if errors:
        raise errors[0]
    for index, rule in enumerate(voter.rules):
        if rule.name in known.names:
            what = f"the topic has a rule `{rule.name}` already; rename or strike this one"
            raise said.error(what, ("rules", index, "name"))
    path = Path(folder, "rules.yaml")
    text = read_utf8(path)
    added = "".join("\n" + rule_yaml(rule, _column(path, text)) for rule in voter.rules)
    whole = text.rstrip("\n") + "\n" + added
    with tempfile.TemporaryDirectory() as scratch:
        # What is written must be read as it was meant.
        trial = Path(scratch, "rules.yaml")
        trial.write_text(whole, encoding="utf-8")
        now, wrong, _ = read_voter(folder, normalize, trial)
    if wrong or now.rules != (*known.rules, *voter.rules):
        raise StanceclfError("these rules cannot be added behind the last one", path=path)
    with atomic_write(path) as out:
        out.write(whole.encode())
    return voter.rules


def _column(path: Path, text: str) -> int:
    """Return the column at which the items of the list that ends the file begin."""
    node = yaml.compose(text, yaml.SafeLoader)
    keys = node.value if isinstance(node, yaml.MappingNode) else []
    last = keys[-1][1] if keys and keys[-1][0].value == "rules" else None
    if not isinstance(last, yaml.SequenceNode) or last.flow_style:
        raise StanceclfError(
            "must end in `rules:` with a rule a `- ` below it; add the rules by hand", path=path
        )
    return last.start_mark.column
