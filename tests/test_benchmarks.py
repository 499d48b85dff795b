"""The benchmark of speed runs, and says of each way how fast it is beside the usual one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conftest import ROOT, run_process


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
