"""Where commands write: files that appear whole or not at all, standard output, progress bars."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TextIO

import typer

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write, counted, to_json, write_pieces

if TYPE_CHECKING:
    from tqdm import tqdm

    from stanceclf.authoring import Finding


@contextmanager
def open_output(output: Path | None) -> Iterator[BinaryIO]:
    """Open a file that appears whole or not at all, or standard output if there is no name."""
    if output is None:
        if sys.stdout is None:
            raise StanceclfError("standard output is closed; write to a file with --output")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with atomic_write(output) as file:
            yield file


def output_text(text: str, output: Path | None) -> None:
    """Write text to a file or standard output."""
    with open_output(output) as file:
        write_pieces([text], file)


def output_json(value: object, output: Path | None) -> None:
    """Write a value as indented JSON to a file or standard output."""
    output_text(to_json(value), output)


def output_findings(findings: Sequence[Finding], form: str, on: str) -> None:
    """Write findings to standard output; as text, with their number and what was checked."""
    for finding in findings:
        row = json.dumps(asdict(finding), ensure_ascii=False)
        typer.echo(row if form == "jsonl" else str(finding))
    if form == "text":
        errors = sum(finding.level == "error" for finding in findings)
        warnings = counted(len(findings) - errors, "warning")
        typer.echo(f"{counted(errors, 'error')}, {warnings} ({on})")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream, which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


def progress_bar(total: int, bar_format: str) -> tqdm[NoReturn] | None:
    """Return a bar on standard error that appears after a while, or None if it is no terminal."""
    if not is_terminal(sys.stderr):
        return None
    # It takes 20 ms to import.
    from tqdm import tqdm

    return tqdm(total=total, delay=0.5, leave=False, bar_format=bar_format)


def exit_if_any(failed: Iterable[StanceclfError]) -> None:
    """Report what could not be read, and then exit with 1."""
    errors = [*failed]
    for error in errors:
        typer.echo(f"stanceclf: {error}", err=True)
    if errors:
        raise typer.Exit(1)
