"""Where a model comes from: the versions that made it, and what it was made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError

_PACKAGES = ("numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a model, and of what.

    Attributes
    ----------
    versions : mapping of str to str
        The packages that made it, by name.
    sources : mapping of str to str
        The SHA-256 of each file that it was made of, by what the file is: ``labels``, ``rules``,
        ``topic``, ``gold``.

    Examples
    --------
    >>> Origin({"stanceclf": "0.1.0"}).sources
    {}
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def trace(sources: Mapping[str, str | PathLike[str]]) -> Origin:
    """Return where a model comes from that is made here and now.

    Parameters
    ----------
    sources : mapping of str to path-like
        The files that it is made of, by what each is.

    Raises
    ------
    StanceclfError
        One of them cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> rules = Path(tempfile.mkdtemp(), "rules.yaml")
    >>> _ = rules.write_text("rules: []  # 尚无规则", encoding="utf-8")
    >>> trace({"rules": rules}).sources["rules"][:8]
    'dbfa4a0f'
    """
    # Whoever loads a model waits for what this module imports.
    from importlib import metadata

    from stanceclf import __version__

    versions = {"stanceclf": __version__} | {name: metadata.version(name) for name in _PACKAGES}
    return Origin(versions, {what: _sha256(path) for what, path in sorted(sources.items())})


def _sha256(path: str | PathLike[str]) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None
