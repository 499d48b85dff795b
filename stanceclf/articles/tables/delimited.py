"""Tables of text, read from any of their rows on; and those of values between separators."""

from __future__ import annotations

import csv
import re
from abc import abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

from stanceclf.articles.chinese_codecs import open_text
from stanceclf.articles.tables.base import (
    Position,
    Record,
    Row,
    Table,
    find_columns,
    find_named,
    named_rows,
)
from stanceclf.articles.tables.row_ids import MARKS
from stanceclf.errors import StanceclfError

# Separators of other CSV dialects, whose lines would look like single values.
_OTHER_COMMAS = ";\t|，"
# The first line that tells Excel the separator.
_SEPARATOR = re.compile(r"sep=(.)", re.I)
# The largest limit that the csv module takes everywhere.
_FIELD_LIMIT = (1 << 31) - 1


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


class _FieldLimit:
    """Lifts the csv module's limit of a field, which all threads share, while any of them reads.

    The limit is on memory, as is the length of a row here.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers = 0
        self._usual = 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._readers:
                self._usual = csv.field_size_limit(_FIELD_LIMIT)
            self._readers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                csv.field_size_limit(self._usual)


_LIFTED = _FieldLimit()


class TextTable(Table):
    """A table of text."""

    _NEWLINE = ""  # As they are: a line end may be part of a value.

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
        layout = self.layout
        self.file.seek(layout.mark)
        self._lines = open_text(self.file, layout.encoding, self._NEWLINE)
        self._number = self._line = 0
        # The widths of lines between tabs, while they are compared with those of quoted rows.
        self._plain: set[int] | None = None
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

    def _too_long(self) -> StanceclfError:
        return self._wrong(f"a row of more than {self.longest:,} characters; raise --max-file")

    @abstractmethod
    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]: ...

    @abstractmethod
    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]: ...


class CsvTable(TextTable):
    r"""A CSV file, or one whose values are separated by tabs.

    The latter are quoted if all that begin with a quotation mark are well-formed so: by its
    registration the format has no quotes, but spreadsheets and data frames write them.

    Examples
    --------
    >>> import io
    >>> data = io.BytesIO("赞,text\n7,开源便宜\n8,\n9,闭源贵\n".encode())
    >>> list(CsvTable(data, "帖子.csv").rows())
    [('1', '开源便宜'), ('3', '闭源贵')]
    """

    def _header(self) -> list[str]:
        self._dialect: type[csv.Dialect] = csv.excel
        tabs = Path(self.path).suffix.lower() == ".tsv"
        if tabs and self.layout.quoted is None:
            begin = Position(self._lines.tell())
            self.layout = replace(self.layout, quoted=self._is_quoted())
            self._go_to(begin)
        if tabs:
            self._dialect = csv.excel_tab if self.layout.quoted else _Tabs
        values = self._values()
        header = next(values, [])
        if told := _SEPARATOR.fullmatch(self._dialect.delimiter.join(header)):
            if told[1] != self._dialect.delimiter:
                raise self._other_separator(told[1])
            header = next(values, [])
        others = set(header[0]) & set(_OTHER_COMMAS) if len(header) == 1 else set()
        if others and self.text_column is None:
            raise self._other_separator(min(others))
        return header

    def _other_separator(self, separator: str) -> StanceclfError:
        what = f"its values are separated by {separator!r}"
        return StanceclfError(f"{what}; save it with commas, or as .tsv with tabs", path=self.path)

    def _is_quoted(self) -> bool:
        """Return whether the values between tabs are quoted."""
        self._dialect = csv.excel_tab
        plain: set[int] = set()
        self._plain = plain
        rows, widths = 0, set()
        try:
            for row in self._values():
                rows += 1
                widths.add(len(row))
        except StanceclfError:
            return False
        finally:
            lines, self._plain = self._lines_read, None
        if len(widths) > 1:
            return len(plain) > 1
        # Marks that happen to enclose whole rows are not quotes.
        return len(plain) > 1 or rows == lines or widths == {1}

    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]:
        header = self._header()
        text, own = find_columns(header, self.path, text_column=self.text_column)
        if start:
            self._go_to(start)
        yield from named_rows(self._rows(header, text, own), self.path)

    def _rows(self, header: list[str], text: int, own: int | None) -> Iterator[Row]:
        for row in self._complete(header):
            yield self._number, self._line, None if own is None else row[own], row[text]

    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]:
        header = self._header()
        at = find_named(header, names, optional, self.path)
        for row in self._complete(header):
            yield self._number, self._line, {name: row[index] for name, index in at.items()}

    def _complete(self, header: list[str]) -> Iterator[list[str]]:
        columns = [name.strip().lower() for name in header]
        known, ordered = set(columns), sorted(columns)
        for row in self._values():
            # Files that were joined have a header each.
            if row[0].strip().lower() in known and len(row) == len(columns):
                again = [value.strip().lower() for value in row]
                if again == columns:
                    continue
                if sorted(again) == ordered:
                    raise self._wrong("a second header, in another order; split the file here")
            self._number += 1
            if len(row) != len(columns):
                fix = "" if self._dialect.delimiter == "\t" else "; quote values that contain `,`"
                raise self._wrong(f"{len(row)} values where the header has {len(columns)}{fix}")
            yield row

    def _values(self) -> Iterator[list[str]]:
        before = self._line
        self._row_length = self._lines_read = 0
        reader = csv.reader(self._raw_lines(), self._dialect, strict=True)
        while True:
            self._row_length = 0
            try:
                with _LIFTED:
                    row = next(reader, None)
            except csv.Error as error:
                self._line = before + reader.line_num
                raise self._wrong(f"not a table: {error}") from None
            self._line = before + reader.line_num
            if row is None:
                return
            if row:
                yield row

    def _raw_lines(self) -> Iterator[str]:
        # By `readline`: a file that is iterated over does not say where it is.
        while line := self._lines.readline(self.longest + 1):
            if not self._row_length:
                line = line.lstrip(MARKS)
            if not line.endswith(("\n", "\r")):
                line = line.rstrip(MARKS)
            self._row_length += len(line)
            if self._row_length > self.longest:
                self._line += 1
                raise self._too_long()
            if self._plain is not None and line.rstrip("\r\n"):
                self._plain.add(line.count("\t") + 1)
                self._lines_read += 1
            yield line
