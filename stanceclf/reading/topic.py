"""A topic: the target of the stances, its rival, and how both are named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stanceclf.labels import READING_ORDER

_HAN = re.compile(r"[\u3400-\u9fff]")


def _by_their_own_names() -> Mapping[str, str]:
    return {stance: stance for stance in READING_ORDER}


@dataclass(frozen=True, slots=True)
class Topic:
    """What the stances are on.

    Attributes
    ----------
    name : str
        What the target is called.
    target, rival : tuple of str
        The words that mention the target, and those that mention what it is weighed against. The
        longest one that fits counts, so that 非开源 may mention the rival although it holds 开源.
    ignore : tuple of str
        Words that hold a mention's word but are none, like the company 开源中国.
    labels : mapping of str to str
        How to show each stance to people, by default by its own name.

    Examples
    --------
    >>> Topic(name="开源大模型", target=("开源",), rival=("闭源",)).labels["favor"]
    'favor'
    """

    name: str
    target: tuple[str, ...]
    rival: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=_by_their_own_names)

    @property
    def language(self) -> Literal["zh", "en"]:
        """The language that people write about it in: Chinese where its name is."""
        return "zh" if _HAN.search(self.name) else "en"
