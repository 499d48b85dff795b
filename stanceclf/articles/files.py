"""Files of articles: those that a name on the command line, or a folder, stands for."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

from stanceclf.articles.tables import TABLES
from stanceclf.errors import StanceclfError
from stanceclf.io import files_at, identity, is_url, local_path

#: Suffixes of web pages, browsers' archives of them, Word documents, Markdown and plain text.
PAGES = (".html", ".htm", ".xhtml")
ARCHIVES = (".mhtml", ".mht")
WORD = ".docx"
MARKDOWN = (".md", ".markdown")
#: Suffixes of the files in a folder that are one article each.
SUFFIXES = (".txt", *MARKDOWN, *PAGES, *ARCHIVES, WORD)
_READ = {*SUFFIXES, *TABLES}
#: What is read, for messages.
KINDS = f"articles ({', '.join(SUFFIXES)}) or tables with a column `text` ({', '.join(TABLES)})"


def find_articles(path: str) -> list[str]:
    """Return the files that an argument of the command line stands for, sorted.

    Parameters
    ----------
    path : str
        A file with any suffix; a folder, for the articles and tables below it, except hidden ones
        and what a browser saved beside a page; a glob pattern (``**`` crosses folders); or a URL
        of one of these.

    Raises
    ------
    StanceclfError
        There are no such files.

    Examples
    --------
    >>> find_articles("一.txt")
    ['一.txt']
    """
    if is_url(path):
        found = files_at(path)
        if found != [path]:
            found = [name for name in found if _is_read(name)]
        if not found:
            raise StanceclfError("no article or table there", path=path)
        return found
    # os.path returns False for impossible names, where Path raises.
    if os.path.isdir(path):  # noqa: PTH112
        if found := articles_in(path):
            return found
        raise StanceclfError(f"no article in this folder; put {KINDS} there", path=path)
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        found = []
        for name in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207
            below = articles_in(name) if Path(name).is_dir() else []
            found += below or [name] * Path(name).is_file()
        if found:
            return list(dict.fromkeys(found))
        raise StanceclfError("no article matches this pattern", path=path)
    return [path]


def check_outside(output: str, paths: Iterable[str]) -> None:
    """Check that a file about to be written is not one that arguments will stand for from then on.

    Raises
    ------
    StanceclfError
        It is in a folder, or matches a pattern, of which everything is read.

    Examples
    --------
    >>> check_outside("帖子.jsonl", ["一.txt", "语料", "*.txt"])
    """
    for path in paths:
        if _includes(path, output):
            what = f"`{path}` would include it the next time; name an output outside of it"
            raise StanceclfError(what, path=output)


def _includes(path: str, output: str) -> bool:
    """Return whether `find_articles` of a folder or pattern would return a file, once written."""
    if not _is_read(output) or path == output:
        return False
    own, local = Path(identity(output)), local_path(path)
    if os.path.exists(local) or not (is_url(local) or glob.has_magic(local)):  # noqa: PTH110
        return os.path.isdir(local) and _is_below(own, local)  # noqa: PTH112
    return _matches(own.parts, Path(identity(path)).parts)


def _is_below(file: Path, folder: str) -> bool:
    """Return whether a file, of which no folder is hidden, is in a folder or below it."""
    real = Path(os.path.realpath(folder))
    if not file.is_relative_to(real):
        return False
    return not any(part.startswith(".") for part in file.relative_to(real).parts)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether a pattern stands for a path or for a folder that it is below."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_matches(parts[skip:], pattern[1:]) for skip in range(len(parts)))
    if not parts or (parts[0].startswith(".") and not pattern[0].startswith(".")):
        return False
    return fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def articles_in(folder: str | PathLike[str]) -> list[str]:
    """Return the articles and tables below a folder, sorted.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("页.html", "页_files/广告.html", "帖.csv", "论文.pdf"):
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     (folder / name).touch()
    >>> [Path(path).name for path in articles_in(folder)]
    ['帖.csv', '页.html']
    """
    return sorted(file.as_posix() for file in _files(Path(folder)) if _is_read(file))


def skipped_files(folder: str | PathLike[str]) -> list[str]:
    """Return the names, below a folder of articles, of files that are neither articles nor tables.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "论文.pdf").touch()
    >>> skipped_files(folder)
    ['论文.pdf']
    """
    files = (file for file in _files(Path(folder)) if not _is_read(file))
    return sorted(file.relative_to(folder).as_posix() for file in files)


def _is_read(path: str | PathLike[str]) -> bool:
    return Path(path).suffix.lower() in _READ


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, except hidden ones and what browsers save beside a page."""
    try:
        found = [path for path in folder.rglob("*") if path.is_file()]
    except OSError as error:
        what = f"cannot read it: {error.strerror}"
        raise StanceclfError(what, path=error.filename or folder) from None
    saved = {
        path.with_name(f"{path.stem}{end}")
        for path in found
        if path.suffix.lower() in PAGES
        for end in ("_files", ".files")
    }
    for path in found:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and saved.isdisjoint(path.parents):
            yield path
