"""The figures in the documentation are those that the pipeline and the benchmarks measured."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from conftest import ROOT, load_script

FIGURES = load_script("docs/figures.py")
PAGES: dict[Path, bool] = FIGURES.pages()
MARKED = {
    path: re.findall(r"<!-- ([\w-]+) -->", path.read_text(encoding="utf-8")) for path in PAGES
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_generated_parts_are_up_to_date(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert FIGURES.fill(page, PAGES[path]) == page, "run `make docs`"
    assert re.findall(r"<!-- /([\w-]+) -->", page) == MARKED[path]
    assert set(MARKED[path]) <= set(FIGURES.PARTS)


def test_every_part_is_on_a_page() -> None:
    assert {name for names in MARKED.values() for name in names} == set(FIGURES.PARTS)


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path.parent.name == "zh"], ids=lambda path: path.name
)
def test_a_translation_has_the_parts_of_the_english_page(path: Path) -> None:
    assert MARKED[path] == MARKED[ROOT / "docs/en" / path.name]


def test_every_translated_term_is_in_a_table() -> None:
    made = [part() for part in FIGURES.PARTS.values()]
    cells = {cell for table in made if isinstance(table, list) for row in table for cell in row}
    cells |= {text for text in made if isinstance(text, str)}
    assert not set(FIGURES.TERMS) - cells


def test_tables_are_translated() -> None:
    english, chinese = (FIGURES.fill("<!-- figures --><!-- /figures -->", own) for own in (0, 1))
    assert "| rules alone | 0." in english
    assert "| 仅规则 | 0." in chinese
    assert re.findall(r"\d\.\d+", english) == re.findall(r"\d\.\d+", chinese)


def test_the_benchmarks_measured_the_rules_and_the_model_that_are_here() -> None:
    metrics = json.loads((ROOT / "artifacts/metrics.json").read_bytes())
    rules, model = (f"{metrics[name]['f_avg']:.3f}" for name in ("rules", "model"))

    def first(name: str) -> dict[str, str]:
        with (ROOT / f"benchmarks/results/{name}.csv").open(encoding="utf-8") as file:
            return next(csv.DictReader(file))

    row = first("fewer_rules")
    assert (row["rules kept"], row["rules alone"], row["model"]) == ("100%", rules, model)
    row = first("suggestions")
    assert (row["rules kept"], row["accepted"], row["F_avg"]) == ("100%", "0", rules)
    row = first("ablation")
    assert (row["setting"], row["F_avg"].split()[0]) == ("as configured", model)
