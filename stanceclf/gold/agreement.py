"""Agreement: how far the people who labelled the same sentences agree.

Cohen's kappa (J. Cohen, A coefficient of agreement for nominal scales, 1960) is of two annotators;
Krippendorff's alpha (K. Krippendorff, Computing Krippendorff's alpha-reliability, 2011) of any
number, each of whom may have left sentences out. For both, 1 is full agreement and 0 what chance
gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from sklearn.metrics import cohen_kappa_score

from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence
from stanceclf.labels import READING_ORDER, Stance

_Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """How far two annotators agree.

    Attributes
    ----------
    first, second : str
        The annotators.
    shared : int
        How many sentences both have labelled.
    agreement : float or None
        The share of these that have one label; None where there are none.
    kappa : float or None
        Cohen's kappa over these; None where both know but one and the same label.
    """

    first: str
    second: str
    shared: int
    agreement: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sentence that annotators label differently.

    Attributes
    ----------
    article, start, end, text
        The sentence, as in gold.
    labels : mapping of str to str
        By annotator; those who left it out are not there.
    """

    article: str
    start: int
    end: int
    text: str
    labels: Mapping[str, Stance]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far annotators agree.

    Attributes
    ----------
    sentences : int
        How many at least two have labelled.
    agreement : float
        The mean of the agreements of the pairs that share a sentence.
    alpha : float or None
        Krippendorff's alpha for nominal data; None where all use but one and the same label.
    pairs : list of Pair
        Each two annotators.
    confusion : mapping of str to mapping of str to int
        How often the first annotator gives the one label where the second gives the other.
    disagreements : list of Disagreement
        Sorted by place.
    """

    sentences: int
    agreement: float
    alpha: float | None
    pairs: list[Pair]
    confusion: Mapping[Stance, Mapping[Stance, int]]
    disagreements: list[Disagreement]


def measure_agreement(files: Mapping[str, Sequence[GoldSentence]]) -> Agreement:
    """Return how far annotators agree on the sentences that several of them have labelled.

    Parameters
    ----------
    files : mapping of str to sequence of GoldSentence
        Each annotator's labels.

    Raises
    ------
    StanceclfError
        There are fewer than two annotators, no two have labelled one sentence, or they have read
        different texts at one place.

    Examples
    --------
    >>> one = GoldSentence("一.txt", 0, 3, "很好。", "favor")
    >>> other = GoldSentence("一.txt", 0, 3, "很好。", "none")
    >>> measure_agreement({"甲": [one], "乙": [other]}).disagreements[0].labels
    {'甲': 'favor', '乙': 'none'}
    """
    if len(files) < 2:
        raise StanceclfError("agreement takes two annotators; give the gold file of each")
    labels: dict[_Place, dict[str, Stance]] = {}
    texts: dict[_Place, str] = {}
    for annotator, sentences in files.items():
        for one in sentences:
            if texts.setdefault(one.place, one.text) != one.text:
                raise StanceclfError(
                    f"not the text that others read at {one.article}:{one.start}-{one.end}; "
                    "compare labels of the same articles",
                    path=annotator,
                )
            labels.setdefault(one.place, {})[annotator] = one.label
    shared = {place: labels[place] for place in sorted(labels) if len(labels[place]) > 1}
    if not shared:
        raise StanceclfError(
            f"no sentence is labelled in two of these: {', '.join(files)}; "
            "let two people label the same sentences"
        )
    pairs = [_pair(first, second, shared.values()) for first, second in combinations(files, 2)]
    first, second = list(files)[:2]
    counts = Counter(_both(first, second, shared.values()))
    return Agreement(
        sentences=len(shared),
        agreement=round(fmean(one.agreement for one in pairs if one.agreement is not None), 4),
        alpha=nominal_alpha(list(by.values()) for by in shared.values()),
        pairs=pairs,
        confusion={
            one: {other: counts[one, other] for other in READING_ORDER} for one in READING_ORDER
        },
        disagreements=[
            Disagreement(*place, texts[place], by)
            for place, by in shared.items()
            if len(set(by.values())) > 1
        ],
    )


def nominal_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Return Krippendorff's alpha for labels without an order.

    Parameters
    ----------
    units : iterable of sequences of str
        The labels of each unit, of whoever has labelled it; units with one or none do not count.

    Returns
    -------
    float or None
        None where the units that count have but one and the same label.

    Examples
    --------
    >>> nominal_alpha([["支持", "支持"], ["反对", "反对"], ["反对", "支持"], ["支持"]])
    0.4444
    """
    pairable = [Counter(labels) for labels in units if len(labels) > 1]
    totals: Counter[str] = Counter()
    differing = 0.0
    for counts in pairable:
        totals += counts
        # Ordered pairs of two people, of the label of one and that of the other.
        pairs = counts.total() ** 2 - sum(count**2 for count in counts.values())
        differing += pairs / (counts.total() - 1)
    by_chance = totals.total() ** 2 - sum(count**2 for count in totals.values())
    if not by_chance:
        return None
    return round(1 - (totals.total() - 1) * differing / by_chance, 4)


def _both(
    first: str, second: str, shared: Iterable[Mapping[str, Stance]]
) -> list[tuple[Stance, Stance]]:
    return [(by[first], by[second]) for by in shared if first in by and second in by]


def _pair(first: str, second: str, shared: Iterable[Mapping[str, Stance]]) -> Pair:
    both = _both(first, second, shared)
    kappa = None
    if len({label for labels in both for label in labels}) > 1:
        kappa = round(float(cohen_kappa_score(*zip(*both, strict=True))), 4)
    same = fmean(one == other for one, other in both) if both else None
    return Pair(first, second, len(both), None if same is None else round(same, 4), kappa)
