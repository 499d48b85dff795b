"""Rows of CSV, TSV, JSON lines and Parquet files are articles."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Cli
from hypothesis import given, strategies as st

from stanceclf.articles.loader import (
    Article,
    Folder,
    read_articles,
    read_folder,
    stream_articles,
)
from stanceclf.articles.tables.chunks import find_chunks, read_chunk, read_columns
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


def rows_of(name: str, text_column: str | None = None) -> list[tuple[str, str]]:
    """Return ids and texts of a table, which must be the same if it is read in chunks."""
    found = read_articles(name, text_column=text_column)
    rows = [(one.name.removeprefix(f"{name}#"), one.text) for one in found]
    with Path(name).open("rb") as file:
        chunks = list(find_chunks(file, name, 1, text_column=text_column, longest=10_000))
        assert len(chunks) == len(rows)
        read = partial(read_chunk, text_column=text_column, longest=10_000)
        assert [row for one in chunks for row in read(one, file, name)] == rows
    return rows


TWO = [("1", "甲"), ("2", "乙")]
READ: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    # Crawlers write lists, and leave out what they do not have.
    "a list": (
        "表.json",
        '[{"text": "甲\\n", "id": 7},\n\n{"text": "乙"}]\n',
        [("7", "甲\n"), ("2", "乙")],
    ),
    "a list in lines": ("表.jsonl", '[{"text": "甲"}, {"text": "乙"}]', TWO),
    "two lists": ("表.json", '[{"text": "甲"}]\n[{"text": "乙"}]', TWO),
    "lines": ("表.json", '{"text": "甲"}\n{"text": "乙"}', TWO),
    "ndjson": ("表.ndjson", '{"text": "甲"}\n{"text": "乙"}', TWO),
    "wide objects": (
        "表.json",
        '{\n "text": "甲"\n}\n{\n "text": "乙"\n}',
        TWO,
    ),
    "no text at first": ("表.jsonl", '{"id": 5}\n{"id": 6, "text": "甲"}', [("6", "甲")]),
    "NaN": ("表.jsonl", '{"text": NaN}\n{"text": "甲"}\n{"x": 1}\n{"text": null}', [("2", "甲")]),
    "the only key": ("表.jsonl", '{"正文": "甲"}\n{}\n{"正文": "乙"}', [("1", "甲"), ("3", "乙")]),
    "ids of frames": (
        "表.jsonl",
        '{"id": 1.0, "text": "甲"}\n{"id": NaN, "text": "乙"}\n{"id": 2.5, "text": "丙"}',
        [("1", "甲"), ("2", "乙"), ("2.5", "丙")],
    ),
    "no id": ("表.csv", "id,text\nB7,甲\n,乙\n", [("B7", "甲"), ("2", "乙")]),
    # Frames and spreadsheets quote what is between tabs.
    "quoted": (
        "表.tsv",
        'id\ttext\n1\t"他说""好""。"\n2\t乙\n',
        [("1", '他说"好"。'), ("2", "乙")],
    ),
    "quoted lines": ("表.tsv", 'id\ttext\n1\t"甲\n乙"\n2\t丙\n', [("1", "甲\n乙"), ("2", "丙")]),
    "not quoted": ("表.tsv", 'id\ttext\n1\t"甲"说\n2\t乙"\n', [("1", '"甲"说'), ("2", '乙"')]),
    "marks around rows": ("表.tsv", 'id\ttext\n1\t"甲\n2\t乙"\n', [("1", '"甲'), ("2", '乙"')]),
    # What stands at the ends of files, and where they were joined.
    "an end of DOS": ("表.csv", "id,text\n1,甲\n\x1a", [("1", "甲")]),
    "an end in its row": ("表.csv", 'id,text\n1,"甲"\x1a', [("1", "甲")]),
    "zeros": ("表.csv", "text,id\n甲,1\n\0\0", [("1", "甲")]),
    "zeros in JSON": ("表.jsonl", '{"text": "甲"}\n\0\0\n\x1a', [("1", "甲")]),
    "joined": ("表.csv", "\ufeffid,text\n1,甲\n\ufeffid,text\n2,乙\n", TWO),
    "joined by DOS": (
        "表.csv",
        '"id","text"\n1,甲\n\x1a\ufeff"ID","Text"\n2,乙\n',
        TWO,
    ),
    "joined JSON": (
        "表.jsonl",
        '{"text": "甲"}\n\ufeff{"text": "乙"}\n',
        TWO,
    ),
    "one column joined": ("表.csv", "正文\n甲\n正文\n乙\n", TWO),
    # Excel is told the separator.
    "sep": ("表.csv", "\ufeffsep=,\nid,text\n1,甲\n", [("1", "甲")]),
    "sep in quotes": ("表.csv", '"SEP=,"\nid,text\n1,甲\n', [("1", "甲")]),
    "sep of tabs": ("表.tsv", "sep=\t\nid\ttext\n1\t甲\n", [("1", "甲")]),
    "two cases": ("表.csv", "Text,text\n甲,乙\n", [("1", "乙")]),
}


@pytest.mark.parametrize("case", READ)
def test_tables_as_programs_write_them_are_read(case: str) -> None:
    name, content, rows = READ[case]
    Path(name).write_bytes(content.encode())
    assert rows_of(name) == rows


def test_a_column_is_chosen_by_its_case_if_need_be() -> None:
    columns = {"text": ["甲"], "Text": ["乙"], "ID": [Decimal("7.00")]}
    pq.write_table(pa.table(columns), "表.parquet")
    Path("表.csv").write_text("text,Text,ID\n甲,乙,7\n", encoding="utf-8")
    Path("表.jsonl").write_text('{"text": "甲", "Text": "乙", "ID": 7}', encoding="utf-8")
    for name in ("表.parquet", "表.csv", "表.jsonl"):
        assert rows_of(name) == rows_of(name, "text") == [("7", "甲")]
        assert rows_of(name, "Text") == [("7", "乙")]
        with pytest.raises(StanceclfError, match="several .* are named `TEXT`"):
            read_articles(name, text_column="TEXT")


def test_a_small_parquet_file_does_not_fill_the_memory() -> None:
    table = pa.table({"text": ["开源更便宜。" * 60_000] * 200})
    pq.write_table(table, "大.parquet", compression="zstd")
    pq.write_table(table, "密.parquet", compression="zstd", use_dictionary=False)
    del table
    assert Path("大.parquet").stat().st_size < Path("密.parquet").stat().st_size < 1_000_000
    before = pa.default_memory_pool().bytes_allocated()
    used = [
        pa.default_memory_pool().bytes_allocated() - before for _ in stream_articles("大.parquet")
    ]
    assert len(used) == 200
    assert max(used) < 160 << 20
    with pytest.raises(StanceclfError, match=r"密.parquet: .* bytes that expand to"):
        read_articles("密.parquet")


def test_a_row_of_parquet_is_no_longer_than_any_other() -> None:
    pq.write_table(pa.table({"text": ["开源", "闭源" * 600]}), "长.parquet")
    assert len(read_articles("长.parquet", most=1200)) == 2
    with pytest.raises(StanceclfError, match="长.parquet: row 2: more than 1,199 characters"):
        read_articles("长.parquet", most=1199)


def test_threads_do_not_disturb_one_another(tmp_path: Path) -> None:
    for number in range(4):
        write_csv(tmp_path / f"{number}.csv", ["开源" * 90_000] * 3)
    with ThreadPoolExecutor(4) as pool:
        read = pool.map(read_articles, [tmp_path / f"{number % 4}.csv" for number in range(24)])
        assert {len(articles) for articles in read} == {3}
    assert csv.field_size_limit() == 131_072
    with pytest.raises(StanceclfError, match="0.csv:2: a row of more than 1,000 characters; raise"):
        read_articles(tmp_path / "0.csv", most=1000)


@given(st.lists(st.lists(st.text('甲"\t\n ', max_size=4), min_size=2, max_size=2), max_size=4))
def test_tab_separated_values_survive_a_data_frame(values: list[list[str]]) -> None:
    frame = pd.DataFrame(
        [[str(i), *row] for i, row in enumerate(values)], columns=["id", "text", "x"]
    )
    frame.to_csv("框.tsv", sep="\t", index=False)
    expected = [text for text, _ in values if text.strip()]
    # Where each line has as many values without quotes, the file may as well have none.
    lines = Path("框.tsv").read_text(encoding="utf-8").split("\n")
    sure = len({line.count("\t") for line in lines if line}) > 1 or len(lines) == len(values) + 2
    if expected and sure:
        assert [one.text for one in read_articles("框.tsv")] == expected


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
    "two columns": ("表.csv", b"Text,TEXT\n1,2\n", "several columns are named `text`"),
    "a comma too many": ("表.csv", "id,text\n1,开源\n2,闭,源\n".encode(), "表.csv:3: 3 values"),
    "an open quote": ("表.csv", 'id,text\n1,"开源\n'.encode(), "表.csv:2: not a table: "),
    "no JSON": ("表.jsonl", '{"text": "开源"}\n{开源}\n'.encode(), "表.jsonl:2: not JSON"),
    "no object": ("表.jsonl", b'{"text": "1"}\n\n[1]\n', "表.jsonl:3: must be an object"),
    "no key": ("表.jsonl", b'{"id": 1}\n{"id": 2}\n', "表.jsonl:1: no column is named `text`"),
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
    "a number that is an id": (
        "表.csv",
        "id,text\n2,开源\n,闭源\n".encode(),
        "表.csv:3: rows 1 and 2 are both named 2, by `id` or number",
    ),
    "an id that is a number before it": (
        "表.csv",
        "id,text\n,开源\n1,闭源\n".encode(),
        "表.csv:3: rows 1 and 2 are both named 1, by `id` or number",
    ),
    "a truth as an id": ("表.jsonl", b'{"id": true, "text": "1"}\n', "(is bool)"),
    "an id that lost its digits": (
        "表.jsonl",
        b'{"id": 4.9e18, "text": "1"}\n',
        "row 1: `id` is a float, which is too large to be exact",
    ),
    "an id that rings": ("表.jsonl", b'{"id": "a\\u0007b", "text": "1"}\n', "cannot be shown"),
    "two columns of ids": ("表.csv", b"ID,Id,text\n1,2,3\n", "several columns are named `id`"),
    "a sentence for a header": ("表.csv", "开源便宜。\n闭源贵。\n".encode(), "but is `开源便宜。`"),
    "ids alone": ("表.csv", b"id\n1\n2\n", "no column is named `text`"),
    "another header below": (
        "表.csv",
        "id,text\n1,开源\ntext,id\n闭源,2\n".encode(),
        "表.csv:3: a second header, in another order",
    ),
    "another separator told": ("表.csv", b"sep=;\nid;text\n1;a\n", "are separated by ';'"),
    "a list cut short": ("表.json", b'[{"text": "1"},\n{"text": "2"}', "表.json:2: not JSON"),
    "a list without a comma": ("表.json", b'[{"text": "1"}\n{"text": "2"}]', "表.json:2: not JSON"),
    "a list of numbers": ("表.json", b"[1, 2]", "表.json:1: must be an object"),
    "an empty list": ("表.json", b"[]", "表.json: no row of this table contains text"),
    "a list within": ("表.json", b'{"rows": [{"text": "1"}]}', "in the list `rows`; save that"),
    "a workbook": ("表.csv", b"PK\x03\x04...", "a workbook, a document or an archive; save it as"),
    "an older workbook": ("表.csv", b"\xd0\xcf\x11\xe0...", "a workbook, a document or an archive"),
    "Parquet by another name": ("表.csv", b"PAR1...", "a Parquet table; rename it to .parquet"),
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


def test_a_pipeline_runs_on_a_table(small_project: Path, cli: Cli) -> None:
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


def test_the_pipeline_reads_the_column_that_its_settings_name(project: Path, cli: Cli) -> None:
    articles = read_folder("seeds/articles")
    shutil.rmtree("seeds/articles")
    Path("seeds/articles").mkdir()
    lines = [line for one in articles for line in one.text.splitlines() if line.strip()]
    with Path("seeds/articles/帖.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["微博id", "微博正文"], *enumerate(lines)])
    Path("seeds/speakers.jsonl").unlink()
    place = {"article": "帖.csv#1", "start": 0, "end": len(lines[0]), "text": lines[0]}
    gold = json.dumps(place | {"label": "none"}) + "\n"
    Path("seeds/gold.jsonl").write_text(gold, encoding="utf-8")
    outcome = cli("sentences")
    assert outcome.code == 1
    assert "seeds/articles/帖.csv: no column is named `text`; name the column" in outcome.err
    settings = Path("configs/pipeline.yaml")
    text = settings.read_text(encoding="utf-8")
    named = text.replace("# text_column: content", "text_column: 微博正文", 1)
    settings.write_text(named, encoding="utf-8")
    for command in (
        ["sentences"],
        ["label"],
        ["rules", "check"],
        ["rules", "stats"],
        ["gold", "export", "--what", "labelled"],
    ):
        outcome = cli(*command)
        assert (outcome.code, outcome.err) == (0, ""), command
    table, column = "seeds/articles/帖.csv", ["--text-column", "微博正文"]
    for command in (
        ["text", f"{table}#1"],
        ["explain", "--article", f"{table}#1", "--sentence", "1"],
        ["rules", "apply", table],
        ["predict", table],
    ):
        assert "--text-column" in cli(*command).err
        assert cli(*command, *column).code == 0


@pytest.mark.parametrize("length", [1, 80, 81, 100_000])
def test_a_long_id_hides_no_advice(tmp_path: Path, length: int) -> None:
    path = tmp_path / "帖.csv"
    path.write_text("id,text\n" + f"{'甲' * length},开源好。\n" * 2, encoding="utf-8")
    with pytest.raises(
        StanceclfError, match="have the same `id` 甲+…?; give each its own$"
    ) as caught:
        read_articles(path)
    assert len(str(caught.value)) < 300 + len(str(path))
