"""Exports: the rows of a file that a labelling tool or a spreadsheet wrote, not yet understood."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from stanceclf.articles import MAX_FILE_SIZE
from stanceclf.errors import StanceclfError
from stanceclf.io import decode_utf8

Kind = Literal["element", "line", "cells"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_NAME = 0x800
# What doccano calls a file that is not one annotator's.
_NOBODY = {"all", "unknown"}
_BETWEEN_ELEMENTS = re.compile(r"[\s,]*")
_LINE_END = re.compile(r"\r\n?|\n")
_WHOLE_NUMBER = re.compile(r"(\d{1,15})(?:\.0+)?")
_SEPARATORS = ",\t;"
_JSON_HINT = "Label Studio exports a JSON array, doccano one JSON object per line"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One row of an export.

    Attributes
    ----------
    value : object
        What the row is: any JSON, or the cells of a row of CSV by column.
    kind : {"element", "line", "cells"}
        Whether it is an element of a JSON array, a line of JSON, or a row of CSV.
    file : _File
        The file, or the one in a ZIP, that it is from.
    number : int
        Its line; of an element of an array, its number, counted from 1.
    """

    value: Any
    kind: Kind
    file: _File
    number: int

    @property
    def owner(self) -> str | None:
        """Whose labels these are, if the name of a file in a ZIP says so, as doccano's do."""
        return self.file.owner

    def error(self, what: str) -> StanceclfError:
        """Return an error in this row, with its line."""
        if self.kind != "element":
            return StanceclfError(what, path=self.file.path, line=self.number)
        known = isinstance(self.value, dict) and "id" in self.value
        name = f" (id {self.value['id']})" if known else ""
        line = self.file.line_of_element(self.number)
        return StanceclfError(f"task {self.number}{name}: {what}", path=self.file.path, line=line)


@dataclass(frozen=True, slots=True)
class _File:
    """A file's text, or that of a file in a ZIP."""

    path: str | PathLike[str]
    text: str
    owner: str | None = None

    def rows(self) -> Iterator[ExportRow]:
        text = self.text.lstrip()
        if not text:
            what = "empty; export from Label Studio as JSON or from doccano as JSONL"
            raise StanceclfError(what, path=self.path)
        if text.startswith("["):
            for number, value in enumerate(self._decode(self.text), 1):
                yield ExportRow(value, "element", self, number)
        elif not text.startswith("{") and (separator := self._separator(text)):
            for number, cells in self._table(separator):
                yield ExportRow(cells, "cells", self, number)
        else:
            # Not splitlines: U+2028 and the like may occur inside a JSON string.
            for number, line in enumerate(_LINE_END.split(self.text), 1):
                if line.strip():
                    yield ExportRow(self._decode(line, number), "line", self, number)

    def line_of_element(self, number: int) -> int:
        # The parser has not kept the line in which an element begins.
        decoder, start, end = json.JSONDecoder(), 0, self.text.index("[") + 1
        for _ in range(number):
            gap = _BETWEEN_ELEMENTS.match(self.text, end)
            start = gap.end() if gap else end
            _, end = decoder.raw_decode(self.text, start)
        return self.text.count("\n", 0, start) + 1

    def _decode(self, text: str, line: int = 1) -> Any:  # noqa: ANN401
        try:
            return json.loads(text)
        except RecursionError:
            what = "not an export: nested too deeply"
        except json.JSONDecodeError as error:
            what = f"not JSON: {error.msg} at column {error.colno}"
            line += error.lineno - 1
        except ValueError as error:  # A number of thousands of digits.
            what = f"not an export: {error}"
        raise StanceclfError(f"{what}; {_JSON_HINT}", path=self.path, line=line)

    def _separator(self, text: str) -> str | None:
        """Return what separates the values of a table, judged by its header; None if it is none."""
        header = text.partition("\n")[0]
        for separator in _SEPARATORS:
            if "text" in _names(next(csv.reader([header], delimiter=separator), [])):
                return separator
        if Path(self.path).suffix.lower() in {".csv", ".tsv"}:
            what = "no column is named `text`; give the columns `text` and `label` a header"
            raise StanceclfError(what, path=self.path, line=1)
        return None

    def _table(self, separator: str) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield the lines and the cells of the rows below the header."""
        reader = csv.reader(io.StringIO(self.text, ""), delimiter=separator, strict=True)
        names: list[str] | None = None
        line = 0
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                what = f"not a table: {error}"
                raise StanceclfError(what, path=self.path, line=reader.line_num) from None
            if row is None:
                return
            if not any(row):
                continue
            if names is None:
                names = self._header(row, line)
            elif len(row) != len(names):
                what = f"{len(row)} values where the header has {len(names)}"
                raise StanceclfError(
                    f"{what}; quote values that contain `{separator}`", path=self.path, line=line
                )
            else:
                yield line, {name: _cell(name, one) for name, one in zip(names, row, strict=True)}

    def _header(self, row: list[str], line: int) -> list[str]:
        names = _names(row)
        if twice := next((name for name in names if name and names.count(name) > 1), None):
            what = f"several columns are named `{twice}`; rename or remove one"
            raise StanceclfError(what, path=self.path, line=line)
        return names


def read_export(path: str | PathLike[str]) -> list[ExportRow]:
    r"""Read the rows of an export, recognized by its content.

    Parameters
    ----------
    path : path-like
        A JSON array, JSON lines, or a table with a column ``text`` whose values are separated by
        commas, tabs or semicolons; or a ZIP of such files.

    Raises
    ------
    StanceclfError
        The file is missing or none of these.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "标注.csv")
    >>> _ = path.write_text("text,label\n开源更便宜。,favor\n", encoding="utf-8")
    >>> [(row.number, row.value) for row in read_export(path)]
    [(2, {'text': '开源更便宜。', 'label': 'favor'})]
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    if not data.startswith(_ZIP):
        return list(_File(path, decode_utf8(data, path)).rows())
    return [row for file in _unpack(data, path) for row in file.rows()]


