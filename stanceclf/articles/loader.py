"""Articles: the texts of files, and of the rows of tables.

An article's text is exactly what its bytes decode to, less a byte order mark: nothing is cleaned
and line ends are kept, so that offsets into it stay valid. The text of a web page or a Word
document is what is extracted from it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.encodings import decode
from stanceclf.articles.files import (
    ARCHIVES,
    BEGINNING,
    MARKDOWN,
    NOT_PROSE,
    PAGES,
    WORD,
    check_format,
    find_articles,
)
from stanceclf.articles.tables.base import file_of, is_table, possible_tables
from stanceclf.articles.tables.chunks import find_chunks, read_chunk
from stanceclf.articles.web_pages import decode_page, is_page, page_in, page_text
from stanceclf.articles.word_files import word_text
from stanceclf.errors import StanceclfError, without_secrets
from stanceclf.io import Visible, is_url, open_file

#: The default limit of a file's size, in bytes; tables are read row by row.
MAX_FILE_SIZE = 128 << 20
# Bytes that are read at once.
_PIECE = 1 << 20
# How XML and subtitles begin.
_CUE = re.compile(
    r"\s*(?:(?P<xml><\?xml\b)|(?P<vtt>WEBVTT\b)|(?P<srt>\d+\s+\d\d:\d\d:\d\d[,.]\d{3} --> ))"
)


@dataclass(frozen=True, slots=True)
class Article:
    """A named text.

    Attributes
    ----------
    name : str
        The path as given, or relative to the folder of articles; for a row of a table followed by
        ``#`` and the row's id or number.
    text : str
        The decoded text with its line ends.
    markdown : bool
        Whether it is Markdown, whose marks are not text.
    """

    name: str
    text: str
    markdown: bool = False


def read_article(
    path: str | PathLike[str],
    name: str | None = None,
    *,
    encoding: str | None = None,
    most: int = MAX_FILE_SIZE,
) -> Article:
    """Read a file that is one article; parameters and errors as of `read_articles`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "一.txt").write_bytes("开源".encode("gbk"))
    >>> read_article(folder / "一.txt", name="一.txt")
    Article(name='一.txt', text='开源', markdown=False)
    """
    with open_file(path, most) as file:
        data = read_at_most(file, most, path)
    text = extract_text(data, path, encoding, most)
    markdown = Path(path).suffix.lower() in MARKDOWN
    return Article(_name(path) if name is None else name, text, markdown)


def extract_text(
    data: bytes,
    path: str | PathLike[str],
    encoding: str | None = None,
    most: int = MAX_FILE_SIZE,
) -> str:
    """Return the text in an article's bytes, whose kind is known by the suffix of its path.

    `most` limits the bytes of what is packed. The path ``-`` has no suffix.

    Raises
    ------
    StanceclfError
        There is no text in it.

    Examples
    --------
    >>> extract_text("开源".encode("gbk"), "一.txt")
    '开源'
    """
    suffix = Path(path).suffix.lower()
    check_format(data[:BEGINNING], path)
    if suffix == WORD:
        text = word_text(data, path, most)
    elif suffix in ARCHIVES:
        text = page_text(page_in(data, path), path)
    elif suffix in PAGES:
        page = decode_page(data, path) if encoding is None else decode(data, path, encoding)
        text = page_text(page, path)
    else:
        text = decode(data, path, encoding)
        # A page may have another name, or come from standard input.
        if is_page(text) and suffix not in MARKDOWN:
            text = page_text(text if encoding else decode_page(data, path), path)
        elif suffix not in MARKDOWN and (format_ := _other_format(text, suffix)):
            raise StanceclfError(f"not a text but {format_}", path=path)
    if not Visible(text).text.strip():
        raise StanceclfError("the article is empty; add its text or remove the file", path=path)
    return text


def _other_format(text: str, suffix: str) -> str | None:
    """Return what a text is that is not prose, by its name or how it begins, and what to do."""
    if _is_json(text):
        return "JSON: name it .json or .jsonl"
    begins = _CUE.match(text)
    return NOT_PROSE.get(f".{begins.lastgroup}" if begins else suffix)


def _is_json(text: str) -> bool:
    """Return whether a text is rows of data: an object, or a list of objects, and maybe more."""
    begin = text.lstrip("\ufeff \t\r\n")
    if not begin.startswith(("{", "[")):
        return False
    try:
        value, _ = json.JSONDecoder().raw_decode(begin)
    except (ValueError, RecursionError):
        return False
    return isinstance(value if begin[0] == "{" else next(iter(value), None), dict)


def read_at_most(file: BinaryIO, most: int, path: str | PathLike[str]) -> bytes:
    """Return a file's content; raise StanceclfError if it is larger than `most` bytes."""
    pieces, size = [], 0
    # Piece by piece: a single call would reserve as much memory as is allowed.
    while piece := file.read(min(most + 1 - size, _PIECE)):
        size += len(piece)
        if size > most:
            what = f"larger than {most >> 20:,} MB; split it, or raise --max-file"
            raise StanceclfError(what, path=path)
        pieces.append(piece)
    return b"".join(pieces)


