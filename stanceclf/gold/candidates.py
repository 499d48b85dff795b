"""Candidates: the sentences that there are to label by hand, the most useful first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.corpus import read_corpus
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.selection import Order, select
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.model import load
from stanceclf.rules import LabelModel, LabelModelName, Voter, load_voter

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of some articles, and what rules and a model say of them.

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
        """Return the sentences' numbers, as `select` orders them."""
        return select(order, self.votes, self.weak, self.probabilities, seed)


def read_candidates(
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    label_model: LabelModelName,
    *,
    drop_boilerplate: bool = True,
    model: str | PathLike[str] | None = None,
) -> Candidates:
    """Read articles, and let rules and a model say what they say of their sentences.

    Parameters
    ----------
    articles : path-like
        The folder of articles.
    topic : path-like
        The topic's folder.
    label_model : str
        Sums the rules' votes up as a weak label.
    drop_boilerplate : bool, default True
        Leave out the lines that a web page puts around an article.
    model : path-like, optional
        A model that `stanceclf train` wrote.

    Raises
    ------
    StanceclfError
        The articles, the topic or the model cannot be read, or the model has other stances.
    """
    normalizer = Normalizer.from_opencc()
    voter = load_voter(topic, normalizer)
    corpus = read_corpus(articles, normalizer, drop_boilerplate=drop_boilerplate)
    votes = voter.vote_matrix(corpus.texts)
    weak = LabelModel(label_model, voter.weights).fit(votes)(votes)
    asked = None if model is None else _probabilities(model, corpus.texts)
    return Candidates(corpus.sentences, voter, votes, weak.stances(), asked)


def _probabilities(path: str | PathLike[str], texts: list[str]) -> npt.NDArray[np.float64]:
    model = load(path)
    names: list[str] = model.classes_.tolist()
    if not set(names) <= set(STANCES):
        raise StanceclfError(
            f"this model tells {', '.join(names)} apart, not {', '.join(READING_ORDER)}; "
            "name another file",
            path=path,
        )
    told = model.predict_proba(texts)
    # A stance that the model never saw has no column.
    asked = np.zeros((len(texts), len(STANCES)))
    for column, stance in enumerate(STANCES):
        if stance in names:
            asked[:, column] = told[:, names.index(stance)]
    return asked


def unlabelled(
    sentences: Sequence[Sentence], ranking: Iterable[int], gold: Iterable[GoldSentence]
) -> list[int]:
    """Return the numbers of the sentences that are yet to be labelled, each text but once.

    Parameters
    ----------
    sentences : sequence of Sentence
        All sentences.
    ranking : iterable of int
        Their numbers, in the order to label them in.
    gold : iterable of GoldSentence
        The labels that there are.

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
        # What says nothing in Chinese, like a link or a smiley, is not worth a look.
        if text not in seen and _HAN.search(text):
            seen.add(sentences[number].text)
            found.append(number)
    return found


def in_context(
    sentences: Sequence[Sentence],
) -> dict[tuple[str, int, int], tuple[str, str]]:
    """Return what each sentence's article says before and after it, by its place.

    Examples
    --------
    >>> in_context([Sentence("一.txt", 0, 2, "很好"), Sentence("一.txt", 2, 4, "不好")])
    {('一.txt', 0, 2): ('', '不好'), ('一.txt', 2, 4): ('很好', '')}
    """
    around = [None, *sentences, None]
    return {
        one.place: (
            before.text if before and before.article == one.article else "",
            after.text if after and after.article == one.article else "",
        )
        for before, one, after in zip(around, sentences, around[2:], strict=False)
    }


def choose(
    what: Literal["unlabelled", "labelled", "all"],
    sentences: Sequence[Sentence],
    ranking: Sequence[int],
    gold: Sequence[GoldSentence],
) -> list[Sentence | GoldSentence]:
    """Return sentences to label elsewhere, in the order of a ranking; those with a label as gold.

    Parameters
    ----------
    what : {"unlabelled", "labelled", "all"}
        Which of them.
    sentences : sequence of Sentence
        All sentences.
    ranking : sequence of int
        Their numbers, in the order to label them in.
    gold : sequence of GoldSentence
        The labels that there are; those of other sentences, which other settings cut, come last.

    Examples
    --------
    >>> two = [Sentence("一.txt", 0, 2, "很好"), Sentence("一.txt", 2, 4, "不好")]
    >>> gold = [GoldSentence("一.txt", 0, 2, "很好", "favor")]
    >>> [one.text for one in choose("all", two, [1, 0], gold)]
    ['不好', '很好']
    """
    if what == "unlabelled":
        return [sentences[number] for number in unlabelled(sentences, ranking, gold)]
    labels = {one.place: one for one in gold}
    chosen: dict[tuple[str, int, int], Sentence | GoldSentence] = {}
    for number in ranking:
        one = sentences[number]
        if what == "all" or one.place in labels:
            chosen[one.place] = labels.get(one.place, one)
    return list((chosen | {k: v for k, v in labels.items() if k not in chosen}).values())
