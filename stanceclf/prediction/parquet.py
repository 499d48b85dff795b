"""Predictions as a Parquet file, one row per sentence, for pandas, DuckDB and `datasets`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from stanceclf.errors import missing_extra
from stanceclf.io import (
    PROBABILITY_COLUMNS,
    SENTENCE_COLUMNS,
    SPEAKER_COLUMNS,
    batched,
    open_file,
)
from stanceclf.labels import READING_ORDER
from stanceclf.prediction.rows import Prediction

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Rows in memory, and in a row group: readers can skip groups that they do not need.
_ROWS = 2**14


def write_parquet(predictions: Iterable[Prediction], file: BinaryIO) -> None:
    """Write predictions as a Parquet file that is also a Hugging Face dataset.

    The columns are ``article``, ``start``, ``end``, ``text``, ``stance``, ``p_favor``,
    ``p_against``, ``p_none``, ``speaker`` and ``voice``; unknown values are null. Rows are
    written as they come, to any binary file; it need not be seekable.

    Raises
    ------
    StanceclfError
        pyarrow is not installed.

    Examples
    --------
    >>> import io
    >>> from pyarrow import parquet
    >>> row = Prediction("一.txt", 0, 6, "开源更便宜。", "favor", {"favor": 0.8, "against": 0.2})
    >>> file = io.BytesIO()
    >>> write_parquet([row], file)
    >>> parquet.read_table(file).select(["text", "stance", "p_favor", "speaker"]).to_pylist()
    [{'text': '开源更便宜。', 'stance': 'favor', 'p_favor': 0.8, 'speaker': None}]
    """
    try:
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise missing_extra(error.name or "pyarrow", "report") from None
    schema = _schema()
    with parquet.ParquetWriter(file, schema) as writer:
        for batch in _record_batches(predictions, schema):
            writer.write_batch(batch)


def to_frame(predictions: Iterable[Prediction]) -> pd.DataFrame:
    """Return predictions as a pandas table with the columns of `write_parquet`."""
    import pyarrow as pa

    schema = _schema()
    return pa.Table.from_batches(_record_batches(predictions, schema), schema).to_pandas()


def _schema() -> pa.Schema:
    from stanceclf.io import arrow_schema

    return arrow_schema(
        SENTENCE_COLUMNS | {"stance": "string"} | PROBABILITY_COLUMNS | SPEAKER_COLUMNS
    )


def _record_batches(
    predictions: Iterable[Prediction], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for rows in batched(predictions, _ROWS):
        yield pa.RecordBatch.from_pylist([_row(one) for one in rows], schema=schema)


def _row(one: Prediction) -> dict[str, Any]:
    shares = one.probabilities or {}
    return {
        "article": _text(one.article),
        "start": one.start,
        "end": one.end,
        "text": _text(one.text),
        "stance": one.stance,
        **{f"p_{stance}": shares.get(stance) for stance in READING_ORDER},
        "speaker": None if one.speaker is None else _text(one.speaker),
        "voice": one.voice,
    }


def _text(text: str) -> str:
    """Return text with lone surrogates escaped, as in names of files that are not UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def join_parquet(paths: Iterable[str], file: BinaryIO) -> None:
    """Write Parquet files of predictions, or URLs of them, as one, a row group at a time."""
    from pyarrow import parquet

    writer = None
    try:
        for path in paths:
            with open_file(path) as one:
                part = parquet.ParquetFile(one)
                if writer is None:
                    writer = parquet.ParquetWriter(file, part.schema_arrow)
                for group in range(part.num_row_groups):
                    writer.write_table(part.read_row_group(group))
    finally:
        if writer is not None:
            writer.close()
