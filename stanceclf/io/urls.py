"""Files on this machine or behind a URL that fsspec has a driver for (s3://, https://)."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.io.files import atomic_write

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from fsspec import AbstractFileSystem

# What is read through another file system, as in simplecache::s3://, names that one first. Without
# a protocol, `::` is part of a file's name.
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+::)*[A-Za-z][A-Za-z0-9+.-]+://")
# `file://` and `local://`, as fsspec reads them: nothing in them is escaped.
_LOCAL = re.compile(r"(?:file|local)://((?:(?!::).)+)", re.DOTALL)
# What drivers call that by which a file's content is known to have changed.
_STAMPS = {
    *("etag", "md5", "md5hash", "content-md5", "content_md5", "digest", "checksum", "generation"),
    *("last-modified", "lastmodified", "last_modified", "mtime", "modified", "updated", "created"),
}
# Where a file appears only when all of it has arrived; elsewhere it is renamed afterwards.
_ATOMIC = {"abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oci", "oss", "r2", "s3", "s3a"}


def is_url(path: str | PathLike[str]) -> bool:
    """Return whether a name is a URL rather than a path.

    Examples
    --------
    >>> is_url("s3://语料/帖子.parquet"), is_url("AI::综述.txt"), is_url("/语料/帖子.parquet")
    (True, False, False)
    """
    return _URL.match(fspath(path)) is not None


def local_path(path: str | PathLike[str]) -> str:
    """Return the path that a URL of a file on this machine stands for; other names as they are.

    Examples
    --------
    >>> local_path("file:///语料/帖子.csv"), local_path("s3://语料/帖子.csv")
    ('/语料/帖子.csv', 's3://语料/帖子.csv')
    """
    match = _LOCAL.fullmatch(fspath(path))
    return os.path.expanduser(match[1]) if match else fspath(path)  # noqa: PTH111


def identity(path: str | PathLike[str]) -> str:
    """Return a name that is the same however a file's path or URL is spelt.

    What is in an archive, or comes through a cache, is the archive or the file behind the cache.

    Examples
    --------
    >>> identity("file:///语料/帖子.csv"), identity("simplecache::local:///语料/一/../帖子.csv")
    ('/语料/帖子.csv', '/语料/帖子.csv')
    """
    last = _last_link(path)
    local = local_path(last)
    if not is_url(local):
        return Path(os.path.realpath(local)).as_posix()
    # A protocol that fsspec does not know is reported when it is read or written.
    with suppress(Exception):
        system, name = _filesystem(last)
        return str(system.unstrip_protocol(name))
    return last


def _last_link(path: str | PathLike[str]) -> str:
    """Return the file that a chain of URLs like ``zip://a.txt::s3://b.zip`` goes back to."""
    return fspath(path).rpartition("::")[2] if is_url(path) else fspath(path)


def join(folder: str, name: str) -> str:
    """Return the path or URL of a file in a folder.

    Examples
    --------
    >>> join("s3://语料/", "帖子.parquet")
    's3://语料/帖子.parquet'
    """
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else Path(folder, name).as_posix()


@contextmanager
def open_file(path: str | PathLike[str], most: int = 128 << 20) -> Iterator[BinaryIO]:
    """Open a path or URL as a seekable binary file.

    Of a pipe or a device, which may never end, at most `most` bytes are read, into memory.

    Raises
    ------
    StanceclfError
        The file cannot be opened, or not be read within the block; or there is more in a pipe.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "一.txt")
    >>> with write_file(path) as file:
    ...     _ = file.write("开源".encode())
    >>> with open_file(f"file://{path}") as file:
    ...     file.read().decode()
    '开源'
    """
    local = local_path(path)
    if is_url(local):
        with _driver_errors(path):
            system, name = _filesystem(path)
            remote = system.open(name, "rb")
        file: BinaryIO = io.BufferedReader(_RemoteFile(remote), 1 << 18)
    else:
        try:
            file = Path(local).open("rb")  # noqa: SIM115  (closed below)
        except OSError as error:
            raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
        except ValueError as error:
            raise StanceclfError(f"not a possible file name: {error}", path=path) from None
    with file:
        try:
            yield file if _is_file(file) else io.BytesIO(_read_stream(file, most, path))
        except OSError as error:
            raise StanceclfError(f"cannot read it: {error.strerror or error}", path=path) from None


def _is_file(file: BinaryIO) -> bool:
    """Return whether an open file has an end, and any place in it can be gone to."""
    with suppress(OSError):  # What is behind a URL has no descriptor.
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    return file.seekable()


def _read_stream(file: BinaryIO, most: int, path: str | PathLike[str]) -> bytes:
    data = bytearray()
    while piece := file.read(1 << 16):
        data += piece
        if len(data) > most:
            what = f"more than {most >> 20:,} MB from a pipe or device; write it to a file first"
            raise StanceclfError(what, path=path)
    return bytes(data)


