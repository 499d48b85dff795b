from __future__ import annotations

import subprocess
import sys
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from stanceclf.labels import ABSTAIN, STANCES
from stanceclf.rules.weak_labels import LABEL_MODEL_NAMES, LabelModel, LabelModelName

Votes = npt.NDArray[np.int8]
VOTES = hnp.arrays(
    np.int8, st.tuples(st.integers(0, 8), st.integers(1, 6)), elements=st.integers(-1, 2)
)
AGAINST, FAVOR, NONE = range(3)
every_model = pytest.mark.parametrize("name", LABEL_MODEL_NAMES)


def matrix(*rows: list[int]) -> Votes:
    return np.array(rows, dtype=np.int8)


def labels(name: LabelModelName, votes: Votes) -> list[int]:
    label = LabelModel(name).fit(votes)(votes).label
    return [int(index) for index in label]


def cast(
    stances: npt.NDArray[np.int64],
    rules: list[tuple[int, float, float]],
    rng: np.random.Generator,
) -> Votes:
    """Return votes of rules that know a sentence's stance alone.

    A rule is its label, how often it votes on sentences of that stance, and on the others.
    """
    chances = [np.where(stances == label, own, others) for label, own, others in rules]
    columns = [
        np.where(rng.random(len(stances)) < chance, rule[0], ABSTAIN)
        for chance, rule in zip(chances, rules, strict=True)
    ]
    return np.stack(columns, axis=1).astype(np.int8)


@given(VOTES)
def test_the_majority_agrees_with_a_count(votes: Votes) -> None:
    weak = LabelModel("majority").fit(votes)(votes)
    for row, label, probability in zip(votes, weak.label, weak.probability, strict=True):
        counts = [list(row).count(index) for index in range(len(STANCES))]
        leaders = [index for index, count in enumerate(counts) if count == max(counts)]
        assert label == (leaders[0] if len(leaders) == 1 else ABSTAIN)
        if sum(counts):
            assert probability.tolist() == [c / sum(counts) for c in counts]
        else:
            assert np.isnan(probability).all()


def test_weights_decide() -> None:
    votes = matrix([FAVOR, FAVOR, AGAINST], [FAVOR, -1, NONE], [-1, -1, -1])
    weak = LabelModel("weighted", [1, 1, 6]).fit(votes)(votes)
    assert weak.stances() == ["against", "none", None]
    assert weak.probability[0].tolist() == [0.75, 0.25, 0]
    assert weak.probability[1].tolist() == pytest.approx([0, 1 / 7, 6 / 7])


@given(VOTES)
def test_equal_weights_are_the_majority(votes: Votes) -> None:
    majority = LabelModel("majority").fit(votes)(votes)
    for weights in (None, [2.5] * votes.shape[1]):
        weighted = LabelModel("weighted", weights).fit(votes)(votes)
        assert weighted.label.tolist() == majority.label.tolist()
        np.testing.assert_allclose(weighted.probability, majority.probability)


def test_rounding_does_not_break_a_tie_of_weights() -> None:
    votes = matrix([FAVOR, FAVOR, AGAINST], [AGAINST, AGAINST, FAVOR])
    assert LabelModel("weighted", [0.1, 0.2, 0.3]).fit(votes)(votes).label.tolist() == [-1, -1]
    assert LabelModel("weighted", [0.3, 0.3, 0.6 + 1e-6]).fit(votes)(votes).label.tolist() == [0, 1]


@every_model
def test_a_tie_abstains_in_any_order(name: LabelModelName) -> None:
    # Two rules that are each other's mirror image: nothing distinguishes them.
    votes = matrix([FAVOR, AGAINST], [FAVOR, -1], [-1, AGAINST], [-1, -1])
    for rows in (votes, votes[::-1]):
        for both in (rows, rows[:, ::-1]):
            weak = LabelModel(name).fit(both)(both)
            tied = (both != ABSTAIN).all(axis=1)
            assert weak.label[tied].tolist() == [ABSTAIN]
            against, favor, _ = weak.probability[tied][0]
            assert against == pytest.approx(favor)
            assert sorted(weak.label.tolist()) == [-1, -1, AGAINST, FAVOR]


