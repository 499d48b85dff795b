"""Predictions as a Parquet file, a row a sentence: what pandas, DuckDB and `datasets` read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from stanceclf.errors import missing_extra
from stanceclf.io import open_file
from stanceclf.labels import READING_ORDER

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from stanceclf.prediction.rows import Prediction

# So many rows are held in memory and make a row group; readers can skip those they do not need.
_ROWS = 2**14


def write_parquet(
    predictions: Iterable[Prediction], file: BinaryIO, *, votes: bool = False
) -> None:
    """Write predictions as a Parquet file that is a Hugging Face dataset as well.

    The columns are ``article``, ``start``, ``end``, ``text``, ``stance``, ``p_favor``,
    ``p_against``, ``p_none``, ``speaker`` and ``voice``; what is not known is null. The votes of
    rules are a list of structs of ``rule`` and ``label``: readers know their types and unnest
    them, where JSON would have to be parsed once more.

    Parameters
    ----------
    predictions : iterable of Prediction
        The rows, in order; so many as make a row group are held in memory.
    file : binary file
        What to write to; it need not be one that can be sought in.
    votes : bool, default False
        Whether these are what rules alone say: there is a column ``votes`` then.

    Raises
    ------
    StanceclfError
        pyarrow is not installed.

    Examples
    --------
    >>> import io
    >>> from pyarrow import parquet
    >>> from stanceclf.prediction.rows import Prediction
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
    schema = _schema(votes=votes)
    with parquet.ParquetWriter(file, schema) as writer:
        for batch in _batches(predictions, schema):
            writer.write_batch(batch)


def to_frame(predictions: Iterable[Prediction]) -> pd.DataFrame:
    """Return predictions as a table of pandas, with the columns of `write_parquet`.

    Parameters
    ----------
    predictions : iterable of Prediction
        The rows, in order.
    """
    import pyarrow as pa

    schema = _schema()
    return pa.Table.from_batches(_batches(predictions, schema), schema).to_pandas()


def _schema(*, votes: bool = False) -> pa.Schema:
    from stanceclf.io import (
        PROBABILITY_COLUMNS,
        SENTENCE_COLUMNS,
        SPEAKER_COLUMNS,
        VOTES_COLUMN,
        arrow_schema,
    )

    types = SENTENCE_COLUMNS | {"stance": "string"} | PROBABILITY_COLUMNS | SPEAKER_COLUMNS
    return arrow_schema(types | VOTES_COLUMN if votes else types)


def _batches(predictions: Iterable[Prediction], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    rest = iter(predictions)
    while rows := [_row(one) for one in islice(rest, _ROWS)]:
        yield pa.RecordBatch.from_pylist(rows, schema=schema)


def _row(one: Prediction) -> dict[str, Any]:
    """Return a prediction as a row; what the schema does not have is left out in writing."""
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
        "votes": [{"rule": rule, "label": label} for rule, label in (one.votes or {}).items()],
    }


def _text(text: str) -> str:
    """Return text with what is none (half of a surrogate pair in a file's name) escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def join_parquet(paths: Iterable[str], file: BinaryIO) -> None:
    """Write Parquet files of predictions as one, a row group at a time.

    Parameters
    ----------
    paths : iterable of str
        The files, in order; or URLs.
    file : binary file
        What to write to.
    """
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
