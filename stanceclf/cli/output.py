"""Where commands write: a file that appears whole or not at all, or standard output as UTF-8."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write


@contextmanager
def open_output(output: Path | None) -> Iterator[BinaryIO]:
    """Open the output: a file that appears whole or not at all, or standard output as UTF-8."""
    if output is None:
        if sys.stdout is None:
            raise StanceclfError("standard output is closed; give --output a file")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with atomic_write(output) as file:
            yield file


def write_text(text: str, output: Path | None) -> None:
    """Write text; what is no text (half of a surrogate pair in a file's name) is escaped."""
    with open_output(output) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
