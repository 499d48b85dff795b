"""What the page for developers says of packages, commands and make verbs is so."""

from __future__ import annotations

import re

import pytest
import typer
from conftest import ROOT
from test_figures import FIGURES
from test_house import PACKAGES, closure, package_of

from stanceclf.cli import app

EDITIONS = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/*/developers.md"))]
# The module that has a command, where it is not of the same name.
MODULE_OF = {stage: f"stages.{stage}" for stage in ("sentences", "label", "train", "evaluate")}
MODULE_OF["text"] = "cli.articles"


def rows(page: str, first: str) -> list[list[str]]:
    """Return the rows of the tables whose first cells are like this."""
    lines = re.findall(rf"^\| {first} \|.*$", page, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_packages_are_in_the_order_of_the_flow() -> None:
    assert FIGURES.PACKAGES == PACKAGES


@pytest.mark.parametrize("page", EDITIONS)
def test_the_picture_shows_the_packages(page: str) -> None:
    (picture,) = re.findall(r"^```mermaid\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    shown = {name for name in PACKAGES if re.search(rf"\b{name}\b(?![\w.\" ]*[\"/])", picture)}
    # These are everywhere: below all others, or putting them together.
    assert set(PACKAGES) - shown == {"io", "stages", "cli"}


@pytest.mark.parametrize("page", EDITIONS)
def test_commands_go_through_the_packages_named(page: str) -> None:
    found = {
        command: re.findall(r"\w+", cells)
        for command, cells in (
            (row[0].strip("`"), row[1]) for row in rows(page, r"`[a-z]+`") if len(row) == 2
        )
        if set(re.findall(r"\w+", cells)) <= set(PACKAGES)
    }
    assert set(found) == set(vars(typer.main.get_command(app))["commands"])
    for command, named in found.items():
        code = {package_of(module) for module in closure(MODULE_OF.get(command, f"cli.{command}"))}
        assert named == [package for package in PACKAGES if package in named]
        assert set(named) <= code, command


@pytest.mark.parametrize("page", EDITIONS)
def test_make_verbs_are_listed(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(row[0].strip("`") for row in rows(page, r"`make [a-z-]+`")) == sorted(
        f"make {verb}" for verb in verbs
    )
