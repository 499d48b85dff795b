"""Predict in one way and print the peak memory: ``python -m speed.peak WAY MODEL TEXTS``."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

from speed.ways import WAYS


def peak_megabytes() -> float:
    """Return the peak memory of this process.

    On Linux, `ru_maxrss` includes the memory of the process that started this one, so the peak is
    read from `/proc` if possible.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        status = ""
    if found := re.search(r"VmHWM:\s*(\d+) kB", status):
        return int(found[1]) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


if __name__ == "__main__":
    key, model, file = sys.argv[1:]
    texts = Path(file).read_text(encoding="utf-8").split("\n")
    _ = WAYS[key].load(Path(model))(texts)
    sys.stdout.write(f"{peak_megabytes():.1f}\n")
