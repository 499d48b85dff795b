"""Real Git and DVC: repositories of what git tracks here and what the pipeline makes of it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from conftest import copy_tracked, run_process

IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"))
}


def run(
    folder: Path, *command: str, code: int = 0, stdin: bytes = b"", **environment: str
) -> tuple[str, str]:
    """Run a command that is to end with an exit code; return what it printed and its errors."""
    done = run_process(*command, cwd=folder, stdin=stdin, **IDENTITY, **environment)
    assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode(), done.stderr.decode()


def dvc(folder: Path, *arguments: str) -> str:
    """Run DVC; return what it said, on standard output and then on standard error."""
    return "".join(run(folder, sys.executable, "-m", "dvc", *arguments))


def built_repository(built: Path, folder: Path) -> Path:
    """Make a folder a repository like this one, as it is after ``dvc repro`` and a commit."""
    copy_tracked(folder)
    shutil.copytree(built / "artifacts", folder / "artifacts", dirs_exist_ok=True)
    dvc(folder, "commit", "--force")
    run(folder, "git", "add", "--all")
    run(folder, "git", "commit", "--allow-empty", "-qm", "built")
    return folder
