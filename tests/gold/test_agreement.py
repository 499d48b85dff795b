from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.gold.agreement import measure_agreement, nominal_alpha
from stanceclf.gold.file import GoldSentence
from stanceclf.labels import STANCES, Stance

LETTERS: dict[str, Stance] = {"f": "favor", "a": "against", "n": "none"}


def gold(letters: str) -> list[GoldSentence]:
    """Return a label for each letter; a dot is a sentence left out."""
    return [
        GoldSentence("一.txt", i, i + 1, "句", LETTERS[letter])
        for i, letter in enumerate(letters)
        if letter != "."
    ]


def test_alpha_is_the_published_one() -> None:
    """Krippendorff (2011), example C: four observers, twelve units, some values missing."""
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [[value for value in unit if value != "."] for unit in zip(*observers, strict=True)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_two_annotators_by_hand() -> None:
    # Both: 10 sentences, 7 alike. Chance for kappa: .5*.4 + .3*.3 + .2*.3 = .35.
    one, other = "fffffaaann", "ffffnaanna"
    found = measure_agreement({"甲": gold(one), "乙": gold(other)})
    assert found.sentences == 10
    assert found.agreement == 0.7
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.shared, pair.agreement) == ("甲", "乙", 10, 0.7)
    assert pair.kappa == round((0.7 - 0.35) / (1 - 0.35), 4)
    # Of all 20 labels 9 are f, 6 a and 5 n; 6 of the 20 ordered pairs in a unit differ.
    expected = 1 - (9 * 8 + 6 * 5 + 5 * 4) / (20 * 19)
    assert found.alpha == round(1 - 0.3 / expected, 4)
    assert found.confusion == {
        "favor": {"favor": 4, "against": 0, "none": 1},
        "against": {"favor": 0, "against": 2, "none": 1},
        "none": {"favor": 0, "against": 1, "none": 1},
    }
    assert [one.start for one in found.disagreements] == [4, 7, 9]
    assert found.disagreements[0].labels == {"甲": "favor", "乙": "none"}


def test_annotators_may_leave_sentences_out() -> None:
    found = measure_agreement({"甲": gold("fa.n."), "乙": gold("ff..."), "丙": gold("..an.")})
    assert found.sentences == 3
    assert [(one.first, one.second, one.shared) for one in found.pairs] == [
        ("甲", "乙", 2),
        ("甲", "丙", 1),
        ("乙", "丙", 0),
    ]
    assert [one.agreement for one in found.pairs] == [0.5, 1.0, None]
    assert [one.kappa for one in found.pairs] == [0.0, None, None]
    assert found.agreement == 0.75
    # In units of two or more: f f, a f, n n. Two of six ordered pairs differ.
    assert found.alpha == round(1 - (2 / 6) / (1 - (3 * 2 + 2 * 1) / (6 * 5)), 4)


def test_with_only_one_label_chance_is_undefined() -> None:
    found = measure_agreement({"甲": gold("ff"), "乙": gold("ff")})
    assert (found.agreement, found.alpha, found.pairs[0].kappa) == (1.0, None, None)
    assert found.disagreements == []


LABELS = st.lists(st.tuples(*[st.sampled_from("fan.")] * 3), min_size=1, max_size=12)


@given(LABELS)
def test_full_agreement_scores_one_and_order_does_not_matter(
    rows: list[tuple[str, ...]],
) -> None:
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    files = {name: gold(column) for name, column in zip("甲乙丙", columns, strict=True)}
    if not any(sum(letter != "." for letter in row) > 1 for row in rows):
        with pytest.raises(StanceclfError, match="no sentence is labelled in two of these"):
            measure_agreement(files)
        return
    found = measure_agreement(files)
    turned = measure_agreement({name: list(reversed(files[name])) for name in "丙乙甲"})
    assert (turned.sentences, turned.agreement, turned.alpha) == (
        found.sentences,
        found.agreement,
        found.alpha,
    )
    if not found.disagreements:
        assert found.agreement == 1
        assert found.alpha in {1, None}
    assert found.alpha is None or found.alpha <= 1
    assert sum(sum(row.values()) for row in found.confusion.values()) == found.pairs[0].shared


def test_disagreements_are_sorted_by_place() -> None:
    def labels(stance: Stance, places: Sequence[tuple[str, int]]) -> list[GoldSentence]:
        return [GoldSentence(name, start, start + 1, "句", stance) for name, start in places]

    places = [("二.txt", 3), ("一.txt", 20), ("一.txt", 3)]
    found = measure_agreement({"甲": labels("favor", places), "乙": labels("none", places[::-1])})
    listed = [(one.article, one.start) for one in found.disagreements]
    assert listed == sorted(places)
    assert set(found.confusion) == set(STANCES)


def test_agreement_needs_two_annotators() -> None:
    with pytest.raises(StanceclfError, match="needs two annotators; give the gold file of each"):
        measure_agreement({"甲": gold("f")})
    with pytest.raises(
        StanceclfError, match="labelled in two of these files: 甲, 乙; have two people"
    ):
        measure_agreement({"甲": gold("f."), "乙": gold(".f")})


def test_annotators_must_have_read_the_same_text() -> None:
    other = [GoldSentence("一.txt", 0, 1, "字", "favor")]
    with pytest.raises(
        StanceclfError, match=r"^乙: another annotator read a different text at 一\.txt:0-1"
    ):
        measure_agreement({"甲": gold("f"), "乙": other})
