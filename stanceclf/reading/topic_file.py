"""``topic.yaml``: a topic as people write it, in a folder with its ``rules.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from stanceclf.articles import Normalizer
from stanceclf.io import Section, YamlFile, YamlText
from stanceclf.labels import READING_ORDER, Stance
from stanceclf.reading.topic import LONGEST_WORD, Topic


def _short(word: str) -> str:
    if len(word) > LONGEST_WORD:
        raise ValueError(f"longer than {LONGEST_WORD} characters; shorten it")
    return word


#: A word to look for, in a YAML file.
YamlWord = Annotated[YamlText, AfterValidator(_short)]


class _TopicFile(Section):
    name: YamlText
    target: tuple[YamlWord, ...] = Field(min_length=1, strict=False)
    rival: tuple[YamlWord, ...] = Field(default=(), strict=False)
    ignore: tuple[YamlWord, ...] = Field(default=(), strict=False)
    labels: dict[Stance, YamlText] = {}


def load_topic(folder: str | PathLike[str], normalize: Callable[[str], str] | None = None) -> Topic:
    r"""Read a topic's ``topic.yaml``.

    Parameters
    ----------
    folder : path-like
        The topic's folder.
    normalize : callable, optional
        Brings words to the form in which they are compared; by default OpenCC.

    Raises
    ------
    StanceclfError
        The file is missing or not valid; reported with line and key.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
    >>> _ = (folder / "topic.yaml").write_text(text, encoding="utf-8")
    >>> load_topic(folder).rival
    ('闭源',)
    """
    file = YamlFile(Path(folder, "topic.yaml"))
    given = file.check(_TopicFile)
    normalize = normalize or Normalizer.from_opencc()
    seen: dict[str, str] = {}
    for kind in ("target", "rival", "ignore"):
        for index, word in enumerate(getattr(given, kind)):
            first = seen.setdefault(normalize(word), kind)
            if first != kind:
                message = f"`{word}` is already a word of `{first}`; keep one"
                raise file.error(message, (kind, index))
    labels = {str(stance): given.labels.get(stance, stance) for stance in READING_ORDER}
    return Topic(given.name, given.target, given.rival, given.ignore, labels)
