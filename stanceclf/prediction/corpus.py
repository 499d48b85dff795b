"""Predict a corpus: files in, files out, on all cores of this machine or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path

from stanceclf.articles import check_outside, search
from stanceclf.errors import StanceclfError, without_secrets
from stanceclf.io import identity, is_url, local_path, names_in, size_of, urls, write_file
from stanceclf.model import StanceModel, State, fingerprint
from stanceclf.prediction.parts import PartForm, Parts, form_of, parts_folder
from stanceclf.prediction.pieces import SMALL, ReadOptions, Source
from stanceclf.prediction.pool import Pool, local_pool
from stanceclf.prediction.run import Progress, Run
from stanceclf.prediction.worker import Task, Tell


@dataclass(frozen=True, slots=True)
class CorpusResult:
    """The result of predicting a corpus.

    Attributes
    ----------
    sentences : int
        Number of sentences predicted, without those of an interrupted run that was resumed.
    parts : int
        Number of parts.
    failed : list of StanceclfError
        What could not be read, in the order of the corpus.
    left_out : list of str
        What folders hold besides articles and tables, a line per folder.
    """

    sentences: int
    parts: int
    failed: list[StanceclfError]
    left_out: list[str] = field(default_factory=list)


def predict_corpus(
    model: StanceModel,
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    form: PartForm | None = None,
    options: ReadOptions | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    begin: Callable[[int], Progress] | None = None,
) -> CorpusResult:
    r"""Predict the stance of every sentence of a corpus and write the results to files.

    Sentences are in reading order, whatever the number of processes. Memory is bounded.

    Parameters
    ----------
    model : StanceModel
        The model.
    paths : path-like, or iterable of path-like
        Files, folders and glob patterns, or URLs of these if fsspec has a driver for them.
    output : path-like
        A file that ends in ``.jsonl``, ``.csv`` or ``.parquet``, or a folder for Parquet files: one
        that is there, or a name without suffix or with ``/`` at its end. Can be a URL.
    form : {"jsonl", "csv", "parquet"}, optional
        Write a file in this format, whatever its suffix.
    options : ReadOptions, optional
        How to read the files.
    jobs : int, optional
        Number of processes. Default: one per core, or a single one for a small corpus.
    scheduler : str, optional
        Address of a Dask scheduler, to use its workers instead. They must see the same files.
    resume : bool, default False
        Continue an interrupted run.
    overwrite : bool, default False
        Remove the parts of an earlier run.
    begin : callable, optional
        Called with the number of bytes of the corpus. Must return a callable, which is called as
        the corpus is read and parts are done, with the number of bytes and of sentences since the
        last call, and whether an interrupted run had written them.

    Returns
    -------
    CorpusResult
        The number of sentences and parts, and the errors of files that could not be read.

    Raises
    ------
    StanceclfError
        The output cannot be written, is part of the input or would be the next time, has an unknown
        suffix, or contains another run.
    TypeError
        `paths` contains something other than paths.

    Examples
    --------
    >>> import tempfile
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "帖.csv").write_text("text\n开源！下雨。\n", encoding="utf-8")
    >>> predict_corpus(model, [folder / "帖.csv"], folder / "结果.jsonl", jobs=1).sentences
    2
    """
    options = options or ReadOptions()
    output = fspath(output)
    if isinstance(paths, str | PathLike):
        paths = [paths]
    arguments = [fspath(path) for path in paths]
    failed: list[StanceclfError] = []
    names: list[str] = []
    left_out: list[str] = []
    for path in arguments:
        try:
            found = search(path)
        except StanceclfError as error:
            failed.append(error)
            continue
        names += found.files
        if summary := found.summary():
            left_out.append(without_secrets(f"{path}: {summary}"))
    names = list(dict.fromkeys(names))
    form = form or form_of(output)
    folder = parts_folder(output, form)
    _check_apart(names, arguments, output, folder)
    if resume and form and size_of(output) and not names_in(folder):
        what = "is complete, there is no run to continue; leave out --resume to write it again"
        raise StanceclfError(what, path=output)
    if not names:
        return CorpusResult(0, 0, failed, left_out)
    on_cluster = scheduler is not None
    sources = [
        Source(
            without_secrets(name) if is_url(name) else name,
            _path_for_worker(name, on_cluster),
            size_of(name),
        )
        for name in names
    ]
    size = sum(source.size for source in sources)
    if jobs is None and size <= SMALL * options.part_size:
        jobs = 1  # Starting a process takes longer.
    state = model.__getstate__()
    digits = max(5, len(str(len(names))))
    parts = Parts(_path_for_worker(folder, on_cluster), form or "parquet", digits)
    task = Task(fingerprint(state), options, parts)
    with parts.locked():
        show: Progress = lambda *_: None  # noqa: E731

        def tell(read: int) -> None:
            show(read, 0, False)

        with _pool(state, jobs, scheduler, tell) as pool:
            there = parts.begin(task.record(sources), sources, resume=resume, overwrite=overwrite)
            if begin is not None:
                show = begin(size)
            run = Run(task, pool, there, show)
            run.predict(sources)
            parts.end(run.names)
        if form and run.names:
            with write_file(output) as file:
                parts.join(run.names, file)
            parts.remove()
    return CorpusResult(run.sentences, len(run.names), failed + run.failed, left_out)


def _pool(
    state: State, jobs: int | None, scheduler: str | None, tell: Tell
) -> AbstractContextManager[Pool]:
    if scheduler is not None:
        from stanceclf.prediction.cluster import cluster_pool

        return cluster_pool(state, scheduler)
    if jobs is None:
        # Knows the limits of containers; slow to import.
        from joblib import cpu_count

        jobs = cpu_count()
    return local_pool(state, jobs, tell)


def _path_for_worker(path: str, on_cluster: bool) -> str:
    """Return the path of a file for a worker, whose current folder may be another one."""
    return os.path.abspath(path) if on_cluster and not is_url(path) else path  # noqa: PTH100


def _check_apart(names: list[str], paths: Sequence[str], output: str, folder: str) -> None:
    """Check that nothing that is written is read, now or the next time."""
    local = local_path(output)
    if folder == output and not is_url(local) and Path(local).is_file():
        what = "is a file; name a folder for the parts, or a file .jsonl, .csv or .parquet"
        raise StanceclfError(what, path=output)
    if folder != output and not is_url(local) and (output.endswith("/") or Path(local).is_dir()):
        raise StanceclfError("cannot write a file here: it is a folder; name a file", path=output)
    whole, below = identity(output), identity(folder).rstrip("/") + "/"
    for name in names:
        own = identity(name)
        if own == whole:
            raise StanceclfError("is read by this command; name another output", path=output)
        if own.startswith(below):
            what = f"contains `{name}`, which is read by this command; name another output"
            raise StanceclfError(what, path=folder)
    check_outside(output if folder != output else urls.join(output, "part-0.parquet"), paths)
