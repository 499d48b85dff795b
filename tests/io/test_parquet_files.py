"""Tables are the same however their rows come, and checked when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.io import parquet_files
from stanceclf.io.columns import Columns
from stanceclf.io.parquet_files import arrow_schema, open_dataset, read_dataset, stream_dataset

TYPES = {"text": "string", "start": "int64"}


@given(st.lists(st.integers(0, 9), max_size=8))
def test_a_file_does_not_depend_on_how_its_rows_come(sizes: list[int]) -> None:
    rows = [(f"第{i}句", i) for i in range(sum(sizes))]
    columns: Columns = {"text": [text for text, _ in rows], "start": [start for _, start in rows]}
    with open_dataset(TYPES, "全.parquet") as write:
        write(columns)
    with open_dataset(TYPES, "分.parquet") as write:
        first = 0
        for size in sizes:
            write({name: column[first : first + size] for name, column in columns.items()})
            first += size
    assert Path("全.parquet").read_bytes() == Path("分.parquet").read_bytes()
    pq.write_table(pa.Table.from_pydict(columns, schema=arrow_schema(TYPES)), "直接.parquet")
    assert Path("全.parquet").read_bytes() == Path("直接.parquet").read_bytes()
    assert read_dataset("全.parquet", TYPES, "sentences") == columns


def test_few_rows_are_in_memory_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "ROWS", 3)
    with open_dataset({"start": "int64"}, "表.parquet") as write:
        write({"start": list(range(8))})
    assert pq.read_metadata("表.parquet").num_row_groups == 3
    batches = stream_dataset("表.parquet", {"start": "int64"}, "sentences")
    assert [rows["start"] for rows in batches] == [[0, 1, 2], [3, 4, 5], [6, 7]]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"start": [0]}, "has no column `text`"),
        ({"text": ["开源"], "start": ["0"]}, "column `start` is string, not int64"),
        ({"text": pa.array([None], pa.string()), "start": [0]}, "column `text` has missing values"),
        ({"text": ["开源"], "start": [0], "label": ["pro"]}, "column `label` contains `pro`"),
    ],
)
def test_a_table_that_is_not_as_expected_is_refused(columns: dict[str, Any], message: str) -> None:
    pq.write_table(pa.table(columns), "表.parquet")
    types = TYPES | ({"label": "string"} if "label" in columns else {})
    with pytest.raises(StanceclfError, match=f"表.parquet: {message}.*; make it with `stanceclf"):
        read_dataset("表.parquet", types, "sentences", nullable={"start"})


def test_other_files_are_refused() -> None:
    with pytest.raises(
        StanceclfError, match="无.parquet: no such file; make it with `stanceclf x`"
    ):
        read_dataset("无.parquet", TYPES, "x")
    Path("坏.parquet").write_bytes(b"PAR1")
    with pytest.raises(StanceclfError, match=r"坏.parquet: not Parquet \(ArrowInvalid\)"):
        read_dataset("坏.parquet", TYPES, "x")
    table = pa.table([[1], [2], ["开源"]], names=["start", "start", "text"])
    pq.write_table(table, "重.parquet")
    with pytest.raises(StanceclfError, match="重.parquet: has 2 columns `start`"):
        read_dataset("重.parquet", TYPES, "x")
