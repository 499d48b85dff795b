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
from stanceclf.io import Section, YamlFile, YamlText, not_text
from stanceclf.labels import STANCES, Stance
from stanceclf.reading import About, Topic, YamlWord, load_topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.matches import why_on
from stanceclf.rules.patterns import LONGEST_PATTERN, Pattern
from stanceclf.rules.voter import Voter

_Name = Annotated[str, StringConstraints(pattern=r"^[\w-]+$")]
# Of the place of a word, or a lexicon, in a rule: rules, index, key, index.
_WORD_DEPTH = 4

_Words = Annotated[tuple[YamlWord, ...], Field(strict=False)]
_Texts = Annotated[tuple[YamlText, ...], Field(strict=False)]


class _RuleSection(Section):
    """A rule in the file; its keys are described in `stanceclf.rules.Rule`."""

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
    rejects: _Texts = ()

    @field_validator("any", "unless", mode="before")
    @classmethod
    def _in_one_list(cls, words: object) -> object:
        # By aliases, a list may contain whole lexicons.
        if isinstance(words, list) and any(isinstance(word, list) for word in words):
            lists = [own if isinstance(own, list) else [own] for own in words]
            found = (word for own in lists for word in own if isinstance(word, str))
            return list(dict.fromkeys(found))
        return words

    @field_validator("any", "unless", "matches", "rejects")
    @classmethod
    def _has_no_duplicates(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if twice := [word for word, count in Counter(words).items() if count > 1]:
            raise ValueError(f"`{twice[0]}` appears twice; keep one")
        return words

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            if len(pattern) > LONGEST_PATTERN:
                what = f"longer than {LONGEST_PATTERN} characters; split it into two rules"
                raise ValueError(what)
            try:
                compiled = Pattern(pattern, str.lower)
            except StanceclfError as error:
                raise ValueError(str(error)) from None
            if compiled.matches_empty():
                raise ValueError("matches the empty text; make it require something")
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
    """The file; rules share its lexicons and patterns by YAML's anchors."""

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
        A file is not valid, or a rule fails one of its own examples; reported with file and line.

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


def load_rules(folder: str | PathLike[str]) -> tuple[Rule, ...]:
    r"""Read the rules of a topic's folder, and check their examples.

    Parameters
    ----------
    folder : path-like
        A folder with ``topic.yaml`` and ``rules.yaml``.

    Returns
    -------
    tuple of Rule
        What `StanceClassifier` takes as `rules`, together with the topic that `load_topic` returns.

    Raises
    ------
    StanceclfError
        A file is not valid, or a rule fails one of its own examples; reported with file and line.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> topic = "name: 开源大模型\ntarget: [开源]\n"
    >>> _ = (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    >>> rules = "rules: [{name: 便宜, label: favor, any: [便宜], matches: [开源便宜。]}]"
    >>> _ = (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    >>> [rule.name for rule in load_rules(folder)]
    ['便宜']
    """
    return tuple(load_voter(folder).rules)


@dataclass(frozen=True, slots=True)
class ReadRules:
    """The valid rules of a file.

    Attributes
    ----------
    voter : Voter
        Their voter.
    errors : list of StanceclfError
        All that is wrong with the other rules, and the examples that fail.
    file : YamlFile
        The file.
    places : tuple of int
        The index of each of the voter's rules in the file's list.
    """

    voter: Voter
    errors: list[StanceclfError]
    file: YamlFile
    places: tuple[int, ...]


def read_voter(
    folder: str | PathLike[str], normalize: Normalizer, rules: str | PathLike[str] | None = None
) -> ReadRules:
    """Read a topic's rules, from another file if given, and continue after one that is not valid.

    Raises
    ------
    StanceclfError
        A file cannot be read as a whole, or the topic is not valid.
    """
    topic = load_topic(folder, normalize)
    file = YamlFile(Path(folder, "rules.yaml") if rules is None else rules)
    valid: dict[int, Rule] = {}
    names: set[str] = set()
    errors: list[StanceclfError] = []
    for index in range(len(file.check(_RuleFile).rules)):
        section, wrong = file.validate(_RuleSection, "rules", index)
        if no_text := list(_no_text(file, index)):
            section, wrong = None, [*no_text, *wrong]
        if section is None:
            wrong = [_named(error, file.data["rules"][index]) for error in wrong]
        else:
            rule = Rule(**dict(section))
            wrong = list(_faults(rule, topic, normalize, file, index))
            if rule.name in names:
                message = f"two rules are named `{rule.name}`; rename one"
                wrong.insert(0, file.error(message, ("rules", index, "name")))
            names.add(rule.name)
            if not wrong:
                valid[index] = rule
        errors += wrong
    voter = Voter(topic, tuple(valid.values()), normalize)
    errors += _failed_examples(voter, file, list(valid))
    return ReadRules(voter, errors, file, tuple(valid))


def _no_text(file: YamlFile, index: int) -> Iterator[StanceclfError]:
    """Yield what is no text in a rule's lists of words and lexicons.

    Other lists are checked by the schema, which does not know where in the file the words of
    lists in a list are.
    """
    rule = file.data["rules"][index]
    for key in ("any", "unless"):
        words = rule.get(key) if isinstance(rule, dict) else None
        if isinstance(words, list) and any(isinstance(word, list) for word in words):
            yield from _no_text_in(words, file, ("rules", index, key))


def _no_text_in(
    words: list[object], file: YamlFile, place: tuple[int | str, ...]
) -> Iterator[StanceclfError]:
    for number, word in enumerate(words):
        here = (*place, number)
        if isinstance(word, list) and len(here) == _WORD_DEPTH:
            yield from _no_text_in(word, file, here)
        elif not isinstance(word, str):
            yield file.error(f"`{'.'.join(map(str, here))}`: {not_text(word)}", here)


def _named(error: StanceclfError, rule: object) -> StanceclfError:
    """Return an error with the name of its rule, which says more than its number, if it has one."""
    name = rule.get("name") if isinstance(rule, dict) else None
    if not isinstance(name, str) or not name:
        return error
    return StanceclfError(f"{error.what} (rule `{name}`)", path=error.path, line=error.line)


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
    if rule.pattern is None:
        return
    place = ("rules", index, "pattern")
    if "{target}" in rule.pattern or "{rival}" in rule.pattern:
        pattern = normalize(rule.pattern)
        for word in (*topic.target, *topic.rival):
            if len(word) > 1 and normalize(word) in pattern:
                yield file.error(
                    f"`{word}` is a mention, which a pattern with {{target}} or {{rival}} does not "
                    "find by its letters; write {target} or {rival} instead",
                    place,
                )
                break
    try:
        Pattern(rule.pattern, normalize)
    except StanceclfError as error:
        yield file.error(str(error), place)


def _failed_examples(
    voter: Voter, file: YamlFile, indices: Sequence[int]
) -> Iterator[StanceclfError]:
    """Yield the rules' own examples on which they do not vote as they should."""
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
                f"rule `{rule.name}` {does} `{rule.label}` on its own example `{text}`: "
                f"{why_on(voter, rule.name, text)}; fix the rule or the example",
                ("rules", indices[column], kind, number),
            )
