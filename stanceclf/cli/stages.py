"""The commands of the pipeline's stages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stanceclf.cli import options


def _in(name: str, what: str) -> typer.models.ArgumentInfo:
    info: typer.models.ArgumentInfo = typer.Argument(metavar=name, help=what)
    return info


def _out(flag: str, what: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(flag, metavar="FILE", help=what)
    return info


def sentences(
    articles: Annotated[Path, _in("DIR", "The folder of articles.")] = options.ARTICLES,
    output: Annotated[Path, _out("--output", "The sentences to write.")] = options.SENTENCES,
    config: options.Config = options.CONFIG,
) -> None:
    """Cut articles into sentences (stage 1)."""
    from stanceclf.articles import skipped_files
    from stanceclf.stages import run_sentences
    from stanceclf.training import SentencesConfig, load_config

    options.spare([output], [articles, config])
    result = run_sentences(articles, output, load_config(config, "sentences", SentencesConfig))
    if skipped := skipped_files(articles):
        more = ", ..." if len(skipped) > 3 else ""
        typer.echo(f"left out, for they are no articles: {', '.join(skipped[:3])}{more}")
    typer.echo(f"{result.sentences} sentences of {result.articles} articles -> {output}")


def label(
    sentences: Annotated[Path, _in("FILE", "The sentences.")] = options.SENTENCES,
    topic: options.Topic = None,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[Path, _out("--output", "The weak labels to write.")] = options.LABELS,
    rules_table: Annotated[Path, _out("--rules-table", "The rule table to write (CSV).")] = Path(
        "artifacts/rules.csv"
    ),
    page: Annotated[
        Path, _out("--page", "The page to write, on which to read what each rule does (HTML).")
    ] = options.PAGE,
    config: options.Config = options.CONFIG,
) -> None:
    """Vote by rules and label weakly (stage 2)."""
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import rule_table_report
    from stanceclf.stages import run_label
    from stanceclf.training import LabelConfig, load_config

    settings = load_config(config, "label", LabelConfig)
    outputs = (output, rules_table, page)
    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold)
    options.spare(outputs, [sentences, topic, known, config])
    result = run_label(sentences, topic, *outputs, settings, known)
    width = terminal_width()
    typer.echo(render(rule_table_report(result.table, width=width), width), nl=False)
    counts = " · ".join(f"{stance} {count}" for stance, count in result.weak_labels.items())
    typer.echo(f"{result.sentences} sentences: {counts} -> {output}, {page}")


def train(
    labels: Annotated[Path, _in("FILE", "The weak labels.")] = options.LABELS,
    topic: options.Topic = None,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[Path, _out("--output", "The model to write.")] = options.MODEL,
    held_out: Annotated[
        Path, _out("--held-out", "The held-out predictions to write.")
    ] = options.HELD_OUT,
    metrics: Annotated[Path, _out("--metrics", "The agreement to write (JSON).")] = Path(
        "artifacts/cross_validation.json"
    ),
    config: options.Config = options.CONFIG,
) -> None:
    """Train and cross-validate by article (stage 3)."""
    from stanceclf.model import record_of
    from stanceclf.stages import run_train
    from stanceclf.training import LabelConfig, TrainConfig, load_config

    settings = load_config(config, "train", TrainConfig)
    label_model = load_config(config, "label", LabelConfig).model
    outputs = (output, held_out, metrics)
    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold)
    options.spare([*outputs, record_of(output)], [labels, topic, known, config])
    result = run_train(labels, topic, *outputs, settings, known, label_model)
    for name, agreement, what in (
        ("weak", result.weak, ": how well it copies the rules, no proof of being right"),
        ("gold", result.gold, ""),
    ):
        if agreement is not None:
            typer.echo(
                f"held-out articles ({result.folds} folds) against {name} labels: "
                f"F_avg {agreement.f_avg:.3f}, macro-F1 {agreement.macro_f1:.3f} "
                f"({agreement.sentences} sentences){what}"
            )
    if result.gold is not None and result.chosen:
        typer.echo(
            f"{result.chosen} of {result.gold.sentences} gold sentences were not chosen at random: "
            "what is measured on them is biased"
        )
    typer.echo(f"{result.sentences} sentences, {result.features} features -> {output}")


def evaluate(
    held_out: Annotated[Path, _in("FILE", "The held-out predictions.")] = options.HELD_OUT,
    labels: Annotated[
        Path, _out("--labels", "The weak labels that they were made from.")
    ] = options.LABELS,
    topic: options.Topic = None,
    sentences: Annotated[
        Path, _out("--sentences", "The sentences, with who says them.")
    ] = options.SENTENCES,
    speakers: Annotated[
        Path | None,
        _out("--speakers", "Gold speakers; default: speakers.jsonl beside the articles, if there."),
    ] = None,
    model: Annotated[Path, _out("--model", "The model that its card is of.")] = options.MODEL,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    metrics: Annotated[Path, _out("--metrics", "The figures to write (JSON).")] = options.METRICS,
    confusion: Annotated[
        Path, _out("--confusion", "Gold against each system to write, a row a sentence (CSV).")
    ] = Path("artifacts/confusion.csv"),
    errors: Annotated[Path, _out("--errors", "The worst errors to write (JSON lines).")] = Path(
        "artifacts/errors.jsonl"
    ),
    card: Annotated[Path, _out("--card", "The model card to write (Markdown).")] = options.CARD,
    config: options.Config = options.CONFIG,
) -> None:
    """Score rules, model and baselines, and write the model's card (stage 4)."""
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import evaluation_report
    from stanceclf.stages import CardFiles, run_evaluate
    from stanceclf.training import EvaluateConfig, LabelConfig, TrainConfig, load_config

    settings = load_config(config, "evaluate", EvaluateConfig)
    train = load_config(config, "train", TrainConfig)
    label_model = load_config(config, "label", LabelConfig).model
    outputs = (metrics, confusion, errors)
    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold, articles)
    usual = articles.parent / options.SPEAKERS.name
    said = speakers or (usual if usual.exists() else None)
    inputs = [held_out, labels, topic, sentences, said, model, articles, known, config]
    options.spare([*outputs, card], inputs)
    told = CardFiles(card, model, articles, known)
    result = run_evaluate(
        held_out, labels, topic, *outputs, settings, train, label_model, sentences, said, told
    )
    if result is None:
        typer.echo(
            "No gold labels yet, so nothing tells how good rules and model are. Label some with "
            "`stanceclf annotate`, then run `dvc repro` again."
        )
    else:
        width = terminal_width()
        typer.echo(render(evaluation_report(result, width), width), nl=False)
