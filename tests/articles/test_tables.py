"""Rows of CSV, TSV, JSON lines and Parquet files are articles."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Cli
from hypothesis import given, strategies as st

from stanceclf.articles.loader import Article, Folder, read_articles, read_folder
from stanceclf.articles.table_chunks import read_columns
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import read_gold

TEXTS = [
    "开源更便宜。\n闭源更贵。",
    "  ",
    '他说：“开源,"便宜"”。',
    "闭源\u2028落后",
    "开源\r\n好用",
]


def write_csv(path: Path, texts: list[str], encoding: str = "utf-8", comma: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=comma)
        writer.writerow(["编号", "Text", "赞"])
        writer.writerows([[str(i), text, "3"] for i, text in enumerate(texts)])


def write_jsonl(path: Path, texts: list[str]) -> None:
    # Escaped, so that no text is taken for binary data.
    rows = [json.dumps({"赞": i, "text": text}) for i, text in enumerate(texts)]
    path.write_text("\n\n".join(rows) + "\n", encoding="utf-8")


def write_parquet(path: Path, texts: list[str]) -> None:
    pq.write_table(pa.table({"text": pa.array([*texts, None])}), path)


WRITERS: dict[str, Callable[[Path, list[str]], None]] = {
    "帖子.csv": write_csv,
    "帖子.jsonl": write_jsonl,
    "帖子.parquet": write_parquet,
}
#: Rows without text are none, but keep their number.
EXPECTED = [(f"#{i}", text) for i, text in enumerate(TEXTS, 1) if text.strip()]


@pytest.mark.parametrize("name", WRITERS)
def test_a_row_is_an_article(name: str) -> None:
    WRITERS[name](Path(name), TEXTS)
    expected = [Article(name + row, text) for row, text in EXPECTED]
    assert read_articles(name) == expected
    assert read_folder(".") == expected
    folder = Folder(".")
    assert [folder.text(one.name) for one in expected] == [one.text for one in expected]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_a_table_may_have_any_encoding_of_articles(encoding: str) -> None:
    write_csv(Path("表.csv"), ["开源便宜", "闭源贵"], encoding)
    assert [one.text for one in read_articles("表.csv")] == ["开源便宜", "闭源贵"]


def test_a_row_is_named_by_its_id() -> None:
    Path("表.csv").write_text("ID,text\nB 7,开源\n老#三,闭源\n", encoding="utf-8")
    Path("表.jsonl").write_text('{"id": 7, "text": "开源"}\n', encoding="utf-8")
    pq.write_table(pa.table({"text": ["开源"], "id": [7]}), "表.parquet")
    names = [one.name for one in read_folder(".")]
    assert names == ["表.csv#B 7", "表.csv#老#三", "表.jsonl#7", "表.parquet#7"]
    assert Folder(".").text("表.csv#老#三") == "闭源"


def test_parquet_that_is_not_utf8_is_reported() -> None:
    ends = pa.array([0, 2], pa.int32()).buffers()[1]
    wrong = pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(b"\xff\xfe")])
    pq.write_table(pa.table({"text": wrong}), "坏.parquet")
    with pytest.raises(StanceclfError, match="坏.parquet: cannot read it as Parquet"):
        read_articles("坏.parquet")
    pq.write_table(pa.table({"text": ["开源"]}), "名.parquet")
    Path("名.parquet").rename("s3:名.parquet")
    assert read_articles("s3:名.parquet")[0].text == "开源"


@pytest.mark.parametrize("name", WRITERS)
def test_other_columns_can_be_read_as_well(name: str) -> None:
    WRITERS[name](Path(name), TEXTS)
    rows = list(read_columns(name, ["text"], ["赞", "id"]))
    assert [(number, row["text"]) for number, _, row in rows] == list(enumerate(TEXTS, 1))
    if name.endswith(".parquet"):
        assert {line for _, line, _ in rows} == {None}
    else:
        assert {str(row["赞"]) for *_, row in rows} <= set("01234")
        assert [row.keys() for *_, row in rows] == [{"text", "赞"}] * len(TEXTS)
    with pytest.raises(StanceclfError, match=f"^{name}:.*`label`"):
        list(read_columns(name, ["text", "label"]))


def test_tab_separated_values_are_not_quoted() -> None:
    Path("表.tsv").write_text('ID\tTEXT\n1\t"开源"便宜\n2\t闭源贵"\n', encoding="utf-8")
    assert [one.text for one in read_articles("表.tsv")] == ['"开源"便宜', '闭源贵"']


def test_the_only_column_needs_no_name() -> None:
    Path("表.csv").write_text("微博正文\n开源便宜\n", encoding="utf-8")
    assert [one.text for one in read_articles("表.csv")] == ["开源便宜"]


def test_a_field_may_be_as_long_as_an_article() -> None:
    write_csv(Path("长.csv"), ["开源" * 200_000])
    assert len(read_articles("长.csv")[0].text) == 400_000
    assert csv.field_size_limit() == 131_072


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=5)
)
def test_any_text_survives_a_table(texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()]
    if not kept:
        return
    for name in ("任.jsonl", "任.parquet"):
        WRITERS["帖子" + Path(name).suffix](Path(name), texts)
        assert [one.text for one in read_articles(name)] == kept
    plain = ["".join(c for c in text if c.isprintable() or c in '\r\n,"') for text in texts]
    if any(text.strip() for text in plain):
        write_csv(Path("任.csv"), plain)
        assert [one.text for one in read_articles("任.csv")] == [t for t in plain if t.strip()]


WRONG: dict[str, tuple[str, bytes, str]] = {
    "no column": ("表.csv", "标题,正文\n一,二\n".encode(), "表.csv: no column is named `text`"),
    "its columns are listed": ("表.csv", "标题,正文\n一,二\n".encode(), "(columns: 标题, 正文)"),
    "two columns": ("表.csv", b"text,TEXT\n1,2\n", "several columns are named `text`"),
    "a comma too many": ("表.csv", "id,text\n1,开源\n2,闭,源\n".encode(), "表.csv:3: 3 values"),
    "an open quote": ("表.csv", 'id,text\n1,"开源\n'.encode(), "表.csv:2: not a table: "),
    "no JSON": ("表.jsonl", '{"text": "开源"}\n{开源}\n'.encode(), "表.jsonl:2: not JSON"),
    "no object": ("表.jsonl", b'{"text": "1"}\n\n[1]\n', "表.jsonl:3: must be an object"),
    "no key": ("表.jsonl", b'{"text": "1"}\n{"a": 1}\n', "表.jsonl:2: `text` is missing"),
    "semicolons": (
        "表.csv",
        "赞;text\n1;开源\n".encode(),
        "are separated by ';'; save it",
    ),
    "an id twice": (
        "表.csv",
        "id,text\n7,开源\n8,闭源\n7,下雨\n".encode(),
        "表.csv:4: rows 1 and 3 have the same `id` 7; give each its own",
    ),
    "an id missing": (
        "表.jsonl",
        b'{"id": null, "text": "1"}\n',
        "1: row 1: `id` must be",
    ),
    "no text": ("表.jsonl", b'{"text": 3}\n', "表.jsonl:1: row 1: `text` must be text (is int)"),
    "half a pair": ("表.jsonl", b'{"text": "\\ud800"}\n', "row 1: half of a surrogate pair"),
    "no rows": ("表.csv", b"id,text\n", "表.csv: no row of this table contains text"),
    "no Parquet": ("表.parquet", b"PAR1", "表.parquet: cannot read it as Parquet"),
    "nested deeply": ("表.jsonl", b"[" * 100_000, "表.jsonl:1: not JSON"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_bad_table_is_reported_in_one_line(case: str) -> None:
    name, data, says = WRONG[case]
    Path(name).write_bytes(data)
    with pytest.raises(StanceclfError) as error:
        read_articles(name)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_table_is_reported() -> None:
    for name in ("无.csv", "无.parquet"):
        with pytest.raises(StanceclfError, match=f"{name}: cannot read it"):
            read_articles(name)


def test_gold_labels_sentences_of_rows() -> None:
    Path("articles").mkdir()
    write_csv(Path("articles/帖子.csv"), ["下雨。", "开源更便宜。"])
    row = {"article": "帖子.csv#2", "start": 0, "end": 6, "text": "开源更便宜。", "label": "favor"}
    Path("gold.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert read_gold("gold.jsonl")[0].place == ("帖子.csv#2", 0, 6)
    for name, says in (("帖子.csv#7", "no article `帖子.csv#7`"), ("无.csv#1", "cannot read it")):
        Path("gold.jsonl").write_text(json.dumps(row | {"article": name}), encoding="utf-8")
        with pytest.raises(StanceclfError, match=f"gold.jsonl:1: its article: .*{says}"):
            read_gold("gold.jsonl")


def test_predict_reads_tables(project: Path, cli: Cli) -> None:
    Path("夹").mkdir()
    texts = [f"开源便宜{i}。闭源落后。" for i in range(3)]
    write_jsonl(Path("夹/帖.jsonl"), texts)
    outcome = cli("predict", "夹/帖.jsonl", "--format", "jsonl")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["article"] for row in rows] == [f"夹/帖.jsonl#{i // 2 + 1}" for i in range(6)]
    for row in rows:
        number = int(row["article"].split("#")[1]) - 1
        assert texts[number][row["start"] : row["end"]] == row["text"]
    table = cli("predict", "夹/帖.jsonl", "--format", "table").out
    assert table.count("┏") == 1
    assert "#2" in table
    found = json.loads(
        cli("explain", "--article", "夹/帖.jsonl#2", "--sentence", "1", "--format", "json").out
    )
    assert (found["article"], found["text"]) == ("夹/帖.jsonl#2", "开源便宜1。")
    # What this program wrote into a folder is not read as its articles.
    for name in ("旧.jsonl", "旧.csv", "旧.parquet"):
        assert cli("predict", "夹/帖.jsonl", "--output", f"夹/{name}").code == 0
        outcome = cli("predict", "夹", "--format", "jsonl")
        assert outcome.code == 1
        assert (
            "these are predictions, not articles; read them anyway with --text-column"
            in outcome.err
        )
        assert [json.loads(line) for line in outcome.out.splitlines()] == rows
        Path("夹", name).unlink()


def test_a_pipeline_runs_on_a_table(project: Path, cli: Cli) -> None:
    articles = read_folder("seeds/articles")
    shutil.rmtree("seeds/articles")
    Path("seeds/articles").mkdir()
    lines = [line for one in articles for line in one.text.splitlines() if line.strip()]
    write_parquet(Path("seeds/articles/行.parquet"), lines)
    Path("seeds/speakers.jsonl").unlink()
    no = "--no-gold"
    for stage in (["sentences"], ["label", no], ["train", no], ["evaluate", no]):
        outcome = cli(*stage)
        assert (outcome.code, outcome.faults) == (0, "")
    outcome = cli("rules", "stats", "--no-gold", "--by-article", "--format", "csv")
    assert {row["article"] for row in csv.DictReader(outcome.out.splitlines())} == {"行.parquet"}
