"""The record beside a model file: its checksum and the model's origin."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError
from stanceclf.io import read_utf8, sha256_of, write_json
from stanceclf.model.frozen import StanceModel
from stanceclf.model.state import FORMAT

# More than any record has; another kind of file may have its name.
_LARGEST = 1 << 20


def record_path(path: str | PathLike[str]) -> Path:
    """Return the path of the record of a model file.

    Examples
    --------
    >>> record_path("artifacts/model.joblib").as_posix()
    'artifacts/model.json'
    """
    return Path(path).with_suffix(".json")


def check_record(path: str | PathLike[str]) -> None:
    """Check that the record of a model file that is about to be written replaces nothing else.

    Raises
    ------
    StanceclfError
        The record would have the model file's own name, or that of a file that is no record.
    """
    record = record_path(path)
    if record == Path(path):
        what = "its record, which says what it is, would have this name; choose another suffix"
        raise StanceclfError(f"{what}, such as .joblib", path=path)
    if record.is_file() and _recorded(record) is None:
        what = f"its record would replace {record.name}, which is no record of a model"
        raise StanceclfError(f"{what}; choose another name", path=path)


def write_record(model: StanceModel, path: str | PathLike[str]) -> None:
    """Write the record of a model file that has just been written.

    Raises
    ------
    StanceclfError
        The model file cannot be read, or the record cannot be written.
    """
    record = {
        "file": Path(path).name,
        "sha256": sha256_of(path),
        "format": FORMAT,
        "topic": model.topic.name,
    } | dataclasses.asdict(model.origin)
    write_json(record_path(path), record)


def matches_record(data: bytes, path: str | PathLike[str]) -> bool:
    """Return whether the content of a model file has the recorded checksum; False without one.

    Raises
    ------
    StanceclfError
        The recorded checksum is a different one, or the record cannot be read.
    """
    record = record_path(path)
    if not record.is_file() or record.stat().st_size > _LARGEST:
        return False
    recorded = _recorded(record)
    if recorded is None:
        return False
    if recorded != hashlib.sha256(data).hexdigest():
        raise StanceclfError(
            f"its checksum differs from the one in {record.name}: damaged, tampered with, or from "
            "another run; copy both again or retrain it",
            path=path,
        )
    return True


def _recorded(record: Path) -> object:
    """Return the checksum in a record; None if it is another kind of file of this name."""
    try:
        return json.loads(read_utf8(record))["sha256"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
