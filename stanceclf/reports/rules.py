"""The rule page: what each rule finds, where it errs, and what no rule reaches, as one HTML file.

Articles are not trusted: the page gets them as JSON that cannot end its element, and shows them as
text nodes. It loads nothing, and its bytes depend on its inputs alone.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Sentence
from stanceclf.authoring import RuleRow, judged_table, most_in_need
from stanceclf.gold import Corpus
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.reports.escaping import script_json
from stanceclf.reports.rules_samples import Samples
from stanceclf.rules import (
    DistinctVotes,
    Hit,
    LabelModel,
    LabelModelName,
    Rule,
    Voter,
    find_hits,
    label_indices,
)

# What the page shows at most; `Samples` limits the sentences.
MOST_FINDS = 30  # different words that a rule finds
MOST_CHARACTERS = 500  # of a sentence
# Sentences read at once.
_AT_ONCE = 1 << 14

_Span = tuple[int, int]
_Labels = npt.NDArray[np.int8]

_TEMPLATE = Path(__file__).parent / "templates" / "rules.html"


def rule_page(voter: Voter, corpus: Corpus, label_model: LabelModelName) -> str:
    """Return the page of the rules' votes on a corpus, as HTML.

    Parameters
    ----------
    voter : Voter
        The rules.
    corpus : Corpus
        What they vote on.
    label_model : {"majority", "weighted", "dawid-skene"}
        How votes become weak labels.
    """
    votes = DistinctVotes.of([voter.vote_matrix(corpus.texts)], len(voter.rules))
    weak = LabelModel(label_model, voter.weights).fit(votes.rows, votes.counts)(votes.rows)
    gold = label_indices(corpus.gold_labels())
    page = RulePage(voter, votes, weak.label[votes.row_of], gold)
    for first in range(0, len(corpus.sentences), _AT_ONCE):
        some = corpus.sentences[first : first + _AT_ONCE]
        page.add(some, find_hits(voter, [sentence.text for sentence in some]))
    return page.html()


class RulePage:
    """The page, to which sentences are added some at a time.

    The votes decide which sentences it shows, before the first one is added: it keeps no others.

    Parameters
    ----------
    voter : Voter
        The rules.
    votes : DistinctVotes
        Their votes.
    weak, gold : int8 array of shape (n_sentences,)
        The weak and the gold label of each sentence: indices into `STANCES`, or `ABSTAIN` (-1).

    Raises
    ------
    ValueError
        There are not as many labels as sentences.

    Examples
    --------
    >>> from stanceclf.reading import Topic
    >>> rule = Rule(name="cheap", label="favor", any=("便宜",))
    >>> voter = Voter(Topic(name="开源大模型", target=("开源",)), [rule], str.lower)
    >>> votes = DistinctVotes.of([np.array([[1]], np.int8)], 1)
    >>> page = RulePage(voter, votes, np.array([1]), np.array([ABSTAIN]))
    >>> page.add([Sentence("一.txt", 0, 6, "开源更便宜。")], [Hit(0, 0, "favor", ((3, 5),))])
    >>> "开源更便宜。" in page.html()
    True
    """

    def __init__(self, voter: Voter, votes: DistinctVotes, weak: _Labels, gold: _Labels) -> None:
        if not len(votes) == len(weak) == len(gold):
            raise ValueError("every sentence must have a weak and a gold label, or ABSTAIN")
        self._voter, self._weak, self._gold = voter, weak, gold
        self._table = judged_table(voter.names, votes, gold)
        self._samples = Samples(votes, gold)
        self._votes = [self._samples.of_rule(rule) for rule in range(len(voter.rules))]
        self._pairs, self._unreached = self._samples.pairs(), self._samples.unreached()
        beside = {i + step for i in self._samples.shown for step in (-1, 0, 1)}
        self._shown = beside & set(range(len(votes)))
        self._covered = int(votes.counts[votes.voted().any(axis=1)].sum())
        self._finds: list[Counter[str]] = [Counter() for _ in voter.rules]
        self._articles: set[str] = set()
        self._rows: list[list[object]] = []
        self._seen = 0

    def add(self, sentences: Sequence[Sentence], hits: Iterable[Hit]) -> None:
        """Add the next sentences in reading order, and the votes on them.

        Hits give the index of their sentence among these; there is at most one per rule and
        sentence.
        """
        on: defaultdict[int, list[list[object]]] = defaultdict(list)
        for hit in sorted(hits, key=lambda hit: (hit.sentence, hit.rule)):
            text = sentences[hit.sentence].text
            self._finds[hit.rule].update(text[a:b].lower() for a, b in hit.spans)
            if self._seen + hit.sentence in self._shown:
                spans = _merged(hit.spans), _merged(hit.negators)
                on[hit.sentence].append([hit.rule, hit.label, *spans])
        for i, one in enumerate(sentences):
            self._articles.add(one.article)
            number = self._seen + i
            if number in self._shown:
                text, more = one.text[:MOST_CHARACTERS], max(len(one.text) - MOST_CHARACTERS, 0)
                labels = self._weak[number], self._gold[number]
                shown = (None if label == ABSTAIN else STANCES[label] for label in labels)
                self._rows.append([number, one.article, text, more, *shown, on[i]])
        self._seen += len(sentences)

    def html(self) -> str:
        """Return the page as an HTML document."""
        topic = self._voter.topic
        place = {row.rule: index for index, row in enumerate(self._table)}
        data = {
            "topic": topic.name,
            "labels": {s: topic.labels.get(s, s) for s in READING_ORDER},
            "counts": self._counts(),
            "rules": [
                _described(rule, row) | {"of": own["of"], "finds": _most(finds)} | own
                for rule, row, own, finds in zip(
                    self._voter.rules, self._table, self._votes, self._finds, strict=True
                )
            ],
            "order": [place[row.rule] for row in most_in_need(self._table)],
            "pairs": self._pairs,
            "unreached": self._unreached,
            "sentences": self._rows,
        }
        page = _TEMPLATE.read_text(encoding="utf-8")
        # The content security policy allows no script but the page's own.
        script = page.partition("<script>")[2].partition("</script>")[0]
        trusted = b64encode(sha256(script.encode()).digest()).decode()
        return page.replace("$TRUSTED", trusted, 1).replace("$DATA", script_json(data), 1)

    def _counts(self) -> dict[str, object]:
        """Return the numbers of sentences, articles and labels."""
        weak, gold = self._weak, self._gold
        judged = (weak != ABSTAIN) & (gold != ABSTAIN)
        return {
            "sentences": len(weak),
            "articles": len(self._articles),
            "covered": self._covered,
            "weak": {s: int((weak == STANCES.index(s)).sum()) for s in READING_ORDER},
            "gold": int((gold != ABSTAIN).sum()),
            "judged": int(judged.sum()),
            "agree": int((judged & (weak == gold)).sum()),
        }


def _most(finds: Counter[str]) -> dict[str, object]:
    """Return the words that a rule finds most often."""
    del finds[""]
    most = sorted(finds.items(), key=lambda find: (-find[1], find[0]))[:MOST_FINDS]
    return {"of": len(finds), "shown": most}


def _described(rule: Rule, row: RuleRow) -> dict[str, object]:
    """Return the keys of a rule that are not defaults, and its row of the table."""
    asks = rule.written()
    figures = asdict(row) | {"need": row.likely_wrong if row.votes else None}
    rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in figures.items()}
    return {"name": asks.pop("name"), "label": asks.pop("label"), "asks": asks, "row": rounded}


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans in order, overlapping ones merged, empty ones dropped."""
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif start < end:
            merged.append((start, end))
    return merged