@every_model
@settings(max_examples=40)
@given(VOTES)
def test_probabilities_add_up(name: LabelModelName, votes: Votes) -> None:
    model = LabelModel(name).fit(votes)
    weak = model(votes)
    voted = (votes != ABSTAIN).any(axis=1)
    assert weak.label.dtype == np.int8
    assert np.isnan(weak.probability[~voted]).all()
    assert (weak.label[~voted] == ABSTAIN).all()
    assert (weak.probability[voted] >= 0).all()
    np.testing.assert_allclose(weak.probability[voted].sum(axis=1), 1)
    assert np.isfinite(model.prior_).all()
    assert np.isfinite(model.evidence_).all()
    for label, probability in zip(weak.label, weak.probability, strict=True):
        assert label == ABSTAIN or probability[label] == probability.max()


@every_model
@settings(max_examples=40)
@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_sentences_does_not_matter(
    name: LabelModelName, votes: Votes, random: Random
) -> None:
    order = np.array(random.sample(range(len(votes)), len(votes)), dtype=np.intp)
    one, other = LabelModel(name).fit(votes), LabelModel(name).fit(votes[order])
    assert one.prior_.tobytes() == other.prior_.tobytes()
    assert one.evidence_.tobytes() == other.evidence_.tobytes()
    assert one(votes).label[order].tolist() == other(votes[order]).label.tolist()
    assert one(votes).probability[order].tobytes() == other(votes[order]).probability.tobytes()


@every_model
@settings(max_examples=40)
@given(VOTES)
def test_the_order_of_rules_does_not_matter(name: LabelModelName, votes: Votes) -> None:
    one, other = (LabelModel(name).fit(both)(both) for both in (votes, votes[:, ::-1]))
    assert one.label.tolist() == other.label.tolist()
    np.testing.assert_allclose(one.probability, other.probability, atol=1e-4)


@every_model
@settings(max_examples=40)
@given(VOTES, VOTES)
def test_a_model_consists_of_its_arrays(name: LabelModelName, votes: Votes, more: Votes) -> None:
    fitted = LabelModel(name, np.arange(1.0, 1 + votes.shape[1]).tolist()).fit(votes)
    again = LabelModel.from_arrays(name, fitted.prior_, fitted.evidence_)
    unseen = np.resize(more, (len(more), votes.shape[1]))
    assert again(unseen).label.tolist() == fitted(unseen).label.tolist()
    assert again(unseen).probability.tobytes() == fitted(unseen).probability.tobytes()


@every_model
@settings(max_examples=40)
@given(VOTES)
def test_scores_are_sums_of_evidence(name: LabelModelName, votes: Votes) -> None:
    model = LabelModel(name).fit(votes)
    weak = model(votes)
    for row, label, probability in zip(votes, weak.label, weak.probability, strict=True):
        score = model.prior_ + sum(model.evidence_[rule, vote + 1] for rule, vote in enumerate(row))
        share = np.exp(score - score.max()) if name == "dawid-skene" else score
        if (row != ABSTAIN).any():
            np.testing.assert_allclose(probability, share / share.sum(), atol=1e-9)
        if label != ABSTAIN:
            assert score[label] == score.max()


@given(VOTES)
def test_dawid_skene_learns_distributions(votes: Votes) -> None:
    model = LabelModel("dawid-skene").fit(votes)
    assert np.exp(model.prior_).sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(np.exp(model.evidence_).sum(axis=1), 1, atol=1e-5)


@every_model
def test_one_sentence_is_enough(name: LabelModelName) -> None:
    assert labels(name, matrix([FAVOR, -1])) == [FAVOR]
    assert labels(name, matrix([-1, NONE, NONE, AGAINST])) == [NONE]


