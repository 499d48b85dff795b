"""Samples: the sentences to learn from, with their labels and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from stanceclf.errors import StanceclfError
from stanceclf.gold import Place
from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER, Stance
from stanceclf.rules import Rule
from stanceclf.training.examples import Example

LabelSource = Literal["weak", "gold", "both"]


@dataclass(slots=True)
class TrainingSet:
    """Sentences to learn from.

    Attributes
    ----------
    texts, labels : list of str
        The sentences and their labels.
    weights : list of float
        Their weights.
    articles : list of (str or None)
        The article of each; None for an example.
    """

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    articles: list[str | None] = field(default_factory=list)

    def add(self, text: str, label: str, weight: float, article: str | None = None) -> None:
        """Add a sentence, unless its weight is 0."""
        if weight > 0:
            self.texts.append(text)
            self.labels.append(label)
            self.weights.append(weight)
            self.articles.append(article)

    def only(self, rows: Sequence[int]) -> TrainingSet:
        """Return the sentences with these indices."""
        return TrainingSet(
            [self.texts[i] for i in rows],
            [self.labels[i] for i in rows],
            [self.weights[i] for i in rows],
            [self.articles[i] for i in rows],
        )


def gather(
    weak: Columns,
    gold: Columns | None,
    examples: Sequence[Example] = (),
    *,
    source: LabelSource = "weak",
    share: float = 1.0,
    abstained: float = 0.0,
) -> TrainingSet:
    """Return the sentences to learn from.

    The weight of a weak label is a share of its probability; gold labels and examples have weight
    1. Where a sentence has both labels, the gold label is used.

    Parameters
    ----------
    weak : columns
        Sentences with their weak labels, as written by the stage ``label``. If they are a sample,
        the column ``scale`` multiplies their weights.
    gold : columns or None
        Gold sentences, if any.
    examples : sequence of Example
        Examples to learn from, unless from gold labels alone.
    source : {"weak", "gold", "both"}, default "weak"
        Which labels to learn from.
    share : float, default 1.0
        The share of weak labels' probabilities that counts.
    abstained : float, default 0.0
        The same for a sentence on which no rule votes, as an example of ``none``.

    Raises
    ------
    StanceclfError
        Gold labels are required and missing, or a stance has no label.

    Examples
    --------
    >>> weak = {name: [] for name in ("text", "article", "start", "end", "weak_label", "p_favor")}
    >>> gold = {"text": ["一", "二"], "label": ["against", "none"], "article": ["甲"] * 2}
    >>> gold |= {"start": [0, 1], "end": [1, 2]}
    >>> gather(weak, gold, [Example("开源便宜", "favor")], source="both").labels
    ['against', 'none', 'favor']
    """
    found = TrainingSet()
    judged: set[Place] = set()
    if source != "weak":
        if gold is None:
            raise StanceclfError(
                f"`train.labels: {source}` needs gold labels; give a `--gold` file or set it "
                "to `weak`"
            )
        judged = set(zip(gold["article"], gold["start"], gold["end"], strict=True))
        for text, label, article in zip(gold["text"], gold["label"], gold["article"], strict=True):
            found.add(text, label, 1.0, article)
    if source != "gold":
        places = zip(weak["article"], weak["start"], weak["end"], strict=True)
        scale = weak.get("scale", [1.0] * len(weak["text"]))
        for i, place in enumerate(places):
            if place in judged:
                continue
            text, label = weak["text"][i], weak["weak_label"][i]
            if label is not None:
                found.add(text, label, share * weak[f"p_{label}"][i] * scale[i], place[0])
            elif weak["p_favor"][i] is None:
                found.add(text, "none", share * abstained * scale[i], place[0])
        for example in examples:
            found.add(example.text, example.label, 1.0)
    for stance in READING_ORDER:
        if stance not in found.labels:
            fix = f"write rules that vote `{stance}`" if source == "weak" else "label some"
            raise StanceclfError(f"no sentence is labelled `{stance}`; {fix}")
    return found


def examples_of(rules: Sequence[Rule]) -> list[Example]:
    """Return each distinct sentence that rules give as an example of what they vote on.

    One of two labels teaches nothing, and is left out.

    Examples
    --------
    >>> examples_of([Rule(name="便宜", label="favor", any=("便宜",), matches=("开源便宜",))])
    [Example(text='开源便宜', label='favor', about=None, line=0)]
    """
    labels: dict[str, set[Stance]] = {}
    for rule in rules:
        for text in rule.matches:
            labels.setdefault(text, set()).add(rule.label)
    return [Example(text, own.pop()) for text, own in labels.items() if len(own) == 1]


def draw(
    labels: npt.NDArray[np.int8], ranks: npt.NDArray[np.uint64], most: int | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Draw a sample of sentences, as many of each label if possible.

    Those with the lowest ranks are drawn. The scale of each makes up for the others of its label,
    so that the model still learns how common the labels are.

    Parameters
    ----------
    labels : int8 array of shape (n_sentences,)
        Their labels.
    ranks : array of shape (n_sentences,)
        Numbers independent of the labels, such as hashes.
    most : int or None
        Size of the sample; None for all.

    Returns
    -------
    rows : int array of shape (n_drawn,)
        The indices drawn, sorted.
    scale : float array of shape (n_drawn,)
        The scale of each; 1 on average, and exactly 1 if all are drawn.

    Examples
    --------
    >>> labels = np.array([1, 1, 1, 1, 0, 1], np.int8)
    >>> rows, scale = draw(labels, np.array([5, 3, 4, 1, 9, 2], np.uint64), 3)
    >>> rows.tolist(), scale.tolist()
    ([3, 4, 5], [1.25, 0.5, 1.25])
    """
    if most is None or len(labels) <= most:
        return np.arange(len(labels)), np.ones(len(labels))
    values, sizes = np.unique(labels, return_counts=True)
    parts, scale = [], np.zeros(len(labels))
    for value, size, share in zip(values, sizes, shares(sizes.tolist(), most), strict=True):
        rows = np.flatnonzero(labels == value)
        drawn = rows[np.argsort(ranks[rows], kind="stable")[:share]]
        scale[drawn] = (size / max(share, 1)) * (most / len(labels))
        parts.append(drawn)
    found = np.sort(np.concatenate(parts))
    return found, scale[found]


def shares(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many to draw from each group, as evenly as possible.

    Larger groups make up for those that are too small.

    Examples
    --------
    >>> shares([10, 100, 50], 60), shares([5, 5], 20)
    ([10, 25, 25], [5, 5])
    """
    found = [0] * len(sizes)
    left = most
    by_size = sorted(range(len(sizes)), key=lambda group: (sizes[group], group))
    for done, group in enumerate(by_size):
        found[group] = min(sizes[group], left // (len(sizes) - done))
        left -= found[group]
    return found