@contextmanager
def write_file(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a path or URL as `atomic_write` does; a temporary file is sent to the URL at the end.

    Raises
    ------
    StanceclfError
        The file cannot be written.
    """
    here = local_path(path)
    if not is_url(here):
        with atomic_write(here) as file:
            yield file
        return
    with _driver_errors(path):
        system, name = _filesystem(path)
        descriptor, local = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        with _driver_errors(path):
            _send(system, local, name)
    finally:
        Path(local).unlink(missing_ok=True)


def _send(system: AbstractFileSystem, local: str, name: str) -> None:
    protocols = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    system.makedirs(name.rpartition("/")[0], exist_ok=True)
    if protocols & _ATOMIC:
        system.put_file(local, name)
    else:
        system.put_file(local, f"{name}.tmp")
        system.mv(f"{name}.tmp", name)
    system.invalidate_cache()


def files_at(url: str) -> list[str]:
    """Return the files that a URL stands for, sorted: a file, a folder's, or a pattern's.

    Raises
    ------
    StanceclfError
        The URL cannot be reached.
    """
    with _driver_errors(url):
        system, name = _filesystem(url)
        if "::" in url:  # a file in an archive
            return [url]
        # Behind a web server, a question mark begins what is asked of it.
        signs = "*[" if url.startswith(("http://", "https://")) else "*?["
        if any(sign in name for sign in signs):
            found = [one for one in system.glob(name) if not system.isdir(one)]
        # A web server can only say whether a file is a folder by sending it.
        elif (url.endswith("/") or not Path(name).suffix) and system.isdir(name):
            found = system.find(name)
        else:
            return [url]
        return sorted(str(system.unstrip_protocol(one)) for one in found)


def names_in(folder: str) -> list[str]:
    """Return the names of what is directly in a folder, sorted; none if there is no folder."""
    local = local_path(folder)
    if not is_url(local):
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(one.name for one in Path(local).iterdir())
        return []
    with _driver_errors(folder):
        system, name = _filesystem(folder)
        try:
            found = system.ls(name, detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(str(one).rstrip("/").rpartition("/")[2] for one in found)


def size_of(path: str | PathLike[str]) -> int:
    """Return a file's size in bytes, 0 if it is unknown."""
    with suppress(Exception):  # Each driver raises its own.
        if not is_url(local_path(path)):
            return Path(local_path(path)).stat().st_size
        system, name = _filesystem(path)
        return int(system.info(name).get("size") or 0)
    return 0


def stamp_of(path: str | PathLike[str]) -> str | None:
    """Return what changes when a file is written or replaced; None if that cannot be known.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "一.txt")
    >>> stamp_of(path) is None
    True
    >>> path.touch()
    >>> stamp_of(path) == stamp_of(f"file://{path}")
    True
    """
    last = _last_link(path)
    local = local_path(last)
    with suppress(Exception):  # Each driver raises its own.
        if not is_url(local):
            found = Path(local).stat()
            # Tools that copy a file keep its date of modification, but not that of its entry.
            known = [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
        else:
            system, name = _filesystem(last)
            info = system.info(name)
            known = [info[key] for key in sorted(info) if key.lower() in _STAMPS]
            if not any(known):
                return None
            known.append(info.get("size"))
        return hashlib.sha256(repr([str(one) for one in known]).encode()).hexdigest()[:16]
    return None


def remove(path: str | PathLike[str]) -> None:
    """Remove a file if it exists, or an empty folder."""
    local = Path(local_path(path))
    if is_url(local_path(path)):
        with _driver_errors(path):
            system, name = _filesystem(path)
            with suppress(FileNotFoundError):
                (system.rmdir if system.isdir(name) else system.rm)(name)
    elif local.is_dir():
        local.rmdir()
    else:
        local.unlink(missing_ok=True)


@contextmanager
def _driver_errors(path: str | PathLike[str]) -> Iterator[None]:
    """Report whatever a driver raises in one line."""
    try:
        yield
    except StanceclfError:
        raise
    except ModuleNotFoundError as error:
        raise missing_extra(error.name or "fsspec", "storage") from None
    except FileNotFoundError as error:
        # Drivers report whatever kept them from a file in this way.
        cause = error.__cause__ or (error.__context__ if is_url(path) else None)
        reason = _reason(cause) if cause else "No such file or directory"
        raise StanceclfError(f"cannot read it: {reason}", path=path) from None
    except Exception as error:
        raise StanceclfError(f"cannot be reached: {_reason(error)}", path=path) from None


def _reason(error: BaseException) -> str:
    """Return what a driver says is wrong; of the answer of a web server, its status."""
    status, message = getattr(error, "status", None), getattr(error, "message", None)
    return f"HTTP {status} {message}" if status else str(error) or type(error).__name__


def _filesystem(url: str | PathLike[str]) -> tuple[AbstractFileSystem, str]:
    """Return the file system of a URL and the file's name there."""
    from fsspec.core import url_to_fs

    system, name = url_to_fs(fspath(url))
    return system, str(name)


class _RemoteFile(io.RawIOBase):
    """A driver's file whose errors are those of a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self.file.seekable())

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = cast("Any", memoryview(buffer))
        try:
            data = self.file.read(len(view))
        except Exception as error:
            raise OSError(str(error) or type(error).__name__) from error
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self.file.close()
        super().close()
