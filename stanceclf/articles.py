"""Articles: text files, found and decoded.

An article's text is exactly what its bytes decode to (less a byte order mark): offsets into it
stay true because nothing is cleaned here and line ends are kept.
"""

from __future__ import annotations

import codecs
import glob
import re
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

from stanceclf.errors import StanceclfError

#: What a file is called for a folder to count it as an article.
SUFFIX = ".txt"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# GB18030 decodes nearly any bytes; control characters give away that they were no text.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


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


def decode(data: bytes, name: str) -> str:
    """Decode an article's bytes: by its byte order mark, else as UTF-8, else as GB18030 (GBK).

    Parameters
    ----------
    data : bytes
        The file's content.
    name : str
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
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _decode_strictly(data[len(mark) :], encoding, name)
            break
    else:
        if b"\0" in data:
            raise StanceclfError("not a text: it holds NUL bytes; give a .txt file", path=name)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = _decode_strictly(data, "gb18030", name)
            if _CONTROL.search(text):
                raise StanceclfError(
                    "neither UTF-8 nor GB18030 text; save it as UTF-8", path=name
                ) from None
    if not text.strip():
        raise StanceclfError("the article is empty; add its text or remove the file", path=name)
    return text


def _decode_strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"not {encoding.upper()} text (first bad byte at {error.start}); save it as UTF-8",
            path=name,
        ) from None


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
    """
    name = fspath(path) if name is None else name
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=name) from None
    return Article(name, decode(data, name))


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
    """
    if Path(path).is_dir():
        found = sorted(
            file.as_posix()
            for file in Path(path).rglob(f"*{SUFFIX}")
            if file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not found:
            raise StanceclfError(f"no {SUFFIX} file in this folder; put articles there", path=path)
        return found
    if not Path(path).exists() and glob.has_magic(path):
        found = sorted(name for name in glob.glob(path, recursive=True) if Path(name).is_file())  # noqa: PTH207
        if not found:
            raise StanceclfError("no file matches this pattern", path=path)
        return found
    return [path]


def read_folder(folder: str | PathLike[str]) -> list[Article]:
    """Read every article of a folder, named by its path in there.

    Raises
    ------
    StanceclfError
        The folder is missing or has no article, or one of them cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise StanceclfError("no such folder; make it and put articles there", path=folder)
    return [
        read_article(path, Path(path).relative_to(root).as_posix())
        for path in find_articles(str(root))
    ]
