"""The syntax of patterns: which words they need, and how to keep them within a sentence.

Searching every sentence for every pattern would take most of the time. By its syntax a pattern
needs certain words, and only sentences that contain them are searched.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stanceclf.reading import SEPARATOR

_Words = frozenset[str]
#: Sets of words; a text must contain one of each.
Needs = tuple[_Words, ...]

# Patterns with deeper groups are not taken apart.
_DEEPEST = 50
# More strings than this are not enumerated.
_MOST = 80
_TOKEN = re.compile(
    r"""\\[pP]\{\^?\w+\}|\\x\{[0-9a-fA-F]+\}|\\[pP]\w|\\x[0-9a-fA-F]{2}|\\.  # escapes
    |\[\^?\]?(?:\\[pP]\{\^?\w+\}|\\x\{[0-9a-fA-F]+\}|\[:\^?\w+:\]|\\.|[^\]\\])*\]  # classes
    |[^\x00-\x7f]+(?![?*+{])  # words
    |\(\?(?:P?<\w+>|:)|\((?!\?)|\)|\||[?*+]\??|\{\d+(?:,\d*)?\}\??|.""",
    re.DOTALL | re.VERBOSE,
)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
# A class of literal characters and ASCII ranges.
_PLAIN_CLASS = re.compile(r"\[\^?(?:[!-~]-[!-~]|[^\\\[\]-]|\\[^\w]|\\d)+\]")
# What may match a separator: all but characters, plain classes, Han, digits and syntax.
_MAY_CROSS = re.compile(r"\\[^d\W]|\[")


class _UnknownSyntaxError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a part of a pattern: all strings that it matches, or only what it needs."""

    strings: _Words | None
    others: Needs = ()

    @property
    def needs(self) -> Needs:
        return self.others if self.strings is None else _need(self.strings)


_ANYTHING = _Part(None)
_EMPTY = frozenset({""})


def alternatives(expression: str) -> list[Needs]:
    """Return what each alternative of a pattern needs.

    A text that matches contains, for some alternative, one word of each of its needs. Nothing is
    needed by a pattern whose syntax is not known here.

    Examples
    --------
    >>> [[sorted(words) for words in needs] for needs in alternatives("成本[^,]*(?:低|降)|开?源$")]
    [[['成本'], ['低', '降']], [['开源', '源']]]
    """
    found = _parse(expression)
    return [()] if found is None else [part.needs for part in found]


def words_alone(expression: str) -> _Words | None:
    r"""Return the words that a pattern only lists, None if it does more than that.

    It does if one word begins another or contains Latin letters: then the order in which they are
    listed matters, or what is around them.

    Examples
    --------
    >>> sorted(words_alone("近[日期]|今日")), words_alone("开源|开源软件"), words_alone("开源$")
    (['今日', '近日', '近期'], None, None)
    """
    found = _parse(expression)
    strings = None if found is None else _either(found).strings
    if strings is None or "" in strings:
        return None
    ordered = sorted(strings)
    alike = any(b.startswith(a) for a, b in itertools.pairwise(ordered))
    latin = any(c.isascii() and c.isalpha() for word in ordered for c in word)
    return None if alike or latin else strings


def within(expression: str) -> str | None:
    r"""Return a pattern that matches the same, never beyond a separator; None if there may be none.

    It is for texts that are each between two separators; where the pattern requires the end of the
    text, the separator is part of the match.

    Examples
    --------
    >>> within("更[^,]{0,4}贵$").encode("ascii", "backslashreplace").decode()
    '\\u66f4[^,\\ue002]{0,4}\\u8d35(?:\\ue002)'
    """
    if SEPARATOR in expression:
        return None
    try:
        found = _tokens(expression)
    except _UnknownSyntaxError:
        return None
    own: list[str] = []
    for number, token in enumerate(found):
        if token.startswith("[^") and _PLAIN_CLASS.fullmatch(token):
            own.append(f"{token[:-1]}{SEPARATOR}]")
        elif token == ".":
            own.append(f"[^\n{SEPARATOR}]")
        elif token == "$" and _ends_a_match(found, number):
            own.append(f"(?:{SEPARATOR})")
        # With a separator before it, a match would begin earlier than others.
        elif token in {"^", "$"} or (_MAY_CROSS.match(token) and not _keeps_off(token)):
            return None
        else:
            own.append(token)
    return "".join(own)


def _ends_a_match(tokens: list[str], at: int) -> bool:
    """Return whether nothing can come after a token but the end of the pattern."""
    at += 1
    while at < len(tokens) and tokens[at] in {")", "|"}:
        if tokens[at] == "|":
            # Skip to the end of the group, or of the pattern.
            depth = 0
            while at < len(tokens) and (depth or tokens[at] != ")"):
                depth += tokens[at].startswith("(") - (tokens[at] == ")")
                at += 1
        else:
            at += 1
    return at >= len(tokens)


def _keeps_off(token: str) -> bool:
    """Return whether a class cannot match a separator."""
    return _PLAIN_CLASS.fullmatch(token) is not None or token == r"\p{Han}"


def _tokens(expression: str) -> list[str]:
    found = _TOKEN.findall(expression)
    # \Q...\E, flags and the like change what the rest means.
    unknown = {"(?", "\\Q", "\\E", "[", "\\A", "\\z", "\\b", "\\B", "\\C"}
    flags = "(?" in expression.replace("(?:", "")
    if flags or unknown & set(found) or "".join(found) != expression:
        raise _UnknownSyntaxError
    return found


@lru_cache(maxsize=256)
def _parse(expression: str) -> list[_Part] | None:
    """Return what is known of a pattern's alternatives, None if its syntax is not."""
    try:
        tokens = _tokens(expression)
        found, end = _branches(tokens, 0, 0)
    except _UnknownSyntaxError:
        return None
    return found if end == len(tokens) else None


def _branches(tokens: list[str], at: int, depth: int) -> tuple[list[_Part], int]:
    """Return what is known of alternatives, and the number of the token that ends them."""
    if depth > _DEEPEST:
        raise _UnknownSyntaxError
    found: list[_Part] = []
    parts: list[_Part] = []
    while at < len(tokens) and tokens[at] != ")":
        if tokens[at] == "|":
            found.append(_sequence(parts))
            parts, at = [], at + 1
            continue
        if tokens[at] in {"(", "(?:"}:
            inner, at = _branches(tokens, at + 1, depth + 1)
            if at == len(tokens):
                raise _UnknownSyntaxError
            part = _either(inner)
        else:
            part = _atom(tokens[at])
        at += 1
        while at < len(tokens) and (tokens[at][0] in "?*+" or _COUNT.match(tokens[at])):
            part = _repeated(part, tokens[at])
            at += 1
        parts.append(part)
    return [*found, _sequence(parts)], at


def _atom(token: str) -> _Part:
    if token == r"\d":
        return _one_of("0123456789")
    if re.fullmatch(r"\[[^\\\[\]^-][^\\\[\]-]*\]", token):
        return _one_of(token[1:-1])
    if token in {"^", "$", "."} or token.startswith("[") or re.match(r"\\\w", token):
        return _ANYTHING
    return _one_of([token[-1] if token.isascii() else token.removeprefix("\\")])


def _one_of(words: Iterable[str]) -> _Part:
    plain = frozenset(word.lower() if word.isascii() else word for word in words)
    # RE2 ignores case: what has other forms cannot be looked for as it is written.
    same = all(w.isascii() or w.lower() == w == w.upper() == w.casefold() for w in plain)
    return _Part(plain) if same and len(plain) <= _MOST else _ANYTHING


def _repeated(part: _Part, token: str) -> _Part:
    count = _COUNT.match(token)
    least = int(count[1]) if count else int(token[0] == "+")
    if token[0] == "?" and part.strings is not None:
        return _Part(part.strings | {""})
    if count and not count[2] and least == 1:
        return part
    return _Part(None, part.needs) if least else _ANYTHING


def _sequence(parts: Sequence[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    needs: list[_Words] = []
    # Those that the last parts match together, as far as they are enumerated.
    strings, whole = _EMPTY, True
    for part in parts:
        if part.strings is None:
            needs += [*_need(strings), *part.needs]
            strings, whole = _EMPTY, False
        elif len(strings) * len(part.strings) > _MOST:
            needs += _need(strings)
            strings, whole = part.strings, False
        else:
            strings = frozenset(map("".join, itertools.product(strings, part.strings)))
    return _Part(strings) if whole else _Part(None, (*needs, *_need(strings)))


def _either(parts: Sequence[_Part]) -> _Part:
    listed = [part.strings for part in parts if part.strings is not None]
    strings = frozenset[str]().union(*listed)
    if len(listed) == len(parts) and len(strings) <= _MOST:
        return _Part(strings)
    if not all(part.needs for part in parts):
        return _ANYTHING
    return _Part(None, (frozenset[str]().union(*(max(part.needs, key=_rarity) for part in parts)),))


def _need(strings: _Words) -> Needs:
    return () if "" in strings else (strings,)


def _rarity(words: _Words) -> tuple[int, int, list[str]]:
    """Return a key that is higher for rarer needs: those of long words, and of few."""
    return min(map(len, words)), -len(words), sorted(words)
