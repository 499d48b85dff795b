"""The record beside a model file: its checksum, and what it was made by and of."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write, read_utf8
from stanceclf.model.frozen import StanceModel
from stanceclf.model.state import FORMAT


def record_of(path: str | PathLike[str]) -> Path:
    """Return where the record of a model file is.

    Examples
    --------
    >>> record_of("artifacts/model.joblib").as_posix()
    'artifacts/model.json'
    """
    return Path(path).with_suffix(".json")


def write_record(
    model: StanceModel, file: str | PathLike[str], record: str | PathLike[str]
) -> None:
    """Write the record of a model file that has just been written.

    Parameters
    ----------
    model : StanceModel
        The model.
    file, record : path-like
        Its file, and the record to write.

    Raises
    ------
    StanceclfError
        The one cannot be read, or the other not be written.
    """
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=file) from None
    said = {
        "file": Path(file).name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "format": FORMAT,
        "topic": model.topic.name,
    } | dataclasses.asdict(model.origin)
    with atomic_write(record) as out:
        out.write((json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode())


def is_recorded(data: bytes, path: str | PathLike[str]) -> bool:
    """Tell whether a model file has the checksum that is recorded beside it.

    Parameters
    ----------
    data : bytes
        What the file holds.
    path : path-like
        The file.

    Returns
    -------
    bool
        False where there is no record, or something else of that name.

    Raises
    ------
    StanceclfError
        The record says another checksum, or cannot be read.
    """
    record = record_of(path)
    if not record.is_file():
        return False
    try:
        said = json.loads(read_utf8(record))["sha256"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    if said != hashlib.sha256(data).hexdigest():
        raise StanceclfError(
            f"its checksum is not the one in {record.name}: damaged, tampered with, or of another "
            "run; copy both again, or train anew",
            path=path,
        )
    return True
