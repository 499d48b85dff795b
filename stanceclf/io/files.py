"""Files on this machine, as UTF-8, JSON and CSV; what is written appears whole or not at all."""

from __future__ import annotations

import csv
import glob
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from stanceclf.errors import StanceclfError

# Names of what this process has already open.
_DESCRIPTOR = re.compile(r"/dev/(?:(stdout|stderr)|fd/(\d+))|/proc/self/fd/(\d+)")
_LINE_END = re.compile(r"\r\n?")
# Suffix of a file that is still being written.
_PART = ".tmp"


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that gets its name only when all of it has been written.

    Missing folders are created and links followed. If the block raises, the process dies or the
    power fails, the file of that name from before is untouched. The next write to the same file
    removes what a process that died left behind. Devices and pipes are written directly.

    Raises
    ------
    StanceclfError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp(), "结果.txt")
    >>> with atomic_write(target) as file:
    ...     _ = file.write("开源".encode())
    >>> target.read_text(encoding="utf-8")
    '开源'
    """
    if os.path.isdir(path):  # noqa: PTH112  (False, not an error, for an impossible name)
        raise StanceclfError("cannot write here: it is a folder; name a file", path=path)
    try:
        with _open_stream(path) if is_stream(path) else _open_part(path) as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StanceclfError(f"cannot write here: {reason}", path=path) from error


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a device, a pipe or an open file, none of which can be replaced."""
    exists = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    return exists or _DESCRIPTOR.fullmatch(os.fspath(path)) is not None


def _open_stream(path: str | os.PathLike[str]) -> BinaryIO:
    if match := _DESCRIPTOR.fullmatch(os.fspath(path)):
        # Opening the name would truncate a file behind it and write from its beginning.
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
    _remove_parts(final.parent, prefix)
    while True:
        # Named before it exists: whatever interrupts its creation, it is removed.
        part = final.parent / f"{prefix}{os.urandom(4).hex()}{_PART}"
        try:
            with open(part, "xb", opener=partial(os.open, mode=0o600)) as file:
                locked = _lock(file.fileno(), wait=True)
                if locked and not os.fstat(file.fileno()).st_nlink:
                    continue  # Before it was locked, another process removed it as left behind.
                yield file
                file.flush()
                # The name must not outlive a power cut that the content does not.
                os.fsync(file.fileno())
                part.chmod(mode)
                if locked:
                    part.replace(final)  # Still locked: unlocked, it looks left behind.
            if not locked:
                part.replace(final)
            _sync_folder(final.parent)
            return
        finally:
            part.unlink(missing_ok=True)


def _remove_parts(folder: Path, prefix: str) -> None:
    """Remove what processes that died left of a file: parts that nobody has locked."""
    for part in folder.glob(f"{glob.escape(prefix)}{'[0-9a-f]' * 8}{_PART}"):
        with suppress(OSError), _opened(part) as descriptor:
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor):
                part.unlink()


def _lock(descriptor: int, *, wait: bool = False) -> bool:
    """Lock an open file until it is closed; False if another process has, or locks do not exist."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):  # Windows, and some network drives.
        return False
    return True


@contextmanager
def lock_folder(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Keep other processes that lock a folder out of it.

    It is created if it is missing, and removed if it is still empty then.

    Where locks do not exist, as on Windows and some network drives, nobody is kept out.

    Raises
    ------
    StanceclfError
        Another process has locked it, or it cannot be created.

    Examples
    --------
    >>> import tempfile
    >>> with lock_folder(tempfile.mkdtemp()):
    ...     pass
    """
    is_new = not os.path.isdir(folder)  # noqa: PTH112
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StanceclfError(f"cannot write here: {reason}", path=folder) from error
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders.
        yield
        return
    try:
        with suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                is_new = False  # The other process has just created it.
                what = "another run is writing here; wait until it ends, or name another output"
                raise StanceclfError(what, path=folder) from None
            except OSError:  # No locks there.
                pass
        yield
    finally:
        if is_new:
            with suppress(OSError):  # It is not empty, or no longer there.
                Path(folder).rmdir()
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk, where the system can open folders."""
    with suppress(OSError), _opened(folder) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    # Whoever may write to the folder can put a pipe there, on which an open would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_utf8(path: str | os.PathLike[str]) -> str:
    r"""Return a UTF-8 file's text, less a byte order mark, with ``\n`` as line ends.

    Raises
    ------
    StanceclfError
        The file cannot be read or is not UTF-8.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    return _LINE_END.sub("\n", decode_utf8(data, path))


def decode_utf8(data: bytes, path: str | os.PathLike[str]) -> str:
    r"""Return bytes of a file as text, less a byte order mark; line ends stay as they are.

    Raises
    ------
    StanceclfError
        They are not UTF-8.

    Examples
    --------
    >>> decode_utf8(b"\xef\xbb\xbf\xe5\xa5\xbd", "一.txt")
    '好'
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"not UTF-8 (first bad byte at {error.start}); save it as UTF-8", path=path
        ) from None


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises
    ------
    StanceclfError
        The file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None


def write_pieces(pieces: Iterable[str], file: BinaryIO) -> None:
    """Write text as UTF-8, piece by piece."""
    for piece in pieces:
        # A file's name may contain half of a surrogate pair.
        file.write(piece.encode("utf-8", "backslashreplace"))


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write text to a file, as `atomic_write` does."""
    with atomic_write(path) as file:
        file.write(text.encode())


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


def table_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    r"""Return rows as CSV with a header; what a row lacks is left empty.

    Examples
    --------
    >>> table_csv([{"名": "便宜", "数": 3}], ["名", "数"])
    '名,数\n便宜,3\n'
    """
    return csv_line(columns) + "".join(csv_line(map(row.get, columns)) for row in rows)
