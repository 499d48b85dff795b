"""Statistics of written examples: by argument and label, and what the rules make of them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, strategies as st

from stanceclf.authoring.example_stats import EXAMPLE_COLUMNS, ExampleRow, example_stats
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.voter import Voter
from stanceclf.training.examples import Example

RULES = [
    Rule(name="便宜", label="favor", any=("便宜",)),
    Rule(name="昂贵", label="against", any=("昂贵",)),
]
VOTER = Voter(Topic("开源大模型", target=("开源",), rival=("闭源",)), RULES, str.lower)


def test_rows_are_sorted_and_count_what_rules_reach_and_get_right() -> None:
    examples = [
        Example("今天下雨。", "none"),
        Example("开源便宜。", "none", "成本"),
        Example("开源便宜得很。", "favor", "成本"),
        Example("开源昂贵，却便宜。", "favor", "成本"),
        Example("开源省钱。", "favor", "成本"),
        Example("开源昂贵。", "favor", "成本"),
        Example("开源好。", "favor", "ability"),
    ]
    rows = example_stats(examples, VOTER)
    assert rows == [
        ExampleRow("ability", "favor", examples=1, reached=0, right=0),
        ExampleRow("成本", "favor", examples=4, reached=3, right=2),
        ExampleRow("成本", "none", examples=1, reached=1, right=0),
        ExampleRow(None, "none", examples=1, reached=0, right=0),
    ]
    assert (rows[1].coverage, rows[1].accuracy) == (0.75, 2 / 3)
    assert rows[0].accuracy is None
    assert rows[1].as_dict() == dict(
        zip(EXAMPLE_COLUMNS, ("成本", "favor", 4, 3, 2, 0.75, 0.6667), strict=True)
    )


def test_no_examples_are_no_rows() -> None:
    assert example_stats([], VOTER) == []


@given(
    st.lists(
        st.builds(
            Example,
            st.text("开源便宜昂贵。", max_size=10),
            st.sampled_from(STANCES),
            st.sampled_from([None, "成本", "安全"]),
        )
    )
)
def test_every_example_is_counted_once(examples: list[Example]) -> None:
    rows = example_stats(examples, VOTER)
    counts = {(row.about, row.label): row.examples for row in rows}
    assert counts == Counter((one.about, one.label) for one in examples)
    assert all(0 <= row.right <= row.reached <= row.examples for row in rows)
    places = [(row.about is None, row.about or "", READING_ORDER.index(row.label)) for row in rows]
    assert places == sorted(places)
