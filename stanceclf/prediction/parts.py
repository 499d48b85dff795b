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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, get_args

from stanceclf.errors import StanceclfError
from stanceclf.io import to_json, urls, write_pieces
from stanceclf.prediction.pieces import Piece

if TYPE_CHECKING:
    from stanceclf.prediction.rows import Prediction

PartForm = Literal["jsonl", "csv", "parquet"]

_RECORD = "_run.json"
_OURS = re.compile(r"(?:part-\d+-\d+\.(?:jsonl|csv|parquet)|_failed-\d+-\d+\.json|_run\.json)")


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
        """Return whether the files that are there include a part, complete and not out of date."""
        if self.name(piece) not in there or self._failures(piece) in there:
            return False
        written = urls.modified_at(self._path(self.name(piece)))
        return all(urls.modified_at(source.path) <= written for source in piece.sources)

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

    def begin(self, record: dict[str, object], *, resume: bool, overwrite: bool) -> set[str]:
        """Prepare the folder for a run that `record` describes; return the files that it keeps.

        Raises
        ------
        StanceclfError
            There are parts already, and neither `resume` nor `overwrite` was given; or they are
            parts of another run.
        """
        there = [name for name in urls.names_in(self.folder) if _OURS.fullmatch(name)]
        if there and overwrite:
            self._remove(there)
            there = []
        elif there and not resume:
            fix = "use --resume to continue it or --overwrite to start over"
            raise StanceclfError(f"already contains parts of a run; {fix}", path=self.folder)
        elif there:
            self._check(record)
        if not there:
            with urls.write_file(self._path(_RECORD)) as file:
                file.write(to_json(record).encode())
        return set(there)

    def _check(self, record: dict[str, object]) -> None:
        """Check that the parts that are there are of the same run."""
        path = self._path(_RECORD)
        try:
            with urls.open_file(path) as file:
                before = json.load(file)
            others = [key for key in record if before[key] != record[key]]
        except (StanceclfError, ValueError, LookupError, TypeError):
            what = "does not say which run these parts are of; use --overwrite to start over"
            raise StanceclfError(what, path=path) from None
        if others:
            what = f"contains parts of a run with {' and '.join(map(_other, others))}"
            raise StanceclfError(f"{what}; use --overwrite to start over", path=self.folder)

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

    def _remove(self, names: list[str]) -> None:
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
    """Return the format of a file by its suffix; None for a folder."""
    suffix = Path(output).suffix.lower().removeprefix(".")
    return next((form for form in get_args(PartForm) if form == suffix), None)
