"""Agreement between annotators who labelled the same sentences.

Cohen's kappa (J. Cohen, A coefficient of agreement for nominal scales, 1960) compares two
annotators; Krippendorff's alpha (K. Krippendorff, Computing Krippendorff's alpha-reliability, 2011)
any number, each of whom may have left sentences out. Both are 1 for full agreement and 0 for what
chance yields.
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
from stanceclf.gold.placed_rows import Place
from stanceclf.labels import READING_ORDER, Stance


@dataclass(frozen=True, slots=True)
class Pair:
    """The agreement of two annotators on the sentences that both labelled."""

    first: str
    second: str
    shared: int
    agreement: float | None  # the share with the same label; None if there are none
    kappa: float | None  # Cohen's; None if only one label occurs


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sentence that annotators label differently."""

    article: str
    start: int
    end: int
    text: str
    labels: Mapping[str, Stance]  # by annotator, without those who left it out


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two or more annotators on the sentences that at least two labelled."""

    sentences: int
    agreement: float  # the mean over the pairs that share a sentence
    alpha: float | None  # Krippendorff's, for nominal data; None if only one label occurs
    pairs: list[Pair]  # every two annotators
    confusion: Mapping[Stance, Mapping[Stance, int]]  # the first annotator against the second
    disagreements: list[Disagreement]  # sorted by place


def measure_agreement(files: Mapping[str, Sequence[GoldSentence]]) -> Agreement:
    """Return the agreement of annotators, given the labels of each.

    Raises
    ------
    StanceclfError
        There are fewer than two annotators, no two labelled the same sentence, or they read
        different texts at one place.

    Examples
    --------
    >>> one = GoldSentence("一.txt", 0, 3, "很好。", "favor")
    >>> other = GoldSentence("一.txt", 0, 3, "很好。", "none")
    >>> measure_agreement({"甲": [one], "乙": [other]}).disagreements[0].labels
    {'甲': 'favor', '乙': 'none'}
    """
    if len(files) < 2:
        raise StanceclfError("agreement needs two annotators; give the gold file of each")
    labels: dict[Place, dict[str, Stance]] = {}
    texts: dict[Place, str] = {}
    for annotator, sentences in files.items():
        for one in sentences:
            if texts.setdefault(one.place, one.text) != one.text:
                raise StanceclfError(
                    f"another annotator read a different text at {one.article}:{one.start}-"
                    f"{one.end}; compare labels of the same articles",
                    path=annotator,
                )
            labels.setdefault(one.place, {})[annotator] = one.label
    shared = {place: labels[place] for place in sorted(labels) if len(labels[place]) > 1}
    if not shared:
        raise StanceclfError(
            f"no sentence is labelled in two of these files: {', '.join(files)}; "
            "have two people label the same sentences"
        )
    both = {
        (first, second): [
            (by[first], by[second]) for by in shared.values() if {first, second} <= {*by}
        ]
        for first, second in combinations(files, 2)
    }
    pairs = [_pair(*names, own) for names, own in both.items()]
    counts = Counter(next(iter(both.values())))
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


def _pair(first: str, second: str, both: list[tuple[Stance, Stance]]) -> Pair:
    if not both:
        return Pair(first, second, 0, None, None)
    agreement = round(fmean(one == other for one, other in both), 4)
    return Pair(first, second, len(both), agreement, cohens_kappa(*zip(*both, strict=True)))


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return Cohen's kappa, rounded to four places; None unless at least two labels occur.

    Examples
    --------
    >>> cohens_kappa(["支持", "反对", "支持"], ["支持", "反对", "反对"])
    0.4
    """
    if len({*first, *second}) < 2:
        return None
    return round(float(cohen_kappa_score(first, second)), 4)


def nominal_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Return Krippendorff's alpha for nominal labels, rounded to four places.

    It is None if only one label occurs. Units with fewer than two labels are ignored.

    Examples
    --------
    >>> nominal_alpha([["支持", "支持"], ["反对", "反对"], ["反对", "支持"], ["支持"]])
    0.4444
    """
    totals: Counter[str] = Counter()
    differing = 0.0
    for labels in units:
        if len(labels) > 1:
            counts = Counter(labels)
            totals += counts
            # Ordered pairs of two annotators with different labels.
            pairs = counts.total() ** 2 - sum(count**2 for count in counts.values())
            differing += pairs / (counts.total() - 1)
    by_chance = totals.total() ** 2 - sum(count**2 for count in totals.values())
    if not by_chance:
        return None
    return round(1 - (totals.total() - 1) * differing / by_chance, 4)
