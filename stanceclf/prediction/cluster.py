"""A cluster: the workers of a Dask scheduler as a pool."""

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
from stanceclf.prediction.pool import Pool
from stanceclf.prediction.worker import install

# Seconds for a scheduler to answer, and to have a worker.
_PATIENCE = 20
# Pieces given out per thread, so that none waits for its next one.
_AHEAD = 3


class _Model(WorkerPlugin):  # type: ignore[misc]
    """Loads a model on every worker, including those that join later."""

    def __init__(self, state: State) -> None:
        self.state = state

    def setup(self, worker: Worker) -> None:
        install(self.state)


@contextmanager
def cluster_pool(state: State, address: str) -> Iterator[Pool]:
    """Load a model on the workers of a Dask scheduler, like ``tcp://host:8786``.

    If a worker dies, another one redoes what it had begun.

    Raises
    ------
    StanceclfError
        The scheduler does not answer or has no workers, they have another version of stanceclf, or
        they die one after the other.
    """
    # Errors are reported in one line, below.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        what = f"no Dask scheduler answers at this address ({_first_line(error)})"
        raise StanceclfError(f"{what}; start one with `dask scheduler`", path=address) from None
    try:
        _check_workers(client, address)
        name = f"stanceclf-{client.id}"  # not shared with another run, which would remove it
        client.register_plugin(_Model(state), name=name)
        try:
            executor = client.get_executor(pure=False)
            yield Pool(executor, lambda: _AHEAD * max(sum(_threads(client).values()), 1))
        finally:
            executor.shutdown(wait=False)
            client.unregister_worker_plugin(name)
    except (KilledWorker, NoValidWorkerError) as error:
        what = f"workers died one after the other ({_first_line(error)})"
        raise StanceclfError(f"{what}; give them more memory", path=address) from None
    except (CancelledError, TimeoutError, OSError) as error:
        what = f"lost the scheduler ({_first_line(error)}); use --resume to continue"
        raise StanceclfError(what, path=address) from None
    finally:
        client.close(timeout=_PATIENCE)


def _check_workers(client: Client, address: str) -> None:
    """Check that there are workers, and that all have this version of stanceclf."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        what = f"the scheduler has no workers; start some with `dask worker {address}`"
        raise StanceclfError(what, path=address) from None
    # With `eval`, for a worker without stanceclf could not unpickle a function of it.
    found = client.run(eval, "__import__('stanceclf').__version__", on_error="return")
    for name, own in sorted(found.items()):
        if own != stanceclf.__version__:
            there = f"stanceclf {own}" if isinstance(own, str) else "no stanceclf"
            what = f"this worker has {there}, but this run needs {stanceclf.__version__}"
            raise StanceclfError(f"{what}; install the same version on all machines", path=name)


def _threads(client: Client) -> dict[str, int]:
    """Return the number of threads of each worker as known here, without a request."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {name: int(worker["nthreads"]) for name, worker in workers.items()}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0] or type(error).__name__
