"""Rules: keyword evidence for a stance, written as data that a linguist can edit."""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from stanceclf.clauses import About
from stanceclf.labels import Stance
from stanceclf.yaml_file import Section, YamlFile, YamlText

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
    any: tuple[YamlText, ...] = Field(default=(), strict=False)
    pattern: YamlText | None = None
    near: About | None = None
    mentions: About | None = None
    negated: Literal["veto", "flip", "ignore"] = "veto"
    unless: tuple[YamlText, ...] = Field(default=(), strict=False)
    matches: tuple[YamlText, ...] = Field(min_length=1, strict=False)
    rejects: tuple[YamlText, ...] = Field(default=(), strict=False)

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

    lexicons: dict[str, Annotated[tuple[YamlText, ...], Field(strict=False)]] = {}
    patterns: dict[str, YamlText] = {}
    rules: list[object] = Field(min_length=1)


def read_rules(file: YamlFile) -> tuple[Rule, ...]:
    """Return the rules of a ``rules.yaml``, in its order.

    Whether the rules' examples hold is checked where the rules meet the topic, see
    `stanceclf.votes.load_voter`.

    Parameters
    ----------
    file : YamlFile
        The file.

    Raises
    ------
    StanceclfError
        It says something it must not, or gives two rules one name; named by line and key.
    """
    rules: list[Rule] = []
    for index in range(len(file.check(_RuleFile).rules)):
        rule = file.check(Rule, "rules", index)
        if rule.name in {other.name for other in rules}:
            raise file.error(
                f"two rules are named `{rule.name}`; rename one", ("rules", index, "name")
            )
        rules.append(rule)
    return tuple(rules)
