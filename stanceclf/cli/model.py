"""The commands ``model ...``: what a model file holds, and the same model in another kind."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.output import write_text

app = typer.Typer(
    help="Look into a model file; write it as another kind of file.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The model.")]


@app.command()
def inspect(
    file: File = options.MODEL,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
    output: options.Output = None,
) -> None:
    """Tell what a model file holds, and where it comes from, without running anything in it."""
    from stanceclf.model import summarize

    options.spare([output], [file])
    said = dataclasses.asdict(summarize(file))
    if form == "json":
        write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", output)
        return
    rows = list(_rows(said))
    width = max(len(key) for key, _ in rows)
    write_text("".join(f"{key.ljust(width)}  {value}\n" for key, value in rows), output)


def _rows(said: dict[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in said.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", str(one)) for name, one in value.items())
        elif isinstance(value, list):
            yield key, ", ".join(map(str, value))
        else:
            yield key, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@app.command()
def export(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")
    ],
    file: File = options.MODEL,
    form: Annotated[
        Literal["safetensors", "joblib"], typer.Option("--format", help="What to write.")
    ] = "safetensors",
) -> None:
    """Write a model as safetensors, which is data only, or as a pickle for `joblib.load`."""
    from stanceclf.io import atomic_write
    from stanceclf.model import record_of, write_pickle, write_record, write_safetensors

    options.spare([output], [file])
    model = options.model(file)
    data = write_pickle(model) if form == "joblib" else write_safetensors(model.__getstate__())
    with atomic_write(output) as out:
        out.write(data)
    if form == "joblib":
        write_record(model, output, record_of(output))
