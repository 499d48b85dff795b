"""Columns of the tables that stages hand on: sentences, speakers, votes, weak labels, predictions.

Types have the names that `datasets.Value` gives them; a list of fields is a list of structs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from stanceclf.labels import READING_ORDER

_T = TypeVar("_T")

#: Columns by name, equally long; None for a missing value.
Columns = dict[str, list[Any]]
ColumnType = str | list[dict[str, str]]

SENTENCE_COLUMNS = {"article": "string", "start": "int64", "end": "int64", "text": "string"}
#: ``speaker`` is null where the article itself speaks.
SPEAKER_COLUMNS = {"speaker": "string", "voice": "string"}
PROBABILITY_COLUMNS = {f"p_{stance}": "float64" for stance in READING_ORDER}
#: Prefix of the columns of votes, one per rule.
VOTE_PREFIX = "vote:"
#: All votes on a sentence in one column, for published data: rules differ, columns do not.
VOTES_COLUMN: dict[str, ColumnType] = {"votes": [{"rule": "string", "label": "string"}]}
#: Added to sentences and votes; null where all rules abstain.
LABEL_COLUMNS = {"weak_label": "string"} | PROBABILITY_COLUMNS
#: Held-out predictions; ``reference`` says whether ``label`` is ``weak`` or ``gold``.
HELD_OUT_COLUMNS = (
    {"reference": "string"}
    | SENTENCE_COLUMNS
    | {"label": "string", "stance": "string"}
    | PROBABILITY_COLUMNS
)
#: Columns that contain nothing but stances, or null.
STANCE_COLUMNS = {"label", "stance", "weak_label"}


def batched(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield items in lists of `size`; the last one may be shorter.

    `itertools.batched` does it from Python 3.12 on.

    Examples
    --------
    >>> list(batched("开源更便宜", 2))
    [['开', '源'], ['更', '便'], ['宜']]
    """
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
