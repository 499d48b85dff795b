"""Word documents and Markdown: what is text in them is read, what is not is left out."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from conftest import Cli, assert_linear
from docx import Document
from docx.oxml import parse_xml
from hypothesis import given, strategies as st

from stanceclf.articles import word_files
from stanceclf.articles.loader import (
    MAX_FILE_SIZE,
    Article,
    extract_text,
    read_article,
    read_articles,
)
from stanceclf.articles.markdown_marks import find_marks
from stanceclf.articles.sentences import MAX_SENTENCE, cut_articles
from stanceclf.errors import StanceclfError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(*paragraphs: str, xml: str = "") -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if xml:
        document.element.body.insert(0, parse_xml(f"<w:p {W}>{xml}</w:p>"))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def sentences(article: Article) -> list[str]:
    return [one.text for one in cut_articles([article], str.lower)]


def test_a_word_document_is_its_paragraphs(project: Path, cli: Cli) -> None:
    data = word("开源大模型比闭源便宜。", "闭源更安全。他说：“开源好。”")
    Path("文.docx").write_bytes(data)
    assert read_article("文.docx").text == "开源大模型比闭源便宜。\n闭源更安全。他说：“开源好。”"
    outcome = cli("predict", "文.docx", "--format", "jsonl")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    text = cli("text", "文.docx").out
    assert [text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    assert len(rows) == 3


def test_tables_links_and_tracked_changes_of_word() -> None:
    document = Document(io.BytesIO(word("段落一。")))
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "表格里的话。"
    file = io.BytesIO()
    document.save(file)
    assert extract_text(file.getvalue(), "文.docx").split("\n") == ["段落一。", "表格里的话。"]
    run = "<w:r><w:t>{}</w:t></w:r>"
    xml = (
        run.format("开源")
        + f'<w:ins w:id="1" w:author="a">{run.format("更便宜")}</w:ins>'
        + '<w:del w:id="2" w:author="a"><w:r><w:delText>更贵</w:delText></w:r></w:del>'
        + f"<w:hyperlink>{run.format('也更好')}</w:hyperlink>"
        + "<w:r><w:br/><w:t>。</w:t></w:r>"
    )
    assert extract_text(word(xml=xml), "文.docx").strip() == "开源更便宜也更好\n。"


def bomb(size: int) -> bytes:
    file = io.BytesIO(word("开源"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bin", bytes(size))
    return file.getvalue()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    told = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "哈">{entities}]>'
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("开源"))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            xml = old.read(name).decode("utf-8", "replace")
            if name == "word/document.xml":
                xml = told + xml[xml.index("<w:document") :].replace("开源", "&e9;")
            new.writestr(name, xml)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a Word document"),
        (b"PK\x03\x04", "not a Word document"),
        ("开源".encode(), "not a Word document"),
        (word("开源")[:-100], "not a Word document"),
        (word("开源")[100:], "not a Word document"),
        (bomb(MAX_FILE_SIZE + 1), r"unpacks to 128 MB, more than 128; raise --max-file"),
        (word(" "), "empty"),
    ],
)
def test_other_files_than_word_documents_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(StanceclfError, match=f"坏.docx: .*{says}"):
        extract_text(data, "坏.docx")


def test_entities_of_a_word_document_are_not_unfolded() -> None:
    try:
        assert len(extract_text(laughs(), "坏.docx")) < 1000
    except StanceclfError as error:
        assert "坏.docx: " in str(error)  # noqa: PT017


@given(st.integers(0, 40_000), st.integers(0, 255))
def test_a_damaged_word_document_is_read_or_refused(place: int, byte: int) -> None:
    data = bytearray(DOCUMENT)
    data[place % len(data)] = byte
    try:
        extract_text(bytes(data), "坏.docx")
    except StanceclfError as error:
        assert str(error).startswith("坏.docx: ")  # noqa: PT017


DOCUMENT = word("开源大模型比闭源便宜。")

MARKDOWN = """---
title: 开源
---

# 开源还是闭源

> **李明**认为,开源更便宜。

- 开源便于定制。
  - 闭源更贵。
1. 成本第一。

```python
print("开源最好。")
```

<div align="center">
开源社区很活跃。
</div>

<!-- 编者:开源万岁。 -->

| 模型 | 价格 |
|------|------|
| 开源模型 | 很便宜。 |

    缩进的话也算。

