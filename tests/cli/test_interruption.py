"""However and whenever a command is interrupted, files are as before or complete."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, RUN_STAGES, STAGES, Cli, run_process
from processes import less_what_was_written
from test_annotate import GOLD, Terminal, write_small_project

from stanceclf.authoring.project import make_project
from stanceclf.gold.file import GoldSentence, read_gold, write_gold

pytestmark = pytest.mark.slow

PROGRAM = (sys.executable, "-m", "stanceclf")
OLD = b"what stood here before\n"
ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
OUTPUTS = {
    "label": ("labels.parquet", "rules.csv", "rules.html"),
    "train": ("model.joblib", "held_out.parquet", "cross_validation.json"),
}


@pytest.fixture(autouse=True)
def _children_hear_ctrl_c() -> Iterator[None]:
    """Undo what a shell does to commands in the background: they, and their children, ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project whose stages have run undisturbed; not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "project"
    make_project(folder, ["远程办公", "居家办公"], ["坐班"])
    for path in (ROOT / "docs/examples/remote-work").glob("*.txt"):
        shutil.copy(path, folder / "seeds/articles")
    stages = [" ".join(stage) for stage in STAGES]
    done = run_process(sys.executable, "-X", "utf8", "-c", RUN_STAGES, *stages, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.fixture
def small(made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a copy of the small project, made the current folder."""
    folder = tmp_path / "small"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def write_articles(folder: Path, times: int = 30) -> str:
    """Write dozens of articles, and return their folder's name."""
    folder.mkdir()
    own = sorted((folder.parent / "seeds/articles").glob("*.txt"))
    texts = [path.read_text(encoding="utf-8") for path in own]
    for number in range(times):
        text = f"{folder.name}的第{number}篇。\n" + texts[number % len(texts)] * 3
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder.name


def predict(articles: str, output: str | Path) -> list[str]:
    options = ("--model", "artifacts/model.joblib", "--format", "jsonl", "--output", str(output))
    return [*PROGRAM, "predict", articles, *options]


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(running: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Return the exit code, as a shell reports it, and standard error, less what was written."""
    said = less_what_was_written(running.communicate(timeout=60)[1].decode())
    code = running.returncode
    return (code if code >= 0 else 128 - code), said


def run(command: Sequence[str]) -> tuple[int, str]:
    return finish(start(command))


def parts(folder: str | Path) -> list[Path]:
    """Return the files that are being written, or were left behind."""
    return sorted(Path(folder).glob(".*.tmp"))


def wait(running: subprocess.Popen[bytes], until: Callable[[], object]) -> None:
    """Wait for something to come true, or for the end of the process."""
    end = time.monotonic() + 60
    while not until() and running.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.0005)


def size(paths: Sequence[Path]) -> int:
    try:
        return sum(path.stat().st_size for path in paths)
    except FileNotFoundError:
        return 0


@dataclass(frozen=True)
class Undisturbed:
    """What an uninterrupted command writes, and its duration."""

    whole: bytes
    took: float


@pytest.fixture(scope="module")
def undisturbed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = shutil.copytree(made, tmp_path_factory.mktemp("undisturbed") / "project")
    began = time.monotonic()
    done = run_process(*predict(write_articles(folder / "多"), "out.jsonl"), cwd=folder)
    took = time.monotonic() - began
    assert (done.returncode, less_what_was_written(done.stderr.decode())) == (0, "")
    return Undisturbed((folder / "out.jsonl").read_bytes(), took)


@pytest.mark.parametrize("ending", ENDINGS)
def test_interrupted_predict_leaves_all_or_nothing(
    ending: signal.Signals, small: Path, undisturbed: Undisturbed
) -> None:
    out = Path("果/out.jsonl")
    out.parent.mkdir()
    command = predict(write_articles(small / "多"), out)
    whole, took = undisturbed.whole, undisturbed.took
    assert whole.count(b"\n") > 1000
    moments: list[Callable[[], object]] = [
        lambda: time.monotonic() - began > took * 0.4,
        lambda: parts(out.parent),
        lambda: size(parts(out.parent)) > len(whole) // 2,
        lambda: time.monotonic() - began > took * 0.97,
    ]
    stopped = 0
    for number, moment in enumerate(moments):
        before = OLD if number % 2 else None
        out.unlink(missing_ok=True) if before is None else out.write_bytes(before)
        began = time.monotonic()
        running = start(command)
        wait(running, moment)
        running.send_signal(ending)
        code, said = finish(running)
        now = out.read_bytes() if out.exists() else None
        assert now in (before, whole)
        assert code == 128 + ending or (code == 0 and now == whole)
        assert said == ""
        assert ending == signal.SIGKILL or parts(out.parent) == []
        stopped += now == before
    # A busy machine may be late for some of them.
    assert stopped >= 2
    assert run(command) == (0, "")
    assert out.read_bytes() == whole
    assert parts(out.parent) == []


@pytest.mark.parametrize(
    ("ending", "command", "module"),
    [
        (signal.SIGINT, ["predict", "seeds/articles"], "typer."),
        # What is raised while an extension starts, it reports as an error of its own.
        (signal.SIGTERM, ["train", "--no-gold"], "scipy.optimize._highspy"),
    ],
)
def test_interruption_at_startup_is_quiet(
    ending: signal.Signals, command: list[str], module: str, small: Path
) -> None:
    # Python tells each module on standard error as soon as it is imported.
    running = start([sys.executable, "-X", "importtime", "-m", "stanceclf", *command])
    assert running.stderr is not None
    for line in running.stderr:
        if line.decode().rpartition("|")[2].strip().startswith(module):
            break
    time.sleep(0.003)
    running.send_signal(ending)
    code, said = finish(running)
    lines = [line for line in said.splitlines() if not line.startswith("import time:")]
    assert (code, lines) == (128 + ending, [])


def test_what_nohup_starts_outlives_its_terminal(small: Path, undisturbed: Undisturbed) -> None:
    running = start(["nohup", *predict(write_articles(small / "多"), "out.jsonl")])
    wait(running, lambda: parts("."))
    running.send_signal(signal.SIGHUP)
    assert finish(running)[0] == 0
    assert Path("out.jsonl").read_bytes() == undisturbed.whole


@pytest.mark.parametrize(
    ("stage", "ending"),
    [("label", signal.SIGINT), ("label", signal.SIGKILL), ("train", signal.SIGTERM)],
)
def test_an_interrupted_stage_leaves_each_output_as_before_or_complete(
    stage: str, ending: signal.Signals, small: Path, made: Path
) -> None:
    outputs = [Path("artifacts", name) for name in OUTPUTS[stage]]
    before = [OLD, None, OLD]
    code = 0
    # A busy machine may be late for it.
    for _ in range(5):
        for path, old in zip(outputs, before, strict=True):
            path.unlink(missing_ok=True) if old is None else path.write_bytes(old)
        running = start([*PROGRAM, stage])
        wait(running, lambda: parts("artifacts"))
        running.send_signal(ending)
        code, said = finish(running)
        assert said == ""
        for path, old in zip(outputs, before, strict=True):
            now = path.read_bytes() if path.exists() else None
            assert now in (old, (made / path).read_bytes())
        assert ending == signal.SIGKILL or parts("artifacts") == []
        if code:
            break
    assert code == 128 + ending


def test_dvc_repro_continues_after_any_interruption(small: Path, made: Path) -> None:
    shutil.rmtree("artifacts")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def repro() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dvc", "repro", "--quiet", "label"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PATH": path},
            start_new_session=True,
        )

    def is_writing(name: str) -> Callable[[], object]:
        return lambda: list(Path("artifacts").glob(f".{name}.*.tmp"))

    # DVC alone is killed: its stage lives on, while the next one starts.
    running = repro()
    wait(running, is_writing("sentences.parquet"))
    running.kill()
    running.wait()
    # Then both are.
    running = repro()
    wait(running, is_writing("labels.parquet"))
    # It may have come to its end on a busy machine.
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(60)
    assert repro().wait(60) == 0
    for name in ("sentences.parquet", *OUTPUTS["label"]):
        assert Path("artifacts", name).read_bytes() == (made / "artifacts" / name).read_bytes()
    assert parts("artifacts") == []


def write_many_sentences() -> None:
    write_small_project(Path())
    text = "".join(f"开源的第{number}句。" for number in range(40))
    Path("seeds/articles/三.txt").write_text(text, encoding="utf-8")


def test_labels_acknowledged_before_a_kill_are_saved() -> None:
    write_many_sentences()
    known = 0
    for acknowledged in (1, 9):
        with closing(Terminal("--order", "random")) as terminal:
            terminal.expect("? help")
            os.write(terminal.master, b"f" * (acknowledged + 3))
            shown = ""
            while shown.count("-> ") < acknowledged:
                shown += terminal.expect("-> ")
            terminal.child.kill()
            terminal.child.wait()
        found = len(read_gold(GOLD))
        # A label is in the file before it is shown.
        assert known + acknowledged <= found <= known + acknowledged + 3
        known = found


def test_two_sessions_at_once_lose_nothing() -> None:
    write_many_sentences()
    # In orders of their own: with the same one, whoever is behind finds everything labelled.
    first = ("--order", "random", "--seed", "1", "--annotator", "甲")
    second = ("--order", "random", "--seed", "2", "--annotator", "乙")
    with closing(Terminal(*first)) as one, closing(Terminal(*second)) as other:
        for terminal in (one, other):
            terminal.expect("? help")
        for terminal in (one, other):
            os.write(terminal.master, b"fan" * 7 + b"q")
        given = []
        for terminal in (one, other):
            saved = terminal.expect("chosen at random").rpartition("saved ")[2]
            given.append(int(saved.split()[0]))
            assert terminal.end() == 0
    annotators = [one.more["annotator"] for one in read_gold(GOLD)]
    assert given == [annotators.count("甲"), annotators.count("乙")]
    assert min(given) > 0
    assert parts("seeds") == []


# In a mount namespace of its own: a small disk, the folder on it, all room taken but so many
# bytes, the command; and what that leaves is copied off.
ON_A_SMALL_DISK = """
import os, shutil, subprocess, sys
disk, folder, after, room, *command = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
home = shutil.copytree(folder, f"{disk}/project")
free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
with open(f"{disk}/rest", "wb") as rest:
    rest.write(bytes(free - int(room)))
code = subprocess.run(command, cwd=home).returncode
shutil.copytree(home, after)
sys.exit(code)
"""
SMALL_FILES_ONLY = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""
# Root may write anywhere, unless it gives up the right to (CAP_DAC_OVERRIDE).
LIKE_ANYBODY = """
import ctypes, os, sys
if os.geteuid() == 0:
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
FULL = ("No space left on device", "File too large")


@dataclass(frozen=True)
class Ended:
    """The exit code of a command, its standard error, and the folder afterwards."""

    code: int
    said: str
    contents: dict[str, bytes | None]


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def run_on_a_full_disk(room: int, *command: str | Path) -> Ended:
    """Run a command on a copy of this folder, on a disk with `room` bytes left.

    Where nobody may mount one, no file may become longer than that.
    """
    here = Path.cwd()
    for way in (["unshare", "--mount", "--map-root-user"], ["unshare", "--mount"]):
        if shutil.which(way[0]) is None:
            break
        disk, after = here.parent / f"{way[-1]}-disk", here.parent / f"{way[-1]}-after"
        disk.mkdir(exist_ok=True)
        program = (*way, sys.executable, "-c", ON_A_SMALL_DISK)
        done = run_process(*program, disk, here, after, str(room), *command, cwd=here.parent)
        if after.exists():
            left = contents(after)
            shutil.rmtree(after)
            return Ended(done.returncode, done.stderr.decode(), left)
    copy = shutil.copytree(here, here.parent / "copy")
    done = run_process(sys.executable, "-c", SMALL_FILES_ONLY, str(room), *command, cwd=copy)
    left = contents(copy)
    shutil.rmtree(copy)
    return Ended(done.returncode, done.stderr.decode(), left)


def test_a_full_disk_leaves_what_was_there(small: Path) -> None:
    for folder in (".git", ".dvc"):
        shutil.rmtree(folder)
    write_articles(small / "多", 5)
    written = [Path("out.jsonl"), *(Path("artifacts", name) for name in OUTPUTS["label"])]
    for path in written:
        path.write_bytes(OLD)
    before = contents(small)
    for path, room, command in (
        (written[0], 20_000, predict("多", "out.jsonl")),
        (written[-1], 40_000, [*PROGRAM, "label"]),
    ):
        ended = run_on_a_full_disk(room, *command)
        assert ended.code == 1
        assert ended.said in {f"stanceclf: {path}: cannot write here: {why}\n" for why in FULL}
        assert ended.contents.keys() == before.keys()
        changed = {name for name, now in ended.contents.items() if now != before[name]}
        # What comes before the page may have found room.
        assert changed <= {f"artifacts/{name}" for name in OUTPUTS["label"][:2]}
        assert not changed or path == written[-1]


def test_a_full_disk_loses_no_label_and_leaves_no_half_project(cli: Cli) -> None:
    ended = run_on_a_full_disk(4096, *PROGRAM, "init", "新", "--target", "远程办公")
    assert (ended.code, ended.contents) == (1, {})
    assert ended.said.startswith("stanceclf: ")
    assert ended.said.count("\n") == 1

    write_small_project(Path())
    rows = cli("gold", "export", "--format", "doccano").out.splitlines()
    labelled = [json.dumps(json.loads(row) | {"label": ["none"]}) for row in rows]
    Path("回.jsonl").write_text("\n".join(labelled), encoding="utf-8")
    write_gold(GOLD, [GoldSentence("一.txt", 0, 6, "开源更便宜。", "none")])
    before = contents(Path())
    ended = run_on_a_full_disk(0, *PROGRAM, "gold", "import", "回.jsonl")
    assert ended.code == 1
    assert ended.said in {f"stanceclf: {GOLD}: cannot write here: {why}\n" for why in FULL}
    assert ended.contents == before


def test_a_folder_that_may_not_be_written_to_is_one_line(small: Path) -> None:
    write_articles(small / "多", 2)
    Path("果").mkdir()
    Path("果/out.jsonl").write_bytes(OLD)
    closed = [Path("果"), Path("artifacts")]
    for folder in closed:
        folder.chmod(0o555)
    anybody = (sys.executable, "-c", LIKE_ANYBODY)
    before = contents(small)
    try:
        tried = [sys.executable, "-c", "open('果/x', 'w')"]
        if not run([*anybody, *tried])[0]:
            pytest.skip("this user may write anywhere")
        for path, command in (
            ("果/out.jsonl", predict("多", "果/out.jsonl")),
            ("artifacts/labels.parquet", [*PROGRAM, "label"]),
            ("果/新", [*PROGRAM, "init", "果/新", "--target", "远程办公"]),
        ):
            code, said = run([*anybody, *command])
            assert (code, said.count("\n")) == (1, 1)
            assert said.startswith(f"stanceclf: {path}: cannot ")
            assert said.endswith(": Permission denied\n")
            assert contents(small) == before
    finally:
        for folder in closed:
            folder.chmod(0o755)


def test_one_of_several_writers_of_a_file_wins(small: Path) -> None:
    folders = [write_articles(small / f"{number}号", 2) for number in range(4)]
    wanted = []
    for folder in folders:
        assert run(predict(folder, "果.jsonl")) == (0, "")
        wanted.append(Path("果.jsonl").read_bytes())
    assert len(set(wanted)) == 4
    for count in (2, 4):
        running = [start(predict(folder, "果.jsonl")) for folder in folders[:count]]
        assert [finish(one) for one in running] == [(0, "")] * count
        assert Path("果.jsonl").read_bytes() in wanted[:count]
        assert parts(".") == []


def test_leftovers_of_a_killed_run_are_removed_but_no_file_being_written(small: Path) -> None:
    out = Path("果/[出] out.jsonl")
    command = predict(write_articles(small / "多"), out)
    other = predict(write_articles(small / "另", 1), out)
    killed = start(command)
    wait(killed, lambda: parts("果"))
    killed.kill()
    assert finish(killed)[0] == 128 + signal.SIGKILL
    (left,) = parts("果")
    assert left.name.startswith(".[出] out.jsonl.")
    kept = Path("果/.[出] out2.jsonl.abcdefgh.tmp")
    kept.write_bytes(b"")

    living = start(command)
    # One that is empty may not be locked yet.
    wait(living, lambda: size(sorted(set(parts("果")) - {left, kept})))
    living.send_signal(signal.SIGSTOP)
    try:
        assert not left.exists()
        (written,) = set(parts("果")) - {kept}
        assert run(other) == (0, "")
        assert set(parts("果")) == {written, kept}
        short = out.read_bytes()
        assert short.count(b"\n") > 0
    finally:
        living.send_signal(signal.SIGCONT)
    assert finish(living) == (0, "")
    assert len(out.read_bytes()) > len(short)
    assert parts("果") == [kept]
