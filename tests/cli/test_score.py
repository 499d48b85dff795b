"""The command `score`: figures and tables on somebody's labels, and one line for what is wrong."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

import pytest
from conftest import Cli, run_process
from rich.cells import cell_len

from stanceclf.cli.score import score as command
from stanceclf.evaluation import score
from stanceclf.gold.file import GoldSentence, write_gold
from stanceclf.labels import READING_ORDER, Stance
from stanceclf.model.file import save
from stanceclf.model.record import write_record
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import EvaluateConfig

TOPIC = Topic("开源大模型", target=("开源",), rival=("闭源",))
RULES = (
    Rule(name="便宜", label="favor", any=("便宜",), near="target"),
    Rule(name="落后", label="against", any=("落后",), near="target"),
)
TEXTS = {"favor": "开源更便宜。", "against": "开源会落后。", "none": "今天下雨了。"}
# What is said in each article, and its gold labels: the second article is labelled otherwise.
ARTICLES: dict[str, list[tuple[str, Stance]]] = {
    "一.txt": [(TEXTS["favor"], "favor"), (TEXTS["against"], "against")],
    "二.txt": [(TEXTS["favor"], "none"), (TEXTS["none"], "against")],
    "三.txt": [(TEXTS["none"], "none"), (TEXTS["none"], "none")],
}
MODEL = Path("artifacts/model.joblib")


def write_model(path: Path, *labels: Stance) -> None:
    path.parent.mkdir(exist_ok=True)
    fitted = StanceClassifier(topic=TOPIC, rules=RULES).fit(list(TEXTS.values()), list(labels))
    save(fitted.freeze(), path)
    write_record(fitted.freeze(), path)


@pytest.fixture(autouse=True)
def _labelled() -> None:
    write_model(MODEL, "favor", "against", "none")
    Path("数据/articles").mkdir(parents=True)
    gold = []
    for name, said in ARTICLES.items():
        text = ""
        for sentence, label in said:
            start, text = len(text), text + sentence
            gold.append(GoldSentence(name, start, len(text), sentence, label))
        Path("数据/articles", name).write_text(text, encoding="utf-8")
    write_gold("数据/gold.jsonl", gold)


def test_it_shows_everything_in_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = cli("score", "数据")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert not [line for line in lines if "…" in line or line != line.rstrip()]
    assert lines[0] == "6 labelled sentences from 3 articles: favor 1 · against 2 · none 3"
    assert "3 articles are few" in said.out
    assert "they give 50% of the sentences a label" in " ".join(lines)
    for start in ("F_avg  ", "macro-F1  ", "accuracy  ", "0."):
        assert [line for line in lines if line.startswith(start)]
    accuracy = next(line for line in lines if line.startswith("accuracy  "))
    assert accuracy.split()[1] == "0.667"
    at = lines.index("accuracy, the worst articles first  sentences  rules alone  model")
    assert lines[at + 1].split() == ["二.txt", "2", "0.000", "0.000"]
    assert "Expected calibration error: 0." in said.out
    assert "\n二.txt · 0-6\n  开源更便宜。\n  labelled none, model favor (p = 0." in said.out
    assert "rules: 便宜=favor\n" in said.out
    assert said.out.endswith("rules: no vote\n")


def test_a_narrow_terminal_gets_narrow_tables(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = cli("score", "数据").out
    monkeypatch.setenv("COLUMNS", "70")
    narrow = cli("score", "数据").out
    assert max(map(cell_len, narrow.splitlines())) <= 70
    for figure in wide.split("\n\n")[1].split():
        assert figure in narrow.split()


def test_json_has_what_the_library_returns(cli: Cli) -> None:
    from stanceclf import load, read_labelled

    said = cli("score", "数据/gold.jsonl", "--format", "json")
    assert (said.code, said.err) == (0, "")
    expected = score(load(MODEL), read_labelled("数据")).figures()
    assert json.loads(said.out) == expected
    assert cli("score", "数据", "--format", "json", "-o", "出/分.json").out == ""
    assert Path("出/分.json").read_text(encoding="utf-8") == said.out
    other = cli("score", "数据", "--format", "json", "--seed", "7", "--confidence", "0.5").out
    assert json.loads(other)["intervals"]["confidence"] == 0.5


def test_two_models_are_compared(cli: Cli) -> None:
    write_model(Path("另.joblib"), "against", "favor", "none")
    said = cli("score", "数据", "--compare", "另.joblib")
    assert (said.code, said.err) == (0, "")
    assert "  other model  " in said.out
    assert "  model - other\n" in said.out
    assert "\nother model  labelled  precision" in said.out
    found = json.loads(cli("score", "数据", "--compare", "另.joblib", "--format", "json").out)
    alone = json.loads(cli("score", "数据", "--model", "另.joblib", "--format", "json").out)
    assert found["other"] == alone["model"]


def write_table(*rows: tuple[str, ...], header: str = "text,label") -> Path:
    path = Path("标.csv")
    path.write_text("\n".join([header, *map(",".join, rows)]) + "\n", encoding="utf-8")
    return path


def test_rows_of_a_table_are_articles_unless_they_name_theirs(cli: Cli) -> None:
    rows = [(TEXTS[stance], stance, name) for stance in READING_ORDER for name in "甲乙"]
    rows.append((TEXTS["none"], "favor", "甲"))
    alone = cli("score", write_table(*(row[:2] for row in rows)))
    assert alone.out.startswith("7 labelled sentences from 7 articles:")
    assert "worst articles" not in alone.out
    assert "\n标.csv#7 · 0-6\n  今天下雨了。\n" in alone.out
    path = write_table(*rows, header="text,label,article")
    together = cli("score", path, "--worst", "1")
    assert together.out.startswith("7 labelled sentences from 2 articles:")
    assert "\nand 1 more article; `--format json` lists all\n" in together.out


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("开源更便宜。", "favor")], "No intervals: all sentences are from one article."),
        (
            [("开源更便宜。", "none"), ("下雨。", "none")],
            "No intervals: all sentences are labelled none.",
        ),
    ],
)
def test_why_there_is_no_interval_is_said(cli: Cli, rows: list[tuple[str, str]], said: str) -> None:
    found = cli("score", write_table(*rows))
    assert (found.code, found.err) == (0, "")
    assert said in found.out
    assert "so its F1 counts as 0" in found.out
    assert " [-]  " in found.out
    assert "[low, high]" not in found.out
    figures = json.loads(cli("score", write_table(*rows), "--format", "json").out)
    assert figures["model_minus_rules"]["f_avg_interval"] is None


def test_nothing_wrong_lists_no_mistakes(cli: Cli) -> None:
    rows = [(text, stance) for stance, text in TEXTS.items()]
    found = cli("score", write_table(*rows))
    assert "mistakes" not in found.out
    assert "mistakes" not in cli("score", "数据", "--worst", "0").out


def test_biased_samples_are_pointed_out(cli: Cli) -> None:
    gold = Path("数据/gold.jsonl")
    lines = gold.read_text(encoding="utf-8").splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | {"order": "useful"})
    gold.write_text("\n".join(lines), encoding="utf-8")
    assert "\nNot chosen at random: 1 sentence. The scores are not" in cli("score", "数据").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["无"], "无: no such file or folder"),
        (["数据/articles"], "数据/articles: no gold.jsonl in this folder"),
        (["数据/articles/一.txt"], "一.txt: neither gold labels nor a table"),
        (["坏.csv"], "坏.csv:3: unknown label `正`; known: favor, against, none"),
        (["数据", "--model", "无.joblib"], "无.joblib: no model here"),
        (["数据", "--compare", "无.joblib"], "无.joblib: no model here"),
        (["数据", "--output", "数据/gold.jsonl"], "数据/gold.jsonl: is read by this command"),
        (["数据", "--output", "artifacts/model.joblib"], "model.joblib: is read by this command"),
    ],
)
def test_what_is_wrong_is_one_line(cli: Cli, arguments: list[str], said: str) -> None:
    Path("坏.csv").write_text("text,label\n开源,none\n闭源,正\n", encoding="utf-8")
    before = sorted(Path().rglob("*"))
    ended = cli("score", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert said in ended.err
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    "wrong",
    [
        ["--confidence", "1"],
        ["--confidence", "0"],
        ["--confidence", "nan"],
        ["--resamples", "99"],
        ["--seed", "-1"],
        ["--worst", "-1"],
        ["--format", "csv"],
    ],
)
def test_impossible_options_are_refused(cli: Cli, wrong: list[str]) -> None:
    ended = cli("score", "数据", *wrong)
    assert (ended.code, ended.out) == (2, "")
    assert wrong[0] in ended.err


def test_defaults_and_limits_are_those_of_the_stage() -> None:
    usual = EvaluateConfig()
    for function in (command, score):
        parameters = inspect.signature(function).parameters
        for name in ("resamples", "confidence", "seed", "worst"):
            assert parameters[name].default == getattr(usual, name)


def test_it_needs_neither_scikit_learn_nor_pydantic() -> None:
    code = (
        "import sys\nfrom stanceclf.cli import app\n"
        "app(['score', '数据'], standalone_mode=False)\n"
        "print(sorted({'sklearn', 'pydantic', 'scipy', 'pyarrow'} & set(sys.modules)))\n"
    )
    done = run_process(sys.executable, "-X", "utf8", "-c", code, cwd=Path())
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().endswith("\n[]\n")
