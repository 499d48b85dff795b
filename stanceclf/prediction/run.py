"""A prediction run: the sentences of a whole corpus, by many workers, in bounded memory.

What is to do is cut in pieces, of which each becomes a part of its own; whoever is free takes the
next. This process plans, counts and waits; it sees no sentence.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

import stanceclf
from stanceclf.errors import StanceclfError
from stanceclf.prediction.pieces import Piece, Source, find_pieces, is_uncut
from stanceclf.prediction.pool import Pool
from stanceclf.prediction.worker import Done, Task, cut, predict_piece


@dataclass(slots=True)
class RunResult:
    """What a run did.

    Attributes
    ----------
    sentences : int
        How many it predicted, those of before it was resumed not counted.
    names : set of str
        The names of all parts.
    failed : list of StanceclfError
        What could not be read, in the corpus's order.
    """

    sentences: int = 0
    names: set[str] = field(default_factory=set)
    failed: list[StanceclfError] = field(default_factory=list)


def describe_run(task: Task, sources: Iterable[Source]) -> dict[str, object]:
    """Return what tells one run from another: what its parts are of.

    Parameters
    ----------
    task : Task
        What is done.
    sources : iterable of Source
        The files.
    """
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.name.encode("utf-8", "surrogatepass") + b"\0")
    options = task.options
    return {
        "stanceclf": stanceclf.__version__,
        "model": task.model,
        "files": digest.hexdigest(),
        "text_column": options.text_column,
        "encoding": options.encoding,
        "max_file": options.most,
        "max_sentence": options.longest,
        "part_size": options.characters,
        "format": task.parts.form,
    }


def run_task(
    task: Task,
    sources: Sequence[Source],
    pool: Pool,
    there: set[str],
    show: Callable[[int, int, bool], None] = lambda *_: None,
) -> RunResult:
    """Predict all sentences of a corpus, but those whose part is there.

    Parameters
    ----------
    task : Task
        What to do.
    sources : sequence of Source
        The files of the corpus.
    pool : Pool
        Who does it.
    there : set of str
        The names of the files that are among the parts already.
    show : callable, optional
        Is told of each piece how many bytes of the corpus it stands for, how many sentences it
        has, and whether it was done before.

    Raises
    ------
    StanceclfError
        A part cannot be written.
    """
    return _Run(task, pool, there, show).work(find_pieces(sources))


class _Run:
    def __init__(
        self, task: Task, pool: Pool, there: set[str], show: Callable[[int, int, bool], None]
    ) -> None:
        self.task, self.pool, self.there, self.show = task, pool, there, show
        self.result = RunResult()
        self.failed: list[tuple[int, int, list[StanceclfError]]] = []
        self.given: dict[Future[Any], Piece] = {}
        # The pieces of tables that have been cut: they come first, for few tables are to wait.
        self.cut: deque[Piece] = deque()

    def work(self, pieces: Iterator[Piece]) -> RunResult:
        """Give out all pieces, and take what comes of them."""
        while True:
            self._give(pieces)
            if not self.given:
                break
            for future in wait(self.given, return_when=FIRST_COMPLETED).done:
                self._take(self.given.pop(future), future.result())
        ordered = sorted(self.failed, key=lambda failed: failed[:2])
        self.result.failed = [error for *_, errors in ordered for error in errors]
        return self.result

    def _give(self, pieces: Iterator[Piece]) -> None:
        while len(self.given) < self.pool.ahead():
            piece = self.cut.popleft() if self.cut else next(pieces, None)
            if piece is None:
                return
            if is_uncut(piece):
                self.given[self.pool.executor.submit(cut, self.task, piece)] = piece
            elif self.task.parts.is_done(piece, self.there):
                self.result.names.add(self.task.parts.name(piece))
                self.show(piece.size, 0, True)
            else:
                self.given[self.pool.executor.submit(predict_piece, self.task, piece)] = piece

    def _take(self, piece: Piece, came: Done | list[Piece] | StanceclfError) -> None:
        if isinstance(came, list):
            self.cut.extend(came)
            return
        failed = [came] if isinstance(came, StanceclfError) else came.failed
        if failed:
            self.failed.append((piece.file, piece.share, failed))
        if isinstance(came, Done):
            self.result.sentences += came.sentences
            if came.is_written:
                self.result.names.add(self.task.parts.name(piece))
        self.show(piece.size, 0 if isinstance(came, StanceclfError) else came.sentences, False)
