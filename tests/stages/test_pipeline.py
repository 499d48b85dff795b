"""The first door: a clone, an edit, ``dvc repro``."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT, STAGES, Cli, copy_tracked
from datasets import Dataset
from dvc_repository import dvc, run
from opencc import OpenCC
from rich.cells import cell_len

from stanceclf.rules.file import load_voter


def test_the_datasets_are_what_they_say(built: Path) -> None:
    sentences = Dataset(pq.read_table(built / "artifacts/sentences.parquet"))
    assert sentences.column_names == ["article", "start", "end", "text", "speaker", "voice"]
    for row in sentences:
        article = (built / "seeds/articles" / row["article"]).read_text(encoding="utf-8")
        assert article[row["start"] : row["end"]] == row["text"]
    labels = Dataset(pq.read_table(built / "artifacts/labels.parquet"))
    assert len(labels) == len(sentences)
    votes = [name for name in labels.column_names if name.startswith("vote:")]
    rules = load_voter(built / "configs/open-models").rules
    assert votes == [f"vote:{rule.name}" for rule in rules]
    assert len(votes) >= 40
    settings = yaml.safe_load((built / "configs/pipeline.yaml").read_text(encoding="utf-8"))
    assert settings["label"]["model"] == "weighted"
    weights = {f"vote:{rule.name}": rule.weight for rule in rules}
    for row in labels:
        cast = [name for name in votes if row[name] is not None]
        shares = {stance: row[f"p_{stance}"] for stance in ("favor", "against", "none")}
        if not cast:
            assert row["weak_label"] is None
            assert set(shares.values()) == {None}
        else:
            sums = {s: sum(weights[name] for name in cast if row[name] == s) for s in shares}
            total = sum(sums.values())
            assert shares == {s: pytest.approx(n / total, abs=1e-6) for s, n in sums.items()}
            leaders = [s for s in sums if sums[s] > max(sums.values()) - 1e-9]
            assert row["weak_label"] == (leaders[0] if len(leaders) == 1 else None)


def test_no_article_is_predicted_by_a_model_that_saw_it(
    small_built: Path, small_project: Path, cli: Cli
) -> None:
    """Held-out predictions of an article must not change with that article's weak labels."""
    path = small_project / "artifacts/labels.parquet"
    table = pq.read_table(path).to_pydict()
    first = min(table["article"])
    mine = [i for i, article in enumerate(table["article"]) if article == first]
    labelled = [i for i in mine if table["weak_label"][i] is not None]
    for i in labelled:
        table["weak_label"][i] = {"favor": "against", "against": "none", "none": "favor"}[
            table["weak_label"][i]
        ]
    import pyarrow as pa

    pq.write_table(pa.table(table, schema=pq.read_table(path).schema), path)
    assert cli(*STAGES[2]).code == 0

    def held_out(folder: Path) -> list[tuple[object, ...]]:
        rows = pq.read_table(folder / "artifacts/held_out.parquet").to_pylist()
        return [
            (row["reference"], row["start"], row["p_favor"], row["p_against"])
            for row in rows
            if row["article"] == first
        ]

    def model(folder: Path) -> bytes:
        return (folder / "artifacts/model.joblib").read_bytes()

    assert held_out(small_project) == held_out(small_built)
    assert model(small_project) != model(small_built)


def test_a_copy_of_an_article_is_in_its_fold(
    small_built: Path, small_project: Path, cli: Cli
) -> None:
    for path in list((small_project / "seeds/articles").iterdir()):
        text = path.read_text(encoding="utf-8")
        (path.parent / f"copy-{path.name}").write_text("转载\n" + text, encoding="utf-8")
    for stage in STAGES[:3]:
        assert cli(*stage).code == 0
    scores = [
        json.loads((f / "artifacts/cross_validation.json").read_text(encoding="utf-8"))
        for f in (small_built, small_project)
    ]
    found = [score["against_gold_labels"]["f_avg"] for score in scores]
    assert found[1] == pytest.approx(found[0], abs=0.05)


