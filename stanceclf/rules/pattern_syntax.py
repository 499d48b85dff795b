"""Literals: what a text must hold for a pattern to match it.

Searching every sentence for every pattern would take most of the time there is. A pattern needs
some words, told by its syntax; only a sentence that holds them is searched.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stanceclf.reading import SEPARATOR

#: The words of which one must be there, for each of several such needs.
Needs = tuple[frozenset[str], ...]

# More strings than these are not spelled out.
_MOST = 80
_TOKEN = re.compile(
    r"""\\[pP]\{\^?\w+\}|\\x\{[0-9a-fA-F]+\}|\\[pP]\w|\\x[0-9a-fA-F]{2}|\\.  # escapes
    |\[\^?\]?(?:\\[pP]\{\^?\w+\}|\\x\{[0-9a-fA-F]+\}|\[:\^?\w+:\]|\\.|[^\]\\])*\]  # classes
    |[^\x00-\x7f]+(?![?*+{])  # words
    |\(\?(?:P?<\w+>|:)|\((?!\?)|\)|\||[?*+]\??|\{\d+(?:,\d*)?\}\??|.""",
    re.DOTALL | re.VERBOSE,
)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
# A class of characters and ASCII ranges, in which nothing stands for others than itself.
_PLAIN_CLASS = re.compile(r"\[\^?(?:[!-~]-[!-~]|[^\\\[\]-]|\\[^\w]|\\d)+\]")
# What may stand for a separator: all but characters, plain classes, Han, digits and syntax.
_MAY_CROSS = re.compile(r"\\[^d\W]|\[")


class _UnknownSyntaxError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a part of a pattern.

    `strings` are all that it matches, None where they are too many; `needs` are words of which a
    match holds one, for each.
    """

    strings: frozenset[str] | None
    needs: Needs = ()


_ANYTHING = _Part(None)


def alternatives(expression: str) -> list[Needs]:
    """Return what each alternative of a pattern needs.

    Parameters
    ----------
    expression : str
        A regular expression in RE2's syntax.

    Returns
    -------
    list of needs
        A text that matches holds, for some alternative, one word of each of its needs. An
        alternative with no need, or a syntax that is not known here, asks for nothing.

    Examples
    --------
    >>> [[sorted(words) for words in needs] for needs in alternatives("成本[^,]*(?:低|降)|开?源$")]
    [[['成本'], ['低', '降']], [['开源', '源']]]
    """
    found = _parse(expression)
    return [()] if found is None else [_needs_of(part) for part in found]


def words_alone(expression: str) -> frozenset[str] | None:
    r"""Return the words that a pattern is another way of listing.

    Parameters
    ----------
    expression : str
        A regular expression in RE2's syntax.

    Returns
    -------
    frozenset of str or None
        The words; where one begins like another, or holds Latin letters, None, for then the order
        in which they are listed counts, or where they stand.

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
    r"""Return a pattern that matches the same and never beyond a separator.

    Parameters
    ----------
    expression : str
        A regular expression in RE2's syntax.

    Returns
    -------
    str or None
        For texts that each stand between two separators; an end that the pattern asks for is then
        part of the match. None where its syntax does not let that be seen.

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
        # What a beginning took would make the match begin earlier than others.
        elif token in {"^", "$"} or (_MAY_CROSS.match(token) and not _harmless(token)):
            return None
        else:
            own.append(token)
    return "".join(own)


def _ends_a_match(tokens: list[str], at: int) -> bool:
    """Tell whether nothing can come after a token but the end of the pattern."""
    at += 1
    while at < len(tokens) and tokens[at] in {")", "|"}:
        if tokens[at] == "|":
            # On to the end of the group, or of the pattern.
            depth = 0
            while at < len(tokens) and (depth or tokens[at] != ")"):
                depth += tokens[at].startswith("(") - (tokens[at] == ")")
                at += 1
        else:
            at += 1
    return at >= len(tokens)


def _harmless(token: str) -> bool:
    return _PLAIN_CLASS.fullmatch(token) is not None or token == r"\p{Han}"


def _tokens(expression: str) -> list[str]:
    found = _TOKEN.findall(expression)
    # \Q...\E, flags and the like change what the rest means.
    unknown = {"(?", "\\Q", "\\E", "[", "\\A", "\\z", "\\b", "\\B", "\\C"}
    if (
        "".join(found) != expression
        or unknown & set(found)
        or "(?" in expression.replace("(?:", "")
    ):
        raise _UnknownSyntaxError
    return found


@lru_cache(maxsize=256)
def _parse(expression: str) -> list[_Part] | None:
    """Return what is known of a pattern's alternatives, None where its syntax is not."""
    try:
        tokens = _tokens(expression)
        found, end = _branches(tokens, 0)
    except _UnknownSyntaxError:
        return None
    return found if end == len(tokens) else None


def _branches(tokens: list[str], at: int) -> tuple[list[_Part], int]:
    """Return what is known of alternatives, and where they end."""
    found: list[_Part] = []
    parts: list[_Part] = []
    while at < len(tokens) and tokens[at] != ")":
        if tokens[at] == "|":
            found.append(_sequence(parts))
            parts, at = [], at + 1
            continue
        if tokens[at] in {"(", "(?:"}:
            inner, at = _branches(tokens, at + 1)
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
        return _strings("0123456789")
    if token.startswith("[") and re.fullmatch(r"\[[^\\\[\]^-][^\\\[\]-]*\]", token):
        return _strings(token[1:-1])
    if token in {"^", "$", "."} or token.startswith("[") or re.match(r"\\\w", token):
        return _ANYTHING
    return _strings(token[-1]) if token.isascii() else _word(token.removeprefix("\\"))


def _word(word: str) -> _Part:
    # RE2 ignores case: what has other forms of itself is not looked for as it stands.
    return (
        _Part(frozenset({word})) if word.lower() == word.upper() == word.casefold() else _ANYTHING
    )


def _strings(characters: str) -> _Part:
    # RE2 ignores case: what has other forms of itself is not looked for as it stands.
    plain = [c.lower() if c.isascii() else c for c in characters]
    same = all(c.isascii() or (c.lower() == c == c.upper() == c.casefold()) for c in plain)
    return _Part(frozenset(plain)) if same and len(plain) <= _MOST else _ANYTHING


def _repeated(part: _Part, token: str) -> _Part:
    count = _COUNT.match(token)
    least = int(count[1]) if count else int(token[0] == "+")
    if token[0] == "?" and part.strings is not None:
        return _Part(part.strings | {""})
    if count and not count[2] and least == 1:
        return part
    return _Part(None, (*part.needs, *_need(part.strings))) if least else _ANYTHING


def _sequence(parts: Sequence[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    needs: list[frozenset[str]] = []
    strings: frozenset[str] | None = frozenset({""})
    whole = True
    for part in parts:
        if part.strings is None:
            needs += [*_need(strings), *part.needs]
            strings, whole = frozenset({""}), False
        elif len(strings or ()) * len(part.strings) > _MOST:
            needs += _need(strings)
            strings, whole = part.strings, False
        else:
            strings = frozenset(map("".join, itertools.product(strings or (), part.strings)))
    if whole:
        return _Part(strings)
    return _Part(None, (*needs, *_need(strings)))


def _either(parts: list[_Part]) -> _Part:
    spelled = [part.strings for part in parts if part.strings is not None]
    if len(spelled) == len(parts):
        strings = frozenset().union(*spelled)
        if len(strings) <= _MOST:
            return _Part(strings)
    best = [_best(_needs_of(part)) for part in parts]
    if not all(best):
        return _ANYTHING
    return _Part(None, (frozenset().union(*best),))


def _needs_of(part: _Part) -> Needs:
    return part.needs if part.strings is None else tuple(_need(part.strings))


def _need(strings: frozenset[str] | None) -> list[frozenset[str]]:
    return [strings] if strings and "" not in strings else []


def _best(needs: Needs) -> frozenset[str]:
    """Return the need that is met least often: whose shortest word is longest, of fewest words."""
    return max(
        needs,
        key=lambda words: (min(map(len, words)), -len(words), sorted(words)),
        default=frozenset(),
    )
