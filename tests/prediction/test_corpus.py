"""Predicting a corpus: in parts, by several processes, resumed, from wherever it lies."""

from __future__ import annotations

import csv
import functools
import http.server
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Cli
from hypothesis import given, strategies as st

from stanceclf.articles.loader import read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.articles.tables.chunks import find_chunks, read_chunk

SENTENCES = [
    one.text.strip()
    for one in cut_articles(read_folder(ROOT / "seeds/articles"), Normalizer.from_opencc())
]
#: Three sentences a post.
POSTS = ["".join(SENTENCES[i : i + 3]) for i in range(0, len(SENTENCES), 3)]
SMALL = ("--part-size", "1000")

Rows = list[dict[str, Any]]


def write_tables(folder: Path, posts: list[str] = POSTS) -> Path:
    """Write posts as tables of three kinds, and an article beside them."""
    folder.mkdir(parents=True)
    third = len(posts) // 3
    ids = [f"编{number}" for number in range(len(posts))]
    table = pa.table({"id": ids[:third], "text": posts[:third]})
    pq.write_table(table, folder / "一.parquet", row_group_size=10)
    lines = [
        json.dumps({"id": i, "text": text}, ensure_ascii=False)
        for i, text in zip(ids[third : 2 * third], posts[third : 2 * third], strict=True)
    ]
    (folder / "二.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with (folder / "三.csv").open("w", encoding="gbk", errors="ignore", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in posts[2 * third :])])
    (folder / "四.txt").write_text("\n".join(posts[:5]), encoding="utf-8")
    return folder


def rows_in(path: str | Path) -> Rows:
    """Return the rows of what was written, whatever it is."""
    path = Path(path)
    if path.suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        rows: Rows = [json.loads(line) for line in lines]
        return [
            {k: v for k, v in row.items() if k != "probabilities"}
            | {f"p_{name}": share for name, share in row["probabilities"].items()}
            for row in rows
        ]
    if path.suffix == ".csv":
        read = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        return [
            {k: v or None for k, v in row.items() if k not in {"favor", "against", "none"}}
            | {k: int(row[k]) for k in ("start", "end")}
            | {f"p_{name}": float(row[name]) for name in ("favor", "against", "none")}
            for row in read
        ]
    parts = sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


@pytest.fixture
def expected(project: Path, cli: Cli) -> Rows:
    """Return what one process that writes on standard output says of `write_tables`."""
    write_tables(Path("语料"))
    outcome = cli("predict", "语料", "--format", "jsonl")
    assert (outcome.code, outcome.faults) == (0, "")
    Path("预期.jsonl").write_text(outcome.out, encoding="utf-8")
    return rows_in("预期.jsonl")


@pytest.mark.parametrize("output", ["果.jsonl", "果.csv", "果.parquet", "果", "果/"])
def test_parts_equal_the_output_of_one_process(output: str, expected: Rows, cli: Cli) -> None:
    outcome = cli("predict", "语料", "--output", output, *SMALL, "--jobs", "1")
    assert (outcome.code, outcome.out, outcome.faults) == (0, "", "")
    assert rows_in(output) == expected
    if output == "果.jsonl":
        assert Path(output).read_bytes() == Path("预期.jsonl").read_bytes()
    left = {path.name for path in Path.cwd().glob("果*")}
    assert left == {Path(output).name}
    if Path(output).is_dir():
        assert len(list(Path(output).glob("part-*"))) > 10
        assert pq.read_table(output).num_rows == len(expected)  # A reader sees nothing else.


def test_processes_change_no_byte(expected: Rows, cli: Cli) -> None:
    for jobs in ("1", "2"):
        outcome = cli("predict", "语料", "--output", f"果{jobs}", *SMALL, "--jobs", jobs)
        assert (outcome.code, outcome.faults) == (0, "")
    one, two = (
        {path.name: path.read_bytes() for path in Path(f"果{jobs}").iterdir()} for jobs in "12"
    )
    assert one == two


def test_a_small_corpus_is_written_directly(expected: Rows, cli: Cli) -> None:
    assert cli("predict", "语料", "--output", "果.parquet").code == 0
    assert rows_in("果.parquet") == expected
    assert pq.read_metadata("果.parquet").num_row_groups == 1


def start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "stanceclf", "predict", "多", *arguments]
    # Tests that run in the background of a shell are told to ignore Ctrl-C, and so would it be.
    return subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(folder: str, parts: int, running: subprocess.Popen[bytes]) -> dict[str, int]:
    """Wait until so many parts are there; return when each was written."""
    end = time.monotonic() + 60
    while len(found := list(Path(folder).glob("part-*"))) < parts:
        assert running.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    return {path.name: path.stat().st_mtime_ns for path in found}


