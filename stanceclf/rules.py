"""Rules: keyword evidence for a stance, written as data that a linguist can edit."""

from __future__ import annotations

import re
import warnings
from os import PathLike
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from stanceclf.clauses import About
from stanceclf.labels import Stance
from stanceclf.topic import Text
from stanceclf.yaml_file import Section, YamlFile

#: What a pattern writes for "a mention of the target" or "of the rival".
MENTIONS = ("{target}", "{rival}")

_Name = Annotated[str, StringConstraints(pattern=r"^[\w-]+$")]


class Rule(Section):
    """One rule: what it looks for, when that counts, and the stance it then votes for.

    Attributes
    ----------
    name : str
        Its name: letters, digits, ``-`` and ``_``.
    label : str
        The stance it votes for: ``favor``, ``against`` or ``none``.
    any : tuple of str
        Words; one that occurs is enough.
    pattern : str or None
        A regular expression over the normalised sentence, in which ``{target}`` and ``{rival}``
        stand for any mention of either.
    near : {"target", "rival", "both", "neither"} or None
        What the clause around the word must be about.
    mentions : {"target", "rival", "both", "neither"} or None
        What the whole sentence must mention. With neither words nor a pattern, that is enough.
    negated : {"veto", "flip", "ignore"}
        What a negator before the word does: the word does not count (the default), it counts for
        the opposite stance, or nothing.
    unless : tuple of str
        Words that keep the rule from voting on a sentence.
    matches, rejects : tuple of str
        Sentences that the rule must and must not vote its label on.

    Examples
    --------
    >>> Rule(name="便宜", label="favor", any=("便宜",), matches=("开源便宜",)).negated
    'veto'
    """

    name: _Name
    label: Stance
    any: tuple[Text, ...] = Field(default=(), strict=False)
    pattern: Text | None = None
    near: About | None = None
    mentions: About | None = None
    negated: Literal["veto", "flip", "ignore"] = "veto"
    unless: tuple[Text, ...] = Field(default=(), strict=False)
    matches: tuple[Text, ...] = Field(min_length=1, strict=False)
    rejects: tuple[Text, ...] = Field(default=(), strict=False)

    @field_validator("pattern")
    @classmethod
    def _is_regex(cls, pattern: str | None) -> str | None:
        """Compile the pattern with stand-ins for the mentions, to see that it can be."""
        if pattern is not None:
            filled = pattern
            for mention in MENTIONS:
                filled = filled.replace(mention, "(?:源)")
            if unknown := re.search(r"\{[^\d,{}][^{}]*\}", filled):
                raise ValueError(f"unknown `{unknown.group()}`; known: {', '.join(MENTIONS)}")
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    compiled = re.compile(f"(?:{filled})")
            except (re.error, OverflowError, RecursionError, Warning) as error:
                said = str(error).split(" at position")[0]
                raise ValueError(f"not a regular expression: {said}") from None
            if any(not match.group() for match in compiled.finditer("开源 llama 2, 更好吗?")):
                raise ValueError("matches even where nothing is; make it ask for something")
        return pattern

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if not (self.any or self.pattern or self.mentions):
            raise ValueError("looks for nothing; give it `any`, `pattern` or `mentions`")
        if self.negated == "flip" and self.label == "none":
            raise ValueError("`none` has no opposite; `negated` must be `veto` or `ignore`")
        return self


class _RuleFile(Section):
    """What ``rules.yaml`` holds; lexicons and patterns are shared by rules with YAML's anchors."""

    lexicons: dict[str, Annotated[tuple[Text, ...], Field(strict=False)]] = {}
    patterns: dict[str, Text] = {}
    rules: list[object] = Field(min_length=1)


def load_rules(folder: str | PathLike[str]) -> tuple[Rule, ...]:
    """Read a topic's ``rules.yaml``.

    Whether the rules' examples hold is checked where the rules meet the topic, see
    `stanceclf.votes.load_voter`.

    Parameters
    ----------
    folder : path-like
        The topic's folder.

    Returns
    -------
    tuple of Rule
        In the file's order.

    Raises
    ------
    StanceclfError
        The file is missing, says something it must not, or gives two rules one name; named by
        line and key.
    """
    return tuple(rule for rule, _ in read_rules(YamlFile(Path(folder, "rules.yaml"))))


def read_rules(file: YamlFile) -> list[tuple[Rule, int]]:
    """Return the rules of a file, each with its index in there; see `load_rules`."""
    count = len(file.check(_RuleFile).rules)
    rules: list[tuple[Rule, int]] = []
    seen: set[str] = set()
    for index in range(count):
        rule = file.check(Rule, "rules", index)
        if rule.name in seen:
            raise file.error(
                f"two rules are named `{rule.name}`; rename one", ("rules", index, "name")
            )
        seen.add(rule.name)
        rules.append((rule, index))
    return rules
