"""Patterns: regular expressions that take time in proportion to the text, whatever the text.

They run on RE2 (Cox 2007), which never backtracks: no rule and no article can make them hang. RE2
has no look-around and no back-references; `{target}` and `{rival}` stand for any mention.
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

# A character with what escapes it, or alone.
_ATOM = re.compile(r"\\?[^\x00-\x7f]|\\?[\x00-\x7f]", re.DOTALL)
_ESCAPED = re.compile(r"\\[^\x00-\x7f]")
_ASCII = dict.fromkeys(range(128))
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
    checked : bool, default False
        Whether it is known to be an expression, and need not be compiled before it is searched for.

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
            raise StanceclfError("a mention cannot stand in brackets; write (?:{target}|...)")
        if latin := _LATIN_ONLY.search(expression):
            raise StanceclfError(
                f"`{latin[1]}` knows Latin letters only; write \\p{{Han}} or [^,。] instead"
            )
        if _HALVES.search(expression):
            raise StanceclfError("`\\C` cuts characters in two; write `.` instead")
        self.marked = _MENTION.search(expression) is not None
        own = expression
        if _ESCAPED.search(own) or own.translate(_ASCII) != normalize(own.translate(_ASCII)):
            own = _ATOM.sub(lambda match: _normal(match.group(), normalize), own)
        signs = {f"{{{kind}}}": f"(?:{sign}+)" for kind, sign in MARKS.items()}
        own = _MENTION.sub(lambda match: signs[match.group()], own)
        self._expression = own
        if not checked:
            self._compiled  # noqa: B018  (raises what is wrong)

    @cached_property
    def _compiled(self) -> Any:  # noqa: ANN401
        return _compile(self._expression)

    @cached_property
    def alternatives(self) -> list[Needs]:
        """What a sentence must hold for each alternative of the pattern to match it."""
        return alternatives(self._expression)

    @cached_property
    def words(self) -> frozenset[str] | None:
        """The words that the pattern is another way of listing, None if it is more than that."""
        return words_alone(self._expression)

    @cached_property
    def _joined(self) -> Any:  # noqa: ANN401
        """The pattern for sentences that are laid end to end, None if it might match beyond one."""
        expression = within(self._expression)
        # With a separator to leave out, one may have become too large.
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
        """Yield where the pattern matches in many texts at once.

        Parameters
        ----------
        texts : list of str
            Texts, each with a separator before and behind.

        Yields
        ------
        int, int, int
            Which text, and where the match begins and ends in it. An anchor takes its separator in.
        """
        if self._joined is None:
            for which, text in enumerate(texts):
                for start, end in self.spans(text[1:-1]):
                    yield which, start + 1, end + 1
            return
        # In bytes, for RE2 knows nothing else and would count the characters of all of them anew.
        data = "".join(texts).encode()
        which, begin, end_of, place, at = 0, 0, len(texts[0]), 0, 0
        for match in self._joined.finditer(data):
            first, last = match.span()
            # Of nothing; and after it RE2 may go on from within a character.
            if first == last:
                continue
            start = at + len(data[place:first].decode())
            at, place = start + len(data[first:last].decode()), last
            while start >= end_of:
                which, begin = which + 1, end_of
                end_of += len(texts[which])
            yield which, start - begin, at - begin

    def matches_nothing(self) -> bool:
        """Tell whether the pattern is content with an empty string."""
        return self._compiled.fullmatch("") is not None


def _compile(expression: str | bytes) -> Any:  # noqa: ANN401
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    # Nobody asks what a group held, and groups in groups in groups take memory.
    options.never_capture = True
    try:
        return re2.compile(expression, options)
    except UnicodeEncodeError:
        raise StanceclfError("holds half of a surrogate pair, which is no text") from None
    except re2.error as error:
        said = error.args[0] if error.args else error
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        # RE2 may repeat the whole pattern.
        said = said if len(said) <= 100 else said[:99] + "…"
        raise StanceclfError(f"not a regular expression as RE2 knows them: {said}") from None


def _normal(atom: str, normalize: Callable[[str], str]) -> str:
    """Bring one atom of a pattern to normal form; its syntax, which is ASCII, stays."""
    if atom.isascii():
        return atom
    # A full-width mark means itself, escaped or not; its half-width form might be syntax.
    form = normalize(atom[-1])
    return re.escape(form) if form.isascii() else form
