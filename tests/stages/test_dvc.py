"""What DVC shows of the pipeline: scores, experiments, plots, model; and when stages run again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml
from conftest import STAGES, Cli
from dvc_repository import built_repository, dvc, run

from stanceclf.labels import READING_ORDER

SCORES = {
    "rules": ["f_avg", "macro_f1", "coverage"],
    "model": ["f_avg", "macro_f1"],
    "gold": ["sentences"],
}
# `dvc exp show` prints the first of them alone; the others go into it.


@pytest.fixture(scope="module")
def repository(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_repository(built, tmp_path_factory.mktemp("dvc") / "repository")


def test_few_scores_are_shown_of_all_figures(repository: Path) -> None:
    shown = json.loads(dvc(repository, "metrics", "show", "--json"))
    ((path, scores),) = shown[""]["data"].items()
    assert path == "artifacts/scores.json"
    assert {system: list(figures) for system, figures in scores["data"].items()} == SCORES
    figures = json.loads((repository / "artifacts/metrics.json").read_text(encoding="utf-8"))
    for system, names in SCORES.items():
        for name in names:
            assert scores["data"][system][name] == figures[system][name]
    assert dvc(repository, "metrics", "diff").strip() == ""


def test_experiments_fit_a_screen(repository: Path) -> None:
    (columns, *rows) = csv.reader(dvc(repository, "exp", "show", "--csv").splitlines())
    assert len(columns) < 40
    assert {f"{system}.{name}" for system, names in SCORES.items() for name in names} < {*columns}
    assert {"label.model", "train.C", "evaluate.worst", "stanceclf"} < {*columns}
    assert "643" in rows[0]


def test_cells_without_a_sentence_show_a_zero(repository: Path) -> None:
    plots = json.loads(dvc(repository, "plots", "show", "--json"))["data"]
    assert list(plots) == [
        "Confusion of the model, by held-out article",
        "Confusion of the rules alone",
        "Coverage of each rule",
    ]
    for (name, (plot,)), system in zip(plots.items(), ("model", "rules"), strict=False):
        spec = plot["content"]
        assert spec["title"] == name
        filled = {
            step["key"]: (step["keyvals"], step["value"], step["groupby"])
            for step in spec["spec"]["transform"]
            if "impute" in step
        }
        # Every pair, for each revision apart.
        assert filled == {
            system: ([*READING_ORDER], 0, ["gold", "rev"]),
            "gold": ([*READING_ORDER], 0, [system, "rev"]),
        }
        pairs = {(row["gold"], row[system]) for row in spec["data"]["values"]}
        with (repository / "artifacts/confusion.csv").open(encoding="utf-8", newline="") as file:
            assert pairs == {(row["gold"], row[system]) for row in csv.DictReader(file)}


def test_the_registry_knows_the_model(repository: Path, tmp_path: Path) -> None:
    (name,) = yaml.safe_load((repository / "dvc.yaml").read_text(encoding="utf-8"))["artifacts"]
    run(tmp_path, "git", "clone", "-q", str(repository), "registry")
    registry = tmp_path / "registry"
    dvc(registry, "remote", "add", "--default", "store", str(repository / ".dvc/cache"))
    run(registry, "git", "commit", "-qam", "where the model is")
    run(registry, "gto", "register", name, "--version", "v1.2.0")
    assert "v1.2.0" in run(registry, "gto", "show", name)[0]
    dvc(tmp_path, "artifacts", "get", str(registry), name, "--out", "got.joblib")
    model = (repository / "artifacts/model.joblib").read_bytes()
    assert (tmp_path / "got.joblib").read_bytes() == model


def test_stages_run_again_when_the_code_that_they_run_changes(repository: Path) -> None:
    def stale() -> list[str]:
        return list(json.loads(dvc(repository, "status", "--json")))

    def edit(module: str) -> None:
        with (repository / "stanceclf" / module).open("a", encoding="utf-8") as file:
            file.write("# edited\n")

    assert stale() == []
    edit("cli/stages.py")
    edit("prediction/__init__.py")
    assert stale() == []
    edit("labels.py")
    assert stale() == [stage for stage, *_ in STAGES]
    run(repository, "git", "restore", "stanceclf")


def test_a_clone_that_converts_line_ends_has_the_same_bytes(
    repository: Path, cli: Cli, tmp_path: Path
) -> None:
    assert cli("init", "新", "--target", "远程办公").code == 0
    (Path("新") / "seeds/articles/一.txt").write_bytes("远程办公好。\n坐班不好。\r\n".encode())
    run(Path("新"), "git", "add", "--all")
    run(Path("新"), "git", "commit", "-qm", "start")
    for number, folder in enumerate((repository, Path("新").resolve())):
        clone = tmp_path / str(number)
        run(tmp_path, "git", "clone", "-q", "-c", "core.autocrlf=true", str(folder), clone.name)
        tracked = run(folder, "git", "ls-files", "-z")[0].split("\0")[:-1]
        assert len(tracked) > 10
        for name in tracked:
            assert (clone / name).read_bytes() == (folder / name).read_bytes(), name
