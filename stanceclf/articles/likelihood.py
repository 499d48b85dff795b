"""Likelihood: how probable bytes are as Chinese text in an encoding, whole or damaged.

Each character costs the less the more common it is, and so does a stretch of bytes that belongs to
no character: what damage leaves. The cheapest way through the bytes is their reading in an
encoding. Bytes that are damaged UTF-8 may also be valid GB18030, but full of rare characters, which
cost more than the damage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from stanceclf.articles.chinese_codecs import decode_strictly
from stanceclf.articles.common_characters import COMMON

# Costs in nats: minus the logarithms of probabilities, roughly.
_PUNCTUATION = re.compile(r"[、-】　！-～“”‘’—…·]")
_PUNCTUATION_COST, _COMMON_COST, _USUAL_COST, _UNUSUAL_COST, _RARE_COST = 5.5, 6.6, 9.0, 10.5, 12.5
_ASCII_COST, _LETTER_COST, _OTHER_COST, _NO_TEXT_COST = 4.5, 8.0, 12.0, 20.0
# A single letter between Chinese characters, as in A股: often what damage leaves.
_LONE, _LONE_COST = re.compile(rb"[\x80-\xff][A-Za-z](?![ -~])"), 8.0
# The beginning of damage, and each of its bytes: more than those of any characters, so that a
# stretch of rare ones, such as a name in Japanese, is no damage.
_DAMAGE_COST, _DAMAGED_BYTE_COST = 8.0, 6.25
# A byte beyond ASCII of which nothing is known: one of 128.
_BYTE_COST = 4.85
# In both Chinese character sets the more usual half of the Han characters comes first: the leading
# bytes at which it begins and ends, and what the halves cost. Traditional characters are rare in
# GB18030.
_GB, _BIG5 = ("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)
_TRADITIONAL_COST = 11.0
# Letters of larger European languages, with the signs of Latin-1; and those of Japanese.
_LETTERS, _KANA = re.compile(r"[\xa0-\xffΑ-ώА-ёЁ]"), re.compile(r"[ぁ-ヿ]")
# A euro sign in GBK where no number is near.
_EURO_COST, _EURO_BY_NUMBER = 13.0, 8.0
_NEAR_EURO = re.compile(rb"[ -~\xa1\xa3]")
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Reading:
    """The most probable reading of some bytes in an encoding.

    Attributes
    ----------
    name : str
        The encoding.
    cost : float
        The smaller, the more probable.
    damage : int or None
        The offset of the first byte that belongs to no character.
    """

    name: str
    cost: float
    damage: int | None


def read_as(data: bytes, name: str, *, ends: bool) -> Reading:
    """Return the most probable reading of bytes in an encoding.

    Parameters
    ----------
    data : bytes
        They begin with a whole character.
    name : str
        The encoding.
    ends : bool
        Whether the text ends with them; else their last character may be cut.

    Examples
    --------
    >>> data = "开源万岁".encode()
    >>> read_as(data[:2] + data[3:], "utf-8", ends=True).damage
    0
    >>> read_as("开源万岁".encode("gbk"), "gb18030", ends=True).damage is None
    True
    """
    size = len(data)
    # The cheapest ways to each offset, and the first damage on them: behind a character, and
    # behind a byte of no character.
    whole: list[tuple[float, int]] = [(_NEVER, -1)] * (size + 4)
    broken: list[tuple[float, int]] = [(_NEVER, -1)] * (size + 4)
    whole[0] = (0.0, -1)
    for start in range(size):
        cost, first = whole[start]
        if broken[start][0] < cost:
            cost, first = broken[start]
        after = cost + _DAMAGE_COST, start if first < 0 else first
        best = min(after, broken[start])
        broken[start + 1] = best[0] + _DAMAGED_BYTE_COST, best[1]
        for length in _lengths(data, start, name):
            stop = start + length
            if stop > size:
                # A character that is cut is no damage if there is more to come.
                if not ends:
                    rest = cost + _BYTE_COST * (size - start)
                    whole[size] = min(whole[size], (rest, first))
                continue
            step = cost + _cost(data[start:stop], name)
            if length == 1 and data[start] == 0x80 and _by_number(data, start):
                step = cost + _EURO_BY_NUMBER
            elif length == 1 and start and _LONE.match(data, start - 1):
                step = cost + _LONE_COST
            if step < whole[stop][0]:
                whole[stop] = step, first
    cost, first = min(whole[size], broken[size])
    return Reading(name, cost, first if first >= 0 else None)


def is_doubtful(text: str) -> bool:
    """Return whether a text has several characters on end that are not among the commonest.

    Wrongly decoded text mostly has, and other text sometimes. Much faster than `read_as`.

    Examples
    --------
    >>> is_doubtful("鎴戜笉鏀寔开源"), is_doubtful("我支持开源")
    (True, False)
    """
    return _doubtful().search(text) is not None


@cache
def _doubtful() -> re.Pattern[str]:
    return re.compile(rf"[^\0-\x7f、-】　！-～“”‘’—…·{''.join(sorted(COMMON))}]{{4}}")


def noise_cost(data: bytes) -> float:
    """Return what bytes cost that are no text in any encoding known here."""
    return sum(_ASCII_COST if byte < 0x80 else _BYTE_COST for byte in data)


def _lengths(data: bytes, start: int, name: str) -> Iterable[int]:
    """Return the lengths that a character may have, in bytes, by how it begins."""
    lead = data[start]
    if name.startswith("utf-16"):
        return (2, 4)
    if lead < 0x80:
        return (1,)
    if name == "utf-8":
        return (2,) if lead < 0xE0 else (3,) if lead < 0xF0 else (4,)
    if name == "gb18030":
        if lead == 0x80:
            return (1,)
        return (4,) if data[start + 1 : start + 2].isdigit() else (2,)
    return (2,)


def _by_number(data: bytes, place: int) -> bool:
    """Return whether a euro sign stands at a number, a blank, punctuation, or the end."""
    before, after = data[max(0, place - 1) : place], data[place + 1 : place + 2]
    full_width = data[max(0, place - 2) : place - 1] in {b"\xa1", b"\xa3"}
    return full_width or bool(_NEAR_EURO.match(after) or re.match(rb"[ -~]", before))


@lru_cache(maxsize=1 << 16)
def _cost(data: bytes, name: str) -> float:
    """Return what one character costs, infinitely much if the bytes are none."""
    try:
        text = decode_strictly(data, name)
    except UnicodeDecodeError:
        return _NEVER
    if data == b"\x80":
        return _EURO_COST
    if len(text) > 1 and name.startswith("utf-16"):
        return _NEVER
    return sum(_character_cost(char, name) for char in text)


def _character_cost(char: str, name: str) -> float:
    """Return what a character costs in Chinese text in an encoding."""
    if char in COMMON:
        return _COMMON_COST
    if char.isascii():
        return _ASCII_COST if char.isprintable() or char in "\t\n\r" else _NO_TEXT_COST
    if _PUNCTUATION.match(char):
        return _PUNCTUATION_COST
    for charset, first, last in (_GB, _BIG5):
        code = char.encode(charset, "ignore")
        if len(code) == 2 and code[0] >= first:
            if charset == "big5" and name == "gb18030":
                return _TRADITIONAL_COST
            return _USUAL_COST if code[0] <= last else _UNUSUAL_COST
    if _LETTERS.match(char):
        return _LETTER_COST
    if _KANA.match(char):
        return _UNUSUAL_COST
    category = unicodedata.category(char)
    if category in {"Cc", "Co", "Cn", "Cs"}:
        return _NO_TEXT_COST
    return _RARE_COST if category == "Lo" else _OTHER_COST
