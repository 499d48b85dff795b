"""Where commands write, in which format, and what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Cli, copy_inputs
from processes import in_terminal

from stanceclf import StanceClassifier
from stanceclf.cli import predict
from stanceclf.io import urls
from stanceclf.model import save, write_record

PROGRAM = (sys.executable, "-m", "stanceclf")
MODEL = ("--model", "模型.joblib")


@pytest.fixture(autouse=True)
def _articles() -> None:
    """Write two articles, a topic and a model."""
    texts = ["开源便宜", "闭源便宜", "下雨"]
    model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    save(model, "模型.joblib")
    write_record(model, "模型.joblib")
    copy_inputs(Path.cwd())
    Path("语料").mkdir()
    Path("语料/一.txt").write_text("开源便宜。下雨。", encoding="utf-8")
    Path("语料/帖.csv").write_text("text\n闭源便宜。\n", encoding="utf-8")


COMMANDS = [
    ("predict", "语料", *MODEL),
    ("predict", "语料", *MODEL, "--by", "speaker"),
    ("predict", "语料", *MODEL, "--by", "article"),
    ("rules", "apply", "语料"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_programs_get_json_lines_and_people_a_table(command: tuple[str, ...], cli: Cli) -> None:
    outcome = cli(*command)
    assert (outcome.code, outcome.err) == (0, "")
    assert all(json.loads(line) for line in outcome.out.splitlines())
    assert outcome.out == cli(*command, "--format", "jsonl").out
    assert "┏" in cli(*command, "--format", "table").out
    assert "┏" in in_terminal(*PROGRAM, *command)


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
@pytest.mark.parametrize("command", [*COMMANDS, ("explain", "开源便宜。", *MODEL)])
def test_colors_can_be_turned_off(
    command: tuple[str, ...], environment: dict[str, str], colored: bool
) -> None:
    assert ("\x1b[" in in_terminal(*PROGRAM, *command, environment=environment)) == colored


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("果.jsonl", b'{"'),
        ("果.JSONL", b'{"'),
        ("果.csv", b"\xef\xbb\xbf"),
        ("果.txt", "开源大模型".encode()),
        ("下/果.jsonl", b'{"'),
    ],
)
def test_a_file_gets_what_its_suffix_says(
    command: tuple[str, ...], name: str, begins: bytes, cli: Cli
) -> None:
    outcome = cli(*command, "--output", name)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"3 sentences -> {name}\n"
    data = Path(name).read_bytes()
    if name == "果.txt" and command[0] == "predict":
        begins = "\n┏".encode() if "--by" in command else "语料/一.txt".encode()
    assert data.startswith(begins)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["果.json", "果.xlsx", "果.jsonl.gz", "果.tsv", "果.第2版"])
def test_a_suffix_without_a_format_is_refused(
    command: tuple[str, ...], name: str, cli: Cli
) -> None:
    before = sorted(Path().rglob("*"))
    outcome = cli(*command, "--output", name)
    assert outcome.code == 2
    assert f"`{Path(name).suffix}` stands for no format" in " ".join(outcome.err.split())
    assert ("did you mean `.jsonl`" in outcome.err) == name.endswith(".json")
    assert sorted(Path().rglob("*")) == before
    outcome = cli(*command, "--output", name, "--format", "jsonl")
    assert (outcome.code, outcome.faults) == (0, "")


@pytest.mark.parametrize("name", ["果", "果/", "果.第2版/", "有.第2版", "有"])
def test_a_folder_gets_parts(name: str, cli: Cli) -> None:
    Path("有.第2版").mkdir()
    Path("有").mkdir()
    outcome = cli("predict", "语料", *MODEL, "--output", name)
    assert outcome.err == f"3 sentences in 2 parts -> {name}\n"
    assert len(list(Path(name).glob("part-*.parquet"))) == 2
    for more in (["--by", "speaker"], ["--format", "csv"]):
        outcome = cli("predict", "语料", *MODEL, "--output", f"{name.rstrip('/')}/", *more)
        assert outcome.code == 2
        assert "names a folder" in outcome.err


@pytest.mark.parametrize("command", COMMANDS)
def test_csv_in_a_pipe_has_no_mark(command: tuple[str, ...], cli: Cli) -> None:
    piped = cli(*command, "--format", "csv").out
    assert cli(*command, "--output", "果.csv").code == 0
    assert Path("果.csv").read_text(encoding="utf-8") == f"\ufeff{piped}"
    assert not piped.startswith("\ufeff")


WRONG = [
    (["predict", "语料", "--resume"], "--resume"),
    (["predict", "语料", "--overwrite"], "--overwrite"),
    (["predict", "语料", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler"),
    (["predict", "语料", "--by", "speaker", "--overwrite", "-o", "a.csv"], "--overwrite"),
    (["predict", "语料", "--by", "speaker", "--format", "html"], "--format"),
    (["predict", "语料", "--by", "article", "-o", "a.parquet"], "--format"),
    (["predict", "语料", "--lang", "en"], "--lang"),
    (["predict", "语料", "--encoding", "foo"], "unknown encoding"),
    (["predict", "语料", "--encoding", "base64"], "unknown encoding"),
    (["rules", "apply", "语料", "--encoding", "foo"], "unknown encoding"),
    (["text", "语料/一.txt", "--encoding", "foo"], "unknown encoding"),
    (["predict", "-", "--output", "果"], "names a folder"),
    (["predict", "语料", "--by", "speaker", "-o", "file:///tmp/a.csv"], "to a URL"),
    (["predict", "语料", "-o", "memory://a/b.html"], "to a URL"),
    (["rules", "apply", "语料", "-o", "memory://a/b.csv"], "is a URL"),
    (["text", "语料/一.txt", "-o", "file:///tmp/a.txt"], "is a URL"),
    (["model", "export", "模型.joblib", "-o", "file:///tmp/a.safetensors"], "is a URL"),
    (["rules", "page", "-o", "s3://a/b.html"], "is a URL"),
    (["sentences", "--output", "file:///tmp/a.parquet"], "is a URL"),
    (["gold", "export", "--format", "doccano", "--interface", "a.xml"], "--interface"),
    (["init", "新", "--target", "延迟退休,弹性退休"], "--target 延迟退休 --target 弹性退休"),
    (["init", "新", "--target", "甲、乙"], "--target 甲 --target 乙"),
    (["init", "新", "--target", "甲", "--rival", "丙，丁"], "--rival 丙 --rival 丁"),
]


@pytest.mark.parametrize(("command", "said"), WRONG)
def test_wrong_usage_exits_with_2_and_writes_nothing(
    command: list[str], said: str, cli: Cli
) -> None:
    before = sorted(Path().rglob("*"))
    model = MODEL if command[0] == "predict" else ()
    outcome = cli(*command, *model)
    assert outcome.code == 2
    assert said in " ".join(outcome.err.replace("'", "").split())
    assert sorted(Path().rglob("*")) == before


def test_a_page_of_too_many_sentences_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("predict", "语料", *MODEL, "--output", "页.html")
    for most, code in ((2, 1), (3, 0)):
        monkeypatch.setattr(predict, "_MOST_ON_PAGE", most)
        outcome = cli(*command)
        assert outcome.code == code
        assert ("more than 2 sentences are too many for one HTML page" in outcome.err) == bool(code)
        assert Path("页.html").exists() == (not code)


@pytest.mark.parametrize("command", [[], ["predict"], ["rules"], ["rules", "apply"]])
def test_help_has_a_short_option(command: list[str], cli: Cli) -> None:
    short, long = cli(*command, "-h"), cli(*command, "--help")
    assert (short.code, short.out) == (0, long.out)
    assert ("--install-completion" in short.out) == (not command)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (["新.json", "--format", "joblib"], "choose another suffix"),
        (["新", "--format", "joblib"], None),
        (["gold.joblib"], "would replace gold.json, which is no record of a model"),
        (["模型.json", "--format", "safetensors"], "is read by this command"),
        (["模型.pkl"], "is read by this command"),
        (["新.joblib"], None),
        (["新.safetensors"], None),
    ],
)
def test_an_exported_model_and_its_record_replace_nothing(
    output: list[str], said: str | None, cli: Cli
) -> None:
    Path("gold.json").write_text('{"标注": 1}', encoding="utf-8")
    before = {path: path.read_bytes() for path in Path().glob("*.*")}
    outcome = cli("model", "export", "模型.joblib", "--output", *output)
    assert (outcome.code, said or "") == (int(said is not None), said or "")
    assert said is None or said in outcome.err
    assert before.items() <= {path: path.read_bytes() for path in Path().glob("*.*")}.items()
    if said is None:
        assert cli("predict", "语料", "--model", output[0]).code == 0
        assert cli("model", "export", "模型.joblib", "--output", *output).code == 0  # again


def test_explain_reads_urls(cli: Cli) -> None:
    command = ("explain", *MODEL, "--sentence", "1", "--format", "json", "--article")
    own = cli(*command, "语料/一.txt").out
    url = f"file://{Path.cwd()}/语料/一.txt"
    assert json.loads(cli(*command, url).out) == json.loads(own) | {"article": url}
    assert "No such file" in cli(*command, f"file://{Path.cwd()}/无.txt").err


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [("开源便宜".encode(), 0), ("开源便宜".encode("gbk"), 1), (b"AI \xe5\xbc", 1)],
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_sentence_is_explained_as_typed_whatever_the_locale(
    locale: str, typed: bytes, outcome: int
) -> None:
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*PROGRAM, "explain", *MODEL, "--format", "json", typed],
        capture_output=True,
        check=False,
        env=os.environ | environment,
    )
    assert done.returncode == outcome
    if outcome:
        assert done.stderr == b"stanceclf: the sentence is not UTF-8 text; save it in a file\n"
    else:
        assert json.loads(done.stdout)["text"] == typed.decode()


def test_a_pipe_among_unfinished_files_stops_nothing(cli: Cli) -> None:
    os.mkfifo(".果.jsonl.00000000.tmp")
    assert cli("predict", "语料", *MODEL, "--output", "果.jsonl").code == 0
    assert urls.size_of("果.jsonl")
    assert Path(".果.jsonl.00000000.tmp").is_fifo()


def test_documented_recipes_discard_no_rules() -> None:
    for page in (*ROOT.glob("README*.md"), *ROOT.glob("docs/*/*.md")):
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("git restore"):
                assert {"configs", "configs/", ".", "seeds"}.isdisjoint(line.split()), page
