"""Predictions: the stance of every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from stanceclf.articles import MAX_SENTENCE, Article, Sentence
from stanceclf.labels import READING_ORDER
from stanceclf.model import StanceModel
from stanceclf.rules import Match
from stanceclf.speakers import Attribution, Voice, attribute_sentences

#: So many sentences are read together: short articles share a call, and long ones are not waited
#: for.
BATCH = 4096


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
    speaker : str or None
        Who says it, None where the article itself does or nobody can tell.
    voice : str
        How: ``author``, ``turn``, ``quote`` or ``report``; see `stanceclf.speakers.Attribution`.
    votes : dict of str to str, or None
        Where rules alone were asked, the label of each one that voted; else None.
    matches : list of Match, or None
        Where rules alone were asked, what they found; the offsets are the article's.
    """

    article: str
    start: int
    end: int
    text: str
    stance: str | None
    probabilities: dict[str, float] | None
    speaker: str | None = None
    voice: Voice = "author"
    votes: dict[str, str] | None = None
    matches: list[Match] | None = None


def predict_articles(
    model: StanceModel, articles: Iterable[Article], longest: int = MAX_SENTENCE
) -> Iterator[Prediction]:
    """Yield the sentences of articles with their stances, in reading order.

    Parameters
    ----------
    model : StanceModel
        What tells the stance.
    articles : iterable of Article
        What to read; their boilerplate is left out.
    longest : int
        A sentence of more characters is cut in parts, of 10,000 by default.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> [row.stance for row in predict_articles(model, [Article("一.txt", "开源！下雨。")])]
    ['favor', 'none']
    """
    names = [str(name) for name in model.classes_]
    order = sorted(names, key=lambda name: (*READING_ORDER, name).index(name))
    for batch in batches(attribute_sentences(articles, model.normalizer, longest=longest)):
        probabilities = model.predict_proba([sentence.text for sentence, _ in batch])
        for (sentence, said), row in zip(batch, probabilities, strict=True):
            shares = {name: round(float(row[names.index(name)]), 6) for name in order}
            yield Prediction(
                sentence.article,
                sentence.start,
                sentence.end,
                sentence.text,
                names[int(row.argmax())],
                shares,
                said.speaker,
                said.voice,
            )


def batches(
    sentences: Iterable[tuple[Sentence, Attribution]],
) -> Iterator[list[tuple[Sentence, Attribution]]]:
    """Yield sentences, so many at a time as are read together.

    Examples
    --------
    >>> said = Sentence("一.txt", 0, 2, "很好"), Attribution(None, "author")
    >>> [len(batch) for batch in batches([said] * (BATCH + 1))]
    [4096, 1]
    """
    rest = iter(sentences)
    while batch := list(islice(rest, BATCH)):
        yield batch
