"""Parquet tables, read from any of their rows on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from os import PathLike
from typing import BinaryIO

from stanceclf.articles.tables import Row, find_columns, named_rows
from stanceclf.articles.text_tables import Place
from stanceclf.errors import StanceclfError

# So many rows are read at once.
_AT_ONCE = 1024


class ParquetTable:
    """A Parquet file.

    Parameters
    ----------
    file : binary file
        What holds it; given its name, the library takes some for those of places elsewhere.
    path : path-like
        What that is called.
    wanted : str, optional
        What the column of texts is called; by default ``text``, or it is the only one.

    Examples
    --------
    >>> import io
    >>> import pyarrow as pa
    >>> from pyarrow import parquet
    >>> file = io.BytesIO()
    >>> parquet.write_table(pa.table({"text": ["开源便宜", None, "闭源贵"]}), file)
    >>> list(ParquetTable(file, "帖子.parquet").rows(Place(number=1)))
    [('3', '闭源贵')]
    """

    def __init__(
        self, file: BinaryIO, path: str | PathLike[str], wanted: str | None = None
    ) -> None:
        self.file, self.path, self.wanted = file, path, wanted

    def rows(self, start: Place | None = None) -> Generator[tuple[str, str]]:
        """Yield the rows that hold text, by their id or number, as they are read.

        Parameters
        ----------
        start : Place, optional
            Where to go on; by default at the first row.

        Raises
        ------
        StanceclfError
            It cannot be read, or has no column of text.
        """
        import pyarrow as pa
        from pyarrow import parquet

        self.file.seek(0)
        self._number = 0 if start is None else start.number
        try:
            # Not ahead: all of a row group would be in memory, and twice.
            table = parquet.ParquetFile(self.file, pre_buffer=False, buffer_size=1 << 20)
            names = table.schema_arrow.names
            column, named = find_columns(names, self.path, wanted=self.wanted)
            yield from named_rows(self._rows(table, column, named), named is not None, self.path)
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.strerror:
                raise StanceclfError(f"cannot read it: {error.strerror}", path=self.path) from None
            said = (str(error).splitlines() or [""])[0]
            raise StanceclfError(f"cannot read it as Parquet: {said}", path=self.path) from None

    def place(self) -> Place:
        """Return where the row comes that is after the one yielded last."""
        return Place(number=self._number)

    def _rows(self, table: object, column: int, named: int | None) -> Iterator[Row]:
        from pyarrow import parquet

        assert isinstance(table, parquet.ParquetFile)
        names = table.schema_arrow.names
        wanted = [names[index] for index in (column, named) if index is not None]
        groups: list[int] = []
        before = 0
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if groups or before + rows > self._number:
                groups.append(group)
            else:
                before += rows
        skipped = self._number - before
        for batch in table.iter_batches(_AT_ONCE, row_groups=groups, columns=wanted):
            if skipped >= len(batch):
                skipped -= len(batch)
                continue
            batch = batch.slice(skipped)
            skipped = 0
            texts = batch.column(names[column]).to_pylist()
            ids = [None] * len(texts) if named is None else batch.column(names[named]).to_pylist()
            for own, text in zip(ids, texts, strict=True):
                self._number += 1
                yield self._number, None, own, text
