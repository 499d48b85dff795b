"""A topic: the target of the stances, its rival, and how both are named.

A topic is a folder with ``topic.yaml`` and ``rules.yaml``; another topic is another folder.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from pydantic import Field

from stanceclf.labels import READING_ORDER, Stance
from stanceclf.yaml_file import Section, YamlFile, YamlText


class Topic(Section):
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
    labels : dict
        How to show each stance to people, by default by its own name.

    Examples
    --------
    >>> Topic(name="开源大模型", target=("开源",), rival=("闭源",)).labels["favor"]
    'favor'
    """

    name: YamlText
    target: tuple[YamlText, ...] = Field(min_length=1, strict=False)
    rival: tuple[YamlText, ...] = Field(default=(), strict=False)
    ignore: tuple[YamlText, ...] = Field(default=(), strict=False)
    labels: dict[Stance, YamlText] = Field(default={stance: stance for stance in READING_ORDER})


def load_topic(folder: str | PathLike[str], normalize: Callable[[str], str]) -> Topic:
    r"""Read a topic's ``topic.yaml``.

    Parameters
    ----------
    folder : path-like
        The topic's folder.
    normalize : callable
        Brings words to the form in which they are compared.

    Raises
    ------
    StanceclfError
        It is missing or says something it must not; named by line and key.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
    >>> _ = (folder / "topic.yaml").write_text(text, encoding="utf-8")
    >>> load_topic(folder, str.lower).rival
    ('闭源',)
    """
    file = YamlFile(Path(folder, "topic.yaml"))
    topic = file.check(Topic)
    words = [("target", w) for w in topic.target] + [("rival", w) for w in topic.rival]
    seen: dict[str, str] = {}
    for kind, word in [*words, *(("ignore", w) for w in topic.ignore)]:
        if seen.setdefault(normalize(word), kind) != kind:
            index = getattr(topic, kind).index(word)
            first = seen[normalize(word)]
            raise file.error(f"`{word}` is already a word of `{first}`; keep one", (kind, index))
    return topic
