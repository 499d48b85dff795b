"""Matches: every place where a rule finds what it looks for, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

import numpy as np

from stanceclf.io import Visible
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import ABOUT, About, Readings
from stanceclf.rules.evidence import Evidence, Judgement
from stanceclf.rules.voter import Voter

Outcome = Literal[
    "votes", "vetoed", "elsewhere", "question", "unless", "mentions", "turned", "undecided"
]

#: What each outcome means, for people.
OUTCOMES: dict[Outcome, str] = {
    "votes": "counts",
    "vetoed": "negated",
    "elsewhere": "not said of what `near` asks for",
    "question": "in a genuine question",
    "unless": "a word of `unless` is there",
    "mentions": "the sentence does not mention what `mentions` asks for",
    "turned": "only granted, or outweighed by what comes after 但 or the like",
    "undecided": "the rule speaks for both sides here",
}


@dataclass(frozen=True, slots=True)
class Negator:
    """A word that denies what a rule found.

    Attributes
    ----------
    start, end : int
        Character offsets into the sentence, end exclusive.
    text : str
        That slice.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place where a rule finds what it looks for.

    Attributes
    ----------
    rule : str
        Its name.
    start, end : int
        Character offsets into the sentence, end exclusive; equal where the rule asks only what is
        mentioned.
    text : str
        That slice.
    about : str
        What is spoken of there: ``target``, ``rival``, ``both`` or ``neither``.
    label : str
        What it counts for, or would.
    outcome : str
        ``votes`` if it counts; else why it does not, a key of `OUTCOMES`.
    negator : Negator or None
        What vetoed it, or made it count for the opposite.
    """

    rule: str
    start: int
    end: int
    text: str
    about: About
    label: Stance
    outcome: Outcome
    negator: Negator | None


def find_matches(voter: Voter, sentences: Sequence[str]) -> Iterator[list[Match]]:
    """Yield the matches of each sentence, in its order; at one place, in the rules' order.

    Parameters
    ----------
    voter : Voter
        The rules.
    sentences : sequence of str
        The sentences.

    Examples
    --------
    >>> from stanceclf.rules.definition import Rule
    >>> from stanceclf.reading import Topic
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), near="target")
    >>> (matches,) = find_matches(Voter(topic, [rule], str.lower), ["开源不便宜,闭源便宜。"])
    >>> [(match.start, match.outcome) for match in matches]
    [(3, 'vetoed'), (8, 'elsewhere')]
    >>> matches[0].negator
    Negator(start=2, end=3, text='不')
    """
    done = 0
    for readings in voter.reader.read(sentences):
        batch = sentences[done : done + len(readings)]
        seen = [Visible(sentence) for sentence in batch]
        matches = _of_batch(voter, readings, [one.text for one in seen])
        for sentence, one, own in zip(batch, seen, matches, strict=True):
            yield own if one.text == sentence else [_placed(match, one, sentence) for match in own]
        done += len(readings)


def _placed(match: Match, seen: Visible, text: str) -> Match:
    """Return a match as the offsets of the whole sentence have it."""
    start, end = seen.span(match.start, match.end)
    negator = match.negator
    if negator is not None:
        negator = _say(text, *seen.span(negator.start, negator.end))
    return replace(match, start=start, end=end, text=text[start:end], negator=negator)


def _of_batch(voter: Voter, readings: Readings, sentences: Sequence[str]) -> Iterator[list[Match]]:
    open_ = voter.open(readings)
    finds = voter.finds(readings, np.ones_like(open_))
    judged = voter.judge(readings, *finds)
    evidence = Evidence(*finds, judged.labels)
    number = readings.batch.sentence.take(evidence.starts)
    counts = judged.counts & open_[evidence.rules, number]
    turned = np.zeros(len(counts), bool)
    turned[counts] = voter.dropped(evidence.where(counts), readings)
    counts &= ~turned
    votes = voter.tally(evidence.where(counts), readings)
    negators = _Negators(readings, judged, evidence)
    own = [list[Match]() for _ in sentences]
    for i in np.lexsort((evidence.rules, evidence.starts)).tolist():
        row, rule = int(number[i]), int(evidence.rules[i])
        if evidence.starts[i] == evidence.ends[i] and not open_[rule, row]:
            continue  # It looks for no word, and what it asks for is not mentioned.
        outcome: Outcome
        if counts[i]:
            outcome = "votes" if votes[row, rule] != ABSTAIN else "undecided"
        elif turned[i]:
            outcome = "turned"
        elif not open_[rule, row]:
            outcome = _closed(voter, readings, rule, row)
        else:
            outcome = "elsewhere" if not judged.spoken_of[i] else "vetoed"
        first = int(readings.batch.starts[row])
        start, end = int(evidence.starts[i]) - first, int(evidence.ends[i]) - first
        clause = readings.clauses.at[evidence.starts[i]]
        text = sentences[row]
        span = negators(i)
        own[row].append(
            Match(
                rule=voter.rules[rule].name,
                start=start,
                end=end,
                text=text[start:end],
                about=ABOUT[readings.about[clause]],
                label=STANCES[evidence.labels[i]],
                outcome=outcome,
                negator=None if span is None else _say(text, span[0] - first, span[1] - first),
            )
        )
    yield from own


def _say(text: str, start: int, end: int) -> Negator:
    return Negator(start, end, text[start:end])


def _closed(voter: Voter, readings: Readings, rule: int, row: int) -> Outcome:
    """Return why a rule votes nothing at all on a sentence."""
    asked = voter.rules[rule]
    if asked.mentions is not None and readings.mentioned[row] != ABOUT.index(asked.mentions):
        return "mentions"
    return "question" if asked.asked == "veto" and readings.asks[row] else "unless"


class _Negators:
    """What denies the finds of a batch."""

    def __init__(self, readings: Readings, judged: Judgement, evidence: Evidence) -> None:
        self._readings, self._judged, self._starts = readings, judged, evidence.starts
        self._back = readings.taking_back(evidence.ends)

    def __call__(self, i: int) -> tuple[int, int] | None:
        """Return where what denies a find begins and ends in the batch, if the rule minds."""
        start = int(self._starts[i])
        if self._judged.denied[i]:
            if self._readings.negated[start]:
                return self._readings.negators.nearest(start)
            return int(self._back.starts[i]), int(self._back.ends[i])
        return self._readings.removers.nearest(start) if self._judged.vetoed[i] else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's vote on a sentence.

    Attributes
    ----------
    rule, sentence : int
        Which rule and which sentence, by their indices.
    label : str
        What it votes: ``favor``, ``against`` or ``none``.
    spans : tuple of (int, int)
        What it found: offsets into the sentence's text, ends exclusive. Empty for a rule that looks
        at mentions only.
    negators : tuple of (int, int)
        What made it vote the opposite, likewise.
    """

    rule: int
    sentence: int
    label: str
    spans: tuple[tuple[int, int], ...]
    negators: tuple[tuple[int, int], ...] = ()


