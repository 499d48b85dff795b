"""The three stances, and the vote that is none of them.

The labels are those of SemEval-2016 task 6 and NLPCC-2016 task 4. A rule may also abstain;
abstaining is never a class.
"""

from __future__ import annotations

from typing import Literal, get_args

Stance = Literal["against", "favor", "none"]

#: The classes in the order of every array's columns: sorted, as scikit-learn's ``classes_`` are.
STANCES: tuple[Stance, ...] = get_args(Stance)

#: The order in which people read them.
READING_ORDER: tuple[Stance, ...] = ("favor", "against", "none")

#: In a vote matrix: this rule says nothing of this sentence.
ABSTAIN = -1
