"""The text of a web page is its article, one paragraph per line, without the page around it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Cli, assert_linear

from stanceclf.articles import web_pages
from stanceclf.articles.loader import extract_text, read_article
from stanceclf.errors import StanceclfError

PAGES = ROOT / "tests/data/pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_page_is_its_article(name: str) -> None:
    text = read_article(PAGES / f"{name}.html").text
    lines = [line.strip("　 ") for line in text.split("\n")]
    wanted = (PAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line in wanted] == wanted
    for around in (PAGES / f"{name}.not.txt").read_text(encoding="utf-8").splitlines():
        assert around not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("charset", ["", "gb2312", "utf-8", "big5", "klingon"])
def test_the_encoding_that_a_page_declares(encoding: str, charset: str) -> None:
    said = f'<meta http-equiv=Content-Type content="text/html; charset={charset}">'
    head = f"<head>{said if charset else ''}</head>"
    page = f"<html>{head}<body><p>开源更便宜，闭源更贵。</p></body></html>"
    assert extract_text(page.encode(encoding), "页.html") == "开源更便宜，闭源更贵。"


def test_an_unknown_encoding_is_ignored() -> None:
    page = '<meta charset="gb"><p>Les modèles ouverts sont moins chers, déjà à nous, et ça, été</p>'
    with pytest.raises(StanceclfError, match="页.html: .*--encoding"):
        extract_text(page.encode("cp1252"), "页.html")
    said = page.replace('"gb"', "windows-1252")
    assert extract_text(said.encode("cp1252"), "页.html").startswith("Les modèles")


def test_a_page_is_recognized_by_its_beginning(project: Path, cli: Cli) -> None:
    page = (PAGES / "portal-gbk.html").read_bytes()
    Path("页.txt").write_bytes(page)
    assert "京ICP" not in read_article("页.txt").text
    done = subprocess.run(
        [sys.executable, "-m", "stanceclf", "predict", "-", "--format", "jsonl"],
        input=page,
        capture_output=True,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    text = read_article("页.txt").text
    assert [text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]


def test_a_browsers_archive_contains_a_page() -> None:
    page = (PAGES / "portal-gbk.html").read_bytes()
    archive = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        b'\ttype="text/html";\r\n\tboundary="--b--"\r\n\r\n----b--\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(page) + b"\r\n"
        b"----b--\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"iVBORw0KGgo=\r\n----b----\r\n"
    )
    Path("页.mhtml").write_bytes(archive)
    assert read_article("页.mhtml").text == read_article(PAGES / "portal-gbk.html").text
    with pytest.raises(StanceclfError, match="坏.mht: no web page in this archive"):
        extract_text("开源".encode(), "坏.mht")


@pytest.mark.parametrize(
    "head",
    [
        b'multipart/related; x="' + b";" * 200_000 + b'"; boundary="b"',
        b"multipart/related;" + b'\r\n x=";;;;"' * 50_000 + b'; boundary="b"',
        b'multipart/mixed; boundary="a"\r\n\r\n--a\r\nContent-Type: ' * 100 + b"text/html",
    ],
)
def test_an_archive_that_no_browser_saved_is_refused(head: bytes) -> None:
    with pytest.raises(StanceclfError, match="坏.mhtml: not an archive that a browser saved"):
        extract_text(b"From: x\r\nContent-Type: " + head + b"\r\n\r\n<html>", "坏.mhtml")


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<html></html>", "no article found"),
        ("", "no article found|not a web page"),
        ("<html><body>" + "<div>" * 400 + "开源", "nested too deep"),
    ],
)
def test_a_page_without_an_article_is_refused(page: str, says: str) -> None:
    for size in (0, web_pages._LARGE):
        with pytest.raises(StanceclfError, match=f"坏.html: .*({says})"):
            extract_text(page.encode() + b"<!-- -->" * (size // 8 + 1), "坏.html")


def test_a_large_page_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    paragraphs = [f"开源模型比闭源便宜，这是第{number}条理由。" for number in range(9000)]
    page = "".join(f"<p>{one}</p>" for one in paragraphs)
    data = f"<html><body>{page}</body></html>".encode()
    assert len(data) > web_pages._LARGE
    # A module of the same name in the current folder is not imported.
    Path("stanceclf.py").write_text("raise SystemExit('中招')", encoding="utf-8")
    assert extract_text(data, "大.html").split("\n") == paragraphs
    # A page that needs too long is given up.
    monkeypatch.setattr(web_pages, "_SECONDS", 0)
    monkeypatch.setattr(web_pages, "_SECONDS_PER_MB", 0)
    with pytest.raises(StanceclfError, match="大.html: takes too long"):
        extract_text(data, "大.html")


def test_the_same_page_gives_the_same_text(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom stanceclf.articles import read_article\n"
        "sys.stdout.buffer.write(read_article(sys.argv[1]).text.encode())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code, PAGES / "answers.html"],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "7")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    "piece",
    [
        "<p>开源比闭源便宜。</p>",
        "<b>开源",
        "<a href=x>开源</a>",
        "<div class=comment><p>开源</p></div>",
        "开源<br>",
        "<table><tr><td>开源",
        "<!--",
        "&amp;&#24320;",
        "<article><p>开源便宜</p></article>",
        "</p></div>",
        "<![CDATA[",
    ],
)
def test_time_grows_with_the_page(piece: str) -> None:
    def run(count: int) -> None:
        page = f"<html><body><p>开源比闭源便宜。</p>{piece * count}</body></html>"
        try:
            extract_text(page.encode(), "页.html")
        except StanceclfError as error:
            assert "页.html" in str(error)  # noqa: PT017

    assert_linear(run, 500, least=0.02)


@pytest.mark.parametrize(
    ("module", "name", "data"),
    [
        ("trafilatura", "页.html", "<html><body><p>开源好。</p></body></html>".encode()),
        ("docx", "文.docx", b"PK\x03\x04"),
    ],
)
def test_missing_libraries_are_named(
    module: str, name: str, data: bytes, monkeypatch: pytest.MonkeyPatch, project: Path, cli: Cli
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    Path(name).write_bytes(data)
    Path("一.txt").write_text("开源好。", encoding="utf-8")
    outcome = cli("predict", name, "一.txt", "--format", "jsonl")
    assert outcome.err == (
        f"stanceclf: {name}: this needs `{module}`, which is not installed: "
        "pip install 'stanceclf[pages]'\n"
    )
    assert (outcome.code, len(outcome.out.splitlines())) == (1, 1)