def children(of: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(of)], capture_output=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


@pytest.mark.parametrize(
    ("ending", "output"), [(signal.SIGKILL, "果"), (signal.SIGINT, "果.jsonl")]
)
def test_an_interrupted_run_is_resumed(
    ending: signal.Signals, output: str, project: Path, cli: Cli
) -> None:
    folder = output + ".parts" if "." in output else output
    write_tables(Path("多"), POSTS * 6)
    running = start("--output", output, "--part-size", "1000", "--jobs", "2")
    wait_for(folder, 3, running)
    running.send_signal(signal.SIGSTOP)  # or it might be done before `ps` is
    pids = children(running.pid)
    if ending == signal.SIGKILL:
        running.kill()
    else:
        os.killpg(running.pid, ending)
        running.send_signal(signal.SIGCONT)
    said = running.communicate(timeout=60)[1].decode()
    if ending == signal.SIGINT:
        assert running.returncode == 128 + ending, said
        told = f"stanceclf: interrupted; continue from the parts in {folder} with --resume"
        assert said.splitlines() == [told]
    assert not Path(output).is_file()
    end = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids):
        assert time.monotonic() < end
        time.sleep(0.01)
    done = {path.name: path.stat().st_mtime_ns for path in Path(folder).glob("part-*")}
    assert 3 <= len(done) < 60
    again = ("--output", output, "--part-size", "1000", "--jobs", "1")
    outcome = cli("predict", "多", *again)
    assert outcome.code == 1
    assert "already contains parts of a run; use --resume to continue it" in outcome.err
    before = time.time_ns()
    outcome = cli("predict", "多", *again, "--resume")
    assert (outcome.code, outcome.faults) == (0, "")
    if output == folder:
        kept = {
            path.name for path in Path(folder).glob("part-*") if path.stat().st_mtime_ns < before
        }
        assert kept == set(done)
    assert not list(Path().glob("果/.*.tmp"))
    assert Path(folder).exists() == (output == folder)
    assert cli("predict", "多", "--output", "全.jsonl").code == 0
    assert rows_in(output) == rows_in("全.jsonl")


def test_a_killed_process_is_reported_in_one_line(project: Path) -> None:
    write_tables(Path("多"), POSTS * 6)
    running = start("--output", "果", "--part-size", "3000", "--jobs", "2")
    wait_for("果", 1, running)
    running.send_signal(signal.SIGSTOP)
    for pid in children(running.pid):
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
            break
    running.send_signal(signal.SIGCONT)
    said = running.communicate(timeout=60)[1].decode()
    assert running.returncode == 1
    assert said.startswith("stanceclf: a process of this run was killed, or memory ran out")
    assert len(said.splitlines()) == 1


def test_changed_files_are_predicted_again(project: Path, cli: Cli) -> None:
    write_tables(Path("语料"))
    run = ("predict", "语料", "--output", "果", *SMALL, "--jobs", "1")
    assert cli(*run).code == 0
    parts = {path.name: path.stat().st_mtime_ns for path in Path("果").glob("part-*")}
    time.sleep(0.01)
    table = pq.read_table("语料/一.parquet").slice(0, 20)
    pq.write_table(table, "语料/一.parquet")
    assert cli(*run, "--resume").code == 0
    now = {path.name: path.stat().st_mtime_ns for path in Path("果").glob("part-*")}
    # 一 sorts first of the names in this folder.
    assert {name for name in parts if now.get(name) == parts[name]} == {
        name for name in parts if not name.startswith("part-00000-")
    }
    assert sum(name.startswith("part-00000-") for name in now) < sum(
        name.startswith("part-00000-") for name in parts
    )
    cli("predict", "语料", "--output", "全.jsonl")
    assert rows_in("果") == rows_in("全.jsonl")


def test_parts_of_another_run_are_not_touched(project: Path, cli: Cli) -> None:
    write_tables(Path("语料"))
    run = ("predict", "语料", "--output", "果", "--jobs", "1")
    assert cli(*run, *SMALL).code == 0
    before = {path.name: path.read_bytes() for path in Path("果").iterdir()}
    for more, said in {
        ("--part-size", "2000", "--resume"): "contains parts of a run with another part size;",
        (
            *SMALL,
            "--max-sentence",
            "500",
            "--resume",
        ): "contains parts of a run with another max sentence;",
        ("configs/*/topic.yaml", *SMALL, "--resume"): "contains parts of a run with other files;",
        SMALL: "already contains parts of a run; use --resume",
    }.items():
        outcome = cli(*run, *more)
        assert outcome.code == 1
        assert f"stanceclf: 果: {said}" in outcome.err
        assert {path.name: path.read_bytes() for path in Path("果").iterdir()} == before
    Path("果/我的.txt").touch()
    outcome = cli(*run, "--part-size", "100000", "--overwrite")
    assert (outcome.code, outcome.faults) == (0, "")
    assert sorted(path.name for path in Path("果").iterdir())[0] == "_run.json"
    assert len(list(Path("果").glob("part-*"))) == 4
    assert Path("果/我的.txt").exists()
    Path("果/_run.json").write_text("{", encoding="utf-8")
    outcome = cli(*run, "--part-size", "100000", "--resume")
    assert outcome.code == 1
    assert "_run.json: does not say which run these parts are of" in outcome.err


