"""Votes: what each rule says of each sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import (
    ABOUT,
    BOTH,
    NEITHER,
    OTHER_SIDE,
    RIVAL,
    TARGET,
    Flags,
    Ints,
    Lexicon,
    Reader,
    Readings,
    Topic,
    cuts_latin,
)
from stanceclf.rules.definition import Rule
from stanceclf.rules.evidence import Evidence
from stanceclf.rules.pattern_search import PatternSearch
from stanceclf.rules.patterns import Pattern

_Votes = npt.NDArray[np.int8]

_NONE = STANCES.index("none")
_OPPOSITE = np.array([STANCES.index(s) for s in ("favor", "against", "none")])
# For a rule without a condition of some kind.
_ANY = -1

# Stances as bits; and the vote for each union of them. A rule that finds its word both plain and
# negated in a sentence abstains.
_BITS = 1 << np.arange(len(STANCES), dtype=np.int8)
_VOTE = np.full(1 << len(STANCES), ABSTAIN, np.int8)
_VOTE[_BITS] = np.arange(len(STANCES))


def make_voter(
    topic: Topic,
    rules: tuple[Rule, ...],
    normalizer: Normalizer | None = None,
    *,
    checked: bool = False,
) -> Voter:
    """Return a voter, cached for the last few topics and rules.

    Cross-validation and grid search need the same voter again and again, and so do the models of
    several folds. By default, text is simplified by OpenCC.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",))
    >>> make_voter(topic, ()) is make_voter(topic, ())
    True
    """
    target, rival, ignore = map(tuple, (topic.target, topic.rival, topic.ignore))
    topic = replace(topic, target=target, rival=rival, ignore=ignore)
    normalizer = normalizer or Normalizer.from_opencc()
    return _make_voter(topic, rules, normalizer.traditional, normalizer.simplified, checked)


@lru_cache(maxsize=4)
def _make_voter(
    topic: Topic, rules: tuple[Rule, ...], traditional: str, simplified: str, checked: bool
) -> Voter:
    return Voter(topic, rules, Normalizer(traditional, simplified), checked=checked)


class Voter:
    """Let the rules of a topic vote on sentences.

    Where a sentence turns (但, 然而), evidence for or against before the turn only counts if it is
    not granted (虽然, 看起来) and there is none after the turn.

    Parameters
    ----------
    topic : Topic
        The topic, whose mentions the rules' conditions are about.
    rules : sequence of Rule
        The rules.
    normalize : callable
        Brings sentences and words to normal form, character by character.
    checked : bool, default False
        Whether the rules' patterns are known to be valid; they are then compiled on first use.

    Attributes
    ----------
    reader : Reader
        Reads sentences for `votes_on` and the other methods that take readings.

    Raises
    ------
    StanceclfError
        A rule's pattern is not a regular expression.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), near="target")
    >>> voter = Voter(topic, [rule], str.lower)
    >>> voter.votes("开源更便宜。"), voter.votes("开源不便宜。"), voter.votes("开源比闭源便宜。")
    ({'便宜': 'favor'}, {}, {'便宜': 'favor'})
    """

    def __init__(
        self,
        topic: Topic,
        rules: Sequence[Rule],
        normalize: Callable[[str], str],
        *,
        checked: bool = False,
    ) -> None:
        self.topic = topic
        self.rules = tuple(rules)
        words = [(i, Lexicon(rule.any, whole=True)) for i, rule in enumerate(rules) if rule.any]
        patterns = [
            (i, Pattern(rule.pattern, normalize, checked=checked))
            for i, rule in enumerate(rules)
            if rule.pattern
        ]
        # A pattern that only lists words is looked for as words are.
        words += [(i, Lexicon(tuple(sorted(one.words)))) for i, one in patterns if one.words]
        patterns = [(i, one) for i, one in patterns if not one.words]
        self._with_words = np.array([i for i, _ in words], np.intp)
        self._with_pattern = np.array([i for i, _ in patterns], np.intp)
        self._bare = [i for i, rule in enumerate(rules) if not rule.any and not rule.pattern]
        self._unless = np.array([i for i, rule in enumerate(rules) if rule.unless], np.intp)
        self.search = PatternSearch([one for _, one in patterns])
        self.reader = Reader(
            topic,
            normalize,
            [lexicon for _, lexicon in words],
            [*self.search.presence, *(rule.unless for rule in rules if rule.unless)],
        )

        def each(of: Callable[[Rule], object]) -> Ints:
            return np.array([of(rule) for rule in rules], np.intp)

        def side(what: str | None) -> int:
            return _ANY if what is None else ABOUT.index(what)

        self._label = each(lambda rule: STANCES.index(rule.label))
        self._near = each(lambda rule: side(rule.near))
        self._mentions = each(lambda rule: side(rule.mentions))
        self._within = each(lambda rule: _ANY if rule.within is None else rule.within)
        self._by_sentence = each(lambda rule: rule.scope == "sentence") == 1
        self._mirrored = each(lambda rule: rule.mirrored) == 1
        self._vetoed = each(lambda rule: rule.negated == "veto") == 1
        self._minds = each(lambda rule: rule.negated != "ignore") == 1
        self._answers = each(lambda rule: rule.asked == "veto") == 1
        # Where what a sentence mentions is enough, there is no word to be near or negated.
        self._near[self._bare] = _ANY
        self._minds[self._bare] = False
        self._sided = np.isin(self._near, (TARGET, RIVAL, BOTH))

    def __reduce__(self) -> tuple[type[Voter], tuple[object, ...]]:
        """Pickle what the voter was made from."""
        return Voter, (self.topic, self.rules, self.reader.normalize)

    @property
    def names(self) -> tuple[str, ...]:
        """The rules' names, in order."""
        return tuple(rule.name for rule in self.rules)

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights of the rules' votes, in order."""
        return tuple(rule.weight for rule in self.rules)

    def votes(self, sentence: str) -> dict[str, Stance]:
        """Return the votes on a sentence: the label of each rule that votes, by its name."""
        (row,) = self.vote_matrix([sentence]).tolist()
        return {n: STANCES[v] for n, v in zip(self.names, row, strict=True) if v != ABSTAIN}

    def vote_matrix(self, sentences: Sequence[str]) -> _Votes:
        """Return the votes on many sentences.

        Returns
        -------
        int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1).
        """
        rows = [self.votes_on(readings) for readings in self.reader.read(list(sentences))]
        return np.concatenate([np.empty((0, len(self.rules)), np.int8), *rows])

    def votes_on(self, readings: Readings) -> _Votes:
        """Return the votes on sentences that have been read, as `vote_matrix` does."""
        evidence = self.evidence(readings)
        return self.tally(evidence.where(~self.dropped(evidence, readings)), readings)

    def tally(self, evidence: Evidence, readings: Readings) -> _Votes:
        """Return the votes that evidence leads to, as `vote_matrix` does."""
        cell = readings.batch.sentence.take(evidence.starts) * len(self.rules) + evidence.rules
        cast = np.zeros(len(readings) * len(self.rules), np.int8)
        np.bitwise_or.at(cast, cell, _BITS[evidence.labels])
        return _VOTE[cast].reshape(len(readings), len(self.rules))

    def spans(self, readings: Readings) -> tuple[Ints, Ints]:
        """Return where rules find evidence for or against: starts and ends, in any order.

        Evidence before a turn is included, and words found both plain and negated.

        Examples
        --------
        >>> topic = Topic(name="开源大模型", target=("开源",))
        >>> voter = Voter(topic, [Rule(name="便宜", label="favor", any=("便宜",))], str.lower)
        >>> (readings,) = voter.reader.read(["开源更便宜。"])
        >>> [place.tolist() for place in voter.spans(readings)]  # a separator comes first
        [[4], [6]]
        """
        evidence = self.evidence(readings)
        sides = evidence.labels != _NONE
        return evidence.starts[sides], evidence.ends[sides]

    def evidence(self, readings: Readings) -> Evidence:
        """Return what rules find in sentences that have been read and what counts, in any order."""
        eligible = self.eligible(readings)
        # What is said of a side is not found where the sentence mentions neither.
        eligible[self._sided] &= readings.mentioned != NEITHER
        found = self.finds(readings, eligible)
        return found.where(found.counts)

    def eligible(self, readings: Readings) -> Flags:
        """Return which sentences each rule may vote on: (n_rules, n_sentences)."""
        eligible = np.ones((len(self.rules), len(readings)), bool)
        eligible[self._answers] = ~readings.asks
        asked = np.flatnonzero(self._mentions != _ANY)
        eligible[asked] &= readings.mentioned == self._mentions[asked, None]
        eligible[self._unless] &= ~readings.found.present.T[len(self.search.presence) :]
        return eligible

    def finds(self, readings: Readings, eligible: Flags) -> Evidence:
        """Return what rules find in the sentences eligible for them, whether it counts or not."""
        lexicons, words = readings.words()
        patterns, starts, ends = self.search(readings, eligible[self._with_pattern])
        whole = ~cuts_latin(readings.batch.codes, starts, ends)
        bare = np.tile(readings.batch.starts, len(self._bare))
        rules = np.concatenate(
            [
                self._with_words[lexicons],
                self._with_pattern[patterns[whole]],
                np.repeat(self._bare, len(readings)).astype(np.intp),
            ]
        )
        starts = np.concatenate([words.starts, starts[whole], bare])
        ends = np.concatenate([words.ends, ends[whole], bare])
        kept = eligible[rules, readings.batch.sentence.take(starts)]
        return self._judge(readings, rules[kept], starts[kept], ends[kept])

    def _judge(self, readings: Readings, rules: Ints, starts: Ints, ends: Ints) -> Evidence:
        """Return what rules found as evidence."""
        asked = self._near[rules]
        near = (asked == _ANY) | self._is_near(readings, rules, asked, starts, ends)
        other = np.where(self._mirrored[rules] & ~near, OTHER_SIDE[asked], _ANY)
        flipped = (other != _ANY) & self._is_near(readings, rules, other, starts, ends)
        minds = self._minds[rules]
        denied = readings.negated[starts] ^ (readings.taking_back(ends).starts >= 0)
        denied &= minds
        vetoed = (readings.removed[starts] & minds) | (denied & self._vetoed[rules])
        label = self._label[rules]
        labels = np.where(flipped ^ denied, _OPPOSITE[label], label)
        return Evidence(rules, starts, ends, labels, near | flipped, denied, vetoed)

    def _is_near(
        self, readings: Readings, rules: Ints, what: Ints, starts: Ints, ends: Ints
    ) -> Flags:
        """Return whether the text around each find, as far as its rule looks, is about `what`."""
        about = readings.about[readings.clauses.at[starts]]
        sentence = readings.batch.sentence.take(starts)
        mentioned = readings.mentioned[sentence]
        one_side = (what == TARGET) | (what == RIVAL)
        anywhere = (mentioned == what) | ((mentioned == BOTH) & one_side)
        near: Flags = np.where(self._by_sentence[rules], anywhere, about == what)
        within = self._within[rules]
        near[within != _ANY] = False
        for side in (TARGET, RIVAL):
            rows = np.flatnonzero((within != _ANY) & (what == side))
            if rows.size:
                own = readings.mentions.sides == side
                begin, end = readings.mentions.starts[own], readings.mentions.ends[own]
                # From where to where a mention would be near enough, within the sentence.
                first = np.maximum(
                    starts[rows] - within[rows], readings.batch.starts[sentence[rows]] + 1
                )
                last = np.minimum(
                    ends[rows] + within[rows], readings.batch.ends[sentence[rows]] - 1
                )
                before = np.append(-1, end)[np.searchsorted(begin, last, "right")]
                near[rows] = before >= first
        return near

    @staticmethod
    def dropped(evidence: Evidence, readings: Readings) -> Flags:
        """Return which evidence is for or against before a turn, and is granted or outweighed."""
        sentence = readings.batch.sentence.take(evidence.starts)
        turn = readings.turn[sentence]
        side = evidence.labels != _NONE
        decided = readings.concedes.copy()
        decided[sentence[side & (evidence.starts >= turn) & (turn > 0)]] = True
        dropped: Flags = decided[sentence] & side & (evidence.starts < turn)
        return dropped
