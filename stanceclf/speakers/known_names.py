"""Known names: what an article calls people, for look-ups in the time that reading a word takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stanceclf.speakers.names import DOTS, FAR, is_person, is_surname_and_title

# Between a first name and the last one.
_PARTS = re.compile(f"[ {''.join(sorted(DOTS))}]")


class KnownNames:
    """Names in normal form, and how an article, also in normal form, writes them.

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
        """Return whether a name is known."""
        return name in self._shown

    def __len__(self) -> int:
        """Return how many names are known."""
        return len(self._shown)

    def add(self, name: str, shown: str) -> None:
        """Learn a name in normal form; it is shown as it is written first."""
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
        """Return the length of the longest known name that some words end with, or 0."""
        own = len(words)
        return next((n for n in self._lengths if n <= own and words[own - n :] in self._shown), 0)

    def recurs(self, name: str) -> bool:
        """Return whether the article contains a name more than once."""
        if name not in self._often:
            self._often[name] = self._norm.count(name, 0, FAR) > 1
        return self._often[name]

    def fullest(self, called: str) -> str | None:
        """Return how the article writes a name in its fullest form, None if it is not known."""
        by_surname = is_surname_and_title(called)
        alike = self._family.get(called[0]) if by_surname else self._last.get(called)
        return self._shown.get(next(iter(alike)) if alike and len(alike) == 1 else called)

    def find(self) -> Iterator[tuple[int, int]]:
        """Yield the spans of known names in the article, in order and without overlap."""
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
