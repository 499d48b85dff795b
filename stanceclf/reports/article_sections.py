"""Sections of the page of articles: their paragraphs, and who speaks where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from stanceclf.articles import Article, table_of
from stanceclf.prediction import Prediction
from stanceclf.reports.escaping import page_text

#: Probabilities from which on a sentence gets a stronger color.
LEVELS = (0.55, 0.72)
#: The stances that sentences are marked with, and their signs.
SIDES = {"favor": "▲", "against": "▼"}
# Browsers lay out a paragraph as a whole, so long ones are cut. They skip parts that are not on the
# screen, which only helps if parts are neither long nor many. Both in sentences.
_LONGEST, _PART = 100, 60

_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(slots=True)
class Shown:
    """A sentence as the page shows it."""

    index: int
    text: str
    stance: str
    level: int
    name: str | None  # of the speaker if another one begins here, empty for the article
    space: bool  # whether white space precedes it


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or a piece of a long one."""

    name: str  # of its first speaker, empty for the article
    again: bool  # whether that is the speaker before, or named in the text itself
    starts: bool = True  # whether it is the first piece
    row: str = ""  # the number or id of a table's row that begins here
    sentences: list[Shown] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """An article or a table, and the index of its first sentence."""

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
    """Numbers speakers in order of appearance; 0 is the article itself.

    Names that are equal when normalized are one speaker, as in `standings`.

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
    r"""Yield the sections of articles: one per file; the rows of a table are its paragraphs.

    Examples
    --------
    >>> rows = [Prediction("帖.csv#7", i, i + 2, "好。", "favor", None) for i in (0, 3)]
    >>> (section,) = cut_sections([(Article("帖.csv#7", "好。\n好。"), rows)], Speakers(str.lower))
    >>> section.name, [(one.row, len(one.sentences)) for one in section.paragraphs]
    ('帖.csv', [('#7', 1), ('', 1)])
    """
    section: Section | None = None
    before, index = None, 0
    for article, rows in read:
        table = table_of(article.name)
        # A file that is given twice has two sections.
        if section is None or table is None or table != before:
            if section is not None:
                yield section
            section, before = Section(page_text(table or article.name), index), table
        row_name = "" if table is None else page_text(article.name.removeprefix(table))
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
    for number, row in enumerate(rows, index):
        own = speakers.number(row.speaker)
        breaks = not found or bool(_BREAK.search(article.text, end, row.start))
        name = None
        if breaks or len(found[-1].sentences) == _LONGEST:
            named = row.voice == "turn" and row.text.lstrip("*【[ ").startswith(row.speaker or "")
            again = own == speaker or named
            found.append(Paragraph(speakers.names[own], again, breaks, "" if found else row_name))
        elif own != speaker:
            name = speakers.names[own]
        level = 1 + sum(row.certainty >= limit for limit in LEVELS)
        found[-1].sentences.append(
            Shown(number, page_text(row.text), row.stance or "none", level, name, end < row.start)
        )
        end, speaker = row.end, own
    return found
