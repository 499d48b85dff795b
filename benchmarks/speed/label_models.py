"""Label models, on synthetic votes whose true labels are known."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

import numpy as np
import numpy.typing as npt

from speed.bench import Bench
from speed.report import Table
from speed.timing import Spread, Timing, time_in_turn
from speed.ways import not_installed
from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules import LabelModel, LabelModelName

_Votes = npt.NDArray[np.int8]
_Labels = npt.NDArray[np.int8]

_SENTENCES, _RULES, _SEED = 100_000, 60, 0
_PRIOR = np.array([0.2, 0.3, 0.5])
_EPOCHS = 500
_SNORKEL = f"Snorkel LabelModel, {_EPOCHS} epochs"
_SNORKEL_TOLD, _SNORKEL_MAJORITY = f"{_SNORKEL}, told the balance", "Snorkel MajorityLabelVoter"


def make_votes(sentences: int, rules: int, seed: int) -> tuple[_Votes, _Labels]:
    """Return votes and the true labels.

    Each rule votes for one stance alone, on half a percent to some six percent of the sentences,
    and is right half the time to nearly always; given the truth, no rule depends on another.

    Parameters
    ----------
    sentences, rules : int
        How many.
    seed : int
        Of the random numbers.

    Examples
    --------
    >>> votes, truth = make_votes(1000, 6, seed=0)
    >>> votes.shape, len(truth), sorted(set(votes[:, 1].tolist()))
    ((1000, 6), 1000, [-1, 1])
    """
    random = np.random.default_rng(seed)
    truth = random.choice(len(STANCES), sentences, p=_PRIOR).astype(np.int8)
    votes = np.full((sentences, rules), ABSTAIN, np.int8)
    for rule in range(rules):
        stance = rule % len(STANCES)
        rate, accuracy = random.uniform(0.005, 0.06), random.uniform(0.5, 0.95)
        right = rate * accuracy / _PRIOR[stance]
        wrong = rate * (1 - accuracy) / (1 - _PRIOR[stance])
        fires = random.random(sentences) < np.where(truth == stance, right, wrong)
        votes[fires, rule] = stance
    return votes, truth


def measure_label_models(bench: Bench) -> Table:
    """Time label models, including learning, and measure their accuracy."""
    votes, truth = make_votes(_SENTENCES, _RULES, _SEED)
    covered = (votes != ABSTAIN).any(axis=1)
    table = Table(
        f"Label models: {_SENTENCES:,} x {_RULES} votes",
        [
            f"Synthetic: each rule votes for one stance only; {covered.mean():.1%} of the "
            "sentences have a vote. Time includes learning and labelling. Accuracy is over the "
            "sentences with a vote; a tie (undecided) counts as wrong. Snorkel's LabelModel "
            "assumes that all stances are equally frequent unless their balance is given; ours "
            "learns the balance.",
        ],
        ["model", "x Snorkel's counterpart", "seconds", "accuracy", "undecided"],
    )
    models = {
        "stanceclf Dawid-Skene": _ours("dawid-skene"),
        "stanceclf majority": _ours("majority"),
    }
    counterparts = {"stanceclf Dawid-Skene": _SNORKEL, "stanceclf majority": _SNORKEL_MAJORITY}
    if not (missing := not_installed("snorkel")):
        models |= {
            _SNORKEL: _snorkel(None),
            _SNORKEL_TOLD: _snorkel(_PRIOR.tolist()),
            _SNORKEL_MAJORITY: _snorkel_majority,
        }
    labels = {name: model(votes) for name, model in models.items()}
    ways = {name: _on(model, votes) for name, model in models.items()}
    seconds = time_in_turn(ways, min(bench.repeats, 3))
    timings = {name: Timing(taken, _SENTENCES) for name, taken in seconds.items()}
    for name, timing in timings.items():
        other = timings.get(counterparts.get(name, ""))
        ratio = None if other is None else timing.times_as_fast_as(other)
        accuracy = float((labels[name] == truth)[covered].mean())
        undecided = float((labels[name] == ABSTAIN)[covered].mean())
        table.add(
            [
                name,
                "" if ratio is None else str(ratio),
                str(Spread.of(timing.seconds)),
                f"{accuracy:.3f}",
                f"{undecided:.1%}",
            ],
            seconds=timing.seconds,
            times_as_fast=None if ratio is None else vars(ratio),
            accuracy=accuracy,
            undecided=undecided,
        )
    if missing:
        table.add_missing("Snorkel", missing)
    return table


def _on(model: Callable[[_Votes], _Labels], votes: _Votes) -> Callable[[], Callable[[], object]]:
    return lambda: lambda: model(votes)


def _ours(name: LabelModelName) -> Callable[[_Votes], _Labels]:
    return lambda votes: LabelModel(name).fit(votes)(votes).label


def _snorkel(balance: list[float] | None) -> Callable[[_Votes], _Labels]:
    def label(votes: _Votes) -> _Labels:
        models = import_module("snorkel.labeling.model")
        model = models.LabelModel(cardinality=len(STANCES), verbose=False)
        model.fit(votes, n_epochs=_EPOCHS, class_balance=balance, seed=_SEED, progress_bar=False)
        return cast(_Labels, model.predict(votes))

    return label


def _snorkel_majority(votes: _Votes) -> _Labels:
    models = import_module("snorkel.labeling.model")
    return cast(_Labels, models.MajorityLabelVoter(len(STANCES)).predict(votes))
