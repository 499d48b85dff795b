"""Topics: the target that stances are on, its rival, and the words that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stanceclf.labels import READING_ORDER

#: Nobody looks for a longer word, and in a trie time grows with the longest.
LONGEST_WORD = 1000
_HAN = re.compile(r"[\u3400-\u9fff]")


def _by_their_own_names() -> Mapping[str, str]:
    return {stance: stance for stance in READING_ORDER}


@dataclass(frozen=True, slots=True)
class Topic:
    """What the stances are on.

    Attributes
    ----------
    name : str
        The name of the target.
    target, rival : tuple of str
        The words that mention the target, and those that mention what it is weighed against. The
        longest match counts, so that 非开源 may mention the rival although it contains 开源.
    ignore : tuple of str
        Words that contain a mention but are not one, like the company 开源中国.
    labels : mapping of str to str
        The name under which each stance is shown, by default its own.

    Examples
    --------
    >>> Topic(name="开源大模型", target=("开源",), rival=("闭源",)).labels["favor"]
    'favor'
    """

    name: str
    target: tuple[str, ...]
    rival: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=_by_their_own_names, hash=False)

    @property
    def language(self) -> Literal["zh", "en"]:
        """The language of its articles: Chinese if its name is."""
        return "zh" if _HAN.search(self.name) else "en"
