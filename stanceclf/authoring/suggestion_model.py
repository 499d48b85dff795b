"""The model that suggestions rest on: it has learnt from none of the sentences that it calls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stanceclf.authoring.suggestions import Suggestion, suggest
from stanceclf.errors import StanceclfError
from stanceclf.gold import Corpus
from stanceclf.io import SENTENCE_COLUMNS
from stanceclf.labels import STANCES
from stanceclf.rules import LabelModel, LabelModelName, Voter, WeakLabels
from stanceclf.training import TrainConfig, gather, make_classifier, stance_probabilities


def suggest_rules(
    voter: Voter,
    corpus: Corpus,
    config: TrainConfig,
    label_model: LabelModelName = "weighted",
    most: int = 20,
) -> list[Suggestion]:
    """Return the rules most worth having, by a model trained for it.

    Parameters
    ----------
    voter : Voter
        The rules that there are.
    corpus : Corpus
        Sentences, with gold labels where there are some.
    config : TrainConfig
        The model's settings; sentences that no rule reaches are left out, whatever these say.
    label_model : str, default "weighted"
        How votes are summed up.
    most : int, default 20
        How many to return at most.

    Raises
    ------
    StanceclfError
        The settings cannot be trained, a stance has no weak label, or no clause is about the target
        or its rival.
    """
    votes = voter.vote_matrix(corpus.texts)
    weak = LabelModel(label_model, voter.weights).fit(votes)(votes)
    return suggest(voter, corpus, weak, _called(voter, corpus, weak, config, label_model), most)


def _called(
    voter: Voter,
    corpus: Corpus,
    weak: WeakLabels,
    config: TrainConfig,
    label_model: LabelModelName,
) -> npt.NDArray[np.float64]:
    """Return how probable each stance is of each sentence."""
    places = {name: [getattr(one, name) for one in corpus.sentences] for name in SENTENCE_COLUMNS}
    shares = {
        f"p_{stance}": [None if np.isnan(p) else float(p) for p in weak.probability[:, column]]
        for column, stance in enumerate(STANCES)
    }
    columns = places | {"weak_label": weak.stances()} | shares
    training = gather(columns, None, voter.rules, examples=config.examples)
    classifier = make_classifier(config, voter, label_model)
    try:
        classifier.fit(training.texts, training.labels, training.weights)
    except ValueError as error:
        raise StanceclfError(f"these settings cannot be trained: {error}") from None
    return stance_probabilities(classifier, corpus.texts)
