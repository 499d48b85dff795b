"""The one exception that a user is meant to see."""

from __future__ import annotations

from os import PathLike, fspath


class StanceclfError(Exception):
    """Bad input, told in one line: what is wrong, where, and how to mend it.

    Parameters
    ----------
    what : str
        What is wrong and how to mend it.
    path : path-like, optional
        The file that it is about.
    line : int, optional
        The line of that file, counted from 1.

    Attributes
    ----------
    what, path, line
        As given.

    Examples
    --------
    >>> print(StanceclfError("标签不认识", path="规则.yaml", line=3))
    规则.yaml:3: 标签不认识
    """

    def __init__(
        self, what: str, *, path: str | PathLike[str] | None = None, line: int | None = None
    ) -> None:
        self.what, self.path, self.line = what, path, line
        where = "" if path is None else f"{fspath(path)}:"
        if where and line is not None:
            where += f"{line}:"
        # One line, in which nothing of what somebody wrote is obeyed by a terminal.
        said = " ".join(f"{where} {what}".split())
        super().__init__("".join(c if c.isprintable() or c == " " else "\ufffd" for c in said))


def missing_extra(module: str, extra: str) -> StanceclfError:
    """Return the error for an optional dependency that is not installed.

    Parameters
    ----------
    module : str
        The module that could not be imported.
    extra : str
        The extra of this package that brings it.

    Examples
    --------
    >>> print(missing_extra("jieba", "words"))
    this needs `jieba`, which is not installed: pip install 'stanceclf[words]'
    """
    return StanceclfError(
        f"this needs `{module}`, which is not installed: pip install 'stanceclf[{extra}]'"
    )
