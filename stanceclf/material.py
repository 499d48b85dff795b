"""Material: what there is to train on and to test on, read from files and checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from os import PathLike

from stanceclf.classifier import StanceClassifier
from stanceclf.config import TrainConfig
from stanceclf.cross_validation import Split, split_articles
from stanceclf.dataset import LABEL_COLUMNS, SENTENCE_COLUMNS, Columns, read_dataset
from stanceclf.errors import StanceclfError
from stanceclf.gold import read_gold
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.normalization import Normalizer
from stanceclf.rule_file import load_voter
from stanceclf.training import TrainingSet, gather
from stanceclf.votes import Voter
from stanceclf.weak_labels import LabelModelName


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to train on and to test on.

    Attributes
    ----------
    weak : columns
        All sentences, with weak labels where they have one.
    texts : list of str
        Their text in normal form.
    gold : columns or None
        Gold sentences, if there are some.
    voter : Voter
        The topic's rules.
    """

    weak: Columns
    texts: list[str]
    gold: Columns | None
    voter: Voter

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
        articles, texts = list(self.weak["article"]), list(self.texts)
        if self.gold is not None:
            articles += self.gold["article"]
            texts += [self.voter.read.normalize(text) for text in self.gold["text"]]
        labelled = [article for article in training.articles if article is not None]
        return split_articles(articles, texts, labelled, folds)

    def tested(self) -> dict[str, Columns]:
        """Return the sentences to predict, by what kind of label they have."""
        kept = [i for i, label in enumerate(self.weak["weak_label"]) if label is not None]
        rows = {name: [column[i] for i in kept] for name, column in self.weak.items()}
        tested = {"weak": rows | {"label": rows["weak_label"]}}
        if self.gold is not None:
            tested["gold"] = self.gold
        return tested


def read_material(
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    gold: str | PathLike[str] | None = None,
) -> Material:
    """Read weak labels, rules and gold labels.

    Parameters
    ----------
    labels : path-like
        The dataset that the stage ``label`` wrote.
    topic : path-like
        The topic's folder.
    gold : path-like, optional
        Gold labels.

    Raises
    ------
    StanceclfError
        A file cannot be read, a stance has no weak label, or gold sentences are among those to
        train on under another article's name.
    """
    normalize = Normalizer.from_opencc()
    voter = load_voter(topic, normalize)
    weak = read_dataset(labels, SENTENCE_COLUMNS | LABEL_COLUMNS, "label", nullable=LABEL_COLUMNS)
    counts = Counter(weak["weak_label"])
    for stance in READING_ORDER:
        if not counts[stance]:
            raise StanceclfError(
                f"no sentence is weakly labelled `{stance}`; write rules that find some",
                path=labels,
            )
    for i, label in enumerate(weak["weak_label"]):
        if label is not None and any(weak[f"p_{stance}"][i] is None for stance in STANCES):
            raise StanceclfError(
                "a weak label has no probability; `stanceclf label` makes such a file", path=labels
            )
    texts = [normalize(text) for text in weak["text"]]
    known = None if gold is None else _gold_rows(gold, texts, weak["article"], normalize)
    return Material(weak, texts, known if known and known["text"] else None, voter)


def _gold_rows(
    path: str | PathLike[str], texts: list[str], articles: list[str], normalize: Normalizer
) -> Columns:
    """Return gold sentences as columns; refuse what was trained on under another name.

    `texts` and `articles` are the sentences that may be trained on, in normal form.
    """
    gold = read_gold(path)
    trained = dict(zip(texts, articles, strict=True))
    unknown = {sentence.article for sentence in gold} - set(articles)
    for article in sorted(unknown):
        own = [normalize(sentence.text) for sentence in gold if sentence.article == article]
        same = [text for text in own if text in trained]
        if 2 * len(same) > len(own):
            raise StanceclfError(
                f"`{article}` seems to be `{trained[same[0]]}` of the training sentences, so it "
                "would not be held out; give both one name",
                path=path,
            )
    return {name: [getattr(s, name) for s in gold] for name in (*SENTENCE_COLUMNS, "label")}


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
