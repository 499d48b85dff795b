"""Matches: every place where a rule finds what it looks for, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stanceclf.io import Visible
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import ABOUT, About, Readings, Spans
from stanceclf.rules.evidence import Evidence
from stanceclf.rules.voter import Voter

Outcome = Literal[
    "votes", "vetoed", "elsewhere", "question", "unless", "mentions", "turned", "undecided"
]

#: What each outcome means, for people.
OUTCOMES: dict[Outcome, str] = {
    "votes": "counts",
    "vetoed": "negated",
    "elsewhere": "not about what `near` requires",
    "question": "in a genuine question",
    "unless": "the sentence contains a word of `unless`",
    "mentions": "the sentence does not mention what `mentions` requires",
    "turned": "only granted, or outweighed by what comes after 但 or the like",
    "undecided": "the rule finds evidence both for and against",
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
        The rule's name.
    start, end : int
        Character offsets into the sentence, end exclusive; equal for a rule that only has
        `mentions`.
    text : str
        That slice.
    about : str
        What the clause is about: ``target``, ``rival``, ``both`` or ``neither``.
    label : str
        The stance that it counts for, or would.
    outcome : str
        ``votes`` if it counts, otherwise why it does not: a key of `OUTCOMES`.
    negator : Negator or None
        What vetoed it or made it count for the opposite stance.
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
    """Yield the matches of each sentence from left to right; at one place, in the rules' order.

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
        yield from _of_batch(voter, readings, sentences[done : done + len(readings)])
        done += len(readings)


def _of_batch(voter: Voter, readings: Readings, sentences: Sequence[str]) -> list[list[Match]]:
    eligible = voter.eligible(readings)
    found = voter.finds(readings, np.ones_like(eligible))
    sentence = readings.batch.sentence.take(found.starts)
    counts = found.counts & eligible[found.rules, sentence]
    turned = np.zeros(len(counts), bool)
    turned[counts] = voter.dropped(found.where(counts), readings)
    counts &= ~turned
    votes = voter.tally(found.where(counts), readings)
    back = readings.taking_back(found.ends)
    visible = [Visible(text) for text in sentences]

    def located(row: int, start: int, end: int) -> tuple[int, int, str]:
        first = int(readings.batch.starts[row])
        start, end = visible[row].span(start - first, end - first)
        return start, end, sentences[row][start:end]

    matches = [list[Match]() for _ in sentences]
    for i in np.lexsort((found.rules, found.starts)).tolist():
        row, rule = int(sentence[i]), int(found.rules[i])
        place = int(found.starts[i]), int(found.ends[i])
        if place[0] == place[1] and not eligible[rule, row]:
            continue  # It only has `mentions`, and the sentence does not mention that.
        outcome: Outcome
        if counts[i]:
            outcome = "votes" if votes[row, rule] != ABSTAIN else "undecided"
        elif turned[i]:
            outcome = "turned"
        elif not eligible[rule, row]:
            outcome = _why_not_eligible(voter, readings, rule, row)
        else:
            outcome = "vetoed" if found.near[i] else "elsewhere"
        negator = _negator(readings, found, back, i)
        matches[row].append(
            Match(
                voter.rules[rule].name,
                *located(row, *place),
                about=ABOUT[readings.about[readings.clauses.at[place[0]]]],
                label=STANCES[found.labels[i]],
                outcome=outcome,
                negator=None if negator is None else Negator(*located(row, *negator)),
            )
        )
    return matches


def _why_not_eligible(voter: Voter, readings: Readings, rule: int, row: int) -> Outcome:
    asked = voter.rules[rule]
    if asked.mentions is not None and readings.mentioned[row] != ABOUT.index(asked.mentions):
        return "mentions"
    return "question" if asked.asked == "veto" and readings.asks[row] else "unless"


def _negator(readings: Readings, found: Evidence, back: Spans, i: int) -> tuple[int, int] | None:
    """Return where in the batch what denies a find begins and ends, if the rule minds."""
    start = int(found.starts[i])
    if found.denied[i]:
        if readings.negated[start]:
            return readings.negators.nearest(start)
        return int(back.starts[i]), int(back.ends[i])
    return readings.removers.nearest(start) if found.vetoed[i] else None


def why_on(voter: Voter, rule: str, sentence: str) -> str:
    """Return, for people, what a rule finds in a sentence and what comes of it.

    Examples
    --------
    >>> from stanceclf.rules.definition import Rule
    >>> from stanceclf.reading import Topic
    >>> topic = Topic(name="开源大模型", target=("开源",), rival=("闭源",))
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), near="target")
    >>> why_on(Voter(topic, [rule], str.lower), "便宜", "闭源便宜。")
    '`便宜` is not about what `near` requires, but about rival'
    """
    (matches,) = find_matches(voter, [sentence])
    whys: dict[str, None] = {}
    for match in matches:
        if match.rule != rule:
            continue
        found = f"`{match.text}`" if match.text else "what `mentions` requires"
        if match.outcome == "votes":
            whys[f"{found} counts for `{match.label}`"] = None
        elif match.outcome == "vetoed":
            by = f" by `{match.negator.text}`" if match.negator else ""
            whys[f"{found} is negated{by}"] = None
        elif match.outcome == "elsewhere":
            whys[f"{found} is {OUTCOMES[match.outcome]}, but about {match.about}"] = None
        else:
            whys[f"{found} does not count: {OUTCOMES[match.outcome]}"] = None
    return "; ".join(whys) or "it finds nothing there"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's vote on a sentence.

    Attributes
    ----------
    rule, sentence : int
        The indices of the rule and the sentence.
    label : str
        The vote: ``favor``, ``against`` or ``none``.
    spans : tuple of (int, int)
        What it found: character offsets into the sentence, ends exclusive. Empty for a rule that
        only has `mentions`.
    negators : tuple of (int, int)
        What made it vote for the opposite stance, likewise.
    """

    rule: int
    sentence: int
    label: str
    spans: tuple[tuple[int, int], ...]
    negators: tuple[tuple[int, int], ...] = ()


def find_hits(voter: Voter, sentences: Sequence[str]) -> Iterator[Hit]:
    """Yield the votes of rules on sentences, sentence by sentence, in the rules' order.

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
        cast: dict[str, list[Match]] = {}
        for match in matches:
            if match.outcome == "votes":
                cast.setdefault(match.rule, []).append(match)
        for name in sorted(cast, key=numbers.__getitem__):
            yield Hit(
                numbers[name],
                row,
                cast[name][0].label,
                tuple((match.start, match.end) for match in cast[name] if match.text),
                tuple((m.negator.start, m.negator.end) for m in cast[name] if m.negator),
            )
