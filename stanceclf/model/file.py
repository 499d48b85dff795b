"""Model files: a frozen model on disk, as a pickle for `joblib.load` or as safetensors.

`load` unpickles neither: nothing in a file is executed, whatever it contains.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Literal

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write
from stanceclf.model.frozen import StanceModel
from stanceclf.model.pickle_file import MAGIC, import_warning, read_pickle, write_pickle
from stanceclf.model.record import matches_record
from stanceclf.model.safetensors_file import is_safetensors, read_safetensors, write_safetensors
from stanceclf.model.state import State

# Many times the size of any model.
_LARGEST = 1 << 30
_COMPRESSED = (b"\x78", b"\x1f\x8b", b"BZ", b"\xfd7zXZ", b"\x5d\x00", b"\x04\x22\x4d\x18")


def save(
    model: StanceModel,
    path: str | PathLike[str],
    form: Literal["joblib", "safetensors"] | None = None,
) -> None:
    """Write a model to a file.

    Parameters
    ----------
    model : StanceModel
        The model.
    path : path-like
        The file.
    form : {"joblib", "safetensors"}, optional
        A pickle, which `joblib.load` reads too, or safetensors; by default safetensors if the
        file's name ends in ``.safetensors``.

    Raises
    ------
    StanceclfError
        The file cannot be written.
    """
    if form is None and Path(path).suffix.lower() == ".safetensors":
        form = "safetensors"
    data = write_safetensors(model.__getstate__()) if form == "safetensors" else write_pickle(model)
    with atomic_write(path) as file:
        file.write(data)


def load(path: str | PathLike[str]) -> StanceModel:
    """Read a model from a file, without executing anything in it.

    Parameters
    ----------
    path : path-like
        A file written by `stanceclf train` or `stanceclf model export`.

    Returns
    -------
    StanceModel
        The model.

    Raises
    ------
    StanceclfError
        The file is missing, truncated, damaged or forged, is not a model, or does not have the
        checksum recorded beside it.

    Examples
    --------
    >>> import tempfile
    >>> from stanceclf import StanceClassifier
    >>> model = StanceClassifier().fit(["开源便宜", "开源落后"], ["favor", "against"]).freeze()
    >>> path = Path(tempfile.mkdtemp(), "model.safetensors")
    >>> save(model, path)
    >>> load(path).predict(["便宜"])
    array(['favor'], dtype='<U7')
    """
    return read_model(path)[0]


def read_model(path: str | PathLike[str]) -> tuple[StanceModel, bool]:
    """Read a model from a file, and return whether a checksum confirms its content.

    Parameters
    ----------
    path : path-like
        The file. The checksum of a pickle is in the record beside it, that of safetensors in the
        file itself.

    Raises
    ------
    StanceclfError
        As `load`.
    """
    data, _, model = read_parts(path)
    return model, matches_record(data, path) or is_safetensors(data)


def read_parts(path: str | PathLike[str]) -> tuple[bytes, State, StanceModel]:
    """Return the content of a model file, the state in it, and the model."""
    try:
        # Neither a device, which may never end, nor a pipe, which may never begin.
        if not Path(path).is_file() and Path(path).exists() and not Path(path).is_dir():
            raise StanceclfError("not a file but a device or a pipe; name a file", path=path)
        if Path(path).stat().st_size > _LARGEST:
            what = f"larger than {_LARGEST >> 20:,} MB, which no model is; name another file"
            raise StanceclfError(what, path=path)
        data = Path(path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        raise StanceclfError(
            "no model here; run `dvc repro` to train one, or name another file", path=path
        ) from None
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
    try:
        state = state_in(data)
        return data, state, StanceModel.from_state(state)
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None
    except MemoryError:
        raise StanceclfError("needs more memory than there is", path=path) from None


def state_in(data: bytes) -> State:
    """Return the state of a model in the content of a file of either kind.

    Raises
    ------
    StanceclfError
        There is none.
    """
    if not data:
        raise StanceclfError("not a model, or truncated (the file is empty); copy it again")
    if is_safetensors(data):
        return read_safetensors(data)
    if data.startswith(MAGIC):
        return read_pickle(data)
    if data.startswith(_COMPRESSED):
        raise StanceclfError(
            "not a model, or a compressed one; loading it with joblib would run something unknown; "
            "save it without compression"
        )
    raise StanceclfError(f"not a model{import_warning(data)}; name another file")
