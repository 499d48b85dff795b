"""The README's commands run as they stand, and its figures are those of the repository."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run_process

from stanceclf.rules import Rule

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_it_opens_with_the_two_commands() -> None:
    commands = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()]
    assert commands == ["make train", "make test"]


def test_its_python_runs(project: Path) -> None:
    (code,) = blocks("python")
    lines = [line for line in code.splitlines() if line]
    assert len(lines) == 4
    shown = "\n".join([*lines[:2], *(f"print({line.split('#')[0].strip()})" for line in lines[2:])])
    done = run_process(sys.executable, "-c", shown, cwd=project)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("['favor' 'none']\n[[")


def test_its_commands_run(project: Path) -> None:
    commands = [line for line in blocks("sh")[1].splitlines() if "stanceclf" in line]
    assert len(commands) == 3
    for command in commands:
        line = command.replace("stanceclf", f"{shlex.quote(sys.executable)} -m stanceclf", 1)
        done = run_process("bash", "-c", line, cwd=project)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""
    command = f"{commands[2]} --format jsonl".replace("stanceclf", "python -m stanceclf", 1)
    row = run_process("bash", "-c", command, cwd=project).stdout.decode()
    assert [row] == blocks("json")


def test_its_rule_is_one() -> None:
    (text,) = blocks("yaml")
    (rule,) = yaml.safe_load(text)
    assert Rule.model_validate(rule).name == "target-cheap"


def test_its_settings_exist() -> None:
    settings = yaml.safe_load((ROOT / "configs/pipeline.yaml").read_text(encoding="utf-8"))
    (tried,) = re.findall(r"-S 'configs/pipeline.yaml:(\w+)\.(\w+)=", README)
    assert tried[1] in settings[tried[0]]


@pytest.mark.parametrize("row", ["F_avg", "macro-F1", "F1 favor", "F1 against", "F1 none"])
def test_its_figures_are_the_repositorys(row: str) -> None:
    metrics = json.loads((ROOT / "artifacts/metrics.json").read_text(encoding="utf-8"))
    cells = []
    for system in ("rules", "model"):
        own, name = metrics[system], row.lower().replace("-", "_")
        if row.startswith("F1 "):
            own, name = own[row.removeprefix("F1 ")], "f1"
        low, high = own[f"{name}_interval"]
        cells.append(f"{own[name]:.3f} [{low:.3f}, {high:.3f}]")
    assert f"| {row} | {cells[0]} | {cells[1]} |" in README
    table = (ROOT / "configs/open-models/rules.yaml").read_text(encoding="utf-8")
    assert f"{table.count('  - name: ')} rules" in README
