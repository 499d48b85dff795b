"""Files of articles: which ones a name on the command line, or a folder, stands for."""

from __future__ import annotations

import glob
import os
from os import PathLike
from pathlib import Path

from stanceclf.articles.tables import TABLES, is_table
from stanceclf.errors import StanceclfError
from stanceclf.io import files_at, is_url

#: What a web page, a browser's archive of one, a Word document, Markdown and plain text are called.
PAGES = (".html", ".htm", ".xhtml")
ARCHIVES = (".mhtml", ".mht")
WORD = ".docx"
MARKDOWN = (".md", ".markdown")
TEXT = ".txt"
#: What a file is called for a folder to count it as an article.
SUFFIXES = (TEXT, *MARKDOWN, *PAGES, *ARCHIVES, WORD)


def is_article(path: str | PathLike[str]) -> bool:
    """Tell by its name whether a file in a folder is an article.

    Examples
    --------
    >>> is_article("一.txt"), is_article("网页.HTM"), is_article("图.png")
    (True, True, False)
    """
    return Path(path).suffix.lower() in SUFFIXES


def find_articles(path: str) -> list[str]:
    """Return the files that one argument of the command line stands for, sorted.

    Parameters
    ----------
    path : str
        A file (of any suffix), a folder (every article and table below it, hidden ones aside, and
        what a browser keeps beside a page) or a glob pattern (``**`` crosses folders); or a URL of
        either.

    Raises
    ------
    StanceclfError
        Nothing is there.

    Examples
    --------
    >>> find_articles("一.txt")
    ['一.txt']
    """
    if is_url(path):
        found = files_at(path)
        if found == [path]:
            return found
        found = [name for name in found if is_article(name) or is_table(name)]
        if not found:
            raise StanceclfError("no article or table of them there", path=path)
        return found
    # os.path answers no, where Path raises, to a name that no file can have.
    if os.path.isdir(path):  # noqa: PTH112
        if found := articles_in(path, tables=True):
            return found
        mend = f"put articles there ({', '.join(SUFFIXES)}) or tables ({', '.join(TABLES)})"
        raise StanceclfError(f"no article in this folder; {mend}", path=path)
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        found = []
        for name in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207
            below = articles_in(name, tables=True) if Path(name).is_dir() else []
            found += below or [name] * Path(name).is_file()
        if found:
            return list(dict.fromkeys(found))
        raise StanceclfError("no article matches this pattern", path=path)
    return [path]


def articles_in(folder: str | PathLike[str], *, tables: bool = False) -> list[str]:
    """Return the articles' files below a folder, and tables of them if asked for, sorted.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("页.html", "页_files/广告.html", "帖.csv"):
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     (folder / name).touch()
    >>> [Path(path).name for path in articles_in(folder)]
    ['页.html']
    """
    return sorted(
        file.as_posix()
        for file in _files(Path(folder))
        if is_article(file) or (tables and is_table(file))
    )


def skipped_files(folder: str | PathLike[str]) -> list[str]:
    """Return the files in a folder of articles that are none, by their names there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "论文.pdf").touch()
    >>> skipped_files(folder)
    ['论文.pdf']
    """
    return sorted(
        path.relative_to(folder).as_posix()
        for path in _files(Path(folder))
        if not is_article(path) and not is_table(path)
    )


def has_articles(folder: str | PathLike[str]) -> bool:
    """Tell whether a folder holds a file of articles, whatever is in it."""
    return bool(articles_in(folder, tables=True))


def _files(folder: Path) -> list[Path]:
    """Return the files below a folder, but hidden ones and what browsers keep beside a page."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    kept = {
        path.with_name(f"{path.stem}{end}")
        for path in found
        if path.suffix.lower() in PAGES
        for end in ("_files", ".files")
    }
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not kept & set(path.parents)
    ]
