"""Candidates: the sentences that could be labelled by hand, the most useful first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.corpus import read_corpus
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.placed_rows import Place
from stanceclf.gold.selection import Order, select
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.model import load, stance_probabilities
from stanceclf.rules import LabelModel, LabelModelName, Voter, load_voter

#: A model's stance on sentences and its probability, by the sentences' places.
Hints = Mapping[Place, tuple[Stance, float]]

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of a corpus, and what rules and a model say about them.

    Attributes
    ----------
    sentences : list of Sentence
        In reading order.
    voter : Voter
        The rules.
    votes : int8 array of shape (n_sentences, n_rules)
        Their votes: indices into `STANCES`, or `ABSTAIN` (-1).
    weak : list of str or None
        The weak label of each sentence.
    probabilities : float array of shape (n_sentences, 3), or None
        The model's, in the order of `STANCES`; None without a model.
    """

    sentences: list[Sentence]
    voter: Voter
    votes: npt.NDArray[np.int8]
    weak: list[Stance | None]
    probabilities: npt.NDArray[np.float64] | None

    def ranked(self, order: Order, seed: int) -> list[int]:
        """Return the sentences' indices in the given order, see `select`."""
        return select(order, self.votes, self.weak, self.probabilities, seed)

    def hints(self) -> Hints:
        """Return the model's stance on each sentence and its probability; none without a model."""
        if self.probabilities is None:
            return {}
        best = self.probabilities.argmax(axis=1)
        sure = self.probabilities.max(axis=1)
        return {
            one.place: (STANCES[stance], round(float(p), 4))
            for one, stance, p in zip(self.sentences, best.tolist(), sure, strict=True)
        }


def read_candidates(
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    label_model: LabelModelName,
    *,
    drop_boilerplate: bool = True,
    model: str | PathLike[str] | None = None,
    text_column: str | None = None,
) -> Candidates:
    """Read articles, and apply the rules and a model to their sentences.

    Parameters
    ----------
    articles : path-like
        The folder of articles.
    topic : path-like
        The topic's folder.
    label_model : str
        How the rules' votes are combined into a weak label.
    drop_boilerplate : bool, default True
        Leave out the lines that a web page puts around an article.
    model : path-like, optional
        A model written by `stanceclf train`.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The articles, the topic or the model cannot be read, or the model has other stances.
    """
    normalizer = Normalizer.from_opencc()
    voter = load_voter(topic, normalizer)
    corpus = read_corpus(
        articles, normalizer, drop_boilerplate=drop_boilerplate, text_column=text_column
    )
    votes = voter.vote_matrix(corpus.texts)
    weak = LabelModel(label_model, voter.weights).fit(votes)(votes)
    probabilities = None if model is None else _probabilities(model, corpus.texts)
    return Candidates(corpus.sentences, voter, votes, weak.stances(), probabilities)


def _probabilities(path: str | PathLike[str], texts: list[str]) -> npt.NDArray[np.float64]:
    model = load(path)
    stances: list[str] = model.classes_.tolist()
    if not set(stances) <= set(STANCES):
        raise StanceclfError(
            f"the stances of this model are {', '.join(stances)}, not {', '.join(READING_ORDER)}; "
            "name another file",
            path=path,
        )
    return stance_probabilities(model, texts)


def unlabelled(
    sentences: Sequence[Sentence], ranking: Iterable[int], gold: Iterable[GoldSentence]
) -> list[int]:
    """Return a ranking of sentences less those already labelled, each distinct text once.

    Examples
    --------
    >>> three = [Sentence("一.txt", start, start + 2, text) for start, text in
    ...          [(0, "很好"), (2, "不好"), (4, "不好")]]
    >>> unlabelled(three, [2, 1, 0], [GoldSentence("一.txt", 0, 2, "很好", "favor")])
    [2]
    """
    seen = {one.text for one in gold}
    found = []
    for number in ranking:
        text = sentences[number].text
        # A text without Chinese, such as a link or a smiley, is not worth labelling.
        if text not in seen and _HAN.search(text):
            seen.add(text)
            found.append(number)
    return found


def sentences_to_export(
    what: Literal["unlabelled", "labelled", "all"],
    sentences: Sequence[Sentence],
    ranking: Sequence[int],
    gold: Sequence[GoldSentence],
) -> list[Sentence]:
    """Return the sentences to export, in the order of a ranking; labelled ones as `GoldSentence`.

    Parameters
    ----------
    what : {"unlabelled", "labelled", "all"}
        Which sentences to return.
    sentences : sequence of Sentence
        All sentences.
    ranking : sequence of int
        Their indices, in the order in which to label them.
    gold : sequence of GoldSentence
        The existing labels; those of sentences that other settings produced come last.

    Examples
    --------
    >>> two = [Sentence("一.txt", 0, 2, "很好"), Sentence("一.txt", 2, 4, "不好")]
    >>> gold = [GoldSentence("一.txt", 0, 2, "很好", "favor")]
    >>> [one.text for one in sentences_to_export("all", two, [1, 0], gold)]
    ['不好', '很好']
    """
    if what == "unlabelled":
        return [sentences[number] for number in unlabelled(sentences, ranking, gold)]
    labelled = {one.place: one for one in gold}
    ranked = {sentences[number].place: sentences[number] for number in ranking}
    kept = {place: one for place, one in ranked.items() if what == "all" or place in labelled}
    return list((kept | labelled).values())
