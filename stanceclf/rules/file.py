"""``rules.yaml``: rules as people write them, checked before they are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.io import Section, YamlFile, YamlText
from stanceclf.labels import STANCES, Stance
from stanceclf.reading import About, Topic, load_topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.patterns import Pattern
from stanceclf.rules.voter import Voter

_Name = Annotated[str, StringConstraints(pattern=r"^[\w-]+$")]
# Time and memory grow with a pattern, whatever it says; nobody can read one as long as this.
_LONGEST = 10_000

_Words = Annotated[tuple[YamlText, ...], Field(strict=False)]


class _RuleSection(Section):
    """A rule in the file; what its keys mean is told by `stanceclf.rules.Rule`."""

    name: _Name
    label: Stance
    any: _Words = ()
    pattern: YamlText | None = None
    near: About | None = None
    scope: Literal["clause", "sentence"] = "clause"
    within: Annotated[int, Field(ge=0, le=1000)] | None = None
    mirrored: bool = False
    mentions: About | None = None
    negated: Literal["veto", "flip", "ignore"] = "veto"
    asked: Literal["veto", "ignore"] = "veto"
    unless: _Words = ()
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    matches: tuple[YamlText, ...] = Field(min_length=1, strict=False)
    rejects: _Words = ()

    @field_validator("any", "unless", mode="before")
    @classmethod
    def _in_one_list(cls, words: object) -> object:
        # By aliases, a list may hold whole lexicons.
        if isinstance(words, list) and any(isinstance(word, list) for word in words):
            return list(
                dict.fromkeys(
                    word
                    for own in words
                    for word in (own if isinstance(own, list) else [own])
                    if isinstance(word, str)
                )
            )
        return words

    @field_validator("any", "unless", "matches", "rejects")
    @classmethod
    def _says_nothing_twice(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if twice := [word for word, count in Counter(words).items() if count > 1]:
            raise ValueError(f"`{twice[0]}` stands here twice; keep one")
        return words

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            if len(pattern) > _LONGEST:
                raise ValueError(f"longer than {_LONGEST} characters; split it in two rules")
            try:
                compiled = Pattern(pattern, str.lower)
            except StanceclfError as error:
                raise ValueError(str(error)) from None
            if compiled.matches_nothing():
                raise ValueError("matches even where nothing is; make it ask for something")
        return pattern

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if not (self.any or self.pattern or self.mentions):
            raise ValueError("looks for nothing; give it `any`, `pattern` or `mentions`")
        if self.label == "none" and (self.negated == "flip" or self.mirrored):
            key = "negated: flip" if self.negated == "flip" else "mirrored: true"
            raise ValueError(f"`none` has no opposite; it cannot be `{key}`")
        for key, asked in (("within", self.within is not None), ("mirrored", self.mirrored)):
            if asked and self.near not in {"target", "rival"}:
                raise ValueError(f"`{key}` needs a side; `near` must be `target` or `rival`")
        return self


class _RuleFile(Section):
    """What the file holds; lexicons and patterns are shared by rules with YAML's anchors."""

    lexicons: dict[str, _Words] = {}
    patterns: dict[str, YamlText] = {}
    rules: list[object] = Field(min_length=1)


def load_voter(folder: str | PathLike[str], normalize: Normalizer | None = None) -> Voter:
    r"""Read a topic's folder and return the voter of its rules, their examples checked.

    Parameters
    ----------
    folder : path-like
        A folder with ``topic.yaml`` and ``rules.yaml``.
    normalize : Normalizer, optional
        By default OpenCC's.

    Raises
    ------
    StanceclfError
        A file says something it must not, or a rule fails an example of its own; named by file
        and line.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> topic = "name: 开源大模型\ntarget: [开源]\n"
    >>> _ = (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    >>> rules = "rules: [{name: 便宜, label: favor, any: [便宜], matches: [真便宜]}]"
    >>> _ = (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    >>> load_voter(folder).votes("開源更便宜。")
    {'便宜': 'favor'}
    """
    read = read_voter(folder, normalize or Normalizer.from_opencc())
    if read.errors:
        raise read.errors[0]
    return read.voter


