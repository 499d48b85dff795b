"""The commands ``gold ...``: gold labels from other tools, and the agreement of annotators."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from stanceclf.cli import annotate, options
from stanceclf.cli.output import output_json, output_lines, output_text
from stanceclf.errors import StanceclfError
from stanceclf.gold import ASKING
from stanceclf.io import counted

app = typer.Typer(help="Exchange gold labels; measure agreement.", no_args_is_help=True)


@app.command("export")
def export(
    form: Annotated[
        Literal["label-studio", "doccano"], typer.Option("--format", help="Labelling tool.")
    ] = "label-studio",
    what: Annotated[
        Literal["unlabelled", "labelled", "all"],
        typer.Option(help="Which sentences; labelled ones include their labels."),
    ] = "unlabelled",
    articles: annotate.Articles = None,
    topic: options.Topic = None,
    gold: options.Gold = None,
    model: annotate.Model = None,
    order: annotate.SortBy = "useful",
    seed: annotate.Seed = 0,
    limit: annotate.Limit = None,
    output: options.Output = None,
    interface: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write the interface to paste in Label Studio under Settings > Labeling "
            "Interface > Code.",
        ),
    ] = None,
    hints: Annotated[
        bool,
        typer.Option(
            "--hints", help="Export the model's predictions as well, which biases annotators."
        ),
    ] = False,
    config: options.Config = options.CONFIG,
) -> None:
    """Export sentences to Label Studio or doccano.

    The most useful ones come first. Label Studio also needs the file that --interface writes.
    """
    from stanceclf.gold import (
        export_gold,
        in_context,
        in_reading_order,
        labelling_interface,
        read_gold,
        sentences_to_export,
    )

    if interface is not None and form != "label-studio":
        why = f"is for Label Studio; {form} has none"
        raise typer.BadParameter(why, param_hint="--interface")
    gold, articles = options.gold_and_articles(gold, articles)
    topic = options.topic_folder(topic)
    read = [gold, articles, topic, config, model or options.MODEL]
    options.forbid_overwrite([output, interface], read)
    column = options.text_column(config)
    known = read_gold(gold, articles, text_column=column) if gold.exists() else []
    candidates = annotate.read(articles, topic, config, model, ask_model=hints or order in ASKING)
    if hints and candidates.probabilities is None:
        raise StanceclfError("--hints needs a model; train one (`dvc repro`) or name one (--model)")
    ranking = candidates.ranked(order, seed)
    items = sentences_to_export(what, candidates.sentences, ranking, known)[:limit]
    if not items:
        why = "no sentence is labelled; leave out --what"
        if what != "labelled":
            why = "every sentence is labelled; `--what labelled` exports them with their labels"
        raise StanceclfError(f"nothing to export: {why}", path=gold)
    # Gold sentences may be boilerplate, or split with other settings: they have a context as well.
    all_of_them = in_reading_order(candidates.sentences, known)
    context = {**in_context(all_of_them), **in_context(candidates.sentences)}
    text = export_gold(items, form, context, candidates.hints() if hints else None)
    if interface is not None:
        output_text(labelling_interface(candidates.voter.topic), interface)
    output_text(text, output)
    if output is not None:
        typer.echo(f"{counted(len(items), 'sentence')} -> {output}")
    if interface is not None:
        where = "Settings > Labeling Interface > Code in Label Studio"
        typer.echo(
            f"labelling interface -> {interface}; paste it under {where}", err=output is None
        )


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Export of Label Studio or doccano, or a table with the columns text and label.",
        ),
    ],
    articles: annotate.Articles = None,
    gold: options.Gold = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Import the labels of this person only; several if repeated. ID=NAME records an "
            "id of the tool under a name.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace gold labels that differ.")
    ] = False,
    config: options.Config = options.CONFIG,
) -> None:
    """Import labels from Label Studio or doccano.

    JSON, CSV, and ZIP files of these. The labels are checked against the articles and added to the
    gold labels. If anything is wrong, nothing is written.
    """
    from stanceclf.gold import add_annotations

    people = _people(annotator or [])
    gold, articles = options.gold_and_articles(gold, articles)
    sentences = options.corpus(articles, config, None).sentences
    column = options.text_column(config)
    merged = add_annotations(
        gold, file, sentences, articles, people, overwrite=overwrite, text_column=column
    )
    typer.echo(
        f"{merged.added} added, {merged.changed} changed, {merged.same} unchanged -> {gold} "
        f"({len(merged.sentences)} in total)"
    )


def _people(given: list[str]) -> dict[str, str]:
    """Return the names to record, by the names in the tool."""
    people: dict[str, str] = {}
    for one in given:
        who, renamed, name = (part.strip() for part in one.partition("="))
        if not who or (renamed and not name) or people.get(who, name or who) != (name or who):
            what = f"`{one}` must be NAME or ID=NAME, each ID once"
            raise typer.BadParameter(what, param_hint="--annotator")
        people[who] = name or who
    return people


@app.command("agreement")
def agreement(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Gold labels of two or more annotators.")
    ],
    articles: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of articles. Default: `articles` beside each file, or seeds/articles.",
        ),
    ] = None,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    text_column: options.TextColumn = None,
    output: options.Output = None,
) -> None:
    """Measure how well annotators agree.

    Only sentences that at least two of them labelled count.
    """
    from stanceclf.gold import measure_agreement, read_gold

    options.forbid_overwrite([output], files)
    people, seen = {}, set()
    for file in files:
        if file.resolve() in seen:
            raise StanceclfError("given twice; name the file of another annotator", path=file)
        seen.add(file.resolve())
        beside = file.parent / options.ARTICLES.name
        folder = articles or (beside if beside.is_dir() else options.ARTICLES)
        people[file.as_posix()] = read_gold(file, folder, text_column=text_column)
    result = measure_agreement(people)
    if form == "json":
        output_json(asdict(result), output)
        return
    from stanceclf.io import terminal_width
    from stanceclf.reports import agreement_report

    output_lines(agreement_report(result, terminal_width()), output)
