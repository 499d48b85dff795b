"""Distinct votes: the votes on very many sentences, of which few differ from all others.

A million sentences have some thousands of different rows of votes. What is counted over sentences
is counted over these rows, each as often as it was cast, and of a sentence no more is kept than
which row it has: 4 bytes instead of one a rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from stanceclf.labels import ABSTAIN

_Votes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class DistinctVotes:
    """The votes on some sentences.

    Attributes
    ----------
    rows : int8 array of shape (n_rows, n_rules)
        The different rows of votes, in the order in which they come up: indices into `STANCES`, or
        `ABSTAIN` (-1).
    row_of : int32 array of shape (n_sentences,)
        Which of them each sentence has.
    """

    rows: _Votes
    row_of: npt.NDArray[np.int32]

    @classmethod
    def of(cls, parts: Iterable[_Votes], rules: int) -> Self:
        """Return the votes on sentences of which some come at a time.

        Parameters
        ----------
        parts : iterable of int8 arrays of shape (n_sentences, n_rules)
            As `Voter.vote_matrix` returns them.
        rules : int
            How many rules there are.

        Examples
        --------
        >>> votes = np.array([[1, -1], [-1, 0], [1, -1]], dtype=np.int8)
        >>> found = DistinctVotes.of([votes[:1], votes[1:]], 2)
        >>> found.rows.tolist(), found.row_of.tolist(), found.counts.tolist()
        ([[1, -1], [-1, 0]], [0, 1, 0], [2, 1])
        """
        number: dict[bytes, int] = {}
        row_of = [np.zeros(0, np.int32)]
        for votes in parts:
            if not rules:
                votes = np.full((len(votes), 1), ABSTAIN, np.int8)  # which is a row of none, too
            # As bytes, 40 times as fast as np.unique(axis=0) is.
            keys = np.ascontiguousarray(votes, np.int8).view(f"V{max(rules, 1)}").ravel()
            own, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
            for index in np.argsort(first):
                number.setdefault(own[index].tobytes(), len(number))
            numbers = np.array([number[key.tobytes()] for key in own], np.int32)
            row_of.append(numbers[inverse.ravel()])
        rows = np.frombuffer(b"".join(number), np.int8).reshape(len(number), max(rules, 1))
        return cls(rows[:, :rules], np.concatenate(row_of))

    def __len__(self) -> int:
        """Return how many sentences there are."""
        return len(self.row_of)

    @property
    def counts(self) -> npt.NDArray[np.intp]:
        """How many sentences have each row."""
        return np.bincount(self.row_of, minlength=len(self.rows))

    def sentences(self, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Return the sentences that have one of some rows, in order.

        Parameters
        ----------
        rows : bool array of shape (n_rows,)
            Which rows.
        """
        return np.flatnonzero(rows[self.row_of])

    def voted(self) -> npt.NDArray[np.bool_]:
        """Tell which rules vote in each row.

        Returns
        -------
        bool array of shape (n_rows, n_rules)
        """
        voted: npt.NDArray[np.bool_] = self.rows != ABSTAIN
        return voted
