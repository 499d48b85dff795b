"""The command ``explain``: why a sentence has its stance."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import read_one
from stanceclf.cli.output import output_json, output_text, wants_color
from stanceclf.errors import StanceclfError

if TYPE_CHECKING:
    from stanceclf.articles import Normalizer, Sentence


def explain(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="The sentence.")] = None,
    article: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Take the sentence from an article, with --sentence."),
    ] = None,
    sentence: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Number of the sentence in the article, from 1."),
    ] = None,
    model: options.Model = options.MODEL_NAME,
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="Output format.")
    ] = "text",
    output: options.Output = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
) -> None:
    """Explain the stance of a sentence.

    Shows the rules that fired, what they matched and what negates it; what each clause is about;
    and what rules, n-grams and, in an article, neighbouring sentences add to the log-odds of each
    stance. In JSON, `intercept`, `rules`, `neighbours` and the `adds` of all `features` sum to
    `log_odds`.
    """
    if (text is None) == (article is None) or (article is None) != (sentence is None):
        raise typer.BadParameter("give a sentence, or --article FILE and --sentence N")
    options.forbid_overwrite([output], [model, article])
    loaded = options.model(model)
    if article is not None and sentence is not None:
        sentences = _sentences(article, sentence, loaded.normalizer, encoding, text_column)
        found, texts = sentences[sentence - 1], [one.text for one in sentences]
        place = {"article": found.article, "start": found.start, "end": found.end}
        explanation = loaded.explain(found.text, texts[: sentence - 1], texts[sentence:])
    else:
        place, explanation = {}, loaded.explain(_typed(text or ""))
    if form == "json":
        output_json(place | explanation.as_dict(), output)
        return
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import explanation_report

    report = explanation_report(explanation, loaded.labels)
    color = output is None and wants_color(sys.stdout)
    output_text(render(report, terminal_width(), color), output)


def _typed(text: str) -> str:
    """Return an argument as text: under some locales Python passes on its bytes as surrogates."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        raise StanceclfError("the sentence is not UTF-8 text; save it in a file") from None


def _sentences(
    path: str, number: int, normalize: Normalizer, encoding: str | None, text_column: str | None
) -> list[Sentence]:
    """Return the sentences of an article, which must have one of this number."""
    from stanceclf.articles import cut_articles

    article = read_one(path, encoding, text_column=text_column)
    sentences = list(cut_articles([article], normalize))
    if number > len(sentences):
        raise StanceclfError(
            f"no sentence {number}; `stanceclf predict` lists {len(sentences)} in it", path=path
        )
    return sentences
