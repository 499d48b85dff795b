"""Predictions: the stance of every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stanceclf.articles import Article
from stanceclf.labels import READING_ORDER
from stanceclf.model import StanceModel
from stanceclf.sentences import cut_articles

# Rows come in lots of so many sentences, so that a long article's are not all waited for.
_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Prediction:
    """A sentence and its stance; the fields, in order, are the keys of a JSON row.

    Attributes
    ----------
    article : str
        The article's path as given, ``-`` for standard input.
    start, end : int
        Character offsets into the article's decoded text, end exclusive.
    text : str
        Exactly that slice.
    stance : str or None
        The stance; None where rules alone were asked and abstain.
    probabilities : dict of str to float, or None
        The probability of each stance, None where no rule voted.
    votes : dict of str to str, or None
        Where rules alone were asked, the label of each one that voted; else None.
    """

    article: str
    start: int
    end: int
    text: str
    stance: str | None
    probabilities: dict[str, float] | None
    votes: dict[str, str] | None = None


def predict_article(model: StanceModel, article: Article) -> Iterator[Prediction]:
    """Yield the sentences of an article with their stances, in reading order.

    Parameters
    ----------
    model : StanceModel
        What tells the stance.
    article : Article
        What to read; its boilerplate is left out.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> [row.stance for row in predict_article(model, Article("一.txt", "开源！下雨。"))]
    ['favor', 'none']
    """
    sentences = list(cut_articles([article], model.normalizer))
    names = [str(name) for name in model.classes_]
    order = sorted(names, key=lambda name: (*READING_ORDER, name).index(name))
    for first in range(0, len(sentences), _BATCH):
        batch = sentences[first : first + _BATCH]
        probabilities = model.predict_proba([sentence.text for sentence in batch])
        for sentence, row in zip(batch, probabilities, strict=True):
            shares = {name: round(float(row[names.index(name)]), 6) for name in order}
            yield Prediction(
                sentence.article,
                sentence.start,
                sentence.end,
                sentence.text,
                names[int(row.argmax())],
                shares,
            )
