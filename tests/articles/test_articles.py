"""Articles are found, read and decoded, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from stanceclf.articles.encodings import decode
from stanceclf.articles.files import find_articles
from stanceclf.articles.loader import read_article, read_folder
from stanceclf.errors import StanceclfError

TEXT = "开源大模型更便宜。\r\n“真的吗？”他问。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-32"])
def test_encodings_of_chinese_are_decoded(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "一.txt") == TEXT


def test_line_ends_are_kept() -> None:
    Path("一.txt").write_bytes("开源\r\n闭源\r结束\n".encode())
    assert read_article("一.txt").text == "开源\r\n闭源\r结束\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary data"),
        (bytes(range(1, 256)), "GB18030"),
        (b"%PDF-1.7 text", "binary data"),
        ("开源".encode("gbk") + b"\x02" * 9, "binary data"),
        ("开源".encode()[:-1] + b"\xff", "GB18030"),
        (b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(StanceclfError, match=says) as refusal:
        decode(data, "坏.txt")
    assert str(refusal.value).startswith("坏.txt: ")
    assert "\n" not in str(refusal.value)


def test_files_folders_and_patterns_are_found_in_order() -> None:
    for name in (
        "乙/二.txt",
        "乙/一.txt",
        "乙/子/三.txt",
        "乙/.草稿/四.txt",
        "乙/注.md",
        "[a].txt",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(TEXT, encoding="utf-8")
    assert find_articles("乙") == ["乙/一.txt", "乙/二.txt", "乙/子/三.txt", "乙/注.md"]
    assert find_articles("乙/*.txt") == ["乙/一.txt", "乙/二.txt"]
    assert find_articles("**/三.txt") == ["乙/子/三.txt"]
    assert find_articles("乙*") == find_articles("乙")
    assert find_articles("[a].txt") == ["[a].txt"]
    assert find_articles("没有.txt") == ["没有.txt"]
    with pytest.raises(StanceclfError, match="no article matches"):
        find_articles("丙*.txt")
    assert [article.name for article in read_folder("乙")] == [
        "一.txt",
        "二.txt",
        "子/三.txt",
        "注.md",
    ]


def test_a_folder_without_articles_is_refused() -> None:
    Path("空").mkdir()
    with pytest.raises(StanceclfError, match="空: no article in this folder"):
        read_folder("空")
    with pytest.raises(StanceclfError, match="无: no such folder"):
        read_folder("无")
