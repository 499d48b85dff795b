"""The rule check: what is wrong, or likely to be, with a topic's rules and lexicons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Literal

import numpy as np

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.io import YamlFile
from stanceclf.labels import ABSTAIN, READING_ORDER
from stanceclf.reading import TARGET, Topic
from stanceclf.rules import ReadRules, Rule, Voter, read_voter

# Of so many votes on, it is no accident that another rule casts them all too.
_MANY = 10
_MOST_SHOWN = 5
# Typed by a Chinese input method, they part no words in YAML.
_ODD = "，、；“”|"
# One sentence in so many names what an article is about, at the least.
_SELDOM = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong.

    Attributes
    ----------
    level : {"error", "warning"}
        Whether it stops the pipeline, or is only likely to be unwanted.
    path : str
        The file.
    line : int or None
        The line, counted from 1.
    what : str
        What is wrong and how to mend it.
    """

    level: Literal["error", "warning"]
    path: str
    line: int | None
    what: str

    def __str__(self) -> str:
        """Return it in one line, as compilers do."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        said = " ".join(f"{where}: {self.level}: {self.what}".split())
        return "".join(char if char.isprintable() else "\ufffd" for char in said)


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """What is wrong with a topic's rules.

    Attributes
    ----------
    findings : list of Finding
        All that is, the topic's file first, by line.
    mentioning : int or None
        How many sentences of the corpus mention the target; None if that was not to be told.
    """

    findings: list[Finding]
    mentioning: int | None


def check_rules(
    folder: str | PathLike[str], sentences: Sequence[str] | None, normalize: Normalizer
) -> CheckedRules:
    r"""Find all that is wrong with a topic's rules.

    Parameters
    ----------
    folder : path-like
        The topic's folder.
    sentences : sequence of str or None
        The corpus, to tell rules that never vote and those that another one makes needless; None
        leaves that out.
    normalize : Normalizer
        Brings words and sentences to normal form.

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
        return CheckedRules([_error(error)], None)
    checker = _Checker(read, normalize)
    topic = YamlFile(Path(folder, "topic.yaml"))
    found = [*map(_error, read.errors), *_odd_mentions(topic)]
    found += checker.classes()
    found += checker.needless_lexicons()
    found += checker.odd_words()
    found += checker.same_words()
    mentioning = None
    if sentences is not None:
        mentioning = count_mentioning(read.voter, sentences)
        found += _mentions(mentioning, len(sentences), read.voter.topic, topic)
        # Where nothing is about the target, rules that never vote are no wonder.
        if mentioning:
            found += checker.votes(sentences)
    # The topic comes first: what is wrong with it may be what is wrong with rules.
    first = fspath(topic.path)
    found = sorted(
        set(found), key=lambda one: (one.path != first, one.line or 0, one.level, one.what)
    )
    return CheckedRules(found, mentioning)


def _odd_mentions(file: YamlFile) -> Iterator[Finding]:
    """Yield the words of a topic that hold what parts words."""
    for kind in ("target", "rival", "ignore"):
        for index, word in enumerate(file.data.get(kind) or ()):
            if what := _odd(str(word)):
                yield _warning(file, what, (kind, index))


def _mentions(named: int, sentences: int, topic: Topic, file: YamlFile) -> Iterator[Finding]:
    """Yield that the target is named nowhere, or seldom."""
    words = _shown(topic.target)
    if not named:
        what = f"no article mentions the target ({words}); add the words that they use"
        yield _error(file.error(what, ("target",)))
    elif named < sentences / _SELDOM:
        share = f"{named} of {sentences} sentences"
        what = f"only {share} mention the target ({words}); add the words that the others use"
        yield _warning(file, what, ("target",))


def count_mentioning(voter: Voter, sentences: Sequence[str]) -> int:
    """Return how many sentences mention the target."""
    return sum(
        int((readings.mentioned & TARGET != 0).sum())
        for readings in voter.read.read(list(sentences))
    )


def _error(error: StanceclfError) -> Finding:
    return Finding("error", fspath(error.path or ""), error.line, error.what)


