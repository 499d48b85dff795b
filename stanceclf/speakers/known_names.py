"""Known names: what an article calls people, looked up in the time that a word takes to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stanceclf.speakers.names import DOTS, FAR, is_person, is_surname_and_title

# What stands between a first name and the last one.
_PARTS = re.compile(f"[ {''.join(sorted(DOTS))}]")


class KnownNames:
    """Names in normal form, and how the article writes them.

    Parameters
    ----------
    norm : str, optional
        The article in normal form, in which they are looked for.

    Examples
    --------
    >>> names = KnownNames()
    >>> names.add("ion stoica", "Ion Stoica")
    >>> names.add("马跃", "馬躍")
    >>> names.fullest("stoica"), names.fullest("马总"), names.at_end("开源中国主席马跃")
    ('Ion Stoica', '馬躍', 2)
    """

    def __init__(self, norm: str = "") -> None:
        self._norm = norm
        self._often: dict[str, bool] = {}
        self._shown: dict[str, str] = {}
        self._lengths: list[int] = []
        self._last: dict[str, set[str]] = {}  # By the last name alone.
        self._family: dict[str, set[str]] = {}  # By the surname.

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is known."""
        return name in self._shown

    def __len__(self) -> int:
        """Return how many names are known."""
        return len(self._shown)

    def add(self, name: str, shown: str) -> None:
        """Learn a name; how it is written first is how it is shown.

        Parameters
        ----------
        name, shown : str
            In normal form, and as the article writes it.
        """
        if name in self._shown:
            return
        self._shown[name] = shown
        if len(name) not in self._lengths:
            self._lengths = sorted((*self._lengths, len(name)), reverse=True)
        for part in _PARTS.finditer(name):
            last = name[part.end() :]
            self._last.setdefault(last, set()).add(name)
            if len(last) > 1:
                self.add(last, shown[part.end() :])
        if is_person(name):
            self._family.setdefault(name[0], set()).add(name)

    def at_end(self, words: str) -> int:
        """Return the length of the longest known name that some words end with, 0 without one."""
        own = len(words)
        return next((n for n in self._lengths if n <= own and words[own - n :] in self._shown), 0)

    def recurs(self, name: str) -> bool:
        """Tell whether the article has a name more than once."""
        if name not in self._often:
            self._often[name] = self._norm.count(name, 0, FAR) > 1
        return self._often[name]

    def fullest(self, called: str) -> str | None:
        """Return how the article writes a name at its fullest, None of one that is not known."""
        alike = self._family if is_surname_and_title(called) else self._last
        longer = alike.get(called[0] if alike is self._family else called, set())
        return self._shown.get(next(iter(longer)) if len(longer) == 1 else called)

    def find(self) -> Iterator[tuple[int, int]]:
        """Yield where known names stand in the article, in order and without overlap."""
        if not self._shown:
            return
        first = re.compile("[" + re.escape("".join(sorted({n[0] for n in self._shown}))) + "]")
        taken = 0
        for match in first.finditer(self._norm):
            start = match.start()
            if start < taken:
                continue
            words = (self._norm[start : start + length] for length in self._lengths)
            called = next((word for word in words if word in self._shown), "")
            if called:
                taken = start + len(called)
                yield start, taken
