"""Model files: a frozen model on disk.

A file is a plain pickle of bytes and strings. `joblib.load` reads it, and to read it takes neither
joblib nor the numpy that it was written by.
"""

from __future__ import annotations

import os
import pickle
from os import PathLike

from stanceclf.errors import StanceclfError
from stanceclf.files import atomic_write
from stanceclf.model import StanceModel


def save(model: StanceModel, path: str | PathLike[str]) -> None:
    """Write a model to a file that `joblib.load` and `load` read.

    Parameters
    ----------
    model : StanceModel
        What to write.
    path : path-like
        The file.

    Raises
    ------
    StanceclfError
        The file cannot be written.
    """
    with atomic_write(path) as file:
        pickle.dump(model, file, protocol=4)


def load(path: str | PathLike[str]) -> StanceModel:
    """Read a model from a file.

    A model file is a pickle: load only files that you trust.

    Parameters
    ----------
    path : path-like
        A file that `stanceclf train` wrote.

    Raises
    ------
    StanceclfError
        The file is missing, is cut short, or holds something else.
    """
    if not os.path.isfile(path):  # noqa: PTH113  (False, not an error, for an impossible name)
        raise StanceclfError(
            "no model here; run `dvc repro` to train one, or name another file", path=path
        )
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            model = pickle.load(file)
    except StanceclfError as error:
        raise StanceclfError(str(error), path=path) from None
    except Exception as error:  # Unpickling garbage can raise anything.
        raise StanceclfError(
            f"not a model, cut short, or of an earlier version ({type(error).__name__}); "
            "train it anew or copy it again",
            path=path,
        ) from None
    if not isinstance(model, StanceModel):
        raise StanceclfError(
            f"holds a {type(model).__name__}, not a stanceclf model; name another file", path=path
        )
    return model
