"""The one exception that users are meant to see."""

from __future__ import annotations

import re
from os import PathLike, fspath
from typing import NoReturn

# Who logs in at a URL, and how; and parameters that stand for a password.
_USER = re.compile(r"://[^/?#\s'\"<>]*@")
_TOKEN = re.compile(
    r"([?&;][^=&;#\s]*(?:token|sig|signature|secret|password|passwd|pwd|auth|credential|key)=)"
    r"(?:[^&;#\s'\"<>):]|:(?!\s|$))+",
    re.IGNORECASE,
)
# What a file contains may be quoted, and may be of any length.
_LONGEST = 2000


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
    text = without_secrets(" ".join(f"{where} {what}".split()))
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1]}…"
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def without_secrets(text: str) -> str:
    """Return text whose URLs have neither a user with a password nor the values of tokens.

    Examples
    --------
    >>> without_secrets("https://li:mi@example.org/一.txt?page=2&sig=abc")
    'https://example.org/一.txt?page=2&sig=***'
    """
    if "://" not in text:
        return text
    return _TOKEN.sub(r"\1***", _USER.sub("://", text))


#: The extra that provides each optional module.
EXTRAS = {
    "dask": "dask",
    "distributed": "dask",
    "docx": "pages",
    "dvc": "pipeline",
    "fsspec": "storage",
    "jieba": "words",
    "jinja2": "report",
    "lxml": "pages",
    "opencc": "train",
    "pandas": "dask",
    "pyarrow": "train",
    "pydantic": "train",
    "pydantic_core": "train",
    "scipy": "train",
    "sklearn": "train",
    "trafilatura": "pages",
    "yaml": "train",
}


def missing_extra(module: str, extra: str | None = None) -> StanceclfError:
    """Return the error for a module that an optional dependency provides.

    By default it is the one in `EXTRAS`; where less is needed than all stages need, a smaller one.

    Examples
    --------
    >>> print(missing_extra("jieba"))
    this needs `jieba`, which is not installed: pip install 'stanceclf[words]'
    """
    name = extra or EXTRAS[module.partition(".")[0]]
    return StanceclfError(
        f"this needs `{module}`, which is not installed: pip install 'stanceclf[{name}]'"
    )


class _NoAttributeError(StanceclfError, AttributeError):
    """The error of an attribute that an extra provides: `hasattr` is False."""


class _Missing(type):
    """The type of a stand-in for a public name that an extra is needed for.

    The name can be imported, found and listed, as `help(stanceclf)` does; all else raises the
    error that names the extra.
    """

    error: StanceclfError

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        raise cls.error

    def __getattr__(cls, name: str) -> NoReturn:
        raise _NoAttributeError(cls.error.what)


def stand_in(name: str, error: ModuleNotFoundError) -> type:
    """Return what takes the place of a public name whose module could not be imported.

    Raises
    ------
    ModuleNotFoundError
        The module is not one that an extra provides.

    Examples
    --------
    >>> missing = stand_in("StanceClassifier", ModuleNotFoundError(name="sklearn.base"))
    >>> print(missing.__doc__)
    Not available: this needs `sklearn`, which is not installed: pip install 'stanceclf[train]'.
    """
    module = (error.name or "").partition(".")[0]
    if module not in EXTRAS:
        raise error
    raised = missing_extra(module)
    body = {"__module__": "stanceclf", "__doc__": f"Not available: {raised}.", "error": raised}
    return _Missing(name, (), body)
