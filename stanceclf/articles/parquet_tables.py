"""Parquet tables, read from any of their rows on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stanceclf.articles.tables import (
    Position,
    Record,
    Row,
    Table,
    find_columns,
    find_named,
    named_rows,
)
from stanceclf.errors import StanceclfError, missing_extra

# Rows that are read at once.
_ROWS = 1024


class ParquetTable(Table):
    """A Parquet file.

    Examples
    --------
    >>> import io
    >>> import pyarrow as pa
    >>> from pyarrow import parquet
    >>> file = io.BytesIO()
    >>> parquet.write_table(pa.table({"text": ["开源便宜", None, "闭源贵"]}), file)
    >>> list(ParquetTable(file, "帖子.parquet").rows(Position(number=1)))
    [('3', '闭源贵')]
    """

    def rows(self, start: Position | None = None) -> Generator[tuple[str, str]]:
        """Yield rows, as `Table.rows` says."""
        self._number = 0 if start is None else start.number
        with self._open() as file:
            names = file.schema_arrow.names
            text, own = find_columns(names, self.path, text_column=self.text_column)
            rows = self._read(file, names[text], None if own is None else names[own])
            yield from named_rows(rows, own is not None, self.path)

    def records(self, names: Sequence[str], optional: Sequence[str]) -> Generator[Record]:
        """Yield rows, as `Table.records` says."""
        with self._open() as file:
            columns = file.schema_arrow.names
            at = find_named(columns, names, optional, self.path)
            own = {name: columns[index] for name, index in at.items()}
            number = 0
            for batch in file.iter_batches(_ROWS, columns=list(own.values())):
                values = [batch.column(name).to_pylist() for name in own.values()]
                for row in zip(*values, strict=True):
                    number += 1
                    yield number, None, dict(zip(own, row, strict=True))

    @contextmanager
    def _open(self) -> Iterator[Any]:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ModuleNotFoundError:
            raise StanceclfError(missing_extra("pyarrow", "report").what, path=self.path) from None
        self.file.seek(0)
        try:
            # Without buffering ahead, which would keep all of a row group in memory, and twice.
            yield parquet.ParquetFile(self.file, pre_buffer=False, buffer_size=1 << 20)
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.strerror:
                raise StanceclfError(f"cannot read it: {error.strerror}", path=self.path) from None
            reason = (str(error).splitlines() or [""])[0]
            raise StanceclfError(f"cannot read it as Parquet: {reason}", path=self.path) from None

    def place(self) -> Position:
        """Return the place after the row that was yielded last."""
        return Position(number=self._number)

    def _read(self, file: Any, text: str, own: str | None) -> Iterator[Row]:  # noqa: ANN401
        groups, skipped = list(range(file.num_row_groups)), self._number
        while groups and (size := file.metadata.row_group(groups[0]).num_rows) <= skipped:
            skipped -= size
            del groups[0]
        columns = [text] if own is None else [text, own]
        for batch in file.iter_batches(_ROWS, row_groups=groups, columns=columns):
            begin = min(skipped, len(batch))
            skipped -= begin
            rows = batch.slice(begin)
            texts = rows.column(text).to_pylist()
            ids = [None] * len(texts) if own is None else rows.column(own).to_pylist()
            for one, value in zip(ids, texts, strict=True):
                self._number += 1
                yield self._number, None, one, value
