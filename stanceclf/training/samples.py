"""Training sets: the sentences to learn from, with their labels and weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from stanceclf.errors import StanceclfError
from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER
from stanceclf.rules import Rule

LabelSource = Literal["weak", "gold", "both"]

_Place = tuple[str, int, int]


@dataclass(slots=True)
class TrainingSet:
    """Sentences to learn from.

    Attributes
    ----------
    texts, labels : list of str
        The sentences and their labels.
    weights : list of float
        How much each counts.
    articles : list of (str or None)
        The article of each; None for an example out of the rules, which is of none.
    """

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    articles: list[str | None] = field(default_factory=list)

    def add(self, text: str, label: str, weight: float, article: str | None = None) -> None:
        """Add a sentence; of weight 0, it is left out."""
        if weight > 0:
            self.texts.append(text)
            self.labels.append(label)
            self.weights.append(weight)
            self.articles.append(article)

    def only(self, rows: Sequence[int]) -> TrainingSet:
        """Return some of the sentences, by their index."""
        return TrainingSet(
            [self.texts[i] for i in rows],
            [self.labels[i] for i in rows],
            [self.weights[i] for i in rows],
            [self.articles[i] for i in rows],
        )


def gather(
    weak: Columns,
    gold: Columns | None,
    rules: Sequence[Rule],
    *,
    source: LabelSource = "weak",
    abstained: float = 0.0,
    examples: bool = True,
) -> TrainingSet:
    """Gather the sentences to learn from.

    A weak label counts as much as it is probable, a gold label and a rule's example count fully.
    Where a sentence has both labels, the gold one is taken.

    Parameters
    ----------
    weak : columns
        Sentences with their weak labels, as the stage ``label`` writes them; of those that were
        drawn from many, ``scale`` says how much each of them counts, by default as one.
    gold : columns or None
        Gold sentences, if there are some.
    rules : sequence of Rule
        The rules, for their examples.
    source : {"weak", "gold", "both"}, default "weak"
        Which labels to learn from.
    abstained : float, default 0.0
        How much a sentence that no rule reaches counts, as one of no stance.
    examples : bool, default True
        Whether to learn from the sentences that rules give as examples of what they match; not
        with gold labels alone.

    Raises
    ------
    StanceclfError
        There are no gold labels where some are wanted, or a stance has no label.

    Examples
    --------
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",), matches=("开源便宜",))
    >>> weak = {name: [] for name in ("text", "article", "start", "end", "weak_label", "p_favor")}
    >>> gather(weak, {"text": ["一", "二"], "label": ["against", "none"], "article": ["甲"] * 2,
    ...               "start": [0, 1], "end": [1, 2]}, [rule], source="both").labels
    ['against', 'none', 'favor']
    """
    if source != "weak" and gold is None:
        raise StanceclfError(
            f"`train.labels: {source}` needs gold labels; give a `--gold` file or set it to `weak`"
        )
    found = TrainingSet()
    judged: set[_Place] = set()
    if source != "weak" and gold is not None:
        judged = set(zip(gold["article"], gold["start"], gold["end"], strict=True))
        for text, label, article in zip(gold["text"], gold["label"], gold["article"], strict=True):
            found.add(text, label, 1.0, article)
    if source != "gold":
        _add_weak(found, weak, judged, abstained)
        for label, text in examples_of(rules) if examples else ():
            found.add(text, label, 1.0)
    counts = Counter(found.labels)
    for stance in READING_ORDER:
        if not counts[stance]:
            raise StanceclfError(
                f"no sentence is labelled `{stance}`; write rules that find some"
                if source == "weak"
                else f"no sentence is labelled `{stance}`; label some"
            )
    return found


def _add_weak(found: TrainingSet, weak: Columns, judged: set[_Place], abstained: float) -> None:
    scale = weak.get("scale", [1.0] * len(weak["text"]))
    for i, text in enumerate(weak["text"]):
        article = weak["article"][i]
        if (article, weak["start"][i], weak["end"][i]) in judged:
            continue
        label = weak["weak_label"][i]
        if label is not None:
            found.add(text, label, weak[f"p_{label}"][i] * scale[i], article)
        elif weak["p_favor"][i] is None:
            found.add(text, "none", abstained * scale[i], article)


def examples_of(rules: Sequence[Rule]) -> list[tuple[str, str]]:
    """Return the label and the text of each example that rules give of what they match, once.

    An example of two labels teaches nothing, and is left out.

    Examples
    --------
    >>> examples_of([Rule(name="便宜", label="favor", any=("便宜",), matches=("开源便宜",))])
    [('favor', '开源便宜')]
    """
    labels: dict[str, set[str]] = {}
    for rule in rules:
        for text in rule.matches:
            labels.setdefault(text, set()).add(rule.label)
    return [(own.pop(), text) for text, own in labels.items() if len(own) == 1]
