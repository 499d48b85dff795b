"""Stage ``evaluate``: rules and model against gold labels, by held-out article."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from dataclasses import dataclass
from os import PathLike
from typing import Any

from stanceclf.config import EvaluateConfig
from stanceclf.dataset import HELD_OUT_COLUMNS, Columns, read_dataset
from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write, check_outputs
from stanceclf.labels import READING_ORDER
from stanceclf.metrics import Comparison, Estimate, Scores, compare, f_avg
from stanceclf.rule_file import load_voter
from stanceclf.weak_labels import LabelModel, LabelModelName


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """How well rules and model do on one article.

    Attributes
    ----------
    article : str
        Its name.
    sentences : int
        How many gold sentences it has.
    rules, model : float
        F_avg on them.
    """

    article: str
    sentences: int
    rules: float
    model: float


@dataclass(frozen=True, slots=True)
class EvaluateResult:
    """What was measured on gold.

    Attributes
    ----------
    gold : dict of str to int
        How many gold sentences have each stance.
    coverage : float
        The share of gold sentences on which the rules do not abstain.
    comparison : Comparison
        Rules and model, with intervals.
    articles : list of ArticleScores
        The same by article, without.
    """

    gold: dict[str, int]
    coverage: float
    comparison: Comparison
    articles: list[ArticleScores]


def run(
    held_out: str | PathLike[str],
    topic: str | PathLike[str],
    metrics: str | PathLike[str],
    confusion: str | PathLike[str],
    config: EvaluateConfig,
    label_model: LabelModelName = "majority",
) -> EvaluateResult:
    """Score the rules alone and the held-out predictions of the model on the same gold sentences.

    Parameters
    ----------
    held_out : path-like
        The held-out predictions that the stage ``train`` wrote.
    topic : path-like
        The topic's folder.
    metrics, confusion : path-like
        The files to write: the figures as JSON, and a CSV row a gold sentence with what the
        rules and the model call it.
    config : EvaluateConfig
        The stage's settings.
    label_model : str, default "majority"
        How the rules' votes are summed up.

    Raises
    ------
    StanceclfError
        An input cannot be read, or there is no gold in it.
    """
    check_outputs(metrics, confusion)
    rows = _gold_rows(held_out)
    voter = load_voter(topic)
    votes = voter.vote_matrix(rows["text"])
    model = LabelModel(label_model, [rule.weight for rule in voter.rules]).fit(votes)
    weak = model(votes).stances()
    by_rules: list[str] = [stance or "none" for stance in weak]
    gold, by_model = rows["label"], rows["stance"]
    result = EvaluateResult(
        gold={stance: Counter(gold)[stance] for stance in READING_ORDER},
        coverage=round(sum(stance is not None for stance in weak) / len(weak), 4),
        comparison=compare(
            gold,
            by_rules,
            by_model,
            resamples=config.resamples,
            confidence=config.confidence,
            seed=config.seed,
        ),
        articles=_by_article(rows["article"], gold, by_rules, by_model),
    )
    with atomic_write(metrics) as file:
        file.write((json.dumps(_figures(result), indent=2, ensure_ascii=False) + "\n").encode())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["article", "start", "end", "gold", "rules", "model"])
    writer.writerows(
        zip(rows["article"], rows["start"], rows["end"], gold, by_rules, by_model, strict=True)
    )
    with atomic_write(confusion) as file:
        file.write(text.getvalue().encode())
    return result


def _gold_rows(path: str | PathLike[str]) -> Columns:
    columns = read_dataset(path, HELD_OUT_COLUMNS, "train")
    kept = [i for i, reference in enumerate(columns["reference"]) if reference == "gold"]
    if not kept:
        raise StanceclfError(
            "no gold sentences in here; give `stanceclf train` a `--gold` file", path=path
        )
    return {name: [column[i] for i in kept] for name, column in columns.items()}


def _by_article(
    articles: list[str], gold: list[str], rules: list[str], model: list[str]
) -> list[ArticleScores]:
    scores = []
    for article in sorted(set(articles)):
        rows = [i for i, name in enumerate(articles) if name == article]
        truth, by_rules, by_model = ([column[i] for i in rows] for column in (gold, rules, model))
        scores.append(
            ArticleScores(
                article,
                len(rows),
                round(f_avg(truth, by_rules), 4),
                round(f_avg(truth, by_model), 4),
            )
        )
    return scores


def _figures(result: EvaluateResult) -> dict[str, Any]:
    """Return what ``metrics.json`` holds.

    Intervals and articles are lists, which `dvc metrics` leaves out: its tables hold the figures.
    """
    return {
        "gold": {"sentences": sum(result.gold.values())} | result.gold,
        "rules": {"coverage": result.coverage} | _system(result.comparison.rules),
        "model": _system(result.comparison.model),
        "model_minus_rules": _figure("f_avg", result.comparison.difference),
        "articles": [dataclasses.asdict(row) for row in result.articles],
    }


def _system(scores: Scores) -> dict[str, Any]:
    figures: dict[str, Any] = _figure("f_avg", scores.f_avg) | _figure("macro_f1", scores.macro_f1)
    for stance, own in scores.stances.items():
        figures[stance] = (
            _figure("precision", own.precision)
            | _figure("recall", own.recall)
            | _figure("f1", own.f1)
        )
    return figures


def _figure(name: str, estimate: Estimate) -> dict[str, Any]:
    return {name: estimate.value, f"{name}_interval": [estimate.low, estimate.high]}
