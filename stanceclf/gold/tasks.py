"""Labelling tasks: sentences in the formats that Label Studio and doccano import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Literal

from stanceclf.articles import Sentence
from stanceclf.gold.corpus import Context
from stanceclf.gold.file import GoldSentence
from stanceclf.labels import READING_ORDER

ExportFormat = Literal["label-studio", "doccano"]

#: The name of the stance's control in Label Studio.
CONTROL = "stance"


def labelling_interface(labels: Mapping[str, str]) -> str:
    """Return Label Studio's labelling interface: one stance per sentence, by mouse or keys 1 to 3.

    Parameters
    ----------
    labels : mapping of str to str
        What to show for each stance.

    Examples
    --------
    >>> 'value="favor" hint="支持"' in labelling_interface({"favor": "支持"})
    True
    """
    lines = [
        "<View>",
        '  <Header value="$article" size="5"/>',
        '  <Text name="before" value="$before"/>',
        '  <Text name="text" value="$text"/>',
        '  <Text name="after" value="$after"/>',
        f'  <Choices name="{CONTROL}" toName="text" choice="single" required="true">',
        *(
            f'    <Choice value="{one}" hint="{escape(labels.get(one, one))}" hotkey="{key}"/>'
            for key, one in enumerate(READING_ORDER, 1)
        ),
        "  </Choices>",
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def export_gold(
    sentences: Iterable[Sentence], form: ExportFormat, context: Context | None = None
) -> str:
    """Return sentences as the content of a file that a labelling tool imports.

    Parameters
    ----------
    sentences : iterable of Sentence
        What to label, in this order; a `GoldSentence` comes with its label.
    form : {"label-studio", "doccano"}
        The tool: a JSON array of tasks, or JSON lines for a text classification project.
    context : mapping of place to (str, str), optional
        The texts before and after each sentence, to show to annotators.

    Examples
    --------
    >>> print(export_gold([GoldSentence("一.txt", 0, 3, "很好。", "favor")], "doccano"), end="")
    {"text": "很好。", "label": ["favor"], "article": "一.txt", "start": 0, "end": 3}
    """
    rows = []
    for number, one in enumerate(sentences, 1):
        data = {"text": one.text, "article": one.article, "start": one.start, "end": one.end}
        if context and one.place in context:
            data |= zip(("before", "after"), context[one.place], strict=True)
        labels = [one.label] if isinstance(one, GoldSentence) else []
        if form == "doccano":
            row = {"text": one.text, "label": labels} | data
        else:
            row = {"id": number, "data": data, "annotations": [_annotation(own) for own in labels]}
        rows.append(json.dumps(row, ensure_ascii=False))
    if form == "doccano":
        return "".join(f"{row}\n" for row in rows)
    return "[" + ",".join(f"\n{row}" for row in rows) + "\n]\n"


def _annotation(label: str) -> dict[str, Any]:
    value = {"choices": [label]}
    chosen = {"from_name": CONTROL, "to_name": "text", "type": "choices", "value": value}
    return {"result": [chosen]}
