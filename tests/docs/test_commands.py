"""Every command and every line of Python in the documentation runs, and prints what it says."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Protocol

import pytest
import typer
import yaml
from conftest import ROOT, load_script
from typer.core import TyperGroup

from stanceclf.cli import app


class Block(Protocol):
    language: str
    code: str
    output: str | None
    how: dict[str, str]


COMMANDS = load_script("docs/commands.py")
ENGLISH = [ROOT / "README.md", *sorted((ROOT / "docs/en").glob("*.md"))]
BLOCKS = {path: COMMANDS.blocks(path.read_text(encoding="utf-8")) for path in ENGLISH}
SLOW = [path for path in ENGLISH if any("slow" in block.how for block in BLOCKS[path])]
TRANSLATED = [path for path in ENGLISH if COMMANDS.translation(path).exists()]
SKIPPED = [block for blocks in BLOCKS.values() for block in blocks if "skip" in block.how]


def name_of(path: Path) -> str:
    return path.name


# The two pages with the most commands wait for `make test-slow`.
LONG = {"reading-articles.md", "writing-rules.md"}
RUNS = [(path, False, path.name in LONG) for path in COMMANDS.pages()]
RUNS += [(path, True, True) for path in SLOW]


@pytest.mark.parametrize(
    ("path", "slow"),
    [
        pytest.param(path, slow, marks=[pytest.mark.slow] if waits else [], id=path.name)
        for path, slow, waits in RUNS
    ],
)
def test_what_a_page_shows_is_what_its_commands_print(
    path: Path, slow: bool, built: Path, tmp_path: Path
) -> None:
    page = path.read_text(encoding="utf-8")
    filled = COMMANDS.fill_in_copy(page, tmp_path / "project", built / "artifacts", slow)
    assert filled == page, "run `make docs`"


def test_comments_say_nothing_else() -> None:
    known = {"slow", "skip", "keys", "terminal", "exit", "file"}
    for path in ENGLISH:
        page = path.read_text(encoding="utf-8")
        # Each is right above a block; else it would have no effect.
        assert page.count("<!-- test: ") == sum(bool(block.how) for block in BLOCKS[path]), path
        assert {how for block in BLOCKS[path] for how in block.how} <= known, path
    for block in SKIPPED:
        (reason,) = block.how.values()
        assert reason
        assert all((ROOT / name).exists() for name in re.findall(r"\w+/[\w/.]+", reason))


def options_of(words: list[str]) -> set[str]:
    """Return the options of a `stanceclf` command, named by its first words."""
    command = typer.main.get_command(app)
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    return {option for parameter in command.params for option in parameter.opts}


def test_commands_that_are_not_run_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    for line in "".join(block.code for block in SKIPPED if block.language == "sh").splitlines():
        program, *words = shlex.split(line, comments=True)
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        if program == "stanceclf":
            assert used <= options_of(words)
        elif program == "make":
            assert re.search(rf"^{words[0]}:", makefile, re.MULTILINE), line
        elif program == "python":
            script = (ROOT / words[0]).read_text(encoding="utf-8")
            assert all(f'"{option}"' in script for option in used), line
        elif program == "pip":
            named = ",".join(re.findall(r"\[(.+)\]", line)).split(",")
            assert set(filter(None, named)) <= set(extras), line
        else:
            assert program in {"dvc", "git"}, line


def test_the_setting_that_is_tried_exists() -> None:
    page = (ROOT / "docs/en/getting-started.md").read_text(encoding="utf-8")
    ((section, key),) = re.findall(r"'configs/pipeline.yaml:(\w+)\.(\w+)=", page)
    settings = yaml.safe_load((ROOT / "configs/pipeline.yaml").read_text(encoding="utf-8"))
    assert key in settings[section]


@pytest.mark.parametrize("path", TRANSLATED, ids=name_of)
def test_a_translation_has_the_same_commands_and_outputs(path: Path) -> None:
    """What is said in comments is translated, the rest is equal."""
    chinese = COMMANDS.blocks(COMMANDS.translation(path).read_text(encoding="utf-8"))
    assert list(map(program_of, BLOCKS[path])) == list(map(program_of, chinese))


def program_of(block: Block) -> tuple[object, ...]:
    """Return what two editions of a block have in common."""
    how = block.how | {"skip": "a reason"} if "skip" in block.how else block.how
    code = "" if block.language == "mermaid" else re.sub(r"\s*#.*", "", block.code)
    return block.language, how, code, block.output
