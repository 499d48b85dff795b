"""Attribution: who says each sentence of an article, and in which voice.

A turn of an interview is its speaker's. Elsewhere a frame (李彦宏表示) attributes its sentence, and
the quotation that it touches, to somebody; the sentences after it in the same paragraph continue
until the article speaks for itself again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stanceclf.articles import LINE, MAX_SENTENCE, Article, Sentence, cut_articles
from stanceclf.io import Visible
from stanceclf.speakers.cast import Cast, LastSpeaker
from stanceclf.speakers.frames import Frame
from stanceclf.speakers.names import is_nameless
from stanceclf.speakers.quotations import Quotation, find_quotations
from stanceclf.speakers.turns import Turn

Voice = Literal["author", "turn", "quote", "report"]

# What may come between a quotation and the frame before or after it.
_BETWEEN = re.compile(r"[\s:,。—–-]*")
_SPEECH = re.compile(r"[。!?…~]”*$")
# The rest of a quotation that an earlier line has opened.
_REST = re.compile(r"[^“”「」]*[”」]")
# A frame that announces what follows its line: a colon, a dash, or points (仍有两个优势。).
_ANNOUNCED = re.compile(r"(?::|—+|-+)\s*$")
_POINTS = re.compile(
    r"[两二三四五六七八九十几多]\s*(?:个|点|条|方面|种|项|大|类|层)[^。!?]{0,12}[。:]?\s*$"
)
_NUMBER = r"\(?\d{1,2}[.、)]|[一二三四五六七八九十]+[、.]"
_NUMBERED = re.compile(rf"\s*(?:{_NUMBER})")
_POINT = re.compile(rf"\s*(?:{_NUMBER}|第[一二三四五六七八九十]|首先|其次|再次|最后|[一二三四]是)")
# The article speaks for itself again: about the person, or about what happened when.
_TOLD = re.compile(
    r"(?:[!-~\s]+$|\([^()]{0,4}\)$|本文|以下|例如:|如此|该|这样的|这笔|这一(?:估值|数字|消息)|然而,\d|这(?:番?话|个?说法|种观点)|此话|但?问题(?:在于|是)|我(?!们)|他|她|其(?!实)|此前|随后|日前|近日|当天|当日|截至|据悉|\d{1,4}(?:年|月)|[^,]{0,6}(?:他|她)(?!们))"
)
# How those without a name are called whom articles interview.
_SOURCES = ("人士", "者", "专家")
# Quotations up to this length may be mere terms.
_TERM = 8
# What is said has at least this length.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says a sentence.

    Attributes
    ----------
    speaker : str or None
        The name as the article writes it; None if the article itself speaks or nobody is known.
    voice : str
        ``author``: the article itself; ``turn``: a turn of an interview; ``quote``: in quotation
        marks; ``report``: what somebody said or thinks, in the article's words.
    """

    speaker: str | None
    voice: Voice


_AUTHOR = Attribution(None, "author")


def attribute_sentences(
    articles: Iterable[Article],
    normalize: Callable[[str], str],
    *,
    drop_boilerplate: bool = True,
    longest: int = MAX_SENTENCE,
) -> Iterator[tuple[Sentence, Attribution]]:
    """Yield the sentences of articles, as `cut_articles` cuts them, and who says each.

    Examples
    --------
    >>> pairs = attribute_sentences([Article("一.txt", "方汉认为,开源更便宜。")], str.lower)
    >>> [(sentence.text, said.speaker) for sentence, said in pairs]
    [('方汉认为,开源更便宜。', '方汉')]
    """
    for article in articles:
        # Invisible characters within a name must not hide it.
        seen = Visible(article.text)
        plain = Article(article.name, seen.text, article.markdown)
        cut = cut_articles([plain], normalize, drop_boilerplate=drop_boilerplate, longest=longest)
        sentences = list(cut)
        for sentence, said in zip(sentences, attribute(plain, sentences, normalize), strict=True):
            if seen.text != article.text:
                start, end = seen.span(sentence.start, sentence.end)
                sentence = Sentence(article.name, start, end, article.text[start:end])
            yield sentence, said


