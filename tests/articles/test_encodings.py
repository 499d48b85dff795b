"""Encodings are detected, even of short texts; what cannot be decoded is refused."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, Cli
from hypothesis import given, strategies as st
from opencc import OpenCC

from stanceclf.articles.encodings import decode, detect
from stanceclf.articles.loader import read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.errors import StanceclfError

NORMALIZE = Normalizer.from_opencc()
SENTENCES = [
    sentence.text
    for sentence in cut_articles(read_folder(ROOT / "seeds/articles"), NORMALIZE)
    if len(sentence.text) > 12 and not sentence.text.isascii()
][::2]


@cache
def converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    return str(converter().convert(text))


@pytest.mark.parametrize(
    ("encoding", "length", "least"),
    [
        ("utf-8", 1, 1.0),
        ("utf-8-sig", 1, 1.0),
        ("utf-16", 1, 1.0),
        ("utf-32", 1, 1.0),
        ("gb18030", 6, 0.99),
        ("gb18030", 12, 0.995),
        ("cp950", 6, 0.99),
        ("cp950", 12, 0.995),
        ("utf-16-le", 12, 0.99),
        ("utf-16-be", 12, 0.99),
    ],
)
def test_short_texts_are_enough_to_detect_an_encoding(
    encoding: str, length: int, least: float
) -> None:
    found: Counter[str] = Counter()
    for sentence in SENTENCES:
        text = (traditional(sentence) if encoding == "cp950" else sentence)[:length]
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if text.isascii():
            continue
        # Big5 has one sign for several dots.
        text = data.decode(encoding)
        try:
            found["right" if decode(data, "一.txt") == text else "wrong"] += 1
        except StanceclfError:
            found["refused"] += 1
    assert found.total() > 200
    assert found["right"] >= least * found.total()


@pytest.mark.parametrize("encoding", ["gb18030", "cp950", "utf-16-le", "utf-16-be"])
def test_every_whole_article_is_decoded(encoding: str) -> None:
    for article in read_folder(ROOT / "seeds/articles"):
        text = article.text
        if encoding == "cp950":
            text = traditional(text).encode("cp950", "ignore").decode("cp950")
        assert decode(text.encode(encoding), article.name) == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (
            "オープンなモデルは安くて、誰でも使えるので便利です。",
            ["shift_jis", "euc_jp"],
        ),
        ("오픈 소스 모델은 저렴하고 누구나 사용할 수 있어서 편리합니다.", ["cp949"]),
        ("Открытые модели дешевле, и каждый может их использовать.", ["cp1251", "koi8_r"]),
        ("Les modèles ouverts sont moins chers; déjà prêts, ils sont à nous, même ça.", ["cp1252"]),
    ],
)
def test_other_languages_are_refused_and_can_be_forced(text: str, encodings: list[str]) -> None:
    for encoding in encodings:
        with pytest.raises(StanceclfError, match=r"外.txt: .*--encoding"):
            decode(text.encode(encoding), "外.txt")
        assert decode(text.encode(encoding), "外.txt", encoding) == text


@pytest.mark.parametrize(
    ("data", "encoding", "says"),
    [
        ("开源".encode() + b"\xff", None, r"neither UTF-8 \(first bad byte at 6\) nor GB18030"),
        ("开源".encode("utf-16") + b"\0", None, r"not UTF-16-LE text \(first bad byte at 6\)"),
        ("开源".encode("gbk"), "utf-8", r"not UTF-8 text \(first bad byte at 0\)"),
        ("开源".encode() + b"\xff", "utf-8", r"not UTF-8 text \(first bad byte at 6\)"),
        # Behind what is decoded at once, and across its edge.
        (b"a" * 3_000_000 + b"\xff", "utf-8", r"bad byte at 3000000\)"),
        (b"a" * ((1 << 20) - 1) + "开".encode()[:2] + b"a", "utf-8", r"bad byte at 1048575\)"),
        ("开源便宜".encode("gbk") * 500_000 + b"\xff\xff", None, r"GB18030 \(at 4000000\)"),
        (b"abc", "rot13", "unknown encoding `rot13`"),
        (b"abc", "no\0such", "unknown encoding"),
        (b"\x89PNG\r\n", None, "binary data"),
        (bytes(64), None, "binary data"),
        (bytes(64), "utf-8", None),
    ],
)
def test_the_first_bad_byte_is_reported(
    data: bytes, encoding: str | None, says: str | None
) -> None:
    if says is None:
        assert decode(data, "坏.txt", encoding) == data.decode()
        return
    with pytest.raises(StanceclfError, match=says):
        decode(data, "坏.txt", encoding)


@given(st.binary(max_size=300))
def test_bytes_are_decoded_strictly_or_refused(data: bytes) -> None:
    try:
        text = decode(data, "一.txt")
    except StanceclfError as error:
        assert str(error).startswith("一.txt: ")  # noqa: PT017  (either is fine)
        return
    name, mark = detect(io.BytesIO(data), "一.txt")
    assert text == data[mark:].decode(name)
    assert text.encode(name) == data[mark:] or name in {"cp950", "big5hkscs", "gb18030"}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_utf8_with_a_mark_is_utf8(text: str) -> None:
    try:
        assert decode(b"\xef\xbb\xbf" + text.encode(), "一.txt") == text
    except StanceclfError as error:
        assert "binary data" in str(error)  # noqa: PT017


def test_an_encoding_can_be_forced_on_the_command_line(project: Path, cli: Cli) -> None:
    Path("帖.txt").write_bytes("Les modèles".encode("cp1252"))
    Path("帖.csv").write_bytes("text\n開源更便宜\n".encode("big5"))
    outcome = cli("predict", "帖.txt", "--format", "jsonl", "--encoding", "cp1252")
    assert '"text": "Les modèles"' in outcome.out
    assert "開源更便宜" in cli("predict", "帖.csv", "--encoding", "big5").out
    assert "開源更便宜" in cli("rules", "apply", "帖.csv").out
    outcome = cli("predict", "帖.csv", "--encoding", "utf-8")
    assert outcome.err == (
        "stanceclf: 帖.csv: not UTF-8 text (first bad byte at 5); save it as UTF-8, or name its "
        "--encoding\n"
    )
    outcome = cli("predict", "帖.csv", "--encoding", "klingon")
    assert outcome.code == 2
    assert "unknown encoding `klingon`; try gb18030 or big5" in outcome.err
