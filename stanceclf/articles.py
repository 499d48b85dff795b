"""Articles: the texts of files, and of the rows of tables.

An article's text is exactly what its bytes decode to (less a byte order mark): offsets into it
stay true because nothing is cleaned here and line ends are kept. Of a web page or a Word document
it is the text that is read out of it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from stanceclf.article_files import ARCHIVES, MARKDOWN, PAGES, WORD, articles_in
from stanceclf.encodings import decode, detect
from stanceclf.errors import StanceclfError
from stanceclf.invisible import Visible
from stanceclf.tables import is_table, read_parquet, read_rows, table_of
from stanceclf.web_pages import decode_page, is_page, page_in, page_text
from stanceclf.word_files import word_text

#: A file of more bytes than this is refused unless more are allowed; tables are read row by row.
MOST = 128 << 20


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
    most: int = MOST,
) -> Article:
    """Read one article.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        Its name; by default the path as given.
    encoding : str, optional
        What it is in; by default found out, see `stanceclf.encodings.detect`.
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
    with _opened(path) as file:
        data = read_at_most(file, most, path)
    text = text_of(data, path, encoding, most)
    markdown = Path(path).suffix.lower() in MARKDOWN
    return Article(fspath(path) if name is None else name, text, markdown)


def text_of(
    data: bytes, path: str | PathLike[str], encoding: str | None = None, most: int = MOST
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
    >>> text_of("开源".encode("gbk"), "一.txt")
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


@contextmanager
def _opened(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that can be read more than once, whatever it is."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    except ValueError as error:
        raise StanceclfError(f"cannot be a file's name: {error}", path=path) from None
    with file:
        try:
            yield file if file.seekable() else io.BytesIO(file.read())
        except OSError as error:
            raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None


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
    most: int = MOST,
) -> list[Article]:
    r"""Read the articles of a file: the one that it is, or those that a table holds.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        What to call it; by default the path as given.
    encoding : str, optional
        What it is in; by default found out, see `stanceclf.encodings.detect`.
    most : int
        So many bytes a file may have, and a row of a table characters; 128 Mi by default.

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
    return [article for article, _ in stream_articles(path, name, encoding=encoding, most=most)]


def stream_articles(
    path: str | PathLike[str],
    name: str | None = None,
    *,
    encoding: str | None = None,
    most: int = MOST,
) -> Iterator[tuple[Article, float]]:
    """Yield the articles of a file as `read_articles` does, each with how much of it is before.

    A table is read twice, first to see that all of it can be, and never kept.

    Parameters
    ----------
    path, name, encoding, most
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
    with _opened(path) as file:
        size = file.seek(0, os.SEEK_END) or 1
        if Path(path).suffix.lower() == ".parquet":
            opened = None
        else:
            file.seek(0)
            opened = detect(file, path, encoding)
        count = sum(1 for _ in _rows(file, opened, path, most))
        if not count:
            raise StanceclfError("no row of this table holds text", path=path)
        for number, (row, text) in enumerate(_rows(file, opened, path, most)):
            share = number / count if opened is None else min(file.tell() / size, 1.0)
            yield Article(f"{name}#{row}", text), share


def _rows(
    file: BinaryIO, opened: tuple[str, int] | None, path: str | PathLike[str], most: int
) -> Iterator[tuple[str, str]]:
    """Yield a table's rows, from its beginning; `opened` tells a text's encoding."""
    if opened is None:
        file.seek(0)
        yield from read_parquet(file, path)
        return
    encoding, mark = opened
    file.seek(mark)
    # As they are: a line's end may be part of a value.
    end = "\n" if Path(path).suffix.lower() == ".jsonl" else ""
    lines = io.TextIOWrapper(file, encoding=encoding, newline=end)
    try:
        yield from read_rows(lines, path, most)
    finally:
        lines.detach()


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
    if not os.path.isdir(folder):  # noqa: PTH112
        raise StanceclfError("no such folder; make it and put articles there", path=folder)
    paths = articles_in(folder, tables=True)
    if not paths:
        raise StanceclfError(
            "no article in this folder; put .txt files there, or a table with a column `text`",
            path=folder,
        )
    articles = []
    for path in paths:
        name = Path(path).relative_to(folder).as_posix()
        if any("\ud800" <= char <= "\udfff" for char in name):
            raise StanceclfError("its name is not UTF-8 text; rename it", path=path)
        articles += read_articles(path, name)
    return articles


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
