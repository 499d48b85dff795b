"""The origin of a model: the package versions and the files that it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Self

from stanceclf.io import sha256_of

_PACKAGES = ("numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was made from.

    Attributes
    ----------
    versions : mapping of str to str
        The versions of the packages that made it.
    sources : mapping of str to str
        The SHA-256 of each file that it was made from: ``labels``, ``rules``, ``topic``, ``gold``.

    Examples
    --------
    >>> Origin({"stanceclf": "0.1.0"}).sources
    {}
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Mapping[str, str | PathLike[str]]) -> Self:
        """Return the origin of a model made by this process from these files.

        Raises
        ------
        StanceclfError
            A file cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> rules = pathlib.Path(tempfile.mkdtemp(), "rules.yaml")
        >>> _ = rules.write_text("rules: []  # 尚无规则", encoding="utf-8")
        >>> Origin.of({"rules": rules}).sources["rules"][:8]
        'dbfa4a0f'
        """
        # Loading a model should not wait for these imports.
        from importlib import metadata

        from stanceclf import __version__

        versions = {"stanceclf": __version__} | {name: metadata.version(name) for name in _PACKAGES}
        return cls(versions, {what: sha256_of(path) for what, path in sorted(sources.items())})
