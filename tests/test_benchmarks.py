"""The benchmarks run: of speed beside the usual ways, and of growth."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import ROOT, run_process

from stanceclf.articles.loader import Article
from stanceclf.articles.sentences import cut_articles
from stanceclf.rules.file import load_voter

VOTER = load_voter(ROOT / "configs/open-models")


def test_speed_is_measured_beside_the_usual(built: Path, tmp_path: Path) -> None:
    done = run_process(
        *(sys.executable, ROOT / "benchmarks/speed/run.py", "--data", ROOT / "seeds/articles"),
        *("--model", built / "artifacts/model.joblib", "--topic", ROOT / "configs/open-models"),
        *("--sentences", "60", "--repeats", "1", "--only", "text,profile", "--out", tmp_path),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr.decode()
    printed = done.stdout.decode()
    assert printed == (tmp_path / "speed.md").read_text(encoding="utf-8")
    assert str(ROOT) not in printed
    sections = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))["sections"]
    assert list(sections) == ["text", "profile"]
    ours, usual, *_ = sections["text"]["data"]
    assert (ours["name"], ours["timed_on"]) == ("stanceclf", 60)
    (ratio,) = ours["times_as_fast_as"].values()
    assert ratio["median"] == usual["seconds"][0] / ours["seconds"][0]


def test_wrong_data_is_one_line(tmp_path: Path) -> None:
    done = run_process(
        *(sys.executable, ROOT / "benchmarks/speed/run.py", "--data", "无"), cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("run.py: 无: ")
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_corpus_is_as_large_as_it_is_told_and_always_the_same(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        done = run_process(
            *(sys.executable, ROOT / "benchmarks/scaling/corpus.py", "700", tmp_path / seed),
            cwd=tmp_path,
            PYTHONHASHSEED=seed,
        )
        assert done.returncode == 0, done.stderr.decode()
    one, two = (tmp_path / seed / "part-00000.parquet" for seed in "12")
    assert one.read_bytes() == two.read_bytes()
    texts = pq.read_table(one)["text"].to_pylist()
    assert len(texts) == 24  # of 30 sentences each, but the last
    articles = [Article(str(i), text) for i, text in enumerate(texts)]
    sentences = [one.text for one in cut_articles(articles, str)]
    assert 700 <= len(sentences) < 800  # a line of the seeds may be two
    votes = VOTER.vote_matrix(sentences)
    for stance in range(3):
        assert 0.02 < (votes == stance).any(axis=1).mean() < 0.7
    assert len(set(sentences)) > 0.8 * len(sentences)


def test_growth_is_told_by_its_slope(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from scaling.process import Run, measure
    from scaling.report import slope_of, write_report
    from scaling.steps import steps_of

    assert slope_of({1_000: 9.0, 10_000: 1.0, 100_000: 100.0}) == 2.0
    assert slope_of({1_000: 9.0}) is None
    took = {1_000: [Run(4.0, 70.0), Run(2.0, 60.0), Run(3.0, 50.0)], 100_000: [Run(40.0, 90.0)]}
    names = [step.name for step in steps_of(tmp_path, ROOT / "configs/open-models")]
    text = write_report(tmp_path, dict.fromkeys(names, took), "articles")
    assert "| `label` | 3.0 [2.0, 4.0] | 40.0 | 0.56 |" in text
    assert "| one process, against two | x 1.00 [1.00, 1.00] | x 1.00 |" in text
    steps = json.loads((tmp_path / "scale.json").read_text(encoding="utf-8"))["steps"]
    assert steps["`train`"]["100000"] == [{"seconds": 40.0, "megabytes": 90.0}]

    # Memory is that of all processes: the one that is started holds nothing itself.
    holds = "import time; held = b'x' * 300_000_000; time.sleep(1)"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holds!r}])"
    run = measure([sys.executable, "-c", starts], tmp_path)
    assert run.seconds > 1
    assert 300 < run.megabytes < 500
    with pytest.raises(RuntimeError, match="No such file or directory"):
        measure([sys.executable, "无.py"], tmp_path)


def test_the_speakers_table_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from speakers import rows

    with (ROOT / "benchmarks/results/speakers.csv").open(encoding="utf-8", newline="") as file:
        assert list(rows()) == list(csv.DictReader(file))


def test_results_are_printed_as_markdown_and_kept_as_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from runs import write_rows

    write_rows(tmp_path / "new/made.csv", iter([{"a": "1", "b": "2, 3"}, {"a": "4", "b": ""}]))
    assert capsys.readouterr().out == "| a | b |\n|---|---|\n| 1 | 2, 3 |\n| 4 |  |\n"
    assert (tmp_path / "new/made.csv").read_bytes() == b'a,b\n1,"2, 3"\n4,\n'