def _unpack(data: bytes, path: str | PathLike[str]) -> list[_File]:
    """Return the files in a ZIP; those that a Mac adds are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [one for one in archive.infolist() if _is_meant(one)]
            size = sum(one.file_size for one in parts)
            if size > MAX_FILE_SIZE:
                raise StanceclfError(
                    f"unpacks to {size >> 20:,} MB, more than {MAX_FILE_SIZE >> 20:,}; unzip it "
                    "and import the files one by one",
                    path=path,
                )
            files = [_unpacked(archive, one, path) for one in parts]
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
        *(NotImplementedError, RuntimeError),  # Another compression; a password.
    ) as error:
        what = f"cannot unpack it ({error}); unzip it and import the files in it"
        raise StanceclfError(what, path=path) from None
    if not files:
        raise StanceclfError("an empty ZIP; export again", path=path)
    return files


def _is_meant(part: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(part.filename)
    return not part.is_dir() and "__MACOSX" not in name.parts and not name.name.startswith(".")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: str | PathLike[str]) -> _File:
    name = PurePosixPath(part.filename)
    inside = Path(path, *(one for one in name.parts if one not in {"/", ".."}))
    if not part.filename.isascii() and not part.flag_bits & _UTF8_NAME:
        what = "contains a file whose name is not UTF-8; unzip it and import the files in it"
        raise StanceclfError(what, path=path)
    if name.suffix.lower() not in {".json", ".jsonl", ".csv", ".tsv"}:
        what = "neither JSON nor CSV; export as JSON or JSONL, or save a spreadsheet as CSV"
        raise StanceclfError(what, path=inside)
    text = decode_utf8(archive.read(part), inside)
    return _File(inside, text, None if name.stem in _NOBODY else name.stem)


def _names(header: list[str]) -> list[str]:
    return [name.strip().lower() for name in header]


def _cell(name: str, value: str) -> object:
    """Return a cell; an offset, to which pandas may have added `.0`, as a number."""
    number = _WHOLE_NUMBER.fullmatch(value.strip()) if name in {"start", "end"} else None
    return int(number[1]) if number else value
