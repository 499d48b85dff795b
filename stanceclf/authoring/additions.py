"""Adding the rules of one file to those of a topic."""

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
    """Append the rules of a file to those in a topic's folder, and return them.

    What the topic's file contains already stays as it is, byte for byte.

    Raises
    ------
    StanceclfError
        A file is invalid, a name is taken, or the topic's file does not end in a block list of
        rules. Nothing is written then.
    """
    known = load_voter(folder, normalize)
    read = read_voter(folder, normalize, file)
    if read.errors:
        raise read.errors[0]
    new = read.voter.rules
    for index, rule in zip(read.places, new, strict=True):
        if rule.name in known.names:
            what = f"the topic already has a rule `{rule.name}`; rename or delete this one"
            raise read.file.error(what, ("rules", index, "name"))
    path = Path(folder, "rules.yaml")
    column = _item_column(path)
    # As bytes, to keep the byte order mark and line ends that the author chose.
    before = path.read_bytes()
    end = b"\r\n" if b"\r\n" in before else b"\n"
    items = "".join("\n" + rule_yaml(rule, column) for rule in new).encode().replace(b"\n", end)
    after = before + (b"" if before.endswith((b"\n", b"\r")) else end) + items
    if _read(folder, after, normalize) != (*known.rules, *new):
        raise StanceclfError("cannot append rules after the last line; add them by hand", path=path)
    with atomic_write(path) as out:
        out.write(after)
    return new


def _read(
    folder: str | PathLike[str], content: bytes, normalize: Normalizer
) -> tuple[Rule, ...] | None:
    """Return the rules that a topic would have with this content, None if it were invalid."""
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch, "rules.yaml")
        trial.write_bytes(content)
        try:
            read = read_voter(folder, normalize, trial)
        except StanceclfError:
            return None
    return None if read.errors else read.voter.rules


def _item_column(path: Path) -> int:
    """Return the column at which the items of the list at the end of a rule file begin."""
    node = yaml.compose(read_utf8(path), yaml.SafeLoader)
    keys = node.value if isinstance(node, yaml.MappingNode) else []
    last = keys[-1][1] if keys and keys[-1][0].value == "rules" else None
    if not isinstance(last, yaml.SequenceNode) or last.flow_style:
        raise StanceclfError(
            "must end with `rules:` and a `- ` item per rule below it; add the rules by hand",
            path=path,
        )
    return last.start_mark.column
