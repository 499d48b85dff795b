"""The README's examples run.

Its `make` lines are run by CI, its `dvc` lines by test_pipeline.
"""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run_process

from stanceclf.rules.file import load_voter

READMES = {
    lang: (ROOT / name).read_text(encoding="utf-8")
    for name, lang in (("README.md", "en"), ("README.zh-CN.md", "zh"))
}
README = READMES["en"]


def blocks(language: str, readme: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def test_it_opens_with_the_two_commands() -> None:
    commands = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()]
    assert commands == ["make train", "make test"]


def test_its_python_runs(project: Path) -> None:
    code, _ = blocks("python")
    lines = [line for line in code.splitlines() if line]
    assert len(lines) == 5
    shown = "\n".join([*lines[:2], *(f"print({line.split('#')[0].strip()})" for line in lines[2:])])
    done = run_process(sys.executable, "-c", shown, cwd=project)
    assert done.returncode == 0, done.stderr.decode()
    (promised,) = re.findall(r"# array\((\[.+?\])", code)
    assert done.stdout.decode().startswith(promised.replace(",", "") + "\n[[")


def test_its_commands_run(project: Path) -> None:
    commands = [line for line in blocks("sh")[1].splitlines() if "stanceclf" in line]
    assert len(commands) == 5
    (said,) = (block for block in blocks("sh") if "--by speaker\n" in block)
    (given,) = (block for block in blocks("sh") if block.startswith("stanceclf export"))
    for command in [*commands, *said.splitlines(), *given.splitlines()]:
        line = command.replace("stanceclf", f"{shlex.quote(sys.executable)} -m stanceclf", 1)
        done = run_process("bash", "-c", line, cwd=project)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""
    assert Path("page.html").exists()
    assert Path("open-models-stance/README.md").exists()


def test_it_tells_who_stands_where_as_its_python_does(project: Path) -> None:
    _, code = blocks("python")
    lines = code.splitlines()
    done = run_process(
        sys.executable, "-c", "\n".join([*lines[:-1], f"print({lines[-1]})"]), cwd=project
    )
    assert done.returncode == 0, done.stderr.decode()
    found = ast.literal_eval(done.stdout.decode())
    (rows,) = re.findall(r"<!-- speakers -->\n```json\n(.*?)```", README, re.DOTALL)
    told = [json.loads(line) for line in rows.splitlines()]
    assert found == [(row["speaker"], row["net"], tuple(row["interval"])) for row in told]


def run(line: str, cwd: Path) -> str:
    done = run_process("bash", "-c", line, cwd=cwd)
    assert done.returncode == 0, f"{line}: {done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout.decode()


def test_its_loop_runs(project: Path) -> None:
    (block,) = (block for block in blocks("sh") if block.startswith("stanceclf rules check"))
    for line in block.splitlines():
        assert run(line, project)


def label(keys: bytes, line: str, cwd: Path) -> str:
    """Run a command in a terminal of its own, press keys, and return what it showed."""
    parent, child = pty.openpty()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", line],
        cwd=cwd,
        stdin=child,
        stdout=child,
        stderr=child,
        env=os.environ | {"PATH": path, "COLUMNS": "80"},
    )
    os.close(child)
    shown = b""
    for key in keys:
        # It says which keys there are when it has shown a sentence.
        while not shown.rstrip().endswith(b"? help"):
            shown += os.read(parent, 4096)
        os.write(parent, bytes([key]))
        shown += b"\n"
    assert process.wait(timeout=60) == 0
    os.close(parent)
    return shown.decode()


def test_its_walk_through_a_second_topic_works(tmp_path: Path) -> None:
    """The commands are run as they stand, from a folder that has the README's articles."""
    (block,) = (block for block in blocks("sh") if block.startswith("stanceclf init"))
    shutil.copytree(ROOT / "docs/examples/remote-work", tmp_path / "docs/second-topic")
    home, told = tmp_path, []
    for line in block.splitlines():
        if line.startswith("cd "):
            home /= line.removeprefix("cd ")
        elif line.startswith("stanceclf annotate"):
            label(b"fanfannq", line.split("#")[0], home)
        else:
            told.append(run(line, home))
    assert "No gold labels yet" in told[3]
    assert "Gold: 7 sentences" in told[-2]
    gold = (home / "seeds/gold.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(row)["order"] for row in gold} == {"random"}
    assert len(gold) == 7
    assert "支持" in told[-1]
    its_gold_commands_work(home)


def its_gold_commands_work(home: Path) -> None:
    (block,) = (block for block in blocks("sh") if block.startswith("stanceclf annotate"))
    told = []
    for line in block.splitlines():
        if line.startswith("stanceclf annotate"):
            label(b"fq", line.split("#")[0], home)
            continue
        if "labelled.json" in line:
            # What somebody does in Label Studio.
            tasks = json.loads((home / "tasks.json").read_text(encoding="utf-8"))
            chosen = {"from_name": "stance", "type": "choices", "value": {"choices": ["none"]}}
            labelled = [task | {"annotations": [{"result": [chosen]}]} for task in tasks]
            (home / "labelled.json").write_text(json.dumps(labelled), encoding="utf-8")
        if "other.jsonl" in line:
            shutil.copy(home / "seeds/gold.jsonl", home / "other.jsonl")
        told.append(run(line, home))
    count = int(told[0].split()[0])
    assert told[1].startswith(f"{count} added, 0 changed, 0 the same")
    assert f"{count + 9} sentences labelled by several: agreement 1.000" in told[2]


def test_its_rule_is_one() -> None:
    (text,) = blocks("yaml")
    Path("rules.yaml").write_text(f"rules:\n{text}", encoding="utf-8")
    shutil.copy(ROOT / "configs/open-models/topic.yaml", "topic.yaml")
    (rule,) = load_voter(".").rules  # its examples are checked
    assert rule.matches
    assert rule.rejects


def test_its_settings_exist() -> None:
    settings = yaml.safe_load((ROOT / "configs/pipeline.yaml").read_text(encoding="utf-8"))
    (tried,) = re.findall(r"-S 'configs/pipeline.yaml:(\w+)\.(\w+)=", README)
    assert tried[1] in settings[tried[0]]


def unmarked(readme: str) -> str:
    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", readme, flags=re.DOTALL)


def test_the_editions_say_the_same() -> None:
    """Every number outside of what is generated, every command, link and heading's level."""
    english, chinese = READMES["en"], READMES["zh"]
    numbers = [sorted(re.findall(r"\d[\d,.]*\d|\d", unmarked(own))) for own in (english, chinese)]
    assert numbers[0] == numbers[1]
    for language in ("sh", "python", "yaml", "json"):
        code = [
            [re.sub(r"\s*#.*", "", line) for line in "".join(blocks(language, own)).splitlines()]
            for own in (english, chinese)
        ]
        assert code[0] == code[1]
    for pattern in (r"(?m)^#+(?= )", r"\]\(([\w/.-]+)\)(?<!README.md\))(?<!CN.md\))"):
        assert re.findall(pattern, english) == re.findall(pattern, chinese)


@pytest.mark.parametrize("lang", READMES)
def test_its_links_lead_somewhere(lang: str) -> None:
    readme = READMES[lang]
    headings = re.findall(r"(?m)^#+ (.*)$", readme)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    for target in re.findall(r"\]\(([^)]+)\)", readme):
        assert target[1:] in anchors if target.startswith("#") else (ROOT / target).exists(), target
