"""A worker: cuts tables and predicts pieces, in this process, in another one or on a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain

import stanceclf
from stanceclf.articles import Article
from stanceclf.errors import StanceclfError
from stanceclf.model import StanceModel, State, fingerprint
from stanceclf.prediction.parts import Parts
from stanceclf.prediction.pieces import Piece, ReadOptions, Source, cut_table, read_piece
from stanceclf.prediction.rows import predict_articles

#: Is told how many more bytes of the corpus have been read.
Tell = Callable[[int], None]

# The models of this process by fingerprint: each is sent to it once.
_MODELS: dict[str, StanceModel] = {}
# Whom this process tells, if anybody wants to know; a list, so that it can be set.
_LISTENERS: list[Tell] = []
# A piece is told of in this many steps at most.
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with the pieces of a corpus.

    Attributes
    ----------
    model : str
        The fingerprint of a model that has been installed.
    options : ReadOptions
        How to read them.
    parts : Parts
        Where to write their predictions.
    version : str
        The version of stanceclf that every worker must have.
    """

    model: str
    options: ReadOptions
    parts: Parts
    version: str = stanceclf.__version__

    def record(self, sources: Iterable[Source]) -> dict[str, object]:
        """Return all that the parts depend on: runs that differ in it cannot share a folder."""
        digest = hashlib.sha256()
        for source in sources:
            digest.update(source.name.encode("utf-8", "surrogatepass") + b"\0")
        run = {"stanceclf": self.version, "model": self.model, "files": digest.hexdigest()}
        return run | asdict(self.options) | {"format": self.parts.form}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a piece.

    Attributes
    ----------
    cut : list of Piece
        If it was a table that had to be cut, its pieces.
    sentences : int or None
        Else the number of sentences in its part; None if there is no part, since nothing could be
        read.
    failed : list of StanceclfError
        What could not be read.
    """

    cut: list[Piece] = field(default_factory=list)
    sentences: int | None = None
    failed: list[StanceclfError] = field(default_factory=list)


def install(state: State) -> None:
    """Load a model in this process."""
    key = fingerprint(state)
    if key not in _MODELS:
        _MODELS[key] = StanceModel.from_state(state)


def listen(tell: Tell | None) -> None:
    """Let a function be told what this process reads from now on, instead of any other."""
    _LISTENERS[:] = [] if tell is None else [tell]


def _tell(size: int) -> None:
    for tell in _LISTENERS:
        tell(size)


def _told(piece: Piece, articles: Iterator[Article]) -> Iterator[Article]:
    """Yield the articles of a piece, and tell of them; in the end, of the whole piece."""
    articles_in_all = piece.chunk.rows if piece.chunk else len(piece.sources)
    told = 0
    try:
        for number, article in enumerate(articles):
            read = piece.size * number // max(articles_in_all, 1)
            if told + piece.size // _STEPS < read <= piece.size:
                _tell(read - told)
                told = read
            yield article
    finally:
        _tell(piece.size - told)


def work(task: Task, piece: Piece) -> Done:
    """Cut a table into pieces, or predict a piece and write its part.

    Raises
    ------
    StanceclfError
        The part cannot be written, or the task is of another version of stanceclf.
    """
    if task.version != stanceclf.__version__:
        what = f"a worker has stanceclf {stanceclf.__version__}, but this run needs {task.version}"
        raise StanceclfError(f"{what}; install the same version on all machines")
    failed: list[StanceclfError] = []
    if piece.is_uncut:
        try:
            return Done(cut=cut_table(piece, task.options))
        except StanceclfError as error:
            _tell(piece.size)
            return Done(failed=[error])
    articles = _told(piece, read_piece(piece, task.options, failed))
    first = next(articles, None)
    if first is None:
        return Done(failed=failed)
    rows = predict_articles(
        _MODELS[task.model], chain([first], articles), task.options.max_sentence
    )
    return Done(sentences=task.parts.write(piece, rows, failed), failed=failed)
