"""Intervals are those of drawing whole articles, whose sentences err together."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st

from stanceclf.evaluation.metrics import Estimate, compare, f_avg
from stanceclf.evaluation.resampling import resample, why_no_interval
from stanceclf.labels import STANCES

ROWS = st.lists(
    st.tuples(st.sampled_from("甲乙丙丁"), *[st.sampled_from(STANCES)] * 2), min_size=1, max_size=30
)


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_an_interval_is_that_of_every_possible_draw() -> None:
    # Three articles with 2 of 2, 1 of 2 and 0 of 2 right: 27 equally probable draws.
    gold = ["favor", "none", "favor", "none", "favor", "none"]
    model = ["favor", "none", "favor", "favor", "none", "favor"]
    articles = ["一", "一", "二", "二", "三", "三"]
    shares = sorted(sum(draw) / 3 for draw in product([1.0, 0.5, 0.0], repeat=3))
    for confidence in (0.9, 0.6, 0.2):
        (own,) = compare(
            gold, {"model": model}, "model", articles, confidence=confidence
        ).scores.values()
        # The quantiles of 27 draws are steps, and none of these levels is at the edge of one.
        low, high = (shares[int((1 + side * confidence) / 2 * len(shares))] for side in (-1, 1))
        assert (own.accuracy.low, own.accuracy.high) == pytest.approx((low, high), abs=1e-4)
    assert own.accuracy.value == 0.5


def test_a_difference_is_paired() -> None:
    # On every article the model is right once more often: no draw changes that.
    gold = ["favor"] * 2 + ["against"] * 2 + ["none"] * 2
    rules = ["favor", "none", "none", "none", "none", "favor"]
    model = ["favor", "favor", "against", "none", "none", "none"]
    systems = {"rules": rules, "model": model}
    found = compare(gold, systems, "model", ["一", "一", "二", "二", "三", "三"])
    own = found.differences["rules"].accuracy
    assert (own.value, own.low, own.high) == (0.5, 0.5, 0.5)
    assert width(found.scores["model"].accuracy) > 0


def test_an_interval_widens_when_the_sentences_of_an_article_err_together() -> None:
    rng = np.random.default_rng(5)
    gold = rng.choice(STANCES, 400).tolist()
    articles = [f"{number // 20}" for number in range(400)]
    bad = rng.random(20) < 0.4
    together = [
        "none" if bad[number // 20] and label != "none" else label
        for number, label in enumerate(gold)
    ]
    apart = ["none" if rng.random() < 0.4 and label != "none" else label for label in gold]
    wide, narrow = (
        width(compare(gold, {"model": own}, "model", articles).scores["model"].f_avg)
        for own in (together, apart)
    )
    assert wide > 2 * narrow
    # One by one, sentences that err together look like any others.
    alone = [str(number) for number in range(400)]
    sentences = compare(gold, {"model": together}, "model", alone).scores["model"].f_avg
    assert wide > 2 * width(sentences)


def test_intervals_equal_those_of_drawing_articles_one_by_one() -> None:
    rng = np.random.default_rng(8)
    sizes = rng.integers(5, 30, 25)
    articles = np.repeat([f"{n}.txt" for n in range(25)], sizes)
    gold = rng.choice(STANCES, len(articles), p=[0.2, 0.3, 0.5])
    good = np.repeat(rng.random(25), sizes)
    model = np.where(rng.random(len(articles)) < good, gold, rng.choice(STANCES, len(articles)))
    found = compare(gold.tolist(), {"model": model.tolist()}, "model", articles.tolist())
    rows_of = [np.flatnonzero(articles == f"{n}.txt") for n in range(25)]
    drawn = []
    for _ in range(1500):
        rows = np.concatenate([rows_of[n] for n in rng.integers(0, 25, 25)])
        drawn.append(f_avg(gold[rows].tolist(), model[rows].tolist()))
    low, high = np.quantile(drawn, [0.025, 0.975])
    own = found.scores["model"].f_avg
    assert own.low == pytest.approx(low, abs=0.02)
    assert own.high == pytest.approx(high, abs=0.02)


@given(ROWS, st.randoms(use_true_random=False))
def test_neither_names_nor_order_matter(rows: list[tuple[str, str, str]], order: object) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    shown = []
    for own, name in ((rows, "{}"), (shuffled, "第{}篇")):
        articles, gold, model = (list(column) for column in zip(*own, strict=True))
        articles = [name.format(one) for one in articles]
        shown.append(compare(gold, {"model": model}, "model", articles, resamples=100))
    assert shown[0] == shown[1]


@given(ROWS)
def test_every_draw_has_as_many_articles(rows: list[tuple[str, str, str]]) -> None:
    articles, gold, model = (list(column) for column in zip(*rows, strict=True))
    of = [np.array([STANCES.index(one) for one in own]) for own in (gold, model)]
    drawn = resample(of[0], of[1][None], articles, 50, 1)[0].sum(axis=(1, 2))
    sizes = [articles.count(name) for name in set(articles)]
    assert drawn[0] == len(rows)
    assert (drawn >= len(sizes) * min(sizes)).all()
    assert (drawn <= len(sizes) * max(sizes)).all()


@pytest.mark.parametrize(
    ("gold", "articles", "why"),
    [
        (["favor", "none"], ["一", "一"], "all sentences are from one article"),
        (["none", "none"], ["一", "二"], "all sentences are labelled none"),
        (["favor"], ["一"], "all sentences are from one article"),
        (["favor", "none"], ["一", "二"], None),
    ],
)
def test_what_is_too_uniform_has_no_interval(
    gold: list[str], articles: list[str], why: str | None
) -> None:
    assert why_no_interval(gold, articles) == why
    systems = {"rules": ["none"] * len(gold), "model": gold}
    found = compare(gold, systems, "model", articles, resamples=100)
    for own in (found.scores["model"].f_avg, found.differences["rules"].accuracy):
        assert (own.low is None) == (own.high is None) == (why is not None)
    figures = found.scores["model"].figures()
    assert (figures["f_avg_interval"] is None) == (why is not None)


def test_ten_thousand_resamples_take_well_under_a_second() -> None:
    rng = np.random.default_rng(0)
    gold, model = (rng.integers(0, 3, 5000) for _ in range(2))
    articles = [str(number // 100) for number in range(5000)]
    begin = time.process_time()
    resample(gold, model[None], articles, 10_000, 0)
    assert time.process_time() - begin < 1
