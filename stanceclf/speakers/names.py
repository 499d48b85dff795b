"""Names: who may be speaking, by the words before a verb of speech.

There is no list of people: a name is recognized by its form (a surname and one or two characters,
transliterated sounds, capitals), by the office before it, or because the article repeats it. Texts
here are in normal form: simplified, half-width, lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stanceclf.speakers.name_words import (
    ADDRESSES,
    COMPOUND_SURNAMES,
    NAMELESS,
    NO_NAMES,
    OFFICES,
    SOUNDS,
    SURNAMES,
)

_WORDS = frozenset(NO_NAMES.split())
_SURNAMES, _COMPOUND = frozenset(SURNAMES), frozenset(COMPOUND_SURNAMES.split())
#: What separates the parts of a transliterated name.
DOTS = frozenset("·•・")
_SOUNDS = frozenset(SOUNDS)
_PARTS = _SOUNDS | {"-"}
_FOREIGN = _PARTS | DOTS
_ADDRESSES = tuple(ADDRESSES.split())
# Characters that are not in given names, or rarely: they are verbs, adverbs or particles.
_NOT_GIVEN = frozenset(
    "的了在是不与也都就还向对说称认表指出等们这那为被把将从到并则却但且或及之其个"
)
# Characters that do not end a name unless its end is marked.
_BEGINS_VERB = frozenset(
    "参谈讲写发来去做带给看想坐站走转接回举宣介解透坦直笑一正刚又再先更很深开加入获任担当提分"
)
_VERB_NEXT = frozenset(
    "对向在说称表指认也就都则还又曾已从把将与和同的是有告透回坦补强直介带担任主参出一近日今昨"
)
_BOUNDARY = re.compile(r"[,、。;:!?()“”「」 ]|先生|女士|等|$")
_OFFICES = re.compile("|".join(OFFICES.split()))
_NAMELESS = (*NAMELESS.split(), *OFFICES.split())
# Those who make an article are not those it is about.
_MAKERS = {"记者", "编辑", "作者", "主编", "总编", "总编辑", "秘书", "助理"}
#: Latin letters in lower case, with and without accents, for a class of a regular expression.
LETTERS = "a-zß-öø-ɏ"
_CAPITAL = f"[A-ZÀ-ÖØ-ÞĀ-ɏ][{LETTERS}A-ZÀ-ÖØ-Þ0-9_.'’&-]*"
_LATIN_NAME = f"{_CAPITAL}(?: (?:(?:de|von|van|of|the) )?{_CAPITAL}){{0,3}}"
_LATIN = re.compile(rf"(?<![{LETTERS}A-ZÀ-ÖØ-Þ0-9_/.@-]){_LATIN_NAME}$")
_LATIN_AFTER = re.compile(rf" ?({_LATIN_NAME})")
_DOT = re.compile(r"[·•・] ?")
# Words that begin with a character of transliterated names.
_NO_SOUND = re.compile(r"特[别意地]|尤其|明确|多次|曾[经在]|因[为此而]")
# How a clause goes on that tells what somebody did before he spoke.
_DEED = re.compile(
    r"[不没很也又更急摇点笑听看想叹皱沉愣顿抬站放拍喝吸把却正忍坐转回指挥举冷苦气连]|有(?:些|点)|一(?:边|脸|听|再|愣)|十分|非常|当场|立刻"
)
_NICKNAME_ENDS = frozenset("对说称表在也")
_TO_WHOM = re.compile(r"[向对与和][本记媒外公社他她我大全你该]")
_FIRST_PERSON = re.compile(r"(?:我|咱|个人|笔者|本文|小编|本报(?!记者)|你|您|大家|人们|谁|它)")
_NOT_NAMELESS = re.compile(rf"{_FIRST_PERSON.pattern}|[这那此其每]|是|所有|任何|没有|当")
_FUNCTION = frozenset(
    "的了这那此其是不没们我你他她它很更最把被让使而但因所以如若虽将会能可要想并且或和与及都也就还又再什么"
    "怎只每当等从向在对于到给用过着吗呢吧则亦均"
)
#: How much of a long article is read to find where names end and which are repeated.
FAR = 20_000


def is_person(word: str, *, in_office: bool = False) -> bool:
    """Return whether a word has the form of a person's name.

    After an office, even a word with another meaning is a name: 院长高兴.

    Examples
    --------
    >>> [is_person(word) for word in ("马跃", "高兴", "萨姆·奥特曼", "扎克伯格", "结论")]
    [True, False, True, True, False]
    """
    if (not in_office and (word in _WORDS or word[:2] in _WORDS)) or _TO_WHOM.match(word):
        return False
    return has_surname(word) or is_foreign(word)


def has_surname(word: str) -> bool:
    """Return whether a word is a surname and one or two characters of a given name."""
    family = 2 if word[:2] in _COMPOUND else int(word[:1] in _SURNAMES)
    given = word[family:]
    return bool(family) and 1 <= len(given) <= 2 and _is_han(given) and not _NOT_GIVEN & set(given)


def is_foreign(word: str) -> bool:
    """Return whether a word is a transliterated name, like 萨姆·奥特曼 or 扎克伯格."""
    parts = _DOT.split(word)
    if len(parts) > 1:
        return all(
            part.replace("-", "").isalpha() and len(part) <= 12 and not _FUNCTION & set(part)
            for part in parts
        )
    return len(word) >= 3 and _is_transliterated(word)


def _is_transliterated(word: str) -> bool:
    return len(word) <= 6 and set(word) <= _SOUNDS and word not in _WORDS


def is_nickname(word: str) -> bool:
    """Return whether a word after an office is what somebody is called, like 小扎 or 库克."""
    familiar = len(word) == 2 and word[0] in "小老阿" and _is_han(word)
    return familiar or (len(word) >= 2 and _is_transliterated(word))


def is_nameless(word: str) -> bool:
    """Return whether a word is somebody without a name, or an institution.

    Examples
    --------
    >>> [is_nameless(word) for word in ("业内人士", "一位不愿具名的工程师", "谷歌发言人", "便宜")]
    [True, True, True, False]
    """
    return len(word) <= 24 and word.endswith(_NAMELESS) and not _NOT_NAMELESS.match(word)


def is_surname_and_title(word: str) -> bool:
    """Return whether a word is a surname with a form of address, like 马总 or 李教授.

    Examples
    --------
    >>> is_surname_and_title("马总"), is_surname_and_title("总裁")
    (True, False)
    """
    family = word[: address_start(word, shortest=1)]
    return family != word and (family in _SURNAMES or family in _COMPOUND)


def address_start(word: str, shortest: int = 2) -> int:
    """Return where a form of address begins that ends a word, else the word's length.

    Examples
    --------
    >>> address_start("汪华先生"), address_start("马跃")
    (2, 2)
    """
    if word.endswith(_ADDRESSES):
        for address in _ADDRESSES:
            if word.endswith(address) and len(word) - len(address) >= shortest:
                return len(word) - len(address)
    return len(word)


def first_office_end(words: str) -> int:
    """Return where the office ends that some words begin with, 0 if they begin otherwise."""
    match = _OFFICES.match(words)
    return match.end() if match else 0


def last_office_end(words: str) -> int:
    """Return where the last office in some words ends, 0 if there is none.

    Examples
    --------
    >>> last_office_end("昆仑万维董事长兼ceo方汉")
    11
    """
    return max((end for _, end in offices_in(words)), default=0)


def offices_in(words: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of offices in some words, in order."""
    return (match.span() for match in _OFFICES.finditer(words))


