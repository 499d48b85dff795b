"""Task A: five targets with labelled posts; the sum of four of the package's estimators.

Characters and words of one target's posts, characters of all posts whatever their target, and, at
a low weight, the examples for anything that every new project begins with. The shift away from
`NONE`, whose F1 does not count in F_avg, was chosen by cross-validation on the labelled posts.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from stanceclf.authoring.project import TOPIC, generic_examples, write_files
from stanceclf.evaluation.metrics import f_avg
from stanceclf.rules import load_voter
from stanceclf.training import StanceClassifier, TrainConfig, make_classifier

Posts = list[dict[str, str]]

_CHARS = StanceClassifier(features=("chars",), char_ngrams=(1, 3), C=4.0)
_WORDS = StanceClassifier(features=("words",), word_ngrams=(1, 1), C=4.0)
_ALL_TARGETS_WEIGHT, _GENERIC_WEIGHT = 0.5, 0.3
_NONE_SHIFT = 1.5
# How posts mention a target, if not by its name.
_MENTIONS = {
    "IphoneSE": ("iPhone SE", "iPhoneSE", "苹果SE"),
    "俄罗斯在叙利亚的反恐行动": ("俄罗斯", "俄军"),
    "开放二胎": ("二胎",),
    "春节放鞭炮": ("鞭炮", "放炮"),
    "深圳禁摩限电": ("禁摩限电", "禁摩", "限电"),
}
_FOLDS = 5
_SEEDS = (0, 1, 2)


def fit_and_predict(train: Posts, test: Posts) -> list[str]:
    """Return the stance of each post of the test set, in upper case."""
    shared = clone(_CHARS).fit(_texts(train), _stances(train))
    classes = shared.classes_.tolist()
    decisions = _ALL_TARGETS_WEIGHT * np.asarray(shared.decision_function(_texts(test)))
    for target in sorted({post["TARGET"] for post in test}):
        own = [post for post in train if post["TARGET"] == target]
        rows = [i for i, post in enumerate(test) if post["TARGET"] == target]
        for estimator in (_CHARS, _WORDS):
            fitted = clone(estimator).fit(_texts(own), _stances(own))
            assert fitted.classes_.tolist() == classes
            decisions[rows] += fitted.decision_function([test[i]["TEXT"] for i in rows])
        generic = _on_anything(target).decision_function([test[i]["TEXT"] for i in rows])
        # Both have their classes in alphabetical order.
        decisions[rows] += _GENERIC_WEIGHT * generic
    decisions[:, classes.index("NONE")] -= _NONE_SHIFT
    return [classes[best] for best in decisions.argmax(axis=1)]


@cache
def _on_anything(target: str) -> StanceClassifier:
    """Return the classifier of a new project, with its rules, before it has seen a post."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), _MENTIONS.get(target, (target,)), ())
        voter = load_voter(Path(folder, TOPIC))
    examples = generic_examples(voter.topic, voter.reader.normalize)
    config = TrainConfig(
        features=("chars", "signed chars"), min_df=2, rule_weight=2.0, half_weight=0.0
    )
    classifier = make_classifier(config, voter, "weighted")
    labels = [example.label for example in examples]
    return classifier.fit([example.text for example in examples], labels)


def cross_validate(posts: Posts) -> list[str]:
    """Return the lines of a report on cross-validation, repeated with different folds."""
    gold = np.array([stance.lower() for stance in _stances(posts)])
    strata = [post["TARGET"] + post["STANCE"] for post in posts]
    targets = np.array([post["TARGET"] for post in posts])
    scores: list[float] = []
    by_target: dict[str, list[float]] = {target: [] for target in sorted(set(targets.tolist()))}
    for seed in _SEEDS:
        predicted = np.empty(len(posts), dtype="<U7")
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        for train, test in folds.split(strata, strata):
            predicted[test] = [
                stance.lower()
                for stance in fit_and_predict(_rows(posts, train), _rows(posts, test))
            ]
        scores.append(f_avg(gold.tolist(), predicted.tolist()))
        for target, own in by_target.items():
            rows = targets == target
            own.append(f_avg(gold[rows].tolist(), predicted[rows].tolist()))
    lines = [
        f"task A, {_FOLDS}-fold cross-validation of {len(posts)} posts, mean of {len(_SEEDS)} "
        f"splits: F_avg {np.mean(scores):.4f} (from {min(scores):.4f} to {max(scores):.4f})"
    ]
    lines += [f"  {target}: {np.mean(own):.4f}" for target, own in by_target.items()]
    return lines


def _rows(posts: Posts, rows: npt.NDArray[np.intp]) -> Posts:
    return [posts[i] for i in rows.tolist()]


def _texts(posts: Posts) -> list[str]:
    return [post["TEXT"] for post in posts]


def _stances(posts: Posts) -> list[str]:
    return [post["STANCE"] for post in posts]