def test_unreadable_files_are_reported_and_the_rest_predicted(project: Path, cli: Cli) -> None:
    write_tables(Path("语料"))
    good = Path("语料/一.parquet").read_bytes()
    pq.write_table(pa.table({"id": [1], "正文": ["开源便宜。"]}), "语料/五.parquet")
    Path("语料/六.parquet").write_bytes(good[:300])
    Path("语料/七.txt").write_bytes(b"\xff\xff\xff")
    pq.write_table(pa.table({"id": [1, 2], "text": ["开源便宜。", None]}), "语料/八.parquet")
    outcome = cli("predict", "语料", "--output", "果", *SMALL, "--jobs", "1")
    assert outcome.code == 1
    assert [line.split(" ")[1] for line in outcome.faults.splitlines()] == [
        "语料/七.txt:",
        "语料/五.parquet:",
        "语料/六.parquet:",
    ]
    assert "no column is named `text`; name the column of texts with" in outcome.err
    rows = rows_in("果")
    assert {row["article"].split("#")[0][3:] for row in rows} == {
        *("一.parquet", "二.jsonl", "三.csv", "四.txt", "八.parquet")
    }
    assert [row["article"] for row in rows if "八" in row["article"]] == ["语料/八.parquet#1"]
    # Mended, it is done, and nothing else again.
    Path("语料/六.parquet").write_bytes(good)
    Path("语料/七.txt").write_text("开源便宜。", encoding="utf-8")
    old = {path.name: path.stat().st_mtime_ns for path in Path("果").glob("part-*")}
    outcome = cli("predict", "语料", "--output", "果", *SMALL, "--jobs", "1", "--resume")
    assert outcome.code == 1
    assert [line.split(" ")[1] for line in outcome.faults.splitlines()] == ["语料/五.parquet:"]
    now = {path.name: path.stat().st_mtime_ns for path in Path("果").glob("part-*")}
    again = {name for name in old if now[name] != old[name]}
    assert not again  # The article that could not be read was a piece of its own.
    assert len(now) > len(old)
    outcome = cli("predict", "语料/五.parquet", "--text-column", "正文", "--output", "五.jsonl")
    assert (outcome.code, outcome.faults) == (0, "")
    assert [row["text"] for row in rows_in("五.jsonl")] == ["开源便宜。"]


def test_nothing_is_written_if_nothing_can_be_read(project: Path, cli: Cli) -> None:
    pq.write_table(pa.table({"a": [1], "b": [2]}), "坏.parquet")
    outcome = cli("predict", "坏.parquet", "--output", "果")
    assert outcome.code == 1
    assert not Path("果").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "语料"], "which is read by this command; name another output"),
        (["--output", "zz://桶/果"], "Protocol not known: zz"),
        (["zz://桶/帖.csv", "--output", "果"], "Protocol not known: zz"),
    ],
)
def test_a_place_that_will_not_do_is_one_line(
    arguments: list[str], said: str, project: Path, cli: Cli
) -> None:
    write_tables(Path("语料"))
    outcome = cli("predict", "语料", *arguments)
    assert outcome.code == 1
    assert said in outcome.err
    assert len(outcome.faults.splitlines()) == 1


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(project: Path) -> Iterator[str]:
    """Serve the current folder, and return its URL."""
    handler = functools.partial(_Quiet, directory=str(project))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_corpus_can_be_at_a_url(served: str, expected: Rows, cli: Cli) -> None:
    url = f"{served}/%E8%AF%AD%E6%96%99/%E4%B8%80.parquet"
    assert cli("predict", url, "--output", "果", *SMALL, "--jobs", "1").code == 0
    own = [row for row in expected if "一.parquet" in row["article"]]
    assert [row | {"article": ""} for row in rows_in("果")] == [
        row | {"article": ""} for row in own
    ]
    for path, why in (
        ("no.parquet", "cannot read it: HTTP 404 File not found"),
        ("no.txt?sig=geheim", "cannot read it: HTTP 404 File not found"),
    ):
        outcome = cli("predict", f"{served}/{path}", "--output", "无")
        assert outcome.code == 1
        assert outcome.err == f"stanceclf: {served}/{path}: {why}\n".replace("geheim", "***")
    outcome = cli("predict", "http://li:geheim@127.0.0.1:9/a.txt", "--output", "无")
    assert "Connect call failed" in outcome.err
    assert "geheim" not in outcome.err


