"""Parts of a run: kept only while they are up to date, written by one run, apart from the input."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from conftest import Cli

from stanceclf import StanceClassifier, StanceModel, predict_corpus
from stanceclf.errors import StanceclfError
from stanceclf.io import urls
from stanceclf.model import save


@pytest.fixture(scope="module")
def model() -> StanceModel:
    texts = ["开源便宜", "闭源便宜", "下雨"]
    return StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()


def write(path: str | Path, *texts: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("text\n" + "\n".join(texts) + "\n", encoding="utf-8")
    return Path(path)


def texts_in(folder: str) -> list[str]:
    from pyarrow import parquet

    parts = sorted(name for name in urls.names_in(folder) if name.startswith("part-"))
    found = []
    for name in parts:
        with urls.open_file(urls.join(folder, name)) as file:
            found += parquet.read_table(file).column("text").to_pylist()
    return found


def older(path: Path) -> None:
    write("新.csv", "闭源贵。")
    os.utime("新.csv", (1e9, 1e9))
    Path("新.csv").replace(path)


def same_date_and_size(path: Path) -> None:
    before = path.stat()
    write(path, "闭源贵。")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def linked(path: Path) -> None:
    write("别.csv", "闭源贵。")
    os.utime("别.csv", (1e9, 1e9))
    path.unlink()
    path.symlink_to(Path("别.csv").absolute())


@pytest.mark.parametrize("source", ["语料", "file://{}/语料", "zip://帖.csv::file://{}/语料.zip"])
@pytest.mark.parametrize("replace", [older, same_date_and_size, linked])
def test_what_was_replaced_is_predicted_again(
    replace: Callable[[Path], None], source: str, model: StanceModel
) -> None:
    import zipfile

    write("语料/帖.csv", "开源好。")
    write("语料/二.csv", "下雨。")
    paths = [source.format(Path.cwd())]

    def pack() -> None:
        with zipfile.ZipFile("语料.zip", "w") as file:
            file.write("语料/帖.csv", "帖.csv")

    pack()
    predict_corpus(model, paths, "果")
    kept = {path: path.stat().st_mtime_ns for path in Path("果").glob("part-*")}
    predict_corpus(model, paths, "果", resume=True)
    assert {path: path.stat().st_mtime_ns for path in Path("果").glob("part-*")} == kept
    replace(Path("语料/帖.csv"))
    pack()
    for _ in range(2):
        predict_corpus(model, paths, "果", resume=True)
        # A table in an archive is read as text, header included.
        others = {"text"} if "zip" in source else {"下雨。"}
        assert {*texts_in("果")} == {"闭源贵。"} | others
    same = [path for path in Path("果").glob("part-*") if path.stat().st_mtime_ns == kept.get(path)]
    assert len(same) == ("zip" not in source)


def test_a_source_without_a_date_is_predicted_again(
    model: StanceModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/桶/帖.csv", "text\n开源好。\n".encode())
    run = (model, "memory://桶/帖.csv", "果")
    predict_corpus(*run)
    first = Path("果/part-00000-000000.parquet").stat().st_mtime_ns
    predict_corpus(*run, resume=True)
    assert Path("果/part-00000-000000.parquet").stat().st_mtime_ns == first
    memory.pipe_file("/桶/帖.csv", "text\n闭源贵。\n".encode())
    predict_corpus(*run, resume=True)
    assert texts_in("果") == ["闭源贵。"]
    monkeypatch.setattr(urls, "stamp_of", lambda _: None)
    first = Path("果/part-00000-000000.parquet").stat().st_mtime_ns
    predict_corpus(*run, resume=True)
    assert Path("果/part-00000-000000.parquet").stat().st_mtime_ns > first
    memory.rm("/桶", recursive=True)


def test_an_interrupted_resumption_vouches_for_nothing_old(model: StanceModel) -> None:
    for name in ("一", "二"):
        write(f"语料/{name}.csv", f"{name}：开源好。")
    predict_corpus(model, ["语料"], "果")
    for name in ("一", "二"):
        write(f"语料/{name}.csv", f"{name}：闭源贵。")

    def stop(_: int) -> Callable[[int, int, bool], None]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_corpus(model, ["语料"], "果", resume=True, begin=stop)
    predict_corpus(model, ["语料"], "果", resume=True)
    assert texts_in("果") == ["一：闭源贵。", "二：闭源贵。"]


@pytest.mark.parametrize("output", ["果", "果.jsonl", "file://{}/果.csv", "local://{}/果"])
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("overwrite", [False, True])
def test_only_one_run_writes_to_a_folder(
    overwrite: bool, resume: bool, output: str, model: StanceModel
) -> None:
    write("语料/帖.csv", "开源好。")
    output = output.format(Path.cwd())
    folder = Path("果" if output.endswith("果") else f"{Path(output).name}.parts")
    folder.mkdir()
    (folder / "我的.txt").touch()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(StanceclfError, match="another run is writing here"):
        predict_corpus(model, ["语料"], output, resume=resume, overwrite=overwrite)
    assert [path.name for path in folder.iterdir()] == ["我的.txt"]
    os.close(descriptor)
    predict_corpus(model, ["语料"], output)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ""])
@pytest.mark.parametrize("start", ["file://{}/", "local://{}/", "memory://桶/", "{}/"])
def test_no_part_is_left_behind(start: str, suffix: str, model: StanceModel) -> None:
    write("语料/帖.csv", "开源好。")
    output = f"{start.format(Path.cwd())}果{suffix}"
    assert predict_corpus(model, "语料", output).sentences == 1
    if suffix:
        assert urls.size_of(output)
        assert urls.names_in(f"{output}.parts") == []
    if start.startswith("memory"):
        assert not fsspec.filesystem("memory").exists("/桶/果.parts")
        fsspec.filesystem("memory").rm("/桶", recursive=True)
    else:
        assert sorted(path.name for path in Path().iterdir()) == sorted(["语料", f"果{suffix}"])


SPELLINGS = ["{}", "./{}", "./夹/../{}", "file://{here}/{}", "local://{here}/夹/../{}", "链-{}"]


@pytest.mark.parametrize("output", SPELLINGS)
@pytest.mark.parametrize("source", SPELLINGS)
@pytest.mark.parametrize("name", ["帖.jsonl", "帖.csv", "帖.parquet"])
def test_no_spelling_of_its_name_writes_over_an_input(
    name: str, source: str, output: str, model: StanceModel, cli: Cli
) -> None:
    save(model, "模型.joblib")
    Path("夹").mkdir()
    Path(name).write_text('{"text": "开源好。"}\n', encoding="utf-8")
    Path(f"链-{name}").symlink_to(name)
    before = Path(name).read_bytes()
    source, output = (one.format(name, here=Path.cwd()) for one in (source, output))
    outcome = cli("predict", source, "--output", output, "--model", "模型.joblib")
    assert outcome.code == 1
    assert "is read by this command; name another output" in outcome.err
    assert Path(name).read_bytes() == before


@pytest.mark.parametrize("output", SPELLINGS)
@pytest.mark.parametrize("name", ["模型.joblib", "模型.json"])
def test_no_output_replaces_the_model_or_its_record(
    name: str, output: str, model: StanceModel, cli: Cli
) -> None:
    write("帖.csv", "开源好。")
    Path("夹").mkdir()
    save(model, "模型.joblib")
    Path("模型.json").write_text("{}", encoding="utf-8")
    Path(f"链-{name}").symlink_to(name)
    before = Path(name).read_bytes()
    output = output.format(name, here=Path.cwd())
    options = ("--model", "模型.joblib", "--format", "jsonl")
    outcome = cli("predict", "帖.csv", *options, "--output", output)
    assert outcome.code == 1
    assert "is read by this command" in outcome.err
    assert Path(name).read_bytes() == before


@pytest.mark.parametrize(
    ("path", "output", "refused"),
    [
        ("语料", "语料/果", True),
        ("语料", "语料/下/果.jsonl", True),
        ("file://{}/语料", "语料/果.csv", True),
        ("语料", "file://{}/语料/果.csv", True),
        (".", "果.jsonl", True),
        ("*.csv", "果.csv", True),
        ("语料/*", "语料/果.csv", True),
        ("语*", "语料/下/果.csv", True),
        ("**/*.csv", "语料/下/果.csv", True),
        ("语料", "语料/.果", False),
        ("语料", "语料-果", False),
        ("语料/帖.csv", "语料/果.csv", False),
        ("语料/*.csv", "语料/果.jsonl", False),
        ("*/*.csv", "果.csv", False),
    ],
)
def test_no_output_becomes_an_input_of_the_next_run(
    path: str, output: str, refused: bool, model: StanceModel, cli: Cli
) -> None:
    write("语料/帖.csv", "开源好。")
    write("一.csv", "开源好。")
    save(model, "模型.joblib")
    path, output = (one.format(Path.cwd()) for one in (path, output))
    command = ("predict", path, "--output", output, "--model", "模型.joblib")
    for _ in range(2):
        outcome = cli(*command, *(() if refused else ("--overwrite",)))
        if not refused and "works only if" in outcome.err:
            outcome = cli(*command)
        if refused:
            assert outcome.code == 1
            assert "would include it the next time; name an output outside" in outcome.err
            assert not urls.names_in(output)
            assert not urls.size_of(output)
        else:
            assert outcome.code == 0, outcome.err


def test_a_resumed_run_says_what_is_new(model: StanceModel, cli: Cli) -> None:
    save(model, "模型.joblib")
    write("语料/一.csv", "开源好。")
    write("语料/二.csv", "下雨。")
    run = ("predict", "语料", "--model", "模型.joblib", "--output", "果")
    for more, changed, said in (
        ((), None, "2 sentences in 2 parts -> 果"),
        (("--resume",), None, "0 more sentences in 2 parts -> 果"),
        (("--resume",), "语料/一.csv", "1 more sentence in 2 parts -> 果"),
    ):
        if changed:
            write(changed, "闭源贵。")
        outcome = cli(*run, *more)
        assert outcome.code == 0
        assert outcome.err.splitlines()[-1] == said


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_while_a_part_is_read(jobs: int, model: StanceModel) -> None:
    write("帖.csv", *["开源便宜。下雨。"] * 20_000)
    told: list[tuple[int, int, bool]] = []

    def begin(size: int) -> Callable[[int, int, bool], None]:
        assert size == Path("帖.csv").stat().st_size
        return lambda *step: told.append(step)

    result = predict_corpus(model, "帖.csv", "果", jobs=jobs, begin=begin)
    assert (result.sentences, result.parts) == (40_000, 1)
    assert sum(read for read, *_ in told) == Path("帖.csv").stat().st_size
    assert sum(sentences for _, sentences, _ in told) == 40_000
    assert sum(read > 0 for read, *_ in told) > 1
    predict_corpus(model, "帖.csv", "果", jobs=jobs, begin=begin, resume=True)
    assert told[-1] == (Path("帖.csv").stat().st_size, 0, True)
