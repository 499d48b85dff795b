"""The usual stances: what a model expects of the sentences around one."""

from __future__ import annotations

from collections.abc import Mapping

from stanceclf.io import Columns
from stanceclf.model import Context
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.cross_validation import Split

# Sentences that the usual probabilities are averaged over, and decimals that all machines agree on.
_SAMPLE, _DECIMALS = 4_000, 4


def fit_contexts(
    models: Mapping[int, StanceClassifier], weak: Columns, split: Split, weight: float
) -> dict[int, Context | None]:
    """Return how much a stance depends on its neighbours, for each model.

    What is usual, each model says of the articles that it was trained on.

    Parameters
    ----------
    models : mapping of int to StanceClassifier
        The fitted models, by the fold that is held out; that of no article's fold is of all.
    weak : columns
        The sentences of all articles.
    split : Split
        The fold of each article.
    weight : float
        What a stance's log-odds gain if all sentences around one have it; 0 for no context.

    Examples
    --------
    >>> model = StanceClassifier().fit(["开源便宜", "开源落后"], ["favor", "against"])
    >>> weak = {"text": ["开源便宜", "开源落后"], "article": ["一", "二"]}
    >>> fit_contexts({2: model}, weak, Split({"一": 0, "二": 1}), 4.0)[2].usual
    (0.5, 0.5)
    """
    found: dict[int, Context | None] = {}
    for fold, model in models.items():
        own = split.articles(fold)
        pairs = zip(weak["article"], weak["text"], strict=True)
        texts = [text for article, text in pairs if article not in own]
        sample = texts[:: 1 + len(texts) // _SAMPLE]
        usual = model.predict_proba(sample).mean(axis=0) if weight and sample else ()
        shares = tuple(round(float(share), _DECIMALS) for share in usual)
        found[fold] = Context(weight, shares) if shares else None
    return found
