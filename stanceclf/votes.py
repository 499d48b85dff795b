"""Votes: what each rule says of each sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stanceclf.clauses import Clause, ClauseReader, whole_word
from stanceclf.errors import StanceclfError
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.negation import negation
from stanceclf.normalization import Normalizer
from stanceclf.rules import MENTIONS, Rule, read_rules
from stanceclf.topic import Topic, load_topic
from stanceclf.yaml_file import YamlFile

_OPPOSITE: dict[Stance, Stance] = {"favor": "against", "against": "favor"}


class Voter:
    """Let the rules of a topic vote on sentences.

    Parameters
    ----------
    topic : Topic
        The topic, whose mentions the rules' conditions are about.
    rules : sequence of Rule
        The rules.
    normalize : Normalizer
        Brings sentences and words to normal form.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), near="target", matches=("开源便宜",))
    >>> voter = Voter(topic, [rule], Normalizer("", ""))
    >>> voter.votes("开源更便宜。"), voter.votes("开源不便宜。"), voter.votes("闭源更便宜。")
    ({'便宜': 'favor'}, {}, {})
    """

    def __init__(self, topic: Topic, rules: Sequence[Rule], normalize: Normalizer) -> None:
        self.topic = topic
        self.rules = tuple(rules)
        self._normalize = normalize
        self._read = ClauseReader(topic, normalize)
        self._compiled = [_CompiledRule.of(rule, self._read, normalize) for rule in rules]

    @property
    def names(self) -> tuple[str, ...]:
        """The rules' names, in order."""
        return tuple(rule.name for rule in self.rules)

    def votes(self, sentence: str) -> dict[str, Stance]:
        """Return the label of each rule that votes on a sentence, by its name, in rule order."""
        text = self._normalize(sentence)
        clauses = self._read(text)
        cast = ((rule.rule.name, rule.vote(text, clauses)) for rule in self._compiled)
        return {name: label for name, label in cast if label is not None}

    def vote_matrix(self, sentences: Iterable[str]) -> npt.NDArray[np.int8]:
        """Return the votes on many sentences.

        Returns
        -------
        int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1).
        """
        column = {name: index for index, name in enumerate(self.names)}
        rows = [self.votes(sentence) for sentence in sentences]
        matrix = np.full((len(rows), len(column)), ABSTAIN, dtype=np.int8)
        for row, cast in enumerate(rows):
            for name, label in cast.items():
                matrix[row, column[name]] = STANCES.index(label)
        return matrix


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule with its words and pattern ready to search a normalised sentence."""

    rule: Rule
    search: re.Pattern[str] | None
    unless: tuple[str, ...]

    @classmethod
    def of(cls, rule: Rule, read: ClauseReader, normalize: Normalizer) -> _CompiledRule:
        words = sorted({normalize(word) for word in rule.any}, key=lambda word: (-len(word), word))
        parts = [whole_word(word) for word in words]
        if rule.pattern is not None:
            pattern = _normalize_pattern(rule.pattern, normalize)
            for mention, expression in zip(MENTIONS, (read.target, read.rival), strict=True):
                pattern = pattern.replace(mention, expression)
            parts.append(f"(?:{pattern})")
        try:
            search = re.compile("|".join(parts), re.IGNORECASE) if parts else None
        except (re.error, OverflowError, RecursionError) as error:
            raise StanceclfError(f"the pattern of rule `{rule.name}` cannot be: {error}") from None
        return cls(rule, search, tuple(normalize(word) for word in rule.unless))

    def vote(self, text: str, clauses: list[Clause]) -> Stance | None:
        """Return the rule's vote on a normalised sentence, None if it abstains."""
        if any(word in text for word in self.unless):
            return None
        if self.rule.mentions is not None and _mentions(clauses) != self.rule.mentions:
            return None
        if self.search is None:
            return self.rule.label
        labels = set(self._labels(self.search, text, clauses))
        # A rule that finds its word plain and negated in one sentence does not know.
        return labels.pop() if len(labels) == 1 else None

    def _labels(
        self, search: re.Pattern[str], text: str, clauses: list[Clause]
    ) -> Iterator[Stance]:
        for match in search.finditer(text):
            if not match.group():
                continue
            clause = _clause_at(clauses, match.start())
            if self.rule.near is not None and clause.about != self.rule.near:
                continue
            before = negation(text, clause.start, match.start())
            if self.rule.negated == "ignore" or before is None:
                yield self.rule.label
            elif self.rule.negated == "flip" and before == "negated":
                yield _OPPOSITE[self.rule.label]


def _clause_at(clauses: list[Clause], at: int) -> Clause:
    """Return the clause that holds an offset; between two clauses, the one before."""
    after = bisect_right(clauses, at, key=lambda clause: clause.start)
    return clauses[after - 1] if after else Clause(0, 0, "neither")


def _mentions(clauses: list[Clause]) -> str:
    """Return what the sentence as a whole mentions."""
    about = {clause.about for clause in clauses} - {"neither"}
    return "both" if len(about) > 1 else next(iter(about), "neither")


# An ASCII character with what escapes it, or any other with a backslash before it or not.
_ATOM = re.compile(r"\\?[^\x00-\x7f]|\\?[\x00-\x7f]", re.DOTALL)


def _normalize_pattern(pattern: str, normalize: Normalizer) -> str:
    """Bring a pattern's own characters to normal form and leave its syntax (ASCII) alone."""

    def normal(match: re.Match[str]) -> str:
        if match.group().isascii():
            return match.group()
        # A full-width mark means itself, escaped or not; its half-width form might be syntax.
        form = normalize(match.group()[-1])
        return re.escape(form) if form.isascii() else form

    return _ATOM.sub(normal, pattern)


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
    normalize = normalize or Normalizer.from_opencc()
    topic = load_topic(folder, normalize)
    file = YamlFile(Path(folder, "rules.yaml"))
    rules = read_rules(file)
    for index, rule in enumerate(rules):
        try:
            voter = Voter(topic, [rule], normalize)
        except StanceclfError as error:
            raise file.error(str(error), ("rules", index, "pattern")) from None
        examples = [("matches", i, text) for i, text in enumerate(rule.matches)]
        examples += [("rejects", i, text) for i, text in enumerate(rule.rejects)]
        for kind, number, text in examples:
            if (voter.votes(text).get(rule.name) == rule.label) != (kind == "matches"):
                does = "does not vote" if kind == "matches" else "votes"
                raise file.error(
                    f"rule `{rule.name}` {does} `{rule.label}` on its own example `{text}`; "
                    "mend the rule or the example",
                    ("rules", index, kind, number),
                )
    return Voter(topic, rules, normalize)
