"""Files appear whole or not at all, and outputs are checked before anything is written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stanceclf.errors import StanceclfError
from stanceclf.io.files import atomic_write, is_stream, read_utf8, table_csv
from stanceclf.io.outputs import check_outputs


def write(path: str | Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text.encode())


def test_a_file_is_created_with_its_folders_and_replaced_with_its_mode() -> None:
    umask = os.umask(0o027)
    try:
        write("甲/乙/果.txt", "开源")
    finally:
        os.umask(umask)
    path = Path("甲/乙/果.txt")
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o604)
    write(path, "闭源")
    assert path.read_text(encoding="utf-8") == "闭源"
    assert path.stat().st_mode & 0o777 == 0o604


def test_a_link_is_followed() -> None:
    Path("真.txt").write_text("开源", encoding="utf-8")
    Path("链.txt").symlink_to("真.txt")
    write("链.txt", "闭源")
    assert Path("链.txt").is_symlink()
    assert Path("真.txt").read_text(encoding="utf-8") == "闭源"


def test_an_error_leaves_what_was_there() -> None:
    write("果.txt", "开源")

    def fail() -> None:
        with atomic_write("果.txt") as file:
            file.write(b"x" * 100_000)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert Path("果.txt").read_text(encoding="utf-8") == "开源"
    assert list(Path().iterdir()) == [Path("果.txt")]


def test_only_what_nobody_writes_is_removed() -> None:
    left, other = Path(".果.txt.0123abcd.tmp"), Path(".果.txt2.0123abcd.tmp")
    for path in (left, other):
        path.touch()
    with atomic_write("果.txt") as file:
        (part,) = set(Path().glob(".*.tmp")) - {other}
        assert part != left
        write("果.txt", "开源")
        assert part.exists()
        file.write("闭源".encode())
    assert Path("果.txt").read_text(encoding="utf-8") == "闭源"
    assert set(Path().iterdir()) == {Path("果.txt"), other}


WRITE_OFTEN = """
import sys
from stanceclf.io.files import atomic_write
for number in range(100):
    with atomic_write("果.txt") as file:
        file.write(sys.argv[1].encode() * 10_000)
"""


@pytest.mark.slow
def test_of_many_processes_that_write_a_file_none_fails() -> None:
    command = [sys.executable, "-c", WRITE_OFTEN]
    running = [subprocess.Popen([*command, str(number)]) for number in range(4)]
    assert [process.wait(timeout=300) for process in running] == [0] * 4
    assert Path("果.txt").read_bytes() in {str(n).encode() * 10_000 for n in range(4)}
    assert list(Path().iterdir()) == [Path("果.txt")]


def test_what_is_open_is_written_to_and_not_replaced() -> None:
    Path("果.txt").write_text("甲", encoding="utf-8")
    with Path("果.txt").open("ab") as file:
        name = f"/dev/fd/{file.fileno()}"
        assert is_stream(name)
        assert is_stream("/dev/null")
        assert not is_stream("果.txt")
        write(name, "乙")
        write("/dev/null", "丙")
    assert Path("果.txt").read_text(encoding="utf-8") == "甲乙"


def test_outputs_are_checked_before_they_are_written() -> None:
    Path("夹").mkdir()
    Path("夹/甲.txt").touch()
    Path("链.txt").symlink_to("夹/甲.txt")
    check_outputs("果.txt", "夹/乙.txt", "/dev/null", "/dev/null", inputs=["夹", "无", "开" * 300])
    for outputs, message in (
        (["夹"], "夹: cannot write here: it is a folder"),
        (["果.txt", "夹/../果.txt"], "果.txt: two outputs have this name"),
        (["链.txt"], "链.txt: is read by this command"),
    ):
        with pytest.raises(StanceclfError, match=message):
            check_outputs(*outputs, inputs=["夹"])
    with pytest.raises(StanceclfError, match="夹/甲.txt/果: cannot write here: "):
        write("夹/甲.txt/果", "开源")


def test_text_is_utf8() -> None:
    Path("甲.txt").write_bytes(b"\xef\xbb\xbf" + "开源\r\n".encode())
    assert read_utf8("甲.txt") == "开源\n"
    Path("甲.txt").write_bytes("开源".encode("gbk"))
    with pytest.raises(StanceclfError, match=r"甲.txt: not UTF-8 \(first bad byte at 0\)"):
        read_utf8("甲.txt")
    with pytest.raises(StanceclfError, match="无.txt: cannot read it: No such file"):
        read_utf8("无.txt")


def test_what_a_row_lacks_is_left_empty() -> None:
    assert table_csv([{"乙": "a,b"}, {"甲": None}], ["甲", "乙"]) == '甲,乙\n,"a,b"\n,\n'