def test_no_password_of_a_url_is_passed_on(served: str, cli: Cli) -> None:
    Path("一.txt").write_text("开源便宜。", encoding="utf-8")
    url = (
        served.replace("://", "://li:geheim@")
        + "/一.txt?page=2&token=geheim&X-Amz-Signature=geheim"
    )
    shown = f"{served}/一.txt?page=2&token=***&X-Amz-Signature=***"
    for form in ("jsonl", "csv", "table", "html"):
        for more in ((), ("--by", "article")) if form != "html" else ((),):
            outcome = cli("predict", url, "--format", form, *more)
            assert (outcome.code, outcome.faults) == (0, "")
            assert "geheim" not in outcome.out
    assert cli("predict", url, "--output", "果").code == 0
    assert [row["article"] for row in rows_in("果")] == [shown]
    Path("帖.csv").write_text("text\n开源便宜。\n", encoding="utf-8")
    table = served.replace("://", "://li:geheim@") + "/帖.csv"
    assert cli("text", f"{table}#1").out == "开源便宜。"


def test_parts_can_be_written_to_a_url(expected: Rows, cli: Cli) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for path in Path("语料").iterdir():
        memory.pipe_file(f"/桶/语料/{path.name}", path.read_bytes())
    for source in ("memory://桶/语料", "memory://桶/语料/*"):
        for output in ("memory://桶/果", "memory://桶/果.jsonl", "果.jsonl"):
            more = ("--overwrite", "--jobs", "1")
            outcome = cli("predict", source, "--output", output, *SMALL, *more)
            assert (outcome.code, outcome.faults) == (0, "")
    outcome = cli("predict", "memory://桶/语料", "--output", "memory://桶/果", *SMALL)
    assert outcome.code == 1
    assert "memory://桶/果: already contains parts of a run" in outcome.err
    run = ("predict", "memory://桶/语料", "--output", "memory://桶/果", *SMALL, "--jobs", "1")
    memory.rm_file("/桶/果/part-00000-000001.parquet")
    assert cli(*run, "--resume").code == 0
    parts = [path for path in memory.ls("/桶/果", detail=False) if "part-" in path]
    rows = [
        row
        for path in sorted(parts)
        for row in pq.read_table(io.BytesIO(memory.cat_file(path))).to_pylist()
    ]
    memory.rm("/桶", recursive=True)
    assert [row | {"article": row["article"].partition("桶/")[2]} for row in rows] == expected


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


@given(
    st.lists(TEXT, min_size=1, max_size=12),
    st.integers(1, 30),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_chunks_of_a_table_are_the_whole_table(texts: list[str], size: int, encoding: str) -> None:
    whole = io.StringIO(newline="")
    csv.writer(whole, lineterminator="\r\n").writerows([["a", "text"], *(["x", t] for t in texts)])
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    parquet = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), parquet, row_group_size=3)
    files = {
        "表.csv": whole.getvalue().encode(encoding),
        "表.jsonl": lines.encode(encoding),
        "表.parquet": parquet.getvalue(),
    }
    for name, data in files.items():
        file = io.BytesIO(data)
        told = None if name == "表.parquet" else encoding
        shares = list(find_chunks(file, name, size, encoding=told, longest=10_000))
        rows = [row for share in shares for row in read_chunk(share, file, name, longest=10_000)]
        assert rows == [(str(number), text) for number, text in enumerate(texts, 1)]
        assert all(share.rows == 1 for share in shares) or size > 1


def test_a_dataset_is_annotated_by_several_processes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    # `map` leaves a copy of the environment behind, with this test's TMPDIR for ever in it.
    monkeypatch.setattr(os, "environ", os.environ)

    from stanceclf import load

    model = load("artifacts/model.joblib")
    rows = datasets.Dataset.from_dict({"text": [*SENTENCES[:50], None], "n": list(range(51))})
    done = rows.map(model.annotate_batch, batched=True, batch_size=20, num_proc=2)
    assert done["n"] == list(range(51))
    assert done["stance"] == [*model.predict(SENTENCES[:50]).tolist(), None]
    column = model.classes_.tolist().index("favor")
    assert done["p_favor"] == [*model.predict_proba(SENTENCES[:50])[:, column].round(6), None]
