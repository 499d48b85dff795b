"""Baselines for the model, trained on the same weak labels or on the same votes.

Both are plain TF-IDF over characters, without rules, mentions or examples. They differ in the label
model that combines the rules' votes: that of the pipeline, or that of Snorkel (Ratner et al. 2017),
if the package `snorkel` is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from stanceclf.io import Columns
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import LabelModel, WeakLabels
from stanceclf.training import StanceClassifier, TrainConfig, TrainingSet, gather

#: The label model of the baseline: Snorkel's, or the one used in its place.
SnorkelName = Literal["snorkel", "dawid-skene"]

# As in Snorkel's own tutorial.
_EPOCHS = 500
# With fewer rules, Snorkel cannot estimate their accuracies.
_FEWEST_RULES = 3


def plain_classifier(config: TrainConfig) -> StanceClassifier:
    """Return plain TF-IDF, not yet fitted, with the settings that it shares with the model.

    Examples
    --------
    >>> texts = ["开源便宜", "开源落后", "今天下雨"]
    >>> plain = plain_classifier(TrainConfig()).fit(texts, ["favor", "against", "none"])
    >>> plain.predict(["便宜"]).tolist()
    ['favor']
    """
    return StanceClassifier(
        features=("chars",),
        char_ngrams=config.char_ngrams,
        min_df=config.min_df,
        C=config.C,
        # Best for it: without rules at prediction, it would hardly predict rare stances.
        class_weight="balanced",
        random_state=config.seed,
    )


def plain_training(weak: Columns) -> TrainingSet:
    """Return the sentences with a weak label, weighted by its probability."""
    return gather(weak, None)


def snorkel_training(
    weak: Columns, votes: npt.NDArray[np.int8], seed: int = 0
) -> tuple[TrainingSet, SnorkelName]:
    """Return the sentences with votes, labelled and weighted as by Snorkel's recipe.

    If the package `snorkel` is missing, or there are too few rules for it, the model of Dawid and
    Skene takes the place of its label model.

    Parameters
    ----------
    weak : columns
        Sentences; their weak labels are ignored.
    votes : int8 array of shape (n_sentences, n_rules)
        The votes on them.
    seed : int, default 0
        Seed of Snorkel's label model.

    Returns
    -------
    TrainingSet
        The sentences with their labels.
    str
        The label model used.

    Examples
    --------
    >>> weak = {"text": ["开源便宜", "今天下雨"], "article": ["一", "二"]}
    >>> training, _ = snorkel_training(weak, np.array([[1, 1], [-1, -1]], dtype=np.int8))
    >>> training.texts, training.labels
    (['开源便宜'], ['favor'])
    """
    labelled = _by_snorkel(votes, seed) if votes.shape[1] >= _FEWEST_RULES else None
    name: SnorkelName = "dawid-skene" if labelled is None else "snorkel"
    labelled = labelled or LabelModel("dawid-skene").fit(votes)(votes)
    training = TrainingSet()
    scale = weak.get("scale", [1.0] * len(votes))
    for i, label in enumerate(labelled.label):
        if label != ABSTAIN:
            weight = float(labelled.probability[i, label]) * scale[i]
            training.add(weak["text"][i], STANCES[label], weight, weak["article"][i])
    return training, name


def _by_snorkel(votes: npt.NDArray[np.int8], seed: int) -> WeakLabels | None:
    """Return the weak labels of Snorkel's label model, or None if it is not installed."""
    try:
        label_model: Any = import_module("snorkel.labeling.model").LabelModel
        torch: Any = import_module("torch")
    except ImportError:
        return None
    voted = (votes != ABSTAIN).any(axis=1)
    label = np.full(len(votes), ABSTAIN, dtype=np.int8)
    probability = np.full((len(votes), len(STANCES)), np.nan)
    threads = torch.get_num_threads()
    # For reproducible sums; and matrices this small are slower on more threads.
    torch.set_num_threads(1)
    try:
        model = label_model(cardinality=len(STANCES), verbose=False)
        own = votes[voted].astype(int)
        model.fit(own, n_epochs=_EPOCHS, seed=seed, progress_bar=False)
        label[voted], probability[voted] = model.predict(
            own, return_probs=True, tie_break_policy="abstain"
        )
    finally:
        torch.set_num_threads(threads)
    return WeakLabels(label, probability)