def read_articles(
    path: str | PathLike[str],
    name: str | None = None,
    *,
    encoding: str | None = None,
    most: int = MAX_FILE_SIZE,
    text_column: str | None = None,
) -> list[Article]:
    r"""Read the articles of a file: a single one, or one per row of a table.

    Parameters
    ----------
    path : path-like
        The file, or its URL.
    name : str, optional
        The article's name; by default the path as given.
    encoding : str, optional
        The file's encoding; detected by default, see `stanceclf.articles.encodings.detect`.
    most : int
        Maximum size of a file in bytes, and of a table's row in characters; 128 Mi by default.
    text_column : str, optional
        The table's column of texts; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The file is missing, empty, too large, unreadable, not text or not a table of texts.

    Examples
    --------
    >>> import tempfile
    >>> table = Path(tempfile.mkdtemp(), "帖子.csv")
    >>> _ = table.write_text("text\n开源便宜\n闭源贵\n", encoding="utf-8")
    >>> [(article.name, article.text) for article in read_articles(table, name="帖子.csv")]
    [('帖子.csv#1', '开源便宜'), ('帖子.csv#2', '闭源贵')]
    """
    found = stream_articles(path, name, encoding=encoding, most=most, text_column=text_column)
    return [article for article, _ in found]


def stream_articles(
    path: str | PathLike[str],
    name: str | None = None,
    *,
    encoding: str | None = None,
    most: int = MAX_FILE_SIZE,
    text_column: str | None = None,
) -> Iterator[tuple[Article, float]]:
    """Yield the articles of a file as `read_articles` does, each with the share of it before.

    A table is read twice, first to check all of it, and never kept in memory: errors come before
    the first article.
    """
    if not is_table(path):
        yield read_article(path, name, encoding=encoding, most=most), 0.0
        return
    name = _name(path) if name is None else name
    with open_file(path, most) as file:
        (whole,) = find_chunks(
            file, path, sys.maxsize, text_column=text_column, encoding=encoding, longest=most
        )
        with closing(read_chunk(whole, file, path, text_column=text_column, longest=most)) as rows:
            for number, (row, text) in enumerate(rows):
                yield Article(f"{name}#{row}", text), number / whole.rows


def _name(path: str | PathLike[str]) -> str:
    """Return a path as given, and a URL less what must not be passed on with the results."""
    return without_secrets(fspath(path)) if is_url(path) else fspath(path)


def read_folder(folder: str | PathLike[str], *, text_column: str | None = None) -> list[Article]:
    """Read all articles of a folder, files and rows of tables, named by their path in it.

    Raises
    ------
    StanceclfError
        The folder is missing or has no article, or one of them cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("二.txt", "一.txt"):
    ...     _ = (folder / name).write_text("开源", encoding="utf-8")
    >>> [article.name for article in read_folder(folder)]
    ['一.txt', '二.txt']
    """
    return list(stream_folder(folder, text_column=text_column))


def stream_folder(
    folder: str | PathLike[str], *, text_column: str | None = None
) -> Iterator[Article]:
    """Yield the articles of a folder as `read_folder` reads them, one file in memory at a time."""
    if not os.path.isdir(folder):  # noqa: PTH112
        raise StanceclfError("no such folder; create it and put articles there", path=folder)
    for path in find_articles(fspath(folder)):
        name = Path(path).relative_to(folder).as_posix()
        if any("\ud800" <= char <= "\udfff" for char in name):
            raise StanceclfError("its name is not UTF-8; rename it", path=path)
        for article, _ in stream_articles(path, name, text_column=text_column):
            yield article


def file_with(name: str, folder: str | PathLike[str] = "") -> str:
    """Return the file that has an article, by the files that there are: `name` or its table.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "旧.csv#新.csv").touch()
    >>> file_with("旧.csv#新.csv#17", folder), file_with("没有.csv#新.csv#17", folder)
    ('旧.csv#新.csv', '没有.csv')
    """
    if not is_url(name):
        for path in (name, *possible_tables(name)):
            if os.path.isfile(os.path.join(folder, path)):  # noqa: PTH113, PTH118
                return path
    return file_of(name)


class Folder:
    r"""The texts of a folder's articles by name; each file is read once, when it is needed.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp())
    >>> _ = (path / "帖子.csv").write_text("text\n开源便宜\n", encoding="utf-8")
    >>> Folder(path).text("帖子.csv#1")
    '开源便宜'
    """

    def __init__(self, path: str | PathLike[str], text_column: str | None = None) -> None:
        self.path, self.text_column = Path(path), text_column
        self._texts: dict[str, str] = {}
        self._read: set[str] = set()

    def text(self, name: str) -> str:
        """Return an article's text by its name in the folder.

        Raises
        ------
        StanceclfError
            There is no such article, or it cannot be read.
        """
        if name in self._texts:
            return self._texts[name]
        file = file_with(name, self.path)
        if file not in self._read:
            found = read_articles(self.path / file, file, text_column=self.text_column)
            self._texts |= {one.name: one.text for one in found}
            self._read.add(file)
        if name not in self._texts:
            raise StanceclfError(f"it has no article `{name}`", path=self.path / file)
        return self._texts[name]


def only_boilerplate(articles: str | PathLike[str]) -> StanceclfError:
    """Return the error for a folder of articles without a sentence."""
    return StanceclfError("the articles contain nothing but boilerplate", path=articles)
