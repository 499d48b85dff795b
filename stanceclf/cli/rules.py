"""The commands ``rules ...``: checking, measuring, extending and applying rules."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import Reading, write_articles
from stanceclf.cli.output import (
    choose_form,
    default_form,
    output_findings,
    output_json,
    output_text,
)
from stanceclf.errors import StanceclfError
from stanceclf.io import counted, write_pieces

if TYPE_CHECKING:
    from stanceclf.authoring import RuleRow
    from stanceclf.gold import Corpus
    from stanceclf.rules import Voter

_SUFFIXES: dict[str, Literal["table", "jsonl", "csv"]] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".txt": "table",
}

app = typer.Typer(help="Check, measure, extend and apply rules.", no_args_is_help=True)


@app.command("check")
def check(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    config: options.Config = options.CONFIG,
    strict: options.Strict = False,
    form: Annotated[
        Literal["text", "jsonl"], typer.Option("--format", help="Output format.")
    ] = "text",
) -> None:
    """Check rules and lexicons for mistakes.

    Reports invalid files, failing examples, rules that repeat or shadow one another and, if there
    are articles, rules that never vote. Exits with 1 if there is an error.
    """
    from stanceclf.articles import Normalizer, articles_in
    from stanceclf.authoring import check_rules

    folder = options.topic_folder(topic)
    corpus, unread = None, None
    # A new project has rules before it has articles.
    if articles != options.ARTICLES or articles_in(articles).files:
        try:
            corpus = options.corpus(articles, config, None)
        except StanceclfError as error:
            unread = error
    texts = None if corpus is None else corpus.texts
    checked = check_rules(folder, texts, Normalizer.from_opencc())
    on = "without articles" if texts is None else f"on {counted(len(texts), 'sentence')}"
    if checked.mentioning is not None:
        on += f", {checked.mentioning} of which mention the target"
    output_findings(checked.findings, form, on)
    if unread is not None:
        raise unread
    if checked.errors or (strict and checked.findings):
        raise typer.Exit(1)


@app.command("stats")
def stats(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    by_article: Annotated[
        bool, typer.Option("--by-article", help="One table per article, or per file of posts.")
    ] = False,
    sort: Annotated[
        Literal["need", "file"],
        typer.Option(help="need: most wrong votes first, as estimated; file: as in rules.yaml."),
    ] = "need",
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    output: options.Output = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Show coverage and accuracy of each rule.

    The columns are those of Snorkel's LF summary. Rules and articles are read anew; no stage needs
    to run. Without gold labels, wrong votes are estimated from conflicts.
    """
    from stanceclf.authoring import rule_stats

    voter, corpus = _read(topic, articles, gold, no_gold, config, output)
    tables = rule_stats(voter, corpus, by_article=by_article, sort=sort)
    if form == "table":
        output_text(_shown(tables, corpus), output)
        return
    from stanceclf.authoring import RULE_COLUMNS
    from stanceclf.io import table_csv

    columns = ["article", *RULE_COLUMNS] if by_article else RULE_COLUMNS
    rows: list[dict[str, object]] = [
        {**({"article": name} if by_article else {}), **row.as_dict()}
        for name, table in tables.items()
        for row in table
    ]
    if form == "json":
        output_json(rows, output)
    else:
        output_text(table_csv(rows, columns), output)


def _read(
    topic: Path | None,
    articles: Path,
    gold: Path | None,
    no_gold: bool,
    config: Path,
    output: Path | None,
) -> tuple[Voter, Corpus]:
    """Return the rules, and the articles with their gold labels, as they are now."""
    from stanceclf.rules import load_voter

    gold = options.gold_file(gold, no_gold, articles)
    topic = options.topic_folder(topic)
    options.forbid_overwrite([output], [topic, articles, gold, config])
    return load_voter(topic), options.corpus(articles, config, gold)


def _shown(tables: dict[str, list[RuleRow]], corpus: Corpus) -> str:
    from stanceclf.io import printable, render, terminal_width
    from stanceclf.reports import rule_table_report

    labelled = sum(label is not None for label in corpus.gold_labels())
    what = f"Rules on {len(corpus.sentences)} sentences, {labelled} gold labels"
    if elsewhere := len(corpus.gold) - labelled:
        what += f"; {elsewhere} of other text left out"
    width = terminal_width()
    return "\n".join(
        render(rule_table_report(table, printable(name) or what, width), width)
        for name, table in tables.items()
    )


