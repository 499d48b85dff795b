"""Turns: who speaks in an interview or a round table, by the labels at the beginnings of lines."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from stanceclf.articles import LINE
from stanceclf.speakers.headings import is_heading
from stanceclf.speakers.names import LETTERS, is_person, is_surname_and_title, last_office_end

_LABEL = re.compile(
    r"[\s◆◇●○•▲△■□★#>*_—-]{0,6}[【\[「]?(?:\*\*)?(?P<floor>\d{1,4}[楼層层f#]\s*)?"
    r"(?P<name>[^\W_][^:,。;!?“”\"()【】\[\]《》…|]{0,23}?)\s{0,4}"
    r"(?:\((?P<office>[^():]{1,40})\)\s{0,4})?[】\]」]?(?:\*\*)?\s{0,4}:(?:\*\*)?(?!//)"
)
_BRACKETED = re.compile(r"[【\[](?P<name>[^\W_][^】\]:,。]{0,11})[】\]](?=\s*\w)")
_ROLE = re.compile(
    r"(?:(?:[^\s,]{0,10})(?:记者|主持人|采访者|受访者|编辑部)|提问者?|问|答|q\d{0,2}|a\d{0,2}|网友|观众|听众|嘉宾|学员|"
    r"提问\w?|嘉宾\w|观众\w|学生\w?)"
)
_ENDED = re.compile(r"[。!?;…”」』\")~—:,]\s*$")
_LATIN = re.compile(rf"[{LETTERS}][{LETTERS}.'’-]+(?: [{LETTERS}][{LETTERS}.'’-]*){{1,3}}")
_FIRST_NAME = re.compile(rf"[{LETTERS}][{LETTERS}'’-]+")
_OVER = re.compile(
    r"(?:采访|访谈|对话|专访|谈话|访问|会议|论坛)[^,。]{0,4}(?:结束|进行到|最后|临近)"
)
_NUMBERED = re.compile(r"\d{1,2}[.、](?!\d)|[一二三四五六七八九十]+、")
_QUESTION = re.compile(r"(?<!吧)\?[”」』\"]?\s*$")
_SENTENCE = re.compile(r"[。!?]+")


@dataclass(frozen=True, slots=True)
class Turn:
    """A span of an article that one speaker says.

    Attributes
    ----------
    start, end : int
        Offsets, including the speaker's following paragraphs but not headings between them.
    name : (int, int) or None
        Offsets of the speaker's name in the label; None if the transcript has lost the label of
        whoever answers.
    """

    start: int
    end: int
    name: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    label: str | None = None
    name: tuple[int, int] = (0, 0)
    office: bool = False
    floor: bool = False
    whole: bool = True


def find_turns(norm: str, known: Container[str] = ()) -> list[Turn]:
    r"""Return the turns of an article, in order.

    A label counts because the article repeats it, because it has the form of a name or of a role,
    or because others answer it; headings, times of day and lists are not labels. `norm` is the
    article in normal form, `known` are names in its other text.

    Examples
    --------
    >>> talk = "时间:下午3:00\n记者:开源贵吗?\n马跃:不贵。\n还省心。\n记者:谢谢。\n马跃:再见。"
    >>> [talk[turn.start : turn.end] for turn in find_turns(talk)]
    ['记者:开源贵吗?', '马跃:不贵。', '还省心。', '记者:谢谢。', '马跃:再见。']
    """
    lines = [_line(norm, match) for match in LINE.finditer(norm) if match.group().strip()]
    speaking = _speaking(norm, lines, known)
    labelled = [i for i, line in enumerate(lines) if line.label in speaking]
    repeated = Counter(norm[line.start : line.end] for line in lines)
    turns: list[Turn] = []
    name: tuple[int, int] | None = None
    asked = False
    for i in range(labelled[0] if labelled else len(lines), len(lines)):
        line = lines[i]
        words = norm[line.start : line.end]
        following = lines[i + 1 : i + 2]
        if line.label in speaking and (line.whole or i > 0):
            name, asked = line.name, _asks(words, following, speaking)
        elif name and _is_told(words, norm[slice(*name)]):
            # The article itself continues.
            name, asked = None, False
            continue
        elif (words[0] == "(" and words[-1] == ")") or repeated[words] > 1:
            continue  # A remark or a caption.
        elif _is_heading(words):
            # More of the talk may follow, but whose it is remains open.
            name, asked = None, i < labelled[-1]
            continue
        elif name and _asks(words, following, speaking):
            name, asked = None, True
        if name or asked:
            turns.append(Turn(line.start, line.end, name))
        if asked:
            name = None
    return turns


def _line(norm: str, match: re.Match[str]) -> _Line:
    words = match.group().strip()
    start = match.start() + match.group().index(words[0])
    end = start + len(words)
    label = _LABEL.match(norm, start, end) or _BRACKETED.match(norm, start, end)
    if not label:
        return _Line(start, end)
    first, last = label.span("name")
    # A time of day or a score is not a label: 下午3:00.
    if norm[last - 1].isdigit() and norm[label.end() : label.end() + 1].isdigit():
        return _Line(start, end)
    words = norm[first:last]
    office = last_office_end(words)
    rest = words[office:].strip()
    if office and is_person(rest, in_office=True):
        first = last - len(rest)
    groups = label.groupdict()
    return _Line(
        start,
        end,
        label=norm[first:last],
        name=(first, last),
        office=office > 0 or bool(groups.get("office")),
        floor=bool(groups.get("floor")),
        whole=first == label.start("name"),
    )


def _speaking(norm: str, lines: Sequence[_Line], known: Container[str]) -> set[str]:
    """Return the labels that name speakers."""
    labels = [line.label for line in lines if line.label and not is_heading(line.label)]
    counts = Counter(labels)
    roles = {label for label in counts if _ROLE.fullmatch(label)}
    roles |= {line.label for line in lines if line.label and line.floor}
    in_office = {line.label for line in lines if line.office}
    people = {
        label
        for label, count in counts.items()
        if label in known
        or is_surname_and_title(label)
        or _LATIN.fullmatch(label)
        # A word like 高兴 is a name if it is a label more than once.
        or is_person(label, in_office=label in in_office or count > 1)
    }
    people |= _first_names(norm, lines, counts)
    sure = {label for label in people | roles if counts[label] > 1}
    if roles and people:
        sure |= roles
    if not sure:
        return set()
    sure |= people
    # A medium that asks (搜狐科技:) does not look like a name, but others answer it.
    answered = Counter(
        label for label, after in itertools.pairwise(labels) if after in sure and label not in sure
    )
    least = 2 if len(people & sure) > 2 else 3
    sure |= {
        label for label, count in counts.items() if count >= least and 2 * answered[label] > count
    }
    return sure if sum(counts[label] for label in sure) > 1 else set()


def _first_names(norm: str, lines: Sequence[_Line], counts: Counter[str]) -> set[str]:
    """Return repeated words in Latin letters that ask each other, or that others ask."""
    labelled = [line for line in lines if line.label]
    found: set[str] = set()
    for line, after in itertools.pairwise(labelled):
        pair = {line.label or "", after.label or ""}
        asks = _QUESTION.search(norm[line.start : line.end])
        if asks and len(pair) == 2 and all(counts[label] > 1 for label in pair):
            found |= {label for label in pair if _FIRST_NAME.fullmatch(label)}
    return found


def _is_told(words: str, name: str) -> bool:
    """Return whether a line is about the one whose turn it would be."""
    return bool(_OVER.match(words)) or (name in words and not _ROLE.fullmatch(name))


def _is_heading(words: str) -> bool:
    """Return whether a line is a heading: short, and either numbered or without an end."""
    return len(words) <= 40 and bool(_NUMBERED.match(words) or not _ENDED.search(words))


def _asks(words: str, following: Sequence[_Line], speaking: set[str]) -> bool:
    """Return whether a line is a question that somebody without a label answers."""
    answered = bool(following) and following[0].label not in speaking
    return answered and bool(_QUESTION.search(words)) and len(_SENTENCE.findall(words)) < 3
