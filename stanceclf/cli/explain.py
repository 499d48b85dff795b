"""The command ``explain``: why a sentence has its stance."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import read_one
from stanceclf.cli.output import write_text
from stanceclf.errors import StanceclfError


def explain(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="The sentence.")] = None,
    article: Annotated[
        Path | None, typer.Option("--article", metavar="FILE", help="Or: an article ...")
    ] = None,
    sentence: Annotated[
        int | None,
        typer.Option(
            "--sentence", metavar="N", min=1, help="... and which of its sentences, from 1 on."
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", metavar="FILE", help="The model.")
    ] = options.MODEL.as_posix(),
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="How to write it.")
    ] = "text",
    output: options.Output = None,
    encoding: options.Encoding = None,
) -> None:
    """Tell why a sentence has its stance.

    The rules that fired, what they found and what negated it; what each clause was taken to be
    about; what rules and n-grams add to the log-odds of each stance. In JSON, `intercept`, `rules`
    and the `adds` of all `features` add up to `log_odds`.
    """
    if (text is None) == (article is None) or (article is None) != (sentence is None):
        raise typer.BadParameter("give a sentence, or --article FILE and --sentence N")
    options.spare([output], [model, article])
    loaded = options.model(model)
    place: dict[str, object] = {}
    if article is not None and sentence is not None:
        place, text = _sentence(article, sentence, loaded.normalizer, encoding)
    explanation = loaded.explain(text or "")
    if form == "json":
        row = place | explanation.as_dict()
        write_text(json.dumps(row, ensure_ascii=False, indent=2) + "\n", output)
        return
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import explanation_report

    color = output is None and sys.stdout is not None and sys.stdout.isatty()
    report = explanation_report(explanation, loaded.labels)
    write_text(render(report, terminal_width(), color), output)


def _sentence(
    path: Path, number: int, normalize: Callable[[str], str], encoding: str | None
) -> tuple[dict[str, object], str]:
    """Return where a sentence of an article stands, and its text."""
    from stanceclf.articles import cut_articles

    article = read_one(path.as_posix(), encoding, options.MAX_FILE << 20)
    sentences = list(cut_articles([article], normalize))
    if number > len(sentences):
        raise StanceclfError(
            f"no sentence {number}; it has {len(sentences)}, as `stanceclf predict` lists them",
            path=path,
        )
    found = sentences[number - 1]
    return {"article": found.article, "start": found.start, "end": found.end}, found.text
