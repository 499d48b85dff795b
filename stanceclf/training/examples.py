"""Written examples: sentences written for the purpose of training, with their stance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from stanceclf.errors import StanceclfError
from stanceclf.io import read_json_lines
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.reading import Topic

#: The name of the file in a topic's folder.
EXAMPLES = "examples.jsonl"
_KEYS = ("text", "label", "about")
_FORM = 'write one object per line, like {"text": "我支持{target}。", "label": "favor"}'


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence written for the purpose of training.

    Attributes
    ----------
    text : str
        The sentence.
    label : str
        Its stance.
    about : str or None
        The argument that it makes, in a word; None if the file does not say.
    line : int
        Its line in the file, counted from 1; 0 for the example of a rule.
    """

    text: str
    label: Stance
    about: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class ReadExamples:
    """The valid examples of a file.

    Attributes
    ----------
    examples : list of Example
        The examples; of two with the same text, the first.
    errors : list of StanceclfError
        What is wrong with the other lines, by line.
    """

    examples: list[Example]
    errors: list[StanceclfError]


def read_examples(
    folder: str | PathLike[str], topic: Topic, normalize: Callable[[str], str]
) -> list[Example]:
    r"""Read the written examples of a topic; none if it has no ``examples.jsonl``.

    Parameters
    ----------
    folder : path-like
        The topic's folder. In its ``examples.jsonl``, a UTF-8 file, each line is a JSON object:
        ``text``, ``label`` and, optionally, ``about``. In a text, ``{target}`` and ``{rival}``
        stand for the topic's first words for these; an example of a rival is left out if the topic
        has none.
    topic : Topic
        The topic.
    normalize : callable
        Brings texts to the form in which they are compared.

    Raises
    ------
    StanceclfError
        A line is not such an object, has an unknown label or key, or repeats a text. The message
        gives the line.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = '{"text": "我支持{target}。", "label": "favor"}\n'
    >>> _ = (folder / "examples.jsonl").write_text(text, encoding="utf-8")
    >>> read_examples(folder, Topic("开源大模型", target=("开源",)), str.lower)[0].text
    '我支持开源。'
    """
    read = scan_examples(folder, topic, normalize)
    if read.errors:
        raise read.errors[0]
    return read.examples


def scan_examples(
    folder: str | PathLike[str], topic: Topic, normalize: Callable[[str], str]
) -> ReadExamples:
    r"""Read the written examples of a topic, and continue after a line that is not valid.

    The parameters are those of `read_examples`.

    Raises
    ------
    StanceclfError
        The file cannot be read, or is not UTF-8.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = '开源\n{"text": "我支持{target}。", "label": "favor"}\n'
    >>> _ = (folder / "examples.jsonl").write_text(text, encoding="utf-8")
    >>> read = scan_examples(folder, Topic("开源大模型", target=("开源",)), str.lower)
    >>> len(read.examples), [error.line for error in read.errors]
    (1, [1])
    """
    path = Path(folder, EXAMPLES)
    examples: list[Example] = []
    errors: list[StanceclfError] = []
    if not path.exists():
        return ReadExamples(examples, errors)
    malformed: list[StanceclfError] = []
    seen: dict[str, Example] = {}
    for number, row in read_json_lines(path, {"text": str, "label": str}, malformed):
        try:
            text = _filled(row["text"], topic)
            example = Example(text or row["text"], *_checked(row), line=number)
            first = seen.setdefault(normalize(example.text).strip(), example)
            if first is not example:
                which = "" if first.label == example.label else f", which is `{first.label}`"
                raise StanceclfError(f"repeats line {first.line}{which}; keep one")
        except StanceclfError as error:
            errors.append(StanceclfError(error.what, path=path, line=number))
            continue
        if text is not None:
            examples.append(example)
    errors += [
        StanceclfError(f"{error.what}; {_FORM}", path=path, line=error.line) for error in malformed
    ]
    return ReadExamples(examples, sorted(errors, key=lambda error: error.line or 0))


def _filled(text: str, topic: Topic) -> str | None:
    """Return a text with the topic's words; None if it has no word for the rival."""
    if not text.strip():
        raise StanceclfError("`text` is empty; write a sentence or delete the line")
    if "{rival}" in text and not topic.rival:
        return None
    filled = text.replace("{target}", topic.target[0])
    return filled.replace("{rival}", topic.rival[0]) if topic.rival else filled


def _checked(row: dict[str, object]) -> tuple[Stance, str | None]:
    label, about = row["label"], row.get("about")
    if unknown := [key for key in row if key not in _KEYS]:
        raise StanceclfError(f"unknown key `{unknown[0]}`; known: {', '.join(_KEYS)}")
    if label not in STANCES:
        raise StanceclfError(f"unknown label `{label}`; known: {', '.join(READING_ORDER)}")
    if about is not None and (not isinstance(about, str) or not about.strip()):
        raise StanceclfError("`about` must be a word; write one or leave the key out")
    return label, about
