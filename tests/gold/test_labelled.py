"""Labelled sentences come from gold labels and from tables; bad ones are reported with the line."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence, write_gold
from stanceclf.gold.labelled import read_labelled
from stanceclf.labels import STANCES

CHEAP = GoldSentence("一.txt", 0, 6, "开源更便宜。", "favor")


def write(path: str, text: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return Path(path)


@pytest.mark.parametrize("articles", ["数据/articles", "数据"])
@pytest.mark.parametrize("named", ["数据", "数据/gold.jsonl"])
def test_gold_labels_have_their_articles_beside_them(articles: str, named: str) -> None:
    write(f"{articles}/一.txt", "开源更便宜。")
    write_gold("数据/gold.jsonl", [CHEAP])
    found = read_labelled(named)
    assert (found.sentences, found.articles) == ([CHEAP], ["一.txt"])


ROWS = [("开源更便宜。", "favor", "甲"), ("闭源,更好。", "against", "乙"), ("下雨。", "none", "甲")]


def write_table(path: Path, columns: tuple[str, ...]) -> None:
    keys = ("text", "label", "article")
    rows = [dict(zip(keys, row, strict=True)) for row in ROWS]
    kept = [{name: row[name.lower()] for name in columns} for row in rows]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(kept), path)
    elif path.suffix == ".jsonl":
        write(str(path), "".join(json.dumps(row) + "\n\n" for row in kept))
    else:
        comma = "\t" if path.suffix == ".tsv" else ","
        quote = "" if path.suffix == ".tsv" else '"'
        lines = [columns, *(tuple(row.values()) for row in kept)]
        text = "".join(comma.join(f"{quote}{c}{quote}" for c in line) + "\n" for line in lines)
        write(str(path), text)


@pytest.mark.parametrize("name", ["标.csv", "标.TSV", "标.tsv", "标.jsonl", "标.parquet"])
def test_a_row_of_a_table_is_a_sentence(name: str) -> None:
    path = Path(name)
    write_table(path.with_suffix(path.suffix.lower()), ("Label", "text"))
    path.with_suffix(path.suffix.lower()).rename(path)
    found = read_labelled(path)
    assert [(one.text, one.label) for one in found.sentences] == [row[:2] for row in ROWS]
    assert [one.article for one in found.sentences] == [f"{name}#{n}" for n in (1, 2, 3)]
    assert found.articles == [f"{name}#{n}" for n in (1, 2, 3)]
    assert {(one.start, one.end - len(one.text)) for one in found.sentences} == {(0, 0)}


@pytest.mark.parametrize("name", ["标.csv", "标.tsv", "标.jsonl", "标.parquet"])
def test_rows_may_be_of_one_article(name: str) -> None:
    write_table(Path(name), ("article", "text", "label"))
    found = read_labelled(name)
    assert found.articles == ["甲", "乙", "甲"]
    assert found.sentences[2].article == f"{name}#3"


def test_a_table_may_come_from_a_spreadsheet() -> None:
    for encoding in ("utf-8-sig", "gbk", "utf-16"):
        text = "\r\n".join(["text,label,id", "开源模型比闭源模型便宜得多。, favor ,A7", ",,", ""])
        Path("标.csv").write_bytes(text.encode(encoding))
        (own,) = read_labelled("标.csv").sentences
        assert (own.text, own.label) == ("开源模型比闭源模型便宜得多。", "favor")
        assert own.article == "标.csv#A7"


def test_predictions_with_labels_added_are_a_table() -> None:
    header = "article,start,end,text,stance,p_favor,label\n"
    write("测.csv", header + "一.txt,0,6,开源更便宜。,none,0.1,favor\n")
    found = read_labelled("测.csv")
    assert ([one.label for one in found.sentences], found.articles) == (["favor"], ["一.txt"])


GOLD = {"article": "一.txt", "start": 0, "end": 6, "text": "开源更便宜。", "label": "favor"}

BAD = {
    "nothing here": ("无.csv", None, "无.csv: no such file or folder"),
    "a folder without gold": ("空/x.txt", "", "空: no gold.jsonl in this folder; add it"),
    "another kind of file": ("标.txt", "开源", "标.txt: neither gold labels nor a table; give a"),
    "an empty table": ("标.csv", "", "标.csv: no column is named `text`"),
    "no rows": ("标.csv", "text,label\n", "标.csv: no labelled sentence in it"),
    "an empty file": ("标.jsonl", "\n", "标.jsonl: no labelled sentence in it"),
    "no column of labels": (
        "标.csv",
        "text,标签\n开源,favor\n",
        "标.csv: no column is named `label`; rename the right one (columns: text, 标签)",
    ),
    "two columns of labels": (
        "标.csv",
        "text,LABEL,Label\n开源,favor,none\n",
        "标.csv: several columns are named `label`",
    ),
    "semicolons": ("标.csv", "text;label\n开源;favor\n", "标.csv: its values are separated by ';'"),
    "an unknown label": (
        "标.csv",
        "text,label\n开源,favor\n闭源,支持\n",
        "标.csv:3: unknown label `支持`; known: favor, against, none",
    ),
    "a label that is a number": (
        "标.jsonl",
        '{"text": "开源", "label": 1}\n',
        "标.jsonl:1: unknown label `1`; known: favor, against, none",
    ),
    "a label that is missing": (
        "标.jsonl",
        '{"text": "开源", "label": "none"}\n{"text": "闭源"}\n',
        "标.jsonl:2: `label` is missing; every row needs one",
    ),
    "a label that is empty": (
        "标.tsv",
        "text\tlabel\n开源\t\n",
        "标.tsv:2: `label` is empty; fill it in (favor, against, none), or remove the row",
    ),
    "a text that is empty": (
        "标.csv",
        'text,label\n"\n",favor\n',
        "标.csv:3: `text` is empty or not text; fill it in, or remove the row",
    ),
    "half of a surrogate pair": (
        "标.jsonl",
        '{"text": "\\ud800", "label": "none"}',
        "标.jsonl:1: `text` contains half of a surrogate pair",
    ),
    "an article that is empty": (
        "标.csv",
        "text,label,article\n开源,favor,甲\n闭源,none, \n",
        "标.csv:3: `article` is empty; fill it in, or leave the column out",
    ),
    "an article that is missing": (
        "标.jsonl",
        '{"text": "开源", "label": "none"}\n{"text": "贵", "label": "none", "article": "甲"}',
        "标.jsonl:2: `article` is missing here; give every row one, or none",
    ),
    "a comma that is not quoted": (
        "标.csv",
        "text,label\n开源,便宜,favor\n",
        "标.csv:2: 3 values where the header has 2; quote values that contain `,`",
    ),
    "not JSON": ("标.jsonl", "{", "标.jsonl:1: not JSON"),
    "gold whose article is missing": (
        "gold.jsonl",
        json.dumps(GOLD),
        "gold.jsonl:1: its article: 一.txt: cannot read it",
    ),
    "gold with another label": (
        "一/gold.jsonl",
        json.dumps(GOLD | {"label": "pro"}),
        "一/gold.jsonl:1: unknown label `pro`; known: favor, against, none",
    ),
    "gold without a label": (
        "一/gold.jsonl",
        json.dumps({key: value for key, value in GOLD.items() if key != "label"}),
        "一/gold.jsonl:1: `label` is missing or not of type str",
    ),
    "gold of another text": (
        "一/gold.jsonl",
        json.dumps(GOLD | {"end": 5}),
        "一/gold.jsonl:1: `一.txt` does not contain this text at 0:5",
    ),
}


@pytest.mark.parametrize(("name", "text", "said"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_in_one_line(name: str, text: str | None, said: str) -> None:
    write("一/articles/一.txt", "开源更便宜。")
    if text is not None:
        write(name, text)
    path = Path(name).parent if name.startswith("空") else name
    with pytest.raises(StanceclfError, match="^" + re.escape(said)) as caught:
        read_labelled(path)
    assert "\n" not in str(caught.value)


def test_a_parquet_table_names_the_row() -> None:
    pq.write_table(
        pa.table({"text": ["开源", None, "闭源"], "label": ["none", None, "?"]}), "标.parquet"
    )
    with pytest.raises(StanceclfError, match=r"^标.parquet: row 3: unknown label `\?`"):
        read_labelled("标.parquet")
    write("坏.parquet", "x")
    with pytest.raises(StanceclfError, match="^坏.parquet: cannot read it as Parquet"):
        read_labelled("坏.parquet")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(CELLS, st.sampled_from(STANCES), CELLS), min_size=1, max_size=5))
def test_any_text_survives_a_table(rows: list[tuple[str, str, str]]) -> None:
    kept = [row for row in rows if row[0].strip() and row[2].strip()]
    if not kept:
        return
    keys = ("text", "label", "article")
    lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in kept]
    Path("任.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = read_labelled("任.jsonl")
    assert [(one.text, one.label) for one in found.sentences] == [row[:2] for row in kept]
    assert found.articles == [" ".join(row[2].split()) for row in kept]


@given(st.one_of(st.binary(max_size=60), st.text('{}[]":,textlabel开favor0\n', max_size=60)))
def test_anything_else_is_refused(data: bytes | str) -> None:
    for name in ("任.jsonl", "任.csv", "任.tsv"):
        Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
        with suppress(StanceclfError):
            assert read_labelled(name).sentences
