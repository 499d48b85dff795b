from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)

from stanceclf.evaluation.metrics import Confusion, compare, f_avg
from stanceclf.labels import READING_ORDER, STANCES


def numbered(sentences: list[str]) -> list[str]:
    """Return an article of its own for each sentence."""
    return [f"{number}.txt" for number in range(len(sentences))]


PAIRS = st.lists(st.tuples(*[st.sampled_from(STANCES)] * 3), min_size=1, max_size=40)


@given(PAIRS)
def test_figures_equal_those_of_scikit_learn(rows: list[tuple[str, str, str]]) -> None:
    gold, rules, model = (list(column) for column in zip(*rows, strict=True))
    sides = f1_score(gold, rules, labels=["favor", "against"], average="macro", zero_division=0)
    assert f_avg(gold, rules) == pytest.approx(sides)
    every = f1_score(gold, rules, labels=STANCES, average="macro", zero_division=0)
    confusion = Confusion()
    confusion.add(gold, rules)
    assert confusion.macro_f1() == pytest.approx(every)
    systems = {"rules": rules, "model": model}
    scores = compare(gold, systems, "model", numbered(gold), resamples=100).scores["model"]
    assert scores.accuracy.value == pytest.approx(accuracy_score(gold, model), abs=1e-4)
    matrix = confusion_matrix(gold, model, labels=READING_ORDER).tolist()
    assert [list(row.values()) for row in scores.confusion.values()] == matrix
    table = precision_recall_fscore_support(gold, model, labels=READING_ORDER, zero_division=0)
    for index, stance in enumerate(READING_ORDER):
        own = scores.stances[stance]
        figures = [own.precision.value, own.recall.value, own.f1.value]
        assert figures == pytest.approx([table[k][index] for k in range(3)], abs=1e-4)


def test_intervals_equal_those_of_resampling_sentences() -> None:
    rng = np.random.default_rng(7)
    gold = rng.choice(STANCES, 300, p=[0.1, 0.2, 0.7])
    rules = np.where(rng.random(300) < 0.7, gold, rng.choice(STANCES, 300))
    model = np.where(rng.random(300) < 0.8, gold, rng.choice(STANCES, 300))
    labels, systems = gold.tolist(), {"rules": rules.tolist(), "model": model.tolist()}
    articles = numbered(labels)
    comparison = compare(labels, systems, "model", articles)
    draws = rng.integers(0, 300, (1500, 300))
    plain = [f_avg(gold[d].tolist(), model[d].tolist()) for d in draws]
    paired = [
        one - f_avg(gold[d].tolist(), rules[d].tolist())
        for one, d in zip(plain, draws, strict=True)
    ]
    for estimate, samples in (
        (comparison.scores["model"].f_avg, plain),
        (comparison.differences["rules"].f_avg, paired),
    ):
        low, high = np.quantile(samples, [0.025, 0.975])
        assert estimate.low == pytest.approx(low, abs=0.02)
        assert estimate.high == pytest.approx(high, abs=0.02)
    assert comparison == compare(labels, systems, "model", articles)


@given(st.lists(st.tuples(*[st.sampled_from(STANCES)] * 5), min_size=1, max_size=40))
def test_each_system_is_scored_independently(rows: list[tuple[str, ...]]) -> None:
    gold, *predicted = (list(column) for column in zip(*rows, strict=True))
    systems = dict(zip("甲乙丙丁", predicted, strict=True))
    found = compare(gold, systems, "丙", numbered(gold), resamples=100)
    assert {name: own.f_avg.value for name, own in found.scores.items()} == pytest.approx(
        {name: f_avg(gold, own) for name, own in systems.items()}, abs=1e-4
    )
    assert list(found.differences) == ["甲", "乙", "丁"]
    for name, difference in found.differences.items():
        exact = f_avg(gold, systems["丙"]) - f_avg(gold, systems[name])
        own = difference.f_avg
        assert own.value == pytest.approx(exact, abs=1e-4)
        if systems["丙"] == systems[name]:
            assert (own.low, own.high) in {(0, 0), (None, None)}
