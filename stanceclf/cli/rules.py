"""The commands on rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import Reading, write_articles, write_pieces
from stanceclf.cli.output import write_text
from stanceclf.errors import StanceclfError
from stanceclf.prediction import Format

if TYPE_CHECKING:
    from stanceclf.authoring import RuleRow
    from stanceclf.gold import Corpus

app = typer.Typer(
    help="Check rules, and see what they alone say.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def _rules() -> None:
    """Check rules, and see what they alone say."""


@app.command("check")
def check(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    config: options.Config = options.CONFIG,
    strict: Annotated[
        bool, typer.Option("--strict", help="Let warnings fail as errors do.")
    ] = False,
    form: Annotated[
        Literal["text", "jsonl"], typer.Option("--format", help="How to write what is found.")
    ] = "text",
) -> None:
    """Tell what is wrong with rules and lexicons, by file and line.

    Checks the files, the rules' examples, rules that are equal or shadow one another and, with
    articles there, rules that never vote. Exit code 1 if there is an error.
    """
    import dataclasses

    from stanceclf.articles import Normalizer, articles_in
    from stanceclf.authoring import check_rules

    folder = options.topic_folder(topic)
    normalizer = Normalizer.from_opencc()
    # Rules come before articles, in a new project.
    corpus, unread = None, None
    if articles != options.ARTICLES or articles_in(articles):
        try:
            corpus = options.corpus(articles, config, None)
        except StanceclfError as error:
            unread = error
    checked = check_rules(folder, None if corpus is None else corpus.texts, normalizer)
    found = checked.findings
    for finding in found:
        row = json.dumps(dataclasses.asdict(finding), ensure_ascii=False)
        typer.echo(row if form == "jsonl" else str(finding))
    errors = sum(finding.level == "error" for finding in found)
    if form == "text":
        on = "without articles"
        if corpus is not None:
            on = f"on {_count(len(corpus.sentences), 'sentence')}"
        if checked.mentioning is not None:
            on += f", {checked.mentioning} of which mention the target"
        counts = (_count(errors, "error"), _count(len(found) - errors, "warning"))
        typer.echo(f"{', '.join(counts)} ({on})")
    if unread is not None:
        raise unread
    if errors or (strict and found):
        raise typer.Exit(1)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


@app.command("stats")
def stats(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    by_article: Annotated[
        bool, typer.Option("--by-article", help="A table an article, or a file of several.")
    ] = False,
    sort: Annotated[
        Literal["need", "file"],
        typer.Option(
            "--sort",
            help="need: the rules with most wrong votes first, as far as gold, or else conflicts, "
            "tell; file: in the order of rules.yaml.",
        ),
    ] = "need",
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
    output: options.Output = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Tell what each rule covers and how right it is, worst first.

    The columns are those of Snorkel's LF summary. Reads rules and articles as they are now.
    """
    from stanceclf.authoring import rule_stats

    known = options.gold_file(gold, no_gold, articles)
    topic = options.topic_folder(topic)
    options.spare([output], [topic, articles, known, config])
    corpus = options.corpus(articles, config, known)
    voter = options.voter(topic)
    tables = rule_stats(voter, corpus, by_article=by_article, sort=sort)
    write_text(_written(tables, form, corpus), output)


def _written(tables: dict[str, list[RuleRow]], form: str, corpus: Corpus) -> str:
    from stanceclf.authoring import COLUMNS, as_dict
    from stanceclf.io import printable, render, table_csv, terminal_width
    from stanceclf.reports import rule_table_report

    named = "" not in tables
    if form == "table":
        what = f"{len(corpus.sentences)} sentences, {len(corpus.gold)} gold labels"
        width = terminal_width()
        titles = {name: printable(name) or f"Rules on {what}" for name in tables}
        shown = (render(rule_table_report(t, titles[n], width), width) for n, t in tables.items())
        return "\n".join(shown)
    rows: list[dict[str, object]] = [
        {**({"article": name} if named else {}), **as_dict(row)}
        for name, table in tables.items()
        for row in table
    ]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    return table_csv(rows, ["article", *COLUMNS] if named else COLUMNS)