def attribute(
    article: Article, sentences: Sequence[Sentence], normalize: Callable[[str], str]
) -> list[Attribution]:
    r"""Return who says each sentence of an article; the sentences come in reading order.

    Examples
    --------
    >>> page = Article("一.txt", "方汉认为,开源更便宜。“闭源太贵。”他说。\n会议在北京举行。")
    >>> said = attribute(page, list(cut_articles([page], str.lower)), str.lower)
    >>> [(one.speaker, one.voice) for one in said]
    [('方汉', 'report'), ('方汉', 'quote'), (None, 'author'), (None, 'author')]
    """
    cast = Cast(article.text, normalize)
    said = [_AUTHOR] * len(sentences)
    turns, index = list(reversed(cast.turns)), 0
    paragraphs = _Paragraphs(cast)
    for start, end in _stretches(article.text, cast.turns):
        first = index
        while index < len(sentences) and sentences[index].start < end:
            index += 1
        while turns and turns[-1].end <= start:
            turns.pop()
        if first == index:
            continue
        if turns and turns[-1].start < end:
            if name := turns[-1].name:
                said[first:index] = [Attribution(cast.name(name), "turn")] * (index - first)
            paragraphs.forget()
            continue
        spans = [(sentence.start, sentence.end) for sentence in sentences[first:index]]
        said[first:index] = paragraphs.read(start, end, spans)
    return said


def _stretches(text: str, turns: Sequence[Turn]) -> Iterator[tuple[int, int]]:
    """Yield the spans of lines, cut where a turn begins within one: 不错//@张建国:开源好."""
    begins = deque(turn.start for turn in turns)
    for line in LINE.finditer(text):
        start = line.start()
        while begins and begins[0] < line.end():
            if (begin := begins.popleft()) > start:
                yield start, begin
                start = begin
        yield start, line.end()


@dataclass(slots=True)
class _Announced:
    """What a paragraph announces for the next: whose words follow, and whether they are points."""

    speaker: str
    points: bool


