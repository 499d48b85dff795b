"""TrainingData: what there is to train on and to test on, read from files and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from os import PathLike

import numpy as np

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.gold import read_gold
from stanceclf.io import LABEL_COLUMNS, SENTENCE_COLUMNS, Columns, stream_dataset
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.rules import LabelModelName, Voter, load_voter
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import TrainConfig
from stanceclf.training.copies import Copies, hashes
from stanceclf.training.cross_validation import Split, split_articles
from stanceclf.training.overlap import Overlap
from stanceclf.training.samples import TrainingSet, examples_of, gather
from stanceclf.training.sampling import draw


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What there is to train on and to test on.

    Attributes
    ----------
    weak : columns
        Sentences with their weak labels where they have one: all there are, or so many as may be
        learnt from, with how much each counts as ``scale``.
    gold : columns or None
        Gold sentences, if there are some.
    voter : Voter
        The topic's rules.
    counts : mapping of (str or None) to int
        How many of all sentences have each weak label.
    articles : set of str
        The articles that all sentences are of.
    copies : mapping of str to str
        For each article, those of gold sentences too, the first of its copies.
    quoted : mapping of str to set of str
        The articles that share a sentence with an example out of rules, by the example's text.
    """

    weak: Columns
    gold: Columns | None
    voter: Voter
    counts: Mapping[str | None, int]
    articles: AbstractSet[str]
    copies: Mapping[str, str]
    quoted: Mapping[str, AbstractSet[str]]

    def training(self, config: TrainConfig) -> TrainingSet:
        """Return the sentences to learn from."""
        return gather(
            self.weak,
            self.gold,
            self.voter.rules,
            source=config.labels,
            abstained=config.abstained,
            examples=config.examples,
        )

    def split(self, training: TrainingSet, folds: int) -> Split:
        """Return the articles in folds."""
        labelled = [article for article in training.articles if article is not None]
        return split_articles(self.copies, labelled, folds, self.quoted)


def read_training_data(
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    gold: str | PathLike[str] | Columns | None = None,
    sentences: int | None = None,
) -> TrainingData:
    """Read weak labels, rules and gold labels.

    Parameters
    ----------
    labels : path-like
        The dataset that the stage ``label`` wrote.
    topic : path-like
        The topic's folder.
    gold : path-like or columns, optional
        Gold labels; as columns they are taken as they are.
    sentences : int, optional
        How many sentences to learn from at most; by default all.

    Raises
    ------
    StanceclfError
        A file cannot be read, a stance has no weak label, or gold sentences are among those to
        train on under another article's name.
    """
    normalize = Normalizer.from_opencc()
    voter = load_voter(topic, normalize)
    given = None if isinstance(gold, dict) or gold is None else _Gold(gold, normalize)
    known = gold if isinstance(gold, dict) else given.columns if given else None
    seen = _Seen(voter, normalize)
    for columns in stream_labels(labels):
        texts = seen.add(columns)
        if given:
            given.compare(columns["article"], texts)
    for stance in READING_ORDER:
        if not seen.counts[stance]:
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that find some",
                path=labels,
            )
    articles = seen.copies.articles()
    if given:
        given.check(articles)
    if known and not known["text"]:
        known = None
    if known:
        seen.compare(known["article"], known["text"])
    return TrainingData(
        _drawn(labels, seen, sentences),
        known,
        voter,
        seen.counts,
        articles,
        seen.copies.find(),
        seen.overlap.articles,
    )


def stream_labels(labels: str | PathLike[str]) -> Iterator[Columns]:
    """Yield sentences with their weak labels, some at a time.

    Parameters
    ----------
    labels : path-like
        The dataset that the stage ``label`` wrote.

    Raises
    ------
    StanceclfError
        The file cannot be read, or a weak label has no probability.
    """
    types = SENTENCE_COLUMNS | LABEL_COLUMNS
    for columns in stream_dataset(labels, types, "label", nullable=LABEL_COLUMNS):
        for i, label in enumerate(columns["weak_label"]):
            if label is not None and any(columns[f"p_{stance}"][i] is None for stance in STANCES):
                raise StanceclfError(
                    "a weak label has no probability; `stanceclf label` makes such a file",
                    path=labels,
                )
        yield columns


