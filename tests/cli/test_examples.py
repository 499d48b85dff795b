"""`examples check` and `examples stats`: what they print, and how they end."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from conftest import Cli
from rich.cells import cell_len

TOPIC = "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
RULES = """\
rules:
  - {name: cheap, label: favor, any: [便宜], near: target, matches: [开源便宜。]}
  - {name: lag, label: against, any: [落后], near: target, matches: [开源落后。]}
  - {name: rain, label: none, any: [下雨], matches: [下雨了。]}
"""
EXAMPLES = [
    ("开源的活力在于人才。", "favor", "community"),
    ("用{target}省下一大笔钱。", "favor", "cost"),
    ("{rival}贵得离谱，{target}便宜得很。", "favor", "cost"),
    ("出了漏洞没有人负责。", "against", "safety"),
    ("算上人工，{target}并不省心。", "against", "cost"),
    ("说到底，{target}还是落后一代。", "against", None),
    ("大会将于下月举行。", "none", "event"),
    ("这家公司开源便宜的小模型，是在去年。", "none", "release"),
    ("昨天下雨，论坛改在室内。", "none", "event"),
]
FOLDER = Path("configs/topic")
FILE = FOLDER / "examples.jsonl"
ARTICLES = {
    "一.txt": ["北京的人都说开源便宜。", "北京也有人说开源落后。", "北京今天下雨。"],
    "二.txt": ["有人才，有活力，就是开源。", "上海人说开源便宜。", "上海多雨，昨天下雨。"],
    "三.txt": ["广州也说开源落后。", "广州人说开源便宜。", "广州天天下雨。"],
}


@pytest.fixture(autouse=True)
def _topic() -> None:
    FOLDER.mkdir(parents=True)
    (FOLDER / "topic.yaml").write_text(TOPIC, encoding="utf-8")
    (FOLDER / "rules.yaml").write_text(RULES, encoding="utf-8")
    settings = "train: {folds: 3}\nevaluate: {resamples: 100}\n"
    Path("configs/pipeline.yaml").write_text(settings, encoding="utf-8")
    lines = []
    for text, label, about in EXAMPLES:
        row = {"text": text, "label": label} | ({"about": about} if about else {})
        lines.append(json.dumps(row, ensure_ascii=False))
    FILE.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def built(cli: Cli) -> None:
    """Run the first stages."""
    gold = []
    for name, said in ARTICLES.items():
        text = ""
        for number, sentence in enumerate(said):
            start, text = len(text), text + sentence
            row = {"article": name, "start": start, "end": len(text), "text": sentence}
            gold.append(row | {"label": ("favor", "against", "none")[number]})
        path = Path("seeds/articles", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    Path("seeds/gold.jsonl").write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")
    for stage in ("sentences", "label"):
        ended = cli(stage)
        assert ended.code == 0, ended.err


def add(*lines: str) -> None:
    with FILE.open("a", encoding="utf-8") as file:
        file.write("".join(f"\n{line}" for line in lines))


def test_check_lists_warnings_and_passes_unless_strict(cli: Cli) -> None:
    said = cli("examples", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "configs/topic/examples.jsonl: warning: rules contradict 1 of 9 examples: they say "
        "`favor` or `against`, and the label differs",
        "configs/topic/examples.jsonl:8: warning: rule `cheap` contradicts 1 example (line 8) and "
        "agrees with 1; correct whichever is wrong",
        "0 errors, 2 warnings (in 9 examples)",
    ]
    strict = cli("examples", "check", "--strict", "--topic", FOLDER)
    assert (strict.code, strict.out) == (1, said.out)


def test_check_fails_on_every_invalid_line(cli: Cli) -> None:
    add("{", '{"text": "大会将于下月举行。", "label": "favor"}', '{"text": "", "label": "none"}')
    said = cli("examples", "check")
    assert (said.code, said.err) == (1, "")
    errors = [line for line in said.out.splitlines() if ": error: " in line]
    assert [line.split(":")[1] for line in errors] == ["10", "11", "12"]
    assert "repeats line 7, which is `none`; keep one" in errors[1]
    assert said.out.endswith("\n3 errors, 2 warnings (in 9 examples)\n")


def test_check_prints_json_lines(cli: Cli) -> None:
    add("{")
    said = cli("examples", "check", "--format", "jsonl")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1
    assert [(row["level"], row["path"], row["line"]) for row in rows] == [
        ("error", "configs/topic/examples.jsonl", 10),
        ("warning", "configs/topic/examples.jsonl", None),
        ("warning", "configs/topic/examples.jsonl", 8),
    ]


def test_check_without_findings_passes_even_if_strict(cli: Cli) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    FILE.write_text("\n".join([*lines[:7], lines[8]]), encoding="utf-8")
    said = cli("examples", "check", "--strict")
    assert (said.code, said.out) == (0, "0 errors, 0 warnings (in 8 examples)\n")


def test_check_without_a_file_says_so(cli: Cli) -> None:
    FILE.unlink()
    said = cli("examples", "check")
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith("configs/topic: error: no examples.jsonl in this folder; write one")


def test_stats_are_a_table(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = cli("examples", "stats")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert max(map(cell_len, lines)) <= 60
    assert [line.split() for line in lines[: lines.index("")]] == [
        ["about", "label", "examples", "reached", "right"],
        ["community", "favor", "1", "0%", "-"],
        ["cost", "favor", "2", "50%", "100%"],
        ["against", "1", "0%", "-"],
        ["event", "none", "2", "50%", "100%"],
        ["release", "none", "1", "100%", "0%"],
        ["safety", "against", "1", "0%", "-"],
        ["-", "against", "1", "100%", "100%"],
        ["all", "favor", "3", "33%", "100%"],
        ["against", "3", "33%", "100%"],
        ["none", "3", "67%", "50%"],
    ]
    assert "reached: share of the examples" in said.out


def test_stats_are_written_as_csv_and_json(cli: Cli) -> None:
    shown = cli("examples", "stats", "--format", "json").out
    rows = json.loads(shown)
    assert rows[1] == {
        "about": "cost",
        "label": "favor",
        "examples": 2,
        "reached": 1,
        "right": 1,
        "coverage": 0.5,
        "accuracy": 1.0,
    }
    assert cli("examples", "stats", "--format", "json", "-o", "出/数.json").out == ""
    assert Path("出/数.json").read_text(encoding="utf-8") == shown
    table = [*csv.DictReader(io.StringIO(cli("examples", "stats", "--format", "csv").out))]
    expected = [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    assert table == expected


def test_no_examples_are_an_empty_table(cli: Cli) -> None:
    FILE.write_text("", encoding="utf-8")
    lines = [line.split() for line in cli("examples", "stats").out.splitlines()]
    assert lines[1] == ["all", "favor", "0", "-", "-"]


@pytest.mark.usefixtures("built")
def test_the_curve_is_a_table(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = cli("examples", "stats", "--curve")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert lines[0] == "9 labelled sentences from 3 articles: favor 3 · against 3 · none 3"
    assert lines[2].split()[0] == "examples"
    assert [line.split()[0] for line in lines[3:5]] == ["0", "9"]
    assert "[low, high]: 95 % bootstrap interval over articles." in said.out
    assert cli("examples", "stats", "--curve").out == said.out
    figures = json.loads(cli("examples", "stats", "--curve", "--format", "json").out)
    assert [point["examples"] for point in figures["curve"]] == [0, 9]
    (first, _) = csv.DictReader(
        io.StringIO(cli("examples", "stats", "--curve", "--format", "csv").out)
    )
    assert first["f_avg"] == str(figures["curve"][0]["f_avg"])
    assert [*first][:4] == ["examples", "f_avg", "f_avg_low", "f_avg_high"]


@pytest.mark.usefixtures("built")
def test_the_curve_can_be_scored_on_labels_from_elsewhere(cli: Cli) -> None:
    Path("标.csv").write_text("text,label\n开源有活力。,favor\n闭源贵。,favor\n", encoding="utf-8")
    said = cli("examples", "stats", "--curve", "--on", "标.csv")
    assert said.out.startswith("2 labelled sentences from 2 articles: favor 2 · against 0 · none 0")
    assert "No intervals: all sentences are labelled favor." in " ".join(said.out.split())
    Path("seeds/gold.jsonl").unlink()
    assert cli("examples", "stats", "--curve", "--on", "标.csv").out == said.out
    ended = cli("examples", "stats", "--curve")
    assert ended.code == 1
    assert ended.err.startswith("stanceclf: no gold labels to score on; label some with")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--curve", "--on", "无.csv"], "无.csv: no such file or folder"),
        (["--curve", "--labels", "无.parquet"], "无.parquet: "),
        (["--curve", "--output", "artifacts/labels.parquet"], "is read by this command"),
        (["--topic", "无"], "无/topic.yaml: "),
        (["--output", str(FILE)], "is read by this command"),
    ],
)
def test_what_is_wrong_is_one_line(cli: Cli, arguments: list[str], says: str) -> None:
    ended = cli("examples", "stats", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert says in ended.err


def test_an_invalid_line_stops_stats(cli: Cli) -> None:
    add("{")
    ended = cli("examples", "stats")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("stanceclf: configs/topic/examples.jsonl:10: not JSON: ")


@pytest.mark.parametrize("wrong", [["--on", "标.csv"], ["--format", "jsonl"]])
def test_impossible_options_are_refused(cli: Cli, wrong: list[str]) -> None:
    ended = cli("examples", "stats", *wrong)
    assert (ended.code, ended.out) == (2, "")
    assert wrong[0] in ended.err
