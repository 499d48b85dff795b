"""The model behind suggestions, trained without the sentences that no rule reaches."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stanceclf.errors import StanceclfError
from stanceclf.gold import Corpus
from stanceclf.io import SENTENCE_COLUMNS
from stanceclf.labels import STANCES
from stanceclf.model import stance_probabilities
from stanceclf.rules import LabelModelName, Voter, WeakLabels
from stanceclf.training import TrainConfig, examples_of, gather, make_classifier


def model_probabilities(
    voter: Voter,
    corpus: Corpus,
    weak: WeakLabels,
    config: TrainConfig,
    label_model: LabelModelName,
) -> npt.NDArray[np.float64]:
    """Train a model on the weakly labelled sentences and let it predict all of them.

    Returns
    -------
    float array of shape (n_sentences, 3)
        The probability of each of `STANCES`.

    Raises
    ------
    StanceclfError
        The settings cannot be trained, or a stance has no weak label.
    """
    columns = {name: [getattr(one, name) for one in corpus.sentences] for name in SENTENCE_COLUMNS}
    columns["weak_label"] = weak.stances()
    for column, stance in enumerate(STANCES):
        shares = weak.probability[:, column]
        columns[f"p_{stance}"] = [None if np.isnan(p) else float(p) for p in shares]
    training = gather(columns, None, examples_of(voter.rules) if config.examples else ())
    classifier = make_classifier(config, voter, label_model)
    try:
        classifier.fit(training.texts, training.labels, training.weights)
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    return stance_probabilities(classifier, corpus.texts)
