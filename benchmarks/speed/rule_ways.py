"""Ways to vote with keyword rules: what people write themselves.

They all do the plain job: a rule votes if one of its words occurs, without a negator shortly before
its first occurrence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import Rule

#: Every rule's vote on every text.
Votes = Sequence[Sequence[int]]

WINDOW = 6
NEGATORS = ("不", "没", "无", "未", "非", "别", "勿", "难以", "很难", "谈不上", "缺乏", "缺少")


def keyword_rules(rules: Sequence[Rule], count: int) -> list[Rule]:
    """Return plain keyword rules made from the words of others.

    Parameters
    ----------
    rules : sequence of Rule
        Rules of any kind.
    count : int
        The number of rules to make: the rules with most words are halved until it is reached, or
        there are no more words to share out.

    Examples
    --------
    >>> rules = [Rule(name="便宜", label="favor", any=("便宜", "免费", "划算"), near="target")]
    >>> [(rule.name, rule.any, rule.near) for rule in keyword_rules(rules, 2)]
    [('rule-0', ('便宜',), None), ('rule-1', ('免费', '划算'), None)]
    """
    parts = [(rule.label, rule.any) for rule in rules if rule.any][:count]
    while len(parts) < count:
        at = max(range(len(parts)), key=lambda at: len(parts[at][1]))
        label, words = parts[at]
        if len(words) < 2:
            break
        half = len(words) // 2
        parts[at : at + 1] = [(label, words[:half]), (label, words[half:])]
    return [
        Rule(name=f"rule-{index}", label=label, any=words, negated="veto")
        for index, (label, words) in enumerate(parts)
    ]


def naive_vote(text: str, words: Sequence[str], vote: int) -> int:
    """Return a rule's vote on a text.

    Examples
    --------
    >>> [naive_vote(text, ["便宜"], 1) for text in ("开源便宜", "开源不便宜", "闭源")]
    [1, -1, -1]
    """
    for word in words:
        if word in text:
            at = text.index(word)
            before = text[max(0, at - WINDOW) : at]
            if not any(negator in before for negator in NEGATORS):
                return vote
    return ABSTAIN


def naive(rules: Sequence[Rule], normalize: Callable[[str], str]) -> Callable[[list[str]], Votes]:
    """Return what loops over texts, rules and words."""
    plain = [_plain(rule, normalize) for rule in rules]
    return lambda texts: [[naive_vote(text, *rule) for rule in plain] for text in texts]


def alternation(
    rules: Sequence[Rule], normalize: Callable[[str], str]
) -> Callable[[list[str]], Votes]:
    """Return what searches for one `re` alternation a rule."""
    negator = re.compile("|".join(NEGATORS))
    plain = [_plain(rule, normalize) for rule in rules]
    searches = [(re.compile("|".join(map(re.escape, words))), vote) for words, vote in plain]

    def vote_on(text: str, search: re.Pattern[str], vote: int) -> int:
        for match in search.finditer(text):
            at = match.start()
            if not negator.search(text, max(0, at - WINDOW), at):
                return vote
        return ABSTAIN

    return lambda texts: [[vote_on(text, *search) for search in searches] for text in texts]


def snorkel_tutorial(
    rules: Sequence[Rule], normalize: Callable[[str], str], *, careful: bool = False
) -> Callable[[list[str]], Votes]:
    """Return Snorkel's applier with labelling functions as in its tutorial.

    Parameters
    ----------
    rules : sequence of Rule
        The rules.
    normalize : callable
        Brings their words to normal form.
    careful : bool
        Whether a function reads the text once instead of once a word, which costs most.
    """
    labeling = import_module("snorkel.labeling")
    pandas = import_module("pandas")

    def look_up(x: Any, words: Sequence[str], vote: int) -> int:  # noqa: ANN401
        if any(word in x.text and naive_vote(x.text, [word], vote) == vote for word in words):
            return vote
        return ABSTAIN

    def look_up_once(x: Any, words: Sequence[str], vote: int) -> int:  # noqa: ANN401
        return naive_vote(x.text, words, vote)

    functions = [
        labeling.LabelingFunction(
            name=rule.name,
            f=look_up_once if careful else look_up,
            resources=dict(zip(("words", "vote"), _plain(rule, normalize), strict=True)),
        )
        for rule in rules
    ]
    applier = labeling.PandasLFApplier(functions)

    def apply(texts: list[str]) -> Votes:
        votes: Votes = applier.apply(pandas.DataFrame({"text": texts}), progress_bar=False)
        return votes

    return apply


def _plain(rule: Rule, normalize: Callable[[str], str]) -> tuple[list[str], int]:
    return [normalize(word) for word in rule.any], STANCES.index(rule.label)
