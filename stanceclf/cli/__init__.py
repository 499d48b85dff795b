"""The command line: options and messages around the functions of the other packages.

Arguments come in; files, tables and one-line messages go out. Knows nothing of how anything is
computed. Exit codes: 0 success; 1 something could not be read or done, reported in one line; 2
wrong usage.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated

import typer

import stanceclf
from stanceclf.cli import (
    annotate,
    articles,
    examples,
    explain,
    export,
    gold,
    init,
    model,
    predict,
    rules,
    score,
    stages,
)
from stanceclf.errors import EXTRAS, StanceclfError, missing_extra, one_line

app = typer.Typer(
    name="stanceclf",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (
    *(init.init, stages.sentences, stages.label, stages.train, stages.evaluate),
    *(predict.predict, articles.text, explain.explain, score.score, export.export),
    annotate.annotate,
):
    app.command()(command)
for group in (gold, rules, examples, model):
    app.add_typer(group.app, name=group.__name__.rpartition(".")[2])


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"stanceclf {stanceclf.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Turn Chinese articles and keyword rules into a stance classifier."""


def main() -> None:
    """Run the command line; an error is one line on standard error."""
    ended: list[int] = []

    def end(number: int, _: object) -> None:
        ended.append(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)

    # An exception lets half-written files be removed. SIGHUP, for a closed terminal, is not on
    # Windows.
    for ending in {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        if signal.getsignal(ending) != signal.SIG_IGN:  # as nohup has it
            signal.signal(ending, end)
    for stream in (sys.stdout, sys.stderr):
        # A terminal with another encoding shows escapes for what it cannot display.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        except Exception:
            if ended:  # while an extension was starting, which raises an error of its own
                sys.exit(128 + ended[0])
            raise
    except StanceclfError as error:
        _fail(str(error))
    except ModuleNotFoundError as error:
        module = (error.name or "").split(".")[0]
        if module not in EXTRAS:
            raise
        _fail(str(missing_extra(module)))
    except MemoryError:
        _drop_output()
        _fail("this needs more memory than there is; give it fewer or smaller files")
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has read enough.
        _drop_output()
        sys.exit(1)
    except OSError as error:
        _drop_output()
        _fail(f"{error.filename or 'standard output'}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _fail(message: str) -> None:
    typer.echo(f"stanceclf: {one_line(message, None, None)}", err=True)
    sys.exit(1)


def _drop_output() -> None:
    """Discard what Python would flush at exit, which would fail once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
