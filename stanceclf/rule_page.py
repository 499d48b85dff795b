"""The rule page: what each rule finds, where it errs, and what no rule reaches, as one HTML file.

Articles are untrusted: they reach the page as JSON that cannot end its element, and the page shows
them as text alone. It asks nothing of any network, and its bytes depend on its inputs alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import chain, combinations
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from stanceclf.corpus import Corpus
from stanceclf.hits import Hit, find_hits
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.rule_table import RuleRow, most_in_need, rule_table
from stanceclf.rules import Rule
from stanceclf.script_json import script_json
from stanceclf.sentences import Sentence
from stanceclf.topic import Topic
from stanceclf.votes import Voter

#: How many of each the page holds at most; it says how many there are in all.
MOST_HITS = 200  # of a rule
MOST_FINDS = 30  # different words that a rule finds
MOST_PAIRS = 500  # of rules that disagree
MOST_SHARED = 50  # sentences of such a pair
MOST_UNREACHED = 5000
MOST_CHARACTERS = 500  # of a sentence

_Item = TypeVar("_Item")
_Span = tuple[int, int]
_Labels = Sequence[str | None]

_TEMPLATE = Path(__file__).with_suffix(".html")


def page_of_votes(voter: Voter, corpus: Corpus, votes: npt.NDArray[np.int8], weak: _Labels) -> str:
    """Return the page of the rules' votes on a corpus.

    Parameters
    ----------
    voter : Voter
        The rules.
    corpus : Corpus
        What they vote on.
    votes : int8 array of shape (n_sentences, n_rules)
        Their votes.
    weak : sequence of str or None
        What these sum up to.
    """
    gold = corpus.gold_labels()
    # Of gold, what the page shows: some is in boilerplate, which is no sentence here.
    rows = [i for i, label in enumerate(gold) if label is not None]
    labels = np.array([STANCES.index(gold[i] or "") for i in rows], np.int8)
    table = rule_table(voter.names, votes, *((votes[rows], labels) if rows else ()))
    hits = find_hits(voter, corpus.texts)
    return rule_page(voter.topic, voter.rules, table, corpus.sentences, weak, gold, hits)


def rule_page(
    topic: Topic,
    rules: Sequence[Rule],
    table: Sequence[RuleRow],
    sentences: Sequence[Sentence],
    weak: _Labels,
    gold: _Labels,
    hits: Iterable[Hit],
) -> str:
    """Return the page as an HTML document.

    Parameters
    ----------
    topic : Topic
        The topic, whose labels name the stances.
    rules : sequence of Rule
        The rules, by different names.
    table : sequence of RuleRow
        The rule table, a row a rule, in the rules' order.
    sentences : sequence of Sentence
        The sentences, in reading order.
    weak, gold : sequence of str or None
        Each sentence's weak and gold label, if it has one.
    hits : iterable of Hit
        The votes, at most one of a rule on a sentence, in any order.

    Raises
    ------
    ValueError
        There are not as many rows as rules, or not as many labels as sentences.

    Examples
    --------
    >>> topic = Topic(name="开源大模型", target=("开源",))
    >>> rule = Rule(name="cheap", label="favor", any=("便宜",))
    >>> row = RuleRow("cheap", "favor", 1, 1.0, 1.0, 0.0, 0.0, *[None] * 5)
    >>> said = [Sentence("一.txt", 0, 6, "开源更便宜。")]
    >>> page = rule_page(topic, [rule], [row], said, ["favor"], [None], [Hit(0, 0, "favor", ())])
    >>> "开源更便宜。" in page
    True
    """
    if len(table) != len(rules) or not len(sentences) == len(weak) == len(gold):
        raise ValueError("there must be a row a rule, and a weak and a gold label a sentence")
    votes = _Votes(sentences, gold, hits)
    place = {row.rule: index for index, row in enumerate(table)}
    data = {
        "topic": topic.name,
        "labels": {stance: topic.labels.get(stance, stance) for stance in READING_ORDER},
        "counts": votes.counts(weak),
        "rules": [
            _described(rule, row) | votes.of_rule(index)
            for index, (rule, row) in enumerate(zip(rules, table, strict=True))
        ],
        "order": [place[row.rule] for row in most_in_need(table)],
        "pairs": votes.pairs(),
        "unreached": votes.unreached(),
        # Last, for by now it is known which of them the page shows.
        "sentences": votes.shown_sentences(weak),
    }
    return _TEMPLATE.read_text(encoding="utf-8").replace("$DATA", script_json(data), 1)


class _Votes:
    """The votes by rule and by sentence, and which sentences are shown for their sake."""

    def __init__(self, sentences: Sequence[Sentence], gold: _Labels, hits: Iterable[Hit]) -> None:
        self.sentences, self.gold = sentences, gold
        self.on: list[list[Hit]] = [[] for _ in sentences]
        self.by: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in sorted(hits, key=lambda hit: (hit.sentence, hit.rule)):
            self.on[hit.sentence].append(hit)
            self.by[hit.rule].append(hit)
        self._shown: set[int] = set()

    def counts(self, weak: _Labels) -> dict[str, object]:
        """Return what there is in all."""
        judged = [one == gold for one, gold in zip(weak, self.gold, strict=True) if one and gold]
        return {
            "sentences": len(self.sentences),
            "articles": len({sentence.article for sentence in self.sentences}),
            "covered": sum(map(bool, self.on)),
            "weak": {stance: sum(label == stance for label in weak) for stance in READING_ORDER},
            "gold": sum(label is not None for label in self.gold),
            "judged": len(judged),
            "agree": sum(judged),
        }

    def is_right(self, hit: Hit) -> bool | None:
        """Tell whether a vote is right, None where no gold tells."""
        gold = self.gold[hit.sentence]
        return gold == hit.label if gold else None

    def of_rule(self, rule: int) -> dict[str, object]:
        """Return a rule's hits, those that are wrong first, and how many there are of each kind."""
        hits = self.by[rule]
        right = Counter(map(self.is_right, hits))
        of = {"all": len(hits), "wrong": right[False], "right": right[True]}
        disputed = sum(any(o.label != h.label for o in self.on[h.sentence]) for h in hits)
        finds = Counter(
            self.sentences[h.sentence].text[a:b].lower() for h in hits for a, b in h.spans
        )
        finds.pop("", None)
        shown = _some(hits, MOST_HITS, lambda hit: self.is_right(hit) is False)
        self._shown.update(hit.sentence for hit in shown)
        most = sorted(finds.items(), key=lambda find: (-find[1], find[0]))[:MOST_FINDS]
        return {
            "of": of | {"conflict": disputed},
            "finds": {"of": len(finds), "shown": most},
            "shown": [hit.sentence for hit in shown],
        }

    def pairs(self) -> dict[str, object]:
        """Return the pairs of rules that vote differently on some sentence, the most often first.

        Where gold tells: how often the first is right, the second, and neither.
        """
        shared: defaultdict[_Span, list[int]] = defaultdict(list)
        verdicts: defaultdict[_Span, list[int]] = defaultdict(lambda: [0, 0, 0])
        for one, other in chain.from_iterable(combinations(hits, 2) for hits in self.on):
            pair = one.rule, other.rule
            if one.label != other.label:
                shared[pair].append(one.sentence)
                if self.gold[one.sentence] is not None:
                    verdict = 0 if self.is_right(one) else 1 if self.is_right(other) else 2
                    verdicts[pair][verdict] += 1
        rows = []
        for pair in sorted(shared, key=lambda pair: (-len(shared[pair]), pair))[:MOST_PAIRS]:
            some = _some(shared[pair], MOST_SHARED, lambda i: self.gold[i] is not None)
            self._shown.update(some)
            of, right = len(shared[pair]), verdicts[pair]
            rows.append({"rules": pair, "of": of, "right": right, "shown": some})
        return {"of": len(shared), "shown": rows}

    def unreached(self) -> dict[str, object]:
        """Return the sentences without a vote, those that gold says take a side first."""
        silent = [index for index, hits in enumerate(self.on) if not hits]
        sides = {index for index in silent if self.gold[index] in {"favor", "against"}}
        some = _some(silent, MOST_UNREACHED, sides.__contains__)
        self._shown.update(some)
        return {"of": len(silent), "sides": len(sides), "shown": some}

    def shown_sentences(self, weak: _Labels) -> list[list[object]]:
        """Return what is shown of the sentences that are, and of those beside them."""
        beside = {i + step for i in self._shown for step in (-1, 0, 1)}
        rows: list[list[object]] = []
        for index in sorted(beside & set(range(len(self.sentences)))):
            one = self.sentences[index]
            votes = [
                [hit.rule, hit.label, _merged(hit.spans), _merged(hit.negators)]
                for hit in self.on[index]
            ]
            text, more = one.text[:MOST_CHARACTERS], max(len(one.text) - MOST_CHARACTERS, 0)
            rows.append([index, one.article, text, more, weak[index], self.gold[index], votes])
        return rows


def _described(rule: Rule, row: RuleRow) -> dict[str, object]:
    """Return what a rule asks for that is not as by default, and its row of the table."""
    asks = rule.written()
    figures = asdict(row) | {"need": row.likely_wrong if row.votes else None}
    rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in figures.items()}
    return {"name": asks.pop("name"), "label": asks.pop("label"), "asks": asks, "row": rounded}


def _some(items: Sequence[_Item], limit: int, is_urgent: Callable[[_Item], bool]) -> list[_Item]:
    """Return at most so many, in two groups: what is urgent, then the rest evenly spread."""
    urgent = [item for item in items if is_urgent(item)]
    rest = [item for item in items if not is_urgent(item)]
    return _spread(urgent, limit) + _spread(rest, max(limit - len(urgent), 0))


def _spread(items: list[_Item], limit: int) -> list[_Item]:
    few = min(limit, len(items))
    return [items[number * len(items) // few] for number in range(few)]


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans in order, those that overlap as one, those of nothing dropped."""
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif start < end:
            merged.append((start, end))
    return merged
