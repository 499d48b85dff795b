"""The house keeps its order: packages along the flow of data, imports one way, nothing heavy."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run_process

HOME = ROOT / "stanceclf"
# In the order that data passes them. A package imports from those before it, and only what their
# `__init__.pyi` offers; `errors` and `labels` are everybody's.
PACKAGES = (
    *("io", "articles", "speakers", "reading", "rules", "features", "model"),
    *("gold", "training", "evaluation", "authoring", "prediction", "reports", "stages", "cli"),
)
MODULES = {
    ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(HOME.rglob("*.py"))
}
INSIDE = sorted(set(MODULES) - {"__init__"})
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def package_of(module: str) -> str:
    return module.split(".")[0]


def from_imports(module: str) -> list[tuple[str, str]]:
    """Return what a module imports from this package, wherever in its text: module and name."""
    return [
        ((node.module or "").removeprefix("stanceclf").lstrip("."), alias.name)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom) and package_of(node.module or "") == "stanceclf"
        for alias in node.names
    ]


def face(package: str) -> dict[str, str]:
    """Return the names that a package offers, and the module that each is in."""
    stub = HOME / package / "__init__.pyi"
    if not stub.exists():
        return {}
    return {
        alias.name: f"{package}.{node.module or alias.name}"
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


FACES = {package: face(package) for package in PACKAGES}


def needed(module: str) -> set[str]:
    """Return the modules that one imports, also those behind the faces of other packages."""
    found = set()
    for source, name in from_imports(module):
        inner = f"{source}.{name}".lstrip(".")
        found.add(inner if inner in MODULES else FACES.get(source, {}).get(name, source))
    return found - {""}


def test_every_package_is_a_step_of_the_flow() -> None:
    folders = {path.parent.name for path in HOME.glob("*/__init__.py")}
    assert folders == set(PACKAGES)
    assert len(folders) <= 15
    assert len(list(HOME.glob("*.py"))) <= 5


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_small_and_says_what_it_is(package: str) -> None:
    names = {path.stem for path in (HOME / package).glob("*.py")} - {"__init__"}
    assert 4 <= len(names) <= 15
    assert not [name for name in names if package.rstrip("s") in name.split("_")]
    # A name that is a module's as well would mean one or the other, by what was imported before.
    assert not names & {name for name, home in FACES[package].items() if home.split(".")[1] != name}
    text = ast.get_docstring(TREES[package]) or ""
    assert 2 <= len(text.splitlines()) <= 5


@pytest.mark.parametrize("module", INSIDE)
def test_imports_have_the_form_that_is_checked(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, ast.unparse(node)
        elif isinstance(node, ast.Import):
            assert not any(one.name.startswith("stanceclf.") for one in node.names)


@pytest.mark.parametrize("module", INSIDE)
def test_imports_go_one_way_and_through_the_face(module: str) -> None:
    own = package_of(module)
    for source, name in from_imports(module):
        if source in {"", "errors", "labels"} or package_of(source) == own or own == "__main__":
            continue
        assert source in PACKAGES, f"{name} is private to {package_of(source)}"
        assert PACKAGES.index(source) < PACKAGES.index(own), f"{source} comes after {own}"
        assert name in FACES[source], f"{source} does not offer {name}"


def test_no_module_needs_one_that_needs_it() -> None:
    TopologicalSorter({module: needed(module) - {module} for module in INSIDE}).prepare()


def test_a_package_offers_only_what_others_use() -> None:
    used = {
        (source, name)
        for module in MODULES
        for source, name in from_imports(module)
        if package_of(module) != source
    } | {(source, name) for source, name in public_names()}
    offered = {(package, name) for package in PACKAGES for name in FACES[package]}
    assert not offered - used


def public_names() -> list[tuple[str, str]]:
    stub = ast.parse((HOME / "__init__.pyi").read_text(encoding="utf-8"))
    return [
        (node.module or "", alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


@pytest.mark.parametrize("module", INSIDE)
def test_no_group_is_possessive(module: str) -> None:
    """Python before 3.11.5, which Debian 12 has, mismatches patterns with such groups."""
    text = MODULES[module].read_text(encoding="utf-8")
    assert not re.search(r"\)[*+?]\+|\(\?>", text)


@pytest.mark.parametrize("module", INSIDE)
def test_modules_are_small(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 350


def closure(module: str) -> set[str]:
    found: set[str] = set()
    todo = {module}
    while todo:
        one = todo.pop()
        found.add(one)
        todo |= needed(one) - found
    return found


PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_depends_on_the_code_and_on_pinned_libraries(stage: str) -> None:
    assert {"stanceclf", "requirements.lock"} <= set(PIPELINE[stage]["deps"])


def test_the_code_that_stages_depend_on_is_that_of_the_packages_that_they_run() -> None:
    run = {package_of(module) for stage in PIPELINE for module in closure(f"stages.{stage}")}
    ignored = (ROOT / ".dvcignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in ignored if "stanceclf" in line] == [
        f"/stanceclf/{package}" for package in sorted(set(PACKAGES) - run)
    ]


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_that_reads_rules_depends_on_the_topic(stage: str) -> None:
    assert ("${topic}" in PIPELINE[stage]["deps"]) == ("rules.file" in closure(f"stages.{stage}"))


def test_whatever_changes_the_model_runs_evaluate_again() -> None:
    train, evaluate = PIPELINE["train"], PIPELINE["evaluate"]
    assert "artifacts/model.joblib" not in evaluate["deps"]
    assert set(train["deps"]) <= set(evaluate["deps"])
    (trained,), (scored,) = train["params"], evaluate["params"]
    assert set(trained["configs/pipeline.yaml"]) <= set(scored["configs/pipeline.yaml"])


def settings_read(command: str) -> list[str]:
    """Return the sections of the settings that a stage's command reads."""
    body = TREES["cli.stages"].body
    (function,) = (
        node for node in body if isinstance(node, ast.FunctionDef) and node.name == command
    )
    return sorted(
        ast.literal_eval(node.args[1])
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "load_config"
    )


