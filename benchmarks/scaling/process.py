"""Run a process; measure its time, and its memory with that of its children."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # comes with the extra `dask`

_BENCHMARKS = Path(__file__).resolve().parent.parent
_EVERY = 0.05


@dataclass(frozen=True)
class Run:
    """The time and memory of one run.

    Attributes
    ----------
    seconds : float
        From its start to its end.
    megabytes : float
        The peak memory of its processes together, sampled every 50 ms; shared memory counts once
        if the system reports it.
    """

    seconds: float
    megabytes: float


def measure(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder and measure it.

    Raises
    ------
    RuntimeError
        It fails.
    """
    own = os.environ | {"PYTHONPATH": str(_BENCHMARKS)}
    with Path(folder, "said.txt").open("w+", encoding="utf-8") as said:
        began = time.perf_counter()
        running = subprocess.Popen(command, cwd=folder, env=own, stdout=said, stderr=said)
        most = 0.0
        while running.poll() is None:
            most = max(most, held_by(running.pid))
            time.sleep(_EVERY)
        seconds = time.perf_counter() - began
        if running.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read()}")
    return Run(seconds, most)


def held_by(pid: int) -> float:
    """Return the memory of a process and its children in MB."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        return sum(map(_megabytes, [first, *first.children(recursive=True)]))
    return 0.0


def _megabytes(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss)) / 1e6
    return 0.0
