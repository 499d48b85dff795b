from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stanceclf.evaluation.calibration import Bin, calibrate

SAID = st.lists(st.tuples(st.floats(1 / 3, 1), st.booleans()), max_size=40)


def test_the_error_is_as_computed_by_hand() -> None:
    found = calibrate([0.45, 0.5, 0.85, 0.85, 0.95], [False, True, True, False, True])
    assert found.sentences == 5
    assert found.bins == [
        Bin(0.4, 0.5, 2, 0.475, 0.5),
        Bin(0.8, 0.9, 2, 0.85, 0.5),
        Bin(0.9, 1.0, 1, 0.95, 1.0),
    ]
    # (2 * 0.025 + 2 * 0.35 + 1 * 0.05) / 5
    assert found.error == 0.16


def test_a_bin_contains_its_upper_end() -> None:
    for tenths in range(4, 11):
        (own,) = calibrate([tenths / 10], [True]).bins
        assert (own.low, own.high) == (round((tenths - 1) / 10, 4), tenths / 10)


def test_who_is_sure_and_right_has_no_error() -> None:
    assert calibrate([1.0, 1.0], [True, True]).error == 0
    assert calibrate([1.0, 1.0], [False, False]).error == 1
    assert calibrate([0.75] * 4, [True, True, True, False]).error == 0


def test_without_sentences_there_is_no_error() -> None:
    assert (calibrate([], []).error, calibrate([], []).bins) == (None, [])


@given(SAID)
def test_bins_add_up_to_the_whole(said: list[tuple[float, bool]]) -> None:
    found = calibrate([share for share, _ in said], [right for _, right in said])
    assert sum(one.sentences for one in found.bins) == found.sentences == len(said)
    for one in found.bins:
        assert one.low - 1e-4 <= one.confidence <= one.high + 1e-4
    if found.error is not None:
        gaps = sum(one.sentences * abs(one.confidence - one.accuracy) for one in found.bins)
        assert found.error == pytest.approx(gaps / len(said), abs=3e-4)
        # Bins only average differences out.
        whole = abs(sum(share - right for share, right in said) / len(said))
        assert found.error >= whole - 1e-4
