"""Pools: the workers on this machine, this process itself or several others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, ParamSpec, TypeVar

from stanceclf.errors import StanceclfError
from stanceclf.model import State
from stanceclf.prediction import worker

_P = ParamSpec("_P")
_T = TypeVar("_T")
# Pieces given out per process, so that none waits for its next one.
_AHEAD = 2


class Pool(NamedTuple):
    """Workers, and what a run has to know of them.

    Attributes
    ----------
    executor : Executor
        The workers.
    room : callable
        Returns how many pieces they can be given at once, as of now.
    read : callable or None
        Returns how many bytes of the corpus they have read since it was last called; None if they
        cannot tell before a piece is done.
    """

    executor: Executor
    room: Callable[[], int]
    read: Callable[[], int] | None = None


@contextmanager
def local_pool(state: State, jobs: int, tell: worker.Tell) -> Iterator[Pool]:
    """Start `jobs` processes that have loaded a model; a single job is done by this process.

    Since nothing can be asked of this process while it works, it tells `tell` what it reads.

    Raises
    ------
    StanceclfError
        One of them was killed.
    """
    if jobs == 1:
        worker.install(state)
        worker.listen(tell)
        try:
            yield Pool(_ThisProcess(), lambda: 1, lambda: 0)
        finally:
            worker.listen(None)
        return
    others = set(multiprocessing.active_children())
    # Not forked: that would copy locks, but not the threads that hold them.
    context = multiprocessing.get_context("spawn")
    # A number for each process, without a lock that one which is killed would keep.
    read_by, started = context.RawArray("q", jobs), context.Value("i", 0)
    executor = _Processes(jobs, context, initializer=_start, initargs=(state, read_by, started))
    before = 0

    def read() -> int:
        nonlocal before
        now = sum(read_by)
        new, before = now - before, now
        return int(new)

    try:
        yield Pool(executor, lambda: jobs * _AHEAD, read)
    except BrokenExecutor:
        what = "a process of this run was killed, or memory ran out"
        fix = "use --resume to continue, with fewer --jobs to need less memory"
        raise StanceclfError(f"{what}; {fix}") from None
    except BaseException:
        # Their results are no longer needed.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


class _ThisProcess(Executor):
    """Runs at once what is submitted."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class _Processes(ProcessPoolExecutor):
    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        # This starts processes: Ctrl-C must not reach one before it ignores it.
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(fn, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(state: State, read_by: Any, started: Any) -> None:  # noqa: ANN401
    """Prepare a process, which ends when its parent does and leaves nothing half written."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker.install(state)

    with started.get_lock():
        own = started.value
        started.value += 1

    def tell(size: int) -> None:
        read_by[own % len(read_by)] += size

    worker.listen(tell)
    # Last: until here there is nothing to clean up, and an exception would be printed.
    signal.signal(signal.SIGTERM, _exit)


def _exit(*_: Any) -> None:  # noqa: ANN401
    sys.exit(128 + signal.SIGTERM)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
