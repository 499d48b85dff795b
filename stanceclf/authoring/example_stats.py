"""Statistics of written examples: how many of which argument, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stanceclf.labels import READING_ORDER, Stance
from stanceclf.rules import LabelModel, LabelModelName, Voter
from stanceclf.training import Example


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """The examples that make one argument, with one label.

    Attributes
    ----------
    about : str or None
        The argument; None where examples do not say.
    label : str
        Their label.
    examples, reached, right : int
        Their number; that of those to which the rules give a label, right or wrong; and that of
        those to which they give this label.
    """

    about: str | None
    label: Stance
    examples: int
    reached: int
    right: int

    @property
    def coverage(self) -> float:
        """Share of the examples that the rules reach."""
        return self.reached / self.examples

    @property
    def accuracy(self) -> float | None:
        """Share of those that the rules get right; None if they reach none."""
        return self.right / self.reached if self.reached else None

    def as_dict(self) -> dict[str, str | float | None]:
        """Return the row as it is written: with shares, rounded to 4 places."""
        accuracy = None if self.accuracy is None else round(self.accuracy, 4)
        return {
            "about": self.about,
            "label": self.label,
            "examples": self.examples,
            "reached": self.reached,
            "right": self.right,
            "coverage": round(self.coverage, 4),
            "accuracy": accuracy,
        }


#: The columns of the statistics as they are written.
EXAMPLE_COLUMNS = ("about", "label", "examples", "reached", "right", "coverage", "accuracy")


def example_stats(
    examples: Sequence[Example], voter: Voter, label_model: LabelModelName = "weighted"
) -> list[ExampleRow]:
    """Return the number of examples by argument and label, and how the rules do on them.

    Parameters
    ----------
    examples : sequence of Example
        The examples.
    voter : Voter
        The topic's rules.
    label_model : str, default "weighted"
        How votes are combined.

    Returns
    -------
    list of ExampleRow
        Sorted by argument, those without one last; labels in reading order.

    Examples
    --------
    >>> from stanceclf.reading import Topic
    >>> from stanceclf.rules import Rule
    >>> rule = Rule(name="便宜", label="favor", any=("便宜",))
    >>> voter = Voter(Topic("开源大模型", target=("开源",)), [rule], str.lower)
    >>> examples = [Example("开源便宜", "favor", "成本"), Example("开源省钱", "favor", "成本")]
    >>> example_stats(examples, voter)
    [ExampleRow(about='成本', label='favor', examples=2, reached=1, right=1)]
    """
    votes = voter.vote_matrix([example.text for example in examples])
    weak = LabelModel(label_model, voter.weights).fit(votes)(votes).stances()
    rows: dict[tuple[str | None, Stance], list[Stance | None]] = {}
    for example, stance in zip(examples, weak, strict=True):
        rows.setdefault((example.about, example.label), []).append(stance)
    return [
        ExampleRow(
            about,
            label,
            examples=len(said),
            reached=sum(stance is not None for stance in said),
            right=said.count(label),
        )
        for (about, label), said in sorted(rows.items(), key=_place)
    ]


def _place(row: tuple[tuple[str | None, Stance], object]) -> tuple[bool, str, int]:
    about, label = row[0]
    return about is None, about or "", READING_ORDER.index(label)
