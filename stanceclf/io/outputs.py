"""Outputs: files that a command is about to write, none of which it may read."""

from __future__ import annotations

import os
from collections.abc import Iterable

from stanceclf.errors import StanceclfError
from stanceclf.io.files import is_stream
from stanceclf.io.urls import identity, is_url, local_path
from stanceclf.io.walking import walk


def check_outputs(
    *paths: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()
) -> None:
    """Check that several files can be written, before the first one is.

    Inputs, and files in folders that are inputs, must not be overwritten, however their names are
    spelt: as a path, through links, or as a ``file://`` URL.

    Raises
    ------
    StanceclfError
        Two paths are the same file, or one is a folder or an input.
    """
    read: set[str] = set()
    for path in inputs:
        local = local_path(path)
        below = () if is_url(local) or not os.path.isdir(local) else walk(local).files  # noqa: PTH112
        read |= {identity(file) for file in (path, *below)}
    seen = set()
    for path in paths:
        local = local_path(path)
        if os.path.isdir(local):  # noqa: PTH112  (False, not an error, for an impossible name)
            raise StanceclfError("cannot write here: it is a folder; name a file", path=path)
        if is_stream(local):
            continue
        own = identity(path)
        if own in read:
            raise StanceclfError("is read by this command; name another output", path=path)
        if own in seen:
            raise StanceclfError("two outputs have this name; give each its own", path=path)
        seen.add(own)
