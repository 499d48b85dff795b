"""Votes: what each rule says of each sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import (
    ABOUT,
    BOTH,
    OTHER_SIDE,
    RIVAL,
    TARGET,
    Ints,
    Lexicon,
    Reader,
    Readings,
    Topic,
    cuts_latin,
)
from stanceclf.rules.definition import Rule
from stanceclf.rules.evidence import Evidence, Judgement
from stanceclf.rules.pattern_search import PatternSearch
from stanceclf.rules.patterns import Pattern

_Flags = npt.NDArray[np.bool_]

_NONE = STANCES.index("none")
_OPPOSITE = np.array([STANCES.index(s) for s in ("favor", "against", "none")])
# For a rule that asks for nothing of a kind.
_ANY = -1


def make_voter(topic: Topic, rules: tuple[Rule, ...]) -> Voter:
    """Return a voter on text as OpenCC simplifies it; of the last few topics and rules, the same.

    Cross-validation and search ask for one voter time and again.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",))
    >>> make_voter(topic, ()) is make_voter(topic, ())
    True
    """
    labels = tuple(sorted(topic.labels.items()))
    words = (tuple(words) for words in (topic.target, topic.rival, topic.ignore))
    return _make_voter(topic.name, *words, labels, rules)


@lru_cache(maxsize=4)
def _make_voter(
    name: str,
    target: tuple[str, ...],
    rival: tuple[str, ...],
    ignore: tuple[str, ...],
    labels: tuple[tuple[str, str], ...],
    rules: tuple[Rule, ...],
) -> Voter:
    topic = Topic(name, target, rival, ignore, dict(labels))
    return Voter(topic, rules, Normalizer.from_opencc())


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
    checked : bool, default False
        Whether the rules' patterns are known to be patterns.

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
        # What only lists words is looked for as words are.
        words += [(i, Lexicon(tuple(sorted(one.words)))) for i, one in patterns if one.words]
        patterns = [(i, one) for i, one in patterns if not one.words]
        self._with_words = np.array([i for i, _ in words], np.intp)
        self._with_pattern = np.array([i for i, _ in patterns], np.intp)
        self._bare = [i for i, rule in enumerate(rules) if not rule.any and not rule.pattern]
        self._search = PatternSearch([one for _, one in patterns])
        self._unless = np.array([i for i, rule in enumerate(rules) if rule.unless], np.intp)
        self.reader = Reader(
            topic,
            normalize,
            [lexicon for _, lexicon in words],
            [*self._search.presence, *(rule.unless for rule in rules if rule.unless)],
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
        self._unmoved = each(lambda rule: rule.negated == "ignore") == 1
        self._answers = each(lambda rule: rule.asked == "veto") == 1
        # Where what a sentence mentions is enough, there is no word to be near or negated.
        self._near[self._bare] = _ANY
        self._unmoved[self._bare] = True

    def __reduce__(self) -> tuple[type[Voter], tuple[object, ...]]:
        """Pickle what the voter was made from."""
        return Voter, (self.topic, self.rules, self.reader.normalize)

    @property
    def names(self) -> tuple[str, ...]:
        """The rules' names, in order."""
        return tuple(rule.name for rule in self.rules)

    @property
    def weights(self) -> tuple[float, ...]:
        """How much each rule's vote weighs, in order."""
        return tuple(rule.weight for rule in self.rules)

    def votes(self, sentence: str) -> dict[str, Stance]:
        """Return the label of each rule that votes on a sentence, by its name, in rule order."""
        (row,) = self.vote_matrix([sentence]).tolist()
        return {
            rule.name: STANCES[vote]
            for rule, vote in zip(self.rules, row, strict=True)
            if vote != ABSTAIN
        }

    def vote_matrix(self, sentences: Sequence[str]) -> npt.NDArray[np.int8]:
        """Return the votes on many sentences.

        Returns
        -------
        int8 array of shape (n_sentences, n_rules)
            Indices into `STANCES`, or `ABSTAIN` (-1).
        """
        rows = [self.votes_on(readings) for readings in self.reader.read(list(sentences))]
        return np.concatenate([np.empty((0, len(self.rules)), np.int8), *rows])

    def votes_on(self, readings: Readings) -> npt.NDArray[np.int8]:
        """Return the votes on sentences that have been read, as `vote_matrix` does."""
        evidence = self.evidence(readings)
        return self.tally(evidence.where(~self.dropped(evidence, readings)), readings)

    def tally(self, evidence: Evidence, readings: Readings) -> npt.NDArray[np.int8]:
        """Return the votes that evidence makes, as `vote_matrix` does."""
        cell = readings.batch.sentence.take(evidence.starts) * len(self.rules) + evidence.rules
        size = len(readings) * len(self.rules)
        cast = np.zeros(size, np.int8)
        for label in range(len(STANCES)):
            found = np.zeros(size, np.int8)
            found[cell[evidence.labels == label]] = 1 << label
            cast |= found
        # A rule that finds its word plain and negated in one sentence does not know.
        one = np.full(1 << len(STANCES), ABSTAIN, np.int8)
        one[[1 << label for label in range(len(STANCES))]] = np.arange(len(STANCES))
        votes: npt.NDArray[np.int8] = one[cast].reshape(len(readings), len(self.rules))
        return votes

    def spans(self, readings: Readings) -> tuple[Ints, Ints]:
        """Return where sentences hold what rules take as evidence for or against, in no order.

        What stands before a turn is among it, and what a rule finds both plain and negated.

        Returns
        -------
        starts, ends : int arrays of equal length
            Places in the batch.

        Examples
        --------
        >>> topic = Topic(name="开源大模型", target=("开源",))
        >>> voter = Voter(topic, [Rule(name="便宜", label="favor", any=("便宜",))], str.lower)
        >>> (readings,) = voter.reader.read(["开源更便宜。"])
        >>> [place.tolist() for place in voter.spans(readings)]  # a separator comes first
        [[4], [6]]
        """
        found = self.evidence(readings)
        sides = found.where(found.labels != _NONE)
        return sides.starts, sides.ends

    def evidence(self, readings: Readings) -> Evidence:
        """Return what rules find in sentences that have been read and what counts, in no order."""
        finds = self.finds(readings, self.open(readings))
        judged = self.judge(readings, *finds)
        return Evidence(*finds, judged.labels).where(judged.counts)

    def open(self, readings: Readings) -> _Flags:
        """Tell which sentences, each as a whole, are as each rule asks.

        Returns
        -------
        bool array of shape (n_rules, n_sentences)
        """
        open_ = np.ones((len(self.rules), len(readings)), bool)
        open_[self._answers] = ~readings.asks
        asked = np.flatnonzero(self._mentions != _ANY)
        open_[asked] &= readings.mentioned == self._mentions[asked, None]
        open_[self._unless] &= ~readings.found.present.T[len(self._search.presence) :]
        return open_

    def finds(self, readings: Readings, open_: _Flags) -> tuple[Ints, Ints, Ints]:
        """Return what rules find in the sentences that are open to them, in no order.

        Returns
        -------
        rules, starts, ends : int arrays of equal length
            Whose find it is, and where in the batch it begins and ends.
        """
        lexicons, words = readings.words()
        parts = [(self._with_words[lexicons], words.starts, words.ends)]
        if self._with_pattern.size:
            patterns, starts, ends = self.search(readings, open_[self._with_pattern])
            whole = ~cuts_latin(readings.batch.codes, starts, ends)
            parts.append((self._with_pattern[patterns[whole]], starts[whole], ends[whole]))
        if self._bare:
            starts = np.tile(readings.batch.starts, len(self._bare))
            parts.append((np.repeat(self._bare, len(readings)), starts, starts))
        rules, starts, ends = (np.concatenate(part) for part in zip(*parts, strict=True))
        kept = open_[rules, readings.batch.sentence.take(starts)]
        return rules[kept], starts[kept], ends[kept]

    def search(self, readings: Readings, open_: _Flags | None = None) -> tuple[Ints, Ints, Ints]:
        """Return where patterns match, in sentences that hold what they need and are open to them.

        Parameters
        ----------
        readings : Readings
            Sentences.
        open_ : bool array of shape (n_patterns, n_sentences), optional
            In which of them a match would count; by default in all.

        Returns
        -------
        patterns, starts, ends : int arrays of equal length
        """
        needs = len(self._search.presence)
        wanted = self._search.candidates(readings, readings.found.present[:, :needs])
        return self._search(readings, wanted if open_ is None else wanted & open_)

    def judge(self, readings: Readings, rules: Ints, starts: Ints, ends: Ints) -> Judgement:
        """Tell what counts of what rules found, and for what."""
        near = self._near[rules]
        is_near = (near == _ANY) | self._is_near(readings, rules, near, starts, ends)
        other = np.where(self._mirrored[rules] & ~is_near, OTHER_SIDE[near], _ANY)
        flipped = (other != _ANY) & self._is_near(readings, rules, other, starts, ends)
        denied = readings.negated[starts] ^ (readings.taking_back(ends).starts >= 0)
        spoken_of = is_near | flipped
        ignores = self._unmoved[rules]
        vetoed = ~ignores & (readings.removed[starts] | (denied & self._vetoed[rules]))
        denied &= ~ignores
        labels = np.where(flipped ^ denied, _OPPOSITE[self._label[rules]], self._label[rules])
        return Judgement(labels, spoken_of, denied, vetoed)

    def _is_near(
        self, readings: Readings, rules: Ints, what: Ints, starts: Ints, ends: Ints
    ) -> _Flags:
        """Tell whether something is spoken of around a find, as far as its rule looks."""
        about = readings.about[readings.clauses.at[starts]]
        sentence = readings.batch.sentence.take(starts)
        mentioned = readings.mentioned[sentence]
        anywhere = (mentioned == what) | (
            (mentioned == BOTH) & ((what == TARGET) | (what == RIVAL))
        )
        near: _Flags = np.where(self._by_sentence[rules], anywhere, about == what)
        within = self._within[rules]
        for side in (TARGET, RIVAL):
            rows = np.flatnonzero((within != _ANY) & (what == side))
            if rows.size:
                own = readings.mentions.sides == side
                begin, end = readings.mentions.starts[own], readings.mentions.ends[own]
                limit = np.minimum(
                    ends[rows] + within[rows], readings.batch.ends[sentence[rows]] - 1
                )
                last = np.append(-1, end)[np.searchsorted(begin, limit, "right")]
                first = np.maximum(
                    starts[rows] - within[rows], readings.batch.starts[sentence[rows]] + 1
                )
                near[rows] = last >= first
        near[(within != _ANY) & (what != TARGET) & (what != RIVAL)] = False
        return near

    @staticmethod
    def dropped(evidence: Evidence, readings: Readings) -> _Flags:
        """Tell what takes a side before a turn and is only granted, or followed by what does."""
        sentence = readings.batch.sentence.take(evidence.starts)
        turn = readings.turn[sentence]
        side = evidence.labels != _NONE
        decided = readings.concedes.copy()
        decided[sentence[side & (evidence.starts >= turn) & (turn > 0)]] = True
        dropped: _Flags = decided[sentence] & side & (evidence.starts < turn)
        return dropped
