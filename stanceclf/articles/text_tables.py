"""Tables of text: CSV, values parted by tabs, and JSON lines, read from any of their rows on."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.tables import Row, find_columns, named_rows
from stanceclf.errors import StanceclfError

#: A row that is longer than so many characters is refused unless more are allowed.
LONGEST = 128 << 20

# What parts values elsewhere, and would be taken for text here.
_OTHER_COMMAS = ";\t|，"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table can be read on from.

    Attributes
    ----------
    position : int
        What its file is sought to.
    number, line : int
        How many rows come before, and how many lines.
    """

    position: int = 0
    number: int = 0
    line: int = 0


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


class TextTable(ABC):
    """A table of text.

    Parameters
    ----------
    file : binary file
        What holds it.
    path : path-like
        What that is called.
    encoding : str
        What it is in.
    mark : int
        How many bytes of a byte order mark come first.
    wanted : str, optional
        What the column of texts is called; by default ``text``, or it is the only one.
    longest : int
        So many characters a field or a JSON line may have.
    """

    _END: str | None = ""  # As they are: a line's end may be part of a value.

    def __init__(
        self,
        file: BinaryIO,
        path: str | PathLike[str],
        encoding: str = "utf-8",
        mark: int = 0,
        wanted: str | None = None,
        longest: int = LONGEST,
    ) -> None:
        self.file, self.path, self.encoding, self.mark = file, path, encoding, mark
        self.wanted, self.longest = wanted, longest

    def rows(self, start: Place | None = None) -> Generator[tuple[str, str]]:
        """Yield the rows that hold text, by their id or number, as they are read.

        Parameters
        ----------
        start : Place, optional
            Where to go on; by default at the first row.

        Raises
        ------
        StanceclfError
            It is no such table, has no column of text, or has an id twice; named by line. Rows
            before that one have been yielded.
        """
        self.file.seek(self.mark)
        self._lines = io.TextIOWrapper(self.file, encoding=self.encoding, newline=self._END)
        self._number = self._line = 0
        try:
            yield from self._read(start)
        finally:
            self._lines.detach()

    def place(self) -> Place:
        """Return where the row comes that is after the one yielded last."""
        return Place(self._lines.tell(), self._number, self._line)

    def _go_to(self, start: Place) -> None:
        self._lines.seek(start.position)
        self._number, self._line = start.number, start.line

    def _wrong(self, what: str) -> StanceclfError:
        return StanceclfError(what, path=self.path, line=self._line)

    @abstractmethod
    def _read(self, start: Place | None) -> Iterator[tuple[str, str]]: ...


class CsvTable(TextTable):
    r"""A CSV file, or one whose values are parted by tabs and never quoted.

    Examples
    --------
    >>> data = io.BytesIO("赞,text\n7,开源便宜\n8,\n9,闭源贵\n".encode())
    >>> list(CsvTable(data, "帖子.csv").rows())
    [('1', '开源便宜'), ('3', '闭源贵')]
    """

    def _read(self, start: Place | None) -> Iterator[tuple[str, str]]:
        header = next(self._values(), [])
        others = set(header[0]) & set(_OTHER_COMMAS) if len(header) == 1 else set()
        if others and self.wanted is None:
            said = f"its values are parted by {others.pop()!r}"
            raise StanceclfError(
                f"{said}; save it with commas (or as .tsv with tabs)", path=self.path
            )
        column, named = find_columns(header, self.path, wanted=self.wanted)
        if start:
            self._go_to(start)
        yield from named_rows(self._rows(len(header), column, named), named is not None, self.path)

    def _rows(self, columns: int, column: int, named: int | None) -> Iterator[Row]:
        for row in self._values():
            self._number += 1
            if len(row) != columns:
                quote = "" if self._is_of_tabs() else "; quote those that hold `,`"
                raise self._wrong(f"{len(row)} values where the header has {columns}{quote}")
            yield self._number, self._line, None if named is None else row[named], row[column]

    def _is_of_tabs(self) -> bool:
        return Path(self.path).suffix.lower() == ".tsv"

    def _values(self) -> Iterator[list[str]]:
        # Line by line, for a file that is iterated over does not tell where it is.
        lines = iter(self._lines.readline, "")
        reader = csv.reader(lines, _Tabs if self._is_of_tabs() else csv.excel, strict=True)
        before = self._line
        while True:
            # A field may be a whole article; the library's bound, which all readers share, is
            # 131,072.
            limit = csv.field_size_limit(self.longest)
            try:
                row = next(reader, None)
            except csv.Error as error:
                more = "; allow more by --max-file" if "field limit" in str(error) else ""
                line = before + reader.line_num
                raise StanceclfError(
                    f"no table: {error}{more}", path=self.path, line=line
                ) from None
            finally:
                csv.field_size_limit(limit)
            self._line = before + reader.line_num
            if row is None:
                return
            if row:
                yield row


class JsonTable(TextTable):
    r"""JSON lines, an object a line.

    Examples
    --------
    >>> data = io.BytesIO('{"id": "B7", "text": "开源便宜"}'.encode())
    >>> list(JsonTable(data, "帖子.jsonl").rows())
    [('B7', '开源便宜')]
    """

    _END = "\n"

    def _read(self, start: Place | None) -> Iterator[tuple[str, str]]:
        begin = Place(self._lines.tell())
        # The first row tells what the columns are called.
        first = next(self._values(), None)
        if first is None:
            return
        names = list(first)
        column, named = find_columns(names, self.path, self._line, wanted=self.wanted)
        self._go_to(start or begin)
        own = None if named is None else names[named]
        yield from named_rows(self._rows(names[column], own), named is not None, self.path)

    def _rows(self, column: str, named: str | None) -> Iterator[Row]:
        for row in self._values():
            self._number += 1
            if column not in row:
                raise self._wrong(f"`{column}` is missing, which holds the articles")
            yield self._number, self._line, None if named is None else row.get(named), row[column]

    def _values(self) -> Iterator[Mapping[str, object]]:
        while written := self._lines.readline(self.longest + 1):
            self._line += 1
            if len(written) > self.longest:
                said = f"a line of more than {self.longest:,} characters"
                raise self._wrong(f"{said}; allow more by --max-file")
            if not written.strip():
                continue
            try:
                value = json.loads(written)
            except (ValueError, RecursionError) as error:
                raise StanceclfError(
                    f"not JSON: {error}", path=self.path, line=self._line
                ) from None
            if not isinstance(value, Mapping):
                raise StanceclfError(
                    "must be an object, a row a line", path=self.path, line=self._line
                )
            yield value
