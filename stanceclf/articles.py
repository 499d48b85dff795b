"""Articles: text files, found and decoded.

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
        The path as the user gave it, or relative to the folder of articles.
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
        raise StanceclfError(f"no {SUFFIX} file in this folder; put articles there", path=path)
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        found = []
        for name in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207
            found += _in_folder(name) if Path(name).is_dir() else [name] * Path(name).is_file()
        if found:
            return list(dict.fromkeys(found))
        raise StanceclfError("no article matches this pattern", path=path)
    return [path]


def _in_folder(path: str) -> list[str]:
    return sorted(
        file.as_posix()
        for file in Path(path).rglob(f"*{SUFFIX}")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_folder(folder: str | PathLike[str]) -> list[Article]:
    """Read every article of a folder, named by its path in there.

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
    articles = []
    for path in find_articles(os.fspath(folder)):
        name = Path(path).relative_to(folder).as_posix()
        if any("\ud800" <= char <= "\udfff" for char in name):
            raise StanceclfError("its name is not UTF-8 text; rename it", path=path)
        articles.append(read_article(path, name))
    return articles
