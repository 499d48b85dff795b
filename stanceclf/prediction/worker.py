"""Predicting a piece of a corpus: what a worker does, in this process, another or elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import stanceclf
from stanceclf.errors import StanceclfError
from stanceclf.model import StanceModel, State, fingerprint
from stanceclf.prediction.parts import Parts
from stanceclf.prediction.pieces import Piece, ReadOptions, articles_of, cut_table
from stanceclf.prediction.rows import Prediction, predict_articles

# The models of this process, by their fingerprints: each is sent to it once.
_MODELS: dict[str, StanceModel] = {}


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to do with the pieces of a corpus.

    Attributes
    ----------
    model : str
        The model's fingerprint; it has been installed.
    options : ReadOptions
        How to read.
    parts : Parts
        Where to write.
    version : str
        The version of this package that is to do it.
    """

    model: str
    options: ReadOptions
    parts: Parts
    version: str = stanceclf.__version__


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece.

    Attributes
    ----------
    piece : Piece
        The piece.
    sentences : int
        How many there are in its part.
    is_written : bool
        Whether there is a part; there is none if nothing of it could be read.
    failed : list of StanceclfError
        What could not be read.
    """

    piece: Piece
    sentences: int
    is_written: bool
    failed: list[StanceclfError]


def install(state: State) -> str:
    """Make a model ready in this process, and return its fingerprint."""
    key = fingerprint(state)
    if key not in _MODELS:
        _MODELS[key] = StanceModel.from_state(state)
    return key


def cut(task: Task, piece: Piece) -> list[Piece] | StanceclfError:
    """Return the pieces of a table, or what is wrong with it."""
    _check_version(task)
    try:
        return cut_table(piece, task.options)
    except StanceclfError as error:
        return error


def predict_piece(task: Task, piece: Piece) -> Done:
    """Predict the sentences of a piece and write its part.

    Raises
    ------
    StanceclfError
        The part cannot be written, or this is another version of the package.
    """
    _check_version(task)
    failed: list[StanceclfError] = []
    articles = articles_of(piece, task.options, failed)
    first = next(articles, None)
    if first is None:
        return Done(piece, 0, False, failed)
    rows = predict_articles(_MODELS[task.model], chain([first], articles), task.options.longest)
    counted = _Counted(rows)
    task.parts.write(piece, counted, failed)
    return Done(piece, counted.count, True, failed)


class _Counted:
    """Counts what is drawn from it."""

    def __init__(self, rows: Iterable[Prediction]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Prediction]:
        for row in self.rows:
            self.count += 1
            yield row


def _check_version(task: Task) -> None:
    if task.version != stanceclf.__version__:
        said = f"a worker has stanceclf {stanceclf.__version__}, not {task.version} as here"
        raise StanceclfError(f"{said}; install the same there")
