"""What developers are pointed to is there, and every list of verbs is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run_process

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RULES = dict(re.findall(r"^([a-z-]+):(?!=)[^\n]*\n((?:\t.*\n)*)", MAKEFILE, flags=re.MULTILINE))
NAMED = re.findall(r"`((?:stanceclf|tests|docs|fuzz|configs)/[\w./-]+)`", CONTRIBUTING)


@pytest.mark.parametrize("name", NAMED)
def test_a_recipe_names_files_that_exist(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", ".github/pull_request_template.md", ".ci/run"])
def test_every_verb_exists(page: str) -> None:
    verbs = re.findall(r"(?:`|^|\n)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert verbs
    assert set(verbs) <= set(RULES)


def test_help_lists_every_verb_but_what_serves_another(tmp_path: Path) -> None:
    done = run_process("make", "--directory", ROOT, "--no-print-directory", "help", cwd=tmp_path)
    listed = [line.split()[1] for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0
    assert sorted(listed) == sorted(set(RULES) - {"docs-check"})


def test_the_hooks_are_what_make_lint_runs() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (repository,) = yaml.safe_load(text)["repos"]
    hooks = [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]]
    commands = [line.strip() for line in RULES["lint"].splitlines()]
    assert hooks == [*commands, "make docs-check"]
    assert "docs-check" in next(line for line in MAKEFILE.splitlines() if line.startswith("lint:"))


def test_the_hooks_are_read_by_pre_commit(tmp_path: Path) -> None:
    config = ROOT / ".pre-commit-config.yaml"
    done = run_process("pre-commit", "validate-config", config, cwd=tmp_path)
    assert done.returncode == 0, done.stdout.decode()


def test_the_workflow_runs_verbs_that_exist() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)["jobs"]["make"]
    verbs = job["strategy"]["matrix"]["verb"]
    assert job["steps"][-1]["run"] == "make ${{ matrix.verb }}"
    assert set(verbs) == set(re.findall(r"^make ([a-z-]+)$", CI_RUN, flags=re.MULTILINE))


CI_RUN = (ROOT / ".ci/run").read_text(encoding="utf-8")