def find_hits(voter: Voter, sentences: Sequence[str]) -> Iterator[Hit]:
    """Yield the votes of rules on sentences, sentence by sentence, in the rules' order.

    Parameters
    ----------
    voter : Voter
        The rules.
    sentences : sequence of str
        The sentences.

    Examples
    --------
    >>> from stanceclf.rules.definition import Rule
    >>> from stanceclf.reading import Topic
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",))
    >>> voter = Voter(Topic(name="开源大模型", target=("开源",)), [rule], str.lower)
    >>> list(find_hits(voter, ["下雨。", "开源便宜。"]))
    [Hit(rule=0, sentence=1, label='favor', spans=((2, 4),), negators=())]
    """
    numbers = {name: number for number, name in enumerate(voter.names)}
    for row, matches in enumerate(find_matches(voter, sentences)):
        cast = [match for match in matches if match.outcome == "votes"]
        by_rule = sorted(cast, key=lambda match: numbers[match.rule])
        for name, own in groupby(by_rule, key=lambda match: match.rule):
            found = list(own)
            negators = [match.negator for match in found if match.negator is not None]
            yield Hit(
                numbers[name],
                row,
                found[0].label,
                tuple((match.start, match.end) for match in found if match.end > match.start),
                tuple((negator.start, negator.end) for negator in negators),
            )
