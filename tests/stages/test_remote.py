"""DVC for real: a remote, a colleague's clone, tampered caches; and what is pinned."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT, run_process
from dvc_repository import built_repository, dvc, run

pytestmark = pytest.mark.slow

TEXT = "开源比闭源便宜。\n闭源更安全。\n".encode()


def predict(folder: Path, code: int = 0) -> tuple[str, str]:
    command = (sys.executable, "-m", "stanceclf", "predict", "-", "--format", "jsonl")
    return run(folder, *command, code=code, stdin=TEXT)


def replace(path: Path, data: bytes) -> None:
    """Replace what DVC keeps read-only."""
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)


def cached(store: Path, model: bytes) -> Path:
    """Return the file of a store of DVC's that holds a model."""
    (found,) = (p for p in store.rglob("*") if p.is_file() and p.read_bytes() == model)
    return found


@pytest.fixture(scope="module")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with what the pipeline has made, pushed to a remote beside it."""
    home = tmp_path_factory.mktemp("remote")
    folder = built_repository(built, home / "project")
    dvc(folder, "remote", "add", "--default", "store", str(home / "store"))
    dvc(folder, "push")
    run(folder, "git", "add", "--all")
    run(folder, "git", "commit", "-qm", "a remote")
    return folder


def clone(project: Path, folder: Path) -> Path:
    run(folder, "git", "clone", "-q", str(project), "clone")
    return folder / "clone"


def test_a_colleague_pulls_and_predicts_without_training(project: Path, tmp_path: Path) -> None:
    folder = clone(project, tmp_path)
    assert not (folder / "artifacts/model.joblib").exists()
    dvc(folder, "pull")
    assert "Data and pipelines are up to date." in dvc(folder, "status")
    assert predict(folder) == predict(project)
    rows = [json.loads(line) for line in predict(folder)[0].splitlines()]
    assert [row["text"] for row in rows] == ["开源比闭源便宜。", "闭源更安全。"]


def test_what_was_tampered_with_is_noticed(project: Path, tmp_path: Path) -> None:
    folder = clone(project, tmp_path)
    model = (project / "artifacts/model.joblib").read_bytes()
    forged = model[:-2000] + bytes([model[-2000] ^ 1]) + model[-1999:]

    # In the remote, of which DVC believes what its files are called.
    shutil.copytree(project.parent / "store", tmp_path / "store")
    dvc(folder, "remote", "modify", "--local", "store", "url", str(tmp_path / "store"))
    replace(cached(tmp_path / "store", model), forged)
    pulled = run_process(sys.executable, "-m", "dvc", "pull", cwd=folder)
    if pulled.returncode == 0:
        assert "its checksum differs from the one in model.json" in predict(folder, code=1)[1]
    shutil.rmtree(folder / ".dvc/cache", ignore_errors=True)
    (folder / "artifacts/model.joblib").unlink(missing_ok=True)
    dvc(folder, "remote", "modify", "--local", "store", "url", str(project.parent / "store"))
    dvc(folder, "pull", "--force")
    predict(folder)

    # In the workspace.
    replace(folder / "artifacts/model.joblib", forged)
    assert "its checksum differs from the one in model.json" in predict(folder, code=1)[1]
    assert re.search(r"modified:\s+artifacts/model.joblib", dvc(folder, "status"))
    dvc(folder, "checkout", "--force")
    predict(folder)

    # In the cache, from which it comes back unasked.
    replace(cached(folder / ".dvc/cache", model), forged)
    (folder / "artifacts/model.joblib").unlink()
    back = run_process(sys.executable, "-m", "dvc", "checkout", cwd=folder)
    if back.returncode == 0 and (folder / "artifacts/model.joblib").exists():
        assert "its checksum differs from the one in model.json" in predict(folder, code=1)[1]


def test_every_pinned_package_has_its_hashes() -> None:
    for lock in ("requirements.lock", "fuzz/requirements.txt"):
        text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
        pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert len(pins) > (100 if lock.endswith(".lock") else 0)
        for pin in pins:
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ ", pin), pin
            assert "--hash=sha256:" in pin
        assert "://" not in text
