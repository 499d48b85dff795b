"""Parts: the files that a corpus's predictions are written to, a piece each, and their folder.

A part has its name when it has been written whole, so that those that are there are done, whatever
ended the run. Beside them a run keeps ``_run.json``, which tells what they are parts of, and for a
piece of which something could not be read ``_failed-...json``: what begins so no reader of a
folder of Parquet files takes for one.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal

from stanceclf.errors import StanceclfError
from stanceclf.io import urls
from stanceclf.prediction.pieces import Piece

if TYPE_CHECKING:
    from stanceclf.prediction.rows import Prediction

PartForm = Literal["jsonl", "csv", "parquet"]

_RECORD = "_run.json"
_OURS = re.compile(r"(?:part-\d+-\d+\.(?:jsonl|csv|parquet)|_failed-\d+-\d+\.json|_run\.json)")
_COPIED = 1 << 20


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of a run's parts.

    Attributes
    ----------
    folder : str
        Its path, or URL.
    form : {"jsonl", "csv", "parquet"}
        What the parts are.
    digits : int
        How many digits the number of a file takes.
    """

    folder: str
    form: PartForm
    digits: int = 5

    def name(self, piece: Piece) -> str:
        """Return the name of a piece's part; in the order of pieces, names are sorted.

        Examples
        --------
        >>> Parts("结果", "parquet").name(Piece(3, 17, (), None, 0))
        'part-00003-000017.parquet'
        """
        return f"part-{self._number(piece)}.{self.form}"

    def note(self, piece: Piece) -> str:
        """Return the name of the file that tells what of a piece could not be read."""
        return f"_failed-{self._number(piece)}.json"

    def _number(self, piece: Piece) -> str:
        return f"{piece.file:0{self.digits}}-{piece.share:06}"

    def path(self, name: str) -> str:
        """Return the path of a file in the folder."""
        return urls.join(self.folder, name)

    def is_done(self, piece: Piece, there: set[str]) -> bool:
        """Tell whether a part is among the files that are there, whole and no older than its files.

        Parameters
        ----------
        piece : Piece
            What it is of.
        there : set of str
            The names of the files in the folder.
        """
        if self.name(piece) not in there or self.note(piece) in there:
            return False
        written = urls.modified_at(self.path(self.name(piece)))
        return all(urls.modified_at(source.path) <= written for source in piece.sources)

    def write(
        self, piece: Piece, rows: Iterable[Prediction], failed: Sequence[StanceclfError]
    ) -> None:
        """Write a part.

        Parameters
        ----------
        piece : Piece
            What it is of.
        rows : iterable of Prediction
            The rows; in drawing them, `failed` may grow.
        failed : sequence of StanceclfError
            What could not be read.

        Raises
        ------
        StanceclfError
            It cannot be written.
        """
        note = self.path(self.note(piece))
        with urls.write_file(self.path(self.name(piece))) as file:
            write_rows(rows, file, self.form)
            if failed:
                # Before the part has its name: it must not look as if nothing were missing.
                with urls.write_file(note) as notes:
                    notes.write(json.dumps([str(error) for error in failed]).encode())
        if not failed:
            urls.remove(note)

    def begin(self, record: dict[str, object], *, resume: bool, overwrite: bool) -> set[str]:
        """Make the folder ready for a run; return the names of the files that are done in it.

        Parameters
        ----------
        record : dict
            What the parts are of.
        resume : bool
            Whether to go on with what is there.
        overwrite : bool
            Whether to remove it.

        Raises
        ------
        StanceclfError
            There are parts already, and nothing was said of them; or they are of something else.
        """
        there = [name for name in urls.names_in(self.folder) if _OURS.fullmatch(name)]
        if there and overwrite:
            self._clear(there)
            there = []
        elif there and not resume:
            mend = "--resume goes on with it, --overwrite begins anew"
            raise StanceclfError(f"holds the parts of a run already; {mend}", path=self.folder)
        elif there:
            self._check(record)
        if not there:
            with urls.write_file(self.path(_RECORD)) as file:
                file.write((json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode())
        return set(there)

    def _check(self, record: dict[str, object]) -> None:
        """See that the parts that are there are of the same."""
        path = self.path(_RECORD)
        try:
            with urls.open_file(path) as file:
                before = json.load(file)
            others = [key for key in record if before[key] != record[key]]
        except (StanceclfError, ValueError, LookupError, TypeError):
            said = "cannot tell what these are parts of; --overwrite begins anew"
            raise StanceclfError(said, path=path) from None
        if others:
            said = f"these are parts of a run with {' and '.join(map(_other, others))}"
            raise StanceclfError(f"{said}; --overwrite begins anew", path=self.folder)

    def end(self, names: set[str]) -> None:
        """See that the parts of a run are there, and no others.

        Parameters
        ----------
        names : set of str
            Their names.

        Raises
        ------
        StanceclfError
            One is not there.
        """
        there = {name for name in urls.names_in(self.folder) if name.startswith("part-")}
        if missing := sorted(names - there):
            said = f"{missing[0]} is not here; workers must see the same folder"
            raise StanceclfError(said, path=self.folder)
        # Of files that had more in them when they were read before.
        for name in sorted(there - names):
            if _OURS.fullmatch(name):
                urls.remove(self.path(name))
        if not names:
            self.remove()

    def join(self, names: Iterable[str], file: BinaryIO) -> None:
        """Write the parts as one file, and remove them.

        Parameters
        ----------
        names : iterable of str
            Their names.
        file : binary file
            What to write to.
        """
        if self.form == "parquet":
            from stanceclf.prediction.parquet import join_parquet

            join_parquet(map(self.path, sorted(names)), file)
            return
        for number, name in enumerate(sorted(names)):
            with urls.open_file(self.path(name)) as part:
                if number and self.form == "csv":
                    part.readline()  # the header
                shutil.copyfileobj(part, file, _COPIED)

    def remove(self) -> None:
        """Remove the parts, and their folder if nothing else is in it."""
        self._clear([name for name in urls.names_in(self.folder) if _OURS.fullmatch(name)])
        if not urls.names_in(self.folder):
            urls.remove(self.folder)

    def _clear(self, names: list[str]) -> None:
        # The record last: what is left by then is still known for parts.
        for name in sorted(names, key=lambda name: (name == _RECORD, name)):
            urls.remove(self.path(name))


def write_rows(rows: Iterable[Prediction], file: BinaryIO, form: PartForm) -> None:
    """Write predictions to a file.

    Parameters
    ----------
    rows : iterable of Prediction
        What to write.
    file : binary file
        What to write to.
    form : {"jsonl", "csv", "parquet"}
        How.
    """
    if form == "parquet":
        from stanceclf.prediction.parquet import write_parquet

        write_parquet(rows, file)
        return
    from stanceclf.prediction.formats import write_predictions

    for line in write_predictions(rows, form, {}):
        # What is no text (half of a surrogate pair in a file's name) is written escaped.
        file.write(line.encode("utf-8", "backslashreplace"))


def _other(key: str) -> str:
    names = {"files": "other files", "stanceclf": "another version of stanceclf"}
    return names.get(key, f"another {key.replace('_', ' ')}")
