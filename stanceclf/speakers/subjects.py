"""Subjects: whom the words before a verb of speech name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stanceclf.speakers.known_names import KnownNames
from stanceclf.speakers.names import (
    LETTERS,
    address_start,
    first_office_end,
    has_function_word,
    has_surname,
    is_first_person,
    is_foreign,
    is_nameless,
    is_nickname,
    is_person,
    is_surname_and_title,
    last_office_end,
    latin_name_start,
    offices_in,
)
from stanceclf.speakers.speech_words import ADVERBIAL, LEADING, MANNER

_ADVERBIAL, _MANNER, _LEADING = map(re.compile, (ADVERBIAL, f"{MANNER}$", f"(?:{LEADING})"))
_BRACKETS = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]")
_PRONOUN = re.compile(
    r"(?:他们|她们|他|她|对方|后者|前者|其(?![中他实余])|两人|此人|本人)(?![的国人们])"
)
# 该发言人, 上述供应商; or a paper whose author was named before: 报告.
_AGAIN = re.compile(
    r"(?:该|上述|这位|这名|这家|前述)(?P<who>.{2,10}?)(?:还|也|则|又|并|随后|同时|不)*$|"
    r"(?:该|这份|这篇)?(?P<paper>报告|研报|声明|文章|方案|报道|报导|论文|文件|公告|公司|通报|书|信|文)中?$"
)
_PAPER = re.compile(
    r"(?P<who>.{2,16}?)(?:近日|日前|最新|昨日|昨晚|今日|当天|新近)?(?:所)?(?:发布|公布|发表|出具|提交|印发)的?"
    r".{0,12}?(?:报告|研报|声明|文章|方案|论文|文件|公告|通报|数据|白皮书)$"
)
_ASIDE = re.compile(r"[^对向跟给和与告诉]{0,4}(?:我|咱|你|您)(?:们)?(?!.{0,8}[对向跟给和与])")
_SOME = re.compile(r"(?:另|还有|有)?(?:一|某|多|几|数|两|三|不少|许多|众多)(?:位|名|家|个|些)")
_COUNTER = re.compile(f"{_SOME.pattern}|有")
# The channels of an institution: 网信办通报, 邻家优选官方微博.
_ISSUED = re.compile(
    r"(?<=[^\W\d_a-z]{2})(?:方面|官方微博|官方微信|官方|(?<=.{3})(?:通报|公告|声明|消息))$"
)
# A bare word before the verb, with small adverbs between: 百度则表示, 教育部早就说.
_PLAIN = re.compile(
    r"([^\W\d_]{2,6}?)(?:也|都|则|还|又|再|曾|已|早|就|才|便|刚|先|常|总是|一直|当时|曾经|已经|近日|日前|随后|此前|同时|方面){0,3}$"
)
# What somebody is called, in quotation marks behind what he is: 网友“小鱼儿”.
_QUOTED = re.compile(r"“([^“”,。!?:;]{1,14})”")
_OPENING = " \t\u3000、([{《<*"
# A paper or a book.
_TITLE = re.compile(r"《([^《》]{2,20})》")
# Before an addressee, who is not the speaker.
_TO_WHOM = re.compile(r"(?:对|向|与|跟|和|同|给|采访|问|告诉|让|请)$")
_HANDLE = re.compile(
    r"[\w-]{2,30}?(?=$| |(?:也|都|则|还|又|曾|就|近日|随后|评论|跟帖|留言|回复){1,2}$)"
)
_AND = frozenset("和与及")
_LATIN_END = re.compile(rf"[{LETTERS}][{LETTERS}0-9_.&-]*$")
_LONGEST = 40
# Adverbials that are tried as the end of a name; nobody writes more before a verb.
_MAX_ENDS = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is named before a verb.

    Attributes
    ----------
    kind : str
        ``name``: a person; ``nameless``: somebody without a name, or an institution; ``again``:
        one of those, mentioned before (该发言人); ``pronoun``; ``self``: the author; ``empty``:
        nobody in this clause.
    start, end : int
        Offsets of the name or of what stands for it.
    """

    kind: Literal["name", "nameless", "again", "pronoun", "self", "empty"]
    start: int
    end: int


