"""Tables of JSON: an object per line, or a list of objects, as crawlers write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.chinese_codecs import open_text
from stanceclf.articles.tables.base import (
    ID,
    TEXT,
    Position,
    Record,
    Row,
    find_columns,
    matching,
    named_rows,
)
from stanceclf.articles.tables.delimited import TextTable
from stanceclf.articles.tables.row_ids import MARKS
from stanceclf.errors import StanceclfError

# Columns that are remembered to find that of texts, or to list them where there is none.
_MAX_COLUMNS = 100
_BLANK = re.compile(rf"[\s{MARKS}]*")


class JsonTable(TextTable):
    r"""JSON lines, one object per line. Not every row needs every key.

    Examples
    --------
    >>> import io
    >>> data = io.BytesIO('{"id": "B7", "text": "开源便宜"}\n{"id": "B8"}'.encode())
    >>> list(JsonTable(data, "帖子.jsonl").rows())
    [('B7', '开源便宜')]
    """

    _NEWLINE = "\n"

    def _read(self, start: Position | None) -> Iterator[tuple[str, str]]:
        begin = self.place()
        if self.layout.column is None:
            if (column := self._find_column()) is None:
                return
            self.layout = replace(self.layout, column=column)
            self._go_to(begin)
        if start:
            self._go_to(start)
        yield from named_rows(self._rows(self.layout.column or TEXT), self.path)

    def _find_column(self) -> str | None:
        """Return the name of the column of texts, None if there are no rows."""
        wanted = self.text_column or TEXT
        columns: dict[str, None] = {}
        line = None
        for row in self._values():
            line = line or self._line
            if matching(row, wanted):
                # Several, or those of predictions, are an error.
                find_columns([*row], self.path, self._line, text_column=self.text_column)
                return wanted
            if len(columns) < _MAX_COLUMNS:
                columns |= dict.fromkeys(row)
        if line is None:
            return None
        index, _ = find_columns([*columns], self.path, line, text_column=self.text_column)
        return [*columns][index]

    def _rows(self, text: str) -> Iterator[Row]:
        for row in self._values():
            self._number += 1
            value = self._value(row, text)
            if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
                raise self._wrong(f"the rows are in the list `{text}`; save that list by itself")
            yield self._number, self._line, self._value(row, ID), value

    def _value(self, row: Mapping[str, object], name: str) -> object:
        """Return the value of a key in upper or lower case, None if the row has no such key."""
        if name in row:
            return row[name]
        keys = [*row]
        if len(found := matching(keys, name)) > 1:
            raise self._wrong(f"several keys are named `{name}`; rename all but one")
        return row[keys[found[0]]] if found else None

    def _read_columns(self, names: Sequence[str], optional: Sequence[str]) -> Iterator[Record]:
        for row in self._values():
            self._number += 1
            keys = [*row]
            for name in names:
                if not matching(keys, name):
                    raise self._wrong(f"`{name}` is missing; every row needs one")
            known = [name for name in (*names, *optional) if matching(keys, name)]
            yield self._number, self._line, {name: self._value(row, name) for name in known}

    def _values(self) -> Iterator[Mapping[str, object]]:
        while line := self._lines.readline(self.longest + 1):
            self._line += 1
            if len(line) > self.longest:
                raise self._too_long()
            if not (line := line.strip().strip(MARKS).strip()):
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise self._wrong(f"not JSON: {error}") from None
            yield self._object(value)

    def _object(self, value: object) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            raise self._wrong("must be an object, one per row")
        return value


class JsonListTable(JsonTable):
    r"""A list of objects, or objects over several lines each; its text is kept in memory.

    Examples
    --------
    >>> import io
    >>> data = io.BytesIO('[{"text": "开源便宜"},\n {"text": "闭源贵"}]'.encode())
    >>> list(JsonListTable(data, "帖子.json").rows())
    [('1', '开源便宜'), ('2', '闭源贵')]
    """

    @contextmanager
    def _from_the_first(self) -> Iterator[None]:
        with super()._from_the_first():
            self._text = self._lines.read(self.longest + 1)
            if len(self._text) > self.longest:
                what = f"more than {self.longest:,} characters of JSON in one list"
                raise StanceclfError(
                    f"{what}; save it as .jsonl, or raise --max-file", path=self.path
                )
            # The ends of the value that was read last.
            self._from = self._at = 0
            try:
                yield
            finally:
                self._text = ""

    def place(self) -> Position:
        """Return the place after the row that was yielded last."""
        line = self._line + self._text.count("\n", self._from, self._at)
        return Position(self._at, self._number, line)

    def _go_to(self, place: Position) -> None:
        self._from = self._at = place.offset
        self._number, self._line = place.number, place.line

    def _values(self) -> Iterator[Mapping[str, object]]:
        decoder, text = json.JSONDecoder(), self._text
        at, counted = self._blank(self._at), self._at
        # After a value, a list goes on or ends.
        inside = follows = self._at > 0 and text.startswith((",", "]"), at)
        self._line = self._line or 1
        while inside or at < len(text):
            if not inside and text[at] == "[":
                inside, follows, at = True, False, self._blank(at + 1)
            if inside and text.startswith("]", at):
                inside, at = False, self._blank(at + 1)
                continue
            if inside and follows and text.startswith(",", at):
                at = self._blank(at + 1)
            elif inside and follows:
                self._line += text.count("\n", counted, at)
                end = "; it is cut short" if at == len(text) else ""
                raise self._wrong(f"not JSON: a `,` or the closing `]` is missing{end}")
            try:
                value, end_of_value = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                self._line = getattr(error, "lineno", self._line)
                raise self._wrong(f"not JSON: {getattr(error, 'msg', error)}") from None
            self._line += text.count("\n", counted, at)
            counted = self._from = at
            self._at, follows = end_of_value, True
            yield self._object(value)
            at = self._blank(end_of_value)

    def _blank(self, at: int) -> int:
        """Return the end of the white space that begins at a place."""
        match = _BLANK.match(self._text, at)
        return at if match is None else match.end()


def holds_list(
    file: BinaryIO, path: str | PathLike[str], encoding: str, mark: int, longest: int
) -> bool:
    """Return whether a file of JSON has a list, or objects over several lines, by its beginning.

    Examples
    --------
    >>> import io
    >>> holds_list(io.BytesIO(b'{"text": "1"}'), "帖子.json", "utf-8", 0, 100)
    False
    """
    file.seek(mark)
    lines = open_text(file, encoding, "\n")
    try:
        first = ""
        while not first and (line := lines.readline(longest + 1)):
            first = line.strip().strip(MARKS).strip()
    finally:
        lines.detach()
    if not first.startswith("{") or Path(path).suffix.lower() != ".json":
        return first.startswith("[")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return True
    return False
