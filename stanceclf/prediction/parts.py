"""Parts: the files that a run writes to a folder, one per piece of the corpus.

A part gets its name once it is complete, so that whatever ended the run, the parts that are there
are done. Beside them are ``_run.json``, which says what they are parts of, and, for a piece that
could not be read in full, ``_failed-....json``: readers of Parquet folders ignore such names.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, get_args

from stanceclf.errors import StanceclfError
from stanceclf.io import is_url, local_path, lock_folder, to_json, urls, write_pieces
from stanceclf.prediction.pieces import Piece, Source, find_pieces

if TYPE_CHECKING:
    from stanceclf.prediction.rows import Prediction

PartForm = Literal["jsonl", "csv", "parquet"]

_RECORD = "_run.json"
# The record's key of what each source was when the run, or its last resumption, began.
_STAMPS = "sources"
_OURS = re.compile(r"(?:part-\d+-\d+\.(?:jsonl|csv|parquet)|_failed-\d+-\d+\.json|_run\.json)")
_NUMBERED = re.compile(r"(?:part|_failed)-(\d+)-")


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of a run's parts.

    Attributes
    ----------
    folder : str
        Its path or URL.
    form : {"jsonl", "csv", "parquet"}
        The format of the parts.
    digits : int
        Digits of the number of a file.
    """

    folder: str
    form: PartForm
    digits: int = 5

    def name(self, piece: Piece) -> str:
        """Return the name of a piece's part; sorted, names are in the order of pieces.

        Examples
        --------
        >>> Parts("结果", "parquet").name(Piece(3, 17, (), None, 0))
        'part-00003-000017.parquet'
        """
        return f"part-{self._number(piece)}.{self.form}"

    def _failures(self, piece: Piece) -> str:
        """Return the name of the file that lists what of a piece could not be read."""
        return f"_failed-{self._number(piece)}.json"

    def _number(self, piece: Piece) -> str:
        return f"{piece.file:0{self.digits}}-{piece.number:06}"

    def _path(self, name: str) -> str:
        return urls.join(self.folder, name)

    def is_done(self, piece: Piece, there: set[str]) -> bool:
        """Return whether the files that are there include a part, and nothing failed in it."""
        return self.name(piece) in there and self._failures(piece) not in there

    def write(
        self, piece: Piece, rows: Iterable[Prediction], failed: Sequence[StanceclfError]
    ) -> int:
        """Write a part and return its number of rows; `failed` may grow while they are drawn.

        Raises
        ------
        StanceclfError
            It cannot be written.
        """
        # Formats are imported when rows are written: every `predict` asks where its parts would be.
        from stanceclf.prediction.formats import write_predictions
        from stanceclf.prediction.parquet import write_parquet

        count = 0

        def counted() -> Iterator[Prediction]:
            nonlocal count
            for count, row in enumerate(rows, 1):  # noqa: B007
                yield row

        failures = self._path(self._failures(piece))
        with urls.write_file(self._path(self.name(piece))) as file:
            if self.form == "parquet":
                write_parquet(counted(), file)
            else:
                write_pieces(write_predictions(counted(), self.form, {}), file)
            if failed:
                # Before the part has its name: it must not look as if nothing were missing.
                with urls.write_file(failures) as notes:
                    notes.write(json.dumps([str(error) for error in failed]).encode())
        if not failed:
            urls.remove(failures)
        return count

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder, if it is on this machine.

        Raises
        ------
        StanceclfError
            Another run is writing to it.
        """
        folder = local_path(self.folder)
        with nullcontext() if is_url(folder) else lock_folder(folder):
            yield

    def begin(
        self,
        record: dict[str, object],
        sources: Sequence[Source],
        *,
        resume: bool,
        overwrite: bool,
    ) -> set[str]:
        """Prepare the folder for a run that `record` describes; return the files that it keeps.

        Those of sources that have changed are removed.

        Raises
        ------
        StanceclfError
            There are parts already, and neither `resume` nor `overwrite` was given; or they are
            parts of another run.
        """
        there = {name for name in urls.names_in(self.folder) if _OURS.fullmatch(name)}
        stamps = [urls.stamp_of(source.path) for source in sources]
        if there and overwrite:
            self._remove(there)
            there = set()
        elif there and not resume:
            fix = "use --resume to continue it or --overwrite to start over"
            raise StanceclfError(f"already contains parts of a run; {fix}", path=self.folder)
        elif there:
            before = self._check(record, len(stamps))
            # Before the new stamps are there: they must not vouch for what is older.
            stale = self._stale(there, sources, before, stamps)
            self._remove(stale)
            there -= stale
        with urls.write_file(self._path(_RECORD)) as file:
            file.write((to_json(record | {_STAMPS: stamps}, indent=2) + "\n").encode())
        return there

    def _stale(
        self,
        there: Iterable[str],
        sources: Sequence[Source],
        before: Sequence[object],
        now: Sequence[str | None],
    ) -> set[str]:
        """Return those files of pieces of which a source has another stamp, or none."""
        changed = set()
        for piece in find_pieces(sources):
            own = range(piece.file, piece.file + len(piece.sources))
            if any(now[i] is None or now[i] != before[i] for i in own):
                changed.add(piece.file)
        return {
            name
            for name in there
            if (match := _NUMBERED.match(name)) is not None and int(match[1]) in changed
        }

    def _check(self, record: dict[str, object], sources: int) -> list[object]:
        """Check that the parts that are there are of the same run; return its sources' stamps."""
        path = self._path(_RECORD)
        try:
            with urls.open_file(path) as file:
                before = json.load(file)
            others = [key for key in record if before[key] != record[key]]
            stamps = [*before[_STAMPS]]
        except (StanceclfError, ValueError, LookupError, TypeError):
            what = "does not say which run these parts are of; use --overwrite to start over"
            raise StanceclfError(what, path=path) from None
        if others or len(stamps) != sources:
            other = " and ".join(map(_other, others or ["files"]))
            what = f"contains parts of a run with {other}; use --overwrite to start over"
            raise StanceclfError(what, path=self.folder)
        return stamps

    def end(self, names: set[str]) -> None:
        """Check that the named parts are there, and remove all others.

        Raises
        ------
        StanceclfError
            A part is missing.
        """
        there = {name for name in urls.names_in(self.folder) if name.startswith("part-")}
        if missing := sorted(names - there):
            what = f"{missing[0]} is not here; all workers must see this folder"
            raise StanceclfError(what, path=self.folder)
        # Others are parts of files that were longer when an earlier run read them.
        for name in sorted(there - names):
            if _OURS.fullmatch(name):
                urls.remove(self._path(name))
        if not names:
            self.remove()

    def join(self, names: Iterable[str], file: BinaryIO) -> None:
        """Write the named parts to one file."""
        if self.form == "parquet":
            from stanceclf.prediction.parquet import join_parquet

            join_parquet(map(self._path, sorted(names)), file)
            return
        for number, name in enumerate(sorted(names)):
            with urls.open_file(self._path(name)) as part:
                if number and self.form == "csv":
                    part.readline()  # the header
                shutil.copyfileobj(part, file, 1 << 20)

    def remove(self) -> None:
        """Remove the parts, and their folder unless it contains something else."""
        self._remove([name for name in urls.names_in(self.folder) if _OURS.fullmatch(name)])
        if not urls.names_in(self.folder):
            urls.remove(self.folder)

    def _remove(self, names: Iterable[str]) -> None:
        # The record last: without it the rest would not be known as parts of this run.
        for name in sorted(names, key=lambda name: (name == _RECORD, name)):
            urls.remove(self._path(name))


