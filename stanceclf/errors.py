"""The one exception that users are meant to see."""

from __future__ import annotations

from os import PathLike, fspath


class StanceclfError(Exception):
    """Bad input, reported in one line: what is wrong, where, and how to fix it.

    Parameters
    ----------
    what : str
        What is wrong and how to fix it.
    path : path-like, optional
        The file in question.
    line : int, optional
        The line in that file, counted from 1.

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
        super().__init__(one_line(what, path, line))


def one_line(what: str, path: str | PathLike[str] | None, line: int | None) -> str:
    r"""Return a message with its place, as compilers print it.

    No control character in it reaches a terminal, whoever wrote the text that is quoted.

    Examples
    --------
    >>> one_line("error: 开\x1b源", "规则.yaml", None)
    '规则.yaml: error: 开�源'
    """
    where = "" if path is None else f"{fspath(path)}:{'' if line is None else f'{line}:'}"
    text = " ".join(f"{where} {what}".split())
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def missing_extra(module: str, extra: str) -> StanceclfError:
    """Return the error for a module that an optional dependency provides.

    Examples
    --------
    >>> print(missing_extra("jieba", "words"))
    this needs `jieba`, which is not installed: pip install 'stanceclf[words]'
    """
    return StanceclfError(
        f"this needs `{module}`, which is not installed: pip install 'stanceclf[{extra}]'"
    )
