"""Articles: the texts of files, and of the rows of tables.

An article's text is exactly what its bytes decode to (less a byte order mark): offsets into it
stay true because nothing is cleaned here and line ends are kept. Of a web page or a Word document
it is the text that is read out of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from stanceclf.articles.encodings import decode
from stanceclf.articles.files import ARCHIVES, MARKDOWN, PAGES, WORD, articles_in
from stanceclf.articles.table_chunks import find_chunks, read_chunk
from stanceclf.articles.tables import is_table, table_of
from stanceclf.articles.web_pages import decode_page, is_page, page_in, page_text
from stanceclf.articles.word_files import word_text
from stanceclf.errors import StanceclfError
from stanceclf.io import Visible, open_file

#: A file of more bytes than this is refused unless more are allowed; tables are read row by row.
MAX_FILE_SIZE = 128 << 20


@dataclass(frozen=True, slots=True)
class Article:
    """A named text.

    Attributes
    ----------
    name : str
        The path as the user gave it, or relative to the folder of articles; for a row of a table
        with ``#`` and its id or number behind it.
    text : str
        The decoded text, line ends and all.
    markdown : bool
        Whether its lines may begin with Markdown's marks, and some be no text.
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
    """Read one article.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        Its name; by default the path as given.
    encoding : str, optional
        What it is in; by default found out, see `stanceclf.articles.encodings.detect`.
    most : int
        So many bytes a file may have, 128 MiB by default.

    Raises
    ------
    StanceclfError
        The file is missing, empty, too large, not readable or not text.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "一.txt").write_bytes("开源".encode("gbk"))
    >>> read_article(folder / "一.txt", name="一.txt")
    Article(name='一.txt', text='开源', markdown=False)
    """
    with open_file(path) as file:
        data = read_at_most(file, most, path)
    text = extract_text(data, path, encoding, most)
    markdown = Path(path).suffix.lower() in MARKDOWN
    return Article(fspath(path) if name is None else name, text, markdown)


def extract_text(
    data: bytes, path: str | PathLike[str], encoding: str | None = None, most: int = MAX_FILE_SIZE
) -> str:
    """Return the text of an article's file: of a web page or Word document what is read in it.

    Parameters
    ----------
    data : bytes
        What the file holds.
    path : path-like
        Its name, which tells what it is, or ``-``.
    encoding : str, optional
        What it is in; by default found out.
    most : int
        So many bytes what is packed may have when it is not.

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
    if suffix == WORD:
        text = word_text(data, path, most)
    elif suffix in ARCHIVES:
        text = page_text(page_in(data, path), path)
    elif suffix in PAGES:
        page = decode_page(data, path) if encoding is None else decode(data, path, encoding)
        text = page_text(page, path)
    else:
        text = decode(data, path, encoding)
        # A page may come by another name, or by standard input.
        if is_page(text) and suffix not in MARKDOWN:
            text = page_text(text if encoding else decode_page(data, path), path)
    if not Visible(text).text.strip():
        raise StanceclfError("the article is empty; add its text or remove the file", path=path)
    return text


def read_at_most(file: BinaryIO, most: int, path: str | PathLike[str]) -> bytes:
    """Return what a file holds, if that is not too much.

    Raises
    ------
    StanceclfError
        It is.
    """
    data = file.read(most + 1)
    if len(data) > most:
        said = f"more than {most >> 20:,} MB, which are read at once; split it, or raise --max-file"
        raise StanceclfError(said, path=path)
    return data


def read_articles(
    path: str | PathLike[str],
    name: str | None = None,
    *,
    encoding: str | None = None,
    most: int = MAX_FILE_SIZE,
    text_column: str | None = None,
) -> list[Article]:
    r"""Read the articles of a file: the one that it is, or those that a table holds.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        What to call it; by default the path as given.
    encoding : str, optional
        What it is in; by default found out, see `stanceclf.articles.encodings.detect`.
    most : int
        So many bytes a file may have, and a row of a table characters; 128 Mi by default.
    text_column : str, optional
        What a table's column of texts is called; by default ``text``, or it is the only one.

    Raises
    ------
    StanceclfError
        The file is missing, empty, too large, not readable, not text or no table of texts.

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
    """Yield the articles of a file as `read_articles` does, each with how much of it is before.

    A table is read twice, first to see that all of it can be, and never kept.

    Parameters
    ----------
    path, name, encoding, most, text_column
        As those of `read_articles`.

    Raises
    ------
    StanceclfError
        As `read_articles`, before the first article.
    """
    if not is_table(path):
        yield read_article(path, name, encoding=encoding, most=most), 0.0
        return
    name = fspath(path) if name is None else name
    with open_file(path) as file:
        (share,) = find_chunks(
            file, path, sys.maxsize, wanted=text_column, encoding=encoding, longest=most
        )
        with closing(read_chunk(share, file, path, wanted=text_column, longest=most)) as rows:
            for number, (row, text) in enumerate(rows):
                yield Article(f"{name}#{row}", text), number / share.rows


def read_folder(folder: str | PathLike[str]) -> list[Article]:
    """Read every article of a folder, named by its path in there: files and tables' rows.

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
    return list(stream_folder(folder))


def stream_folder(folder: str | PathLike[str]) -> Iterator[Article]:
    """Yield the articles of a folder as `read_folder` reads them, holding one at a time.

    Raises
    ------
    StanceclfError
        As `read_folder`, but of an article that cannot be read not before its turn.
    """
    if not os.path.isdir(folder):  # noqa: PTH112
        raise StanceclfError("no such folder; make it and put articles there", path=folder)
    paths = articles_in(folder, tables=True)
    if not paths:
        raise StanceclfError(
            "no article in this folder; put .txt files there, or a table with a column `text`",
            path=folder,
        )
    for path in paths:
        name = Path(path).relative_to(folder).as_posix()
        if any("\ud800" <= char <= "\udfff" for char in name):
            raise StanceclfError("its name is not UTF-8 text; rename it", path=path)
        for article, _ in stream_articles(path, name):
            yield article


class Folder:
    r"""The texts of a folder's articles, each file read once.

    Parameters
    ----------
    path : path-like
        The folder.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp())
    >>> _ = (path / "帖子.csv").write_text("text\n开源便宜\n", encoding="utf-8")
    >>> Folder(path).text("帖子.csv#1")
    '开源便宜'
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self._texts: dict[str, str] = {}
        self._read: set[str] = set()

    def text(self, name: str) -> str:
        """Return an article's text by its name in the folder.

        Raises
        ------
        StanceclfError
            There is no such article, or it cannot be read.
        """
        file = table_of(name) or name
        if file not in self._read:
            self._texts |= {a.name: a.text for a in read_articles(self.path / file, file)}
            self._read.add(file)
        if name not in self._texts:
            raise StanceclfError(f"it has no article `{name}`", path=self.path / file)
        return self._texts[name]
