"""Explanations: what the decision on a sentence is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stanceclf.model import StanceModel, rule_evidence

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the log-odds of each class are made of; they are the sum of all this.

    Attributes
    ----------
    ngrams : list of str
        The n-grams of the sentence that the model knows, as it keeps them.
    contributions : float array of shape (n_ngrams, n_classes)
        What each adds.
    intercept : float array of shape (n_classes,)
        What each class starts from.
    rules : float array of shape (n_classes,)
        What the rules' votes add.
    """

    ngrams: list[str]
    contributions: _Floats
    intercept: _Floats
    rules: _Floats


def explain(model: StanceModel, sentence: str) -> Explanation:
    """Take apart what a model decides of a sentence.

    Parameters
    ----------
    model : StanceModel
        The model.
    sentence : str
        The sentence.

    Examples
    --------
    >>> from stanceclf.ngrams import NgramAnalyzer
    >>> from stanceclf.normalization import Normalizer
    >>> model = StanceModel(
    ...     classes=["against", "favor"],
    ...     analyzer=NgramAnalyzer(("chars",), (1, 1)),
    ...     normalizer=Normalizer("", ""),
    ...     vocabulary=["宜", "贵"],
    ...     idf=np.ones(2),
    ...     coef=np.array([[-1.0, 1.0], [1.0, -1.0]]),
    ...     intercept=np.array([0.5, 0.0]),
    ... )
    >>> explanation = explain(model, "便宜")
    >>> explanation.ngrams, explanation.contributions.tolist()
    (['宜'], [[-1.0, 1.0]])
    """
    (readings,) = model.voter.read.read([sentence])
    _, columns, weights = model.weigh(readings)
    rules = rule_evidence(model.voter, model.label_model, readings, model.classes_.tolist())
    return Explanation(
        ngrams=[model.vocabulary[column] for column in columns],
        contributions=(model.coef[:, columns] * weights).T,
        intercept=model.intercept,
        rules=model.rule_weight * rules[0],
    )
