"""Parquet tables, read from any of their rows on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stanceclf.articles.tables.base import (
    Position,
    Record,
    Row,
    Table,
    find_columns,
    find_named,
    named_rows,
)
from stanceclf.errors import StanceclfError, missing_extra

# Rows that are decoded at once, and about how many bytes of them.
_ROWS, _BYTES = 1024, 64 << 20
# Buffering ahead would keep all of a row group in memory, and twice.
_UNBUFFERED: dict[str, Any] = {"pre_buffer": False, "buffer_size": 1 << 20}
# How many times larger honest texts get when they are unpacked.
_PACKED = 100


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
            rows = self._rows(file, names[text], None if own is None else names[own])
            yield from named_rows(rows, self.path)

    def records(self, names: Sequence[str], optional: Sequence[str]) -> Generator[Record]:
        """Yield rows, as `Table.records` says."""
        self._number = 0
        with self._open() as file:
            columns = file.schema_arrow.names
            at = find_named(columns, names, optional, self.path)
            for row in self._read(file, [columns[index] for index in at.values()]):
                yield self._number, None, dict(zip(at, row, strict=True))

    @contextmanager
    def _open(self) -> Iterator[Any]:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ModuleNotFoundError as error:
            missing = missing_extra(error.name or "pyarrow", "report")
            raise StanceclfError(missing.what, path=self.path) from None

        self.file.seek(0)
        try:
            yield parquet.ParquetFile(self.file, **_UNBUFFERED)
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.strerror:
                raise StanceclfError(f"cannot read it: {error.strerror}", path=self.path) from None
            reason = (str(error).splitlines() or [""])[0]
            raise StanceclfError(f"cannot read it as Parquet: {reason}", path=self.path) from None

    def place(self) -> Position:
        """Return the place after the row that was yielded last."""
        return Position(number=self._number)

    def _rows(self, file: Any, text: str, own: str | None) -> Iterator[Row]:  # noqa: ANN401
        for row in self._read(file, [text] if own is None else [text, own]):
            yield self._number, None, None if own is None else row[1], row[0]

    def _read(self, file: Any, columns: list[str]) -> Iterator[tuple[object, ...]]:  # noqa: ANN401
        """Yield the values of some columns, of the rows behind the first `_number`."""
        groups, skipped = list(range(file.num_row_groups)), self._number
        while groups and (size := file.metadata.row_group(groups[0]).num_rows) <= skipped:
            skipped -= size
            del groups[0]
        many = self._rows_at_once(file, columns, groups)
        for batch in file.iter_batches(many, row_groups=groups, columns=columns):
            values = [batch.column(name) for name in columns]
            begin = min(skipped, len(batch))
            skipped -= begin
            for index in range(begin, len(batch)):
                self._number += 1
                row = tuple(column[index].as_py() for column in values)
                if any(isinstance(value, str) and len(value) > self.longest for value in row):
                    what = f"row {self._number}: more than {self.longest:,} characters"
                    raise StanceclfError(f"{what}; raise --max-file", path=self.path)
                yield row

    def _rows_at_once(self, file: Any, columns: list[str], groups: list[int]) -> int:  # noqa: ANN401
        """Return how many rows may be decoded together.

        Raises
        ------
        StanceclfError
            By what the file says of itself, a row would be too long.
        """
        paths = [file.schema.column(index).path for index in range(len(file.schema))]
        leaves = [
            index
            for index, path in enumerate(paths)
            if any(path == name or path.startswith(f"{name}.") for name in columns)
        ]
        many = _ROWS
        for number in groups:
            group = file.metadata.row_group(number)
            for column in map(group.column, leaves):
                size, packed = column.total_uncompressed_size, column.total_compressed_size
                # A character has at most 4 bytes. What is packed so tightly repeats itself.
                if size > self.longest * 4 * group.num_rows or (
                    size > max(self.longest, _BYTES) and size > _PACKED * packed
                ):
                    what = f"{packed:,} bytes that expand to {size:,}; raise --max-file"
                    raise StanceclfError(what, path=self.path)
                one = size // max(group.num_rows, 1)
                if size * min(group.num_rows, _ROWS) > _BYTES:
                    one = max(one, self._longest_in_dictionary(file, number, column))
                many = min(many, max(1, _BYTES // max(one, 1)))
        return many

    def _longest_in_dictionary(self, file: Any, group: int, column: Any) -> int:  # noqa: ANN401
        """Return the bytes of the longest value that a column's rows may all share.

        Once decoded, it is there as many times as rows have it.
        """
        from pyarrow import compute, parquet

        name = column.path_in_schema
        if column.physical_type != "BYTE_ARRAY" or name not in file.schema_arrow.names:
            return 0
        as_stored = parquet.ParquetFile(
            self.file, metadata=file.metadata, read_dictionary=[name], **_UNBUFFERED
        )
        for batch in as_stored.iter_batches(1, row_groups=[group], columns=[name]):
            lengths = compute.binary_length(batch.column(name).dictionary)
            return compute.max(lengths).as_py() or 0
        return 0
