"""The commands on rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import write_rows
from stanceclf.formats import Format

app = typer.Typer(help="See what the rules alone say.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _rules() -> None:
    """See what the rules alone say."""


@app.command("apply")
def apply(
    paths: options.Paths,
    topic: options.Topic = options.TOPIC,
    form: Annotated[Format, typer.Option("--format", help="How to write the sentences.")] = "table",
    output: options.Output = None,
    config: options.Config = options.CONFIG,
    labels: Annotated[
        Path, typer.Option(metavar="FILE", help="Votes to learn from, where `label.model` learns.")
    ] = options.LABELS,
) -> None:
    """Let the rules alone vote on every sentence of articles.

    Exit code 1 if an article could not be read; the others are written all the same.
    """
    from stanceclf.config import LabelConfig, load_config
    from stanceclf.normalization import Normalizer
    from stanceclf.rule_file import load_voter
    from stanceclf.rule_predictions import apply_rules, fitted_label_model

    normalizer = Normalizer.from_opencc()
    voter = load_voter(topic, normalizer)
    name = load_config(config, "label", LabelConfig).model
    label_model = fitted_label_model(voter, name, labels)
    write_rows(
        paths,
        lambda article: apply_rules(voter, article, normalizer, label_model),
        form,
        voter.topic.name,
        dict(voter.topic.labels.items()),
        output,
        votes=True,
    )
