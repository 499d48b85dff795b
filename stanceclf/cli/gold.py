"""The commands on gold labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stanceclf.cli import annotate, options
from stanceclf.cli.output import write_text
from stanceclf.cli.screen import fold
from stanceclf.errors import StanceclfError
from stanceclf.gold import ASKING
from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    from stanceclf.gold import Agreement

app = typer.Typer(
    help="Label sentences elsewhere, and see how far people agree.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _gold() -> None:
    """Label sentences elsewhere, and see how far people agree."""


@app.command("export")
def export(
    form: Annotated[
        Literal["label-studio", "doccano"],
        typer.Option("--format", help="The tool to label with."),
    ] = "label-studio",
    what: Annotated[
        Literal["unlabelled", "labelled", "all"],
        typer.Option(help="Which sentences; those that are labelled come with their labels."),
    ] = "unlabelled",
    articles: annotate.Articles = None,
    topic: options.Topic = None,
    gold: annotate.Gold = None,
    model: annotate.Model = None,
    order: annotate.By = "useful",
    seed: annotate.Seed = 0,
    limit: annotate.Limit = None,
    output: options.Output = None,
    interface: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to write Label Studio's labelling interface as well."
        ),
    ] = None,
    config: options.Config = options.CONFIG,
) -> None:
    """Write sentences to label elsewhere.

    The most useful ones come first, for Label Studio or doccano.
    """
    from stanceclf.gold import (
        choose,
        export_gold,
        in_context,
        interface as write_interface,
        read_gold,
    )

    if interface is not None and form != "label-studio":
        raise StanceclfError(f"--interface is Label Studio's; {form} has none")
    gold, articles = annotate.places(gold, articles)
    topic = options.topic_folder(topic)
    read = [gold, articles, topic, config, model or options.MODEL]
    options.spare([output, interface], read)
    known = read_gold(gold) if gold.exists() else []
    candidates = annotate.read(articles, topic, config, model, ask_model=order in ASKING)
    ranking = candidates.ranked(order, seed)
    items = choose(what, candidates.sentences, ranking, known)[:limit]
    if not items:
        none = "no sentence is labelled; leave --what out"
        if what != "labelled":
            none = "every sentence is labelled; `--what labelled` exports them with their labels"
        raise StanceclfError(f"nothing to export: {none}", path=gold)
    if interface is not None:
        write_text(write_interface(candidates.voter.topic.labels), interface)
    write_text(export_gold(items, form, in_context(candidates.sentences)), output)
    if output is not None:
        typer.echo(f"{len(items)} sentence{'s' * (len(items) != 1)} -> {output}")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What Label Studio or doccano has exported.")
    ],
    articles: annotate.Articles = None,
    gold: annotate.Gold = None,
    annotator: Annotated[
        str | None,
        typer.Option(metavar="WHO", help="Take this person's labels alone."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let a new label replace a different one.")
    ] = False,
    config: options.Config = options.CONFIG,
) -> None:
    """Read labels that were given elsewhere.

    An export of Label Studio or doccano is checked against the articles and added to the gold
    labels. If anything is wrong with it, nothing is written.
    """
    from stanceclf.articles import Sentence
    from stanceclf.gold import import_gold, locked, merge_gold, read_gold, write_gold

    gold, articles = annotate.places(gold, articles)
    corpus = options.corpus(articles, config, None)
    with locked(gold):
        known = read_gold(gold) if gold.exists() else []
        # Gold labels may be of sentences that other settings cut.
        labelled = [Sentence(one.article, one.start, one.end, one.text) for one in known]
        new = import_gold(file, [*corpus.sentences, *labelled], annotator)
        merged = merge_gold(known, new, overwrite=overwrite)
        if merged.added or merged.changed:
            write_gold(gold, merged.sentences)
    typer.echo(
        f"{merged.added} added, {merged.changed} changed, {merged.same} the same -> {gold} "
        f"({len(merged.sentences)} in all)"
    )


@app.command("agreement")
def agreement(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="The gold labels of two or more people.")
    ],
    articles: Annotated[
        Path | None,
        typer.Option(
            "--articles",
            metavar="DIR",
            help="Their folder of articles; default: `articles` beside each, or seeds/articles.",
        ),
    ] = None,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
    output: options.Output = None,
) -> None:
    """Tell how far annotators agree.

    Only sentences that several of them have labelled count.
    """
    import json
    from dataclasses import asdict

    from stanceclf.gold import measure_agreement, read_gold

    people, places = {}, set()
    options.spare([output], files)
    for file in files:
        if file.resolve() in places:
            raise StanceclfError("given twice; name the file of another person", path=file)
        places.add(file.resolve())
        beside = file.parent / options.ARTICLES.name
        folder = articles or (beside if beside.is_dir() else options.ARTICLES)
        people[file.as_posix()] = read_gold(file, folder)
    result = measure_agreement(people)
    if form == "json":
        write_text(json.dumps(asdict(result), ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_text("\n".join(_report(result)) + "\n", output)


def _report(result: Agreement) -> Iterator[str]:
    """Yield the lines of an agreement for people."""
    from rich.table import Table

    from stanceclf.io import render, terminal_width

    width = terminal_width()
    yield from fold(
        f"{result.sentences} sentence{'s' * (result.sentences != 1)} labelled by several: "
        f"agreement {result.agreement:.3f}, Krippendorff's alpha {_figure(result.alpha)}",
        width,
    )
    for pair in result.pairs:
        yield ""
        yield from fold(f"{pair.first} and {pair.second}", width)
        yield from fold(
            f"  {pair.shared} shared, agreement {_figure(pair.agreement)}, "
            f"Cohen's kappa {_figure(pair.kappa)}",
            width,
        )
        if pair is result.pairs[0]:
            table = Table("first \\ second", box=None, pad_edge=False)
            for stance in READING_ORDER:
                table.add_column(stance, justify="right")
            for stance, row in result.confusion.items():
                table.add_row(stance, *(str(row[other]) for other in READING_ORDER))
            yield render(table, width).rstrip("\n")
    count = len(result.disagreements)
    yield ""
    yield f"{count} disagreement{'s' * (count != 1)}" + ":" * bool(count)
    for one in result.disagreements:
        yield ""
        yield from fold(f"{one.article} · {one.start}-{one.end}", width)
        yield from (f"  {line}" for line in fold(one.text, width - 2))
        for name, label in one.labels.items():
            yield from fold(f"  {label:<7}  {name}", width)


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