@every_model
def test_a_rule_that_never_votes_does_no_harm(name: LabelModelName) -> None:
    rng = np.random.default_rng(1)
    stances = rng.choice(3, 300, p=[0.1, 0.2, 0.7])
    votes = cast(stances, [(AGAINST, 0.6, 0.02), (FAVOR, 0.5, 0.02), (NONE, 0.5, 0.1)], rng)
    silent = np.full((300, 40), ABSTAIN, dtype=np.int8)
    without = LabelModel(name).fit(votes)(votes)
    model = LabelModel(name).fit(np.hstack([silent, votes]))
    weak = model(np.hstack([silent, votes]))
    assert weak.label.tolist() == without.label.tolist()
    np.testing.assert_allclose(weak.probability, without.probability, atol=1e-5)
    # Should it vote one day, it has the prior accuracy.
    first = np.full((1, 43), ABSTAIN, dtype=np.int8)
    first[0, 0] = FAVOR
    assert model(first).label.tolist() == [FAVOR]
    assert model(first).probability[0, FAVOR] > 0.5


def test_dawid_skene_finds_what_the_votes_were_drawn_from() -> None:
    rng = np.random.default_rng(4)
    drawn = [0.15, 0.25, 0.6]
    stances = rng.choice(3, 6000, p=drawn)
    rules = [(label, own, 0.04) for label in (AGAINST, FAVOR, NONE) for own in (0.3, 0.5, 0.7)]
    votes = cast(stances, rules, rng)
    model = LabelModel("dawid-skene").fit(votes)
    np.testing.assert_allclose(np.exp(model.prior_), drawn, atol=0.03)
    for evidence, (label, own, others) in zip(np.exp(model.evidence_), rules, strict=True):
        rates = np.where(np.arange(3) == label, own, others)
        np.testing.assert_allclose(evidence[1 + label], rates, atol=0.05)
        np.testing.assert_allclose(evidence[0], 1 - rates, atol=0.05)
    # It is as sure as it is right.
    weak = model(votes)
    on = weak.label != ABSTAIN
    right = np.mean(weak.label[on] == stances[on])
    assert weak.probability[on].max(axis=1).mean() == pytest.approx(right, abs=0.02)


