"""YAML that people write is checked, and errors name the line and how to fix it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stanceclf.errors import StanceclfError
from stanceclf.io.yaml_files import Section, YamlFile, YamlText


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
