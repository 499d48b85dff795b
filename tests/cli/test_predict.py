from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import joblib
import pytest
from conftest import Cli, run_process
from processes import in_terminal, without

from stanceclf.articles import MAX_FILE_SIZE, MAX_SENTENCE
from stanceclf.articles.encodings import decode
from stanceclf.cli import options
from stanceclf.prediction.pieces import PART_SIZE

KEYS = ["article", "start", "end", "text", "stance", "probabilities"]
TEXT = "開源更便宜！\r\n“闭源呢？”他问：ＧＰＴ-4.0😀更强。\u3000\n正文完\n今天下雨。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("command", [["predict"], ["rules", "apply"]])
def test_rows_keep_the_contract(command: list[str], encoding: str, project: Path, cli: Cli) -> None:
    Path("新 闻").mkdir()
    path = "新 闻/一[1].txt"
    Path(path).write_bytes(TEXT.encode(encoding))
    outcome = cli(*command, path, "--format", "jsonl")
    assert (outcome.code, outcome.err) == (0, "")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    text = decode(Path(path).read_bytes(), path)
    assert [row["text"] for row in rows] == [
        "開源更便宜！",
        "“闭源呢？”",
        "他问：ＧＰＴ-4.0😀更强。",
        "今天下雨。",
    ]
    for row in rows:
        assert list(row)[:6] == KEYS
        assert row["article"] == path
        assert row["text"] == text[row["start"] : row["end"]]
        if row["probabilities"] is not None:
            assert list(row["probabilities"]) == ["favor", "against", "none"]
            assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        if command == ["predict"]:
            best = max(row["probabilities"], key=row["probabilities"].get)
            assert row["stance"] == best
        else:
            assert row["stance"] in {"favor", "against", "none", None}
            assert set(row["votes"].values()) <= {"favor", "against", "none"}
            assert row["stance"] is None or row["stance"] in row["votes"].values()
    if command != ["predict"]:
        assert rows[0]["stance"] == "favor"
        votes = dict.fromkeys(["short-praise", "cheap", "plain-praise"], "favor")
        assert rows[0]["votes"] == votes


def test_predictions_are_those_of_the_model(project: Path, cli: Cli) -> None:
    outcome = cli("predict", "seeds/articles", "--format", "jsonl")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    model = joblib.load("artifacts/model.joblib")
    decisions = model.decision_function([row["text"] for row in rows])
    decisions = model.decide_in_context(decisions, [row["article"] for row in rows])
    stances = model.classes_[decisions.argmax(axis=1)].tolist()
    assert [row["stance"] for row in rows] == stances
    assert [row["article"] for row in rows] == sorted(row["article"] for row in rows)
    assert rows[0]["article"] == "seeds/articles/01-oschina-mayue-interview.txt"


def test_the_table_is_for_people(project: Path, cli: Cli) -> None:
    outcome = cli("predict", "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt", "--format", "table")
    assert outcome.code == 0
    assert "03-nbd-kunlun-fanghan-baidu.txt" in outcome.out
    assert "支持" in outcome.out
    last = outcome.out.splitlines()[-1]
    counts = [int(part.split()[1]) for part in last.split(" (")[0].split(" · ")]
    jsonl = cli(
        "predict", "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt", "--format", "jsonl"
    ).out.splitlines()
    stances = [json.loads(line)["stance"] for line in jsonl]
    assert counts == [stances.count(stance) for stance in ("favor", "against", "none")]
    assert last.endswith(f"({len(stances)} sentences)")
    assert "\x1b" not in outcome.out


def test_markup_in_an_article_is_text(project: Path, cli: Cli) -> None:
    Path("标记.txt").write_text("[bold]开源[/bold][/]更便宜。\n", encoding="utf-8")
    outcome = cli("predict", "标记.txt", "--format", "table")
    assert "[bold]开源[/bold][/]更便宜。" in outcome.out


def test_an_articles_control_characters_stay_off_the_terminal(project: Path, cli: Cli) -> None:
    Path("控.txt").write_text("开源\x1b[2J更便宜。" + "开源更便宜。" * 40, encoding="utf-8")
    assert "\x1b" not in cli("predict", "控.txt", "--format", "table").out


def test_an_open_file_is_appended_to(project: Path) -> None:
    code = f"'{sys.executable}' -m stanceclf predict 一.txt --format csv --output /dev/stdout"
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    script = f"(echo 头; {code}; echo 尾) > 结果.csv"
    assert run_process("bash", "-c", script, cwd=project).stderr == b""
    lines = Path("结果.csv").read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("头", "尾", 4)


