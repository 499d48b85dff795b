"""Checking rules: what is wrong, or probably unwanted, in a topic's rules and lexicons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Literal

import numpy as np

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError, one_line
from stanceclf.io import YamlFile
from stanceclf.labels import ABSTAIN, READING_ORDER
from stanceclf.reading import TARGET, Topic
from stanceclf.rules import ReadRules, Rule, Voter, read_voter

# With this many votes, it is no accident that another rule casts them all too.
_MANY_VOTES = 10
_MOST_SHOWN = 5
# Typed with a Chinese input method, they separate no words in YAML.
_FULL_WIDTH = "，、；“”|"
# What an article is about, at least one in this many of its sentences mentions.
_FEW_MENTIONS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong.

    Attributes
    ----------
    level : {"error", "warning"}
        An error stops the pipeline; a warning is only probably unwanted.
    path : str
        The file.
    line : int or None
        The line, counted from 1.
    what : str
        What is wrong and how to fix it.
    """

    level: Literal["error", "warning"]
    path: str
    line: int | None
    what: str

    @classmethod
    def of(cls, error: StanceclfError) -> Finding:
        """Return what an error reports.

        Examples
        --------
        >>> Finding.of(StanceclfError("没有规则", path="rules.yaml")).level
        'error'
        """
        return cls("error", fspath(error.path or ""), error.line, error.what)

    def __str__(self) -> str:
        """Return it in one line, as compilers do."""
        return one_line(f"{self.level}: {self.what}", self.path, self.line)


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """What is wrong with a topic's rules.

    Attributes
    ----------
    findings : list of Finding
        Those in the topic's file first; in each file errors, then warnings, by line.
    mentioning : int or None
        Number of sentences that mention the target; None without sentences or readable rules.
    """

    findings: list[Finding]
    mentioning: int | None

    @property
    def errors(self) -> int:
        """Number of errors among the findings."""
        return sum(finding.level == "error" for finding in self.findings)


def check_rules(
    folder: str | PathLike[str], sentences: Sequence[str] | None, normalize: Normalizer
) -> CheckedRules:
    r"""Find everything that is wrong with the rules in a topic's folder.

    Without sentences, rules that never vote or are shadowed by others are not looked for.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> topic = "name: 开源大模型\ntarget: [开源]\n"
    >>> _ = (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    >>> rules = "rules: [{name: 便宜, label: favor, any: [便宜], matches: [真便宜]}]"
    >>> _ = (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    >>> [finding.what for finding in check_rules(folder, None, Normalizer("", "")).findings]
    ['no rule votes `against`; write one', 'no rule votes `none`; write one']
    """
    try:
        read = read_voter(folder, normalize)
    except StanceclfError as error:
        return CheckedRules([Finding.of(error)], None)
    checker = _Checker(read, normalize)
    topic = YamlFile(Path(folder, "topic.yaml"))
    found = {*map(Finding.of, read.errors), *_odd_mentions(topic), *checker.unused_aliases()}
    found |= {*checker.odd_words(), *checker.same_words()}
    # A stance without a rule may have one among those that could not be read.
    if not read.errors:
        found |= {*checker.missing_stances()}
    mentioning = None
    if sentences is not None:
        mentioning = count_mentioning(read.voter, sentences)
        found |= {*_few_mentions(mentioning, len(sentences), read.voter.topic, topic)}
        # If nothing is about the target, it is no wonder that rules never vote.
        if mentioning:
            found |= {*checker.votes(sentences)}
    # The topic comes first: what is wrong with it may explain what is wrong with rules.
    first = fspath(topic.path)
    return CheckedRules(
        sorted(found, key=lambda one: (one.path != first, one.level, one.line or 0, one.what)),
        mentioning,
    )


def count_mentioning(voter: Voter, sentences: Sequence[str]) -> int:
    """Return the number of sentences that mention the target."""
    return sum(
        int((readings.mentioned & TARGET != 0).sum())
        for readings in voter.reader.read(list(sentences))
    )


def _odd_mentions(file: YamlFile) -> Iterator[Finding]:
    for kind in ("target", "rival", "ignore"):
        for index, word in enumerate(file.data.get(kind) or ()):
            if what := _odd(str(word)):
                yield _warning(file, what, (kind, index))


def _few_mentions(found: int, sentences: int, topic: Topic, file: YamlFile) -> Iterator[Finding]:
    words = _shown(topic.target)
    if not found:
        what = f"no article mentions the target ({words}); add the words that they use"
        yield Finding.of(file.error(what, ("target",)))
    elif found < sentences / _FEW_MENTIONS:
        few = f"only {found} of {sentences} sentences mention the target ({words})"
        yield _warning(file, f"{few}; add the words that the others use", ("target",))


