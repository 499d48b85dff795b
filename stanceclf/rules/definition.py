"""Rules: keyword evidence for a stance, as data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from stanceclf.labels import Stance
from stanceclf.reading import About


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it looks for, when that counts, and the stance it then votes for.

    Attributes
    ----------
    name : str
        Its name: letters, digits, ``-`` and ``_``.
    label : str
        The stance it votes for: ``favor``, ``against`` or ``none``.
    any : tuple of str
        Words; one that occurs is enough.
    pattern : str or None
        A regular expression over the sentence in normal form, in which ``{target}`` and ``{rival}``
        stand for any mention of either.
    near : {"target", "rival", "both", "neither"} or None
        What the text around the word must be about.
    scope : {"clause", "sentence"}
        How far around the word: its clause (the default) or the whole sentence.
    within : int or None
        Instead of a scope: at most how many characters from the word to a mention.
    mirrored : bool
        Whether it counts for the opposite stance where the text is about the other side than
        `near`: 落后 said of the rival. By default it does not.
    mentions : {"target", "rival", "both", "neither"} or None
        What the whole sentence must mention. Without words or a pattern, that is enough.
    negated : {"veto", "flip", "ignore"}
        The effect of a negator before the word: the word does not count (the default), it counts
        for the opposite stance, or none.
    asked : {"veto", "ignore"}
        The effect of a genuine question: nothing in it counts (the default), or none. A rhetorical
        question is a negator.
    unless : tuple of str
        Words that make the rule abstain on a sentence.
    weight : float
        The weight of its vote, where votes are weighted.
    matches, rejects : tuple of str
        Sentences on which the rule must, or must not, vote for its label.

    Examples
    --------
    >>> Rule(name="便宜", label="favor", any=("便宜",), matches=("开源便宜",)).negated
    'veto'
    """

    name: str
    label: Stance
    any: tuple[str, ...] = ()
    pattern: str | None = None
    near: About | None = None
    scope: Literal["clause", "sentence"] = "clause"
    within: int | None = None
    mirrored: bool = False
    mentions: About | None = None
    negated: Literal["veto", "flip", "ignore"] = "veto"
    asked: Literal["veto", "ignore"] = "veto"
    unless: tuple[str, ...] = ()
    weight: float = 1.0
    matches: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()

    def written(self) -> dict[str, object]:
        """Return the keys whose values are not the default, as YAML and JSON have them.

        Examples
        --------
        >>> Rule(name="便宜", label="favor", any=("便宜",)).written()
        {'name': '便宜', 'label': 'favor', 'any': ['便宜']}
        """
        values = {one.name: (getattr(self, one.name), one.default) for one in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, (value, default) in values.items()
            if value != default
        }
