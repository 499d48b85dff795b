"""Files of articles: those that a name on the command line, or a folder, stands for."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from stanceclf.articles.tables.base import TABLES
from stanceclf.errors import StanceclfError
from stanceclf.io import counted, files_at, identity, is_url, local_path, walk

#: Suffixes of web pages, browsers' archives of them, Word documents, Markdown and plain text.
PAGES = (".html", ".htm", ".xhtml")
ARCHIVES = (".mhtml", ".mht")
WORD = ".docx"
MARKDOWN = (".md", ".markdown")
#: Suffixes of the files in a folder that are one article each.
SUFFIXES = (".txt", *MARKDOWN, *PAGES, *ARCHIVES, WORD)
_READ = {*SUFFIXES, *TABLES}
# How hidden files begin, and those in which Office keeps who has a document open.
_HIDDEN = (".", "~$")

#: How many bytes tell a format.
BEGINNING = 16

# Formats that hold articles but are not read, and what to do with them.
_TABLE = "a spreadsheet; save it as .csv"
_LETTER = "a document; save it as .docx or .txt"
_BOOK = "a book or slides; extract the text to .txt or .html"
_PACKED = "an archive; unpack it"
_PICTURE = "a picture; recognize its text and save it as .txt"
#: Formats of text that is not prose, which only a page among them may be.
NOT_PROSE = {
    **dict.fromkeys((".srt", ".vtt", ".ass", ".lrc"), "subtitles; extract the text to .txt"),
    **dict.fromkeys((".eml", ".msg"), "an e-mail; save its text as .txt"),
    **dict.fromkeys((".xml", ".rss", ".atom"), "XML; save its text as .txt or .html"),
}
_WHAT_TO_DO = {
    **NOT_PROSE,
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et", ".numbers"), _TABLE),
    **dict.fromkeys((".doc", ".rtf", ".odt", ".wps", ".pages", ".docm"), _LETTER),
    ".pdf": "a PDF; extract its text to .txt, for example with pdftotext",
    **dict.fromkeys((".epub", ".mobi", ".azw3", ".caj", ".pptx", ".ppt"), _BOOK),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"), _PACKED),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"), _PICTURE),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "a database; export a table as .csv"),
}
# How such files begin, whatever their names.
_BEGINNINGS = {
    b"%PDF-": ".pdf",
    b"{\\rtf": ".rtf",
    b"SQLite format 3\0": ".sqlite",
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"\x1f\x8b": ".gz",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "ole",
    b"PAR1": ".parquet",
}
# What Office writes has one beginning, new or old, whether text or table.
_OFFICE = "a workbook, a document or an archive; save it as .csv or .docx, or unpack it"
_UNKNOWN = {"zip": _OFFICE, "ole": _OFFICE, ".parquet": "a Parquet table; rename it to .parquet"}
_EXPECTED = {(".docx", "zip"), (".docx", "ole"), (".parquet", ".parquet")}


@dataclass(slots=True)
class Found:
    """The files that a path stands for.

    Attributes
    ----------
    files : list of str
        Articles and tables, sorted.
    left_out : dict of str to list of str
        Files in folders that are neither, by the reason.
    """

    files: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def add(self, path: str) -> None:
        """Add a file, or say why it is left out."""
        if (why := unread(path)) is None:
            self.files.append(path)
        else:
            self.leave_out(why, [path])

    def leave_out(self, why: str, paths: Iterable[str]) -> None:
        """Add files that are left out for a reason."""
        self.left_out.setdefault(why, []).extend(paths)

    def summary(self) -> str | None:
        """Return what is left out and why, with counts, None if it is nothing.

        Examples
        --------
        >>> Found([], {"save it as .csv": ["甲.xlsx", "乙.xlsx"]}).summary()
        'left out 2 files: 甲.xlsx and 1 more (save it as .csv)'
        """
        if not (number := sum(map(len, self.left_out.values()))):
            return None
        reasons = [
            f"{paths[0]}{f' and {len(paths) - 1} more' if paths[1:] else ''} ({why})"
            for why, paths in sorted(self.left_out.items())
        ]
        return f"left out {counted(number, 'file')}: {'; '.join(reasons)}"


#: What is read, for messages.
KINDS = f"articles ({', '.join(SUFFIXES)}) or tables with a column `text` ({', '.join(TABLES)})"


def find_articles(path: str) -> list[str]:
    """Return the files that `search` finds.

    Examples
    --------
    >>> find_articles("一.txt")
    ['一.txt']
    """
    return search(path).files


def search(path: str) -> Found:
    """Return the files that an argument of the command line stands for.

    Parameters
    ----------
    path : str
        A file with any suffix; a folder, for the articles and tables below it, except hidden ones
        and what a browser saved beside a page; a glob pattern (``**`` crosses folders); or a URL
        of one of these. Links are followed.

    Raises
    ------
    StanceclfError
        There are no such files.

    Examples
    --------
    >>> search("一.txt")
    Found(files=['一.txt'], left_out={})
    """
    found = Found()
    if is_url(path):
        files = files_at(path)
        if files == [path]:
            return Found(files)
        for name in files:
            found.add(name)
        if not found.files:
            raise _nothing("no article or table there", path, found)
        return found
    # os.path returns False for impossible names, where Path raises.
    if os.path.isdir(path):  # noqa: PTH112
        found = articles_in(path)
        if not found.files:
            raise _nothing(f"no article in this folder; put {KINDS} there", path, found)
        return found
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        parts = path.split("/")
        found = _deep(parts) if "**" in parts else _shallow(path)
        found.files = sorted(set(found.files))
        if not found.files:
            raise _nothing("no article matches this pattern", path, found)
        return found
    return Found([path])


def _shallow(pattern: str) -> Found:
    found = Found()
    for name in glob.glob(pattern):  # noqa: PTH207
        if Path(name).is_dir():
            below = articles_in(name)
            found.files += below.files
            for why, paths in below.left_out.items():
                found.leave_out(why, paths)
        elif Path(name).is_file():
            found.files.append(name)
    return found


def _deep(parts: Sequence[str]) -> Found:
    """Return what a pattern with ``**`` stands for; `glob` would follow links into themselves."""
    first = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    root = "/".join([*parts[:first], ""]) or "."
    found = Found()
    for file in walk(root, _HIDDEN).files:
        left = set(_unmatched(file.relative_to(root).parts, parts[first:]))
        if 0 in left:
            found.files.append(file.as_posix())
        elif left:
            found.add(file.as_posix())
    return found


def _nothing(what: str, path: str, found: Found) -> StanceclfError:
    left_out = found.summary()
    return StanceclfError(f"{what}; {left_out}" if left_out else what, path=path)


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
    if unread(output) is not None or path == output:
        return False
    own, local = Path(identity(output)), local_path(path)
    if os.path.exists(local) or not (is_url(local) or glob.has_magic(local)):  # noqa: PTH110
        return os.path.isdir(local) and _is_below(own, local)  # noqa: PTH112
    return any(True for _ in _unmatched(own.parts, Path(identity(path)).parts))


def _is_below(file: Path, folder: str) -> bool:
    """Return whether a file, of which no folder is hidden, is in a folder, linked ones included."""
    entered = {Path(os.path.realpath(folder))}
    with suppress(StanceclfError):  # It is reported when it is read.
        entered = walk(folder, _HIDDEN).folders
    real = next((one for one in file.parents if one in entered), None)
    if real is None:
        return False
    return not any(part.startswith(_HIDDEN) for part in file.relative_to(real).parts)


def _unmatched(parts: Sequence[str], pattern: Sequence[str]) -> Iterator[int]:
    """Yield how many parts of a path remain behind what a pattern stands for: 0 for all of it.

    Where some remain, the pattern stands for a folder that the path is below.
    """
    if not pattern:
        yield len(parts)
    elif pattern[0] == "**":
        for skip in range(len(parts)):
            yield from _unmatched(parts[skip:], pattern[1:])
    elif parts and _matches(parts[0], pattern[0]):
        yield from _unmatched(parts[1:], pattern[1:])


def _matches(name: str, pattern: str) -> bool:
    hidden = name.startswith(".") and not pattern.startswith(".")
    return not hidden and fnmatch.fnmatchcase(name, pattern)


def articles_in(folder: str | PathLike[str]) -> Found:
    """Return the articles and tables below a folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("页.html", "页_files/广告.html", "帖.csv", "论文.pdf"):
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     (folder / name).touch()
    >>> found = articles_in(folder)
    >>> [Path(path).name for path in found.files]
    ['帖.csv', '页.html']
    >>> [Path(path).name for paths in found.left_out.values() for path in paths]
    ['论文.pdf', '广告.html']
    """
    found = Found()
    everything = walk(folder, _HIDDEN)
    saved = {
        path.with_name(f"{path.stem}{end}")
        for path in everything.files
        if path.suffix.lower() in PAGES
        for end in ("_files", ".files")
    }
    for path in everything.files:
        name = path.as_posix()
        if not saved.isdisjoint(path.parents):
            found.leave_out("saved with a web page", [name])
        else:
            found.add(name)
    for path, why in sorted(everything.broken.items()):
        found.leave_out(why, [path.as_posix()])
    return found


def unread(path: str | PathLike[str]) -> str | None:
    """Return why a file in a folder is left out, None if it is read.

    Examples
    --------
    >>> unread("一.txt"), unread("图.svg")
    (None, 'neither an article nor a table')
    """
    suffix = Path(path).suffix.lower()
    return None if suffix in _READ else what_to_do(suffix) or "neither an article nor a table"


def what_to_do(suffix: str) -> str | None:
    """Return what files of a format are and what to do with them, None if it is not known.

    Examples
    --------
    >>> what_to_do(".xlsx")
    'a spreadsheet; save it as .csv'
    """
    return _WHAT_TO_DO.get(suffix)


def check_format(beginning: bytes, path: str | PathLike[str]) -> None:
    """Raise a `StanceclfError` if a file is of such a format, by its first bytes.

    Its name alone is no proof: what websites export as .xls or .doc is often a page.
    """
    suffix = Path(path).suffix.lower()
    format_ = next((own for begin, own in _BEGINNINGS.items() if beginning.startswith(begin)), None)
    if format_ is None or (suffix, format_) in _EXPECTED:
        return
    what = what_to_do(suffix) or what_to_do(format_) or _UNKNOWN[format_]
    kind = "RTF" if format_ == ".rtf" else "binary data"
    raise StanceclfError(f"not a text but {kind}: {what}", path=path)
