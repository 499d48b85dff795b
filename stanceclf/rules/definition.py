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
        A regular expression over the normalised sentence, in which ``{target}`` and ``{rival}``
        stand for any mention of either.
    near : {"target", "rival", "both", "neither"} or None
        What must be spoken of where the word stands.
    scope : {"clause", "sentence"}
        How far around the word: its clause (the default) or the whole sentence.
    within : int or None
        Instead of a scope: how many characters may lie between the word and a mention.
    mirrored : bool
        Whether it counts for the opposite stance where what is spoken of is not what `near` asks
        for but the other side: 落后 said of the rival. By default not.
    mentions : {"target", "rival", "both", "neither"} or None
        What the whole sentence must mention. With neither words nor a pattern, that is enough.
    negated : {"veto", "flip", "ignore"}
        What a negator before the word does: the word does not count (the default), it counts for
        the opposite stance, or nothing.
    asked : {"veto", "ignore"}
        What a genuine question does: nothing in it counts (the default), or nothing. A rhetorical
        question is a negator.
    unless : tuple of str
        Words that keep the rule from voting on a sentence.
    weight : float
        How much its vote weighs where votes are weighted.
    matches, rejects : tuple of str
        Sentences that the rule must and must not vote its label on.

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
        """Return the keys that are not as by default, as YAML and JSON hold them.

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
