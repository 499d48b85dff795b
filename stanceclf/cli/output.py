"""Where commands write: files that appear whole or not at all, standard output, progress bars."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NoReturn, TextIO, TypeVar

import typer

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write, counted, is_stream, printable, to_json, write_pieces

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


def output_lines(lines: Iterable[str], output: Path | None) -> None:
    """Write the lines of a report, in which nothing controls a terminal, as `output_text` does."""
    every = (line for part in lines for line in part.split("\n"))
    output_text("".join(f"{printable(line)}\n" for line in every), output)


def output_json(value: object, output: Path | None) -> None:
    """Write a value as indented JSON to a file or standard output."""
    output_text(to_json(value, indent=2) + "\n", output)


def output_findings(findings: Sequence[Finding], form: str, on: str) -> None:
    """Write findings to standard output; as text, with their number and what was checked."""
    for finding in findings:
        row = to_json(asdict(finding))
        typer.echo(row if form == "jsonl" else str(finding))
    if form == "text":
        errors = sum(finding.level == "error" for finding in findings)
        warnings = counted(len(findings) - errors, "warning")
        typer.echo(f"{counted(errors, 'error')}, {warnings} ({on})")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream, which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


def wants_color(stream: TextIO | None) -> bool:
    """Return whether a standard stream is a terminal whose user has not turned colors off."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in {"", "dumb"}
    return is_terminal(stream) and not plain


FormT = TypeVar("FormT", bound=str)


def choose_form(
    form: FormT | None, output: str | Path | None, forms: Mapping[str, FormT]
) -> FormT | None:
    """Return the format to write: as told, else by the suffix of the file; None for a stream.

    Parameters
    ----------
    form : str or None
        The value of ``--format``.
    output : str or Path or None
        The value of ``--output``.
    forms : mapping of str to str
        The format of each suffix.

    Raises
    ------
    typer.BadParameter
        The suffix stands for no format.
    """
    if form is not None or output is None or is_stream(output):
        return form
    suffix = Path(output).suffix.lower()
    if suffix not in forms:
        known = ", ".join(forms)
        near = difflib.get_close_matches(suffix, forms, 1, 0.7)
        what = f"`{suffix}` stands for no format" if suffix else "it has no suffix"
        fix = f"did you mean `{near[0]}`?" if near else f"name a file that ends in {known}"
        raise typer.BadParameter(f"{output}: {what}; {fix}", param_hint="--output")
    return forms[suffix]


def default_form(output: str | Path | None) -> Literal["table", "jsonl"]:
    """Return the format for people if they will see it, else the one for programs."""
    return "table" if output is None and is_terminal(sys.stdout) else "jsonl"


def report_written(
    sentences: int, output: str | Path, parts: int = 0, *, resumed: bool = False
) -> None:
    """Report on standard error how much was written to a file, or to the parts in a folder."""
    new = "more " if resumed else ""
    into = f" in {counted(parts, 'part')}" if parts else ""
    typer.echo(f"{sentences:,} {new}sentence{'s' * (sentences != 1)}{into} -> {output}", err=True)


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
