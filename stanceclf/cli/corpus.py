"""Predicting what is large: files in, files out, a bar with the rate and the time that is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

import typer

from stanceclf.prediction import form_of, parts_of, predict_corpus

if TYPE_CHECKING:
    from tqdm import tqdm

    from stanceclf.model import StanceModel
    from stanceclf.prediction import PartForm, ReadOptions


def write_corpus(
    model: StanceModel,
    paths: list[str],
    output: str,
    form: PartForm | None,
    read: ReadOptions,
    *,
    jobs: int | None,
    scheduler: str | None,
    resume: bool,
    overwrite: bool,
) -> None:
    """Predict a corpus; then exit with 1 if something in it could not be read.

    Parameters
    ----------
    model, paths, output, form, read, jobs, scheduler, resume, overwrite
        As those of `predict_corpus`.
    """
    with ExitStack() as stack:
        try:
            done = predict_corpus(
                model,
                paths,
                output,
                form=form,
                options=read,
                jobs=jobs,
                scheduler=scheduler,
                resume=resume,
                overwrite=overwrite,
                begin=lambda size: _begin(size, stack),
            )
        except (KeyboardInterrupt, SystemExit):
            folder = parts_of(output, form or form_of(output))
            said = f"interrupted; --resume goes on with what is done in {folder}"
            typer.echo(f"stanceclf: {said}", err=True)
            raise
    for error in done.failed:
        typer.echo(f"stanceclf: {error}", err=True)
    if done.failed:
        raise typer.Exit(1)


def _begin(size: int, stack: ExitStack) -> Callable[[int, int, bool], None]:
    """Return what moves a bar on: a terminal sees it, once it takes a while."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda *_: None
    from tqdm import tqdm

    bar: tqdm[NoReturn] = stack.enter_context(
        tqdm(
            total=max(size, 1),
            delay=0.5,
            leave=False,
            bar_format="{percentage:3.0f}%|{bar}| {desc} [{elapsed}<{remaining}]",
        )
    )
    began, total = time.monotonic(), 0

    def show(bytes_done: int, sentences: int, is_old: bool) -> None:
        nonlocal total
        total += sentences
        if is_old:
            bar.initial += bytes_done
        rate = total / max(time.monotonic() - began, 1e-3)
        bar.set_description_str(f"{total:,} sentences, {rate:,.0f}/s", refresh=False)
        bar.update(bytes_done)

    return show
