"""Label Studio: sentences as its tasks, and what stands where in its exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from stanceclf.articles import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence
from stanceclf.labels import READING_ORDER

_CONTROL = "stance"

#: What is said before and after a sentence, by its place.
Context = Mapping[tuple[str, int, int], tuple[str, str]]


def interface(labels: Mapping[str, str]) -> str:
    """Return the labelling interface of a project: one stance a sentence, by mouse or keys 1 to 3.

    Parameters
    ----------
    labels : mapping of str to str
        How people are told what each stance means.

    Examples
    --------
    >>> 'value="favor" hint="支持"' in interface({"favor": "支持"})
    True
    """
    lines = [
        "<View>",
        '  <Header value="$article" size="5"/>',
        '  <Text name="before" value="$before"/>',
        '  <Text name="text" value="$text"/>',
        '  <Text name="after" value="$after"/>',
        f'  <Choices name="{_CONTROL}" toName="text" choice="single" required="true">',
        *(
            f'    <Choice value="{one}" hint="{escape(labels.get(one, one))}" hotkey="{key}"/>'
            for key, one in enumerate(READING_ORDER, 1)
        ),
        "  </Choices>",
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def write_tasks(items: Iterable[GoldSentence | Sentence], context: Context | None = None) -> str:
    """Return sentences as a JSON array of tasks, one a line.

    Parameters
    ----------
    items : iterable of (GoldSentence or Sentence)
        The sentences; a gold one's task is annotated.
    context : mapping of place to (str, str), optional
        What is said before and after each of them.

    Examples
    --------
    >>> json.loads(write_tasks([Sentence("一.txt", 0, 3, "很好。")]))[0]["data"]
    {'text': '很好。', 'article': '一.txt', 'start': 0, 'end': 3}
    """
    tasks = (
        json.dumps(_task(number, item, context or {}), ensure_ascii=False)
        for number, item in enumerate(items, 1)
    )
    return "[" + ",".join(f"\n{task}" for task in tasks) + "\n]\n"


def _task(number: int, item: GoldSentence | Sentence, context: Context) -> dict[str, Any]:
    data = {"text": item.text, "article": item.article, "start": item.start, "end": item.end}
    if item.place in context:
        data |= zip(("before", "after"), context[item.place], strict=True)
    annotations = []
    if isinstance(item, GoldSentence):
        value = {"choices": [item.label]}
        chosen = {"from_name": _CONTROL, "to_name": "text", "type": "choices", "value": value}
        annotations = [{"result": [chosen]}]
    return {"id": number, "data": data, "annotations": annotations}


def read_task(task: Mapping[str, Any]) -> tuple[object, list[tuple[object, object]]]:
    """Return what a task is about and, for each annotation, its labels and who made it.

    Nothing of it is checked beyond what finding it takes.

    Parameters
    ----------
    task : mapping of str to object
        An element of an export, "JSON" or "JSON-MIN".

    Raises
    ------
    StanceclfError
        It is built otherwise.

    Examples
    --------
    >>> read_task({"text": "很好。", "stance": "favor", "annotator": 2})[1]
    [(['favor'], 2)]
    """
    if "data" not in task:
        stance = task.get(_CONTROL, [])
        if isinstance(stance, dict):
            stance = stance.get("choices")
        return task, [([stance] if isinstance(stance, str) else stance, task.get("annotator"))]
    return task["data"], [
        (list(_choices(annotation)), annotation.get("completed_by"))
        for annotation in _objects(task, "annotations")
        if annotation.get("was_cancelled") is not True
    ]


def _choices(annotation: Mapping[str, Any]) -> Iterator[object]:
    """Yield what has been chosen for the stance, whatever other controls there are."""
    results = [one for one in _objects(annotation, "result") if one.get("type") == "choices"]
    names = [one.get("from_name") for one in results]
    # Left out silently, a project that calls its control otherwise would seem to be unlabelled.
    if results and _CONTROL not in names:
        raise StanceclfError(
            f"its choices are those of `{names[0]}`, not of `{_CONTROL}`; "
            f'in the labelling interface, write <Choices name="{_CONTROL}" ...>'
        )
    for name, result in zip(names, results, strict=True):
        if name == _CONTROL:
            value = result.get("value")
            choices = value.get("choices") if isinstance(value, dict) else None
            if not isinstance(choices, list):
                raise StanceclfError("`value` must hold a list `choices`")
            yield from choices


def _objects(parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = parent.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise StanceclfError(f"`{key}` must be a list of objects")
    return found
