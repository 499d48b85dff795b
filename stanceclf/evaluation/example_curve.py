"""The learning curve of written examples: what more of them add to the model's score.

The examples are never scored on. What is scored on are sentences with labels by hand; each is
predicted by a model that has seen neither its article nor an example that comes close to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from os import PathLike
from typing import Any

import numpy as np

from stanceclf.errors import StanceclfError
from stanceclf.evaluation.metrics import Estimate, compare
from stanceclf.evaluation.resampling import why_no_interval
from stanceclf.evaluation.unseen import unseen_gold, unseen_others
from stanceclf.gold import Labelled
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.rules import LabelModelName, label_indices
from stanceclf.training import (
    EvaluateConfig,
    Example,
    TrainConfig,
    make_classifier,
    read_training_data,
)

_FIRST = 500
# From 500 to 1,000, to 2,000, to 5,000, to 10,000.
_GROWTH = (2.0, 2.0, 2.5)


@dataclass(frozen=True, slots=True)
class ExamplePoint:
    """A point of the learning curve.

    Attributes
    ----------
    examples : int
        Number of written examples that the model learns from.
    f_avg, macro_f1 : Estimate
        Its scores.
    gain : Estimate
        Its F_avg minus that of the model that learns from none.
    """

    examples: int
    f_avg: Estimate
    macro_f1: Estimate
    gain: Estimate

    def figures(self) -> dict[str, Any]:
        """Return the point as JSON."""
        figures = {"examples": self.examples} | self.f_avg.figures("f_avg")
        return figures | self.macro_f1.figures("macro_f1") | self.gain.figures("gain")

    def row(self) -> dict[str, float | None]:
        """Return the point as a row of a table, with the bounds of intervals in columns.

        Examples
        --------
        >>> one = Estimate(0.5, 0.4, 0.6)
        >>> [*ExamplePoint(500, one, one, one).row()][:4]  # 例句数，F_avg 和它的区间
        ['examples', 'f_avg', 'f_avg_low', 'f_avg_high']
        """
        found: dict[str, float | None] = {"examples": self.examples}
        for name in ("f_avg", "macro_f1", "gain"):
            own: Estimate = getattr(self, name)
            found |= {name: own.value, f"{name}_low": own.low, f"{name}_high": own.high}
        return found


@dataclass(frozen=True, slots=True)
class ExampleCurve:
    """The learning curve of written examples.

    Attributes
    ----------
    gold : dict of str to int
        The number of sentences with each label that it is scored on.
    articles : int
        The number of articles that these are from.
    confidence : float
        The confidence level of the intervals.
    no_interval : str or None
        Why there cannot be an interval, or None.
    points : list of ExamplePoint
        The points, that without examples first.
    """

    gold: dict[Stance, int]
    articles: int
    confidence: float
    no_interval: str | None
    points: list[ExamplePoint]

    def figures(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        counts = {"sentences": sum(self.gold.values()), "articles": self.articles}
        return {
            "gold": counts | self.gold,
            "intervals": {"confidence": self.confidence, "none_because": self.no_interval},
            "curve": [point.figures() for point in self.points],
        }


def example_curve(
    labels: str | PathLike[str],
    topic: str | PathLike[str],
    train: TrainConfig,
    evaluate: EvaluateConfig,
    label_model: LabelModelName = "weighted",
    *,
    gold: str | PathLike[str] | None = None,
    on: Labelled | None = None,
    track: Callable[[Sequence[int]], Iterable[int]] = iter,
    text_column: str | None = None,
) -> ExampleCurve:
    """Score models that learn from more and more of a topic's written examples.

    The weak labels stay, and so do the examples in rules. The examples are drawn at random, as many
    of each label as there are in all, and each draw has all of the one before. Where articles are
    given whole, sentences are predicted in view of those around them.

    Parameters
    ----------
    labels : path-like
        The dataset written by the stage ``label``.
    topic : path-like
        The topic's folder.
    train, evaluate, label_model : TrainConfig, EvaluateConfig, str
        The settings of the stages: those of the classifier and the seed of the drawing, those of
        the intervals, and how votes are combined.
    gold : path-like, optional
        The project's gold labels. Without `on`, they are what is scored on.
    on : Labelled, optional
        Other labelled sentences to score on. One that is in an article that the model learns from
        is held out with this article.
    track : callable, optional
        Passes on the sizes, one by one, for example to show progress.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        A file cannot be read, there are no written examples or no labels to score on, or the
        settings cannot be trained.
    """
    data = read_training_data(labels, topic, gold, train.sentences, text_column=text_column)
    written = [example for example in data.examples if example.line]
    if why := _why_none(written, train):
        raise StanceclfError(f"no curve, since {why}", path=topic)
    if on is not None:
        test = unseen_others(data, train, on)
    elif data.gold is not None:
        test = unseen_gold(data, train, labels, data.gold)
    else:
        what = "no gold labels to score on; label some with `stanceclf annotate`"
        raise StanceclfError(what, path=gold)
    classifier = make_classifier(train, data.voter, label_model)
    in_rules = [example for example in data.examples if not example.line]
    order = nested_order(written, train.seed)
    points: list[ExamplePoint] = []
    without: list[str] = []
    for size in track(curve_sizes(len(written))):
        drawn = [written[number] for number in sorted(order[:size])]
        own = dataclasses.replace(data, examples=[*in_rules, *drawn])
        predicted = test.predict(classifier, own.training_set(train), train.context)
        without = without or predicted
        compared = compare(
            test.labels,
            {"without": without, "model": predicted},
            "model",
            test.articles,
            resamples=evaluate.resamples,
            confidence=evaluate.confidence,
            seed=evaluate.seed,
        )
        scores, gain = compared.scores["model"], compared.differences["without"].f_avg
        points.append(ExamplePoint(size, scores.f_avg, scores.macro_f1, gain))
    return ExampleCurve(
        gold={stance: test.labels.count(stance) for stance in READING_ORDER},
        articles=len(set(test.articles)),
        confidence=evaluate.confidence,
        no_interval=why_no_interval(test.labels, test.articles),
        points=points,
    )


def curve_sizes(examples: int) -> list[int]:
    """Return how many examples to learn from: none, 500, 1,000, 2,000, 5,000 and so on, and all.

    Examples
    --------
    >>> curve_sizes(12_000), curve_sizes(200)
    ([0, 500, 1000, 2000, 5000, 10000, 12000], [0, 200])
    """
    sizes, size = [0], _FIRST
    for factor in cycle(_GROWTH):
        if size >= examples:
            break
        sizes.append(size)
        size = int(size * factor)
    return [*sizes, examples]


def nested_order(examples: Sequence[Example], seed: int) -> list[int]:
    """Return the indices of examples in an order whose beginnings have all labels in proportion.

    Examples
    --------
    >>> labels = ["favor", "favor", "none", "favor", "none", "favor"]
    >>> order = nested_order([Example("开源便宜", label) for label in labels], 0)
    >>> [labels[number] for number in order]
    ['favor', 'none', 'favor', 'favor', 'none', 'favor']
    """
    generator = np.random.default_rng(seed)
    labels = label_indices(example.label for example in examples)
    places = np.zeros(len(examples))
    for label in range(len(STANCES)):
        rows = generator.permutation(np.flatnonzero(labels == label))
        places[rows] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
    order: list[int] = np.lexsort((labels, places)).tolist()
    return order


def _why_none(written: Sequence[Example], train: TrainConfig) -> str | None:
    """Return why the model does not learn from written examples, None if it does."""
    if not written:
        return "there are no written examples"
    if not train.examples:
        return "`train.examples` is false, so that examples are not learned from"
    if train.labels == "gold":
        return "`train.labels` is `gold`, so that examples are not learned from"
    return None
