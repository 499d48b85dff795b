"""Hits: the votes of rules, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from stanceclf.rules.matches import find_matches
from stanceclf.rules.voter import Voter


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
