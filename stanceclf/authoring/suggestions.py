"""Suggestions: words and phrases worth a rule, from sentences that nobody has labelled.

A model learns from the sentences that rules reach and calls those that none reaches, which it has
not seen. Phrases are ranked by how far they set a stance apart: the z-score of their log-odds ratio
with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Fightin' Words), said of the
target for the stance, or of its rival for the opposite one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Sentence
from stanceclf.authoring.log_odds import z_scores
from stanceclf.authoring.phrases import phrases
from stanceclf.errors import StanceclfError
from stanceclf.gold import Corpus
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import TARGET
from stanceclf.rules import Rule, Voter, WeakLabels

_Floats = npt.NDArray[np.float64]

#: A suggestion must vote on so many sentences at least, of a large corpus on one in a thousand, up
#: to so many; and so many of its votes must agree with what the sentences are taken for.
LEAST_VOTES, MOST_LEAST_VOTES, LEAST_AGREEMENT = 2, 10, 0.7
#: A suggested rule speaks where others are silent and outvotes none of them.
WEIGHT = 0.5
#: How many sentences are shown for each.
EXAMPLES = 3
# Examples of more characters come last.
_LONG = 80
# So many of the best are tried as rules, which says what they would really vote on.
_TRIED = 400

_FAVOR, _AGAINST = STANCES.index("favor"), STANCES.index("against")
_OPPOSITE: Mapping[Stance, Stance] = {"favor": "against", "against": "favor"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that may be worth having.

    Attributes
    ----------
    rule : Rule
        The rule, with examples that it votes on.
    z : float
        How far its phrase sets its stance apart: the z-score of the log-odds ratio.
    votes : int
        On how many sentences it would vote.
    new : int
        On how many of these no rule votes yet.
    agrees : float
        The share of its votes that agree with what the sentences are taken for: their gold label,
        else their weak label, else what the model calls them.
    correct, incorrect : int
        Its votes on gold sentences, right and wrong.
    spans : list of (int, int)
        Where the words stand in each of the examples, as offsets into its text.
    examples : list of Sentence
        Sentences that it votes its label on, those first that no rule reaches, long ones last.
    """

    rule: Rule
    z: float
    votes: int
    new: int
    agrees: float
    correct: int
    incorrect: int
    spans: list[tuple[int, int]]
    examples: list[Sentence]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the sentences are taken for.

    Attributes
    ----------
    stances : float array of shape (n_sentences, 3)
        How probable each of `STANCES` is of each sentence.
    open : bool array of shape (n_sentences,)
        Where rules say nothing, or what gold says is wrong.
    unreached : bool array of the same shape
        Where no rule votes.
    """

    stances: _Floats
    open: npt.NDArray[np.bool_]
    unreached: npt.NDArray[np.bool_]


def suggest(
    voter: Voter,
    corpus: Corpus,
    weak: WeakLabels,
    called: _Floats,
    most: int = 20,
) -> list[Suggestion]:
    """Return the rules most worth having, the best first.

    Parameters
    ----------
    voter : Voter
        The rules that there are.
    corpus : Corpus
        Sentences, with gold labels where there are some.
    weak : WeakLabels
        The weak labels of the sentences.
    called : float array of shape (n_sentences, 3)
        How probable a model finds each of `STANCES`; it should have learnt from none of the
        sentences without a weak label.
    most : int, default 20
        How many to return at most.

    Raises
    ------
    StanceclfError
        No clause is about the target or its rival.
    """
    taken = _taken(corpus, weak, called)
    ranked = _ranked(voter, corpus.texts, taken)
    tried = [one for one in ranked if not _is_known(one[1], one[2], voter)][:_TRIED]
    rules = [_rule(phrase, stance) for _, phrase, stance in tried]
    votes = Voter(voter.topic, rules, voter.read.normalize).vote_matrix(corpus.texts)
    gold = corpus.gold_labels()
    found: list[Suggestion] = []
    reached: list[frozenset[int]] = []
    for column, (z, phrase, _) in enumerate(tried):
        rows = np.flatnonzero(votes[:, column] != ABSTAIN)
        gained = frozenset(rows[taken.open[rows]].tolist())
        told = any(phrase in one.rule.any[0] or one.rule.any[0] in phrase for one in found)
        # What mostly reaches the same sentences as a better one would say the same twice.
        if told or not gained or any(2 * len(gained & other) > len(gained) for other in reached):
            continue
        one = _suggestion(rules[column], z, votes[:, column], taken, corpus, gold, voter)
        if one is not None:
            found.append(one)
            reached.append(gained)
        if len(found) == most:
            break
    return _named(found, voter.names)


def _taken(corpus: Corpus, weak: WeakLabels, called: _Floats) -> _Taken:
    """Return what the sentences are taken for: by gold, else by the rules, else by the model."""
    labels = [*zip(corpus.gold_labels(), weak.stances(), strict=True)]
    stances = called.copy()
    for row, (gold, own) in enumerate(labels):
        if (known := gold or own) is not None:
            stances[row] = np.eye(len(STANCES))[STANCES.index(known)]
    wrong = np.array([own is None or (gold is not None and gold != own) for gold, own in labels])
    unreached = np.asarray(np.isnan(weak.probability).any(axis=1))
    return _Taken(stances, wrong, unreached)


def _ranked(voter: Voter, texts: Sequence[str], taken: _Taken) -> list[tuple[float, str, Stance]]:
    """Return phrases with the stance that they set apart and their z-score, the highest first."""
    total: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    inside: dict[Stance, defaultdict[str, float]] = {
        stance: defaultdict(float) for stance in _OPPOSITE
    }
    row = 0
    for readings in voter.read.read(list(texts)):
        for found in phrases(readings):
            favor, against = taken.stances[row, [_FAVOR, _AGAINST]].tolist()
            for phrase, about in sorted(found):
                total[phrase] += 1
                opened[phrase] += bool(taken.open[row])
                # Said of the rival, it speaks for the opposite.
                pair = (favor, against) if about == TARGET else (against, favor)
                inside["favor"][phrase] += pair[0]
                inside["against"][phrase] += pair[1]
            row += 1
    if not total:
        raise StanceclfError(
            f"no clause is about `{voter.topic.name}`; add the words that mention it to topic.yaml"
        )
    names = sorted(total)
    counts = np.array([total[name] for name in names], float)
    ranked: list[tuple[float, str, Stance]] = []
    for stance, own in inside.items():
        scores = z_scores(np.array([own[name] for name in names]), counts).round(6).tolist()
        ranked += [
            (z, name, stance)
            for z, name in zip(scores, names, strict=True)
            if z > 0 and opened[name] and total[name] >= _least(len(texts))
        ]
    return sorted(ranked, key=lambda one: (-one[0], one[1], one[2]))


def _least(sentences: int) -> int:
    return min(max(LEAST_VOTES, sentences // 1000), MOST_LEAST_VOTES)


def _is_known(phrase: str, stance: Stance, voter: Voter) -> bool:
    """Tell whether a rule for the stance has the phrase, or a word that is part of it."""
    normalize = voter.read.normalize
    return any(
        normalize(word) in phrase
        for rule in voter.rules
        if rule.label == stance
        for word in rule.any
    )


def _rule(phrase: str, stance: Stance) -> Rule:
    return Rule(
        name=phrase,
        label=stance,
        any=(phrase,),
        near="target",
        mirrored=True,
        negated="flip",
        weight=WEIGHT,
    )


def _suggestion(
    rule: Rule,
    z: float,
    votes: npt.NDArray[np.int8],
    taken: _Taken,
    corpus: Corpus,
    gold: Sequence[Stance | None],
    voter: Voter,
) -> Suggestion | None:
    """Return a suggestion, or None if it votes too seldom or on the wrong sentences."""
    rows = np.flatnonzero(votes != ABSTAIN)
    # What the model calls a sentence, not how sure it is: that says more of how much it has read.
    agrees = float((taken.stances[rows].argmax(axis=1) == votes[rows]).mean())
    own = [row for row in rows.tolist() if STANCES[votes[row]] == rule.label]
    if len(rows) < _least(len(gold)) or agrees < LEAST_AGREEMENT or not own:
        return None
    label = STANCES.index(rule.label)
    own.sort(
        key=lambda row: (not taken.open[row], -round(float(taken.stances[row, label]), 6), row)
    )
    examples = _examples(rule, (corpus.sentences[row] for row in own), voter)
    if not examples:
        return None
    judged = [gold[row] == STANCES[votes[row]] for row in rows.tolist() if gold[row]]
    matches = tuple(map(_in_one_line, examples))
    return Suggestion(
        rule=replace(rule, matches=matches),
        z=z,
        votes=len(rows),
        new=int(taken.unreached[rows].sum()),
        agrees=round(agrees, 4),
        correct=sum(judged),
        incorrect=len(judged) - sum(judged),
        spans=[_span(voter.read.normalize(one.text), rule.any[0]) for one in examples],
        examples=examples,
    )


def _examples(rule: Rule, sentences: Iterable[Sentence], voter: Voter) -> list[Sentence]:
    """Return the first few sentences that are examples in one line as well, each text once."""
    own = Voter(voter.topic, [rule], voter.read.normalize)
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        text = _in_one_line(sentence)
        if text not in found and own.votes(text) == {rule.name: rule.label}:
            found[text] = sentence
        if len(found) == EXAMPLES:
            break
    return list(found.values())


def _span(text: str, phrase: str) -> tuple[int, int]:
    start = text.index(phrase)
    return start, start + len(phrase)


def _in_one_line(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


def _named(found: Sequence[Suggestion], known: Sequence[str]) -> list[Suggestion]:
    """Return suggestions whose rules' names are not taken."""
    taken = set(known)
    named = []
    for one in found:
        name, number = one.rule.name, 2
        while name in taken:
            name, number = f"{one.rule.name}-{number}", number + 1
        taken.add(name)
        named.append(replace(one, rule=replace(one.rule, name=name)))
    return named
