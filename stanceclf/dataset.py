"""Datasets: the tables that stages hand on, as Hugging Face datasets in Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write
from stanceclf.labels import READING_ORDER

Columns = dict[str, list[Any]]

_PROBABILITIES = {f"p_{stance}": "float64" for stance in READING_ORDER}

#: Sentences: where they stand and what they say. Here and below, columns and their types.
SENTENCE_COLUMNS = {"article": "string", "start": "int64", "end": "int64", "text": "string"}
#: Before each rule's name in the name of the column of its votes.
VOTE = "vote:"
#: What weak labels add to sentences and votes; null where the rules abstain or none votes.
LABEL_COLUMNS = {"weak_label": "string"} | _PROBABILITIES
#: Held-out predictions; ``reference`` says what ``label`` is, a ``weak`` or a ``gold`` one.
HELD_OUT_COLUMNS = (
    {"reference": "string"}
    | SENTENCE_COLUMNS
    | {"label": "string", "stance": "string"}
    | _PROBABILITIES
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
    """
    import datasets

    features = datasets.Features({name: datasets.Value(types[name]) for name in columns})
    dataset = datasets.Dataset.from_dict(dict(columns), features=features)
    shown = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        with atomic_write(path) as file:
            dataset.to_parquet(file)
    finally:
        if not shown:
            datasets.enable_progress_bars()


def read_dataset(path: str | PathLike[str], columns: Iterable[str], made_by: str) -> Columns:
    """Read columns of a dataset.

    Parameters
    ----------
    path : path-like
        The Parquet file.
    columns : iterable of str
        The columns that it must have.
    made_by : str
        The stage that makes such a file, for the error.

    Raises
    ------
    StanceclfError
        The file is missing, is not Parquet, or lacks a column.
    """
    if not Path(path).is_file():
        raise StanceclfError(f"no such file; `stanceclf {made_by}` makes it", path=path)
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StanceclfError(
            f"not a Parquet file ({type(error).__name__}); `stanceclf {made_by}` makes it",
            path=path,
        ) from None
    if lacking := [name for name in columns if name not in table.column_names]:
        raise StanceclfError(
            f"has no column `{lacking[0]}`; `stanceclf {made_by}` makes such a file", path=path
        )
    return {name: table.column(name).to_pylist() for name in columns}
