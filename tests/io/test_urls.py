"""Files behind URLs are read, written and listed like those of this machine."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile

from stanceclf.articles.loader import read_article
from stanceclf.errors import StanceclfError
from stanceclf.io import urls


@pytest.fixture(params=["memory://桶", "夹", "file"])
def folder(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a folder in memory, on this machine, or on this machine behind a URL."""
    yield f"file://{Path.cwd()}/夹" if request.param == "file" else request.param
    if fsspec.filesystem("memory").exists("/桶"):
        fsspec.filesystem("memory").rm("/桶", recursive=True)


def test_a_file_is_written_read_listed_and_removed(folder: str) -> None:
    assert urls.names_in(folder) == []
    for name in ("二.txt", "一.txt"):
        with urls.write_file(urls.join(folder, name)) as file:
            file.write("开源".encode())
    path = urls.join(folder, "一.txt")
    assert urls.names_in(folder) == ["一.txt", "二.txt"]
    assert urls.size_of(path) == 6
    stamp = urls.stamp_of(path)
    assert stamp == urls.stamp_of(path) is not None
    with urls.open_file(path) as file:
        assert file.read() == "开源".encode()
        file.seek(3)
        assert file.read() == "源".encode()
    with urls.write_file(path) as file:
        file.write("闭源".encode())
    assert urls.stamp_of(path) not in {stamp, None}
    for name in ("一.txt", "二.txt", "二.txt"):
        urls.remove(urls.join(folder, name))
    assert urls.names_in(folder) == []


def test_an_error_sends_nothing(folder: str) -> None:
    path = urls.join(folder, "果.txt")

    def fail() -> None:
        with urls.write_file(path) as file:
            file.write(b"x")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert urls.names_in(folder) == []
    assert not list(Path(os.environ["TMPDIR"]).iterdir())


def test_what_is_not_there_has_no_size_and_is_reported(folder: str) -> None:
    path = urls.join(folder, "无.txt")
    assert (urls.size_of(path), urls.stamp_of(path)) == (0, None)
    message = "无.txt: cannot read it: No such file or directory"
    with pytest.raises(StanceclfError, match=message), urls.open_file(path):
        pass


def test_urls_stand_for_files_folders_and_patterns() -> None:
    memory = fsspec.filesystem("memory")
    for name in ("甲.txt", "子/乙.txt", "子/丙.csv"):
        memory.pipe_file(f"/桶/{name}", b"x")
    here = "memory:///桶"
    assert urls.files_at("memory://桶/甲.txt") == ["memory://桶/甲.txt"]
    assert urls.files_at("memory://桶") == [
        f"{here}/子/丙.csv",
        f"{here}/子/乙.txt",
        f"{here}/甲.txt",
    ]
    assert urls.files_at("memory://桶/*/*.txt") == [f"{here}/子/乙.txt"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("丁.txt", "x")
    memory.pipe_file("/桶/a.zip", archive.getvalue())
    chained = "zip://丁.txt::memory://桶/a.zip"
    assert urls.files_at(chained) == [chained]
    memory.rm("/桶", recursive=True)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("zz://桶/一.txt", "cannot be reached: Protocol not known: zz"),
        ("a\0b", "not a possible file name: embedded null byte"),
        (".", "cannot read it: Is a directory"),
    ],
)
def test_what_cannot_be_opened_is_reported_in_one_line(path: str, message: str) -> None:
    with pytest.raises(StanceclfError, match=message), urls.open_file(path):
        pass


def test_a_pipe_can_be_read_more_than_once() -> None:
    os.mkfifo("管")
    writer = Thread(target=lambda: Path("管").write_bytes(b"abc"))
    writer.start()
    with urls.open_file("管") as file:
        assert file.read() == b"abc"
        file.seek(1)
        assert file.read() == b"bc"
    writer.join()


def test_a_driver_that_fails_while_reading_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "memory://桶/一.txt"
    with urls.write_file(path) as file:
        file.write(b"x")

    def fail(*_: object) -> bytes:
        raise RuntimeError("连接断了")

    monkeypatch.setattr(MemoryFile, "read", fail)
    with urls.open_file(path) as file, pytest.raises(OSError, match="连接断了"):
        file.read()
    with pytest.raises(StanceclfError, match="cannot read it: 连接断了"):
        read_article(path)
    urls.remove(path)