def find_subject(
    text: str, norm: str, start: int, end: int, known: KnownNames, *, sure: bool
) -> Subject | None:
    """Return whom the words of a span name, None if they name nobody who could speak.

    `norm` is `text` in normal form. `sure` says that the words can only name a speaker, so that any
    short word will do.

    Examples
    --------
    >>> text = "昆仑万维CEO方汉向记者"
    >>> found = find_subject(text, text.lower(), 0, len(text), KnownNames(), sure=True)
    >>> found.kind, text[found.start : found.end]
    ('name', '方汉')
    """
    while start < end and norm[start] in _OPENING and not _TITLE.match(norm, start, end):
        start += 1
    while (leading := _LEADING.match(norm, start, end)) and leading.end() > start:
        start = leading.end()
    words = _BRACKETS.sub(lambda m: " " * len(m.group()), norm[start:end]).rstrip()
    words = _without_manner(words).removesuffix("的")
    if not words:
        return Subject("empty", start, start)
    # What follows a handle is said by its owner: 网友@小鱼儿表示.
    if start and norm[start - 1] == "@" and (handle := _HANDLE.match(words)):
        return Subject("name", start, start + handle.end())
    found = (
        _called(words)
        or _titled(words)
        or _named(text[start : start + len(words)], words, known, sure=sure)
    )
    return Subject(found[0], start + found[1], start + found[2]) if found else None


def _without_manner(words: str) -> str:
    """Return words without the manner of speaking at their end: 坦率地, 斩钉截铁地."""
    manner = _MANNER.search(words)
    if manner is None:
        return words
    head = words[: manner.start()]
    named = is_nameless(head) or is_person(head[-3:]) or is_person(head[-2:])
    if manner["idiom"] and not named:
        head = words[: manner.start() + 2]  # Half of 建国坦率地 belongs to the name.
    return head or words


_Found = tuple[Literal["name", "nameless", "again", "pronoun", "self"], int, int]


def _called(words: str) -> _Found | None:
    """Return the span of a name in quotation marks behind an office: CEO“木头姐”."""
    quoted = _QUOTED.search(words)
    if not quoted:
        return None
    before, after = words[: quoted.start()].rstrip(), words[quoted.end() :]
    spoken = not after or _ADVERBIAL.match(after)
    if has_function_word(quoted[1]) or not (before and spoken):
        return None
    if is_nameless(before) or last_office_end(before) == len(before):
        return "name", *quoted.span(1)
    return None


def _titled(words: str) -> _Found | None:
    """Return the span of a paper's name in its marks, which is all there is: 《华尔街日报》."""
    titled = _TITLE.match(words)
    if titled and (titled.end() == len(words) or _ADVERBIAL.match(words, titled.end())):
        return "nameless", *titled.span(1)
    return None


def _named(text: str, words: str, known: KnownNames, *, sure: bool) -> _Found | None:
    if is_first_person(words):
        return "self", 0, 1
    # 还要我们家长说 names nobody.
    if _ASIDE.match(words):
        return None
    if words.startswith("有人"):
        return "nameless", 0, 2
    if pronoun := _PRONOUN.match(words):
        return "pronoun", *pronoun.span()
    if found := _known_name(words, known):
        return "name", *found
    ends = _ends(words)
    name = None
    for end in ends:
        head = words[:end].rstrip()
        longer = name_at_end(text[: len(head)], head, known)
        # A transliterated name may contain the beginning of an adverbial: 萨姆·奥特曼.
        if longer and (not name or (longer[0] == name[0] and is_foreign(words[slice(*longer)]))):
            name = longer
        elif not name and not _goes_on(words, end, ends) and (without := _without_name(head)):
            return without
    if name:
        return "name", *name
    some = _COUNTER.match(words)
    if some and len(words) <= _LONGEST:
        heads = range(some.end() + 2, len(words) + 1)
        end = next((end for end in heads if is_nameless(words[:end])), 0)
        while end and is_nameless(words[: end + 1]) and end < len(words):
            end += 1  # 研究者, not 研究.
        end = end or next((end for end in ends if end > some.end() + 1), len(words))
        if end - some.end() > 1 and not has_function_word(words[end - 1]):
            return "nameless", _uncounted(words[:end]), end
    office = first_office_end(words)
    if office and (office == len(words) or _ADVERBIAL.match(words, office)):
        return "nameless", 0, office
    plain = _PLAIN.match(words)
    if sure and plain and not has_function_word(plain.group(1).removesuffix("会")):
        return "nameless", *plain.span(1)
    return None


