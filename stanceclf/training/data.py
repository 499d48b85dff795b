"""The data to train and test on, read from files and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from os import PathLike

import numpy as np

from stanceclf.articles import Normalizer, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold import GoldSentence, in_reading_order, read_gold
from stanceclf.io import LABEL_COLUMNS, SENTENCE_COLUMNS, Columns, stream_dataset
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.rules import LabelModelName, Voter, label_indices, load_voter
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import TrainConfig
from stanceclf.training.copies import Copies, hashes
from stanceclf.training.cross_validation import Split, split_articles
from stanceclf.training.examples import Example, read_examples
from stanceclf.training.overlap import Overlap
from stanceclf.training.samples import TrainingSet, draw, examples_of, gather


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The data to train and test on.

    Attributes
    ----------
    weak : columns
        Sentences with their weak labels, or null: all of them, or a sample, with ``scale``.
    gold : columns or None
        Gold sentences, if any.
    voter : Voter
        The topic's rules.
    counts : mapping of (str or None) to int
        Number of all sentences with each weak label.
    articles : set of str
        The articles of all sentences.
    copies : mapping of str to str
        The first copy of each article, those of gold sentences included.
    examples : sequence of Example
        The examples of the rules, and those written for the topic.
    quoted : mapping of str to set of str
        By text of an example, the articles with a sentence that it overlaps.
    """

    weak: Columns
    gold: Columns | None
    voter: Voter
    counts: Mapping[str | None, int]
    articles: AbstractSet[str]
    copies: Mapping[str, str]
    examples: Sequence[Example]
    quoted: Mapping[str, AbstractSet[str]]

    @property
    def written(self) -> int:
        """Number of examples written for the topic."""
        return sum(example.line > 0 for example in self.examples)

    def training_set(self, config: TrainConfig) -> TrainingSet:
        """Return the sentences to learn from."""
        return gather(
            self.weak,
            self.gold,
            self.examples if config.examples else (),
            source=config.labels,
            share=config.weak if self.written and config.examples else 1.0,
            abstained=config.abstained,
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
    *,
    text_column: str | None = None,
) -> TrainingData:
    """Read weak labels, rules, examples and gold labels.

    Parameters
    ----------
    labels : path-like
        The dataset written by the stage ``label``.
    topic : path-like
        The topic's folder.
    gold : path-like or columns, optional
        Gold labels; columns are not checked.
    sentences : int, optional
        Maximum number of sentences to learn from; by default all.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        A file cannot be read, a stance has no weak label, or gold sentences are also training
        sentences, under another article's name.
    """
    normalize = Normalizer.from_opencc()
    voter = load_voter(topic, normalize)
    if gold is None or isinstance(gold, dict):
        known, file = gold, None
    else:
        known, file = _columns(read_gold(gold, text_column=text_column)), gold
    written = read_examples(topic, voter.topic, normalize)
    examples = [*examples_of(voter.rules), *written]
    seen = _Seen(examples, normalize, known["text"] if known and file else ())
    for columns in stream_labels(labels):
        seen.add(columns)
    for stance in READING_ORDER:
        if not seen.counts[stance]:
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that vote `{stance}`",
                path=labels,
            )
    articles = seen.copies.articles()
    if known and file:
        _check_names(known, seen, file)
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
        examples,
        seen.overlap.articles,
    )


def stream_labels(labels: str | PathLike[str]) -> Iterator[Columns]:
    """Yield the dataset written by the stage ``label`` in batches.

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
                    "a weak label has no probability; use a file written by `stanceclf label`",
                    path=labels,
                )
        yield columns


def read_whole(labels: str | PathLike[str], gold: Columns) -> list[Sentence]:
    """Return all sentences of the articles with gold sentences, in reading order.

    Articles that are not in the dataset of weak labels have their gold sentences alone.
    """
    own = [Sentence(*row) for row in _sentences(gold)]
    articles = set(gold["article"])
    cut = (
        Sentence(*row)
        for columns in stream_labels(labels)
        for row in _sentences(columns)
        if row[0] in articles
    )
    return in_reading_order(cut, own)


def _sentences(columns: Columns) -> Iterator[tuple[str, int, int, str]]:
    return zip(*(columns[name] for name in SENTENCE_COLUMNS), strict=True)


def stream_tested(labels: str | PathLike[str]) -> Iterator[Columns]:
    """Yield the sentences of such a dataset that have a weak label, in batches, as ``label``."""
    for columns in stream_labels(labels):
        kept = [i for i, label in enumerate(columns["weak_label"]) if label is not None]
        rows = {name: [columns[name][i] for i in kept] for name in SENTENCE_COLUMNS}
        yield rows | {"label": [columns["weak_label"][i] for i in kept]}


class _Seen:
    """What must be known of all sentences, of which only a sample is kept."""

    def __init__(
        self, examples: Sequence[Example], normalize: Normalizer, gold: Sequence[str]
    ) -> None:
        self._normalize = normalize
        self.counts: Counter[str | None] = Counter()
        self.copies = Copies()
        self.overlap = Overlap([example.text for example in examples], normalize)
        self.labels = [np.zeros(0, np.int8)]
        self.ranks = [np.zeros(0, np.uint64)]
        # The gold sentences in normal form, and the articles in which these are trained on.
        self.gold = [normalize(text) for text in gold]
        self.trained: dict[str, str] = {}
        self._wanted = set(self.gold)

    def add(self, columns: Columns) -> None:
        """Add a batch of sentences."""
        labels, articles = columns["weak_label"], columns["article"]
        self.counts.update(labels)
        self.labels.append(label_indices(labels))
        places = zip(articles, columns["start"], strict=True)
        self.ranks.append(hashes(f"{article}\0{start}" for article, start in places))
        texts = self.compare(articles, columns["text"])
        pairs = zip(texts, articles, strict=True)
        self.trained |= {text: article for text, article in pairs if text in self._wanted}

    def compare(self, articles: Sequence[str], sentences: Sequence[str]) -> list[str]:
        """Compare sentences with other articles and with examples; return them in normal form."""
        texts = [self._normalize(text) for text in sentences]
        self.copies.add(articles, texts)
        self.overlap.add(articles, texts)
        return texts


def _columns(gold: Sequence[GoldSentence]) -> Columns:
    return {name: [getattr(one, name) for one in gold] for name in (*SENTENCE_COLUMNS, "label")}


def _check_names(gold: Columns, seen: _Seen, path: str | PathLike[str]) -> None:
    """Refuse a gold article that is trained on under another name."""
    texts_of: dict[str, list[str]] = {}
    for article, text in zip(gold["article"], seen.gold, strict=True):
        texts_of.setdefault(article, []).append(text)
    for article in sorted(texts_of.keys() - seen.copies.articles()):
        same = [text for text in texts_of[article] if text in seen.trained]
        if 2 * len(same) > len(texts_of[article]):
            raise StanceclfError(
                f"`{article}` seems to be the training article `{seen.trained[same[0]]}`, so it "
                "would not be held out; give both the same name",
                path=path,
            )


def _drawn(labels: str | PathLike[str], seen: _Seen, most: int | None) -> Columns:
    """Return the sentences to learn from, or a sample of them."""
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


def make_classifier(
    config: TrainConfig, voter: Voter, label_model: LabelModelName
) -> StanceClassifier:
    """Return a classifier with these settings, not yet fitted."""
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
        silence=config.silence,
        half_weight=config.half_weight,
        temperature=config.temperature,
    )
