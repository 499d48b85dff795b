"""YAML that people write is checked, and errors name the line and how to fix it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.io.yaml_files import Section, YamlFile, YamlText, to_yaml


class Part(Section):
    word: YamlText
    weight: float = 1.0


class Whole(Section):
    parts: list[Part]


def read(text: str) -> YamlFile:
    Path("文.yaml").write_text(text, encoding="utf-8")
    return YamlFile("文.yaml")


GOOD = "parts:\n  - word: ' 开\u200b源 '\n  - &b\n    word: 闭源\n    weight:\n      2.0\n"


def test_values_are_converted_to_a_schema() -> None:
    file = read(GOOD)
    assert file.check(Whole).parts == [Part(word="开源"), Part(word="闭源", weight=2.0)]
    assert file.check(Part, "parts", 1).weight == 2
    assert read("# 空\n").data is None


def test_lines_are_those_of_keys() -> None:
    file = read(GOOD)
    assert [file.line(loc) for loc in ((), ("parts",), ("parts", 0, "word"))] == [1, 1, 2]
    assert file.line(("parts", 1, "weight")) == 5
    # What the file does not have is where it would be.
    assert file.line(("parts", 0, "weight", "x")) == 2
    assert str(file.error("错了", ("parts", 1, "word"))) == "文.yaml:4: 错了"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("parts: []\nother: 1\n", "2: unknown key `other`; known: parts"),
        ("parts:\n  - weight: 2.0\n", "2: `parts.0.word` is missing; add it"),
        ("parts:\n  - word: 3\n", "2: `parts.0.word`: must be text; put it in quotes (is 3)"),
        ("parts:\n  - word: '\u200b'\n", "2: `parts.0.word`: must not be empty"),
        ("parts: 开源\n", "1: `parts`: must be a list, like [a, b] (is '开源')"),
        ("- 开源\n", "1: `the file`: must be keys with values, one `key: value` per line"),
    ],
)
def test_a_value_that_does_not_fit_is_reported(text: str, message: str) -> None:
    with pytest.raises(StanceclfError) as error:
        read(text).check(Whole)
    assert str(error.value).startswith(f"文.yaml:{message}")


def test_a_misspelt_key_is_reported_rather_than_the_missing_one() -> None:
    value, errors = read("parts:\n  - wird: 开源\n    weight: 高\n").validate(Part, "parts", 0)
    assert value is None
    assert list(map(str, errors)) == [
        "文.yaml:2: unknown key `parts.0.wird`; did you mean `word`?",
        "文.yaml:3: `parts.0.weight`: must be a number (is '高')",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 'x\nc: 1\n", "2: not YAML: found unexpected end of stream; a quote opened here"),
        ("a: [1\nb: 2\n", "1: not YAML: expected ',' or ']', but got ':'; a `[` opened here is"),
        ("a: 1\n  b: 2\n", "2: not YAML: mapping values are not allowed here; quote text that"),
        ("a:\n\tb: 1\n", "2: not YAML: found character '\\t' that cannot start any token; quote"),
        ("a: 1\nb\nc: 1\n", "3: not YAML: could not find expected ':'; write `: ` after a key"),
        ("a: 1\na: 2\n", "2: `a` appears twice; keep one"),
        ("[a]: 1\n", "1: a key must be one word"),
        ("a: " + "[" * 51, "1: not YAML: brackets nested too deep"),
        ("a: 便\a宜\n", "1: not YAML: special characters are not allowed"),
        ("a: !!int ''\n", " not YAML: "),
        ("a: &a [*a]\n", " not YAML: "),
    ],
)
def test_what_is_not_yaml_is_reported(text: str, message: str) -> None:
    with pytest.raises(StanceclfError) as error:
        read(text)
    assert str(error.value).startswith(f"文.yaml:{message}")
    assert "\n" not in str(error.value)


def test_aliases_are_found_from_both_ends() -> None:
    file = read("a: &x {w: [1]}\nb: *x\nc: {w: [1]}\nd: {<<: *x}\n")
    assert [file.shared(*loc) for loc in (("a",), ("a", "w"), ("b",), ("c",))] == [
        *(True, True, True, False)
    ]


@pytest.mark.slow
def test_aliases_do_not_multiply() -> None:
    levels = "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9))
    with pytest.raises(StanceclfError, match="aliases must not multiply"):
        read(f"a0: &a0 [哈]\n{levels}")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-05", 1e-5),
        ("1e-3", 0.001),
        ("-2E5", -2e5),
        (".5", 0.5),
        ("3.", 3.0),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("+7", 7),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("1e", "1e"),
        ("3e8开", "3e8开"),
        ("'1e5'", "1e5"),
    ],
)
def test_numbers_are_those_of_dvc(written: str, value: object) -> None:
    data = read(f"a: {written}\n").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_sexagesimal_numbers_take_no_time() -> None:
    assert read("a: " + "1:" * 100_000 + "1").data["a"].startswith("1:1:")


LIKE_NUMBERS = st.text(st.sampled_from("0123456789.eE+-xo_: nN"), max_size=6)


@given(st.lists(st.one_of(LIKE_NUMBERS, st.integers(), st.floats(allow_nan=False))))
def test_what_is_written_is_read_again(value: list[object]) -> None:
    assert read(to_yaml(value)).data == (value or [])


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("name： 甲\ntarget: [乙]\n", 1, "name"),
        ("name： 甲\n# 注\ntarget: [乙]\n", 1, "name"),
        ("name: 甲\nrival：[乙]\n", 2, "rival"),
        ("name: 甲\ntarget: [乙]\nrival：[丙]\nignore: [丁]\n", 3, "rival"),
        ("- name: 甲\n  any：[乙]\n  label: favor\n", 2, "any"),
        ("rules:\n  - name： 甲\n    label: favor\n", 2, "name"),
        ('"name"： 甲\nb: 1\n', 1, "name"),
    ],
)
def test_a_full_width_colon_is_named_where_it_is(text: str, line: int, key: str) -> None:
    with pytest.raises(StanceclfError) as error:
        read(text)
    assert (
        str(error.value) == f"文.yaml:{line}: not YAML: full-width `：` after `{key}`; write `: `"
    )


def test_a_full_width_colon_in_a_value_is_named_too() -> None:
    for text, place in (("parts：[]\n", "the file"), ("parts:\n- word： 甲\n", "parts.0")):
        with pytest.raises(StanceclfError, match=rf"`{place}`: full-width `：` after `\w+`; write"):
            read(text).check(Whole)
    # Elsewhere it is text like any other.
    assert read("parts:\n- word: 注：甲\n").check(Whole).parts[0].word == "注：甲"
    with pytest.raises(StanceclfError, match="5: not YAML: mapping values"):
        read("a: 甲\nb: |\n  key：乙\nc: 1\n  d: 2\n")
