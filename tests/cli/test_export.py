from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
from conftest import Cli, run_process


def test_an_export_is_a_dataset_with_a_card(project: Path, cli: Cli) -> None:
    outcome = cli("export", "--to", "hf-dataset", "数据集")
    assert (outcome.code, outcome.err) == (0, "")
    assert "620 sentences of 5 articles" in outcome.out
    table = pq.read_table(next(Path("数据集").rglob("*.parquet")))
    assert table.num_rows == 620
    assert {"speaker", "voice", "weak_label", "gold_label", "votes"} <= set(table.column_names)
    card = Path("数据集/README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n")
    # Again is no error, and changes nothing.
    before = {path: path.read_bytes() for path in Path("数据集").rglob("*") if path.is_file()}
    assert cli("export", "数据集").code == 0
    assert before == {path: path.read_bytes() for path in before}


def test_a_folder_with_something_else_is_left_alone(project: Path, cli: Cli) -> None:
    Path("有").mkdir()
    Path("有/信.txt").write_text("留着", encoding="utf-8")
    outcome = cli("export", "有")
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert [path.name for path in Path("有").iterdir()] == ["信.txt"]


def test_an_export_before_the_pipeline_says_what_to_run(project: Path, cli: Cli) -> None:
    Path("artifacts/sentences.parquet").unlink()
    outcome = cli("export", "数据集")
    assert outcome.code == 1
    assert "stanceclf sentences" in outcome.err
    assert not Path("数据集").exists()


def test_predictions_are_written_as_parquet(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("方汉说,开源更便宜。\n今天下雨。", encoding="utf-8")
    assert cli("predict", "一.txt", "--format", "parquet", "--output", "果.parquet").code == 0
    rows = pq.read_table("果.parquet").to_pylist()
    lines = cli("predict", "一.txt", "--format", "jsonl").out.splitlines()
    for row, told in zip(rows, map(json.loads, lines), strict=True):
        for key in ("article", "start", "end", "text", "stance", "speaker", "voice"):
            assert row[key] == told[key]
        assert row["p_favor"] == told["probabilities"]["favor"]
    # Through a pipe as well.
    command = [sys.executable, "-m", "stanceclf", "predict", "一.txt", "--format", "parquet"]
    done = run_process(*command, cwd=project)
    assert pq.read_table(io.BytesIO(done.stdout)).to_pylist() == rows
