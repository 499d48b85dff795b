"""Run the commands and the Python in the documentation, and write below them what they print.

A fenced block of `sh` or `python` is run, in a copy of the project, in the order of the page; a
block of `text` right after it is what it prints. An HTML comment before a block says more:

    <!-- test: slow -->                takes more than a few seconds; run by `make test-slow`
    <!-- test: skip, REASON -->        not run: it installs something, needs a network, or is
                                       tested elsewhere
    <!-- test: keys fanq -->           run in a terminal, where these keys are pressed
    <!-- test: terminal -->            writes to a terminal, as a reader's does, not to a pipe
    <!-- test: exit 1 -->              ends with this exit code
    <!-- test: file rules.yaml -->     the block, of any language, is saved as this file

Several are separated by semicolons: `<!-- test: slow; keys fanq -->`.

`make docs` writes the outputs anew; a test compares them.
"""

from __future__ import annotations

import contextlib
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(
    r"(?:^<!-- test: (?P<how>[^\n]+) -->\n+)?"
    r"^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=fence)$"
    r"(?:\n+^```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
# The Python of a page is one program: what the blocks before print is not shown again.
_PYTHON = """
import contextlib, io, sys
*before, last = sys.argv[1:]
names = {"__name__": "__main__"}
with contextlib.redirect_stdout(io.StringIO()):
    for code in before:
        exec(code, names)
exec(last, names)
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and what a comment says about running it."""

    language: str
    code: str
    output: str | None
    how: dict[str, str]

    @property
    def runs(self) -> bool:
        """Whether it is a program, and one to be run here."""
        return self.language in {"sh", "python"} and not {"skip", "file"} & set(self.how)


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, each with the output below it."""
    return [_block(match) for match in _BLOCK.finditer(page)]


def _block(match: re.Match[str]) -> Block:
    said = [one.strip().partition(" ") for one in (match["how"] or "").split(";")]
    how = {word.strip(","): rest for word, _, rest in said if word}
    return Block(match["language"], match["code"], match["output"], how)


def fill(page: str, project: Path, slow: bool) -> str:
    """Return a page with the output of its blocks written anew; the project is changed.

    Slow blocks are run and written only if `slow`.
    """
    home = project
    python: list[str] = []

    def anew(match: re.Match[str]) -> str:
        nonlocal home
        block = _block(match)
        if "slow" in block.how and not slow:
            return match[0]
        if "file" in block.how:
            (home / block.how["file"]).write_text(block.code, encoding="utf-8")
        if not block.runs:
            return match[0]
        if block.language == "python":
            python.append(block.code)
            printed = _run([sys.executable, "-X", "utf8", "-c", _PYTHON, *python], block, home)
        else:
            kept = project.parent / "folder"
            script = f"set -e\n{block.code}\npwd >'{kept}'\n"
            printed = _run(["bash", "-c", script], block, home)
            if kept.exists():
                home = Path(kept.read_text(encoding="utf-8").strip())
        if block.output is None:
            return match[0]
        start, end = (place - match.start() for place in match.span("output"))
        return match[0][:start] + printed.rstrip("\n") + "\n" + match[0][end:]

    return _BLOCK.sub(anew, page)


def _run(command: list[str], block: Block, home: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "COLUMNS": "80"}
    environment["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@example.org"}
    if "keys" in block.how:
        colors = {k: v for k, v in environment.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
        code, printed = _type(command, block.how["keys"], home, colors)
    elif "terminal" in block.how:
        code, printed = _show(command, home, environment | {"NO_COLOR": "1"})
    else:
        done = subprocess.run(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=600,
        )
        code, printed = done.returncode, done.stdout.decode()
    if code != int(block.how.get("exit", 0)):
        raise RuntimeError(f"exit code {code}:\n{block.code}\n{printed}")
    # Programs pad the rows of their tables with spaces.
    return re.sub(r" +$", "", printed, flags=re.MULTILINE)


def _type(
    command: list[str], keys: str, home: Path, environment: dict[str, str]
) -> tuple[int, str]:
    """Run a command in a terminal and press keys, each when it has asked for one."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command, cwd=home, env=environment, stdin=child, stdout=child, stderr=child
    )
    os.close(child)
    shown = b""
    for key in keys:
        while not shown.rstrip().endswith(b"? help"):
            shown += os.read(parent, 4096)
        os.write(parent, key.encode())
        shown += b"\n"
    # What is left in the terminal's buffer must be read, or the program waits for room.
    while process.poll() is None:
        try:
            shown += os.read(parent, 4096)
        except OSError:  # it has ended
            process.wait(timeout=60)
    os.close(parent)
    return process.returncode, re.sub(r"\x1b\[[\d;]*[A-Za-z]|\r", "", shown.decode())


