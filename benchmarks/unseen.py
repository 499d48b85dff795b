"""Score the shipped topic on articles that nobody wrote its rules or examples for.

    python benchmarks/unseen.py --data DIR [--out DIR]

`DIR` contains `gold.jsonl` and a folder `articles`, as `stanceclf score` reads them. The articles
are split in two by their numbers: whoever works on rules and examples reads the errors of one half
only. Every row trains the model anew without one of its parts, on everything else of the project.
Prints three tables and writes them to ``results``: ``unseen.csv`` (each system on each half),
``unseen_parts.csv`` (what each part is worth) and ``unseen_curve.csv`` (what more examples add).
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from runs import RESULTS, write_rows

from stanceclf.evaluation import example_curve, score
from stanceclf.evaluation.metrics import Estimate
from stanceclf.gold import Labelled, read_labelled
from stanceclf.model import StanceModel, load
from stanceclf.stages import run_label, run_train
from stanceclf.training import EvaluateConfig, LabelConfig, TrainConfig, load_config

HALVES = ("even", "odd", "all")  # the worse one first
SYSTEMS = {"rules": "rules alone", "alone": "model, sentences alone", "model": "model"}
PARTS: dict[str, dict[str, object]] = {
    "the model": {},
    "without the sentences around each": {"context": 0.0},
    "without written examples": {"examples": False},
    "without weak labels": {"weak": 1e-6},
    "weak labels as heavy as examples": {"weak": 1.0},
    "without the rules' votes": {"rule_weight": 0.0},
    "with tagged characters": {"features": ("chars", "tagged chars", "signed chars")},
    "without signed characters": {"features": ("chars",)},
}


def main() -> None:
    """Measure all of it."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", type=Path, required=True, metavar="DIR")
    options.add_argument("--sentences", type=Path, default=Path("artifacts/sentences.parquet"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    options.add_argument("--config", type=Path, default=Path("configs/pipeline.yaml"))
    options.add_argument("--out", type=Path, default=RESULTS)
    given = options.parse_args()
    labelled = read_labelled(given.data)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given, Path(folder))
        write_rows(given.out / "unseen.csv", bench.systems(labelled))
        write_rows(given.out / "unseen_parts.csv", bench.parts(labelled))
        write_rows(given.out / "unseen_curve.csv", bench.curve(labelled))


class Bench:
    """The project's sentences, labelled once, and models trained on them."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self.topic, self.folder = given.topic, folder
        self.train = load_config(given.config, "train", TrainConfig)
        self.evaluate = load_config(given.config, "evaluate", EvaluateConfig)
        self.label = load_config(given.config, "label", LabelConfig)
        self.labels = folder / "labels.parquet"
        made = (self.labels, folder / "rules.csv", folder / "rules.html")
        run_label(given.sentences, given.topic, *made, self.label)

    def fit(self, settings: dict[str, object]) -> StanceModel:
        """Return a model trained with some other settings."""
        config = TrainConfig.model_validate(self.train.model_dump() | settings)
        model = self.folder / "model.joblib"
        outputs = (model, self.folder / "held_out.parquet", self.folder / "metrics.json")
        run_train(self.labels, self.topic, *outputs, config, None, self.label.model)
        return load(model)

    def systems(self, labelled: Labelled) -> Iterator[dict[str, str]]:
        """Yield one row per half and system."""
        model = self.fit({})
        for half in HALVES:
            found = score(model, part(labelled, half))
            for system, name in SYSTEMS.items():
                own = found.comparison.scores[system]
                less = found.comparison.differences.get(system)
                yield {
                    "articles": f"{half} ({len(found.articles)})",
                    "sentences": str(sum(found.gold.values())),
                    "system": name,
                    "F_avg": shown(own.f_avg),
                    "favor": f"{own.stances['favor'].f1.value:.3f}",
                    "against": f"{own.stances['against'].f1.value:.3f}",
                    "accuracy": shown(own.accuracy),
                    "model less it": shown(less.f_avg, "+") if less else "",
                    "calibration error": f"{found.calibration.error:.3f}"
                    if system == "model"
                    else "",
                }

    def parts(self, labelled: Labelled) -> Iterator[dict[str, str]]:
        """Yield one row per part that is left out."""
        for name, settings in PARTS.items():
            model = self.fit(settings)
            row = {"model": name}
            for half in HALVES:
                own = score(model, part(labelled, half)).comparison.scores["model"]
                row[half] = f"{own.f_avg.value:.3f}"
            yield row

    def curve(self, labelled: Labelled) -> Iterator[dict[str, str]]:
        """Yield one row per number of written examples."""
        found = example_curve(
            self.labels, self.topic, self.train, self.evaluate, self.label.model, on=labelled
        )
        for point in found.points:
            yield {
                "written examples": f"{point.examples:,}",
                "F_avg": shown(point.f_avg),
                "gain": shown(point.gain, "+") if point.examples else "",
            }


def part(labelled: Labelled, half: str) -> Labelled:
    """Return the sentences of the articles with odd or even numbers, or all."""

    def kept(article: str) -> bool:
        number = re.search(r"\d+", article)
        odd = number is not None and int(number[0]) % 2 == 1
        return half == "all" or odd == (half == "odd")

    rows = [i for i, article in enumerate(labelled.articles) if kept(article)]
    return Labelled(
        [labelled.sentences[i] for i in rows],
        [labelled.articles[i] for i in rows],
        [article for article in labelled.whole if kept(article.name)],
    )


def shown(figure: Estimate, sign: str = "") -> str:
    """Return a figure with its interval."""
    return f"{figure.value:{sign}.3f} [{figure.low:{sign}.3f}, {figure.high:{sign}.3f}]"


if __name__ == "__main__":
    main()
