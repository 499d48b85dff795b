"""A cluster: the workers of a Dask scheduler work through the pieces of a corpus."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager

from distributed import Client, Worker, WorkerPlugin
from distributed.scheduler import KilledWorker, NoValidWorkerError

import stanceclf
from stanceclf.errors import StanceclfError
from stanceclf.model import State
from stanceclf.prediction import worker as work
from stanceclf.prediction.pool import Pool

# So many seconds a scheduler may take to answer, and to have a worker.
_PATIENCE = 20
# So many pieces for each thread are given out at once: none waits for the next.
_AHEAD = 3


class _Model(WorkerPlugin):  # type: ignore[misc]
    """Makes a model ready on each worker, those that come later as well."""

    def __init__(self, state: State) -> None:
        self.state = state

    def setup(self, worker: Worker) -> None:
        work.install(self.state)


@contextmanager
def cluster_pool(state: State, address: str) -> Iterator[Pool]:
    """Give the work to the workers of a Dask scheduler.

    What a worker that died had begun is done again by another one.

    Parameters
    ----------
    state : State
        The model's, which each worker gets once.
    address : str
        The scheduler's, like ``tcp://host:8786``.

    Raises
    ------
    StanceclfError
        It is not there or has no workers, they have another version of this package, or one
        piece after the other kills them.
    """
    # What goes wrong is told in one line, below.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        said = f"no Dask scheduler answers there ({_first_line(error)})"
        raise StanceclfError(f"{said}; start one by `dask scheduler`", path=address) from None
    try:
        _check_workers(client, address)
        name = f"stanceclf-{client.id}"  # not one that another run takes away
        client.register_plugin(_Model(state), name=name)
        try:
            executor = client.get_executor(pure=False)
            yield Pool(executor, lambda: _AHEAD * max(sum(_threads(client).values()), 1))
        finally:
            executor.shutdown(wait=False)
            client.unregister_worker_plugin(name)
    except (KilledWorker, NoValidWorkerError) as error:
        said = f"workers died of one piece after the other ({_first_line(error)})"
        raise StanceclfError(f"{said}; give them more memory", path=address) from None
    except (CancelledError, TimeoutError, OSError) as error:
        said = f"the scheduler is gone ({_first_line(error)}); --resume goes on"
        raise StanceclfError(said, path=address) from None
    finally:
        client.close(timeout=_PATIENCE)


def _check_workers(client: Client, address: str) -> None:
    """See that there are workers, and that they have this version of this package."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        said = f"the scheduler has no workers; start some by `dask worker {address}`"
        raise StanceclfError(said, path=address) from None
    # Of nothing that a worker without this module would lack.
    found = client.run(eval, "__import__('stanceclf').__version__", on_error="return")
    for name, own in sorted(found.items()):
        if own != stanceclf.__version__:
            there = f"stanceclf {own}" if isinstance(own, str) else "no stanceclf"
            said = f"this worker has {there}, not {stanceclf.__version__} as here"
            raise StanceclfError(said, path=name)


def _threads(client: Client) -> dict[str, int]:
    """Return how many threads each worker has, as far as is known here: it asks nobody."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {name: int(worker["nthreads"]) for name, worker in workers.items()}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0] or type(error).__name__
