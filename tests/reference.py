"""What the package's array code does, written the slow and obvious way: one sentence at a time.

Only the lists of words are the package's own. Array code that is hard to read is easy to check
against this.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from stanceclf.features.ngrams import JOINT, NgramAnalyzer
from stanceclf.features.tokens import segmenter
from stanceclf.io.invisible import INVISIBLE
from stanceclf.labels import Stance
from stanceclf.reading import comparisons, negation, questions, reader as reading
from stanceclf.reading.clauses import LEADING_UP, MOST_QUOTES, STOPS, About, Frame
from stanceclf.reading.lexicons import Lexicon
from stanceclf.reading.mentions import MARKS, mention_lexicon
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.rules.patterns import Pattern

Span = tuple[int, int]
Mention = tuple[int, int, About]
Clause = tuple[int, int, About]

_OTHER: dict[About, About] = {"target": "rival", "rival": "target", "both": "both"}
_OPPOSITE: dict[Stance, Stance] = {"favor": "against", "against": "favor", "none": "none"}
_QUOTES = " \t\"'“”‘’「」『』《》〈〉【】()[]<>*#·•-~"


def latin(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalpha()


def cuts_latin(text: str, start: int, end: int) -> bool:
    return (latin(text, start - 1) and latin(text, start)) or (
        latin(text, end - 1) and latin(text, end)
    )


@cache
def spelled(
    lexicon: Lexicon, normalize: Callable[[str], str]
) -> dict[str, list[tuple[str, int, int | None]]]:
    """Return each word with what must follow it, its length and its number, None for an idiom.

    By first characters; the longest first, an idiom before a word as long.
    """
    entries: list[tuple[str, int, int | None]] = []
    for counts, words in ((False, lexicon.idioms), (True, lexicon.words)):
        for number, word in enumerate(words):
            own, _, behind = word.partition(lexicon.bar) if lexicon.bar else (word, "", "")
            full = normalize(own) + normalize(behind)
            entries.append((full, len(normalize(own)), number if counts else None))
    by_first: dict[str, list[tuple[str, int, int | None]]] = {}
    for entry in sorted(entries, key=lambda entry: -len(entry[0])):
        by_first.setdefault(entry[0][0], []).append(entry)
    return by_first


def find(
    text: str, lexicon: Lexicon, normalize: Callable[[str], str]
) -> list[tuple[int, int, int]]:
    """Return where words count, and which: the leftmost and longest, an idiom before a word."""
    entries = spelled(lexicon, normalize)
    found, at = [], 0
    while at < len(text):
        for full, length, number in entries.get(text[at], ()):
            end = at + len(full)
            if text.startswith(full, at) and not (lexicon.whole and cuts_latin(text, at, end)):
                if number is not None:
                    found.append((at, at + length, number))
                at = end
                break
        else:
            at += 1
    return found


@dataclass
class Reading:
    """A sentence as it is understood; its clauses include empty ones."""

    text: str
    normalize: Callable[[str], str]
    mentions: list[Mention] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    standards: list[int] = field(default_factory=list)
    turn: int = 0

    def words(self, lexicon: Lexicon) -> list[Span]:
        return [(start, end) for start, end, _ in find(self.text, lexicon, self.normalize)]

    def outside(self, lexicon: Lexicon) -> list[Span]:
        """Return the words that share no character with a mention."""
        return [
            (start, end)
            for start, end in self.words(lexicon)
            if not any(a < end and start < b for a, b, _ in self.mentions)
        ]

    @property
    def stops(self) -> list[int]:
        inside = {at for start, end, _ in self.mentions for at in range(start, end)}
        marks = [at for at, c in enumerate(self.text) if c in STOPS and at not in inside]
        return [*marks, len(self.text)]

    @property
    def marked(self) -> str:
        characters = list(self.text)
        for start, end, side in self.mentions:
            characters[start:end] = MARKS[side] * (end - start)  # type: ignore[index]
        return "".join(characters)

    @property
    def mentioned(self) -> About:
        sides = {side for _, _, side in self.mentions}
        return "both" if len(sides) == 2 else next(iter(sides), "neither")

    def clause_at(self, at: int) -> Clause:
        return next(clause for clause in self.clauses if at <= clause[1])

    @property
    def rhetorical(self) -> list[int]:
        frames = (questions._IS_IT_NOT, questions._SCOFFS)
        words = [start for start, _ in self.words(questions._RHETORICAL)]
        words += [start for frame in frames for start, _ in self.framed(frame)]
        return list({self.clause_at(at): at for at in sorted(words, reverse=True)}.values())

    @property
    def asks(self) -> bool:
        answered = self.rhetorical or self.words(questions.EVERYBODY)
        return bool(self.words(questions.ASKING)) and not answered

    @property
    def concedes(self) -> bool:
        return any(end <= self.turn for _, end in self.words(reading._CONCEDING))

    def framed(self, frame: Frame) -> list[Span]:
        """Return where the frame opens and closes: from each opening, the furthest closing."""
        found = []
        for start, end in self.words(frame.opens):
            limit = min(end + frame.most, self.clause_at(start)[1])
            closes = [
                (a, b) for a, b in self.words(frame.closes) if end + frame.least <= a <= limit
            ]
            if closes:
                found.append((start, closes[-1][1]))
        return found

    @property
    def negators(self) -> list[int]:
        """Return where negators end."""
        own = self.outside(negation._NEGATORS)
        for frame in negation._IDIOMS:
            own = _not_in(own, self.framed(frame))
        so_called = {start for start, _ in self.framed(negation._SO_CALLED)}
        own = [span for span in own if span[0] not in so_called]
        spans = self.framed(negation._NOT_SO)
        return [end for _, end in _not_in(own, spans)] + [end for _, end in spans]

    @cached_property
    def negated(self) -> list[int]:
        negators, asked = self.negators, self.rhetorical
        joined = self.outside(negation._AND_NOT)
        odd = []
        for at in range(len(self.text)):
            start, stop, _ = self.clause_at(at)
            count = sum(
                start <= end <= at <= end + negation.WINDOW
                and at < stop
                and not any(end < a <= at for a, _ in joined)
                for end in negators
            )
            count += sum(start <= a < at <= a + negation._FAR and at < stop for a in asked)
            if count % 2:
                odd.append(at)
        return odd

    def is_removed(self, at: int) -> bool:
        start, stop, _ = self.clause_at(at)
        ends = [end for _, end in self.outside(negation._REMOVERS)]
        return any(start <= end <= at <= end + negation.WINDOW and at < stop for end in ends)

    def is_taken_back(self, end: int) -> bool:
        stop = next((stop for stop in self.stops if stop >= end), len(self.text))
        linked = any(start == end for start, _ in self.outside(negation._LINKS))
        for lexicon, gap in negation._TAKES_BACK:
            start = _next(self.outside(lexicon), end)
            if start is not None and start < stop and start - end <= gap + linked:
                return True
        for start, after in self.outside(negation._THAN):
            standard = next((one for one in self.mentions if one[0] >= after), None)
            if standard is None or standard[0] != after:
                continue
            less = _next(self.outside(negation._LESS), standard[1])
            behind = next(stop for stop in self.stops if stop >= standard[1])
            if less is None or less >= behind or less - standard[1] > negation._LESS_GAP:
                continue
            if start == end or (linked and start == end + 1):
                return True
        return False


def _not_in(spans: list[Span], others: list[Span]) -> list[Span]:
    return [(a, b) for a, b in spans if not any(c <= a and b <= d for c, d in others)]


def _next(spans: Sequence[Sequence[int]], at: int) -> int | None:
    return next((span[0] for span in spans if span[0] >= at), None)


class Reference:
    """Read sentences on a topic, let rules vote on them and count their n-grams."""

    def __init__(
        self, topic: Topic, rules: Sequence[Rule], normalize: Callable[[str], str]
    ) -> None:
        self.topic, self.rules, self.normalize = topic, rules, normalize
        self.mentions = mention_lexicon(topic)
        self.words = [Lexicon(rule.any, whole=True) for rule in rules]
        self.patterns = [Pattern(r.pattern, normalize) if r.pattern else None for r in rules]

    def normal(self, sentence: str) -> str:
        unreadable = {"\ue000", "\ue001", "\ue002"}
        return "".join(
            "\ufffd" if c in unreadable or "\ud800" <= c <= "\udfff" else self.normalize(c)
            for c in sentence
            if ord(c) not in INVISIBLE
        )

    def read(self, sentence: str) -> Reading:
        found = Reading(self.normal(sentence), self.normalize)
        for start, end, number in find(found.text, self.mentions, self.normalize):
            target = number < len(self.topic.target)
            found.mentions.append((start, end, "target" if target else "rival"))
        found.standards = sorted({*_behind(found), *_between(found), *_beaten(found)})
        starts = [0, *(stop + 1 for stop in found.stops)]
        bounds = list(zip(starts, found.stops, strict=False))
        found.clauses = _clauses(found, bounds)
        turns = [start for start, _ in found.words(reading._TURNS)]
        for lexicon, marks in reading._OPENING_TURNS:
            for start, _ in found.words(lexicon):
                if ord(found.text[start - 1] if start else "\ue002") in marks:
                    turns.append(start)
        found.turn = max(turns, default=0)
        return found

    def votes(self, sentence: str) -> dict[str, Stance]:
        read = self.read(sentence)
        evidence = [
            (rule.name, *one) for i, rule in enumerate(self.rules) for one in self.evidence(i, read)
        ]
        if read.turn:
            after = any(start >= read.turn and s != "none" for _, s, start, _ in evidence)
            if after or read.concedes:
                evidence = [one for one in evidence if one[2] >= read.turn or one[1] == "none"]
        cast: dict[str, set[Stance]] = {}
        for name, stance, _, _ in evidence:
            cast.setdefault(name, set()).add(stance)
        return {name: own.pop() for name, own in cast.items() if len(own) == 1}

    def evidence(self, number: int, read: Reading) -> Iterator[tuple[Stance, int, int]]:
        """Yield what a rule finds in a sentence: for which stance, and where."""
        rule, pattern = self.rules[number], self.patterns[number]
        unless = map(self.normalize, rule.unless)
        if (
            (rule.asked == "veto" and read.asks)
            or (rule.mentions is not None and read.mentioned != rule.mentions)
            or any(word in read.text for word in unless)
        ):
            return
        if not rule.any and rule.pattern is None:
            yield rule.label, 0, 0
        spans = read.words(self.words[number])
        if pattern is not None:
            searched = read.marked if pattern.marked else read.text
            spans += [s for s in pattern.spans(searched) if not cuts_latin(read.text, *s)]
        for start, end in spans:
            if (stance := self._label(rule, read, start, end)) is not None:
                yield stance, start, end

    def _label(self, rule: Rule, read: Reading, start: int, end: int) -> Stance | None:
        flipped = False
        if rule.near is not None and not _is_near(rule, rule.near, read, start, end):
            other = _OTHER.get(rule.near) if rule.mirrored else None
            if other is None or not _is_near(rule, other, read, start, end):
                return None
            flipped = True
        if rule.negated != "ignore":
            denied = (start in read.negated) != read.is_taken_back(end)
            if read.is_removed(start) or (denied and rule.negated == "veto"):
                return None
            flipped ^= denied
        return _OPPOSITE[rule.label] if flipped else rule.label

    def count(self, analyzer: NgramAnalyzer, sentence: str) -> dict[str, int]:
        """Return the count of each n-gram, by its name; 0 where its signs cancel out."""
        read, counts = self.read(sentence), Counter[str]()
        for feature in analyzer.features:
            view, _, unit = feature.rpartition(" ")
            lengths = analyzer.char_ngrams if unit == "chars" else analyzer.word_ngrams
            joint = "" if unit == "chars" else JOINT
            clauses: list[Clause] = read.clauses if view else [(0, len(read.text), "neither")]
            for start, stop, about in clauses:
                text = read.text[start:stop]
                if not view and unit == "chars":
                    text = " ".join(text.split())
                units, at = [], start
                for piece in segmenter()(text) if unit == "words" else text:
                    if not piece.isspace() or feature == "chars":
                        units.append((at, piece))
                    at += len(piece)
                sign = {"target": 1, "rival": -1}.get(about, 0) if view == "signed" else 1
                for n, i in itertools.product(range(lengths[0], lengths[1] + 1), range(len(units))):
                    if i + n <= len(units) and sign:
                        gram = joint.join(piece for _, piece in units[i : i + n])
                        no = bool(view) and units[i][0] in read.negated
                        counts[analyzer.name(feature, gram, about, negated=no)] += sign
        return dict(counts)


def _is_near(rule: Rule, what: About, read: Reading, start: int, end: int) -> bool:
    if rule.within is not None:
        return any(
            side == what and a <= end + rule.within and b >= start - rule.within
            for a, b, side in read.mentions
        )
    if rule.scope == "clause":
        return read.clause_at(start)[2] == what
    return read.mentioned == what or (read.mentioned == "both" and what in {"target", "rival"})


def _behind(read: Reading) -> Iterator[int]:
    """Yield the mentions that come right after a word of comparison."""
    unless = {start for start, _ in read.words(comparisons._UNLESS_BEHIND)}
    filling = dict(read.words(comparisons._FILLING))
    instead = min((start for start, _ in read.words(comparisons._INSTEAD)), default=len(read.text))
    preferred = {end for start, end in read.words(comparisons._RATHER) if start > instead}
    for _, end in read.outside(comparisons._BEFORE):
        after = filling.get(end, end)
        number = next((i for i, one in enumerate(read.mentions) if one[0] >= end), None)
        if end in unless or end in preferred or number is None:
            continue
        start = read.mentions[number][0]
        between = range(after, start + 1)
        barred = any(at in read.stops or read.text[at] in "0123456789" for at in between)
        if 0 <= start - after <= comparisons._FILLING_GAP and not barred:
            yield number


def _between(read: Reading) -> Iterator[int]:
    """Yield the mentions between 与 and 相比, or the like."""
    for number, (start, end, _) in enumerate(read.mentions):
        barrier = max((stop for stop in read.stops if stop < start), default=-1)
        if number:
            barrier = max(barrier, read.mentions[number - 1][1] - 1)
        opened = False
        for lexicon, gap in (
            (comparisons._WITH, comparisons._WITH_GAP),
            (comparisons._HOLDING, 0),
        ):
            last = max((b for _, b in read.outside(lexicon) if b <= start), default=-1)
            opened |= last > barrier and start - last <= gap
        close = _next(read.outside(comparisons._AGAINST), end)
        if opened and close is not None and close - end <= comparisons._AGAINST_GAP:
            gap_ = range(end, close + 1)
            starts = {one[0] for one in read.mentions}
            if not any(at in read.stops or at in starts for at in gap_):
                yield number


def _beaten(read: Reading) -> Iterator[int]:
    """Yield the mentions that come off worse than another one in their clause."""

    def right_behind(lexicon: Lexicon, at: int) -> bool:
        return any(end == at for _, end in read.outside(lexicon))

    def before(lexicon: Lexicon, gap: int, end: int) -> bool:
        close = _next(read.outside(lexicon), end)
        bars = {*read.stops, *(one[0] for one in read.mentions)}
        return close is not None and close - end <= gap and not bars & set(range(end, close + 1))

    for number, (start, end, side) in enumerate(read.mentions):
        if any(
            right_behind(opens, start) and before(closes, comparisons._MEASURE_GAP, end)
            for opens, closes in comparisons._MEASURES
        ):
            yield number
        if not number:
            continue
        _, first, other = read.mentions[number - 1]
        if side == other or any(first <= stop < start for stop in read.stops):
            continue
        beating = before(comparisons._BEATING, comparisons._BEATING_GAP, end)
        if right_behind(comparisons._BY, start) and beating:
            yield number - 1
        if (right_behind(comparisons._TAKING, start) and beating) or right_behind(
            comparisons._LACKING, start
        ):
            yield number


def _clauses(read: Reading, bounds: list[Span]) -> list[Clause]:
    """Return what each clause is about."""
    clauses: list[Clause] = []
    about: About = "neither"
    for start, stop in bounds:
        own = [(i, m) for i, m in enumerate(read.mentions) if start <= m[0] <= stop]
        subjects = {m[2] for i, m in own if i not in read.standards}
        others = {m[2] for i, m in own if i in read.standards}
        if subjects:
            about = "both" if len(subjects) == 2 else subjects.pop()
        elif others:
            about = "both" if len(others) == 2 else _OTHER[others.pop()]
        clauses.append((start, stop, about))
    full = [i for i, (start, stop, _) in enumerate(clauses) if stop > start]
    if len(full) > 1 and clauses[full[0]][2] == "neither":
        at = clauses[full[0]][0]
        for _ in range(MOST_QUOTES):
            at += at < len(read.text) and read.text[at] in _QUOTES
        first = clauses[full[0]]
        colon = read.text[first[1] : first[1] + 1] == ":"
        if colon or any(start == at for start, _ in read.words(LEADING_UP)):
            clauses[full[0]] = (first[0], first[1], clauses[full[1]][2])
    return clauses
