"""Sections of the page of articles: their paragraphs, and who speaks where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from stanceclf.articles import Article, table_of
from stanceclf.prediction import Prediction
from stanceclf.reports.escaping import page_text

#: From so much of a probability on, a sentence is shaded deeper.
LEVELS = (0.55, 0.72)
#: The stances that a sentence is marked for, and their signs.
SIDES = {"favor": "▲", "against": "▼"}
# A browser lays out a paragraph as a whole: longer ones are cut. It leaves out what is not on the
# screen part by part, which only pays if parts are neither long nor many.
_LONGEST, _PART = 100, 60

_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(slots=True)
class Shown:
    """A sentence as the page shows it."""

    index: int
    text: str
    stance: str
    level: int
    name: str | None  # Of who speaks from here on, within a paragraph; empty for the article.
    space: bool  # Whether white space comes before it.


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or a piece of a long one."""

    name: str  # Of who speaks where it begins, empty for the article.
    again: bool  # Whether that is who spoke before, or its text says so itself.
    starts: bool = True  # Whether it is more than what follows on a piece.
    row: str = ""  # Where a row of a table begins, its number or id.
    sentences: list[Shown] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """An article, or a table of them."""

    name: str
    first: int
    rows: list[Prediction] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)

    @property
    def parts(self) -> Iterator[list[Paragraph]]:
        """The paragraphs, some at a time."""
        part: list[Paragraph] = []
        for paragraph in self.paragraphs:
            part.append(paragraph)
            if sum(len(own.sentences) for own in part) >= _PART:
                yield part
                part = []
        if part:
            yield part


class Speakers:
    """Numbers speakers in the order in which they come; 0 is the article itself.

    Parameters
    ----------
    normalize : callable
        Brings names to normal form; those that are equal in it are one, as they are to `standings`.

    Examples
    --------
    >>> speakers = Speakers(str.lower)
    >>> [speakers.number(name) for name in ("马跃", None, "Meta", "META")]
    [1, 0, 2, 2]
    """

    def __init__(self, normalize: Callable[[str], str]) -> None:
        self.names: list[str] = [""]
        self.normalize = normalize
        self._numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int:
        """Return a speaker's number."""
        if name is None:
            return 0
        key = self.normalize(name)
        if key not in self._numbers:
            self._numbers[key] = len(self.names)
            self.names.append(page_text(name))
        return self._numbers[key]


def cut_sections(
    read: Iterable[tuple[Article, Sequence[Prediction]]], speakers: Speakers
) -> Iterator[Section]:
    r"""Yield the sections of articles: each file is one, and a table's rows are its paragraphs.

    Parameters
    ----------
    read : iterable of (Article, sequence of Prediction)
        The articles and their sentences, in reading order.
    speakers : Speakers
        Where speakers are numbered.

    Examples
    --------
    >>> rows = [Prediction("帖.csv#7", i, i + 2, "好。", "favor", None) for i in (0, 3)]
    >>> (section,) = cut_sections([(Article("帖.csv#7", "好。\n好。"), rows)], Speakers(str.lower))
    >>> section.name, [(one.row, len(one.sentences)) for one in section.paragraphs]
    ('帖.csv', [('#7', 1), ('', 1)])
    """
    # The same file given twice is two sections.
    numbered = enumerate(read)
    groups = groupby(numbered, lambda pair: table_of(pair[1][0].name) or pair[0])
    index = 0
    for table, group in groups:
        section: Section | None = None
        for _, (article, rows) in group:
            if section is None:
                section = Section(
                    page_text(article.name if isinstance(table, int) else table), index
                )
            row_name = "" if isinstance(table, int) else page_text(article.name[len(table) :])
            section.paragraphs += _paragraphs(article, rows, row_name, index, speakers)
            section.rows += rows
            index += len(rows)
        if section is not None:
            yield section


def _paragraphs(
    article: Article, rows: Sequence[Prediction], row_name: str, index: int, speakers: Speakers
) -> list[Paragraph]:
    found: list[Paragraph] = []
    end, speaker = 0, 0
    for number, row in enumerate(rows):
        own = speakers.number(row.speaker)
        breaks = not found or bool(_BREAK.search(article.text, end, row.start))
        if breaks or len(found[-1].sentences) == _LONGEST:
            # A turn's label says it already.
            label = row.voice == "turn" and row.text.lstrip("*【[ ").startswith(row.speaker or "")
            again = own == speaker or label
            found.append(Paragraph(speakers.names[own], again, breaks, "" if found else row_name))
            name = None
        else:
            name = speakers.names[own] if own != speaker else None
        stance = row.stance or "none"
        level = 1 + sum(probability(row) >= limit for limit in LEVELS)
        found[-1].sentences.append(
            Shown(index + number, page_text(row.text), stance, level, name, end < row.start)
        )
        end, speaker = row.end, own
    return found


def probability(row: Prediction) -> float:
    """Return how probable a sentence's stance is.

    Examples
    --------
    >>> probability(Prediction("一.txt", 0, 5, "开源便宜。", "favor", {"favor": 0.9}))
    0.9
    """
    return (row.probabilities or {}).get(row.stance or "none", 0.0)
