"""Suggestions: words and phrases worth a rule, found in sentences that nobody has labelled.

A model learns from the sentences that the rules reach and predicts those that they do not. Phrases
are ranked by how strongly they are tied to a stance: by the z-score of their log-odds ratio with an
informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Fightin' Words). A phrase counts for a
stance if it is said of the target, and for the opposite stance if it is said of the rival.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Sentence
from stanceclf.authoring.log_odds import z_scores
from stanceclf.authoring.phrases import phrases
from stanceclf.authoring.suggestion_model import model_probabilities
from stanceclf.errors import StanceclfError
from stanceclf.gold import Corpus
from stanceclf.labels import ABSTAIN, STANCES, Stance
from stanceclf.reading import TARGET
from stanceclf.rules import LabelModel, LabelModelName, Rule, Voter, WeakLabels
from stanceclf.training import TrainConfig

_Floats = npt.NDArray[np.float64]

# A suggestion must vote on at least one sentence in a thousand, within these bounds.
_LEAST_VOTES, _MOST_LEAST_VOTES = 2, 10
#: The share of its votes that must agree with the stances assumed of the sentences.
LEAST_AGREEMENT = 0.7
#: A suggested rule speaks where others are silent, and outvotes none of them.
WEIGHT = 0.5
# How many example sentences each suggestion has.
_EXAMPLES = 3
# How many of the best phrases are tried as rules, to see what they would really vote on.
_TRIED = 400

_FAVOR, _AGAINST = STANCES.index("favor"), STANCES.index("against")
_SIDES: tuple[Stance, ...] = ("favor", "against")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that may be worth adding.

    Attributes
    ----------
    rule : Rule
        The rule, with examples that it votes on.
    z : float
        How strongly its phrase is tied to its stance: the z-score of the log-odds ratio.
    votes : int
        Number of sentences that it would vote on.
    new : int
        Number of those on which no rule votes yet.
    agrees : float
        Share of its votes that agree with the gold label, else with the weak label, else with the
        model.
    correct, incorrect : int
        Its right and wrong votes on gold sentences.
    spans : list of (int, int)
        Where the phrase is in each of the examples, as offsets into the normalized text.
    examples : list of Sentence
        Sentences on which it votes its label, those without a correct label first.
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
class _Assumed:
    """The stances assumed of the sentences: by gold, else by the rules, else by the model.

    Attributes
    ----------
    stances : float array of shape (n_sentences, 3)
        The probability of each of `STANCES`.
    open : bool array of shape (n_sentences,)
        Where the rules give no label, or a wrong one by gold.
    unreached : bool array of shape (n_sentences,)
        Where no rule votes.
    """

    stances: _Floats
    open: npt.NDArray[np.bool_]
    unreached: npt.NDArray[np.bool_]


def suggest_rules(
    voter: Voter,
    corpus: Corpus,
    config: TrainConfig,
    label_model: LabelModelName = "weighted",
    most: int = 20,
) -> list[Suggestion]:
    """Return up to `most` rules that are worth adding to those of `voter`, best first.

    A model is trained with `config` for it, always without the sentences that no rule reaches.

    Raises
    ------
    StanceclfError
        The settings cannot be trained, a stance has no weak label, or no clause is about the target
        or its rival.
    """
    known_votes = voter.vote_matrix(corpus.texts)
    weak = LabelModel(label_model, voter.weights).fit(known_votes)(known_votes)
    assumed = _assume(corpus, weak, model_probabilities(voter, corpus, weak, config, label_model))
    ranked = _ranked(voter, corpus.texts, assumed)
    tried = [one for one in ranked if not _is_known(one[1], one[2], voter)][:_TRIED]
    rules = [_rule(phrase, stance) for _, phrase, stance in tried]
    votes = Voter(voter.topic, rules, voter.reader.normalize).vote_matrix(corpus.texts)
    gold = corpus.gold_labels()
    found: list[Suggestion] = []
    reached: list[frozenset[int]] = []
    for column, (z, phrase, _) in enumerate(tried):
        rows = np.flatnonzero(votes[:, column] != ABSTAIN)
        gained = frozenset(rows[assumed.open[rows]].tolist())
        repeats = any(phrase in one.rule.any[0] or one.rule.any[0] in phrase for one in found)
        # What reaches mostly the same sentences as a better one would say the same twice.
        if repeats or not gained or any(2 * len(gained & other) > len(gained) for other in reached):
            continue
        one = _suggestion(rules[column], z, votes[:, column], assumed, corpus, gold, voter)
        if one is not None:
            found.append(one)
            reached.append(gained)
        if len(found) == most:
            break
    return _with_free_names(found, voter.names)


def _assume(corpus: Corpus, weak: WeakLabels, predicted: _Floats) -> _Assumed:
    labels = [*zip(corpus.gold_labels(), weak.stances(), strict=True)]
    stances = predicted.copy()
    for row, (gold, own) in enumerate(labels):
        if (known := gold or own) is not None:
            stances[row] = np.eye(len(STANCES))[STANCES.index(known)]
    wrong = np.array([own is None or (gold is not None and gold != own) for gold, own in labels])
    unreached = np.asarray(np.isnan(weak.probability).any(axis=1))
    return _Assumed(stances, wrong, unreached)


def _ranked(
    voter: Voter, texts: Sequence[str], assumed: _Assumed
) -> list[tuple[float, str, Stance]]:
    """Return z-scores, phrases and the stances that they are tied to, highest first."""
    total: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    inside: dict[Stance, defaultdict[str, float]] = {
        stance: defaultdict(float) for stance in _SIDES
    }
    row = 0
    for readings in voter.reader.read(list(texts)):
        for found in phrases(readings):
            favor, against = assumed.stances[row, [_FAVOR, _AGAINST]].tolist()
            for phrase, about in sorted(found):
                total[phrase] += 1
                opened[phrase] += bool(assumed.open[row])
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
    return min(max(_LEAST_VOTES, sentences // 1000), _MOST_LEAST_VOTES)


def _is_known(phrase: str, stance: Stance, voter: Voter) -> bool:
    """Return whether a rule for the stance already looks for the phrase or a part of it."""
    normalize = voter.reader.normalize
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
    assumed: _Assumed,
    corpus: Corpus,
    gold: Sequence[Stance | None],
    voter: Voter,
) -> Suggestion | None:
    """Return a suggestion, or None if the rule votes too rarely or on the wrong sentences."""
    rows = np.flatnonzero(votes != ABSTAIN)
    # The most probable stance, not the probability: that depends on how much the model has read.
    agrees = float((assumed.stances[rows].argmax(axis=1) == votes[rows]).mean())
    own = [row for row in rows.tolist() if STANCES[votes[row]] == rule.label]
    if len(rows) < _least(len(gold)) or agrees < LEAST_AGREEMENT or not own:
        return None
    label = STANCES.index(rule.label)
    own.sort(
        key=lambda row: (not assumed.open[row], -round(float(assumed.stances[row, label]), 6), row)
    )
    examples = _examples(rule, (corpus.sentences[row] for row in own), voter)
    if not examples:
        return None
    judged = [gold[row] == STANCES[votes[row]] for row in rows.tolist() if gold[row]]
    (phrase,) = rule.any
    starts = [voter.reader.normalize(one.text).index(phrase) for one in examples]
    return Suggestion(
        rule=replace(rule, matches=tuple(map(_in_one_line, examples))),
        z=z,
        votes=len(rows),
        new=int(assumed.unreached[rows].sum()),
        agrees=round(agrees, 4),
        correct=sum(judged),
        incorrect=len(judged) - sum(judged),
        spans=[(start, start + len(phrase)) for start in starts],
        examples=examples,
    )


def _examples(rule: Rule, sentences: Iterable[Sentence], voter: Voter) -> list[Sentence]:
    """Return the first few sentences that the rule still votes on once they are in one line."""
    own = Voter(voter.topic, [rule], voter.reader.normalize)
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        text = _in_one_line(sentence)
        if text not in found and own.votes(text) == {rule.name: rule.label}:
            found[text] = sentence
        if len(found) == _EXAMPLES:
            break
    return list(found.values())


def _in_one_line(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


def _with_free_names(found: Sequence[Suggestion], known: Sequence[str]) -> list[Suggestion]:
    """Give a number to each name that is already taken."""
    taken = set(known)
    named = []
    for one in found:
        name, number = one.rule.name, 2
        while name in taken:
            name, number = f"{one.rule.name}-{number}", number + 1
        taken.add(name)
        named.append(replace(one, rule=replace(one.rule, name=name)))
    return named
