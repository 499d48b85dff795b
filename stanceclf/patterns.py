"""Patterns: regular expressions that take time in proportion to the text, whatever the text.

They run on RE2 (Cox 2007), which never backtracks: no rule and no article can make them hang. RE2
has no look-around and no back-references; `{target}` and `{rival}` stand for any mention.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from stanceclf.errors import StanceclfError
from stanceclf.mentions import MARKS, cuts_latin_word

# A character with what escapes it, or alone.
_ATOM = re.compile(r"\\?[^\x00-\x7f]|\\?[\x00-\x7f]", re.DOTALL)
# Not of these are \{ and RE2's own \p{Han}, \x{4e00}.
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
        A regular expression in RE2's syntax, in normal form or not.
    normalize : callable
        Brings the expression's own characters to the form that sentences come in.

    Attributes
    ----------
    marked : bool
        Whether it names mentions and so is to search a marked sentence.

    Raises
    ------
    StanceclfError
        It is no such expression.

    Examples
    --------
    >>> [span for span in Pattern("更(?:贵|便宜)", str.lower).spans("开源更便宜,闭源更贵")]
    [(2, 5), (8, 10)]
    """

    def __init__(self, expression: str, normalize: Callable[[str], str]) -> None:
        import re2

        for mention in _BRACED.findall(expression):
            if mention not in {"{target}", "{rival}"}:
                raise StanceclfError(f"unknown `{mention}`; known: {{target}}, {{rival}}")
        if _IN_BRACKETS.search(expression):
            raise StanceclfError("a mention cannot stand in brackets; write (?:{target}|...)")
        if latin := _LATIN_ONLY.search(expression):
            raise StanceclfError(
                f"`{latin[1]}` knows Latin letters only; write \\p{{Han}} or [^,。] instead"
            )
        if _HALVES.search(expression):
            raise StanceclfError("`\\C` cuts characters in two; write `.` instead")
        self.marked = _MENTION.search(expression) is not None
        own = _ATOM.sub(lambda match: _normal(match.group(), normalize), expression)
        signs = {f"{{{kind}}}": f"(?:{sign}+)" for kind, sign in MARKS.items()}
        own = _MENTION.sub(lambda match: signs[match.group()], own)
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        # Nobody asks what a group held, and groups in groups in groups take memory.
        options.never_capture = True
        try:
            self._compiled: Any = re2.compile(own, options)
        except UnicodeEncodeError:
            raise StanceclfError("holds half of a surrogate pair, which is no text") from None
        except re2.error as error:
            said = error.args[0] if error.args else error
            said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            # RE2 may repeat the whole pattern.
            said = said if len(said) <= 100 else said[:99] + "…"
            raise StanceclfError(f"not a regular expression as RE2 knows them: {said}") from None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the pattern matches, from left to right, cutting no Latin word in two."""
        for match in self._compiled.finditer(text):
            start, end = match.span()
            if start < end and not cuts_latin_word(text, start, end):
                yield start, end

    def matches_nothing(self) -> bool:
        """Tell whether the pattern is content with an empty string."""
        return self._compiled.fullmatch("") is not None


def _normal(atom: str, normalize: Callable[[str], str]) -> str:
    """Bring one atom of a pattern to normal form; its syntax, which is ASCII, stays."""
    if atom.isascii():
        return atom
    # A full-width mark means itself, escaped or not; its half-width form might be syntax.
    form = normalize(atom[-1])
    return re.escape(form) if form.isascii() else form
