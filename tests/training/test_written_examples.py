"""Written examples: what a line may be, and what is said of one that is something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.labels import STANCES
from stanceclf.reading.topic import Topic
from stanceclf.training.examples import Example, ReadExamples, read_examples, scan_examples
from stanceclf.training.overlap import similar_pairs

TOPIC = Topic("开源大模型", target=("开源", "开放权重"), rival=("闭源",))
GOOD = '{"text": "开源便宜。", "label": "favor"}'
FORM = 'write one object per line, like {"text": "我支持{target}。", "label": "favor"}'


def write(*lines: str, folder: str = "题目") -> Path:
    Path(folder).mkdir(exist_ok=True)
    Path(folder, "examples.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return Path(folder)


def scan(*lines: str, topic: Topic = TOPIC) -> ReadExamples:
    return scan_examples(write(*lines), topic, str.lower)


def test_placeholders_stand_for_the_first_words_of_the_topic() -> None:
    lines = [
        '{"text": "{target}比{rival}便宜。", "label": "favor", "about": "成本"}',
        "",
        '{"text": "今天下雨。", "label": "none"}',
    ]
    found = read_examples(write(*lines), TOPIC, str.lower)
    assert found == [
        Example("开源比闭源便宜。", "favor", "成本", 1),
        Example("今天下雨。", "none", None, 3),
    ]
    # Without a rival, an example that compares is about nothing.
    alone = Topic("远程办公", target=("远程办公",))
    assert [one.text for one in read_examples("题目", alone, str.lower)] == ["今天下雨。"]


def test_a_topic_need_not_have_examples() -> None:
    Path("题目").mkdir()
    assert read_examples("题目", TOPIC, str.lower) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("开源", f"not JSON: Expecting value: line 1 column 1 (char 0); {FORM}"),
        ('["开源", "favor"]', f"`text` is missing or not of type str; {FORM}"),
        ('{"label": "favor"}', f"`text` is missing or not of type str; {FORM}"),
        ('{"text": 1, "label": "favor"}', f"`text` is missing or not of type str; {FORM}"),
        ('{"text": "好"}', f"`label` is missing or not of type str; {FORM}"),
        ('{"text": "好\\ud800", "label": "none"}', "half of a surrogate pair"),
        ('{"text": " ", "label": "none"}', "`text` is empty; write a sentence or delete the line"),
        ('{"text": "好", "label": "正"}', "unknown label `正`; known: favor, against, none"),
        (
            '{"text": "好", "label": "none", "注": ""}',
            "unknown key `注`; known: text, label, about",
        ),
        ('{"text": "好", "label": "none", "about": " "}', "`about` must be a word; write one or"),
        ('{"text": "好", "label": "none", "about": 3}', "`about` must be a word; write one or"),
        (GOOD, "repeats line 1; keep one"),
        ('{"text": "{target}便宜。", "label": "favor"}', "repeats line 1; keep one"),
        (
            '{"text": "开源便宜。 ", "label": "none"}',
            "repeats line 1, which is `favor`; keep one",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_read(line: str, says: str) -> None:
    after = '{"text": "明天下雨。", "label": "none"}'
    found = scan(GOOD, "", line, after, "{")
    assert [one.line for one in found.examples] == [1, 4]
    assert [error.line for error in found.errors] == [3, 5]
    assert says in found.errors[0].what
    with pytest.raises(StanceclfError) as raised:
        read_examples("题目", TOPIC, str.lower)
    assert str(raised.value) == f"题目/examples.jsonl:3: {found.errors[0].what}"


def test_a_file_that_is_not_utf_8_is_refused_as_a_whole() -> None:
    Path("题目").mkdir()
    Path("题目/examples.jsonl").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(StanceclfError, match="examples.jsonl"):
        scan_examples("题目", TOPIC, str.lower)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ROWS = st.dictionaries(st.sampled_from(["text", "label", "about", "注"]), VALUES, max_size=4)
LINES = (
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)
    | ROWS.map(json.dumps)
    | st.tuples(st.text(max_size=8), st.sampled_from(STANCES)).map(
        lambda row: json.dumps({"text": row[0], "label": row[1]})
    )
)


@given(st.lists(LINES, max_size=12))
def test_every_line_is_read_or_reported(lines: list[str]) -> None:
    found = scan(*lines)
    read = [one.line for one in found.examples]
    wrong = [error.line or 0 for error in found.errors]
    filled = [number for number, line in enumerate(lines, 1) if line.strip()]
    assert sorted([*read, *wrong]) == filled
    assert read == sorted(read)
    assert wrong == sorted(wrong)
    assert len({one.text.lower().strip() for one in found.examples}) == len(read)


@given(st.lists(st.text("开源会落后。", max_size=12), max_size=12), st.sampled_from([0.2, 0.5]))
def test_pairs_that_share_trigrams_are_those_that_a_plain_loop_finds(
    texts: list[str], share: float
) -> None:
    held = []
    for text in texts:
        letters = text.replace("。", "")
        held.append({letters[at : at + 3] for at in range(len(letters) - 2)})
    expected = [
        (one, other, round(len(first & second) / len(first | second), 3))
        for one, first in enumerate(held)
        for other, second in enumerate(held)
        if one < other and first | second and len(first & second) / len(first | second) > share
    ]
    assert [*similar_pairs(texts, str, share)] == expected
