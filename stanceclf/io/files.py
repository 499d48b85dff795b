"""Files: text is read as UTF-8, and what is written is there whole or not at all."""

from __future__ import annotations

import csv
import glob
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from stanceclf.errors import StanceclfError

# Ways to name what this process has open already.
_DESCRIPTOR = re.compile(r"/dev/(?:(stdout|stderr)|fd/(\d+))|/proc/self/fd/(\d+)")


# What the name of a file ends in that is still being written.
_PART = ".tmp"


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that takes its name only when it has been written whole.

    Folders on the way are made, links followed. If the block raises, the process dies or the power
    fails, what stood under the name before is still there, untouched. What a process that died
    could not clear away, the next one to write this file does. Devices and pipes are written
    straight.

    Parameters
    ----------
    path : path-like
        The file's final name.

    Raises
    ------
    StanceclfError
        The file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp(), "结果.txt")
    >>> with atomic_write(target) as file:
    ...     _ = file.write("开源".encode())
    >>> target.read_text(encoding="utf-8")
    '开源'
    """
    check_outputs(path)
    try:
        with _open_stream(path) if is_stream(path) else _open_part(path) as file:
            yield file
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise StanceclfError(f"cannot write here: {said}", path=path) from error


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path is a device, a pipe or an open file, which cannot be replaced."""
    there = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    return there or _DESCRIPTOR.fullmatch(os.fspath(path)) is not None


def _open_stream(path: str | os.PathLike[str]) -> BinaryIO:
    if match := _DESCRIPTOR.fullmatch(os.fspath(path)):
        # Opened anew, a file behind it would be cut off and written from its beginning.
        number = {"stdout": 1, "stderr": 2}.get(match[1]) or int(match[2] or match[3])
        return os.fdopen(os.dup(number), "wb")
    return Path(path).open("wb")


@contextmanager
def _open_part(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file beside the final one, which it replaces at the end."""
    final = Path(os.path.realpath(path))
    final.parent.mkdir(parents=True, exist_ok=True)
    mode = final.stat().st_mode & 0o777 if final.exists() else 0o666 & ~_umask()
    prefix = f".{final.name[:40]}."
    _clear_parts(final.parent, prefix)
    while True:
        # Named before it is there: whatever interrupts its making, it is cleared away.
        part = final.parent / f"{prefix}{os.urandom(4).hex()}{_PART}"
        try:
            with open(part, "xb", opener=partial(os.open, mode=0o600)) as file:
                locked = _lock(file.fileno(), wait=True)
                if locked and not os.fstat(file.fileno()).st_nlink:
                    continue  # Before it was locked, another process took it for a dead one's.
                yield file
                file.flush()
                # A name must not come to stand for what a power cut has kept from the disk.
                os.fsync(file.fileno())
                part.chmod(mode)
                if locked:
                    # Not a moment later: unlocked, it looks like a dead one's.
                    part.replace(final)
            if not locked:
                part.replace(final)
            _sync_folder(final.parent)
            return
        finally:
            part.unlink(missing_ok=True)


def _clear_parts(folder: Path, prefix: str) -> None:
    """Remove what processes that died have left of a file: nobody has locked it."""
    for part in folder.glob(f"{glob.escape(prefix)}{'[0-9a-f]' * 8}{_PART}"):
        with suppress(OSError):
            descriptor = os.open(part, os.O_RDONLY)
            try:
                if _lock(descriptor):
                    part.unlink()
            finally:
                os.close(descriptor)


def _lock(descriptor: int, *, wait: bool = False) -> bool:
    """Lock an open file until it is closed; False if another has, or there are no such locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):  # Windows, and some network drives.
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """See that a folder's names are on the disk, where folders can be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def table_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    r"""Return rows as CSV, with a header.

    Parameters
    ----------
    rows : iterable of mappings
        The rows; what one does not have is left empty.
    columns : sequence of str
        The columns, in order.

    Examples
    --------
    >>> table_csv([{"名": "便宜", "数": 3}], ["名", "数"])
    '名,数\n便宜,3\n'
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_utf8(path: str | os.PathLike[str]) -> str:
    """Return a UTF-8 file's text, less a byte order mark.

    Parameters
    ----------
    path : path-like
        The file.

    Raises
    ------
    StanceclfError
        The file cannot be read or is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"not UTF-8 (first bad byte at {error.start}); save it as UTF-8", path=path
        ) from None


def check_outputs(
    *paths: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()
) -> None:
    """See that several files can be written, before the first one is.

    Parameters
    ----------
    *paths : path-like
        The files to write.
    inputs : iterable of path-like, optional
        What is read and must not be written over: files, and whatever there is in folders.

    Raises
    ------
    StanceclfError
        Two are one and the same, or one is a folder or an input.
    """
    read = {os.path.realpath(file) for path in inputs for file in _files_of(path)}
    seen = set()
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  (False, not an error, for an impossible name)
            raise StanceclfError("cannot write here: it is a folder; name a file", path=path)
        if is_stream(path):
            continue
        if os.path.realpath(path) in read:
            raise StanceclfError("is read by this command; name another output", path=path)
        if os.path.realpath(path) in seen:
            raise StanceclfError("two outputs have this name; give each its own", path=path)
        seen.add(os.path.realpath(path))


def _files_of(path: str | os.PathLike[str]) -> Iterator[str | os.PathLike[str]]:
    """Yield a path and, if it is a folder, the files below it."""
    yield path
    if os.path.isdir(path):  # noqa: PTH112  (False, not an error, for an impossible name)
        yield from Path(path).rglob("*")


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def csv_line(cells: Iterable[object]) -> str:
    r"""Return cells as a line of CSV.

    Examples
    --------
    >>> csv_line(["开源,便宜", 1, None])
    '"开源,便宜",1,\n'
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