class _Paragraphs:
    """Reads the paragraphs of an article that are not turns, in order."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.starts = [frame.start for frame in cast.frames]
        self.forget()

    def forget(self) -> None:
        """Forget what was read, so that it does not influence what follows."""
        self.announced: _Announced | None = None
        # Who spoke in the previous paragraph, or before one paragraph of the article's own.
        self.recent: LastSpeaker | None = None
        self.silent = 0
        # Whose quotation the previous paragraph left open.
        self.open: str | None = None

    def read(self, start: int, end: int, spans: Sequence[tuple[int, int]]) -> list[Attribution]:
        """Return who says the sentences of one paragraph."""
        if self.open and (rest := _REST.match(self.cast.marked, start, end)):
            # The rest of the quotation is theirs, whatever it contains.
            quoted = [Attribution(self.open, "quote") for at, _ in spans if at < rest.end()]
            self.open = None
            return [*quoted, *self.read(rest.end(), end, spans[len(quoted) :])]
        first, last = (bisect_left(self.starts, place) for place in (start, end))
        frames = self.cast.frames[first:last]
        quotations = list(find_quotations(self.cast.marked[start:end], start))
        said = [_AUTHOR] * len(spans)
        if frames or quotations or self.announced:
            paragraph = _Paragraph(self.cast, frames, quotations, self.announced, self.recent)
            said = [paragraph.attribute(*span) for span in spans]
            self.announced = paragraph.announces
            unclosed = quotations and not quotations[-1].closed
            quote = unclosed and said and said[-1].voice == "quote"
            self.open = said[-1].speaker if quote else None
        spoke = [
            LastSpeaker(one.speaker, at)
            for one, (at, _) in zip(said, spans, strict=True)
            if one.speaker
        ]
        self.silent = 0 if spoke else self.silent + 1
        self.recent = spoke[-1] if spoke else self.recent if self.silent < 2 else None
        return said


class _Paragraph:
    """Reads the sentences of a paragraph from the first to the last."""

    def __init__(
        self,
        cast: Cast,
        frames: Sequence[Frame],
        quotations: Sequence[Quotation],
        announced: _Announced | None,
        recent: LastSpeaker | None,
    ) -> None:
        self.cast, self.quotations, self.spoke = cast, quotations, recent
        self.opens = [quotation.start for quotation in quotations]
        self.closes = [quotation.end for quotation in quotations]
        # Frames within a quotation frame nothing of the article.
        self.frames = [frame for frame in frames if not self._is_quoted(frame)]
        self.starts = [frame.start for frame in self.frames]
        self.ends = [frame.end for frame in self.frames]
        self.announced = announced
        self.announces = announced if announced and announced.points else None
        self.begins: set[int] = set()
        self.latest = self.previous = -1  # Where this sentence begins, and the one before.
        self.carried: str | None = None  # Who goes on speaking.

    def attribute(self, start: int, end: int) -> Attribution:
        """Return who says a sentence."""
        self.begins.add(start)
        self.previous, self.latest = self.latest, start
        norm, words = self.cast.norm, self.cast.norm[start:end]
        here = self.frames[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
        for quotation in self._quotations(start, end):
            speech, who = self._quoted(quotation)
            if speech:
                return self._say(who, "quote", start, words)
        for i, frame in enumerate(here):
            who = self._speaker(frame)
            if who is None or self._is_nested(here[i : i + 2]):
                continue
            if any(
                frame.start < q.start and norm[q.start - 1] in "用以"
                for q in self._quotations(frame.start, frame.end)
            ):
                return Attribution(who, "quote")  # 用“超出预期”来形容
            said = norm[frame.end : end].strip(" ,:。;!?“”—")
            if len(said) >= _SHORTEST:
                own = any(q.end - q.start > _TERM for q in self._quotations(frame.end, end))
                return self._say(who, "quote" if own else "report", start, words)
            if _ANNOUNCED.search(words):
                self._say(who, "report", start, words)
                return _AUTHOR
        return self._unframed(words, framed=bool(here), start=start)

    def _unframed(self, words: str, *, framed: bool, start: int) -> Attribution:
        if self.announced and (not self.announced.points or _POINT.match(words)):
            if _NUMBERED.match(words):
                self.announces = _Announced(self.announced.speaker, points=True)
            self.carried = self.announced.speaker
            return Attribution(self.carried, "report" if self.announced.points else "quote")
        if self.carried:
            told = self.cast.first_named(start, start + 1) or _TOLD.match(words)
            if not framed and not told and self.cast.normalize(self.carried) not in words:
                return Attribution(self.carried, "report")
            self.carried = None
        return _AUTHOR

    def _say(self, who: str | None, voice: Voice, place: int, words: str) -> Attribution:
        self.spoke = LastSpeaker(who, place) if who else self.spoke
        # An article goes on with what people say, not with what papers or passers-by do.
        name = self.cast.normalize(who or "")
        once = is_nameless(name) and not name.endswith(_SOURCES)
        self.carried = None if once else who or self.carried
        points = bool(_POINTS.search(words))
        if who and (points or _ANNOUNCED.search(words)):
            self.announces = _Announced(who, points)
        elif not (self.announces and self.announces.points):
            self.announces = None
        return Attribution(who, voice)

    def _speaker(self, frame: Frame) -> str | None:
        return self.cast.speaker(frame, self.spoke)

    def _quotations(self, start: int, end: int) -> Sequence[Quotation]:
        """Return the quotations that overlap a span of the paragraph."""
        return self.quotations[bisect_right(self.closes, start) : bisect_left(self.opens, end)]

    def _is_nested(self, frames: Sequence[Frame]) -> bool:
        """Return whether a frame of nobody's has another right behind it: 有报道称,方汉表示."""
        if len(frames) < 2 or frames[1].subject.kind not in {"name", "nameless"}:
            return False
        outer, inner = frames
        somebody = self.cast.norm.startswith("有", outer.subject.start - 1)
        return somebody and bool(_BETWEEN.fullmatch(self.cast.norm, outer.end, inner.start))

    def _is_quoted(self, frame: Frame) -> bool:
        around = self._quotations(frame.start, frame.end)
        return any(q.start < frame.start and frame.end < q.end for q in around)

    def _quoted(self, quotation: Quotation) -> tuple[bool, str | None]:
        """Return whether a quotation is speech, and whose."""
        norm = self.cast.norm
        before = bisect_right(self.ends, quotation.start) - 1
        words = norm[quotation.start : quotation.end]
        speech = bool(_SPEECH.search(words)) and len(words) > _SHORTEST
        if before >= 0 and _BETWEEN.fullmatch(norm, self.ends[before], quotation.start):
            frame = self.frames[before]
            if frame.comma and before and self.starts[before - 1] >= self.latest:
                frame = self.frames[before - 1]  # 方汉表示,例如这个,“很便宜。”
            if speech or not frame.comma:
                return True, self._speaker(frame)
        after = bisect_left(self.starts, quotation.end - 1)
        if after < len(self.starts) and _BETWEEN.fullmatch(
            norm, quotation.end, max(self.starts[after], quotation.end)
        ):
            return True, self._speaker(self.frames[after])
        if self.announced and not self.announced.points:
            return True, self.announced.speaker
        if quotation.start in self.begins and speech and len(words) > _TERM:
            return True, self.carried or self._unnamed(quotation.start)
        return False, None

    def _unnamed(self, place: int) -> str | None:
        """Return who speaks in a quotation without a frame: whom the sentence before is about."""
        told = self.cast.first_named(self.previous, place) if self.previous >= 0 else None
        return told or (self.spoke.speaker if self.spoke else None)
