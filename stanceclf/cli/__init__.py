"""The command line: a thin layer over the library's functions.

Exit codes: 0 fine; 1 something could not be read or done, said in one line; 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated

import typer

import stanceclf
from stanceclf.cli import annotate, explain, export, gold, init, model, predict, rules, stages, text
from stanceclf.errors import StanceclfError, missing_extra

app = typer.Typer(
    name="stanceclf",
    help="From Chinese articles and keyword rules to a stance classifier.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command("init")(init.init)
app.command("sentences")(stages.sentences)
app.command("label")(stages.label)
app.command("train")(stages.train)
app.command("evaluate")(stages.evaluate)
app.command("predict")(predict.predict)
app.command("text")(text.text)
app.command("explain")(explain.explain)
app.command("export")(export.export)
app.command("annotate")(annotate.annotate)
app.add_typer(gold.app, name="gold")
app.add_typer(rules.app, name="rules")
app.add_typer(model.app, name="model")

# Which extra brings a module that the stages or some models need.
_EXTRAS = {
    "dask": "dask",
    "distributed": "dask",
    "fsspec": "storage",
    "jieba": "words",
    "jinja2": "report",
    "opencc": "train",
    "pyarrow": "train",
    "pydantic": "train",
    "scipy": "train",
    "sklearn": "train",
    "yaml": "train",
}


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"stanceclf {stanceclf.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From Chinese articles and keyword rules to a stance classifier."""


def main() -> None:
    """Run the command line; whatever goes wrong is one line on standard error."""
    ended: list[int] = []

    def end(number: int, _: object) -> None:
        ended.append(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)

    # Ending by an exception lets what is half written be cleared away.
    # Windows knows no SIGHUP, a terminal that is closed.
    for ending in {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        if signal.getsignal(ending) != signal.SIG_IGN:  # as nohup has it
            signal.signal(ending, end)
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows what it has no character for escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        except Exception:
            if ended:  # and told as an error of its own, as by extensions while they start
                sys.exit(128 + ended[0])
            raise
    except StanceclfError as error:
        _fail(str(error))
    except ModuleNotFoundError as error:
        module = (error.name or "").split(".")[0]
        if module not in _EXTRAS:
            raise
        _fail(str(missing_extra(module, _EXTRAS[module])))
    except BrokenPipeError:
        # Whoever read has read enough.
        _drop_output()
        sys.exit(1)
    except OSError as error:
        _drop_output()
        _fail(f"{error.filename or 'standard output'}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _fail(message: str) -> None:
    typer.echo(f"stanceclf: {message}", err=True)
    sys.exit(1)


def _drop_output() -> None:
    """Send what Python would flush at exit nowhere, or it would complain once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
