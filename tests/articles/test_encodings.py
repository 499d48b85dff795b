"""Encodings are detected, even of short texts; what cannot be decoded is refused."""

from __future__ import annotations

import io
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, Cli
from hypothesis import given, strategies as st
from opencc import OpenCC

from stanceclf.articles.chinese_codecs import decode_strictly
from stanceclf.articles.encodings import decode, detect
from stanceclf.articles.loader import read_articles, read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.articles.tables.chunks import find_chunks, read_chunk
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
        ("gb18030", 6, 0.98),
        ("gb18030", 12, 0.99),
        ("cp950", 6, 0.98),
        ("cp950", 12, 0.99),
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
    assert not found["wrong"]


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
        ("开源".encode() + b"\xff", None, r"damaged UTF-8 \(first bad byte at 6\)"),
        ("开源".encode("utf-16") + b"\0", None, r"not UTF-16-LE text \(first bad byte at 6\)"),
        ("开源".encode("gbk"), "utf-8", r"not UTF-8 text \(first bad byte at 0\)"),
        ("开源".encode() + b"\xff", "utf-8", r"not UTF-8 text \(first bad byte at 6\)"),
        # Behind what is decoded at once, and across its edge.
        (b"a" * 3_000_000 + b"\xff", "utf-8", r"bad byte at 3000000\)"),
        (b"a" * ((1 << 20) - 1) + "开".encode()[:2] + b"a", "utf-8", r"bad byte at 1048575\)"),
        ("开源便宜".encode("gbk") * 500_000 + b"\xff\xff", None, r"GB18030 \(at 4000000\)"),
        (b"abc", "rot13", "unknown encoding `rot13`"),
        (b"abc", "no\0such", "unknown encoding"),
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
    assert text == decode_strictly(data[mark:], name)
    moved = name == "gb18030"  # Not all of its characters are where Python has them.
    assert moved or text == data[mark:].decode(name)
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


# Invented texts: short, as posts and cells are.
SHORT = ["食堂又涨价了！", "我外婆今年八十三岁，还在种菜。", "这部电影的配乐很棒，剧情却一塌糊涂。"]


@pytest.mark.parametrize("text", [*SHORT, "".join(SHORT) * 200])
def test_damaged_utf8_is_refused_at_its_first_bad_byte(text: str) -> None:
    data = text.encode()
    last = len(data) - 1
    for place in {0, 1, 2, 3, last // 2, last // 2 + 1, last - 1, last}:
        for damaged in (
            data[:place] + data[place + 1 :],
            data[:place] + b"\xb0" + data[place:],
            data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :],
            data[: place + 1],
        ):
            try:
                damaged.decode()
            except UnicodeDecodeError as error:
                first = error.start
            else:
                continue
            with pytest.raises(StanceclfError, match=rf"first bad byte at {first}\)"):
                decode(damaged, "坏.txt")


@pytest.mark.parametrize("encoding", ["gb18030", "cp950"])
def test_cut_texts_of_two_bytes_a_character_are_refused(encoding: str) -> None:
    for text in SHORT:
        data = (text if encoding == "gb18030" else traditional(text)).encode(encoding)
        with pytest.raises(StanceclfError, match=rf"first bad byte at {len(data) - 2}\)|neither"):
            decode(data[:-1], "坏.txt")


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
def test_files_of_two_encodings_are_refused(first: str) -> None:
    second = {"utf-8": "gb18030", "gb18030": "utf-8"}[first]
    # The damage is far in, and decodes in pairs of characters.
    lines = "外婆还在种菜。\n" * 2000
    data = lines.encode(first) + "他把珍珠全挑出来了吗\n".encode(second)
    with pytest.raises(StanceclfError, match=r"damaged|neither"):
        decode(data, "坏.txt")


def test_a_lost_byte_that_leaves_valid_characters_is_found_far_in() -> None:
    data = ("外婆还在种菜。\n" * 2000).encode("gbk")
    tail = "电动车的充电桩太少了吗X".encode("gbk")
    assert decode(data + tail, "一.txt").endswith("充电桩太少了吗X")
    damaged = data + tail[1:]
    damaged.decode("gb18030")
    with pytest.raises(StanceclfError, match=rf"of several encodings \(at byte {len(data)}\)"):
        decode(damaged, "坏.txt")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # Valid UTF-8 as well: two-byte letters that nobody writes so.
        ("AI 模".encode("gbk"), "AI 模"),
        ("Café à Ürümqi".encode(), "Café à Ürümqi"),
        ("Да".encode(), "Да"),
        ("价格：".encode("gbk") + b"\x80" + b"100", "价格：€100"),
        ("一年只要".encode("gbk") + b"\x80" + "二十".encode("gbk"), "一年只要€二十"),
        (b"\xa3\xa0\xa3\xa0" + "食堂又涨价了".encode("gbk"), "\u3000\u3000食堂又涨价了"),
        (b"\xa6\xd9" + "食堂又涨价了".encode("gbk") + b"\xa8\xbc", "\ufe10食堂又涨价了\u1e3f"),
        # A character of HKSCS far in.
        ("外婆還在種菜。\n".encode("cp950") * 2000 + "食堂的嘢".encode("big5hkscs"), None),
    ],
)
def test_what_is_rare_is_decoded(data: bytes, text: str | None) -> None:
    assert decode(data, "一.txt") == (text or data.decode("big5hkscs"))


def test_letters_that_may_be_chinese_characters_are_refused() -> None:
    with pytest.raises(StanceclfError, match=r"either UTF-8 or GB18030 text; name its --encoding"):
        decode("目录".encode("gbk"), "疑.txt")


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json"])
def test_tables_decode_as_texts_do(suffix: str, tmp_path: Path) -> None:
    texts = [f"\u3000第{number}年只要€{number}，闭源太贵。" for number in range(1, 40)]
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    whole = {
        "csv": "\r\n".join(["text", *(f'"{text}"' for text in texts)]),
        "tsv": "\n".join(["text", *texts]),
        "jsonl": "\n".join(rows),
        "json": f"[{', '.join(rows)}]",
    }[suffix]
    data = whole.replace("€", "\ue000").encode("gb18030")
    data = data.replace("\ue000".encode("gb18030"), b"\x80").replace(b"\xa1\xa1", b"\xa3\xa0")
    assert decode(data, "一.txt") == whole
    path = tmp_path / f"帖.{suffix}"
    path.write_bytes(data)
    assert [article.text for article in read_articles(path)] == texts
    file = io.BytesIO(data)
    chunks = list(find_chunks(file, path, 60, longest=10_000))
    assert len(chunks) > 5
    again = [text for chunk in chunks for _, text in read_chunk(chunk, file, path, longest=10_000)]
    assert again == texts


@given(st.text(st.sampled_from("食堂又涨价了外婆在种菜，。！\n"), min_size=8), st.data())
def test_cut_utf8_is_never_decoded(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    cut = whole[: data.draw(st.integers(len(whole) * 2 // 3, len(whole)))]
    try:
        cut.decode()
    except UnicodeDecodeError as error:
        with pytest.raises(StanceclfError, match=rf"first bad byte at {error.start}\)"):
            decode(cut, "坏.txt")
