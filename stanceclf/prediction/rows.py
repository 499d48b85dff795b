"""Predictions: the stance of every sentence of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from stanceclf.articles import MAX_SENTENCE, Article, Sentence
from stanceclf.io import batched
from stanceclf.labels import READING_ORDER
from stanceclf.model import REACH, StanceModel, probabilities
from stanceclf.rules import Match
from stanceclf.speakers import Attribution, Voice, attribute_sentences

#: Sentences per call of the model: short articles share a call, long ones do not delay their rows.
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
        The text between them.
    stance : str or None
        The stance; None if rules predicted it and abstain.
    probabilities : dict of str to float, or None
        The probability of each stance; None if no rule voted.
    speaker : str or None
        Who says it; None if the article itself does, or the speaker is unknown.
    voice : str
        ``author``, ``turn``, ``quote`` or ``report``; see `stanceclf.speakers.Attribution`.
    votes : dict of str to str, or None
        If rules predicted it, the label of each rule that voted; else None.
    matches : list of Match, or None
        If rules predicted it, what they found, with offsets into the article; else None.
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

    @property
    def certainty(self) -> float:
        """The probability of the stance; 0 if it is unknown."""
        return (self.probabilities or {}).get(self.stance or "none", 0.0)


def predict_articles(
    model: StanceModel, articles: Iterable[Article], longest: int = MAX_SENTENCE
) -> Iterator[Prediction]:
    """Predict the stance of every sentence of articles.

    Articles are read lazily, and their boilerplate is left out. The model takes into account what
    the sentences around each are, which `StanceModel.predict` cannot know.

    Parameters
    ----------
    model : StanceModel
        The model.
    articles : iterable of Article
        The articles, for example from `read_articles`.
    longest : int, default 10000
        Maximum length of a sentence in characters; longer ones are cut.

    Yields
    ------
    Prediction
        One per sentence, in reading order.

    Raises
    ------
    TypeError
        `articles` contains something other than articles.

    Examples
    --------
    >>> from stanceclf import Article, StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> [row.stance for row in predict_articles(model, [Article("一.txt", "开源！下雨。")])]
    ['favor', 'none']
    """
    names = [str(name) for name in model.classes_]
    order = sorted(range(len(names)), key=lambda i: (*READING_ORDER, names[i]).index(names[i]))
    said_by = attribute_sentences(_checked(articles), model.normalizer, longest=longest)
    for batch, decisions in _in_context(model, said_by):
        shares = probabilities(decisions)
        best = shares.argmax(axis=1).tolist()
        for (sentence, said), stance, row in zip(batch, best, shares.tolist(), strict=True):
            rounded = {names[i]: round(row[i], 6) for i in order}
            yield Prediction(
                sentence.article,
                sentence.start,
                sentence.end,
                sentence.text,
                names[stance],
                rounded,
                said.speaker,
                said.voice,
            )


def _checked(articles: Iterable[Article]) -> Iterator[Article]:
    """Yield articles; raise TypeError for what is none, which would fail somewhere inside."""
    known = "articles, as `read_articles` returns them"
    if isinstance(articles, Article | str) or not isinstance(articles, Iterable):
        raise TypeError(f"expected a list of {known}, got {type(articles).__name__}")
    for article in articles:
        if not isinstance(article, Article):
            fix = "of a text, make one with `Article(name, text)`"
            raise TypeError(f"expected {known}, got {type(article).__name__}; {fix}")
        yield article


def _in_context(
    model: StanceModel, said_by: Iterable[tuple[Sentence, Attribution]]
) -> Iterator[tuple[list[tuple[Sentence, Attribution]], npt.NDArray[np.float64]]]:
    """Yield batches of sentences and their log-odds in view of their neighbours.

    A sentence waits until its neighbours are known, and stays until they have seen it.
    """
    kept: list[tuple[Sentence, Attribution]] = []
    decisions = model.decision_function([])
    done = 0
    for batch in chain(batched(said_by, BATCH), [[]]):
        kept += batch
        own = model.decision_function([sentence.text for sentence, _ in batch])
        decisions = np.concatenate([decisions, own])
        ready = len(kept) - (REACH if batch and model.context else 0)
        if ready > done:
            names = [sentence.article for sentence, _ in kept]
            found = model.decide_in_context(decisions, names)
            yield kept[done:ready], found[done:ready]
            first = max(0, ready - REACH)
            kept, decisions, done = kept[first:], decisions[first:], ready - first
