"""The three stances, and `ABSTAIN` for a rule that does not vote.

The labels are those of SemEval-2016 task 6 and NLPCC-2016 task 4. `ABSTAIN` is never a class.
"""

from __future__ import annotations

from typing import Literal, get_args

Stance = Literal["against", "favor", "none"]

#: The classes in the column order of every array: sorted, like scikit-learn's ``classes_``.
STANCES: tuple[Stance, ...] = get_args(Stance)

#: The order in which people read them.
READING_ORDER: tuple[Stance, ...] = ("favor", "against", "none")

#: In a vote matrix: the rule does not vote on this sentence.
ABSTAIN = -1
