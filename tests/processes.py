"""Commands run in processes of their own: in a terminal, or where modules are missing."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import termios
from collections.abc import Mapping
from typing import BinaryIO

# The line by which a command says how much it wrote.
_WRITTEN = re.compile(r"[\d,]+ (?:more )?sentences?(?: in [\d,]+ parts?)? -> .+\n")


def less_what_was_written(err: str) -> str:
    """Return standard error less the line that says how much was written, if it is there."""
    return "".join(line for line in err.splitlines(True) if not _WRITTEN.fullmatch(line))


def in_terminal(
    *command: str, stdout: BinaryIO | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run a command in a terminal of 80 columns and return what it shows."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    usual = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    own = usual | {"TERM": "xterm"} | dict(environment or {})
    running = subprocess.Popen(command, stdout=stdout or theirs, stderr=theirs, env=own)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert running.wait() == 0
    return shown.decode()


def without(modules: str) -> str:
    """Return code after which these modules cannot be imported."""
    return f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {set(modules.split())!r}:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)
sys.meta_path.insert(0, Absent())
"""
