"""Articles are found, read and decoded, or refused in one line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from stanceclf.articles.encodings import decode
from stanceclf.articles.files import articles_in, find_articles, search
from stanceclf.articles.loader import (
    Folder,
    extract_text,
    read_article,
    read_articles,
    read_folder,
)
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
        (bytes(range(1, 256)), r"neither UTF-8 \(first bad byte at 127\)"),
        (b"%PDF-1.7 text", "binary data"),
        ("开源".encode("gbk") + b"\x02" * 9, r"neither UTF-8 \(first bad byte at 0\)"),
        ("开源".encode()[:-1] + b"\xff", r"first bad byte at 3"),
        (b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(StanceclfError, match=says) as refusal:
        extract_text(data, "坏.txt")
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


def test_linked_folders_are_read_once() -> None:
    for name in ("文/一.txt", "文/子/二.txt", "外/三.txt", "外/里/四.txt", "藏/五.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(TEXT, encoding="utf-8")
    links = {
        "文/甲": "../外",  # another folder
        "文/乙": "../外/里",  # which is in that one
        "文/子/环": "..",  # the folder itself
        "外/回": "../文/子",  # and back by another one
        "文/上": "../..",  # a folder around it
        "文/.隐": "../藏",
        "文/六.txt": "../藏/五.txt",
        "文/断.txt": "没有",
    }
    for link, target in links.items():
        Path(link).symlink_to(target)
    os.mkfifo("文/管.csv")
    names = ["一.txt", "乙/四.txt", "六.txt", "子/二.txt", "甲/三.txt"]
    assert [article.name for article in read_folder("文")] == names
    assert find_articles("文") == [f"文/{name}" for name in names]
    assert articles_in("文").left_out == {
        "a link to nothing": ["文/断.txt"],
        "not a file": ["文/管.csv"],
        "a link to a folder around this one": ["文/上"],
        "a folder that is read by another name": ["文/子/环", "文/甲/回", "文/甲/里"],
    }
    assert find_articles("文/**/*.txt")[0] == "文/一.txt"
    assert len(find_articles("文/**/*.txt")) == len({*find_articles("文/**/*.txt")}) < 12


def test_what_a_folder_leaves_out_is_said_with_its_reason() -> None:
    Path("页_files").mkdir()
    for name in ("一.txt", "~$稿.docx", ".六.pdf", "页.html", "页_files/图.html"):
        Path(name).write_text("开源更便宜。", encoding="utf-8")
    for name in ("甲.xlsx", "乙.XLS", "丙.pdf", "丁.rtf", "戊.zip", "己.svg"):
        Path(name).touch()
    found = search(".")
    assert found.files == ["一.txt", "页.html"]
    assert found.summary() == (
        "left out 7 files: 丙.pdf (a PDF; extract its text to .txt, for example with pdftotext); "
        "丁.rtf (a document; save it as .docx or .txt); "
        "乙.XLS and 1 more (a spreadsheet; save it as .csv); 戊.zip (an archive; unpack it); "
        "己.svg (neither an article nor a table); 页_files/图.html (saved with a web page)"
    )
    Path("空").mkdir()
    Path("空/表.xlsx").touch()
    for read in (find_articles, read_folder):
        with pytest.raises(StanceclfError, match=r"空: no article.* left out 1 file: 空/表.xlsx"):
            read("空")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("表.xlsx", b"PK\x03\x04", "binary data: a spreadsheet; save it as .csv"),
        ("稿.doc", b"\xd0\xcf\x11\xe0", "binary data: a document; save it as .docx or .txt"),
        ("稿.txt", b"\xd0\xcf\x11\xe0", "binary data: a workbook, a document or an archive"),
        ("图.txt", b"\x89PNG\r\n", "binary data: a picture; recognize its text"),
        ("图", b"GIF89a", "binary data: a picture"),
        ("稿.txt", b"%PDF-1.4", "binary data: a PDF; extract its text to .txt"),
        ("稿.txt", b"{\\rtf1 x}", "RTF: a document; save it as .docx or .txt"),
        ("字幕.srt", "开源好。".encode(), "subtitles; extract the text to .txt"),
        ("字幕", b"1\r\n00:00:01,000 --> 00:00:02,500\r\nx\r\n", "subtitles; extract"),
        ("字幕.txt", b"WEBVTT\n\n00:01.000 --> 00:02.500\nx\n", "subtitles; extract"),
        ("信.eml", b"From: a@example.org\n\nx", "an e-mail; save its text as .txt"),
        ("源.xml", b"<?xml version='1.0'?><rss/>", "XML; save its text as .txt or .html"),
        ("源.txt", b"<?xml version='1.0'?>\n<rss/>", "XML; save its text"),
        ("帖.txt", b' [{"text": "x"}]', "JSON: name it .json or .jsonl"),
        ("帖", b'{"text": "x"}\n{"text": "y"}', "JSON: name it .json or .jsonl"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(name: str, data: bytes, says: str) -> None:
    Path(name).write_bytes(data)
    with pytest.raises(StanceclfError, match=f"^{name}: not a text but {re.escape(says)}"):
        read_article(name)


def test_text_that_begins_like_json_is_text() -> None:
    for text in ("[图片]开源更便宜。", "{开源}更便宜。", "[1] 开源更便宜。", "[]开源"):
        Path("帖.txt").write_text(text, encoding="utf-8")
        assert read_article("帖.txt").text == text
    Path("页.xls").write_text("<html><body><p>开源更便宜。</p></body></html>", encoding="utf-8")
    assert read_article("页.xls").text.strip() == "开源更便宜。"


def test_names_are_taken_for_nothing_else() -> None:
    names = ["AI::综述.txt", "std::vector.md", "2024.csv#1.txt", "甲.csv#乙.csv", "#话题#.json"]
    for name in names[:3]:
        Path(name).write_text(TEXT, encoding="utf-8")
    Path(names[3]).write_text("text\n开源\n", encoding="utf-8")
    Path(names[4]).write_text('[{"text": "闭源"}]', encoding="utf-8")
    texts = {article.name: article.text for article in read_folder(".")}
    assert texts.keys() == {*names[:3], "甲.csv#乙.csv#1", "#话题#.json#1"}
    folder = Folder(".")
    assert {name: folder.text(name) for name in texts} == texts
    # A table of the name that the other one begins with changes nothing.
    Path("2024.csv").write_text("id,text\n1.txt,闭源\n2,闭源\n", encoding="utf-8")
    assert Folder(".").text("2024.csv#1.txt") == texts["2024.csv#1.txt"]
    assert Folder(".").text("2024.csv#2") == "闭源"


def test_what_never_ends_is_refused() -> None:
    Path("尽.csv").symlink_to("/dev/zero")
    with pytest.raises(StanceclfError, match="尽.csv: more than 1 MB from a pipe or device"):
        read_articles("尽.csv", most=1 << 20)
    Path("一.txt").write_text(TEXT, encoding="utf-8")
    assert read_article("一.txt", most=1 << 70).text
    Path("表.csv").write_text("text\n开源\n", encoding="utf-8")
    Path("表.json").write_text('[{"text": "开源"}]', encoding="utf-8")
    for name in ("表.csv", "表.json"):
        assert len(read_articles(name, most=1 << 70)) == 1
