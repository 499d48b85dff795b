from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.gold.selection import BY_MODEL, Order, select
from stanceclf.labels import Stance

AGAINST, FAVOR, NONE, SILENT = 0, 1, 2, -1
# Six sentences: one vote, two for favor, one to one, two to one, none, one of each.
VOTES = np.array(
    [
        [FAVOR, SILENT, SILENT],
        [FAVOR, FAVOR, SILENT],
        [FAVOR, AGAINST, SILENT],
        [FAVOR, FAVOR, AGAINST],
        [SILENT, SILENT, SILENT],
        [FAVOR, AGAINST, NONE],
    ],
    np.int8,
)
WEAK: list[Stance | None] = ["favor", "favor", None, "favor", None, None]
PROBABILITIES = np.array(
    [
        [0.6, 0.3, 0.1],  # against its weak label
        [0.9, 0.05, 0.05],  # more surely so
        [0.1, 0.8, 0.1],
        [0.1, 0.7, 0.2],
        [0.05, 0.05, 0.9],
        [0.45, 0.5, 0.05],
    ]
)
ORDERS: tuple[Order, ...] = get_args(Order)


def chosen(order: Order, *, model: bool = True, seed: int = 0) -> list[int]:
    return select(order, VOTES, WEAK, PROBABILITIES if model else None, seed)


def test_conflicts_start_with_the_most_evenly_split() -> None:
    assert chosen("conflicts", model=False)[:3] == [5, 2, 3]


def test_uncertain_starts_with_the_smallest_margin() -> None:
    assert chosen("uncertain") == [5, 0, 3, 2, *chosen("uncertain")[4:]]
    assert set(chosen("uncertain")[4:]) == {1, 4}


def test_disagreements_start_with_the_most_certain() -> None:
    assert chosen("disagreements")[:2] == [1, 0]


def test_useful_takes_each_order_in_turn() -> None:
    # Uncertain 5; conflict 5, so 2; disagreement 1; uncertain 0; conflict 3; of the rest, the last.
    assert chosen("useful") == [5, 2, 1, 0, 3, 4]
    assert chosen("useful", model=False) == chosen("conflicts", model=False)


def test_ties_depend_on_the_seed_not_on_the_row() -> None:
    votes = np.full((50, 1), SILENT, np.int8)
    same = np.full((50, 3), 1 / 3)
    for order in ORDERS:
        one, other = (select(order, votes, [None] * 50, same, seed) for seed in (1, 2))
        assert list(range(50)) not in (one, other)
        assert one != other


@pytest.mark.parametrize("order", BY_MODEL)
def test_an_order_that_requires_a_model_says_how_to_get_one(order: Order) -> None:
    with pytest.raises(StanceclfError, match=r"train one first \(`dvc repro`\)"):
        chosen(order, model=False)


@given(
    st.sampled_from(ORDERS),
    st.lists(
        st.tuples(
            st.lists(st.integers(-1, 2), min_size=2, max_size=2),
            st.sampled_from(["favor", "against", "none", None]),
            st.lists(st.floats(0, 1), min_size=3, max_size=3),
        )
    ),
    st.integers(0, 9),
)
def test_every_order_is_a_reproducible_permutation(
    order: Order, rows: list[tuple[list[int], Stance | None, list[float]]], seed: int
) -> None:
    votes = np.array([row[0] for row in rows], np.int8).reshape(-1, 2)
    shares = np.array([row[2] for row in rows]).reshape(-1, 3)
    weak = [row[1] for row in rows]
    found = select(order, votes, weak, shares, seed)
    assert sorted(found) == list(range(len(rows)))
    assert found == select(order, votes.copy(), weak, shares.copy(), seed)
