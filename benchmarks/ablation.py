"""Take the model apart: what each part adds on gold, by held-out article.

    python benchmarks/ablation.py [--sentences FILE] [--gold FILE] [--topic DIR] [--config FILE]

Every row runs the stages ``label`` and ``train`` with other settings and scores the held-out
predictions by F_avg in two ways: with the rules' votes, and with the n-grams alone, without rules
at prediction. The best of many rows looks better than it is. Prints a table and writes it to
``results/ablation.csv``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from runs import parse_options, predict_held_out, write_rows

from stanceclf.evaluation import compare
from stanceclf.evaluation.metrics import f_avg
from stanceclf.training import LabelConfig, TrainConfig, load_config

_PLAIN = ("chars",)
ROWS: dict[str, dict[str, object]] = {
    "as configured": {},
    "plain characters": {"features": _PLAIN},
    "tagged characters": {"features": ("tagged chars",)},
    "signed characters": {"features": ("signed chars",)},
    "plain + tagged + signed characters": {"features": ("chars", "tagged chars", "signed chars")},
    "plain + signed words": {"features": ("words", "signed words")},
    "without examples": {"examples": False},
    "weak labels as heavy as examples": {"weak": 1.0},
    "stances weighted as they are": {"class_weight": None},
    "rule weight 4": {"rule_weight": 4.0},
    "nothing added where no rule votes": {"silence": 0.0},
    "without the sentences around each": {"context": 0.0},
    "votes summed up by Dawid-Skene": {"label_model": "dawid-skene"},
    "gold labels instead of weak": {"labels": "gold"},
    "plain recipe: characters, no rules, no examples": {
        "features": _PLAIN,
        "examples": False,
        "abstained": 0.0,
        "rule_weight": 0.0,
        "silence": 0.0,
        "context": 0.0,
        "temperature": 1.0,
    },
}


def main() -> None:
    """Measure every setting."""
    given = parse_options(__doc__)
    write_rows(given.out / "ablation.csv", rows(given))


def rows(given: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Yield one row per setting."""
    for name, settings in ROWS.items():
        row = measure(given, settings)
        alone = measure(given, settings | {"rule_weight": 0.0})
        score = compare(row.gold, {"row": row.stances}, "row", row.articles).scores["row"].f_avg
        yield {
            "setting": name,
            "F_avg": f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]",
            "n-grams alone": f"{f_avg(alone.gold, alone.stances):.3f}",
            "features": str(row.features),
        }


@dataclass(frozen=True)
class Row:
    """The held-out predictions of one setting."""

    articles: list[str]
    gold: list[str]
    stances: list[str]
    features: int


def measure(given: argparse.Namespace, settings: dict[str, object]) -> Row:
    """Label, train and predict held-out gold."""
    usual = load_config(given.config, "train", TrainConfig).model_dump()
    own = dict(settings)
    usual_label = load_config(given.config, "label", LabelConfig).model
    label_config = LabelConfig.model_validate({"model": own.pop("label_model", usual_label)})
    config = TrainConfig.model_validate(usual | own)
    found, features = predict_held_out(given, given.topic, label_config, config)
    return Row(found["article"], found["label"], found["stance"], features)


if __name__ == "__main__":
    main()