def latin_name_start(words: str) -> int:
    """Return where a name in capitals begins that ends some words, -1 if there is none.

    Examples
    --------
    >>> latin_name_start("计算机教授Ion Stoica"), latin_name_start("谷歌")
    (5, -1)
    """
    match = _LATIN.search(words)
    return match.start() if match else -1


def is_first_person(words: str) -> bool:
    """Return whether some words begin with the author or the reader.

    Examples
    --------
    >>> is_first_person("我们问"), is_first_person("他问")
    (True, False)
    """
    return bool(_FIRST_PERSON.match(words))


def has_function_word(word: str) -> bool:
    """Return whether a word contains a character that is not in names.

    Examples
    --------
    >>> has_function_word("这说明"), has_function_word("谷歌")
    (True, False)
    """
    return bool(_FUNCTION & set(word)) or is_first_person(word)


def people_in_office(text: str, norm: str) -> Iterator[tuple[int, int]]:
    """Yield the spans at which a text calls people by office and name.

    Examples
    --------
    >>> text = "白鲸开源CEO 郭炜、教授Ion Stoica与副主任程戈都在,郭炜先说"
    >>> [text[start:end] for start, end in people_in_office(text, text.lower())]
    ['郭炜', 'Ion Stoica', '程戈']
    """
    for office in _OFFICES.finditer(norm):
        if office.group() in _MAKERS:
            continue
        start = office.end() + (norm[office.end() : office.end() + 1] == " ")
        if latin_name := _LATIN_AFTER.match(text, office.end()):
            yield latin_name.span(1)
        elif end := _name_from(norm, start):
            yield start, end