结论
====

[链接]: https://example.org
详见[官网](https://example.org/a.b)。
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_of_markdown_are_not_text(end: str) -> None:
    text = MARKDOWN.replace("\n", end)
    Path("文.md").write_text(text, encoding="utf-8", newline="")
    article = read_article("文.md")
    assert article.text == text
    assert sentences(article) == [
        "开源还是闭源",
        "**李明**认为,开源更便宜。",
        "开源便于定制。",
        "闭源更贵。",
        "1. 成本第一。",
        "开源社区很活跃。",
        "模型 | 价格",
        "开源模型 | 很便宜。",
        "缩进的话也算。",
        "结论",
        "详见[官网](https://example.org/a.b)。",
    ]


@given(st.text("#>-*+ \t\n\r`~|<>!=[]:x开。", max_size=80))
def test_marks_of_any_markdown_are_spans_in_order(text: str) -> None:
    spans = find_marks(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
    article = Article("文.md", text, markdown=True)
    for one in cut_articles([article], str.lower, drop_boilerplate=False):
        assert text[one.start : one.end] == one.text
        assert not any(start < one.end and one.start < end for start, end in spans)


@pytest.mark.parametrize(
    "piece",
    [
        "> ",
        "- ",
        "[a]: b\n",
        "```\n",
        "|a",
        "<!--\n",
        "[",
        "> - ",
        "a|b\n-|-\n",
        "<a ",
        "开源\n",
        "x<a>",
        "开|",
        "<div>\nx<a>",
    ],
)
def test_time_grows_with_the_markdown(piece: str) -> None:
    assert_linear(lambda count: find_marks(piece * count), 400, least=0.02)


def test_a_long_sentence_is_cut_without_loss() -> None:
    for unit in ("开源更便宜,", "开", "开 ", "😀"):
        text = unit * (3 * MAX_SENTENCE // len(unit))
        found = list(cut_articles([Article("长.txt", text)], str))
        assert max(len(one.text) for one in found) <= MAX_SENTENCE
        assert "".join(one.text for one in found).replace(" ", "") == text.replace(" ", "")
        assert all(text[one.start : one.end] == one.text for one in found)
        assert len(found) <= 7
    parts = list(cut_articles([Article("长.txt", "开源更便宜," * 100)], str, longest=100))
    assert {one.text[-1] for one in parts} == {","}


def test_limits_can_be_raised(project: Path, cli: Cli) -> None:
    Path("大.txt").write_bytes("开源更便宜。\n".encode() * 60_000)
    outcome = cli("predict", "大.txt", "--max-file", "1", "--format", "jsonl")
    assert outcome.err == ("stanceclf: 大.txt: larger than 1 MB; split it, or raise --max-file\n")
    assert (outcome.code, outcome.out) == (1, "")
    Path("长.txt").write_text("开源更便宜," * 3000, encoding="utf-8")
    for longest, count in (("10000", 2), ("20000", 1), ("500", 37)):
        rows = cli("predict", "长.txt", "--max-sentence", longest, "--format", "jsonl").out
        assert len(rows.splitlines()) == count
        rows = cli("rules", "apply", "长.txt", "--max-sentence", longest, "--format", "jsonl").out
        assert len(rows.splitlines()) == count
    assert cli("predict", "长.txt", "--max-sentence", "0").code == 2


def test_a_folder_may_contain_articles_of_every_kind() -> None:
    folder = Path("文章")
    (folder / "页_files").mkdir(parents=True)
    for name, data in (
        ("一.txt", "开源好。".encode("gbk")),
        ("二.md", "# 开源好。".encode()),
        ("三.docx", word("开源好。")),
        ("页.html", "<html><body><p>开源好。</p></body></html>".encode()),
        ("页_files/广告.html", b"<p>x</p>"),
    ):
        (folder / name).write_bytes(data)
    from stanceclf.articles.loader import read_folder

    found = {article.name: sentences(article) for article in read_folder(folder)}
    assert found == dict.fromkeys(["一.txt", "二.md", "三.docx", "页.html"], ["开源好。"])


def test_offsets_of_predictions_are_those_of_the_text_command(project: Path, cli: Cli) -> None:
    Path("帖.csv").write_text("id,text\nA7,开源便宜。\nB8,闭源贵。\n", encoding="utf-8")
    assert cli("text", "帖.csv#B8").out == "闭源贵。"
    assert cli("text", "帖.csv#C9").err == "stanceclf: 帖.csv: it has no article `帖.csv#C9`\n"
    assert cli("text", "帖.csv").err.startswith("stanceclf: 帖.csv: a table has many articles;")
    Path("一.txt").write_bytes("开源\r\n便宜\u2028。".encode("gb18030"))
    assert cli("text", "一.txt", "-o", "出.txt").code == 0
    assert Path("出.txt").read_bytes().decode() == "开源\r\n便宜\u2028。"
    assert cli("text", "出.txt", "-o", "出.txt").code == 1


def test_an_error_in_a_table_drops_its_rows_and_no_other_article(project: Path, cli: Cli) -> None:
    good = "".join(f"{n},开源便宜。\n" for n in range(5000))
    Path("坏.csv").write_text(f"id,text\n{good}7,闭源贵。\n", encoding="utf-8")
    Path("好.txt").write_text("开源便宜。", encoding="utf-8")
    outcome = cli("predict", "坏.csv", "好.txt", "--format", "jsonl")
    assert [json.loads(row)["article"] for row in outcome.out.splitlines()] == ["好.txt"]
    assert outcome.err == (
        "stanceclf: 坏.csv:5002: rows 8 and 5001 have the same `id` 7; give each its own\n"
    )
    assert outcome.code == 1
    assert len(read_articles("好.txt")) == 1


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (run("我支持") + run("闭源", "<w:strike/>") + run("开源。"), "我支持开源。"),
        (run("闭源", '<w:dstrike w:val="1"/><w:strike/>') + run("开源。"), "开源。"),
        (run("开源", "<w:vanish/>") + run("好。"), "好。"),
        (run("开源", '<w:strike w:val="0"/><w:vanish w:val="false"/>') + run("好。"), "开源好。"),
        ("<w:pPr><w:rPr><w:strike/><w:vanish/></w:rPr></w:pPr>" + run("开源好。"), "开源好。"),
        (
            "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>kāi</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>开</w:t></w:r></w:rubyBase></w:ruby></w:r>" + run("源好。"),
            "开源好。",
        ),
        (
            "<w:del w:id='1'><w:r><w:t>闭</w:t></w:r></w:del><w:moveFrom w:id='2'>"
            + run("不") + "</w:moveFrom>" + run("开源好。"),
            "开源好。",
        ),
        (
            "<w:r><w:rPr><w:strike/></w:rPr><w:pict><w:p>" + run("框内") + "</w:p></w:pict></w:r>"
            + "<w:r><w:pict><w:p>" + run("框里好。") + "</w:p></w:pict></w:r>" + run("开源好。"),
            "开源好。\n框里好。",
        ),
    ],
)  # fmt: skip
def test_what_nobody_reads_in_word_is_left_out(xml: str, text: str) -> None:
    assert "\n".join(filter(None, extract_text(word(xml=xml), "文.docx").split("\n"))) == text


def packed(xml: str) -> bytes:
    """Return a document whose body is the XML."""
    file = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(word("源")))
    with old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = f"<w:document {W}><w:body>{xml}</w:body></w:document>".encode()
            new.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    "unit",
    [
        "<w:p/>",
        "<w:p>" * 200 + run("开源") + "</w:p>" * 200,
        "<w:p>" + run("开源更便宜。") + "</w:p>",
        "<w:tbl><w:tr><w:tc><w:p>" + run("开源") + "</w:p></w:tc></w:tr></w:tbl>",
    ],
)
def test_time_grows_with_the_document(unit: str) -> None:
    def read(count: int) -> None:
        assert "好" in extract_text(packed(f"<w:p>{run('好')}</w:p>" + unit * count), "文.docx")

    assert_linear(read, 4000 // unit.count("<w:p"), least=0.05)


def test_a_large_document_needs_little_memory_and_limited_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = packed(f"<w:p>{run('好')}</w:p>" + "<w:p/>" * 1_000_000)
    assert extract_text(data, "大.docx").strip() == "好"
    monkeypatch.setattr(word_files, "_SECONDS", 0)
    monkeypatch.setattr(word_files, "_SECONDS_PER_MB", 0)
    with pytest.raises(StanceclfError, match=r"大.docx: takes too long to read as a Word document"):
        extract_text(data, "大.docx")