def stream_tested(labels: str | PathLike[str]) -> Iterator[Columns]:
    """Yield the sentences that have a weak label, some at a time, with it as ``label``.

    Parameters
    ----------
    labels : path-like
        The dataset that the stage ``label`` wrote.

    Raises
    ------
    StanceclfError
        As `stream_labels`.
    """
    for columns in stream_labels(labels):
        kept = [i for i, label in enumerate(columns["weak_label"]) if label is not None]
        rows = {name: [columns[name][i] for i in kept] for name in SENTENCE_COLUMNS}
        yield rows | {"label": [columns["weak_label"][i] for i in kept]}


class _Seen:
    """What is to be known of all sentences, of which few are kept."""

    def __init__(self, voter: Voter, normalize: Normalizer) -> None:
        self._normalize = normalize
        self.counts: Counter[str | None] = Counter()
        self.copies = Copies()
        self.overlap = Overlap([text for _, text in examples_of(voter.rules)], normalize)
        self.labels = [np.zeros(0, np.int8)]
        self.ranks = [np.zeros(0, np.uint64)]

    def add(self, columns: Columns) -> list[str]:
        """Take more sentences, and return their texts in normal form."""
        labels, articles = columns["weak_label"], columns["article"]
        self.counts.update(labels)
        indices = [-1 if label is None else STANCES.index(label) for label in labels]
        self.labels.append(np.array(indices, np.int8))
        places = zip(articles, columns["start"], strict=True)
        self.ranks.append(hashes(f"{article}\0{start}" for article, start in places))
        return self.compare(articles, columns["text"])

    def compare(self, articles: Sequence[str], sentences: Sequence[str]) -> list[str]:
        """Take note of what sentences share with others and with examples."""
        texts = [self._normalize(text) for text in sentences]
        self.copies.add(articles, texts)
        self.overlap.add(articles, texts)
        return texts


def _drawn(labels: str | PathLike[str], seen: _Seen, most: int | None) -> Columns:
    """Return the sentences that may be learnt from."""
    rows, scale = draw(np.concatenate(seen.labels), np.concatenate(seen.ranks), most)
    drawn: Columns = {name: [] for name in SENTENCE_COLUMNS | LABEL_COLUMNS}
    first = 0
    for columns in stream_labels(labels):
        last = first + len(columns["text"])
        own = rows[np.searchsorted(rows, first) : np.searchsorted(rows, last)] - first
        for name, column in drawn.items():
            column += [columns[name][i] for i in own]
        first = last
    return drawn | {"scale": scale.tolist()}


class _Gold:
    """Gold sentences, which must not have been trained on under another name."""

    def __init__(self, path: str | PathLike[str], normalize: Normalizer) -> None:
        self._path, gold = path, read_gold(path)
        names = (*SENTENCE_COLUMNS, "label")
        self.columns: Columns = {name: [getattr(s, name) for s in gold] for name in names}
        self._texts = [normalize(sentence.text) for sentence in gold]
        self._wanted = set(self._texts)
        self._trained: dict[str, str] = {}

    def compare(self, articles: Sequence[str], texts: Sequence[str]) -> None:
        """Take sentences that may be trained on, in normal form."""
        for text, article in zip(texts, articles, strict=True):
            if text in self._wanted:
                self._trained[text] = article

    def check(self, articles: AbstractSet[str]) -> None:
        """Refuse an article that is not among those to train on, but whose sentences are."""
        places = [*zip(self.columns["article"], self._texts, strict=True)]
        for article in sorted(set(self.columns["article"]) - articles):
            own = [text for name, text in places if name == article]
            same = [text for text in own if text in self._trained]
            if 2 * len(same) > len(own):
                raise StanceclfError(
                    f"`{article}` seems to be `{self._trained[same[0]]}` of the training "
                    "sentences, so it would not be held out; give both one name",
                    path=self._path,
                )


def make_classifier(
    config: TrainConfig, voter: Voter, label_model: LabelModelName
) -> StanceClassifier:
    """Return the classifier that the settings describe, not yet fitted."""
    return StanceClassifier(
        features=config.features,
        char_ngrams=config.char_ngrams,
        word_ngrams=config.word_ngrams,
        min_df=config.min_df,
        C=config.C,
        class_weight=config.class_weight,
        random_state=config.seed,
        topic=voter.topic,
        rules=voter.rules,
        label_model=label_model,
        rule_weight=config.rule_weight,
    )
