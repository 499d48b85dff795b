"""The house keeps its order: imports go one way, nothing heavy comes in, stages know their code."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run_process

PACKAGE = ROOT / "stanceclf"
# The rooms in the order that data passes them; a module imports only from rooms before its own.
ROOMS = (
    ("invisible", "errors", "labels", "script_json", "article_words"),
    ("files",),
    ("yaml_file",),
    ("tables", "encodings", "origin", "storage"),
    ("text_tables",),
    ("parquet_tables",),
    ("table_shares",),
    ("article_files", "web_pages", "word_files"),
    ("articles", "normalization", "boilerplate", "markdown_marks"),
    ("sentences",),
    ("name_words", "speech_words"),
    ("names",),
    ("known_names", "quotations"),
    ("turns", "subjects"),
    ("frames",),
    ("cast",),
    ("speakers",),
    ("dataset", "placed_rows"),
    ("gold",),
    ("corpus", "label_studio", "agreement"),
    ("doccano",),
    ("gold_exchange",),
    ("topic", "trie", "batch"),
    ("topic_file", "lexicons", "literals"),
    ("mentions", "questions"),
    ("clauses", "comparisons", "patterns"),
    ("negation", "rules"),
    ("reading",),
    ("searches", "evidence"),
    ("votes", "distinct_votes"),
    ("rule_file", "rule_table", "matches", "mask"),
    ("rule_stats", "rule_check", "hits", "rule_page_choice"),
    ("rule_page",),
    ("weak_labels",),
    ("training", "copies", "overlap", "sampling"),
    ("ngrams",),
    ("units", "phrases"),
    ("collection", "vocabulary"),
    ("config",),
    ("decisions",),
    ("explanations",),
    ("model_state",),
    ("model", "vectorizer"),
    ("model_pickle", "model_safetensors", "model_record"),
    ("model_file",),
    ("model_summary",),
    ("classifier", "metrics", "kappa", "selection", "speaker_gold"),
    ("candidates",),
    ("annotation",),
    ("cross_validation", "baselines", "worst_errors"),
    ("material", "held_out", "evaluation"),
    ("log_odds",),
    ("suggestions",),
    ("suggestion_model", "suggestion_file"),
    ("rule_additions",),
    ("rendering", "csv_lines"),
    ("markdown",),
    ("model_card", "dataset_export"),
    ("predictions",),
    ("rule_predictions", "standing", "reasons", "article_sections"),
    ("formats", "prediction_table"),
    ("standing_formats", "article_page", "pieces"),
    ("parts",),
    ("worker",),
    ("pool",),
    ("prediction_run", "cluster", "partitions"),
    ("corpus_prediction",),
    ("stages.sentences", "stages.label", "stages.train", "stages.evaluate"),
    ("report", "explanation_report", "suggestion_report"),
    ("project",),
    ("cli.options", "cli.output"),
    ("cli.articles", "cli.corpus", "cli.screen"),
    (
        "cli.predict",
        "cli.explain",
        "cli.model",
        "cli.rules",
        "cli.stages",
        "cli.annotate",
        "cli.init",
    ),
    ("cli.export", "cli.text"),
    ("cli.gold",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, room in enumerate(ROOMS) for name in room}


def module_name(path: Path) -> str:
    name = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """Return the modules of this package that one imports, wherever in its text."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "stanceclf":
            module = (node.module or "").removeprefix("stanceclf").lstrip(".")
            for alias in node.names:
                inner = f"{module}.{alias.name}".lstrip(".")
                names.add(inner if inner in RANK else module)
    return names - {"", "stages"}


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
INSIDE = sorted(set(MODULES) - {"__init__", "stages"})


def test_every_module_has_a_room() -> None:
    assert set(RANK) == set(INSIDE)


@pytest.mark.parametrize("name", INSIDE)
def test_imports_go_one_way(name: str) -> None:
    allowed = {other for other in RANK if RANK[other] < RANK[name]}
    assert imported(MODULES[name]) <= allowed


@pytest.mark.parametrize("name", INSIDE)
def test_modules_are_small(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 350


def closure(name: str) -> set[str]:
    found: set[str] = set()
    todo = {name}
    while todo:
        module = todo.pop()
        found.add(module)
        todo |= imported(MODULES[module]) - found
    return found


PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_depends_on_the_code_that_it_runs(stage: str) -> None:
    listed = {dep for dep in PIPELINE[stage]["deps"] if dep.startswith("stanceclf/")}
    code = {MODULES[name] for name in closure(f"stages.{stage}")}
    # A module's template is named after it.
    code |= {page for path in code if (page := path.with_suffix(".html")).exists()}
    texts = PACKAGE / "templates"
    code |= {text for path in code if (text := texts / f"{path.stem}.md").exists()}
    needed = {path.relative_to(ROOT).as_posix() for path in code}
    assert listed == needed


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_that_reads_rules_depends_on_the_topic(stage: str) -> None:
    assert ("${topic}" in PIPELINE[stage]["deps"]) == ("rule_file" in closure(f"stages.{stage}"))


def settings_read(command: str) -> list[str]:
    """Return the sections of the settings that a stage's command reads."""
    module = ast.parse(MODULES["cli.stages"].read_text(encoding="utf-8"))
    (function,) = (
        node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == command
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
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        stanceclf.nonsense  # noqa: B018
