from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from stanceclf.authoring.table import rule_table
from stanceclf.labels import STANCES

VOTES = hnp.arrays(
    np.int8, st.tuples(st.integers(0, 8), st.integers(1, 6)), elements=st.integers(-1, 2)
)


@given(VOTES)
def test_the_rule_table_is_what_counting_says(votes: npt.NDArray[np.int8]) -> None:
    gold = np.resize(np.array([0, 1, 2], dtype=np.int8), len(votes))
    names = [str(index) for index in range(votes.shape[1])]
    for index, row in enumerate(rule_table(names, votes, votes, gold)):
        on = [i for i in range(len(votes)) if votes[i, index] >= 0]
        others = [[v for j, v in enumerate(votes[i]) if j != index and v >= 0] for i in on]
        assert row.votes == len(on)
        assert row.coverage * max(len(votes), 1) == pytest.approx(len(on))
        assert row.overlaps * max(len(votes), 1) == pytest.approx(sum(map(bool, others)))
        conflicts = sum(
            any(v != votes[i, index] for v in o) for i, o in zip(on, others, strict=True)
        )
        assert row.conflicts * max(len(votes), 1) == pytest.approx(conflicts)
        right = sum(votes[i, index] == gold[i] for i in on)
        assert (row.correct, row.incorrect) == (right, len(on) - right)
        assert row.accuracy == (right / len(on) if on else None)
        assert row.polarity == "/".join(sorted({STANCES[votes[i, index]] for i in on}))


def test_without_gold_a_rule_is_neither_right_nor_wrong() -> None:
    row = rule_table(["一"], np.array([[1]], dtype=np.int8))[0]
    assert (row.correct, row.incorrect, row.accuracy) == (None, None, None)