def test_a_stage_is_a_command_and_depends_on_the_settings_that_it_reads() -> None:
    settings = yaml.safe_load((ROOT / "configs/pipeline.yaml").read_text(encoding="utf-8"))
    assert list(settings) == list(PIPELINE)
    for stage, what in PIPELINE.items():
        assert what["cmd"].startswith(f"stanceclf {stage} ")
        (read,) = (params["configs/pipeline.yaml"] for params in what["params"])
        assert stage in read
        assert sorted(read) == settings_read(stage)


HEAVY = {
    *("datasets", "dvc", "jieba", "joblib", "numpy", "opencc", "pandas", "pyarrow", "pydantic"),
    *("re2", "rich", "scipy", "sklearn", "tqdm", "yaml"),
}


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import stanceclf", set()),
        ("import stanceclf.cli", set()),
        ("from stanceclf import load", {"numpy"}),
        ("from stanceclf import StanceModel", {"numpy"}),
    ],
)
def test_nothing_heavy_is_imported_unasked(code: str, allowed: set[str], tmp_path: Path) -> None:
    show = (
        f"{code}\nimport sys, json\nprint(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    )
    done = run_process(sys.executable, "-c", show, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert HEAVY & set(json.loads(done.stdout)) <= allowed


def test_public_names_are_few_and_there() -> None:
    import stanceclf

    assert dir(stanceclf) == sorted(stanceclf.__all__)
    for name in stanceclf.__all__:
        assert getattr(stanceclf, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        stanceclf.nonsense  # type: ignore[attr-defined] # noqa: B018


def test_options_of_fixed_choices_have_a_typer_that_knows_them() -> None:
    # Before 0.19 any command with an option of type Literal fails as it starts.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    floors = [re.match(r"typer>=(\d+)\.(\d+)", one) for one in project["dependencies"]]
    assert [(int(one[1]), int(one[2])) >= (0, 19) for one in floors if one] == [True]