def test_a_gold_article_in_the_other_script_is_recognized(project: Path, cli: Cli) -> None:
    name, other = "02-open-models-hope-or-iq-tax.txt", "新.txt"
    to_traditional = OpenCC("s2t").convert
    lines = Path("seeds/gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    path = Path("seeds/articles", name)
    text = "".join(map(to_traditional, path.read_text(encoding="utf-8")))
    Path("seeds/articles", other).write_text(text, encoding="utf-8")
    for row in rows:
        if row["article"] == name:
            row |= {"article": other, "text": text[row["start"] : row["end"]]}
    Path("seeds/gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    outcome = cli(*STAGES[2])
    assert outcome.code == 1
    assert f"`{other}` seems to be the training article `{name}`" in outcome.err


def test_without_gold_labels_there_are_no_scores(small_project: Path, cli: Cli) -> None:
    outcome = cli("label", "--no-gold")
    assert outcome.code == 0
    assert "accuracy" not in outcome.out
    outcome = cli("train", "--no-gold")
    assert outcome.code == 0
    assert "gold" not in outcome.out
    metrics = json.loads(Path("artifacts/cross_validation.json").read_text(encoding="utf-8"))
    assert set(metrics) == {"against_weak_labels"}
    outcome = cli("evaluate", "--no-gold")
    assert outcome.code == 0
    assert "stanceclf annotate" in outcome.out
    figures = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))
    # Speakers have gold of their own.
    assert figures.pop("speakers")["precision"] >= 0.9
    assert figures == {"gold": {"favor": 0, "against": 0, "none": 0}}
    scores = json.loads(Path("artifacts/scores.json").read_text(encoding="utf-8"))
    assert scores == {"gold": {"sentences": 0}}
    card = Path("artifacts/MODEL_CARD.md").read_text(encoding="utf-8")
    assert "there are no gold labels yet" in card.casefold()
    assert Path("artifacts/confusion.csv").read_text(encoding="utf-8").count("\n") == 1
    assert Path("artifacts/errors.jsonl").read_bytes() == b""


def test_an_empty_gold_file_is_no_gold_yet(small_project: Path, cli: Cli) -> None:
    Path("seeds/gold.jsonl").write_bytes(b"")
    for stage in (*STAGES[1:3], ["evaluate"]):
        outcome = cli(*stage)
        assert (outcome.code, outcome.faults) == (0, "")
    assert "No gold labels yet" in outcome.out


def test_gold_sentences_that_were_not_drawn_at_random_are_reported(
    small_project: Path, cli: Cli
) -> None:
    gold = Path("seeds/gold.jsonl")
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    for row, order in zip(rows, ["useful", "random", "conflicts"], strict=False):
        row["order"] = order
    gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert "2 of 643 gold sentences were not chosen at random" in cli(*STAGES[2]).out


@pytest.mark.parametrize("kept", [1, 2, 5])
def test_a_few_gold_labels_are_enough_to_evaluate(kept: int, small_project: Path, cli: Cli) -> None:
    gold = Path("seeds/gold.jsonl")
    lines = gold.read_text(encoding="utf-8").splitlines()
    gold.write_text("\n".join(lines[:kept]), encoding="utf-8")
    for stage in (*STAGES[1:3], ["evaluate"]):
        outcome = cli(*stage)
        assert (outcome.code, outcome.faults) == (0, "")
    assert f"Gold: {kept} sentence" in outcome.out


def test_tables_fit_a_terminal(built: Path) -> None:
    for stage in ("label", "evaluate"):
        lines = (built.parent / f"{stage}.txt").read_text(encoding="utf-8").splitlines()
        assert max(map(cell_len, lines[:-1])) <= 80
        assert not [line for line in lines if "…" in line and "-" not in line]
        assert not [line for line in lines if "…]" in line or "…)" in line]


