"""Parquet files that are Hugging Face datasets as well: the tables that stages hand on.

pyarrow writes them: the library `datasets` takes over a second to import, and all that makes a
Parquet file one of its datasets is a note of the columns' types.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stanceclf.errors import StanceclfError
from stanceclf.io.columns import STANCE_COLUMNS, Columns, ColumnType
from stanceclf.io.files import atomic_write
from stanceclf.labels import STANCES

#: Rows in memory at once, and in a row group.
ROWS = 1 << 16


@contextmanager
def open_dataset(
    types: Mapping[str, str], path: str | PathLike[str]
) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    """Open a dataset that is written whole or not at all; yield a function that adds rows to it.

    The function takes columns of equal length. However many rows come at a time, the file is the
    same.

    Raises
    ------
    StanceclfError
        The file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "句子.parquet")
    >>> with open_dataset({"text": "string"}, path) as write:
    ...     write({"text": ["开源更便宜。"]})
    ...     write({"text": ["闭源更贵。"]})
    >>> read_dataset(path, {"text": "string"}, "sentences")
    {'text': ['开源更便宜。', '闭源更贵。']}
    """
    schema = arrow_schema(types)
    held: Columns = {name: [] for name in types}
    with atomic_write(path) as file, pq.ParquetWriter(file, schema) as writer:

        def flush() -> None:
            rows = {name: column[:ROWS] for name, column in held.items()}
            writer.write_table(pa.Table.from_pydict(rows, schema=schema))
            for column in held.values():
                del column[:ROWS]

        def write(columns: Mapping[str, Sequence[Any]]) -> None:
            for name, column in held.items():
                column += columns[name]
            while len(next(iter(held.values()))) > ROWS:
                flush()

        yield write
        flush()  # An empty table still gets a row group.


def arrow_schema(types: Mapping[str, ColumnType]) -> pa.Schema:
    """Return the Arrow schema of columns, with the note from which `datasets` reads their types.

    Examples
    --------
    >>> arrow_schema({"文": "string", "票": [{"rule": "string"}]}).field("票").type
    ListType(list<item: struct<rule: string>>)
    """
    features = {name: _feature(kind) for name, kind in types.items()}
    return pa.schema(
        [(name, _arrow_type(kind)) for name, kind in types.items()],
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )


def _feature(kind: ColumnType) -> Any:  # noqa: ANN401
    if isinstance(kind, str):
        return {"dtype": kind, "_type": "Value"}
    return [{name: _feature(own) for name, own in fields.items()} for fields in kind]


def _arrow_type(kind: ColumnType) -> pa.DataType:
    if isinstance(kind, str):
        return pa.type_for_alias(kind)
    (fields,) = kind
    return pa.list_(pa.struct([(name, _arrow_type(own)) for name, own in fields.items()]))


def read_dataset(
    path: str | PathLike[str],
    types: Mapping[str, str],
    made_by: str,
    *,
    nullable: Collection[str] = (),
) -> Columns:
    """Read columns of a dataset, checked as by `stream_dataset`."""
    columns: Columns = {name: [] for name in types}
    for rows in stream_dataset(path, types, made_by, nullable=nullable):
        for name, values in rows.items():
            columns[name] += values
    return columns


def stream_dataset(
    path: str | PathLike[str],
    types: Mapping[str, str],
    made_by: str,
    *,
    nullable: Collection[str] = (),
) -> Iterator[Columns]:
    """Yield columns of a dataset, at most `ROWS` rows at a time.

    Parameters
    ----------
    path : path-like
        The Parquet file.
    types : mapping of str to str
        The columns that it must have, and their types.
    made_by : str
        The stage that makes such a file, for the error.
    nullable : collection of str, optional
        The columns in which values may be missing.

    Raises
    ------
    StanceclfError
        The file is missing or not Parquet, or a column is missing or has other values. Rows before
        the first bad one have been yielded.
    """

    def wrong(fault: str) -> StanceclfError:
        return StanceclfError(f"{fault}; make it with `stanceclf {made_by}`", path=path)

    if not os.path.isfile(path):  # noqa: PTH113  (False, not an error, for an impossible name)
        raise wrong("no such file")
    try:
        # An open file: pyarrow would take a name like s3:x for a URL.
        with Path(path).open("rb") as file:
            parquet = pq.ParquetFile(file)
            for name, kind in types.items():
                if (many := parquet.schema_arrow.names.count(name)) != 1:
                    raise wrong(f"has {many or 'no'} column{'s' * (many > 1)} `{name}`")
                if (found := parquet.schema_arrow.field(name).type) != pa.type_for_alias(kind):
                    raise wrong(f"column `{name}` is {found}, not {kind}")
            for batch in parquet.iter_batches(ROWS, columns=list(types)):
                yield {name: _values(batch, name, name in nullable, wrong) for name in types}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise wrong(f"not Parquet ({type(error).__name__})") from None


def _values(
    batch: pa.RecordBatch, name: str, nullable: bool, wrong: Callable[[str], StanceclfError]
) -> list[Any]:
    column = batch.column(name)
    if column.null_count and not nullable:
        raise wrong(f"column `{name}` has missing values")
    try:
        values: list[Any] = column.to_pylist()
    except ValueError:
        raise wrong(f"column `{name}` is damaged") from None
    if name in STANCE_COLUMNS and (other := set(values) - {*STANCES, None}):
        raise wrong(f"column `{name}` contains `{min(other)}`, which is not a stance")
    return values
