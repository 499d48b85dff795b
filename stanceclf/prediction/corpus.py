"""Predicting a corpus: from files to files, on all cores of this machine or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import get_args

from stanceclf.articles import find_articles
from stanceclf.errors import StanceclfError
from stanceclf.io import is_url, names_in, size_of, write_file
from stanceclf.model import StanceModel, State, fingerprint
from stanceclf.prediction.parts import PartForm, Parts
from stanceclf.prediction.pieces import CHARACTERS, ReadOptions, Source
from stanceclf.prediction.pool import Pool, local_pool
from stanceclf.prediction.run import describe_run, run_task
from stanceclf.prediction.worker import Task

# What a run of a single file keeps its parts in until they are joined.
_PARTS = ".parts"
# A corpus of so many bytes for each character of a piece is no work for two.
_SMALL = 2


@dataclass(frozen=True, slots=True)
class CorpusResult:
    """What predicting a corpus did.

    Attributes
    ----------
    sentences : int
        How many it predicted, those of before it was resumed not counted.
    parts : int
        How many parts there are.
    failed : list of StanceclfError
        What could not be read, in the corpus's order.
    """

    sentences: int
    parts: int
    failed: list[StanceclfError]


def predict_corpus(
    model: StanceModel,
    paths: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    form: PartForm | None = None,
    options: ReadOptions | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    begin: Callable[[int], Callable[[int, int, bool], None]] | None = None,
) -> CorpusResult:
    r"""Write the stance of every sentence of a corpus, in reading order and bounded memory.

    Parameters
    ----------
    model : StanceModel
        What tells the stance.
    paths : sequence of path-like
        Files, folders, glob patterns; or URLs of these, if fsspec has a driver for them.
    output : path-like
        A file that ends in ``.jsonl``, ``.csv`` or ``.parquet``; anything else is a folder of
        Parquet parts. Or a URL.
    form : {"jsonl", "csv", "parquet"}, optional
        Writes such a file, whatever it ends in.
    options : ReadOptions, optional
        How the files are read.
    jobs : int, optional
        So many processes; by default as many as there are cores.
    scheduler : str, optional
        The address of a Dask scheduler whose workers do it instead. They must see the same files.
    resume : bool
        Go on where a run was interrupted.
    overwrite : bool
        Remove the parts of another run.
    begin : callable, optional
        Is told how many bytes there are; returns what is told of each piece, see `run_task`.

    Raises
    ------
    StanceclfError
        There is nothing to read, nothing can be written, or a run was there before.

    Examples
    --------
    >>> import tempfile
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "帖.csv").write_text("text\n开源！下雨。\n", encoding="utf-8")
    >>> predict_corpus(model, [folder], folder / "结果.jsonl", jobs=1).sentences
    2
    """
    options = options or ReadOptions()
    output = fspath(output)
    failed: list[StanceclfError] = []
    names: list[str] = []
    for path in paths:
        try:
            names += find_articles(fspath(path))
        except StanceclfError as error:
            failed.append(error)
    names = list(dict.fromkeys(names))
    into = form or form_of(output)
    folder = parts_of(output, into)
    _check_apart(names, output, folder)
    if resume and into and size_of(output) and not names_in(folder):
        said = "is there, and nothing of an interrupted run; leave --resume out to write it anew"
        raise StanceclfError(said, path=output)
    if not names:
        return CorpusResult(0, 0, failed)
    is_far = scheduler is not None
    sources = [_source(name, is_far) for name in names]
    size = sum(source.size for source in sources)
    # A process takes a while to start.
    few = 1 if size <= _SMALL * options.characters else None
    state = model.__getstate__()
    parts = Parts(_seen_from(folder, is_far), into or "parquet", max(5, len(str(len(names)))))
    task = Task(fingerprint(state), options, parts)
    with _pool(state, jobs or few, scheduler) as pool:
        there = parts.begin(describe_run(task, sources), resume=resume, overwrite=overwrite)
        show = begin(size) if begin else lambda *_: None
        done = run_task(task, sources, pool, there, show)
        parts.end(done.names)
    if into and done.names:
        with write_file(output) as file:
            parts.join(done.names, file)
        parts.remove()
    return CorpusResult(done.sentences, len(done.names), failed + done.failed)


def is_large(paths: Sequence[str], characters: int = CHARACTERS) -> bool:
    """Tell whether a corpus is so large that more than one process has something to do.

    Parameters
    ----------
    paths : sequence of str
        As those of `predict_corpus`; what cannot be found has no size.
    characters : int
        So many make a piece.

    Examples
    --------
    >>> is_large(["没有.txt"])
    False
    """
    size = 0
    for path in paths:
        with suppress(StanceclfError):
            for name in find_articles(path):
                size += size_of(name)
                if size > _SMALL * characters:
                    return True
    return False


def parts_of(output: str, form: PartForm | None) -> str:
    """Return the folder that the parts of a run are in.

    Parameters
    ----------
    output : str
        What is written in the end.
    form : {"jsonl", "csv", "parquet"} or None
        What kind of file it is; None if it is a folder.

    Examples
    --------
    >>> parts_of("结果.jsonl", "jsonl"), parts_of("结果", None)
    ('结果.jsonl.parts', '结果')
    """
    return output if form is None else output + _PARTS


def form_of(output: str) -> PartForm | None:
    """Return what a file is by its end, None if it is to be a folder.

    Examples
    --------
    >>> form_of("结果.jsonl"), form_of("结果")
    ('jsonl', None)
    """
    suffix = Path(output).suffix.lower().removeprefix(".")
    return next((form for form in get_args(PartForm) if form == suffix), None)


def _pool(state: State, jobs: int | None, scheduler: str | None) -> AbstractContextManager[Pool]:
    if scheduler is not None:
        from stanceclf.prediction.cluster import cluster_pool

        return cluster_pool(state, scheduler)
    if jobs is None:
        # Aware of what a container may use; and slow to import.
        from joblib import cpu_count

        jobs = cpu_count()
    return local_pool(state, jobs)


def _source(name: str, is_far: bool) -> Source:
    return Source(name, _seen_from(name, is_far), size_of(name))


def _seen_from(path: str, is_far: bool) -> str:
    """Return the path by which a worker finds a file: its current folder may be another."""
    return os.path.abspath(path) if is_far and not is_url(path) else path  # noqa: PTH100


def _check_apart(names: list[str], output: str, folder: str) -> None:
    """See that nothing that is written is read, now or the next time."""
    if folder == output and not is_url(output) and Path(output).is_file():
        said = "is a file; name a folder for the parts, or a file .jsonl, .csv or .parquet"
        raise StanceclfError(said, path=output)
    whole, below = _real(output), _real(folder).rstrip("/") + "/"
    for name in names:
        real = _real(name)
        if real == whole:
            raise StanceclfError("is read by this command; name another output", path=output)
        if real.startswith(below):
            said = f"`{name}` lies there, and is read by this command"
            raise StanceclfError(f"{said}; name another output", path=folder)


def _real(path: str) -> str:
    return path if is_url(path) else Path(os.path.realpath(path)).as_posix()
