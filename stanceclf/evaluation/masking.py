"""Masks: sentences without the words that rules know stances by.

What a model still tells of a masked sentence it has learnt beyond the rules that taught it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stanceclf.reading import Readings
from stanceclf.rules import Voter

#: What stands for a character that was blanked. No word, no mark of punctuation, and too rare to
#: be learnt.
BLANK = "□"


def mask(voter: Voter, sentences: Sequence[str]) -> list[str]:
    """Return sentences in normal form, blanked where rules find evidence for or against.

    Mentions and punctuation stay, so that each clause is about what it was about. Where a blank
    brings new evidence to light, as one in place of a negator does, that is blanked as well.

    Parameters
    ----------
    voter : Voter
        The rules.
    sentences : sequence of str
        The sentences.

    Returns
    -------
    list of str
        Each as long as its sentence, less what is invisible there.

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
    """Return sentences blanked where there is evidence in them as they are."""
    starts, ends = voter.spans(readings)
    size = len(readings.batch.codes)
    reached = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    blank = np.cumsum(reached[:size]) > 0
    blank[readings.mentions.places()] = False
    characters = list(readings.batch.all_text())
    for at in np.flatnonzero(blank).tolist():
        if characters[at].isalnum():
            characters[at] = BLANK
    text = "".join(characters)
    batch = readings.batch
    return [text[a:b] for a, b in zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)]
