"""Datasets: the tables that stages hand on, as Hugging Face datasets in Parquet files.

They are written by pyarrow: the library `datasets` takes over a second to import, and what makes a
Parquet file one of its datasets is a note of the columns' types.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from stanceclf.errors import StanceclfError
from stanceclf.io.files import atomic_write
from stanceclf.labels import READING_ORDER, STANCES

#: Columns by their names, equally long; None for a missing value.
Columns = dict[str, list[Any]]
_T = TypeVar("_T")
#: So many rows are held at once, and written as one row group.
ROWS = 1 << 16
#: The type of a column: the name that `datasets.Value` knows it by; in brackets, that of a list of
#: such fields.
ColumnType = str | list[dict[str, str]]

# The columns that hold stances.
_STANCES = {"label", "stance", "weak_label"}

#: Sentences: where they stand and what they say. Here and below, columns and their types.
SENTENCE_COLUMNS = {"article": "string", "start": "int64", "end": "int64", "text": "string"}
#: Who says them; ``speaker`` is null where the article itself does.
SPEAKER_COLUMNS = {"speaker": "string", "voice": "string"}
#: How probable each stance is.
PROBABILITY_COLUMNS = {f"p_{stance}": "float64" for stance in READING_ORDER}
#: Before each rule's name in the name of the column of its votes.
VOTE = "vote:"
#: The votes on a sentence in one column, where they are given away: rules differ, columns do not.
VOTES_COLUMN: dict[str, ColumnType] = {"votes": [{"rule": "string", "label": "string"}]}
#: What weak labels add to sentences and votes; null where the rules abstain or none votes.
LABEL_COLUMNS = {"weak_label": "string"} | PROBABILITY_COLUMNS
#: Held-out predictions; ``reference`` says what ``label`` is, a ``weak`` or a ``gold`` one.
HELD_OUT_COLUMNS = (
    {"reference": "string"}
    | SENTENCE_COLUMNS
    | {"label": "string", "stance": "string"}
    | PROBABILITY_COLUMNS
)


def write_dataset(
    columns: Mapping[str, Sequence[Any]], types: Mapping[str, str], path: str | PathLike[str]
) -> None:
    """Write columns as a dataset, whole or not at all.

    Parameters
    ----------
    columns : mapping of str to sequence
        The columns, equally long; None for a missing value.
    types : mapping of str to str
        The type of each column, by the name that `datasets.Value` knows it by.
    path : path-like
        The Parquet file.

    Raises
    ------
    StanceclfError
        The file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "句子.parquet")
    >>> write_dataset({"text": ["开源更便宜。"]}, {"text": "string"}, path)
    >>> read_dataset(path, {"text": "string"}, "sentences")
    {'text': ['开源更便宜。']}
    """
    with open_dataset({name: types[name] for name in columns}, path) as write:
        write(columns)


@contextmanager
def open_dataset(
    types: Mapping[str, str], path: str | PathLike[str]
) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    """Write a dataset some rows at a time, whole or not at all.

    Parameters
    ----------
    types : mapping of str to str
        The columns and their types, by the names that `datasets.Value` knows them by.
    path : path-like
        The Parquet file.

    Yields
    ------
    callable
        Writes columns, equally long. However many rows come at a time, the file is the same.

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
    schema = schema_of(types)
    held: Columns = {name: [] for name in types}
    with atomic_write(path) as file, pq.ParquetWriter(file, schema) as writer:

        def flush(rows: int) -> None:
            writer.write_table(
                pa.Table.from_pydict({name: held[name][:rows] for name in held}, schema=schema)
            )
            for column in held.values():
                del column[:rows]

        def write(columns: Mapping[str, Sequence[Any]]) -> None:
            for name, column in held.items():
                column += columns[name]
            while len(next(iter(held.values()))) > ROWS:
                flush(ROWS)

        yield write
        flush(ROWS)  # what is left, which may be nothing of nothing


def in_rows(items: Iterable[_T], rows: int | None = None) -> Iterator[list[_T]]:
    """Yield items in lists of so many, by default `ROWS`; the last one may be shorter.

    Examples
    --------
    >>> list(in_rows("开源更便宜", 2))
    [['开', '源'], ['更', '便'], ['宜']]
    """
    left = iter(items)
    while held := list(islice(left, rows or ROWS)):
        yield held


def schema_of(types: Mapping[str, ColumnType]) -> pa.Schema:
    """Return the schema of columns, with the note by which `datasets` knows their types.

    Parameters
    ----------
    types : mapping of str to column type
        The columns, in order.

    Examples
    --------
    >>> schema_of({"文": "string"} | VOTES_COLUMN).field("votes").type
    ListType(list<item: struct<rule: string, label: string>>)
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
    """Read columns of a dataset.

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
        The file is missing or not Parquet, or a column is missing or holds something else.
    """
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
    """Yield columns of a dataset as `read_dataset` reads them, at most `ROWS` rows at a time.

    Parameters
    ----------
    path, types, made_by, nullable
        As those of `read_dataset`.

    Raises
    ------
    StanceclfError
        As `read_dataset`, but what is wrong with some rows not before these.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "句子.parquet")
    >>> write_dataset({"text": ["开源更便宜。"]}, {"text": "string"}, path)
    >>> list(stream_dataset(path, {"text": "string"}, "sentences"))
    [{'text': ['开源更便宜。']}]
    """
    mend = f"`stanceclf {made_by}` makes such a file"
    if not os.path.isfile(path):  # noqa: PTH113  (False, not an error, for an impossible name)
        raise StanceclfError(f"no such file; {mend}", path=path)
    try:
        # An open file, for a name like s3:x would be taken for a URL.
        with Path(path).open("rb") as file:
            parquet = pq.ParquetFile(file)
            _check_schema(parquet.schema_arrow, types, path, mend)
            for batch in parquet.iter_batches(ROWS, columns=list(types)):
                yield _checked(batch, types, nullable, path, mend)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StanceclfError(f"not Parquet ({type(error).__name__}); {mend}", path=path) from None


def _check_schema(
    schema: pa.Schema, types: Mapping[str, str], path: str | PathLike[str], mend: str
) -> None:
    for name, kind in types.items():
        if (many := schema.names.count(name)) != 1:
            said = f"has {many} columns" if many else "has no column"
            raise StanceclfError(f"{said} `{name}`; {mend}", path=path)
        if (found := schema.field(name).type) != pa.type_for_alias(kind):
            raise StanceclfError(f"column `{name}` is {found}, not {kind}; {mend}", path=path)


def _checked(
    batch: pa.RecordBatch,
    types: Mapping[str, str],
    nullable: Collection[str],
    path: str | PathLike[str],
    mend: str,
) -> Columns:
    columns: Columns = {}
    for name in types:
        column = batch.column(name)
        if column.null_count and name not in nullable:
            raise StanceclfError(f"column `{name}` has missing values; {mend}", path=path)
        try:
            columns[name] = column.to_pylist()
        except ValueError:
            raise StanceclfError(f"column `{name}` is damaged; {mend}", path=path) from None
        if name in _STANCES and (other := set(columns[name]) - {*STANCES, None}):
            raise StanceclfError(
                f"column `{name}` holds `{min(other)}`, which is no stance; {mend}", path=path
            )
    return columns
