"""Fuzz a target, guided by the code that inputs reach: ``fuzz/fuzz.py read-text -runs=1000000``.

What comes behind the target goes to libFuzzer. New inputs that reach more are kept in a folder
outside the repository; what fails is written to ``crash-...`` in the current folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["stanceclf"]):
    from targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


def main() -> None:
    """Run the target that is named first."""
    name, *options = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(f"name a target: {', '.join(TARGETS)}")
    found = Path(tempfile.gettempdir(), f"stanceclf-corpus-{name}")
    found.mkdir(exist_ok=True)
    limits = ["-timeout=20", "-rss_limit_mb=4096", "-max_len=65536"]
    atheris.Setup([sys.argv[0], *limits, *options, str(found), str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
