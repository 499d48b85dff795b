"""No article, name, rule or folder controls the terminal in which it is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Cli

EVIL = "\x1b]2;title\x07\x9b2J\u202e\x1b[31m"
SENTENCES = f"开源{EVIL}大模型成本{EVIL}更低，便宜。\n张{EVIL}三说：“开源{EVIL}太贵。”\n"


def is_clean(text: str) -> bool:
    return not any(char in text for char in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize(
    "command",
    [
        ["predict"],
        ["predict", "--by", "speaker"],
        ["predict", "--by", "article"],
        ["rules", "apply"],
    ],
)
def test_articles_and_their_names(command: list[str], project: Path, cli: Cli) -> None:
    folder = Path(f"文{EVIL}章")
    folder.mkdir()
    for name in (f"一{EVIL}.txt", f"posts.csv#{EVIL}.txt", f"二{EVIL}.md"):
        (folder / name).write_text(SENTENCES, encoding="utf-8")
    rows = f'id,text\n"a","{SENTENCES}"\n'
    (folder / f"表{EVIL}.csv").write_text(rows, encoding="utf-8")
    outcome = cli(*command, str(folder), "--format", "table")
    assert outcome.code == 0
    # A table of speakers shows neither names of files nor, here, a sentence with marks.
    assert "�" in outcome.out or "speaker" in command
    assert is_clean(outcome.out + outcome.err)


@pytest.mark.parametrize(
    "command",
    [
        ["explain", f"开源{EVIL}便宜"],
        ["explain", "--article", f"没有{EVIL}.txt", "--sentence", "1"],
        ["predict", f"没有{EVIL}.txt"],
        ["text", f"没有{EVIL}.txt"],
        ["predict", "seeds/articles", "--model", f"没有{EVIL}.joblib"],
        ["rules", "check", "--topic", f"没有{EVIL}"],
        ["model", "inspect", f"没有{EVIL}.joblib"],
    ],
)
def test_errors(command: list[str], project: Path, cli: Cli) -> None:
    outcome = cli(*command)
    assert is_clean(outcome.out + outcome.err)


def test_warnings_and_files_left_out(project: Path, cli: Cli) -> None:
    shutil.copy("artifacts/model.joblib", f"模{EVIL}.joblib")
    outcome = cli("predict", "seeds/articles", "--model", f"模{EVIL}.joblib", "--format", "jsonl")
    assert "warning" in outcome.err
    assert is_clean(outcome.err)
    Path(f"seeds/articles/文{EVIL}.pdf").touch()
    outcome = cli("sentences")
    assert "left out 1 file" in outcome.err
    assert is_clean(outcome.out + outcome.err)
