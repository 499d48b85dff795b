"""Votes: what each rule says of each sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.clauses import About, clause_at
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.negation import negation
from stanceclf.patterns import Pattern
from stanceclf.reading import Reader, Reading
from stanceclf.rules import Rule
from stanceclf.topic import Topic

_OPPOSITE: dict[Stance, Stance] = {"favor": "against", "against": "favor"}
_OTHER: dict[About, About] = {"target": "rival", "rival": "target"}


class Voter:
    """Let the rules of a topic vote on sentences.

    Where a sentence turns (但, 然而), what speaks for or against before the turn counts only if it
    is not granted in so many words (虽然, 看起来) and nothing speaks after it.

    Parameters
    ----------
    topic : Topic
        The topic, whose mentions the rules' conditions are about.
    rules : sequence of Rule
        The rules.
    normalize : callable
        Brings sentences and words to normal form, character by character.

    Raises
    ------
    StanceclfError
        A rule's pattern is no regular expression.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), near="target")
    >>> voter = Voter(topic, [rule], str.lower)
    >>> voter.votes("开源更便宜。"), voter.votes("开源不便宜。"), voter.votes("开源比闭源便宜。")
    ({'便宜': 'favor'}, {}, {'便宜': 'favor'})
    """

    def __init__(
        self, topic: Topic, rules: Sequence[Rule], normalize: Callable[[str], str]
    ) -> None:
        self.topic = topic
        self.rules = tuple(rules)
        self.read = Reader(topic, normalize)
        self._compiled = [_CompiledRule(rule, normalize) for rule in rules]

    @property
    def names(self) -> tuple[str, ...]:
        """The rules' names, in order."""
        return tuple(rule.name for rule in self.rules)

    def votes(self, sentence: str) -> dict[str, Stance]:
        """Return the label of each rule that votes on a sentence, by its name, in rule order."""
        return self.votes_on(self.read(sentence))

    def votes_on(self, reading: Reading) -> dict[str, Stance]:
        """Return the votes on a sentence that has been read."""
        found = self._found(reading)
        if reading.turn:
            found = _after_turn(found, reading)
        cast: dict[str, Stance] = {}
        for name, evidence in found:
            labels = {label for label, _, _ in evidence}
            # A rule that finds its word plain and negated in one sentence does not know.
            if len(labels) == 1:
                cast[name] = labels.pop()
        return cast

    def spans(self, reading: Reading) -> list[tuple[int, int]]:
        """Return where a sentence holds what rules take as evidence for or against.

        What stands before a turn is among it, and what a rule finds both plain and negated.

        Returns
        -------
        list of (int, int)
            Character offsets, end exclusive; sorted, and each once.

        Examples
        --------
        >>> topic = Topic(name="开源大模型", target=("开源",))
        >>> voter = Voter(topic, [Rule(name="便宜", label="favor", any=("便宜",))], str.lower)
        >>> voter.spans(voter.read("开源更便宜。"))
        [(3, 5)]
        """
        found = (evidence for _, own in self._found(reading) for evidence in own)
        return sorted({(start, end) for label, start, end in found if label != "none"})

    def _found(self, reading: Reading) -> list[tuple[str, list[_Evidence]]]:
        return [(rule.rule.name, list(rule.evidence(reading))) for rule in self._compiled]

    def vote_matrix(self, sentences: Iterable[str]) -> npt.NDArray[np.int8]:
        """Return the votes on many sentences.

        Returns
        -------
        int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1).
        """
        return self.matrix([self.votes(sentence) for sentence in sentences])

    def matrix(self, votes: Sequence[dict[str, Stance]]) -> npt.NDArray[np.int8]:
        """Return the votes on each sentence as a row, as `vote_matrix` does."""
        column = {name: index for index, name in enumerate(self.names)}
        matrix = np.full((len(votes), len(column)), ABSTAIN, dtype=np.int8)
        for row, cast in enumerate(votes):
            for name, label in cast.items():
                matrix[row, column[name]] = STANCES.index(label)
        return matrix


# What a rule votes for, and where what says so begins and ends.
_Evidence = tuple[Stance, int, int]


def _after_turn(
    found: list[tuple[str, list[_Evidence]]], reading: Reading
) -> list[tuple[str, list[_Evidence]]]:
    """Drop what takes a side before the turn if it is only granted, or anything does after it."""
    turn = reading.turn
    after = any(at >= turn and label != "none" for _, own in found for label, at, _ in own)
    if not after and not reading.concedes:
        return found
    return [
        (name, [one for one in own if one[1] >= turn or one[0] == "none"]) for name, own in found
    ]


@dataclass(init=False, slots=True)
class _CompiledRule:
    """A rule with its words and pattern ready to search a sentence."""

    rule: Rule
    words: Pattern | None
    pattern: Pattern | None
    unless: tuple[str, ...]

    def __init__(self, rule: Rule, normalize: Callable[[str], str]) -> None:
        words = sorted({normalize(word) for word in rule.any}, key=lambda word: (-len(word), word))
        self.rule = rule
        self.words = Pattern("|".join(map(re.escape, words)), normalize) if words else None
        self.pattern = None if rule.pattern is None else Pattern(rule.pattern, normalize)
        self.unless = tuple(normalize(word) for word in rule.unless)

    def evidence(self, reading: Reading) -> Iterator[_Evidence]:
        """Yield what the rule finds in a sentence."""
        rule = self.rule
        if rule.asked == "veto" and reading.asks:
            return
        if rule.mentions is not None and reading.mentioned != rule.mentions:
            return
        if any(word in reading.text for word in self.unless):
            return
        if self.words is None and self.pattern is None:
            yield rule.label, 0, 0
        for search in (self.words, self.pattern):
            if search is not None:
                for start, end in search.spans(reading.marked if search.marked else reading.text):
                    if label := self._label(reading, start, end):
                        yield label, start, end

    def _label(self, reading: Reading, start: int, end: int) -> Stance | None:
        """Return what a match counts for, None if it does not count."""
        rule = self.rule
        flipped = False
        if rule.near is not None and not _is_near(rule, rule.near, reading, start, end):
            other = _OTHER.get(rule.near) if rule.mirrored else None
            if other is None or not _is_near(rule, other, reading, start, end):
                return None
            flipped = True
        clause = clause_at(reading.clauses, start)
        before = negation(reading.marked, clause.start, start, end)
        if rule.negated != "ignore" and before is not None:
            if rule.negated == "veto" or before == "removed":
                return None
            flipped = not flipped
        return _OPPOSITE[rule.label] if flipped else rule.label


def _is_near(rule: Rule, what: About, reading: Reading, start: int, end: int) -> bool:
    """Tell whether something is spoken of around a match, as far as the rule looks."""
    if rule.within is not None:
        first = bisect_left(reading.mentions, start - rule.within, key=lambda one: one.end)
        last = bisect_right(reading.mentions, end + rule.within, key=lambda one: one.start)
        return any(mention.kind == what for mention in reading.mentions[first:last])
    if rule.scope == "clause":
        return clause_at(reading.clauses, start).about == what
    mentioned = reading.mentioned
    return mentioned == what or (mentioned == "both" and what in _OTHER)
