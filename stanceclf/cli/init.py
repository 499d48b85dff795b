"""The command ``init``: a new topic's project."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

# What people write between words, and nobody within one.
_BETWEEN = ",，、;；|"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    target: Annotated[
        list[str],
        typer.Option(
            "--target",
            metavar="WORD",
            help="What the stances are about. Repeat for other words that mention it.",
        ),
    ],
    rival: Annotated[
        list[str] | None,
        typer.Option(
            "--rival",
            metavar="WORD",
            help="What it is compared with, if anything. Can be repeated.",
        ),
    ] = None,
) -> None:
    """Start a project on a new topic.

    Creates a topic with generic rules that work right away, a pipeline, folders for articles and
    gold labels, and a Git and a DVC repository.
    """
    from stanceclf.articles import KINDS
    from stanceclf.authoring import ARTICLES, TOPIC, make_project

    for option, words in (("--target", target), ("--rival", rival or [])):
        for word in words:
            if marks := sorted(set(word) & set(_BETWEEN)):
                parts = re.split(f"[{_BETWEEN}]", word)
                fix = " ".join(f"{option} {shlex.quote(part.strip())}" for part in parts if part)
                what = f"`{word}` is taken as one word, with `{marks[0]}` in it; write {fix}"
                raise typer.BadParameter(what, param_hint=option)
    made = make_project(folder, target, rival or [])
    typer.echo("\n".join(f"  {folder.joinpath(path).as_posix()}" for path in made))
    enter = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())}\n  "
    typer.echo(
        f"""
Created a project on {target[0]}. Next:
  {enter}put in {ARTICLES} {KINDS}
  edit {TOPIC}/topic.yaml (words for the target) and rules.yaml (words for and against it)
  stanceclf rules check
  dvc repro
  git add -A && git commit -m start
See README.md there for what comes after."""
    )
