"""Normalization: one character in, one character out, so that offsets stay valid.

Full-width forms become half-width, upper case lower, traditional characters simplified. A
character whose normal form would be longer than one character stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, partial

from stanceclf.errors import missing_extra

# Han characters: extension A, the main block, compatibility, the planes beyond.
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))

# Radicals that are whole characters, as text copied from a PDF has them: NFKC knows only the
# Kangxi radicals.
_RADICALS = "⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰"
_CHARACTERS = "民虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙"
# The hyphens that word processors write, of which NFKC knows none as `-`, and the minus sign.
_HYPHENS = "\u2010\u2011\u2012\u2013\u2212"
_ALIKE = dict(zip(_RADICALS + _HYPHENS, _CHARACTERS + "-" * len(_HYPHENS), strict=True))


class Normalizer:
    """Return the normal form of a text, character by character.

    Parameters
    ----------
    traditional, simplified : str
        Characters and what each becomes; equally long. A frozen model brings its own, so that
        prediction needs no conversion library.

    Examples
    --------
    >>> Normalizer("開閉", "开闭")("開源優於閉源，ＧＰＴ４！")
    '开源優於闭源,gpt4!'
    """

    def __init__(self, traditional: str, simplified: str) -> None:
        self.traditional = traditional
        self.simplified = simplified
        self._table = _Table(traditional, simplified)

    def __call__(self, text: str) -> str:
        """Return the normal form of a text, of the same length."""
        return text.translate(self._table)

    def __reduce__(self) -> tuple[type[Normalizer], tuple[str, str]]:
        """Pickle the two strings alone, not the table of what has been looked up."""
        return Normalizer, (self.traditional, self.simplified)

    @classmethod
    def from_opencc(cls) -> Normalizer:
        """Return the normalizer that knows OpenCC's traditional characters.

        Raises
        ------
        StanceclfError
            OpenCC is not installed.

        Examples
        --------
        >>> Normalizer.from_opencc()("開源優於閉源")
        '开源优于闭源'
        """
        return cls(*_opencc_characters())


# What OpenCC simplifies only in phrases, as in 意味著 and 藉口. Texts and rules pass through one
# table, so that 著名 is alike in both whatever it becomes.
_IN_PHRASES = ("著藉瞭覆甦", "着借了复苏")


class _Table(dict[int, int]):
    """A translation table that is filled with the characters that it meets."""

    def __init__(self, traditional: str, simplified: str) -> None:
        super().__init__()
        known = dict(zip(traditional, simplified, strict=True))
        self._steps: tuple[Callable[[str], str], ...] = (
            partial(unicodedata.normalize, "NFKC"),
            lambda character: _ALIKE.get(character, character),
            str.lower,
            lambda character: known.get(character, character),
        )

    def __missing__(self, code: int) -> int:
        before, character = "", chr(code)
        while character != before:
            before = character
            for step in self._steps:
                form = step(character)
                character = form if len(form) == 1 else character
        self[code] = ord(character)
        return ord(character)


@cache
def _opencc_characters() -> tuple[str, str]:
    """Return the traditional characters that OpenCC simplifies, and what they become."""
    try:
        from opencc import OpenCC
    except ImportError:
        raise missing_extra("opencc") from None
    han = [chr(code) for start, stop in _HAN for code in range(start, stop)]
    # One line each, so that no two characters are taken for a phrase.
    converted = OpenCC("t2s").convert("\n".join(han)).split("\n")
    pairs = [(a, b) for a, b in zip(han, converted, strict=True) if a != b and len(b) == 1]
    pairs += zip(*_IN_PHRASES, strict=True)
    return "".join(a for a, _ in pairs), "".join(b for _, b in pairs)