def test_metrics_keep_weak_and_gold_apart(built: Path) -> None:
    agreement = json.loads((built / "artifacts/cross_validation.json").read_text(encoding="utf-8"))
    assert set(agreement) == {"against_weak_labels", "against_gold_labels"}
    metrics = json.loads((built / "artifacts/metrics.json").read_text(encoding="utf-8"))
    assert metrics["gold"]["sentences"] == agreement["against_gold_labels"]["sentences"] == 643
    assert metrics["model"]["f_avg"] == agreement["against_gold_labels"]["f_avg"]
    for system in ("rules", "model"):
        low, high = metrics[system]["f_avg_interval"]
        assert low < metrics[system]["f_avg"] < high
        sides = [metrics[system][stance]["f1"] for stance in ("favor", "against")]
        assert metrics[system]["f_avg"] == pytest.approx(sum(sides) / 2, abs=1e-4)
    assert sum(row["sentences"] for row in metrics["articles"]) == 643


def digest(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "artifacts").glob("[!.]*"))
    }


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a clone of what git tracks here, as it is now, after ``dvc repro``; and what came out.

    It ran as on another machine: other hashes, one thread, another processor.
    """
    folder = copy_tracked(tmp_path_factory.mktemp("clone"))
    one_core = ("taskset", "--cpu-list", "0") if shutil.which("taskset") else ()
    run(
        folder,
        *(*one_core, sys.executable, "-m", "dvc", "repro", "--force", "--no-run-cache"),
        PYTHONHASHSEED="4711",
        OPENBLAS_NUM_THREADS="1",
        OPENBLAS_CORETYPE="Haswell",
        NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL",
        TZ="Asia/Shanghai",
    )
    return folder, digest(folder)


def test_same_inputs_same_bytes(built: Path, reproduced: tuple[Path, dict[str, str]]) -> None:
    assert reproduced[1] == digest(built)
    committed = json.loads((ROOT / "artifacts/metrics.json").read_text(encoding="utf-8"))
    assert committed == json.loads((built / "artifacts/metrics.json").read_text(encoding="utf-8"))


def test_an_analyst_edits_and_compares(reproduced: tuple[Path, dict[str, str]]) -> None:
    clone, before_all = reproduced

    # A rule more: the sentences stay.
    rules = clone / "configs/open-models/rules.yaml"
    rule = "\n  - name: 力量\n    label: favor\n    any: [社区, 力量]\n    matches: [开源有力量]\n"
    rules.write_text(rules.read_text(encoding="utf-8") + rule, encoding="utf-8")
    told = dvc(clone, "repro", "label")
    assert "Stage 'sentences' didn't change, skipping" in told
    assert "力量" in (clone / "artifacts/rules.csv").read_text(encoding="utf-8")

    # An article more: one file, one command.
    (clone / "seeds/articles/06-新.txt").write_bytes(
        "开源大模型的成本更低。\r\n闭源太贵。".encode("gbk")
    )
    dvc(clone, "repro", "label")
    rows = pq.read_table(clone / "artifacts/labels.parquet").to_pylist()
    mine = [(r["text"], r["weak_label"]) for r in rows if r["article"] == "06-新.txt"]
    assert mine == [("开源大模型的成本更低。", "favor"), ("闭源太贵。", "favor")]

    # A setting tried, and the rest follows: it changes what it says, the model and the metrics.
    settings = clone / "configs/pipeline.yaml"
    before = yaml.safe_load(settings.read_text(encoding="utf-8"))["train"]
    model = (clone / "artifacts/model.joblib").read_bytes()
    told = dvc(clone, "exp", "run", "--set-param", "configs/pipeline.yaml:train.C=3")
    assert "Stage 'label' didn't change, skipping" in told
    after = yaml.safe_load(settings.read_text(encoding="utf-8"))["train"]
    assert before != after == before | {"C": 3}
    assert (clone / "artifacts/model.joblib").read_bytes() != model
    # DVC has written the file anew, and all else in it is as it was.
    assert run(clone, "git", "diff", "--numstat", "configs/pipeline.yaml")[0].split()[:2] == [
        "1",
        "1",
    ]
    told = dvc(clone, "metrics", "diff")
    assert "artifacts/scores.json" in told
    assert "model.f_avg" in told
    assert "rules.coverage" in told

    # And all of it taken back.
    (clone / "seeds/articles/06-新.txt").unlink()
    run(clone, "git", "restore", "configs", "dvc.lock", "artifacts")
    dvc(clone, "checkout", "--force")
    assert digest(clone) == before_all