def _show(command: list[str], home: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command whose output is a terminal; errors come last, and no bar is among them."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=child,
        stderr=subprocess.PIPE,
    )
    os.close(child)
    shown = b""
    with contextlib.suppress(OSError):  # it has ended
        while piece := os.read(parent, 4096):
            shown += piece
    os.close(parent)
    _, errors = process.communicate(timeout=600)
    return process.returncode, (shown + errors).decode().replace("\r", "")


def fill_in_copy(page: str, folder: Path, artifacts: Path, slow: bool) -> str:
    """Fill a page in a copy of the project in a new folder; slow commands need its history."""
    return fill(page, _copy_project(folder, artifacts, with_history=slow), slow)


def _copy_project(folder: Path, artifacts: Path, with_history: bool) -> Path:
    """Copy what commands read into a new folder.

    Parameters
    ----------
    folder : Path
        The folder to make.
    artifacts : Path
        The folder of what the pipeline has written.
    with_history : bool
        Copy everything that git tracks into a repository of git and DVC, up to date.
    """
    if not with_history:
        for name in ("configs", "seeds", "docs/examples"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copytree(artifacts, folder / "artifacts")
    else:
        listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)
        shutil.copytree(artifacts, folder / "artifacts", dirs_exist_ok=True)
        _git("init", "--quiet", cwd=folder)
        dvc = [sys.executable, "-m", "dvc", "commit", "--force", "--quiet"]
        subprocess.run(dvc, cwd=folder, check=True, capture_output=True)
        _git("add", "--all", cwd=folder)
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        _git(*identity, "commit", "--quiet", "--message", "all", cwd=folder)
    # So that it can be activated there.
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def _git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)
    return done.stdout.decode()


def pages() -> Iterator[Path]:
    """Yield the English pages that have something to run: the README and those of the site."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs/en").glob("*.md"))):
        if any(block.runs for block in blocks(path.read_text(encoding="utf-8"))):
            yield path


def translation(path: Path) -> Path:
    """Return the Chinese edition of a page."""
    if path.name == "README.md":
        return path.with_name("README.zh-CN.md")
    return path.parent.parent / "zh" / path.name


def translate(page: str, chinese: str) -> str:
    """Return a Chinese page with the outputs of the English one."""
    outputs = [block.output for block in blocks(page)]

    def anew(match: re.Match[str]) -> str:
        output = outputs.pop(0) if outputs else None
        if match["output"] is None or output is None:
            return match[0]
        start, end = (place - match.start() for place in match.span("output"))
        return match[0][:start] + output + match[0][end:]

    return _BLOCK.sub(anew, chinese)


def main() -> None:
    """Write the outputs into the pages named, or into all."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for path in named or pages():
        page = path.read_text(encoding="utf-8")
        slow = any("slow" in block.how for block in blocks(page))
        with tempfile.TemporaryDirectory() as folder:
            filled = fill_in_copy(page, Path(folder, "project"), ROOT / "artifacts", slow)
        path.write_text(filled, encoding="utf-8")
        other = translation(path)
        if other.exists():
            chinese = translate(filled, other.read_text(encoding="utf-8"))
            other.write_text(chinese, encoding="utf-8")


if __name__ == "__main__":
    main()
