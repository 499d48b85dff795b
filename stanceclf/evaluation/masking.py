"""Masking: sentences without the words by which rules recognize stances.

What a model gets right on a masked sentence, it has learned beyond the rules that trained it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stanceclf.reading import Readings
from stanceclf.rules import Voter

#: Replaces a masked character. It is neither a word nor punctuation, and too rare to be learned.
BLANK = "□"


def mask(voter: Voter, sentences: Sequence[str]) -> list[str]:
    """Return sentences in normal form, blank where rules find evidence.

    Mentions and punctuation stay, so that each clause is about the same side as before. If a blank
    reveals new evidence, as in place of a negator, that is masked as well. A masked sentence is as
    long as the sentence without its invisible characters.

    Examples
    --------
    >>> from stanceclf.rules import Rule
    >>> from stanceclf.reading import Topic
    >>> rule = Rule(name="便宜", label="favor", pattern="{target}[^,]*便宜")
    >>> mask(Voter(Topic("开源大模型", target=("开源",)), [rule], str.lower), ["开源模型便宜,好用"])
    ['开源□□□□,好用']
    """
    masked = list(sentences)
    pending = list(range(len(masked)))
    while pending:
        before = [masked[i] for i in pending]
        after = [
            text for readings in voter.reader.read(before) for text in _blanked(voter, readings)
        ]
        for i, text in zip(pending, after, strict=True):
            masked[i] = text
        pending = [i for i, old, new in zip(pending, before, after, strict=True) if new != old]
    return masked


def _blanked(voter: Voter, readings: Readings) -> list[str]:
    """Return sentences blank where there is evidence in them as they are."""
    starts, ends = voter.spans(readings)
    batch = readings.batch
    size = len(batch.codes)
    reached = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    blank = np.cumsum(reached[:size]) > 0
    blank[readings.mentions.places()] = False
    characters = list(batch.all_text())
    for at in np.flatnonzero(blank).tolist():
        if characters[at].isalnum():
            characters[at] = BLANK
    text = "".join(characters)
    return [text[a:b] for a, b in zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)]