@pytest.mark.parametrize("covered", [600, 60])
def test_no_stance_absorbs_the_sentences_without_votes(covered: int) -> None:
    rng = np.random.default_rng(6)
    stances = rng.choice(3, covered, p=[0.2, 0.2, 0.6])
    votes = cast(stances, [(label, 0.6, 0.05) for label in (0, 0, 1, 1, 2, 2)], rng)
    votes = np.vstack([votes, np.full((600, 6), ABSTAIN, dtype=np.int8)])
    model = LabelModel("dawid-skene").fit(votes)
    assert (np.exp(model.prior_) > 0.05).all()
    one_vote_each = np.where(np.eye(6, dtype=bool), np.arange(6) // 2, ABSTAIN).astype(np.int8)
    assert model(one_vote_each).label.tolist() == [0, 0, 1, 1, 2, 2]


def test_dawid_skene_detects_a_bad_rule() -> None:
    rng = np.random.default_rng(5)
    stances = rng.choice(3, 2000, p=[0.15, 0.25, 0.6])
    good = [(label, 0.7, 0.05) for label in (AGAINST, AGAINST, FAVOR, FAVOR, NONE, NONE)]
    # This one votes favor where it should not.
    votes = cast(stances, [*good, (FAVOR, 0.05, 0.5)], rng)
    voted = (votes != ABSTAIN).any(axis=1)
    right = {n: np.mean((np.array(labels(n, votes)) == stances)[voted]) for n in LABEL_MODEL_NAMES}
    assert right["dawid-skene"] > 0.9 > right["majority"] + 0.1
    evidence = LabelModel("dawid-skene").fit(votes).evidence_
    assert evidence[2, 1 + FAVOR].argmax() == FAVOR
    assert evidence[6, 1 + FAVOR].argmin() == FAVOR


def test_abstaining_is_an_outcome() -> None:
    # Each rule has only one label, so that it informs only by when it votes.
    rng = np.random.default_rng(3)
    stances = rng.choice(3, 1500, p=[0.2, 0.2, 0.6])
    votes = cast(stances, [(label, 0.8, 0.1) for label in (0, 0, 1, 1, 2, 2)], rng)
    model = LabelModel("dawid-skene").fit(votes)
    assert (model.evidence_[:, 0].argmin(axis=1) == [0, 0, 1, 1, 2, 2]).all()
    # The more rules for favor abstain, the less does a vote count.
    votes = cast(stances, [(NONE, 0.3, 0.05)] * 3 + [(FAVOR, 0.6, 0.1)] * 6, rng)
    model = LabelModel("dawid-skene").fit(votes)
    shares = []
    for voting in range(1, 4):
        row = np.full((1, 9), ABSTAIN, dtype=np.int8)
        row[0, 3 : 3 + voting] = FAVOR
        shares.append(model(row).probability[0, FAVOR])
    assert shares[0] < 0.3 < 0.6 < shares[2]


def test_a_rare_rule_is_neither_surely_right_nor_surely_wrong() -> None:
    rng = np.random.default_rng(2)
    stances = rng.choice(3, 600, p=[0.15, 0.2, 0.65])
    rules = [(AGAINST, 0.5, 0.02), (FAVOR, 0.5, 0.02), (NONE, 0.6, 0.1)] * 2
    common = cast(stances, rules, rng)
    rare = np.full((600, 3), ABSTAIN, dtype=np.int8)
    for column, label in enumerate((NONE, FAVOR, NONE)):
        rare[np.flatnonzero(stances == label)[: column + 1], column] = AGAINST  # always wrong
    model = LabelModel("dawid-skene").fit(np.hstack([common, rare]))
    likelihood = np.exp(model.evidence_[6:, 1 + AGAINST])
    share = likelihood * np.exp(model.prior_)
    share /= share.sum(axis=1, keepdims=True)
    assert (share[:, AGAINST] > 0.5).all()
    assert (share < 0.8).all()


@every_model
def test_figures_have_six_decimals(name: LabelModelName) -> None:
    votes = matrix([FAVOR, -1, FAVOR], [AGAINST, AGAINST, -1], [-1, NONE, NONE])
    model = LabelModel(name).fit(votes)
    for figures in (model.prior_, model.evidence_):
        assert figures.tolist() == np.round(figures, 6).tolist()
        assert not np.signbit(figures[figures == 0]).any()


@pytest.mark.parametrize("weights", [[0.0], [-1.0], [float("nan")], [float("inf")]])
def test_a_weight_is_above_zero(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        LabelModel("weighted", weights)


def test_what_does_not_fit_is_refused() -> None:
    votes = matrix([FAVOR, AGAINST])
    with pytest.raises(ValueError, match="no label model is named `snorkel`"):
        LabelModel("snorkel")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 weights do not fit 2 rules"):
        LabelModel("weighted", [1.0]).fit(votes)
    with pytest.raises(ValueError, match="votes of 1 rules, not 2"):
        LabelModel().fit(votes)(votes[:, :1])
    with pytest.raises(ValueError, match="not a label model"):
        LabelModel.from_arrays("majority", np.zeros(3), np.zeros((2, 3, 3)))


def test_other_models_do_not_use_weights() -> None:
    votes = matrix([FAVOR, AGAINST])
    for name in ("majority", "dawid-skene"):
        assert LabelModel(name, [1.0, 9.0]).fit(votes)(votes).label.tolist() == [ABSTAIN]


def test_numpy_is_all_it_needs() -> None:
    code = "import sys, stanceclf.rules.weak_labels; print({'scipy', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
