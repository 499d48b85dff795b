"""The rule check: what is wrong, or likely to be, with a topic's rules and lexicons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Literal

import numpy as np

from stanceclf.errors import StanceclfError
from stanceclf.labels import ABSTAIN, READING_ORDER
from stanceclf.mentions import TARGET
from stanceclf.normalization import Normalizer
from stanceclf.rule_file import read_voter
from stanceclf.rules import Rule
from stanceclf.votes import Voter
from stanceclf.yaml_file import YamlFile

# Of so many votes on, it is no accident that another rule casts them all too.
_MANY = 10
_MOST_SHOWN = 5
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
        return f"{where}: {self.level}: {self.what}"


def check_rules(
    folder: str | PathLike[str], sentences: Sequence[str] | None, normalize: Normalizer
) -> list[Finding]:
    r"""Return all that is wrong with a topic's rules, by file and line.

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
    >>> [finding.what for finding in check_rules(folder, None, Normalizer("", ""))]
    ['no rule votes `against`; write one', 'no rule votes `none`; write one']
    """
    try:
        voter, errors, file = read_voter(folder, normalize)
    except StanceclfError as error:
        return [_error(error)]
    checker = _Checker(file, voter, normalize)
    found = [_error(error) for error in errors]
    found += checker.classes(complete=not errors)
    found += checker.needless_lexicons()
    found += checker.same_words()
    if sentences is not None:
        found += checker.votes(sentences)
        found += _mentions(voter, sentences, YamlFile(Path(folder, "topic.yaml")))
    return sorted(set(found), key=lambda one: (one.path, one.line or 0, one.level, one.what))


def _mentions(voter: Voter, sentences: Sequence[str], file: YamlFile) -> Iterator[Finding]:
    """Yield that the target is named nowhere, or seldom."""
    named = sum(
        int((one.mentioned & TARGET != 0).sum()) for one in voter.read.read(list(sentences))
    )
    words = _shown(voter.topic.target)
    if not named:
        what = f"no article mentions the target ({words}); add the words that they use"
        yield _error(file.error(what, ("target",)))
    elif named < len(sentences) / _SELDOM:
        share = f"{named} of {len(sentences)} sentences"
        what = f"only {share} mention the target ({words}); add the words that the others use"
        yield Finding("warning", fspath(file.path), file.line(("target",)), what)


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

    def __init__(self, file: YamlFile, voter: Voter, normalize: Normalizer) -> None:
        self.file, self.voter, self.rules = file, voter, voter.rules
        self.normalize = normalize
        names = [one.get("name") if isinstance(one, dict) else None for one in file.data["rules"]]
        self.index = {rule.name: names.index(rule.name) for rule in self.rules}

    def classes(self, *, complete: bool) -> Iterator[Finding]:
        """Yield the stances that no rule votes."""
        labels = {rule.label for rule in self.rules}
        for stance in READING_ORDER:
            # A rule that has something else wrong with it may be the one.
            if stance not in labels and complete:
                yield _error(self.file.error(f"no rule votes `{stance}`; write one", ("rules",)))

    def needless_lexicons(self) -> Iterator[Finding]:
        """Yield the shared words and patterns that no rule shares."""
        for kind in ("lexicons", "patterns"):
            for name in self.file.data.get(kind) or {}:
                if not self.file.shared(kind, name):
                    what = f"no rule takes `{kind}.{name}` by its alias; use it or drop it"
                    yield self._warning(what, (kind, name))

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
                if _terms(rule) != _terms(other) or not own & others:
                    continue
                shown = _shown(sorted(own & others))
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
        alike: defaultdict[int, list[int]] = defaultdict(list)
        for i, rule in enumerate(self.rules):
            if not counts[i]:
                yield self._of(rule, f"rule `{rule.name}` never votes on these articles", "name")
            if counts[i] < _MANY:
                continue
            rows = np.flatnonzero(votes[:, i] != ABSTAIN)
            covers = (votes[rows] == votes[rows, i][:, None]).all(axis=0)
            alike[i] = [j for j in np.flatnonzero(covers).tolist() if j != i]
        for i, others in alike.items():
            # Of two that always vote together, the later one is told.
            told = [j for j in others if counts[j] > counts[i] or j < i]
            if told:
                name, other = self.rules[i].name, self.rules[told[0]].name
                count = f"all its {counts[i]} votes"
                what = f"rule `{name}` is shadowed by `{other}`, which casts {count} too"
                yield self._of(self.rules[i], what, "name")

    def _sought(self, rule: Rule) -> frozenset[str]:
        """Return what a rule looks for: its words, and its pattern as one more."""
        words = {self.normalize(word) for word in rule.any}
        return frozenset(words | ({rule.pattern} if rule.pattern else set()))

    def _of(self, rule: Rule, what: str, key: str) -> Finding:
        return self._warning(what, ("rules", self.index[rule.name], key))

    def _warning(self, what: str, loc: tuple[int | str, ...]) -> Finding:
        return Finding("warning", fspath(self.file.path), self.file.line(loc), what)


def _terms(rule: Rule) -> tuple[object, ...]:
    """Return on what terms a rule votes, whatever it looks for and for what."""
    return (
        *(rule.near, rule.scope, rule.within, rule.mirrored, rule.mentions, rule.negated),
        *(rule.asked, tuple(sorted(rule.unless))),
    )


def _shown(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_MOST_SHOWN])
    return shown + (f" and {len(words) - _MOST_SHOWN} more" if len(words) > _MOST_SHOWN else "")
