"""What accepting suggested rules adds, on articles that they were not suggested from.

    python benchmarks/suggestions.py [--gold FILE] [--topic DIR] [--config FILE]

For each article, rules are suggested from the other articles and accepted unread, the best ones
first; then the rules with and without them vote on the article, and its gold labels decide.
Measured with many rules and with few, and with and without the gold labels of the other articles
to suggest from. Prints a table and writes it to ``results/suggestions.csv``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runs import parse_options, take_rules_away, write_rows

from stanceclf.authoring import suggest_rules
from stanceclf.evaluation.metrics import f_avg
from stanceclf.gold import Corpus, GoldSentence, read_corpus
from stanceclf.rules import LabelModel, LabelModelName, Rule, Voter, load_voter
from stanceclf.training import LabelConfig, TrainConfig, load_config

SHARES = (1.0, 0.5, 0.25)
DRAWS = 5
TOPS = (0, 20)


@dataclass
class Tally:
    """The weak labels of all held-out articles."""

    gold: list[str] = field(default_factory=list)
    said: list[str | None] = field(default_factory=list)
    #: Sentences that the suggested rules alone reach, and how many of those get the right label.
    gained: int = 0
    right: int = 0

    def cells(self) -> dict[str, str]:
        """Return coverage, the new sentences and F_avg."""
        reached = sum(stance is not None for stance in self.said) / len(self.said)
        score = f_avg(self.gold, [stance or "none" for stance in self.said])
        new = f"{self.right} / {self.gained}" if self.gained else ""
        return {"coverage": f"{reached:.3f}", "right of the new": new, "F_avg": f"{score:.3f}"}


def main() -> None:
    """Measure every combination."""
    given = parse_options(__doc__)
    write_rows(given.out / "suggestions.csv", rows(given))


def rows(given: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Yield one row per share of the rules, source and number of rules accepted."""
    for share in SHARES:
        for with_gold in (False, True):
            for top, tally in measure(given, share, with_gold).items():
                source = ("articles and their gold" if with_gold else "articles") if top else ""
                if top or not with_gold:
                    kept = {"rules kept": f"{share:.0%}", "suggested from": source}
                    yield kept | {"accepted": str(top)} | tally.cells()


def measure(given: argparse.Namespace, share: float, with_gold: bool) -> dict[int, Tally]:
    """Return the tally for each number of suggestions accepted, over all draws and articles."""
    tallies = {top: Tally() for top in TOPS}
    for seed in range(DRAWS if share < 1 else 1):
        with tempfile.TemporaryDirectory() as folder:
            voter = load_voter(take_rules_away(given.topic, Path(folder, "topic"), share, seed))
        for known, held_out in by_article(given, voter):
            train = load_config(given.config, "train", TrainConfig)
            model = load_config(given.config, "label", LabelConfig).model
            others = known if with_gold else Corpus(known.articles, known.sentences, [])
            found = [one.rule for one in suggest_rules(voter, others, train, model, max(TOPS))]
            texts = [one.text for one in held_out]
            alone = say(voter, [], known, texts, model)
            for top, tally in tallies.items():
                said = say(voter, found[:top], known, texts, model)
                gold = [one.label for one in held_out]
                new = [i for i, own in enumerate(alone) if own is None and said[i] is not None]
                tally.gold += gold
                tally.said += said
                tally.gained += len(new)
                tally.right += sum(said[i] == gold[i] for i in new)
    return tallies


def by_article(
    given: argparse.Namespace, voter: Voter
) -> Iterator[tuple[Corpus, list[GoldSentence]]]:
    """Yield the other articles and the gold sentences of the one held out, for each article."""
    corpus = read_corpus(given.gold.parent / "articles", voter.reader.normalize, gold=given.gold)
    for article in sorted({one.article for one in corpus.sentences}):
        rest = [one for one in corpus.sentences if one.article != article]
        gold = [one for one in corpus.gold if one.article != article]
        yield (
            Corpus(corpus.articles - 1, rest, gold),
            [one for one in corpus.gold if one.article == article],
        )


def say(
    voter: Voter, added: list[Rule], known: Corpus, texts: list[str], model: LabelModelName
) -> list[str | None]:
    """Return the weak labels of sentences, by the rules and those added."""
    own = Voter(voter.topic, [*voter.rules, *added], voter.reader.normalize)
    fitted = LabelModel(model, own.weights).fit(own.vote_matrix(known.texts))
    return list(fitted(own.vote_matrix(texts)).stances())


if __name__ == "__main__":
    main()
