"""Walking through a folder, links to files and folders included."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError

_AGAIN = "a folder that is read by another name"
_AROUND = "a link to a folder around this one"


@dataclass(slots=True)
class Everything:
    """What is below a folder.

    Attributes
    ----------
    files : list of Path
        The files, links to files and what is in linked folders included, sorted.
    broken : dict of Path to str
        What cannot be followed or read, and why.
    folders : set of Path
        The folders that were entered, by their real paths.
    """

    files: list[Path] = field(default_factory=list)
    broken: dict[Path, str] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)


def walk(folder: str | PathLike[str], hidden: tuple[str, ...] = ()) -> Everything:
    """Return what is below a folder; every folder is entered once, however many links lead there.

    Parameters
    ----------
    folder : path-like
        The folder.
    hidden : tuple of str
        How the names of files and folders begin that are as if they were not there.

    Raises
    ------
    StanceclfError
        The folder itself is there but cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "一.txt").touch()
    >>> (folder / "环").symlink_to(folder)
    >>> found = walk(folder)
    >>> [path.name for path in found.files], [*found.broken.values()]
    (['一.txt'], ['a folder that is read by another name'])
    """
    root = Path(folder)
    found = Everything()
    around = Path(os.path.realpath(root))
    seen = found.folders
    seen.add(around)
    # By their own names first: a link to a folder that is here anyway adds nothing.
    folders, links = deque([root]), deque[Path]()
    while folders or links:
        if folders:
            here = folders.popleft()
        else:
            here = links.popleft()
            real = Path(os.path.realpath(here))
            if real in seen or real in around.parents:
                found.broken[here] = _AGAIN if real in seen else _AROUND
                continue
            seen.add(real)
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            if here == root and not isinstance(error, FileNotFoundError | NotADirectoryError):
                what = f"cannot read it: {error.strerror}"
                raise StanceclfError(what, path=folder) from None
            found.broken[here] = f"a folder that cannot be read: {error.strerror}"
            continue
        there = Path(os.path.realpath(here))
        for entry in entries:
            path = here / entry.name
            if entry.name.startswith(hidden):
                continue
            if os.path.isdir(path):  # noqa: PTH112  (False, not an error, without permission)
                # Windows has junctions, which are links as well.
                real = Path(os.path.realpath(path))
                if real != there / entry.name:
                    links.append(path)
                elif real in seen:
                    found.broken[path] = _AGAIN
                else:
                    seen.add(real)
                    folders.append(path)
            elif os.path.isfile(path):  # noqa: PTH113
                found.files.append(path)
            else:
                found.broken[path] = "a link to nothing" if entry.is_symlink() else "not a file"
    found.files.sort(key=Path.as_posix)
    return found
