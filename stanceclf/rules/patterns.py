"""Patterns: regular expressions that need time in proportion to the text, whatever the text.

They run on RE2 (Cox 2007), which never backtracks: no rule and no article can make them hang. RE2
has no look-around and no back-references. `{target}` and `{rival}` stand for any mention.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from stanceclf.errors import StanceclfError
from stanceclf.reading import MARKS
from stanceclf.rules.pattern_syntax import Needs, alternatives, within, words_alone

#: Time and memory grow with the pattern; nobody can read one as long as this.
LONGEST_PATTERN = 10_000
# A character, escaped or not.
_ATOM = re.compile(r"\\?[^\x00-\x7f]|\\?[\x00-\x7f]", re.DOTALL)
_ESCAPED = re.compile(r"\\[^\x00-\x7f]")
_ASCII = dict.fromkeys(range(128))
# Not \{, nor RE2's own \p{Han} and \x{4e00}.
_BRACED = re.compile(r"(?<!\\)(?<!\\[pPx])\{[^\d,{}][^{}]*\}")
_MENTION = re.compile(r"(?<!\\)\{(target|rival)\}")
_IN_BRACKETS = re.compile(r"(?<!\\)(?:\\\\)*\[(?:[^\\\]]|\\.)*\{(?:target|rival)\}")
_LATIN_ONLY = re.compile(r"(?<!\\)(?:\\\\)*(\\[wWbB])")
_HALVES = re.compile(r"(?<!\\)(?:\\\\)*\\C")


class Pattern:
    """A compiled pattern.

    Parameters
    ----------
    expression : str
        A regular expression in RE2's syntax.
    normalize : callable
        Brings the expression's own characters to the normal form of the sentences.
    checked : bool, default False
        Whether it is known to be valid; it is then compiled on first use.

    Attributes
    ----------
    marked : bool
        Whether it names mentions, so that marked sentences are to be searched for it.

    Raises
    ------
    StanceclfError
        It is not a regular expression.

    Examples
    --------
    >>> list(Pattern("更(?:贵|便宜)", str.lower).spans("开源更便宜,闭源更贵"))
    [(2, 5), (8, 10)]
    """

    def __init__(
        self, expression: str, normalize: Callable[[str], str], *, checked: bool = False
    ) -> None:
        for mention in _BRACED.findall(expression):
            if mention not in {"{target}", "{rival}"}:
                raise StanceclfError(f"unknown `{mention}`; known: {{target}}, {{rival}}")
        if _IN_BRACKETS.search(expression):
            raise StanceclfError("a mention cannot be in brackets; write (?:{target}|...)")
        if latin := _LATIN_ONLY.search(expression):
            raise StanceclfError(
                f"`{latin[1]}` only knows Latin letters; write \\p{{Han}} or [^,。] instead"
            )
        if _HALVES.search(expression):
            raise StanceclfError("`\\C` splits characters; write `.` instead")
        self.marked = _MENTION.search(expression) is not None
        own = expression
        if _ESCAPED.search(own) or own.translate(_ASCII) != normalize(own.translate(_ASCII)):
            own = _ATOM.sub(lambda match: _normal(match.group(), normalize), own)
        signs = {f"{{{kind}}}": f"(?:{sign}+)" for kind, sign in MARKS.items()}
        own = _MENTION.sub(lambda match: signs[match.group()], own)
        self._expression = own
        if not checked:
            self._compiled  # noqa: B018  (raises if it is not valid)

    @cached_property
    def _compiled(self) -> Any:  # noqa: ANN401
        return _compile(self._expression)

    @cached_property
    def alternatives(self) -> list[Needs]:
        """What a sentence must contain for each alternative of the pattern to match it."""
        return alternatives(self._expression)

    @cached_property
    def words(self) -> frozenset[str] | None:
        """The words that the pattern only lists, None if it does more than that."""
        return words_alone(self._expression)

    @cached_property
    def _joined(self) -> Any:  # noqa: ANN401
        """The pattern for sentences laid end to end, None if it might match beyond one."""
        expression = within(self._expression)
        # With separators to exclude, it may have become too large.
        with contextlib.suppress(StanceclfError):
            return None if expression is None else _compile(expression.encode())
        return None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the pattern matches, from left to right."""
        for match in self._compiled.finditer(text):
            start, end = match.span()
            if start < end:
                yield start, end

    def spans_of_many(self, texts: list[str]) -> Iterator[tuple[int, int, int]]:
        """Yield where the pattern matches in many texts: which text, start and end.

        Each text has a separator at either end; a match of an anchor includes it.
        """
        if self._joined is None:
            for which, text in enumerate(texts):
                for start, end in self.spans(text[1:-1]):
                    yield which, start + 1, end + 1
            return
        # In bytes, which is what RE2 searches; it would count characters from the start every time.
        data = "".join(texts).encode()
        which, begin, end_of, place, at = 0, 0, len(texts[0]), 0, 0
        for match in self._joined.finditer(data):
            first, last = match.span()
            # After an empty match RE2 may continue within a character.
            if first == last:
                continue
            start = at + len(data[place:first].decode())
            at, place = start + len(data[first:last].decode()), last
            while start >= end_of:
                which, begin = which + 1, end_of
                end_of += len(texts[which])
            yield which, start - begin, at - begin

    def matches_empty(self) -> bool:
        """Return whether the pattern matches an empty string."""
        return self._compiled.fullmatch("") is not None


def _compile(expression: str | bytes) -> Any:  # noqa: ANN401
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    # Groups are not asked for, and deeply nested ones need memory.
    options.never_capture = True
    try:
        return re2.compile(expression, options)
    except UnicodeEncodeError:
        raise StanceclfError("contains half of a surrogate pair, which is not text") from None
    except re2.error as error:
        why = error.args[0] if error.args else error
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        # RE2 may repeat the whole pattern.
        why = why if len(why) <= 100 else why[:99] + "…"
        raise StanceclfError(f"not a regular expression that RE2 accepts: {why}") from None


def _normal(atom: str, normalize: Callable[[str], str]) -> str:
    """Bring one atom of a pattern to normal form; its syntax, which is ASCII, stays."""
    if atom.isascii():
        return atom
    # A full-width mark means itself, escaped or not; its half-width form might be syntax.
    form = normalize(atom[-1])
    return re.escape(form) if form.isascii() else form