@dataclass(frozen=True, slots=True)
class ReadRules:
    """A file of rules as far as they are fine.

    Attributes
    ----------
    voter : Voter
        The voter of the rules that are fine.
    errors : list of StanceclfError
        All that is wrong with the others, and the examples that fail.
    file : YamlFile
        Their file.
    places : tuple of int
        Where in its list each of the voter's rules stands.
    """

    voter: Voter
    errors: list[StanceclfError]
    file: YamlFile
    places: tuple[int, ...]


def read_voter(
    folder: str | PathLike[str], normalize: Normalizer, rules: str | PathLike[str] | None = None
) -> ReadRules:
    """Read a topic's rules, and go on where one is not fine.

    Parameters
    ----------
    folder : path-like
        A folder with ``topic.yaml`` and ``rules.yaml``.
    normalize : Normalizer
        Brings words and sentences to normal form.
    rules : path-like, optional
        Another file of rules than the folder's.

    Raises
    ------
    StanceclfError
        A file cannot be read as a whole, or the topic says something it must not.
    """
    topic = load_topic(folder, normalize)
    file = YamlFile(Path(folder, "rules.yaml") if rules is None else rules)
    fine: dict[int, Rule] = {}
    names: set[str] = set()
    errors: list[StanceclfError] = []
    for index in range(len(file.check(_RuleFile).rules)):
        section, wrong = file.validate(_RuleSection, "rules", index)
        if section is not None:
            rule = Rule(**dict(section))
            wrong = list(_faults(rule, topic, normalize, file, index))
            if rule.name in names:
                named = f"two rules are named `{rule.name}`; rename one"
                wrong.insert(0, file.error(named, ("rules", index, "name")))
            names.add(rule.name)
            if not wrong:
                fine[index] = rule
        errors += wrong
    voter = Voter(topic, tuple(fine.values()), normalize)
    errors += _failed_examples(voter, file, list(fine))
    return ReadRules(voter, errors, file, tuple(fine))


def _faults(
    rule: Rule, topic: Topic, normalize: Normalizer, file: YamlFile, index: int
) -> Iterator[StanceclfError]:
    """Yield what is wrong with a rule on this topic."""
    for key in ("near", "mentions"):
        if getattr(rule, key) in {"rival", "both"} and not topic.rival:
            yield file.error(
                f"rule `{rule.name}` can never vote: it asks for the rival, and `topic.yaml` "
                f"has no `rival` words; add some or drop the rule",
                ("rules", index, key),
            )
    if spelt := _spelt_out(rule, topic, normalize):
        yield file.error(
            f"`{spelt}` is a mention, and a pattern that names mentions sees none by its "
            "letters; write {target} or {rival} for it",
            ("rules", index, "pattern"),
        )
    try:
        if rule.pattern is not None:
            Pattern(rule.pattern, normalize)
    except StanceclfError as error:
        yield file.error(str(error), ("rules", index, "pattern"))


def _failed_examples(
    voter: Voter, file: YamlFile, indices: Sequence[int]
) -> Iterator[StanceclfError]:
    """Yield the examples of its own that a rule does not vote on as it should."""
    examples = [
        (column, kind, number, text)
        for column, rule in enumerate(voter.rules)
        for kind, texts in (("matches", rule.matches), ("rejects", rule.rejects))
        for number, text in enumerate(texts)
    ]
    votes = voter.vote_matrix([text for *_, text in examples])
    for row, (column, kind, number, text) in zip(votes, examples, strict=True):
        rule = voter.rules[column]
        if (row[column] == STANCES.index(rule.label)) != (kind == "matches"):
            does = "does not vote" if kind == "matches" else "votes"
            yield file.error(
                f"rule `{rule.name}` {does} `{rule.label}` on its own example `{text}`; "
                "mend the rule or the example",
                ("rules", indices[column], kind, number),
            )


def _spelt_out(rule: Rule, topic: Topic, normalize: Normalizer) -> str | None:
    """Return a mention that a pattern spells out although it sees mentions only as such."""
    if rule.pattern is None or not ("{target}" in rule.pattern or "{rival}" in rule.pattern):
        return None
    pattern = normalize(rule.pattern)
    words = (word for word in (*topic.target, *topic.rival) if len(word) > 1)
    return next((word for word in words if normalize(word) in pattern), None)