def _other(key: str) -> str:
    names = {"files": "other files", "stanceclf": "another version of stanceclf"}
    return names.get(key, f"another {key.replace('_', ' ')}")


def parts_folder(output: str, form: PartForm | None = None) -> str:
    """Return the folder of a run's parts: the output itself unless that is a single file.

    Examples
    --------
    >>> parts_folder("结果"), parts_folder("结果.jsonl"), parts_folder("结果", "csv")
    ('结果', '结果.jsonl.parts', '结果.parts')
    """
    return f"{output}.parts" if form or form_of(output) else output


def form_of(output: str) -> PartForm | None:
    """Return the format of a file by its suffix; None for a folder.

    A folder has no suffix, is there already, or is named with a ``/`` at its end.

    Raises
    ------
    StanceclfError
        The suffix stands for no format.

    Examples
    --------
    >>> form_of("结果.CSV"), form_of("结果"), form_of("结果.第二版/")
    ('csv', None, None)
    """
    suffix = Path(output).suffix.lower().removeprefix(".")
    local = local_path(output)
    if not suffix or output.endswith("/") or (not is_url(local) and Path(local).is_dir()):
        return None
    forms: tuple[PartForm, ...] = get_args(PartForm)
    for form in forms:
        if form == suffix:
            return form
    what = f"`.{suffix}` stands for no format; name a file that ends in"
    fix = f"{what} {', '.join(f'.{form}' for form in forms)}"
    raise StanceclfError(f"{fix}, or put / behind the name of a folder", path=output)
