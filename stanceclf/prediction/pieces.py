"""Pieces of a corpus: what a worker reads and predicts at a time, in any order, on any machine.

A table is cut into chunks of its rows; other files that follow one another share a piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import groupby

from stanceclf.articles import (
    MAX_FILE_SIZE,
    MAX_SENTENCE,
    Article,
    Chunk,
    find_articles,
    find_chunks,
    is_table,
    read_article,
    read_chunk,
)
from stanceclf.errors import StanceclfError
from stanceclf.io import batched, open_file, size_of

#: Characters per chunk of a table: some 70,000 sentences, seconds of work.
PART_SIZE = 2_000_000
#: A corpus of at most this many bytes per character of a part is not worth a second process.
SMALL = 2
# Other files per piece, whatever their sizes: a file that changes moves no other to another piece.
_FILES = 128


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the files of a corpus.

    Attributes
    ----------
    text_column : str or None
        The tables' column of texts.
    encoding : str or None
        The files' encoding; None to detect it for each.
    max_file : int
        Maximum size of a file in bytes, and of a table's row in characters.
    max_sentence : int
        Longer sentences are cut; in characters.
    part_size : int
        Characters per chunk of a table.
    """

    text_column: str | None = None
    encoding: str | None = None
    max_file: int = MAX_FILE_SIZE
    max_sentence: int = MAX_SENTENCE
    part_size: int = PART_SIZE


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a corpus: its name as given, the path where workers find it, its size in bytes."""

    name: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What is read and predicted together.

    Attributes
    ----------
    file, number : int
        Its place: the index of its first file, and of its chunk in that file.
    sources : tuple of Source
        Its files; a single one if it is a table.
    chunk : Chunk or None
        Its rows of a table; None for other files and for a table that is still to be cut.
    size : int
        Bytes of the corpus that it stands for.
    """

    file: int
    number: int
    sources: tuple[Source, ...]
    chunk: Chunk | None
    size: int

    @property
    def is_uncut(self) -> bool:
        """Whether it is a table that is still to be cut."""
        return self.chunk is None and is_table(self.sources[0].name)


def find_pieces(sources: Iterable[Source]) -> Iterator[Piece]:
    """Yield the pieces of a corpus; tables are not cut yet.

    Examples
    --------
    >>> names = ["一.txt", "二.txt", "帖.csv"]
    >>> pieces = find_pieces([Source(name, name, 10) for name in names])
    >>> [[source.name for source in piece.sources] for piece in pieces]
    [['一.txt', '二.txt'], ['帖.csv']]
    """
    first = 0
    for are_tables, group in groupby(sources, lambda source: is_table(source.name)):
        for files in batched(group, 1 if are_tables else _FILES):
            yield Piece(first, 0, tuple(files), None, sum(file.size for file in files))
            first += len(files)


def cut_table(piece: Piece, options: ReadOptions) -> list[Piece]:
    """Return the pieces of a table.

    Raises
    ------
    StanceclfError
        Part of it cannot be read.
    """
    (source,) = piece.sources
    with open_file(source.path, options.max_file) as file:
        chunks = list(
            find_chunks(
                file,
                source.name,
                options.part_size,
                text_column=options.text_column,
                encoding=options.encoding,
                longest=options.max_file,
            )
        )
    size = (source.size or size_of(source.path)) // len(chunks)
    return [
        Piece(piece.file, number, piece.sources, chunk, size) for number, chunk in enumerate(chunks)
    ]


def read_piece(
    piece: Piece, options: ReadOptions, failed: list[StanceclfError]
) -> Iterator[Article]:
    """Yield the articles of a piece; add the errors of those that cannot be read to `failed`."""
    for source in piece.sources:
        try:
            if piece.chunk is None:
                yield read_article(
                    source.path, source.name, encoding=options.encoding, most=options.max_file
                )
                continue
            with open_file(source.path, options.max_file) as file:
                rows = read_chunk(
                    piece.chunk,
                    file,
                    source.name,
                    text_column=options.text_column,
                    longest=options.max_file,
                )
                with closing(rows):
                    for row, text in rows:
                        yield Article(f"{source.name}#{row}", text)
        except StanceclfError as error:
            failed.append(error)


def is_large(paths: Sequence[str], part_size: int = PART_SIZE) -> bool:
    """Return whether a corpus is large enough for more than one process.

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
                if size > SMALL * part_size:
                    return True
    return False
