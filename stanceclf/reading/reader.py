"""Reading: what rules and features need to know of sentences, found out once for many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from stanceclf.reading import comparisons, negation, questions
from stanceclf.reading.arrays import Codes, Flags, Ints, among
from stanceclf.reading.batch import CHARACTERS, SEPARATOR, Batch, BatchMaker
from stanceclf.reading.clauses import ABOUT, LEADING_UP, STOPS, About, Clause, Clauses, what_about
from stanceclf.reading.lexicons import Finder, Found, Lexicon, Spans
from stanceclf.reading.mentions import TARGET, Mention, Mentions, find_mentions, mention_lexicon
from stanceclf.reading.topic import Topic

# After these a sentence says what it stresses; what it granted before weighs less.
_TURNS = Lexicon.of(
    "但 然而 不过 却",
    "不但 非但 但愿 但凡 但丁 不过是 不过如此 不过就 不过也就 永不过 不过时 不过分 不过关 不过瘾 "
    "打不过 比不过 敌不过 撑不过 熬不过 活不过 退却 忘却 推却 冷却 了却 却步",
)
# 可 in another sense.
_NOT_BUT = (
    "可以 可能 可靠 可信 可爱 可控 可用 可惜 可谓 可见 可观 可达 可行 可供 可怕 可笑 可恶 可悲 "
    "可怜 可贵 可喜 可在 可根据 可通过 可将 可直接 可让 可为 可使 可免费 可自由 可商用 可被 可由 "
    "可对 可用于 可按 可从 可把 可选 可持续 可扩展 可编程 可定制 可复现 可复制 可追溯 可验证 "
    "可解释 可读 可查 可逆 可实现 可满足 可支持 可降低 可节省"
)
# These turn it where they open a clause or continue the sentence.
_OPENING_TURNS = (
    (Lexicon.of("可是 可", _NOT_BUT), np.array(sorted(map(ord, ",;。!?" + SEPARATOR)))),
    (Lexicon.of("其实 实际上 事实上"), np.array(sorted(map(ord, ",;")))),
)

# What these open is granted, not claimed.
_CONCEDING = Lexicon.of(
    "虽 尽管 固然 诚然 即使 即便 哪怕 曾经 原以为 看起来 看上去 看似 好是好 贵是贵 快是快 慢是慢 "
    "强是强 便宜是便宜 好用是好用 慢归慢 快归快 贵归贵 好归好 骂归骂"
)

_LEXICONS = (
    *(_TURNS, _CONCEDING, LEADING_UP),
    *(lexicon for lexicon, _ in _OPENING_TURNS),
    *comparisons.LEXICONS,
    *questions.LEXICONS,
    *negation.LEXICONS,
)

_STOP, _DIGIT, _SPACE = 1, 2, 4


class Readings:
    """Sentences as they are understood.

    Places are offsets into the batch, unless stated otherwise.

    Attributes
    ----------
    batch : Batch
        The sentences in normal form.
    found : Found
        The words of lexicons in them.
    mentions : Mentions
        Where they name the target and the rival.
    spaces : int array
        Where white space is.
    clauses : Clauses
        Their clauses.
    standards : bool array of shape (n_mentions,)
        Which mentions are what something is compared with.
    about : int array of shape (n_clauses,)
        What each clause is about, by the bits of `TARGET` and `RIVAL`.
    mentioned : int array of shape (n_sentences,)
        What each sentence mentions, by the same bits.
    asks : bool array of shape (n_sentences,)
        Which are genuine questions.
    turn : int array of shape (n_sentences,)
        Where the last 但, 然而 or the like of each is; 0 if there is none.
    concedes : bool array of shape (n_sentences,)
        Whether what comes before the turn is only granted: 虽然便宜,但….
    negators : Reach
        What negates the words after it.
    negated : bool array of shape (n,)
        Whether a word that begins at a place is negated.
    """

    def __init__(
        self, batch: Batch, found: Found, mentions: Mentions, kinds: npt.NDArray[np.uint8]
    ) -> None:
        self.batch = batch
        self.found = found
        self.mentions = mentions
        self.spaces = np.flatnonzero(kinds & _SPACE)
        digits = np.flatnonzero(kinds & _DIGIT)
        stop = (kinds & _STOP).astype(bool)
        stop[mentions.places()] = False
        self.clauses = Clauses(batch, stop)
        self.standards = comparisons.standards(found, self.clauses, mentions, digits)
        self.about = what_about(found, self.clauses, mentions, self.standards, batch)
        self.mentioned = np.zeros(len(batch), np.intp)
        np.bitwise_or.at(self.mentioned, self._sentences(mentions.starts), mentions.sides)
        self.asks = np.zeros(len(batch), bool)
        self.asks[self._sentences(found[questions.ASKING].starts)] = True
        self.asks[self._sentences(questions.answered(found, self.clauses))] = False
        self.turn = self._turns()
        self.concedes = np.zeros(len(batch), bool)
        grants = found[_CONCEDING]
        sentence = self._sentences(grants.starts)
        self.concedes[sentence[grants.ends <= self.turn[sentence]]] = True
        self.negators = negation.negators(found, self.clauses, mentions)
        self.negated: Flags = self.negators.count(len(batch.codes)) % 2 == 1

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.batch)

    def _sentences(self, places: Ints) -> Ints:
        return self.batch.sentence.take(places)

    def _turns(self) -> Ints:
        places = [self.found[_TURNS].starts]
        for lexicon, marks in _OPENING_TURNS:
            opening = self.found[lexicon].starts
            places.append(opening[among(self.batch.codes[opening - 1].astype(np.intp), marks)])
        at = np.concatenate(places)
        turn = np.zeros(len(self.batch), np.intp)
        np.maximum.at(turn, self._sentences(at), at)
        turn[turn == self.batch.starts] = 0
        return turn

    @cached_property
    def removed(self) -> Flags:
        """Whether a word that begins at a place is done away with."""
        return self.removers.count(len(self.batch.codes)) > 0

    @cached_property
    def removers(self) -> negation.Reach:
        """What does away with what comes after it: 避免风险."""
        return negation.removers(self.found, self.clauses, self.mentions)

    def taking_back(self, ends: Ints) -> Spans:
        """Return what takes back the words that end at some places: 优势不再; else -1 to -1."""
        return negation.taking_back(ends, self.found, self.clauses, self.mentions)

    @cached_property
    def marked(self) -> Codes:
        """The code points with a mark for each character of a mention."""
        return self.mentions.mark(self.batch.codes)

    def words(self) -> tuple[Ints, Spans]:
        """Return the words of the reader's own lexicons: which lexicon each is of, and where."""
        bounds = self.found.bounds[1 + len(_LEXICONS) :]
        numbers = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        every = self.found.all
        return numbers, Spans(every.starts[bounds[0] :], every.ends[bounds[0] :])

    def one(self, number: int) -> Reading:
        """Return one sentence as it is understood."""
        start, end = int(self.batch.starts[number]), int(self.batch.ends[number])
        mentions = [i for i, at in enumerate(self.mentions.starts) if start <= at < end]
        clauses = range(self.clauses.first[number], self.clauses.last[number] + 1)
        return Reading(
            text=self.batch.text(number),
            marked=self.batch.text(number, self.marked),
            mentions=[
                Mention(
                    int(self.mentions.starts[i]) - start,
                    int(self.mentions.ends[i]) - start,
                    "target" if self.mentions.sides[i] == TARGET else "rival",
                )
                for i in mentions
            ],
            standards=[order for order, i in enumerate(mentions) if self.standards[i]],
            clauses=[
                Clause(
                    int(self.clauses.starts[i]) - start,
                    int(self.clauses.stops[i]) - start,
                    ABOUT[self.about[i]],
                )
                for i in clauses
                if self.clauses.stops[i] > self.clauses.starts[i]
            ],
            mentioned=ABOUT[self.mentioned[number]],
            asks=bool(self.asks[number]),
            turn=max(int(self.turn[number]) - start, 0),
            concedes=bool(self.concedes[number]),
            negated=np.flatnonzero(self.negated[start:end]).tolist(),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as it is understood.

    Attributes
    ----------
    text : str
        The sentence in normal form, without invisible characters.
    marked : str
        The same with a mark for each character of a mention.
    mentions : list of Mention
        Where it names the target and the rival.
    standards : list of int
        Which of the mentions are what something is compared with.
    clauses : list of Clause
        Its clauses that are not empty, and what each is about.
    mentioned : str
        What it mentions: ``target``, ``rival``, ``both`` or ``neither``.
    asks : bool
        Whether it is a genuine question.
    turn : int
        The offset of the last 但, 然而 or the like; 0 if there is none.
    concedes : bool
        Whether what it says before the turn is only granted.
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
        Further words to look for in the same pass, for `Readings.words`.
    presence : sequence of collection of str, optional
        Sets of words of which to find only whether a sentence contains any.

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
        self._mentions = mention_lexicon(topic)
        self._find = Finder([self._mentions, *_LEXICONS, *lexicons], presence, normalize)
        self._kinds = np.zeros(0x110000, np.uint8)
        self._kinds[[ord(mark) for mark in STOPS + SEPARATOR]] = _STOP
        self._kinds[ord("0") : ord("9") + 1] = _DIGIT
        self._kinds[[code for code in range(0x3001) if chr(code).isspace()]] |= _SPACE

    def __reduce__(self) -> tuple[type[Reader], tuple[object, ...]]:
        """Pickle what the reader was made from."""
        return Reader, self._made_from

    def read(self, texts: Sequence[str], characters: int = CHARACTERS) -> Iterator[Readings]:
        """Yield sentences as they are understood, about `characters` characters at a time."""
        for batch in self.batches(texts, characters):
            found = self._find(batch)
            mentions = find_mentions(found, self._mentions, self.topic)
            yield Readings(batch, found, mentions, self._kinds.take(batch.codes))

    def __call__(self, sentence: str) -> Reading:
        """Return one sentence as it is understood."""
        (readings,) = self.read([sentence])
        return readings.one(0)
