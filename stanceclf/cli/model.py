"""The commands ``model ...``: what a model file contains, and the same model in another format."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.output import choose_form, output_json, output_text

app = typer.Typer(help="Inspect a model file, or convert it.", no_args_is_help=True)

_SUFFIXES: dict[str, Literal["safetensors", "joblib"]] = {
    ".safetensors": "safetensors",
    ".joblib": "joblib",
    ".pkl": "joblib",
}

File = Annotated[Path, typer.Argument(metavar="FILE", help="Model file.")]


@app.command()
def inspect(
    file: File = options.MODEL,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    output: options.Output = None,
) -> None:
    """Show what a model file contains.

    Also shows where it comes from, as far as it is recorded. Nothing in the file is executed.
    """
    from stanceclf.io import printable
    from stanceclf.model import summarize

    options.forbid_overwrite([output], [file])
    summary = dataclasses.asdict(summarize(file))
    if form == "json":
        output_json(summary, output)
        return
    rows = [(printable(key), printable(value)) for key, value in _rows(summary)]
    width = max(len(key) for key, _ in rows)
    output_text("".join(f"{key.ljust(width)}  {value}\n" for key, value in rows), output)


def _rows(summary: dict[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in summary.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", str(one)) for name, one in value.items())
        elif isinstance(value, list):
            yield key, ", ".join(map(str, value))
        else:
            yield key, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@app.command()
def export(
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", parser=options.local_output, help="Output file."
        ),
    ],
    file: File = options.MODEL,
    form: Annotated[
        Literal["safetensors", "joblib"] | None,
        typer.Option("--format", help="Output format. Default: by the suffix of --output."),
    ] = None,
) -> None:
    """Convert a model to safetensors or joblib.

    A safetensors file contains nothing but data; a joblib file is a pickle for `joblib.load`.
    """
    from stanceclf.model import check_record, record_path, save, write_record

    form = choose_form(form, output, _SUFFIXES) or "safetensors"
    if form == "joblib":
        check_record(output)
    outputs = [output, record_path(output)] if form == "joblib" else [output]
    options.forbid_overwrite(outputs, [file, record_path(file)])
    model = options.model(file)
    save(model, output, form)
    if form == "joblib":
        write_record(model, output)
