"""A cluster: Dask workers in processes of their own say what one process says."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Cli
from sklearn.model_selection import GridSearchCV
from test_corpus import POSTS, Rows, rows_in, wait_for, write_tables

from stanceclf import load, predict_frame
from stanceclf.gold.file import read_gold
from stanceclf.stages import train
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import TrainConfig, load_config

pytestmark = pytest.mark.slow

DASK = (sys.executable, "-m", "dask")
GOLD = read_gold(ROOT / "seeds/gold.jsonl")


@dataclass
class Cluster:
    """A scheduler, and the workers that were started for it."""

    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
        process = subprocess.Popen(
            [*DASK, "worker", self.address, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | environment,
        )
        self.processes.append(process)
        return process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Start a scheduler in a process of its own."""
    told = tmp_path / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", told)
    process = subprocess.Popen(
        [*DASK, "scheduler", *map(str, options)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not (told.exists() and '"address"' in told.read_text(encoding="utf-8")):
        assert time.monotonic() < end
        time.sleep(0.05)
    address = told.read_text(encoding="utf-8").split('"address": "')[1].split('"')[0]
    cluster = Cluster(address, [process])
    yield cluster
    for process in reversed(cluster.processes):
        process.kill()
        process.wait()


def command(address: str, *more: str) -> list[str]:
    options = ("--output", "果", "--part-size", "3000", "--scheduler", address)
    return [sys.executable, "-m", "stanceclf", "predict", "多", *options, *more]


def sentences_of(folder: str, cli: Cli) -> Rows:
    assert cli("predict", folder, "--output", "全.jsonl").code == 0
    return rows_in("全.jsonl")


def test_no_sentence_is_lost_if_a_worker_is_killed(
    cluster: Cluster, project: Path, cli: Cli
) -> None:
    write_tables(Path("多"), POSTS * 4)
    first, _ = cluster.start_worker(), cluster.start_worker()
    running = subprocess.Popen(command(cluster.address), stderr=subprocess.PIPE)
    wait_for("果", 3, running)
    first.send_signal(signal.SIGKILL)
    said = running.communicate(timeout=120)[1].decode()
    assert running.returncode == 0
    assert said == f"{len(rows_in('果')):,} sentences in 37 parts -> 果\n"
    assert rows_in("果") == sentences_of("多", cli)
    assert not list(Path("果").glob(".*.tmp"))


def test_a_worker_of_another_version_is_refused(
    cluster: Cluster, project: Path, tmp_path: Path
) -> None:
    write_tables(Path("多"))
    other = tmp_path / "other"
    shutil.copytree(ROOT / "stanceclf", other / "stanceclf")
    init = other / "stanceclf/__init__.py"
    text = init.read_text(encoding="utf-8")
    init.write_text(text.replace('__version__ = "', '__version__ = "9.'), encoding="utf-8")
    cluster.start_worker(PYTHONPATH=str(other))
    done = subprocess.run(command(cluster.address), capture_output=True, check=False)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "this worker has stanceclf 9." in said
    assert said.startswith("stanceclf: tcp://127.0.0.1:")
    assert len(said.splitlines()) == 1
    assert not Path("果").exists()


def test_a_missing_scheduler_is_reported_in_one_line(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanceclf.prediction.cluster._PATIENCE", 1)
    write_tables(Path("多"))
    outcome = cli(*command("tcp://127.0.0.1:1")[3:])
    assert outcome.code == 1
    said = "stanceclf: tcp://127.0.0.1:1: no Dask scheduler answers at this address"
    assert outcome.err.startswith(said)
    assert len(outcome.err.splitlines()) == 1


def test_a_dask_table_gives_the_same_rows(project: Path, cli: Cli) -> None:
    import dask.dataframe as dd

    write_tables(Path("多"))
    table = pq.read_table("多/一.parquet").to_pandas()
    model = load("artifacts/model.joblib")
    frame = predict_frame(dd.from_pandas(table, npartitions=3), model, id_column="id")
    assert frame.npartitions == 3
    found = frame.compute(scheduler="synchronous")
    expected = [row for row in sentences_of("多", cli) if "一.parquet" in row["article"]]
    assert [f"多/一.parquet#{name}" for name in found["article"]] == [
        row["article"] for row in expected
    ]
    for column in ("start", "end", "text", "stance", "p_favor"):
        assert found[column].tolist() == [row[column] for row in expected]
    with pytest.raises(ValueError, match="no column `正文`"):
        predict_frame(frame, model, text_column="正文")


def test_training_and_a_search_run_on_the_workers(cluster: Cluster, small_project: Path) -> None:
    from dask.distributed import Client

    cluster.start_worker()
    cluster.start_worker()
    names = ("model.joblib", "held_out.parquet", "cross_validation.json")
    config = load_config("configs/pipeline.yaml", "train", TrainConfig)
    here = [digest_of(Path("artifacts", name)) for name in names]
    with Client(cluster.address) as client, joblib.parallel_backend("dask"):
        client.wait_for_workers(2)
        files = model, held_out, metrics = [f"新/{name}" for name in names]
        Path("新").mkdir()
        topic, gold = "configs/open-models", "seeds/gold.jsonl"
        labels = "artifacts/labels.parquet"
        train.run_train(labels, topic, model, held_out, metrics, config, gold)
        told = client.run(lambda dask_worker: dask_worker.state.executed_count)
        search = GridSearchCV(StanceClassifier(), {"C": [0.1, 1.0]}, cv=2)
        search.fit([s.text for s in GOLD], [s.label for s in GOLD])
        after = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert [digest_of(Path(name)) for name in files] == here
    assert sum(told.values()) >= 5
    assert sum(after.values()) > sum(told.values())
    alone = GridSearchCV(StanceClassifier(), {"C": [0.1, 1.0]}, cv=2)
    alone.fit([s.text for s in GOLD], [s.label for s in GOLD])
    for name in ("mean_test_score", "split0_test_score"):
        assert search.cv_results_[name].tolist() == alone.cv_results_[name].tolist()


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
