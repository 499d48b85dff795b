"""Sentences: where they begin and end in a Chinese article.

A sentence ends at 。！？； (or their half-width forms) and at a line's end. Quotes and brackets
that close right behind it belong to it. A decimal point, ``GPT-4.0``, a URL or an ellipsis does not
end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stanceclf.articles.boilerplate import is_boilerplate
from stanceclf.articles.loader import Article
from stanceclf.articles.quotation_marks import mark_directions
from stanceclf.io import Visible

#: A line, by whatever ends it.
LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_URL = re.compile(
    r"(?:https?://|www\.|(?<![0-9a-z-])(?:[0-9a-z-]{1,63}\.){1,8}[a-z]{2,24}/)"
    r"(?:[!-~]*[0-9a-z/#&=_~%+-])?",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&#?\w{1,8};", re.ASCII)
# A reposted post begins within the line: 不错//@张建国：开源更便宜.
_END = re.compile(r"[。！？；!?;｡︒︕︖﹔﹖﹗❗‼⁉](?!=)|(?<!:)(?=//\s{0,2}@)")
#: Maximum length of a sentence, in characters.
MAX_SENTENCE = 10_000
# Where a longer one may be cut.
_BREAK = re.compile(r"[，,、：:\s]")
# What belongs to the sentence that has just ended: more of the same, and what closes.
_CLOSING = frozenset(
    "。！？；!?;…" + "｡︒︕︖﹔﹖﹗❗‼⁉" + "”’」』）〕］】》〉｝)]}" + "〞〟｣﹂﹄❞❜"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place.

    Attributes
    ----------
    article : str
        The article's name.
    start, end : int
        Character offsets into the article's decoded text, ``end`` exclusive.
    text : str
        Exactly ``article.text[start:end]``.
    """

    article: str
    start: int
    end: int
    text: str

    @property
    def place(self) -> tuple[str, int, int]:
        """Article, start and end, which identify a sentence."""
        return self.article, self.start, self.end


def cut_articles(
    articles: Iterable[Article],
    normalize: Callable[[str], str],
    *,
    drop_boilerplate: bool = True,
    longest: int = MAX_SENTENCE,
) -> Iterator[Sentence]:
    r"""Yield the sentences of articles, in reading order.

    Their spans do not overlap and neither begin nor end with white space; between them is only
    white space, boilerplate and invisible characters.

    Parameters
    ----------
    articles : iterable of Article
        The articles.
    normalize : callable
        Returns the normal form of a line, in which boilerplate is recognized.
    drop_boilerplate : bool, default True
        Leave out the lines that a web page puts around an article.
    longest : int
        Longer sentences, which nobody wrote, are cut into parts of at most this many characters,
        after a comma or white space if there is one.

    Examples
    --------
    >>> page = Article("一.txt", "“开源只用了3.5万元！”他说。闭源呢？\n正文完\n")
    >>> [sentence.text for sentence in cut_articles([page], str.lower)]
    ['“开源只用了3.5万元！”', '他说。', '闭源呢？']
    """
    for article in articles:
        seen = Visible(article.text)
        for line in _lines(seen.text, article.markdown):
            if drop_boilerplate and is_boilerplate(normalize(line.group())):
                continue
            for span in _cut_line(line):
                for part in _parts(seen.text, *span, longest):
                    start, end = seen.span(*part)
                    yield Sentence(article.name, start, end, article.text[start:end])


def _lines(text: str, markdown: bool) -> Iterator[re.Match[str]]:
    """Yield the lines of a text, and of Markdown only what is not its marks."""
    if not markdown:
        yield from LINE.finditer(text)
        return
    from stanceclf.articles.markdown_marks import find_marks

    start = 0
    for begin, end in (*find_marks(text), (len(text), len(text))):
        yield from LINE.finditer(text, start, begin)
        start = end


def _cut_line(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of one line."""
    text, start = line.group(), 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        if body := piece.strip():
            first = line.start() + start + piece.index(body[0])
            yield first, first + len(body)
        start = end


def _parts(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the parts of a sentence, usually one."""
    while end - start > longest:
        least = start + longest // 2
        breaks = _BREAK.finditer(text, least, start + longest)
        cut = max((match.end() for match in breaks), default=start + longest)
        yield start, start + len(text[start:cut].rstrip())
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _ends(line: str) -> Iterator[int]:
    """Yield the offsets at which a line's sentences end, in order."""
    kept_whole = bytearray(len(line))
    for rule in (_URL, _ENTITY):
        for match in rule.finditer(line):
            kept_whole[match.start() : match.end()] = b"1" * len(match.group())
    directions, end = mark_directions(line), 0
    for match in _END.finditer(line):
        if match.start() < end or kept_whole[match.start()]:
            continue
        end = match.end()
        while end < len(line) and (line[end] in _CLOSING or directions.get(end) is False):
            end += 1
        yield end
