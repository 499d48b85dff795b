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
    info: typer.models.OptionInfo = typer.Option(
        flag, metavar="FILE", parser=options.local_output, help=what
    )
    return info


def sentences(
    articles: Annotated[Path, _in("DIR", "Folder of articles.")] = options.ARTICLES,
    output: Annotated[
        Path, _out("--output", "Write the sentences here (Parquet).")
    ] = options.SENTENCES,
    config: options.Config = options.CONFIG,
) -> None:
    """Split articles into sentences (stage 1).

    Also finds who says each sentence.
    """
    from stanceclf.stages import run_sentences
    from stanceclf.training import SentencesConfig, load_config

    options.forbid_overwrite([output], [articles, config])
    result = run_sentences(articles, output, load_config(config, "sentences", SentencesConfig))
    options.warn_of_left_out(articles)
    typer.echo(f"{result.sentences} sentences from {result.articles} articles -> {output}")


def label(
    sentences: Annotated[Path, _in("FILE", "Sentences from stage 1.")] = options.SENTENCES,
    topic: options.Topic = None,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[
        Path, _out("--output", "Write votes and weak labels here (Parquet).")
    ] = options.LABELS,
    rules_table: Annotated[Path, _out("--rules-table", "Write the rule table here (CSV).")] = Path(
        "artifacts/rules.csv"
    ),
    page: Annotated[
        Path, _out("--page", "Write the page that shows what each rule does here (HTML).")
    ] = options.PAGE,
    config: options.Config = options.CONFIG,
) -> None:
    """Compute weak labels from the rules (stage 2)."""
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import rule_table_report
    from stanceclf.stages import run_label
    from stanceclf.training import LabelConfig, load_config

    settings = load_config(config, "label", LabelConfig)
    outputs = (output, rules_table, page)
    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold)
    options.forbid_overwrite(outputs, [sentences, topic, known, config])
    result = run_label(
        sentences, topic, *outputs, settings, known, text_column=options.text_column(config)
    )
    width = terminal_width()
    typer.echo(render(rule_table_report(result.table, width=width), width), nl=False)
    counts = " · ".join(f"{stance} {count}" for stance, count in result.weak_labels.items())
    typer.echo(f"{result.sentences} sentences: {counts} -> {output}, {page}")


def train(
    labels: Annotated[Path, _in("FILE", "Weak labels from stage 2.")] = options.LABELS,
    topic: options.Topic = None,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    output: Annotated[Path, _out("--output", "Write the model here.")] = options.MODEL,
    held_out: Annotated[
        Path, _out("--held-out", "Write the held-out predictions here (Parquet).")
    ] = options.HELD_OUT,
    metrics: Annotated[
        Path, _out("--metrics", "Write how well these agree with the labels here (JSON).")
    ] = Path("artifacts/cross_validation.json"),
    folds: Annotated[
        Path, _out("--folds", "Write the models behind these here, for stage 4.")
    ] = options.FOLDS,
    config: options.Config = options.CONFIG,
) -> None:
    """Train and cross-validate the model (stage 3).

    No article is predicted by a model that saw it.
    """
    from stanceclf.model import record_path
    from stanceclf.stages import run_train
    from stanceclf.training import LabelConfig, TrainConfig, load_config

    settings = load_config(config, "train", TrainConfig)
    label_model = load_config(config, "label", LabelConfig).model
    outputs = (output, held_out, metrics)
    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold)
    options.forbid_overwrite([*outputs, folds, record_path(output)], [labels, topic, known, config])
    column = options.text_column(config)
    result = run_train(
        labels, topic, *outputs, settings, known, label_model, folds, text_column=column
    )
    for name, agreement, what in (
        ("weak", result.weak, ": agreement with the rules, not accuracy"),
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
            "scores on gold labels are biased"
        )
    typer.echo(f"{result.sentences} sentences, {result.features} features -> {output}")


def evaluate(
    held_out: Annotated[Path, _in("FILE", "Held-out predictions from stage 3.")] = options.HELD_OUT,
    labels: Annotated[
        Path, _out("--labels", "Weak labels that they were made from.")
    ] = options.LABELS,
    topic: options.Topic = None,
    sentences: Annotated[
        Path, _out("--sentences", "Sentences with their speakers, from stage 1.")
    ] = options.SENTENCES,
    speakers: Annotated[
        Path | None,
        _out(
            "--speakers",
            "Gold speakers. Default: speakers.jsonl beside the articles, if there is one.",
        ),
    ] = None,
    model: Annotated[Path, _out("--model", "Model that the card describes.")] = options.MODEL,
    folds: Annotated[
        Path, _out("--folds", "Models behind the held-out predictions, from stage 3.")
    ] = options.FOLDS,
    articles: options.Articles = options.ARTICLES,
    gold: options.Gold = None,
    no_gold: options.NoGold = False,
    scores: Annotated[
        Path, _out("--scores", "Write the few scores that `dvc metrics` shows here (JSON).")
    ] = Path("artifacts/scores.json"),
    metrics: Annotated[Path, _out("--metrics", "Write all figures here (JSON).")] = options.METRICS,
    confusion: Annotated[
        Path,
        _out("--confusion", "Write each system's stance for every gold sentence here (CSV)."),
    ] = Path("artifacts/confusion.csv"),
    errors: Annotated[Path, _out("--errors", "Write the worst errors here (JSON Lines).")] = Path(
        "artifacts/errors.jsonl"
    ),
    card: Annotated[Path, _out("--card", "Write the model card here (Markdown).")] = options.CARD,
    config: options.Config = options.CONFIG,
) -> None:
    """Evaluate on the gold labels (stage 4).

    Scores rules, model and baselines, and writes the model card.
    """
    from stanceclf.io import render, terminal_width
    from stanceclf.reports import evaluation_report
    from stanceclf.stages import run_evaluate
    from stanceclf.training import EvaluateConfig, LabelConfig, TrainConfig, load_config

    topic, known = options.topic_folder(topic), options.gold_file(gold, no_gold, articles)
    usual = articles.parent / options.SPEAKERS.name
    speakers = speakers or (usual if usual.exists() else None)
    inputs = [held_out, labels, topic, sentences, speakers, model, folds, articles, known, config]
    options.forbid_overwrite([scores, metrics, confusion, errors, card], inputs)
    result = run_evaluate(
        held_out,
        labels,
        topic,
        load_config(config, "evaluate", EvaluateConfig),
        load_config(config, "train", TrainConfig),
        load_config(config, "label", LabelConfig).model,
        sentences=sentences,
        speakers=speakers,
        model=model,
        folds=folds,
        articles=articles,
        gold=known,
        scores=scores,
        metrics=metrics,
        confusion=confusion,
        errors=errors,
        card=card,
        text_column=options.text_column(config),
    )
    if result is None:
        typer.echo(
            "No gold labels yet, so there are no scores. Label some sentences with "
            "`stanceclf annotate`, then run `dvc repro` again."
        )
    else:
        width = terminal_width()
        typer.echo(render(evaluation_report(result, width), width), nl=False)
