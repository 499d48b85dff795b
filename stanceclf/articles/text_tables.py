"""Tables of text: CSV, tab-separated values and JSON lines, read from any of their rows on."""

from __future__ import annotations

import csv
import io
import json
from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.tables import (
    Position,
    Record,
    Row,
    Table,
    find_columns,
    find_named,
    named_rows,
)
from stanceclf.errors import StanceclfError

# Separators of other CSV dialects, whose lines would look like single values.
_OTHER_COMMAS = ";\t|，"


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


class TextTable(Table):
    """A table of text, which begins with a byte order mark of `mark` bytes.

    A field, or a line of JSON, has at most `longest` characters.
    """

    _NEWLINE = ""  # As they are: a line end may be part of a value.

    def __init__(
        self,
        file: BinaryIO,
        path: str | PathLike[str],
        text_column: str | None = None,
        encoding: str = "utf-8",
        mark: int = 0,
        longest: int = 128 << 20,
    ) -> None:
        super().__init__(file, path, text_column)
        self.encoding, self.mark, self.longest = encoding, mark, longest

    def rows(self, start: Position | None = None) -> Generator[tuple[str, str]]:
        """Yield rows, as `Table.rows` says; errors name the line."""
        with self._from_the_first():
            yield from self._read(start)

    def records(self, names: Sequence[str], optional: Sequence[str]) -> Generator[Record]:
        """Yield rows, as `Table.records` says; errors name the line."""
        with self._from_the_first():
            yield from self._read_columns(names, optional)

    @contextmanager
    def _from_the_first(self) -> Iterator[None]:
        self.file.seek(self.mark)
        self._lines = io.TextIOWrapper(self.file, encoding=self.encoding, newline=self._NEWLINE)
        self._number = self._line = 0
        try:
            yield
        finally:
            self._lines.detach()

    def place(self) -> Position:
        """Return the place after the row that was yielded last."""
        return Position(self._lines.tell(), self._number, self._line)

    def _go_to(self, place: Position) -> None:
        self._lines.seek(place.offset)
        self._number, self._line = place.number, place.line

    def _wrong(self, what: str) -> StanceclfError:
        return StanceclfError(what, path=self.path, line=self._line)

    @abstractmethod
    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]: ...

    @abstractmethod
    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]: ...


class CsvTable(TextTable):
    r"""A CSV file, or one whose values are separated by tabs and never quoted.

    Examples
    --------
    >>> data = io.BytesIO("赞,text\n7,开源便宜\n8,\n9,闭源贵\n".encode())
    >>> list(CsvTable(data, "帖子.csv").rows())
    [('1', '开源便宜'), ('3', '闭源贵')]
    """

    def _header(self) -> list[str]:
        self._tabs = Path(self.path).suffix.lower() == ".tsv"
        header = next(self._values(), [])
        others = set(header[0]) & set(_OTHER_COMMAS) if len(header) == 1 else set()
        if others and self.text_column is None:
            what = f"its values are separated by {others.pop()!r}"
            raise StanceclfError(
                f"{what}; save it with commas, or as .tsv with tabs", path=self.path
            )
        return header

    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]:
        header = self._header()
        text, own = find_columns(header, self.path, text_column=self.text_column)
        if start:
            self._go_to(start)
        yield from named_rows(self._rows(len(header), text, own), own is not None, self.path)

    def _rows(self, columns: int, text: int, own: int | None) -> Iterator[Row]:
        for row in self._complete(columns):
            yield self._number, self._line, None if own is None else row[own], row[text]

    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]:
        header = self._header()
        at = find_named(header, names, optional, self.path)
        for row in self._complete(len(header)):
            yield self._number, self._line, {name: row[index] for name, index in at.items()}

    def _complete(self, columns: int) -> Iterator[list[str]]:
        for row in self._values():
            self._number += 1
            if len(row) != columns:
                fix = "" if self._tabs else "; quote values that contain `,`"
                raise self._wrong(f"{len(row)} values where the header has {columns}{fix}")
            yield row

    def _values(self) -> Iterator[list[str]]:
        # By `readline`: a file that is iterated over does not say where it is.
        lines = iter(self._lines.readline, "")
        reader = csv.reader(lines, _Tabs if self._tabs else csv.excel, strict=True)
        before = self._line
        while True:
            # The limit is the library's, shared by all readers; by default 131,072 characters.
            limit = csv.field_size_limit(self.longest)
            try:
                row = next(reader, None)
            except csv.Error as error:
                self._line = before + reader.line_num
                fix = "; raise --max-file" if "field limit" in str(error) else ""
                raise self._wrong(f"not a table: {error}{fix}") from None
            finally:
                csv.field_size_limit(limit)
            self._line = before + reader.line_num
            if row is None:
                return
            if row:
                yield row


class JsonTable(TextTable):
    r"""JSON lines, one object per line.

    Examples
    --------
    >>> data = io.BytesIO('{"id": "B7", "text": "开源便宜"}'.encode())
    >>> list(JsonTable(data, "帖子.jsonl").rows())
    [('B7', '开源便宜')]
    """

    _NEWLINE = "\n"

    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]:
        begin = Position(self._lines.tell())
        # The keys of the first row are the columns.
        if (first := next(self._values(), None)) is None:
            return
        names = list(first)
        text, own = find_columns(names, self.path, self._line, text_column=self.text_column)
        self._go_to(start or begin)
        rows = self._rows(names[text], None if own is None else names[own])
        yield from named_rows(rows, own is not None, self.path)

    def _rows(self, text: str, own: str | None) -> Iterator[Row]:
        for row in self._values():
            self._number += 1
            self._check_key(text, row)
            yield self._number, self._line, None if own is None else row.get(own), row[text]

    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]:
        for row in self._values():
            self._number += 1
            lower = {name.strip().lower(): value for name, value in row.items()}
            for name in names:
                self._check_key(name, lower)
            known = [name for name in (*names, *optional) if name in lower]
            yield self._number, self._line, {name: lower[name] for name in known}

    def _check_key(self, name: str, row: Mapping[str, object]) -> None:
        if name not in row:
            raise self._wrong(f"`{name}` is missing; every row needs one")

    def _values(self) -> Iterator[Mapping[str, object]]:
        while line := self._lines.readline(self.longest + 1):
            self._line += 1
            if len(line) > self.longest:
                raise self._wrong(
                    f"a line of more than {self.longest:,} characters; raise --max-file"
                )
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise self._wrong(f"not JSON: {error}") from None
            if not isinstance(value, Mapping):
                raise self._wrong("must be an object, one row per line")
            yield value
