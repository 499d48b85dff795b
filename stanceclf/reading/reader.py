"""Reading: what rules and features need to know of sentences, found out once for many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from stanceclf.reading import comparisons, negation
from stanceclf.reading.batch import CHARACTERS, SEPARATOR, Batch, BatchMaker, Codes
from stanceclf.reading.clauses import ABOUT, LEADING_UP, STOPS, About, Clause, Clauses, what_about
from stanceclf.reading.lexicons import Finder, Found, Lexicon, among, spoken
from stanceclf.reading.mentions import RIVAL, TARGET, Mention, Mentions, mention_lexicon
from stanceclf.reading.questions import ASKING
from stanceclf.reading.topic import Topic
from stanceclf.reading.trie import Ints

# After these a sentence says what it means to stress; what it granted before weighs less.
_TURNS = spoken(
    "但 然而 不过 却",
    "不但 非但 但愿 但凡 但丁 不过是 不过如此 不过就 不过也就 退却 忘却 推却 冷却 了却 却步",
)
# These turn it where they open a clause, or go on with the sentence.
_OPENING_TURNS = (
    (spoken("可是"), np.array(sorted(map(ord, ",;。!?" + SEPARATOR)))),
    (spoken("其实 实际上 事实上"), np.array(sorted(map(ord, ",;")))),
)

# What these open is granted, not held.
_CONCEDING = spoken("虽 尽管 固然 诚然 即使 即便 哪怕 曾经 原以为 看起来 看上去 看似")

_LEXICONS = (
    *(_TURNS, _CONCEDING, ASKING, LEADING_UP),
    *(lexicon for lexicon, _ in _OPENING_TURNS),
    *comparisons.LEXICONS,
    *negation.LEXICONS,
)

_STOP, _DIGIT, _SPACE = 1, 2, 4


class Readings:
    """Sentences as they are understood.

    Places are offsets into the batch, unless said otherwise.

    Attributes
    ----------
    batch : Batch
        The sentences in normal form.
    found : Found
        What they hold of the lexicons that were looked for.
    spaces : int array
        Where white space stands.
    mentions : Mentions
        Where they name target and rival.
    clauses : Clauses
        Their clauses.
    standard : bool array of shape (n_mentions,)
        Which mentions are what something is compared with.
    about : int array of shape (n_clauses,)
        What each clause is about, by the bits of `TARGET` and `RIVAL`.
    mentioned : int array of shape (n_sentences,)
        What each sentence mentions, by the same.
    asks : bool array of shape (n_sentences,)
        Which are genuine questions.
    turn : int array of shape (n_sentences,)
        Where the last 但, 然而 or the like stands in each; 0 without one.
    concedes : bool array of shape (n_sentences,)
        Where what comes before the turn is granted only: 虽然便宜,但….
    negators : Reach
        What negates the words after it.
    negated : bool array of shape (n,)
        Where a word that begins there would be negated.
    """

    def __init__(
        self, batch: Batch, found: Found, kinds: npt.NDArray[np.uint8], topic: Topic
    ) -> None:
        self.batch = batch
        self.found = found
        self.spaces = np.flatnonzero(kinds & _SPACE)
        self.mentions = Mentions(found.spans(0), topic)
        stop = (kinds & _STOP).astype(bool)
        if self.mentions.starts.size:
            stop[self.mentions.places()] = False
        self.clauses = Clauses(batch, stop)
        digits = np.flatnonzero(kinds & _DIGIT)
        self.standard = comparisons.standards(found, self.mentions, self.clauses.stops, digits)
        self.about = what_about(self.clauses, batch, self.mentions, self.standard, found)
        self.mentioned = np.zeros(len(batch), np.intp)
        for side in (TARGET, RIVAL):
            named = self.mentions.starts[self.mentions.sides == side]
            self.mentioned[self._sentences(named)] |= side
        self.asks = np.zeros(len(batch), bool)
        self.asks[self._sentences(found[ASKING].starts)] = True
        self.asks[self._sentences(negation.rhetorical(found, self.clauses)[0])] = False
        self.turn = self._turns()
        self.concedes = np.zeros(len(batch), bool)
        grants = found[_CONCEDING]
        number = self._sentences(grants.starts)
        self.concedes[number[grants.ends <= self.turn[number]]] = True
        self.negators = negation.negators(found, self.clauses, self.mentions)
        self.negated = self.negators.count(len(batch.codes)) % 2 == 1

    def __len__(self) -> int:
        """Return how many sentences there are."""
        return len(self.batch)

    def _sentences(self, places: Ints) -> Ints:
        return self.batch.sentence.take(places)

    def _turns(self) -> Ints:
        places = [self.found[_TURNS].starts]
        for lexicon, marks in _OPENING_TURNS:
            opening = self.found[lexicon].starts
            places.append(opening[among(self.batch.codes[opening - 1].astype(np.intp), marks)])
        at = np.sort(np.concatenate(places))
        turn = np.zeros(len(self.batch), np.intp)
        # Of several in a sentence, the last one is what stays.
        turn[self._sentences(at)] = at
        turn[turn == self.batch.starts] = 0
        return turn

    @cached_property
    def removers(self) -> negation.Reach:
        """What does away with what comes after it: 避免风险."""
        return negation.removers(self.found, self.clauses, self.mentions)

    @cached_property
    def removed(self) -> npt.NDArray[np.bool_]:
        """Where a word that begins there would be done away with."""
        return self.removers.count(len(self.batch.codes)) > 0

    @cached_property
    def marked(self) -> Codes:
        """The code points with a mark for each character of a mention."""
        return self.mentions.mark(self.batch.codes)

    @cached_property
    def words(self) -> Words:
        """What was found of the lexicons that the reader was asked for."""
        number = self.found.lexicon - (1 + len(_LEXICONS))
        own = number >= 0
        spans = self.found.all.where(own)
        return Words(number[own], spans.starts, spans.ends)

    def one(self, number: int) -> Reading:
        """Return what there is to know of one sentence."""
        start, end = int(self.batch.starts[number]), int(self.batch.ends[number])
        own = [i for i, at in enumerate(self.mentions.starts) if start <= at < end]
        span = range(int(self.clauses.first[number]), int(self.clauses.last[number]) + 1)
        bounds = [(i, int(self.clauses.starts[i]), int(self.clauses.stops[i])) for i in span]
        return Reading(
            text=self.batch.text(number),
            marked=self.batch.text(number, self.marked),
            mentions=[
                Mention(
                    int(self.mentions.starts[i]) - start,
                    int(self.mentions.ends[i]) - start,
                    "target" if self.mentions.sides[i] == TARGET else "rival",
                )
                for i in own
            ],
            standards=[n for n, i in enumerate(own) if self.standard[i]],
            clauses=[
                Clause(max(a, start) - start, b - start, ABOUT[self.about[i]])
                for i, a, b in bounds
                if b > a
            ],
            mentioned=ABOUT[self.mentioned[number]],
            asks=bool(self.asks[number]),
            turn=max(int(self.turn[number]) - start, 0),
            concedes=bool(self.concedes[number]),
            negated=[i for i in range(end - start) if self.negated[start + i]],
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Words of lexicons in a batch.

    Attributes
    ----------
    numbers : int array
        The lexicon of each.
    starts, ends : int arrays of the same length
        Where each begins and ends.
    """

    numbers: Ints
    starts: Ints
    ends: Ints


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as it is understood.

    Attributes
    ----------
    text : str
        The sentence in normal form, as long as it was given.
    marked : str
        The same with a mark for each character of a mention.
    mentions : list of Mention
        Where it names target and rival.
    standards : list of int
        Which of the mentions are what something is compared with.
    clauses : list of Clause
        Its clauses and what each is about.
    mentioned : str
        What it mentions: ``target``, ``rival``, ``both`` or ``neither``.
    asks : bool
        Whether it is a genuine question.
    turn : int
        The offset of the last 但, 然而 or the like; 0 without one.
    concedes : bool
        Whether what it says before the turn is granted only.
    negated : list of int
        The offsets at which a word would be negated.
    """

    text: str
    marked: str
    mentions: list[Mention]
    standards: list[int]
    clauses: list[Clause]
    mentioned: About
    asks: bool
    turn: int
    concedes: bool
    negated: list[int]


class Reader:
    """Read sentences on a topic.

    Parameters
    ----------
    topic : Topic
        Whose words count as mentions.
    normalize : callable
        Brings words and sentences to normal form, character by character.
    lexicons : sequence of Lexicon, optional
        What else to look for, in the same pass.
    presence : sequence of collection of str, optional
        Sets of words of which to find out whether a sentence holds any.

    Examples
    --------
    >>> read = Reader(Topic("开源大模型", target=("开源",), rival=("闭源",)), str.lower)
    >>> reading = read("开源便宜,但闭源更强。")
    >>> [clause.about for clause in reading.clauses], reading.turn
    (['target', 'rival'], 5)
    """

    def __init__(
        self,
        topic: Topic,
        normalize: Callable[[str], str],
        lexicons: Sequence[Lexicon] = (),
        presence: Sequence[Collection[str]] = (),
    ) -> None:
        self.topic = topic
        self.normalize = normalize
        self._made_from = (topic, normalize, lexicons, presence)
        self.batches = BatchMaker(normalize)
        self._find = Finder([mention_lexicon(topic), *_LEXICONS, *lexicons], presence, normalize)
        self._kinds = np.zeros(0x110000, np.uint8)
        self._kinds[[ord(mark) for mark in STOPS + SEPARATOR]] = _STOP
        self._kinds[ord("0") : ord("9") + 1] = _DIGIT
        self._kinds[[code for code in range(0x3001) if chr(code).isspace()]] |= _SPACE

    def __reduce__(self) -> tuple[type[Reader], tuple[object, ...]]:
        """Pickle what the reader was made from: a copy looks for lexicons of its own."""
        return Reader, self._made_from

    def read(self, texts: Sequence[str], characters: int = CHARACTERS) -> Iterator[Readings]:
        """Yield what there is to know of sentences, about so many characters at a time."""
        for batch in self.batches(texts, characters):
            yield Readings(batch, self._find(batch), self._kinds.take(batch.codes), self.topic)

    def __call__(self, sentence: str) -> Reading:
        """Return what there is to know of one sentence."""
        (readings,) = self.read([sentence])
        return readings.one(0)