def _goes_on(words: str, end: int, ends: Sequence[int]) -> bool:
    """Return whether words go on with a company in Latin letters: 分析和预测公司SemiAnalysis."""
    return words[end : end + 1] in _AND and ends[-1] > end and bool(_LATIN_END.search(words))


def _ends(words: str) -> list[int]:
    """Return where the words for the speaker may end."""
    # 发 begins 发言人 as well as 发文: part of an office is not an adverbial.
    offices = {i for start, end in offices_in(words) for i in range(start, end)}
    found = (match.start() for match in _ADVERBIAL.finditer(words, 1))
    return [end for end in found if end not in offices][:_MAX_ENDS] + [len(words)]


def _known_name(words: str, known: KnownNames) -> tuple[int, int] | None:
    """Return the span of the first known name that may be the subject."""
    if not len(known):
        return None
    for end in range(2, min(len(words), _LONGEST) + 1):
        if length := known.at_end(words[:end]):
            before = words[: end - length]
            if _TO_WHOM.search(before) or (before and has_function_word(before.removesuffix("的"))):
                continue
            while end < len(words) and known.at_end(words[: end + 1]) == length + 1:
                end, length = end + 1, length + 1
            return end - length, end
    return None


def _without_name(head: str) -> _Found | None:
    """Return the span of somebody without a name whom some words call, and in which way."""
    if again := _AGAIN.match(head):
        return "again", *again.span(again.lastgroup or 0)
    if head.endswith("有人"):
        return "nameless", len(head) - 2, len(head)
    if paper := _PAPER.fullmatch(head):
        return "nameless", *paper.span("who")
    if not is_nameless(head):
        return None
    issued = _ISSUED.search(head)
    return "nameless", _uncounted(head), issued.start() if issued else len(head)


def _uncounted(head: str) -> int:
    """Return where words begin without a counter: 有网友 is 网友; 有人 stays."""
    counter = _COUNTER.match(head)
    return counter.end() if counter and len(head) - counter.end() > 1 else 0


def name_at_end(text: str, words: str, known: KnownNames) -> tuple[int, int] | None:
    """Return the span of the name that ends some words, without office and company.

    `words` is `text` in normal form.

    Examples
    --------
    >>> words = "UC Berkeley的计算机教授Ion Stoica"
    >>> words[slice(*name_at_end(words, words.lower(), KnownNames()))]
    'Ion Stoica'
    """
    length = known.at_end(words)
    if length and not _TO_WHOM.search(words[:-length]):
        return len(words) - length, len(words)
    office = last_office_end(words)
    begin = max(office, words.rfind("的") + 1)
    while begin < len(words) and words[begin] in " 、:":
        begin += 1
    stop = begin + address_start(words[begin:])
    rest = words[begin:stop]
    if not rest:
        return None
    at = latin_name_start(text[begin:stop])
    if at == 0 or (at > 0 and not begin):
        return begin + at, stop
    if is_person(rest, in_office=begin > 0):
        return begin, stop
    if is_surname_and_title(words[begin:]):
        return begin, len(words)
    if begin and is_nickname(rest):
        return begin, stop
    # After an office that is not in the list, what the article repeats is a name.
    if office == begin > 0 and 2 <= len(rest) <= 3 and known.recurs(rest):
        return begin, stop
    for length in (3, 2):
        tail = rest[-length:]
        if len(rest) > length and is_person(tail) and has_surname(tail) and known.recurs(tail):
            return stop - length, stop
    return None
