"""Articles: text files, and the rows of tables, found and decoded.

An article's text is exactly what its bytes decode to (less a byte order mark): offsets into it
stay true because nothing is cleaned here and line ends are kept.
"""

from __future__ import annotations

import codecs
import glob
import os
import re
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

from stanceclf.errors import StanceclfError
from stanceclf.tables import is_table, read_parquet, read_rows, table_of

#: What a file is called for a folder to count it as an article.
SUFFIX = ".txt"

# UTF-32's mark begins with UTF-16's, so it is asked for first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# GB18030 decodes nearly any bytes; control characters give away that they were no text.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# So do characters that no standard gives a meaning: mostly it was Big5.
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_NO_TEXT = "not a text but binary data; give a .txt file"


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
    """

    name: str
    text: str


def decode(data: bytes, path: str | PathLike[str]) -> str:
    """Decode an article's bytes: by its byte order mark, else as UTF-8, else as GB18030 (GBK).

    Parameters
    ----------
    data : bytes
        The file's content.
    path : path-like
        What to call it in an error.

    Raises
    ------
    StanceclfError
        It is empty, or it is not text in one of these encodings.

    Examples
    --------
    >>> decode("开源".encode("gbk"), "一.txt")
    '开源'
    """
    mark, encoding = next(((m, e) for m, e in _BOMS if data.startswith(m)), (b"", "utf-8"))
    if data.startswith(b"%PDF-") or (not mark and b"\0" in data):
        raise StanceclfError(_NO_TEXT, path=path)
    if mark:
        text = _decode_strictly(data[len(mark) :], encoding, path)
    else:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            text = _decode_gb18030(data, error.start, path)
    if "\0" in text or len(_CONTROL.findall(text)) > len(text) / 100:
        raise StanceclfError(_NO_TEXT, path=path)
    if not text.strip():
        raise StanceclfError("the article is empty; add its text or remove the file", path=path)
    return text


def _decode_strictly(data: bytes, encoding: str, path: str | PathLike[str]) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"not {encoding.upper()} text (first bad byte at {error.start}); save it as UTF-8",
            path=path,
        ) from None


def _decode_gb18030(data: bytes, bad: int, path: str | PathLike[str]) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"neither UTF-8 (first bad byte at {bad}) nor GB18030 (at {error.start}); "
            "save it as UTF-8",
            path=path,
        ) from None
    if _CONTROL.search(text):
        raise StanceclfError(_NO_TEXT, path=path)
    if len(_PRIVATE.findall(text)) > len(text) / 100:
        raise StanceclfError("neither UTF-8 nor GB18030 (Big5?); save it as UTF-8", path=path)
    return text


def read_article(path: str | PathLike[str], name: str | None = None) -> Article:
    """Read one article.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        Its name; by default the path as given.

    Raises
    ------
    StanceclfError
        The file is missing, empty, not readable or not text.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "一.txt").write_bytes("开源".encode("gbk"))
    >>> read_article(folder / "一.txt", name="一.txt")
    Article(name='一.txt', text='开源')
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    except ValueError as error:
        raise StanceclfError(f"cannot be a file's name: {error}", path=path) from None
    return Article(fspath(path) if name is None else name, decode(data, path))


def read_articles(path: str | PathLike[str], name: str | None = None) -> list[Article]:
    r"""Read the articles of a file: the one that it is, or those that a table holds.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        What to call it; by default the path as given.

    Raises
    ------
    StanceclfError
        The file is missing, empty, not readable, not text or no table of texts.

    Examples
    --------
    >>> import tempfile
    >>> table = Path(tempfile.mkdtemp(), "帖子.csv")
    >>> _ = table.write_text("text\n开源便宜\n闭源贵\n", encoding="utf-8")
    >>> [(article.name, article.text) for article in read_articles(table, name="帖子.csv")]
    [('帖子.csv#1', '开源便宜'), ('帖子.csv#2', '闭源贵')]
    """
    if not is_table(path):
        return [read_article(path, name)]
    name = fspath(path) if name is None else name
    if Path(path).suffix.lower() == ".parquet":
        rows = list(read_parquet(path))
    else:
        rows = list(read_rows(read_article(path).text, path))
    if not rows:
        raise StanceclfError("no row of this table holds text", path=path)
    return [Article(f"{name}#{row}", text) for row, text in rows]


def find_articles(path: str) -> list[str]:
    """Return the files that one argument of the command line stands for, sorted.

    Parameters
    ----------
    path : str
        A file (of any suffix), a folder (every ``.txt`` below it, hidden ones aside) or a glob
        pattern (``**`` crosses folders).

    Raises
    ------
    StanceclfError
        Nothing is there.

    Examples
    --------
    >>> find_articles("一.txt")
    ['一.txt']
    """
    # os.path answers no, where Path raises, to a name that no file can have.
    if os.path.isdir(path):  # noqa: PTH112
        if found := _in_folder(path):
            return found
        mend = "put articles there"
        # What this program writes may lie there too, and has a column of text.
        if tables := _in_folder(path, tables=True):
            mend = f"tables are read where they are named: {tables[0]}"
        raise StanceclfError(f"no {SUFFIX} file in this folder; {mend}", path=path)
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        found = []
        for name in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207
            found += _in_folder(name) if Path(name).is_dir() else [name] * Path(name).is_file()
        if found:
            return list(dict.fromkeys(found))
        raise StanceclfError("no article matches this pattern", path=path)
    return [path]


def _in_folder(path: str | PathLike[str], *, tables: bool = False) -> list[str]:
    return sorted(
        file.as_posix()
        for file in Path(path).rglob("*")
        if (file.suffix == SUFFIX or (tables and is_table(file)))
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def skipped_files(folder: str | PathLike[str]) -> list[str]:
    """Return the files in a folder of articles that are none, by their names there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "论文.docx").touch()
    >>> skipped_files(folder)
    ['论文.docx']
    """
    inside = (path.relative_to(folder) for path in Path(folder).rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in inside
        if path.suffix != SUFFIX
        and not is_table(path)
        and not any(part.startswith(".") for part in path.parts)
    )


def has_articles(folder: str | PathLike[str]) -> bool:
    """Tell whether a folder holds a file of articles, whatever is in it."""
    return bool(_in_folder(folder, tables=True))


def read_folder(folder: str | PathLike[str]) -> list[Article]:
    """Read every article of a folder, named by its path in there: text files and tables' rows.

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
    paths = _in_folder(folder, tables=True)
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
