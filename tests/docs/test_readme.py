"""The README is short, its links lead somewhere, and both editions say the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from stanceclf.rules import load_voter

README = (ROOT / "README.md").read_text(encoding="utf-8")
READMES = ["README.md", "README.zh-CN.md"]
UNITS = {"万": 1e4, "百万": 1e6, "亿": 1e8, "十亿": 1e9, "million": 1e6, "billion": 1e9}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_it_is_short(name: str) -> None:
    assert len(read(name).splitlines()) <= 150


def test_it_says_what_sets_it_up() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    commands = [line.split("#")[0].strip() for line in blocks[1].splitlines()]
    assert commands == ["make train", "make test"]


def test_its_rule_is_one() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    Path("rules.yaml").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "configs/open-models/topic.yaml", "topic.yaml")
    (rule,) = load_voter(".").rules  # its examples are checked
    assert rule.matches
    assert rule.name not in {
        rule["name"] for rule in yaml.safe_load(read("configs/open-models/rules.yaml"))["rules"]
    }


@pytest.mark.parametrize("name", READMES)
def test_its_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', read(name))
    assert targets
    for target in map("".join, targets):
        assert (ROOT / target).exists(), target


def numbers(page: str) -> list[float]:
    """Return the numbers outside of what is generated and of code; 200 万 is 2,000,000."""
    page = re.sub(r"<!-- ([\w-]+) -->.*?<!-- /\1 -->|^```.*?^```$", "", page, flags=re.M | re.S)
    found = re.findall(rf"(\d[\d,.]*\d|\d) ?({'|'.join(sorted(UNITS, key=len))})?", page)
    return sorted(float(number.replace(",", "")) * UNITS.get(unit, 1) for number, unit in found)


EDITIONS = [
    (README, read("README.zh-CN.md")),
    *(
        (read(f"docs/en/{path.name}"), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "docs/zh").glob("*.md"))
    ),
]


@pytest.mark.parametrize(
    ("english", "chinese"), EDITIONS, ids=[page.splitlines()[0] for page, _ in EDITIONS]
)
def test_the_editions_say_the_same(english: str, chinese: str) -> None:
    """Every number, heading's level and link; commands are compared with those that run."""
    assert numbers(english) == numbers(chinese)
    assert re.findall(r"(?m)^#+(?= )", english) == re.findall(r"(?m)^#+(?= )", chinese)
    assert links(english) == links(chinese)


def links(page: str) -> list[str]:
    """Return where a page links to, each in its English edition."""
    found = re.findall(r"\]\(([\w/.-]+)", page)
    return sorted(re.sub(r"/zh/", "/en/", re.sub(r"\.zh(-CN)?\.", ".", own)) for own in found)
