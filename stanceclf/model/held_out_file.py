"""The models that predict held-out articles, one per fold, in one file of plain arrays."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from os import PathLike
from zipfile import BadZipFile

import numpy as np

from stanceclf.errors import StanceclfError
from stanceclf.io import atomic_write, open_file
from stanceclf.model.frozen import StanceModel
from stanceclf.model.state import ARRAYS, State

_HEADER = "header"
_DAMAGED = (BadZipFile, EOFError, LookupError, OSError, TypeError, ValueError, zlib.error)


def save_held_out(models: Mapping[int, StanceModel], path: str | PathLike[str]) -> None:
    """Write the model of each fold; the same models give the same bytes.

    Raises
    ------
    StanceclfError
        The file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> path = pathlib.Path(tempfile.mkdtemp(), "模型.npz")
    >>> save_held_out({0: model}, path)
    >>> load_held_out(path)[0].predict(["开源便宜"]).tolist()
    ['favor']
    """
    arrays = {}
    for fold, model in models.items():
        state = model.__getstate__()
        arrays[f"{fold}.{_HEADER}"] = np.frombuffer(state[_HEADER].encode("utf-8"), np.uint8)
        arrays |= {f"{fold}.{name}": np.frombuffer(state[name], np.uint8) for name in ARRAYS}
    with atomic_write(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load_held_out(path: str | PathLike[str]) -> dict[int, StanceModel]:
    """Return the model of each fold; nothing in the file is run.

    Raises
    ------
    StanceclfError
        The file cannot be read, or is not one that `save_held_out` wrote.
    """
    try:
        with open_file(str(path)) as file, np.load(file, allow_pickle=False) as arrays:
            parts = {name: arrays[name].tobytes() for name in arrays.files}
        folds = sorted({int(name.partition(".")[0]) for name in parts})
        states: dict[int, State] = {
            fold: {_HEADER: parts[f"{fold}.{_HEADER}"].decode("utf-8")}
            | {name: parts[f"{fold}.{name}"] for name in ARRAYS}
            for fold in folds
        }
    except _DAMAGED as error:
        what = f"not the models of a cross-validation ({type(error).__name__}); train again"
        raise StanceclfError(what, path=path) from None
    return {fold: StanceModel.from_state(state) for fold, state in states.items()}
