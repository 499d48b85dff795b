"""Rule additions: the rules of one file added to those of a topic."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path

import yaml

from stanceclf.articles import Normalizer
from stanceclf.authoring.suggestion_file import rule_yaml
from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write, read_utf8
from stanceclf.rules import Rule, load_voter, read_voter


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
    read = read_voter(folder, normalize, file)
    if read.errors:
        raise read.errors[0]
    voter = read.voter
    for index, rule in zip(read.places, voter.rules, strict=True):
        if rule.name in known.names:
            what = f"the topic has a rule `{rule.name}` already; rename or strike this one"
            raise read.file.error(what, ("rules", index, "name"))
    path = Path(folder, "rules.yaml")
    text = read_utf8(path)
    # As bytes, for its marks and its ends of lines are its author's.
    before = path.read_bytes()
    end = b"\r\n" if b"\r\n" in before else b"\n"
    column = _column(path, text)
    items = "".join("\n" + rule_yaml(rule, column) for rule in voter.rules)
    added = items.encode().replace(b"\n", end)
    whole = before + (b"" if before.endswith((b"\n", b"\r")) else end) + added
    _check(folder, whole, (*known.rules, *voter.rules), normalize, path)
    with atomic_write(path) as out:
        out.write(whole)
    return voter.rules


def _check(
    folder: str | PathLike[str],
    whole: bytes,
    rules: tuple[Rule, ...],
    normalize: Normalizer,
    path: Path,
) -> None:
    """See that what is to be written would be read as it is meant."""
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch, "rules.yaml")
        trial.write_bytes(whole)
        try:
            now = read_voter(folder, normalize, trial)
        except StanceclfError:
            now = None
    if now is None or now.errors or now.voter.rules != rules:
        raise StanceclfError(
            "rules cannot be added behind the last line; add them by hand", path=path
        )


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
