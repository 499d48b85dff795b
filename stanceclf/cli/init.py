"""The command ``init``: a new topic's project."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; a new or empty folder.")],
    target: Annotated[
        list[str],
        typer.Option(
            "--target",
            metavar="WORD",
            help="What the stances are on; again for other words that mention it.",
        ),
    ],
    rival: Annotated[
        list[str] | None,
        typer.Option(
            "--rival", metavar="WORD", help="What it is weighed against, if anything; likewise."
        ),
    ] = None,
) -> None:
    """Start a project on another topic.

    Makes a topic with rules that vote at once, a pipeline, folders for articles and gold labels,
    and a git and a DVC repository.
    """
    from stanceclf.authoring import ARTICLES, TOPIC, make_project

    made = make_project(folder, target, rival or [])
    typer.echo("\n".join(f"  {folder.joinpath(path).as_posix()}" for path in made))
    enter = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())}\n  "
    typer.echo(
        f"""
A project on {target[0]}. Next:
  {enter}put articles into {ARTICLES}: .txt files, or .csv, .jsonl or .parquet with a column `text`
  edit {TOPIC}/topic.yaml (what else it is called) and rules.yaml (what speaks for and against it)
  stanceclf rules check
  dvc repro
  git add -A && git commit -m start
README.md there says how to go on."""
    )