class _Checker:
    """What can be wrong with rules that are valid one by one."""

    def __init__(self, read: ReadRules, normalize: Normalizer) -> None:
        self.file, self.voter, self.rules = read.file, read.voter, read.voter.rules
        self.normalize = normalize
        self.index = dict(zip(read.voter.names, read.places, strict=True))

    def missing_stances(self) -> Iterator[Finding]:
        labels = {rule.label for rule in self.rules}
        for stance in READING_ORDER:
            if stance not in labels:
                yield Finding.of(
                    self.file.error(f"no rule votes `{stance}`; write one", ("rules",))
                )

    def unused_aliases(self) -> Iterator[Finding]:
        for kind in ("lexicons", "patterns"):
            for name in self.file.data.get(kind) or {}:
                if not self.file.shared(kind, name):
                    what = f"no rule uses `{kind}.{name}`; use its alias in a rule or remove it"
                    yield _warning(self.file, what, (kind, name))

    def odd_words(self) -> Iterator[Finding]:
        for rule in self.rules:
            for key in ("any", "unless"):
                for word in getattr(rule, key):
                    if what := _odd(word):
                        yield self._warning(rule, f"rule `{rule.name}`: {what}", key)

    def same_words(self) -> Iterator[Finding]:
        """Yield what one rule looks for twice, or several on the same terms."""
        sought = [self._sought(rule) for rule in self.rules]
        for i, rule in enumerate(self.rules):
            written: dict[str, str] = {}
            for word in rule.any:
                first = written.setdefault(self.normalize(word), word)
                if first != word:
                    what = f"rule `{rule.name}`: `{first}` and `{word}` are the same word; keep one"
                    yield self._warning(rule, what, "any")
            for other, others in zip(self.rules[:i], sought[:i], strict=True):
                overlap = _overlap(rule, sought[i], other, others)
                if overlap and self._terms(rule) == self._terms(other):
                    yield self._warning(rule, overlap, "any" if rule.any else "pattern")

    def votes(self, sentences: Sequence[str]) -> Iterator[Finding]:
        """Yield the rules that never vote, and those whose votes another one casts too."""
        votes = self.voter.vote_matrix(sentences)
        counts = (votes != ABSTAIN).sum(axis=0)
        silent = [rule for rule, count in zip(self.rules, counts, strict=True) if not count]
        if silent:
            # Rules for any text are no fault of a few articles: one line for all of them.
            names = _shown([f"`{rule.name}`" for rule in silent])
            what = f"rule {names} never votes on these articles"
            if len(silent) > 1:
                what = f"{len(silent)} rules never vote on these articles: {names}"
            yield self._warning(silent[0], what, "name")
        for i, rule in enumerate(self.rules):
            if counts[i] < _MANY_VOTES:
                continue
            rows = np.flatnonzero(votes[:, i] != ABSTAIN)
            covers = (votes[rows] == votes[rows, i][:, None]).all(axis=0)
            # Of two that always vote together, the later one is reported.
            for j in np.flatnonzero(covers).tolist():
                if j < i or counts[j] > counts[i]:
                    other, count = self.rules[j].name, f"all its {counts[i]} votes"
                    what = f"rule `{rule.name}` is shadowed by `{other}`, which casts {count} too"
                    yield self._warning(rule, what, "name")
                    break

    def _sought(self, rule: Rule) -> frozenset[str]:
        """Return what a rule looks for: words and a pattern, or else what is mentioned."""
        words = {self.normalize(word) for word in (*rule.any, rule.pattern) if word}
        return frozenset(words or {f"mentions: {rule.mentions}"})

    def _terms(self, rule: Rule) -> tuple[object, ...]:
        """Return the conditions of a rule's vote, apart from what it looks for and its label."""
        return (
            *(rule.near, rule.scope, rule.within, rule.mirrored, rule.mentions, rule.negated),
            *(rule.asked, tuple(sorted(map(self.normalize, rule.unless)))),
        )

    def _warning(self, rule: Rule, what: str, key: str) -> Finding:
        return _warning(self.file, what, ("rules", self.index[rule.name], key))


def _overlap(rule: Rule, own: frozenset[str], other: Rule, others: frozenset[str]) -> str | None:
    """Return what is wrong if two rules look for the same on the same terms."""
    # The same evidence with another weight may be intended.
    if not own & others or (rule.weight != other.weight and rule.label == other.label):
        return None
    shared = _shown(sorted(own & others))
    if rule.label != other.label:
        return (
            f"rule `{rule.name}` votes `{rule.label}` on what `{other.name}` votes "
            f"`{other.label}` on: {shared}; keep it in one of them"
        )
    if own == others:
        return f"rule `{rule.name}` is the same as `{other.name}`; keep one"
    if own < others:
        return f"rule `{rule.name}` adds nothing to `{other.name}`, which has all of it"
    if others < own:
        return f"rule `{other.name}` adds nothing to `{rule.name}`, which has all of it"
    return f"rule `{rule.name}` repeats words of `{other.name}`: {shared}"


def _odd(word: str) -> str | None:
    """Return what is odd about a word that contains a mark which is probably meant for YAML."""
    marks = sorted(set(word) & set(_FULL_WIDTH))
    if not marks:
        return None
    fix = "separate words with a half-width `,`"
    if marks[0] not in "，、；":
        fix = "remove it unless it is intended"
    return f"`{word}` contains `{marks[0]}`, which is matched literally; {fix}"


def _warning(file: YamlFile, what: str, loc: tuple[int | str, ...]) -> Finding:
    return Finding("warning", fspath(file.path), file.line(loc), what)


def _shown(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_MOST_SHOWN])
    return shown + (f" and {len(words) - _MOST_SHOWN} more" if len(words) > _MOST_SHOWN else "")