def test_an_article_named_twice_is_read_once(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "一.txt", "*.txt", "--format", "jsonl")
    assert outcome.out.count("\n") == 1


def test_csv_reads_back(project: Path, cli: Cli) -> None:
    Path("引.txt").write_text('他说,"开源,更便宜"。\n闭源贵。', encoding="utf-8")
    for command in (["predict"], ["rules", "apply"]):
        outcome = cli(*command, "引.txt", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(outcome.out.removeprefix("\ufeff"))))
        assert [row["text"] for row in rows] == ['他说,"开源,更便宜"。', "闭源贵。"]
        assert {"article", "start", "end", "text", "stance", "favor", "against", "none"} <= set(
            rows[0]
        )


def test_unreadable_articles_are_reported_and_the_rest_is_written(project: Path, cli: Cli) -> None:
    Path("好.txt").write_text("开源更便宜。", encoding="utf-8")
    Path("空.txt").write_text("", encoding="utf-8")
    Path("图.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    Path("空夹").mkdir()
    arguments = ["predict", "没有.txt", "空.txt", "好.txt", "图.txt", "空夹", "*.doc"]
    outcome = cli(*arguments, "--format", "jsonl", "--output", "果/结果.jsonl")
    assert outcome.code == 1
    assert outcome.out == ""
    complaints = {line.split(": ")[1] for line in outcome.err.splitlines() if ": " in line}
    assert "1 sentence -> 果/结果.jsonl" in outcome.err.splitlines()
    assert complaints == {"没有.txt", "空.txt", "图.txt", "空夹", "*.doc"}
    assert outcome.err.count("\n") == 6
    rows = Path("果/结果.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["article"] for row in rows] == ["好.txt"]


def test_without_a_readable_article_nothing_is_written(project: Path, cli: Cli) -> None:
    Path("结果.jsonl").write_text("旧", encoding="utf-8")
    assert cli("predict", "没有.txt", "--output", "结果.jsonl").code == 1
    assert Path("结果.jsonl").read_text(encoding="utf-8") == "旧"


def test_reads_standard_input_and_writes_utf8_whatever_the_locale(project: Path) -> None:
    done = run_process(
        *(sys.executable, "-m", "stanceclf", "predict", "-", "--format", "jsonl"),
        cwd=project,
        stdin="开源更便宜。闭源呢？".encode("gbk"),
        PYTHONIOENCODING="ascii",
        PYTHONUTF8="0",
        LC_ALL="C",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [(row["article"], row["text"]) for row in rows] == [
        ("-", "开源更便宜。"),
        ("-", "闭源呢？"),
    ]


def test_a_reader_that_stops_early_is_no_error(project: Path) -> None:
    done = run_process(
        *(
            "bash",
            "-c",
            f"'{sys.executable}' -m stanceclf predict seeds/articles --format csv | head -n 1",
        ),
        cwd=project,
    )
    assert done.stderr == b""
    assert done.stdout.startswith(b"article,start")


def test_a_bar_appears_on_a_terminal_after_a_while(project: Path) -> None:
    text = Path("seeds/articles/04-waic-maas-roundtable.txt").read_text(encoding="utf-8")
    Path("长.txt").write_text(text * 40, encoding="utf-8")
    command = [sys.executable, "-m", "stanceclf", "predict", "--format", "jsonl", "长.txt"]
    with Path("结果.jsonl").open("wb") as rows:
        assert "/1 articles" in in_terminal(*command, stdout=rows)
    quiet = run_process(*command, cwd=project)
    assert quiet.stderr == b""
    assert quiet.stdout == Path("结果.jsonl").read_bytes()
    # Rows that scroll by need no bar, nor does what takes no while.
    short = "seeds/articles/05-openai-new-open-model.txt"
    assert "articles [" not in in_terminal(*command)
    assert "articles [" not in in_terminal(*command[:4], short)


def test_the_bar_is_cleared_for_the_table(project: Path) -> None:
    text = Path("seeds/articles/04-waic-maas-roundtable.txt").read_text(encoding="utf-8")
    Path("长.txt").write_text(text * 4, encoding="utf-8")
    code = "import tqdm, functools, sys\n"
    code += "tqdm.tqdm = type('T', (tqdm.tqdm,), {'__init__': lambda self, *a, **k: "
    code += "tqdm.std.tqdm.__init__(self, *a, **{**k, 'delay': 0})})\n"
    code += "from stanceclf.cli import main\nmain()\n"
    shown = in_terminal(sys.executable, "-c", code, "predict", "长.txt")
    assert "articles [" in shown
    table = shown[shown.index("开源大模型 · 长.txt") :]
    assert "articles [" not in table[: table.rindex("└")]


def test_a_device_is_written_to_and_not_replaced(project: Path) -> None:
    os.mkfifo("管道")
    command = [
        sys.executable,
        "-m",
        "stanceclf",
        "predict",
        "seeds/articles/05-openai-new-open-model.txt",
        "--output",
        "管道",
        "--format",
        "table",
    ]
    with subprocess.Popen(["cat", "管道"], stdout=subprocess.PIPE) as reader:
        assert run_process(*command, cwd=project).returncode == 0
        assert reader.stdout is not None
        assert "sentences)" in reader.stdout.read().decode()
    assert Path("管道").is_fifo()


def test_a_link_is_followed(project: Path, cli: Cli) -> None:
    Path("果").mkdir()
    Path("链").symlink_to("果/结果.csv")
    assert cli("predict", "seeds/articles", "--format", "csv", "--output", "链").code == 0
    assert Path("链").is_symlink()
    assert Path("果/结果.csv").read_text(encoding="utf-8-sig").startswith("article,")


def test_another_program_loads_the_model_from_anywhere(project: Path, tmp_path: Path) -> None:
    code = (
        "import sys, joblib\n"
        "model = joblib.load(sys.argv[1])\n"
        "print(model.classes_.tolist(), model.predict(['开源更便宜']).tolist())\n"
        "print(model.predict_proba(['开源更便宜', '']).shape)\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'datasets', 'pyarrow', 'jieba', 'pydantic'}\n"
        "heavy |= {'yaml', 'opencc'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = run_process(
        *(sys.executable, "-W", "error", "-c", code, project / "artifacts/model.joblib"),
        cwd=tmp_path,
    )
    assert done.stderr.decode() == ""
    assert done.stdout.decode().splitlines() == [
        "['against', 'favor', 'none'] ['favor']",
        "(2, 3)",
        "[]",
    ]


IMPORTED = """
import contextlib, io, sys
from stanceclf.cli import main
sys.argv = ['stanceclf', *sys.argv[1:]]
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):
    main()
print(*sorted({name.split('.')[0] for name in sys.modules}))
"""
# What takes longer to import than it may to tell the stance of an article.
HEAVY = {
    *("datasets", "dvc", "jieba", "joblib", "opencc", "pandas", "pyarrow", "pydantic", "requests"),
    *("scipy", "sklearn", "tqdm", "urllib3", "yaml"),
}


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (
            ["predict", "seeds/articles/05-openai-new-open-model.txt", "--format", "table"],
            {"numpy", "re2", "rich"},
        ),
        (["predict", "seeds/articles", "--format", "jsonl"], {"numpy", "re2"}),
        (["--help"], set()),
        (["predict", "--help"], set()),
        (["--version"], set()),
    ],
)
def test_a_command_imports_nothing_that_it_does_not_use(
    arguments: list[str], needed: set[str], project: Path
) -> None:
    done = run_process(sys.executable, "-c", IMPORTED, *arguments, cwd=project)
    assert done.stderr.decode() == ""
    found = set(done.stdout.decode().split())
    assert "stanceclf" in found
    assert needed <= found
    assert not found & HEAVY
    assert not found & ({"numpy", "re2", "rich"} - needed)


PROGRAM = """
from stanceclf.cli import main
sys.argv = ['stanceclf', *sys.argv[1:]]
main()
"""


def test_prediction_needs_none_of_the_extras(project: Path) -> None:
    absent = "sklearn scipy pandas datasets pyarrow yaml opencc jieba dvc"
    code = without(absent) + PROGRAM
    done = run_process(
        *(sys.executable, "-c", code, "predict", "seeds/articles", "--format", "jsonl"), cwd=project
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.parametrize(
    ("absent", "command"),
    [
        ("sklearn", "train"),
        ("pyarrow", "sentences"),
        ("yaml", "evaluate"),
        ("opencc", "label"),
    ],
)
def test_a_missing_extra_is_named(absent: str, command: str, project: Path) -> None:
    done = run_process(sys.executable, "-c", without(absent) + PROGRAM, command, cwd=project)
    assert done.returncode == 1
    message = (
        f"stanceclf: this needs `{absent}`, which is not installed: pip install 'stanceclf[train]'"
    )
    assert done.stderr.decode().splitlines() == [message]


def test_limits_in_the_help_are_those_of_the_library() -> None:
    # Written twice, so that `--help` imports nothing that reads articles.
    assert options.MAX_FILE << 20 == MAX_FILE_SIZE
    assert options.MAX_SENTENCE == MAX_SENTENCE
    assert options.PART_SIZE == PART_SIZE
