"""Reading: what rules and features need to know of a sentence, found out once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stanceclf.clauses import Clause, cut_clauses
from stanceclf.mentions import Mention, MentionFinder, mark, readable
from stanceclf.questions import asks
from stanceclf.topic import Topic

# After these a sentence says what it means to stress; what it granted before weighs less.
_TURN = re.compile(
    "(?<![不非])但(?!愿|凡|丁)|然而|不过(?!是|如此|就|也就)|(?:^|(?<=[,;。!?]))可是|(?<=[,;])(?:其实|实际上|事实上)|(?<![退忘推冷了])却(?!步)"
)


# What these open is granted, not held.
_CONCEDES = re.compile("虽|尽管|固然|诚然|即使|即便|哪怕|曾经|原以为|看起来|看上去|看似")


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
    clauses : list of Clause
        Its clauses and what each is about.
    asks : bool
        Whether it is a genuine question.
    turn : int
        The offset of the last 但, 然而 or the like; 0 without one.
    """

    text: str
    marked: str
    mentions: list[Mention]
    clauses: list[Clause]
    asks: bool
    turn: int

    @property
    def concedes(self) -> bool:
        """Whether what it says before the turn is granted only: 虽然便宜,但…."""
        return self.turn > 0 and _CONCEDES.search(self.text, 0, self.turn) is not None

    @property
    def mentioned(self) -> str:
        """What the sentence mentions: ``target``, ``rival``, ``both`` or ``neither``."""
        kinds = {mention.kind for mention in self.mentions}
        return "both" if len(kinds) == 2 else next(iter(kinds), "neither")


class Reader:
    """Read sentences on a topic.

    Parameters
    ----------
    topic : Topic
        Whose words count as mentions.
    normalize : callable
        Brings words and sentences to normal form, character by character.

    Examples
    --------
    >>> read = Reader(Topic("开源大模型", target=("开源",), rival=("闭源",)), str.lower)
    >>> reading = read("开源便宜,但闭源更强。")
    >>> [clause.about for clause in reading.clauses], reading.turn
    (['target', 'rival'], 5)
    """

    def __init__(self, topic: Topic, normalize: Callable[[str], str]) -> None:
        self.topic = topic
        self.normalize = normalize
        self._find = MentionFinder(topic, normalize)

    def __call__(self, sentence: str) -> Reading:
        """Return what there is to know of a sentence."""
        text = readable(self.normalize(sentence))
        mentions = self._find(text)
        marked = mark(text, mentions)
        turn = max((match.start() for match in _TURN.finditer(text)), default=0)
        return Reading(text, marked, mentions, cut_clauses(marked, mentions), asks(text), turn)
