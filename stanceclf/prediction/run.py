"""A run: all pieces of a corpus, given out to whichever worker is free, in bounded memory.

This process plans, counts and waits; it sees no sentence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from stanceclf.errors import StanceclfError
from stanceclf.prediction.pieces import Piece, Source, find_pieces
from stanceclf.prediction.pool import Pool
from stanceclf.prediction.worker import Done, Task, work

#: Called as the corpus is read and its pieces are done: how many more of its bytes, how many more
#: sentences, and whether an earlier run did them.
Progress = Callable[[int, int, bool], None]
# Seconds after which to see what workers have read.
_BLINK = 0.2


class Run:
    """The pieces of a corpus that are given out, and what came of the others.

    Attributes
    ----------
    sentences : int
        Number of sentences that this run has predicted.
    names : set of str
        The names of all parts, those of earlier runs included.
    """

    def __init__(self, task: Task, pool: Pool, there: set[str], show: Progress) -> None:
        self.sentences = 0
        self.names: set[str] = set()
        self._task, self._pool, self._there, self._show = task, pool, there, show
        self._failed: list[tuple[int, int, list[StanceclfError]]] = []
        self._given: dict[Future[Done], Piece] = {}
        # Pieces of tables come first, so that few tables are cut and waiting.
        self._cut: deque[Piece] = deque()

    @property
    def failed(self) -> list[StanceclfError]:
        """What could not be read, in the order of the corpus."""
        ordered = sorted(self._failed, key=lambda failed: failed[:2])
        return [error for *_, errors in ordered for error in errors]

    def predict(self, sources: Iterable[Source]) -> None:
        """Predict all pieces of a corpus whose parts are not there yet.

        Raises
        ------
        StanceclfError
            A part cannot be written.
        """
        pieces = find_pieces(sources)
        read = self._pool.read
        while self._give(pieces):
            waits = None if read is None else _BLINK
            for future in wait(self._given, waits, FIRST_COMPLETED).done:
                self._take(self._given.pop(future), future.result())
            if read is not None:
                self._show(read(), 0, False)

    def _give(self, pieces: Iterator[Piece]) -> bool:
        """Give out as many pieces as the pool has room for; return whether any are."""
        while len(self._given) < self._pool.room():
            piece = self._cut.popleft() if self._cut else next(pieces, None)
            if piece is None:
                break
            if not piece.is_uncut and self._task.parts.is_done(piece, self._there):
                self.names.add(self._task.parts.name(piece))
                self._show(piece.size, 0, True)
            else:
                self._given[self._pool.executor.submit(work, self._task, piece)] = piece
        return bool(self._given)

    def _take(self, piece: Piece, done: Done) -> None:
        if done.cut:
            self._cut.extend(done.cut)
            return
        if done.failed:
            self._failed.append((piece.file, piece.number, done.failed))
        if done.sentences is not None:
            self.sentences += done.sentences
            self.names.add(self._task.parts.name(piece))
        size = piece.size if self._pool.read is None else 0
        self._show(size, done.sentences or 0, False)