@app.command("page")
def page(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            parser=options.local_output,
            help="Output file (HTML).",
        ),
    ] = options.PAGE,
    config: options.Config = options.CONFIG,
) -> None:
    """Write a page that shows what each rule does.

    It is the page that the stage `label` writes, from rules and articles as they are now.
    """
    from stanceclf.reports import rule_page
    from stanceclf.training import LabelConfig, load_config

    voter, corpus = _read(topic, articles, gold, no_gold, config, output)
    label_model = load_config(config, "label", LabelConfig).model
    output_text(rule_page(voter, corpus, label_model), output)
    typer.echo(f"{len(voter.rules)} rules, {len(corpus.sentences)} sentences -> {output}")


@app.command("suggest")
def suggest(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="At most N suggestions.")] = 20,
    form: Annotated[
        Literal["table", "yaml", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            parser=options.local_output,
            help="Also write a YAML file of rules.",
        ),
    ] = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Suggest words and phrases for new rules.

    A model learns from the votes of the rules and predicts the sentences that no rule reaches.
    Phrases are ranked by how strongly they are tied to these predictions, and to gold labels that
    the rules miss (z-score of the log-odds with a Dirichlet prior). Delete what you would not
    defend from the file, then run `stanceclf rules add FILE`.
    """
    from stanceclf.authoring import suggest_rules, write_suggestions
    from stanceclf.training import LabelConfig, TrainConfig, load_config

    voter, corpus = _read(topic, articles, gold, no_gold, config, output)
    train = load_config(config, "train", TrainConfig)
    label_model = load_config(config, "label", LabelConfig).model
    found = suggest_rules(voter, corpus, train, label_model, most)
    if output is not None:
        output_text(write_suggestions(found, output.as_posix()), output)
    if form == "yaml":
        output_text(write_suggestions(found, "FILE"), None)
        return
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import suggestion_report

    if form == "json":
        output_json([asdict(one) | {"rule": one.rule.written()} for one in found], None)
        return
    typer.echo(render(suggestion_report(found, voter.topic.labels), terminal_width()), nl=False)
    if output is not None:
        then = f"; edit it, then run `stanceclf rules add {output}`" if found else ""
        typer.echo(f"{counted(len(found), 'rule')} -> {output}{then}")


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Rule file (YAML).")],
    topic: options.Topic = None,
) -> None:
    """Add the rules of a file to the topic.

    If one of them is invalid, none is added.
    """
    from stanceclf.articles import Normalizer
    from stanceclf.authoring import add_rules

    folder = options.topic_folder(topic)
    added = add_rules(folder, file, Normalizer.from_opencc())
    typer.echo(f"{counted(len(added), 'rule')} added -> {(folder / 'rules.yaml').as_posix()}")


@app.command("apply")
def apply(
    paths: options.Paths,
    topic: options.Topic = None,
    form: Annotated[
        Literal["table", "jsonl", "csv"] | None,
        typer.Option(
            "--format",
            help="Output format. Default: by the suffix of --output; without it, table at a "
            "terminal, jsonl elsewhere.",
        ),
    ] = None,
    output: options.Output = None,
    config: options.Config = options.CONFIG,
    labels: Annotated[
        Path, typer.Option(metavar="FILE", help="Votes to fit a dawid-skene label model on.")
    ] = options.LABELS,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    max_sentence: options.MaxSentence = options.MAX_SENTENCE,
) -> None:
    """Label articles with the rules alone.

    The table shows what each rule matched, and the negator that vetoed its vote or reversed it.
    Exits with 1 if an article could not be read; all others are written.
    """
    from stanceclf.prediction import apply_rules, fitted_label_model, write_predictions
    from stanceclf.rules import load_voter
    from stanceclf.training import LabelConfig, load_config

    topic = options.topic_folder(topic)
    options.forbid_overwrite([output], [topic, config, labels])
    shown = choose_form(form, output, _SUFFIXES) or default_form(output)
    voter = load_voter(topic)
    label_model = fitted_label_model(voter, load_config(config, "label", LabelConfig).model, labels)

    def write(reading: Reading, file: BinaryIO) -> None:
        rows = reading.track(apply_rules(voter, reading, label_model, max_sentence))
        pieces = write_predictions(
            rows,
            shown,
            voter.topic.labels,
            votes=True,
            topic=voter.topic.name,
            color=reading.color,
            mark=reading.in_file,
        )
        write_pieces(pieces, file)

    write_articles(
        *(paths, write, output, [topic, config, labels]),
        scrolls=shown != "table",
        encoding=encoding,
        max_file=max_file,
        text_column=text_column,
    )
