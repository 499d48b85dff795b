"""Held-out articles: what predicts them, and what of it the stages hand on."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import STAGES, Cli

from stanceclf.evaluation import example_curve
from stanceclf.training import EvaluateConfig, TrainConfig, load_config

FOLDS = Path("artifacts/folds.npz")


def test_the_neighbours_of_a_gold_sentence_need_no_gold_label(
    small_built: Path, small_project: Path, cli: Cli
) -> None:
    def stances(folder: Path) -> dict[tuple[str, int, int], str]:
        path = folder / "artifacts/held_out.parquet"
        rows = pq.read_table(path, filters=[("reference", "=", "gold")]).to_pylist()
        return {(row["article"], row["start"], row["end"]): row["stance"] for row in rows}

    gold = Path("seeds/gold.jsonl")
    lines = gold.read_text(encoding="utf-8").splitlines()[::3]
    gold.write_text("\n".join(lines), encoding="utf-8")
    assert cli(*STAGES[2]).code == 0
    every, some = stances(small_built), stances(small_project)
    assert len(some) == len(lines)
    assert some == {place: every[place] for place in some}


def test_the_curve_of_examples_ends_at_the_model(small_project: Path) -> None:
    config = "configs/pipeline.yaml"
    curve = example_curve(
        "artifacts/labels.parquet",
        "configs/open-models",
        load_config(config, "train", TrainConfig),
        load_config(config, "evaluate", EvaluateConfig),
        gold="seeds/gold.jsonl",
    )
    metrics = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))
    last = curve.points[-1].figures()
    assert {name: last[name] for name in ("f_avg", "f_avg_interval", "macro_f1")} == {
        name: metrics["model"][name] for name in ("f_avg", "f_avg_interval", "macro_f1")
    }


def drop_a_fold(path: Path) -> None:
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays if not name.startswith("0.")}
    np.savez(path, **kept)


def flip_bytes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(1000, 1400):
        content[place] ^= 0xFF
    path.write_bytes(content)


def of_other_sentences(path: Path) -> None:
    with np.load(path) as arrays:
        found = {name: arrays[name] for name in arrays}
    for fold in range(5):
        header = json.loads(found[f"{fold}.header"].tobytes())
        header["rule_weight"] = 0.0
        found[f"{fold}.header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **found)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "no such file"),
    "half": (lambda path: path.write_bytes(path.read_bytes()[:2000]), "train again"),
    "empty": (lambda path: path.write_bytes(b""), "train again"),
    "text": (lambda path: path.write_text("开源"), "train again"),
    "other arrays": (lambda path: np.savez(path, a=np.zeros(3)), "train again"),
    "no arrays": (lambda path: zipfile.ZipFile(path, "w").close(), "run `stanceclf train`"),
    "damaged": (flip_bytes, "train again"),
    "a fold too few": (drop_a_fold, "run `stanceclf train`"),
    "other models": (of_other_sentences, "run `stanceclf train`"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_other_models_of_held_out_articles_are_refused(
    kind: str, small_project: Path, cli: Cli
) -> None:
    change, told = BROKEN[kind]
    change(FOLDS)
    outcome = cli("evaluate")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.count("\n") == 1
    assert str(FOLDS) in outcome.err
    assert told in outcome.err.lower()
