"""Labelling tasks: sentences in the formats that Label Studio and doccano import."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Literal

from stanceclf.articles import Sentence
from stanceclf.gold.candidates import Hints
from stanceclf.gold.corpus import Context
from stanceclf.gold.file import GoldSentence
from stanceclf.io import to_json
from stanceclf.labels import READING_ORDER
from stanceclf.reading import Topic

ExportFormat = Literal["label-studio", "doccano"]

#: The name of the stance's control in Label Studio.
CONTROL = "stance"
#: What a task shows around its sentence. Label Studio refuses all tasks if one of them lacks a key
#: that the interface shows, and so does doccano.
SHOWN = ("before", "after")
#: The name under which Label Studio keeps predictions.
PREDICTOR = "stanceclf"
_FADED = 'style="color: #888; padding: 0 16px"'
_MARKED = (
    'style="border-left: 4px solid #1f6feb; padding: 4px 12px; margin: 4px 0; font-size: 1.2em"'
)


def labelling_interface(topic: Topic) -> str:
    """Return Label Studio's labelling interface: one stance per sentence, by mouse or keys 1 to 3.

    It asks for the stance on the target, marks the sentence that is meant, and shows its context
    in grey. Stances have the topic's names for them; exports contain ``favor`` and so on.

    Parameters
    ----------
    topic : Topic
        What the stances are on.

    Examples
    --------
    >>> topic = Topic("开源大模型", ("开源",), labels={"favor": "支持"})
    >>> '<Choice value="支持" alias="favor" hotkey="1"/>' in labelling_interface(topic)
    True
    """
    shown = [_literal(topic.labels.get(one, one)) for one in READING_ORDER]
    if len({*shown}) < len(shown):  # Choices are told apart by what they show.
        shown = [f"{name} ({one})" for name, one in zip(shown, READING_ORDER, strict=True)]
    question = {
        "zh": f"竖线旁的句子对“{topic.name}”的立场？",
        "en": f"What stance does the marked sentence take on {topic.name}?",
    }[topic.language]
    lines = [
        "<View>",
        f'  <Header value="{_literal(question)}" size="4"/>',
        f'  <View {_FADED}><Text name="before" value="$before"/></View>',
        f'  <View {_MARKED}><Text name="text" value="$text"/></View>',
        f'  <View {_FADED}><Text name="after" value="$after"/></View>',
        f'  <Choices name="{CONTROL}" toName="text" choice="single" required="true"'
        ' showInLine="true">',
        *(
            f'    <Choice value="{name}" alias="{one}" hotkey="{key}"/>'
            for key, (one, name) in enumerate(zip(READING_ORDER, shown, strict=True), 1)
        ),
        "  </Choices>",
        f'  <View {_FADED}><Header value="$article" size="6"/></View>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    """Return text as a value of XML in which Label Studio finds no variable."""
    return escape(text.replace("$", "＄"))


def export_gold(
    sentences: Iterable[Sentence],
    form: ExportFormat,
    context: Context | None = None,
    hints: Hints | None = None,
) -> str:
    """Return sentences as the content of a file that a labelling tool imports.

    Parameters
    ----------
    sentences : iterable of Sentence
        What to label, in this order; a `GoldSentence` comes with its label.
    form : {"label-studio", "doccano"}
        The tool: a JSON array of tasks, or JSON lines for a text classification project.
    context : mapping of place to (str, str), optional
        The texts before and after each sentence, to show to annotators; empty ones by default.
    hints : mapping of place to (str, float), optional
        A model's stance on each sentence and its probability: Label Studio's predictions, or a text
        that doccano shows beside the sentence.

    Examples
    --------
    >>> print(export_gold([GoldSentence("一.txt", 0, 3, "很好。", "favor")], "doccano"), end="")
    {"text": "很好。", "label": ["favor"], "article": "一.txt", "start": 0, "end": 3, "before": "", "after": ""}
    """  # noqa: E501
    rows = []
    for number, one in enumerate(sentences, 1):
        around = (context or {}).get(one.place, ("", ""))
        data: dict[str, Any] = {
            "text": one.text,
            **dict(zip(("article", "start", "end"), one.place, strict=True)),
            **dict(zip(SHOWN, around, strict=True)),
        }
        labels = [one.label] if isinstance(one, GoldSentence) else []
        hint = (hints or {}).get(one.place)
        if form == "doccano":
            row = {"text": one.text, "label": labels} | data
            if hints is not None:
                row["hint"] = "" if hint is None else f"{hint[0]} {hint[1]:.2f}"
        else:
            row = {"id": number, "data": data, "annotations": [_annotation(own) for own in labels]}
            if hints is not None:
                row["predictions"] = [] if hint is None else [_prediction(*hint)]
        rows.append(to_json(row))
    if form == "doccano":
        return "".join(f"{row}\n" for row in rows)
    return "[" + ",".join(f"\n{row}" for row in rows) + "\n]\n"


def _prediction(label: str, probability: float) -> dict[str, Any]:
    return {"model_version": PREDICTOR, "score": probability} | _annotation(label)


def _annotation(label: str) -> dict[str, Any]:
    value = {"choices": [label]}
    chosen = {"from_name": CONTROL, "to_name": "text", "type": "choices", "value": value}
    return {"result": [chosen]}