def name_at_start(words: str) -> int:
    """Return where the name ends that some words begin with before a deed, 0 if there is none.

    Examples
    --------
    >>> name_at_start("老周不服气"), name_at_start("张建国摇了摇头"), name_at_start("成本不高")
    (2, 3, 0)
    """
    familiar = words[:1] in ("老", "小", "阿") and words[1:2] in _SURNAMES
    if familiar and not _OFFICES.match(words) and _DEED.match(words, 2):
        return 2
    for length in (2, 3):
        if is_person(words[:length]) and _DEED.match(words, length):
            return length
    return 0


def foreign_names(norm: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of transliterated names of several parts.

    Examples
    --------
    >>> norm = "主教练若昂·平托说"
    >>> [norm[start:end] for start, end in foreign_names(norm)]
    ['若昂·平托']
    """
    end = 0
    for dot in _DOT.finditer(norm):
        if dot.start() < end:
            continue
        start = dot.start()
        while start > end and norm[start - 1] in _PARTS and dot.start() - start < 8:
            start -= 1
        end = _foreign_end(norm, dot.end(), 14)
        if start < dot.start() and end > dot.end():
            yield start, end


def _foreign_end(norm: str, start: int, longest: int) -> int:
    end = start
    while end < len(norm) and end - start < longest and not _NO_SOUND.match(norm, end):
        # The last name may be Chinese: 苏珊·李.
        if norm[end] not in _FOREIGN and not (norm[end - 1] in DOTS and norm[end] in _SURNAMES):
            break
        end += 1
    return end


def _name_from(norm: str, start: int) -> int:
    """Return where the name ends that begins at a place, 0 if there is none."""
    end = _foreign_end(norm, start, 24)
    if is_foreign(norm[start:end]):
        return end
    family = 2 if norm[start : start + 2] in _COMPOUND else 1
    for length in (family + 2, family + 1):
        name = norm[start : start + length]
        if len(name) == length and is_person(name):
            if name[:2] in _WORDS:
                return 0
            return _bounded(norm, start, start + length, family)
    name = norm[start : start + 2]
    return start + 2 if is_nickname(name) and norm[start + 2 : start + 3] in _NICKNAME_ENDS else 0


def _bounded(norm: str, start: int, end: int, family: int) -> int:
    """Return where a name ends, without a last character that belongs to the next word."""
    if end - start < family + 2:
        return end
    if norm[end - 1] in _BEGINS_VERB and not _BOUNDARY.match(norm, end):
        return end - 1
    # By how often the article uses either form.
    shorter, longer = (norm.count(norm[start:to], 0, FAR) for to in (end - 1, end))
    ended = _BOUNDARY.match(norm, end) or norm[end] in _VERB_NEXT
    if longer == shorter == 1 and not ended:
        return 0  # 权益研究者: nothing shows that this is a name.
    return end - 1 if shorter > 1.25 * longer else end


def _is_han(word: str) -> bool:
    return word.isalpha() and min(word) > "\u33ff"
