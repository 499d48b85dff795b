"""Suggested rules as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stanceclf.authoring import Suggestion
from stanceclf.io import printable

_CAPTION = (
    "z: how strongly the words indicate the stance. votes, new: sentences on which the rule votes, "
    "and those of them without a vote so far. agrees: share of its votes that agree with gold, "
    "else with the rules, else with the model."
)


def suggestion_report(found: Sequence[Suggestion], labels: Mapping[str, str]) -> Group:
    """Return suggestions, one per line, and their example sentences below."""
    if not found:
        return Group(Text("No phrases found that indicate a stance and that no rule contains yet."))
    with_gold = any(one.correct + one.incorrect for one in found)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("words", no_wrap=True)
    table.add_column("stance", no_wrap=True)
    for name in ("z", "votes", "new", "agrees", *(["gold"] if with_gold else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        stance = labels.get(one.rule.label, one.rule.label)
        cells = [", ".join(one.rule.any), stance, f"{one.z:.1f}"]
        cells += [str(one.votes), str(one.new), f"{one.agrees:.0%}"]
        cells += [f"{one.correct}/{one.correct + one.incorrect}"] if with_gold else []
        table.add_row(*map(Text, cells))
    caption = f"{_CAPTION} gold: its correct votes on gold sentences." if with_gold else _CAPTION
    parts: list[RenderableType] = [table, "", Text(caption, style="dim")]
    for one in found:
        parts += ["", Text(", ".join(one.rule.any), style="bold")]
        for sentence, span in zip(one.examples, one.spans, strict=True):
            text = Text(printable(sentence.text))
            text.stylize("underline", *span)
            parts.append(Padding(text, (0, 0, 0, 2)))
    return Group(*parts)