class _Checker:
    """What can be said of rules that are fine each by itself."""

    def __init__(self, read: ReadRules, normalize: Normalizer) -> None:
        self.file, self.voter, self.rules = read.file, read.voter, read.voter.rules
        self.normalize = normalize
        self.complete = not read.errors
        self.index = dict(zip(read.voter.names, read.places, strict=True))

    def classes(self) -> Iterator[Finding]:
        """Yield the stances that no rule votes."""
        labels = {rule.label for rule in self.rules}
        for stance in READING_ORDER:
            # A rule that has something else wrong with it may be the one.
            if stance not in labels and self.complete:
                yield _error(self.file.error(f"no rule votes `{stance}`; write one", ("rules",)))

    def odd_words(self) -> Iterator[Finding]:
        """Yield the words that hold what parts words, or the like."""
        for rule in self.rules:
            for key in ("any", "unless"):
                for word in getattr(rule, key):
                    if what := _odd(word):
                        yield self._of(rule, f"rule `{rule.name}`: {what}", key)

    def needless_lexicons(self) -> Iterator[Finding]:
        """Yield the shared words and patterns that no rule shares."""
        for kind in ("lexicons", "patterns"):
            for name in self.file.data.get(kind) or {}:
                if not self.file.shared(kind, name):
                    what = f"no rule takes `{kind}.{name}` by its alias; use it or drop it"
                    yield _warning(self.file, what, (kind, name))

    def same_words(self) -> Iterator[Finding]:
        """Yield what several rules look for on the same terms, or one rule twice."""
        sought = [self._sought(rule) for rule in self.rules]
        for i, rule in enumerate(self.rules):
            own = sought[i]
            written: dict[str, str] = {}
            for word in rule.any:
                first = written.setdefault(self.normalize(word), word)
                if first != word:
                    what = f"rule `{rule.name}`: `{first}` and `{word}` are the same word; keep one"
                    yield self._of(rule, what, "any")
            for other, others in zip(self.rules[:i], sought[:i], strict=True):
                if self._terms(rule) != self._terms(other) or not own & others:
                    continue
                shown = _shown(sorted(own & others))
                if rule.weight != other.weight and rule.label == other.label:
                    # The same evidence at another weight may be meant.
                    continue
                if own == others and rule.label == other.label:
                    what = f"rule `{rule.name}` is `{other.name}` again; keep one"
                elif rule.label != other.label:
                    what = (
                        f"rule `{rule.name}` votes `{rule.label}` on what `{other.name}` votes "
                        f"`{other.label}` on: {shown}; keep it in one of them"
                    )
                elif own < others:
                    what = f"rule `{rule.name}` adds nothing to `{other.name}`, which has all of it"
                elif others < own:
                    what = f"rule `{other.name}` adds nothing to `{rule.name}`, which has all of it"
                else:
                    what = f"rule `{rule.name}` repeats words of `{other.name}`: {shown}"
                yield self._of(rule, what, "any" if rule.any else "pattern")

    def votes(self, sentences: Sequence[str]) -> Iterator[Finding]:
        """Yield the rules that never vote, and those all of whose votes another one casts too."""
        votes = self.voter.vote_matrix(sentences)
        counts = (votes != ABSTAIN).sum(axis=0)
        for i, rule in enumerate(self.rules):
            if not counts[i]:
                yield self._of(rule, f"rule `{rule.name}` never votes on these articles", "name")
            if counts[i] < _MANY:
                continue
            rows = np.flatnonzero(votes[:, i] != ABSTAIN)
            covers = (votes[rows] == votes[rows, i][:, None]).all(axis=0)
            # Of two that always vote together, the later one is told.
            for j in np.flatnonzero(covers).tolist():
                if j < i or counts[j] > counts[i]:
                    other, count = self.rules[j].name, f"all its {counts[i]} votes"
                    what = f"rule `{rule.name}` is shadowed by `{other}`, which casts {count} too"
                    yield self._of(rule, what, "name")
                    break

    def _sought(self, rule: Rule) -> frozenset[str]:
        """Return what a rule looks for: words, a pattern as one more, or what is mentioned."""
        words = {self.normalize(word) for word in rule.any}
        if rule.pattern:
            words.add(self.normalize(rule.pattern))
        return frozenset(words or {f"mentions: {rule.mentions}"})

    def _terms(self, rule: Rule) -> tuple[object, ...]:
        """Return on what terms a rule votes, whatever it looks for and for what."""
        return (
            *(rule.near, rule.scope, rule.within, rule.mirrored, rule.mentions, rule.negated),
            *(rule.asked, tuple(sorted(map(self.normalize, rule.unless)))),
        )

    def _of(self, rule: Rule, what: str, key: str) -> Finding:
        return _warning(self.file, what, ("rules", self.index[rule.name], key))


def _odd(word: str) -> str | None:
    """Return what is odd about a word, if it holds a mark that mostly is meant for YAML."""
    marks = sorted(set(word) & set(_ODD))
    if not marks:
        return None
    mend = "part words by `,`, half-width" if marks[0] in "，、；" else "drop it if it is not meant"
    return f"`{word}` holds `{marks[0]}`, which is looked for as it stands; {mend}"


def _warning(file: YamlFile, what: str, loc: tuple[int | str, ...]) -> Finding:
    return Finding("warning", fspath(file.path), file.line(loc), what)


def _shown(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_MOST_SHOWN])
    return shown + (f" and {len(words) - _MOST_SHOWN} more" if len(words) > _MOST_SHOWN else "")
