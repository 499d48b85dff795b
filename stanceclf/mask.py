"""Masks: sentences without the words that rules know stances by.

What a model still tells of a masked sentence it has learnt beyond the rules that taught it.
"""

from __future__ import annotations

from stanceclf.votes import Voter

#: What stands for a character that was blanked. No word, no mark of punctuation, and too rare to
#: be learnt.
BLANK = "□"


def mask(voter: Voter, sentence: str) -> str:
    """Return a sentence in normal form, blanked where rules find evidence for or against.

    Mentions and punctuation stay, so that each clause is about what it was about. Where a blank
    brings new evidence to light, as one in place of a negator does, that is blanked as well.

    Parameters
    ----------
    voter : Voter
        The rules.
    sentence : str
        The sentence.

    Returns
    -------
    str
        As long as the sentence.

    Examples
    --------
    >>> from stanceclf.rules import Rule
    >>> from stanceclf.topic import Topic
    >>> rule = Rule(name="便宜", label="favor", pattern="{target}[^,]*便宜")
    >>> mask(Voter(Topic("开源大模型", target=("开源",)), [rule], str.lower), "开源模型便宜,好用")
    '开源□□□□,好用'
    """
    masked = sentence
    while True:
        reading = voter.read(masked)
        blanks = {at for span in voter.spans(reading) for at in range(*span)}
        for mention in reading.mentions:
            blanks.difference_update(range(mention.start, mention.end))
        before, masked = (
            reading.text,
            "".join(
                BLANK if at in blanks and character.isalnum() else character
                for at, character in enumerate(reading.text)
            ),
        )
        if masked == before:
            return masked
