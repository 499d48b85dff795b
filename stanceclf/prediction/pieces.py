"""Pieces: what of a corpus is read and predicted together, in whatever order, by whatever machine.

A table is cut in shares of its rows; of other files, some that follow one another make a piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from stanceclf.articles import (
    MAX_FILE_SIZE,
    MAX_SENTENCE,
    Article,
    Chunk,
    find_chunks,
    is_table,
    read_article,
    read_chunk,
)
from stanceclf.errors import StanceclfError
from stanceclf.io import open_file, size_of

#: A share of a table has about so many characters: some 70,000 sentences, some seconds of work.
CHARACTERS = 2_000_000
# So many other files make a piece. It does not depend on how large they are, so that one that was
# mended moves no other to another piece.
_FILES = 128


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How the files of a corpus are read.

    Attributes
    ----------
    text_column : str or None
        What the tables' column of texts is called.
    encoding : str or None
        What the files are in; None where each is to be found out.
    most : int
        So many bytes a file may have, and a row of a table characters.
    longest : int
        A sentence of more characters is cut in parts.
    characters : int
        So many characters make a share of a table.
    """

    text_column: str | None = None
    encoding: str | None = None
    most: int = MAX_FILE_SIZE
    longest: int = MAX_SENTENCE
    characters: int = CHARACTERS


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a corpus.

    Attributes
    ----------
    name : str
        Its path as given, after which its articles are called.
    path : str
        Where it is, for whoever reads it.
    size : int
        How many bytes it has.
    """

    name: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What is read and predicted together.

    Attributes
    ----------
    file, share : int
        Its place: the number of its first file, and of its share of that one.
    sources : tuple of Source
        Its files; of a table, that one.
    rows : Chunk or None
        Its share of a table; None of other files.
    size : int
        How many bytes of the corpus it stands for.
    """

    file: int
    share: int
    sources: tuple[Source, ...]
    rows: Chunk | None
    size: int


def find_pieces(sources: Sequence[Source]) -> Iterator[Piece]:
    """Yield the pieces of a corpus, each of its tables as one that is to be cut.

    Parameters
    ----------
    sources : sequence of Source
        The files.

    Examples
    --------
    >>> names = ["一.txt", "二.txt", "帖.csv"]
    >>> pieces = find_pieces([Source(name, name, 10) for name in names])
    >>> [[source.name for source in piece.sources] for piece in pieces]
    [['一.txt', '二.txt'], ['帖.csv']]
    """
    start = 0
    while start < len(sources):
        end = start + 1
        if not is_table(sources[start].name):
            while end < len(sources) and end - start < _FILES and not is_table(sources[end].name):
                end += 1
        own = tuple(sources[start:end])
        yield Piece(start, 0, own, None, sum(source.size for source in own))
        start = end


def is_uncut(piece: Piece) -> bool:
    """Tell whether a piece is a table that is to be cut."""
    return piece.rows is None and is_table(piece.sources[0].name)


def cut_table(piece: Piece, options: ReadOptions) -> list[Piece]:
    """Return the pieces of a table, having seen that all of it can be read.

    Parameters
    ----------
    piece : Piece
        The table.
    options : ReadOptions
        How to read it.

    Raises
    ------
    StanceclfError
        Not all of it can be read.
    """
    (source,) = piece.sources
    with open_file(source.path) as file:
        found = list(
            find_chunks(
                file,
                source.name,
                options.characters,
                wanted=options.text_column,
                encoding=options.encoding,
                longest=options.most,
            )
        )
    size = (source.size or size_of(source.path)) // len(found)
    return [
        Piece(piece.file, number, piece.sources, share, size) for number, share in enumerate(found)
    ]


def articles_of(
    piece: Piece, options: ReadOptions, failed: list[StanceclfError]
) -> Iterator[Article]:
    """Yield the articles of a piece, and note what is wrong with those that cannot be read.

    Parameters
    ----------
    piece : Piece
        What to read.
    options : ReadOptions
        How to read it.
    failed : list of StanceclfError
        Where errors are noted.
    """
    for source in piece.sources:
        try:
            if piece.rows is None:
                yield read_article(
                    source.path, source.name, encoding=options.encoding, most=options.most
                )
                continue
            with (
                open_file(source.path) as file,
                closing(
                    read_chunk(
                        piece.rows,
                        file,
                        source.name,
                        wanted=options.text_column,
                        longest=options.most,
                    )
                ) as rows,
            ):
                for row, text in rows:
                    yield Article(f"{source.name}#{row}", text)
        except StanceclfError as error:
            failed.append(error)
