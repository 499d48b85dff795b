"""Whatever a text is made of, eight times as much of it takes about eight times as long."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import assert_linear

from stanceclf.articles.encodings import decode
from stanceclf.articles.loader import Article
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.articles.tables.delimited import CsvTable
from stanceclf.articles.tables.json import JsonTable
from stanceclf.errors import StanceclfError
from stanceclf.io.yaml_files import YamlFile
from stanceclf.model.file import state_in
from stanceclf.speakers.attribution import attribute_sentences

pytestmark = pytest.mark.slow

NORMALIZE = Normalizer.from_opencc()
PIECES = [
    *("开", "a", " ", "。", "，", "“", "”", '"', "(", "&", "&#", "http://", "a.", "1.", "www."),
    *(
        "\u200b",
        "\n",
        "\r",
        "\u2028",
        "😀",
        "版权所有",
        "开源",
        "：",
        "他说",
        "[",
        "记者:开源\n",
        "分享到 ",
    ),
]


def grows(work: Callable[[str], object], piece: str, few: int = 1000) -> None:
    def run(count: int) -> None:
        with suppress(StanceclfError):
            work(piece * count)

    assert_linear(run, few)


@pytest.mark.parametrize("piece", PIECES)
def test_cutting_and_telling_who_speaks(piece: str) -> None:
    grows(lambda text: list(attribute_sentences([Article("一.txt", text)], NORMALIZE)), piece)


def test_cutting_what_is_too_long() -> None:
    grows(lambda text: list(cut_articles([Article("一.txt", text)], str, longest=100)), "开 ")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp950", "utf-16-le"])
@pytest.mark.parametrize("piece", ["开源", "a", "\0", "\x80"])
def test_telling_an_encoding(encoding: str, piece: str) -> None:
    grows(lambda text: decode(text.encode(encoding, "replace"), "一.txt"), piece, 50_000)


@pytest.mark.parametrize(
    "piece", ["a,", '"', "开\n", ",\n", '""', '{"text": "开"}\n', "{", "[", '"\\u']
)
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_reading_a_table(suffix: str, piece: str) -> None:
    head = '{"text": "开源"}\n' if suffix == ".jsonl" else "text\n开源\n"
    kind = JsonTable if suffix == ".jsonl" else CsvTable

    def read(text: str) -> None:
        list(kind(io.BytesIO((head + text).encode()), f"帖{suffix}").rows())

    grows(read, piece)


@pytest.mark.parametrize(
    "piece",
    [
        "- a\n",
        "a",
        "[",
        "{",
        "? ",
        "'",
        '"',
        "&a ",
        "*a ",
        "a: ",
        "|\n",
        "# a\n",
        "- - ",
        "[a, ",
        "{a: ",
        "a: b\n",
        "%",
        "!",
    ],
)
def test_reading_yaml(piece: str) -> None:
    def read(text: str) -> None:
        Path("规则.yaml").write_text(text, encoding="utf-8")
        YamlFile("规则.yaml")

    grows(read, piece)


@pytest.mark.parametrize("piece", ["N", "]", "(", "(K\x01", "\x8c\x01a\x94", "h\x00", "0"])
def test_reading_a_pickle(piece: str) -> None:
    grows(lambda text: state_in(b"\x80\x04" + text.encode("latin-1") + b"."), piece, 20_000)