@app.command("page")
def page(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write.")
    ] = options.PAGE,
    config: options.Config = options.CONFIG,
) -> None:
    """Write the page on which to read what each rule does, sentence by sentence.

    The stage `label` writes it as well; this reads rules and articles as they are now.
    """
    from stanceclf.reports import page_of_votes
    from stanceclf.rules import DistinctVotes, LabelModel
    from stanceclf.training import LabelConfig, load_config

    known = options.gold_file(gold, no_gold, articles)
    topic = options.topic_folder(topic)
    options.spare([output], [topic, articles, known, config])
    voter = options.voter(topic)
    corpus = options.corpus(articles, config, known)
    votes = DistinctVotes.of([voter.vote_matrix(corpus.texts)], len(voter.rules))
    name = load_config(config, "label", LabelConfig).model
    weak = LabelModel(name, voter.weights).fit(votes.rows, votes.counts)(votes.rows)
    write_text(page_of_votes(voter, corpus, votes, weak.label[votes.row_of]), output)
    typer.echo(f"{len(voter.rules)} rules, {len(corpus.sentences)} sentences -> {output}")


@app.command("suggest")
def suggest(
    topic: options.Topic = None,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="How many at most.")] = 20,
    form: Annotated[
        Literal["table", "yaml", "json"], typer.Option("--format", help="How to write them.")
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="A YAML file to write as well."),
    ] = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Suggest words and phrases worth a rule, with counts and examples.

    A model learns from what the rules say and calls the sentences that none of them reaches; the
    phrases that set its calls apart, and gold labels that the rules miss, are ranked by the z-score
    of their log-odds with a Dirichlet prior. Strike what you would not defend in the file, then
    `stanceclf rules add FILE`.
    """
    from stanceclf.authoring import suggest_rules, write_suggestions
    from stanceclf.reports import as_json, suggestion_report
    from stanceclf.training import LabelConfig, TrainConfig, load_config

    known = options.gold_file(gold, no_gold, articles)
    topic = options.topic_folder(topic)
    options.spare([output], [topic, articles, known, config])
    voter = options.voter(topic)
    corpus = options.corpus(articles, config, known)
    train = load_config(config, "train", TrainConfig)
    label_model = load_config(config, "label", LabelConfig).model
    found = suggest_rules(voter, corpus, train, label_model, most)
    if output is not None:
        write_text(write_suggestions(found, output.as_posix()), output)
    if form == "table":
        from stanceclf.io import render, terminal_width

        typer.echo(render(suggestion_report(found, voter.topic.labels), terminal_width()), nl=False)
        if output is not None:
            then = f"; strike some, then `stanceclf rules add {output}`" if found else ""
            typer.echo(f"{_count(len(found), 'rule')} -> {output}{then}")
    else:
        text = as_json(found) if form == "json" else write_suggestions(found, "FILE")
        write_text(text, None)


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of rules.")],
    topic: options.Topic = None,
) -> None:
    """Add the rules of a file to the topic's, if all of them are fine."""
    from stanceclf.articles import Normalizer
    from stanceclf.authoring import add_rules

    folder = options.topic_folder(topic)
    added = add_rules(folder, file, Normalizer.from_opencc())
    typer.echo(f"{_count(len(added), 'rule')} added -> {(folder / 'rules.yaml').as_posix()}")


@app.command("apply")
def apply(
    paths: options.Paths,
    topic: options.Topic = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the sentences.")] = "table",
    output: options.Output = None,
    config: options.Config = options.CONFIG,
    labels: Annotated[
        Path, typer.Option(metavar="FILE", help="Votes to learn from, where `label.model` learns.")
    ] = options.LABELS,
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    max_sentence: options.MaxSentence = options.MAX_SENTENCE,
) -> None:
    """Let the rules alone vote on every sentence of articles.

    The table shows what each rule found and the negator that vetoed it or made it vote for the
    opposite. Exit code 1 if an article could not be read; the others are written all the same.
    """
    from stanceclf.prediction import apply_rules, fitted_label_model, write_predictions
    from stanceclf.training import LabelConfig, load_config

    topic = options.topic_folder(topic)
    voter = options.voter(topic)
    name = load_config(config, "label", LabelConfig).model
    label_model = fitted_label_model(voter, name, labels)

    def write(reading: Reading, file: BinaryIO) -> None:
        rows = reading.show(apply_rules(voter, reading.articles, label_model, max_sentence))
        shown, name = voter.topic.labels, voter.topic.name
        pieces = write_predictions(rows, form, shown, votes=True, topic=name, color=reading.color)
        write_pieces(pieces, file)

    inputs = [topic, config, labels]
    write_articles(
        *(paths, write, output, inputs),
        at_once=form == "table",
        encoding=encoding,
        most=max_file << 20,
    )
