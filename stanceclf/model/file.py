"""Model files: a frozen model on disk, as a pickle that `joblib.load` reads or as safetensors.

Neither is unpickled here: `load` runs nobody's code, whatever a file holds.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write
from stanceclf.model.frozen import StanceModel
from stanceclf.model.pickle_file import MAGIC, read_pickle, write_pickle
from stanceclf.model.record import is_recorded
from stanceclf.model.safetensors_file import is_safetensors, read_safetensors, write_safetensors
from stanceclf.model.state import State

#: What a file of safetensors is called.
SAFE = ".safetensors"
_COMPRESSED = (b"\x78", b"\x1f\x8b", b"BZ", b"\xfd7zXZ", b"\x5d\x00", b"\x04\x22\x4d\x18")


def save(model: StanceModel, path: str | PathLike[str]) -> None:
    """Write a model to a file.

    Parameters
    ----------
    model : StanceModel
        What to write.
    path : path-like
        The file; safetensors if its name ends so, else a pickle, which `joblib.load` reads too.

    Raises
    ------
    StanceclfError
        The file cannot be written.
    """
    safe = Path(path).suffix.lower() == SAFE
    data = write_safetensors(model.__getstate__()) if safe else write_pickle(model)
    with atomic_write(path) as file:
        file.write(data)


def load(path: str | PathLike[str]) -> StanceModel:
    """Read a model from a file; nothing in the file is run.

    Parameters
    ----------
    path : path-like
        What `stanceclf train` or `stanceclf model export` wrote.

    Raises
    ------
    StanceclfError
        The file is missing, cut short, damaged or forged, holds something else, or has not the
        checksum that is recorded beside it.
    """
    return read_model(path)[0]


def read_model(path: str | PathLike[str]) -> tuple[StanceModel, bool]:
    """Read a model from a file, and tell whether a checksum says that it is the one it was.

    Parameters
    ----------
    path : path-like
        The file. A pickle's checksum is in the record beside it, safetensors' in the file itself.

    Raises
    ------
    StanceclfError
        As `load`.
    """
    data = read_bytes(path)
    try:
        model = StanceModel.from_state(state_in(data))
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None
    return model, is_recorded(data, path) or is_safetensors(data)


def read_bytes(path: str | PathLike[str]) -> bytes:
    """Return what a model file holds.

    Raises
    ------
    StanceclfError
        There is none, or it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        raise StanceclfError(
            "no model here; run `dvc repro` to train one, or name another file", path=path
        ) from None
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None


def state_in(data: bytes) -> State:
    """Return the state of a model in a file's content, whatever kind of file it is.

    Raises
    ------
    StanceclfError
        It is none.
    """
    if not data:
        raise StanceclfError("not a model, or cut short (it is empty); copy it again")
    if is_safetensors(data):
        return read_safetensors(data)
    if data.startswith(MAGIC):
        return read_pickle(data)
    if data.startswith(_COMPRESSED):
        raise StanceclfError("not a model, or a compressed one; save it without compression")
    raise StanceclfError("not a model; name another file")
