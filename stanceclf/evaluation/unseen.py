"""Labelled sentences, and what models that have not seen their articles say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import Sentence, cut_articles
from stanceclf.errors import StanceclfError
from stanceclf.evaluation.held_out import HeldOut
from stanceclf.gold import Labelled, in_reading_order
from stanceclf.io import SENTENCE_COLUMNS, Columns
from stanceclf.labels import STANCES
from stanceclf.training import (
    Overlap,
    Split,
    StanceClassifier,
    TrainConfig,
    TrainingData,
    TrainingSet,
    fit_contexts,
    read_whole,
)

# Shorter sentences, such as 谢谢大家, may be in any article.
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Unseen:
    """Labelled sentences, to be predicted by models that have not seen their articles.

    Attributes
    ----------
    sentences : sequence of Sentence
        The labelled sentences.
    labels, articles : sequences of str
        Their labels, and the articles that they are from.
    weak : columns
        The sentences with weak labels.
    split : Split
        The folds of the articles that models are trained on.
    known : mapping of str to str
        By article, the one to hold out: one that is trained on under another name.
    whole : sequence of Sentence or None
        All sentences of the articles, in reading order; None if the articles are not known.
    """

    sentences: Sequence[Sentence]
    labels: Sequence[str]
    articles: Sequence[str]
    weak: Columns
    split: Split
    known: Mapping[str, str]
    whole: Sequence[Sentence] | None

    def predict(
        self, classifier: StanceClassifier, training: TrainingSet, context: float
    ) -> list[str]:
        """Return the stance of each sentence, if known in view of those around it.

        Parameters
        ----------
        classifier, training : StanceClassifier, TrainingSet
            The settings and the sentences to fit on.
        context : float
            What the sentences around one count, as in the settings.

        Raises
        ------
        StanceclfError
            The settings cannot be trained.
        """
        names = self.articles if self.whole is None else [one.article for one in self.whole]
        held_out = HeldOut(self.split, [self.known.get(name, name) for name in names])
        try:
            fitted = held_out.fit(classifier, training)
        except ValueError as error:
            raise StanceclfError(f"these settings cannot be trained: {error}") from None
        if self.whole is None:
            return held_out.predict(fitted, [one.text for one in self.sentences])
        contexts = fit_contexts(fitted, self.weak, self.split, context)
        models = {fold: one.freeze(context=contexts[fold]) for fold, one in fitted.items()}
        shares = held_out.probabilities_in_context(models, [one.text for one in self.whole])
        row_of = {one.place: row for row, one in enumerate(self.whole)}
        rows = [row_of[one.place] for one in self.sentences]
        return [STANCES[best] for best in shares[rows].argmax(axis=1)]


def unseen_gold(
    data: TrainingData, train: TrainConfig, labels: str | PathLike[str], gold: Columns
) -> Unseen:
    """Return the project's gold sentences; `labels` is the dataset of weak labels."""
    rows = zip(*(gold[name] for name in SENTENCE_COLUMNS), strict=True)
    return Unseen(
        [Sentence(*row) for row in rows],
        gold["label"],
        gold["article"],
        data.weak,
        data.split(data.training_set(train), train.folds),
        {},
        read_whole(labels, gold),
    )


def unseen_others(data: TrainingData, train: TrainConfig, on: Labelled) -> Unseen:
    """Return labelled sentences from elsewhere, and what is held out since it is like them."""
    normalize = data.voter.reader.normalize
    texts = [one.text for one in on.sentences]
    in_normal_form = [normalize(text).strip() for text in texts]
    known = _known_articles(data, in_normal_form, on.articles)
    overlap = Overlap([example.text for example in data.examples], normalize)
    overlap.add([known.get(name, name) for name in on.articles], in_normal_form)
    quoted = {
        text: {*data.quoted.get(text, ()), *overlap.articles.get(text, ())}
        for text in data.quoted.keys() | overlap.articles.keys()
    }
    split = data.split(data.training_set(train), train.folds)
    cut = cut_articles(on.whole, normalize)
    return Unseen(
        on.sentences,
        [one.label for one in on.sentences],
        on.articles,
        data.weak,
        Split(split.fold_of, quoted),
        known,
        in_reading_order(cut, on.sentences) if on.whole else None,
    )


def _known_articles(
    data: TrainingData, texts: Sequence[str], articles: Sequence[str]
) -> dict[str, str]:
    """Return the article to hold out for those that seem to be trained on.

    An article with another name is one that is trained on if they share sentences.
    """
    wanted = {text for text in texts if len(text) >= _SHORTEST}
    home: dict[str, str] = {}
    for text, article in zip(data.weak["text"], data.weak["article"], strict=True):
        own = data.voter.reader.normalize(text).strip()
        if own in wanted:
            home.setdefault(own, article)
    shared: dict[str, Counter[str]] = {}
    for text, article in zip(texts, articles, strict=True):
        if text in home and article not in data.articles:
            shared.setdefault(article, Counter())[home[text]] += 1
    return {article: own.most_common(1)[0][0] for article, own in shared.items()}
