"""Pools: who works through the pieces of a corpus, this process or several of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from stanceclf.errors import StanceclfError
from stanceclf.model import State
from stanceclf.prediction import worker

_P = ParamSpec("_P")
_T = TypeVar("_T")
# So many pieces for each process are given out at once: none waits for the next.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Pool:
    """Who does the work.

    Attributes
    ----------
    executor : concurrent.futures.Executor
        Takes it.
    ahead : callable
        Returns how many pieces may be given out at once, as of now.
    """

    executor: Executor
    ahead: Callable[[], int]


@contextmanager
def local_pool(state: State, jobs: int) -> Iterator[Pool]:
    """Give the work to so many processes of this machine; one is this one itself.

    Parameters
    ----------
    state : State
        The model's, which each process gets once.
    jobs : int
        How many.

    Raises
    ------
    StanceclfError
        One of them is gone.
    """
    if jobs == 1:
        worker.install(state)
        yield Pool(_Here(), lambda: 1)
        return
    others = set(multiprocessing.active_children())
    # Forked, a process would have locks of threads that it has not.
    executor = _Processes(
        jobs, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(state,)
    )
    try:
        yield Pool(executor, lambda: jobs * _AHEAD)
    except BrokenExecutor:
        said = "a process of this run was killed, or is out of memory"
        raise StanceclfError(f"{said}; --resume goes on, with fewer --jobs in less") from None
    except BaseException:
        # Nobody waits for what they are at.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


class _Here(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class _Processes(ProcessPoolExecutor):
    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        # Processes start here: the terminal's Ctrl-C may not reach one before it ignores it.
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(fn, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(state: State) -> None:
    """Make a process ready; it ends with the one that began it, and leaves nothing half written."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The terminal's is for the other one to handle.
    threading.Thread(target=_follow, daemon=True).start()
    worker.install(state)
    # Last: what raises an error before this is done would be shown, and there is nothing to clear.
    signal.signal(signal.SIGTERM, _end)


def _end(*_: Any) -> None:  # noqa: ANN401
    sys.exit(128 + signal.SIGTERM)


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
