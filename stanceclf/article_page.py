"""The page of articles: who stands where, and every sentence with its stance, as one HTML file.

Articles are untrusted: Jinja2 escapes all that comes from them, and what the script reads of them
is JSON that cannot end its element. The page asks nothing of any network, and its bytes depend on
its inputs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import stanceclf
from stanceclf.article_words import WORDS, Lang
from stanceclf.articles import Article
from stanceclf.errors import missing_extra
from stanceclf.labels import READING_ORDER
from stanceclf.model import StanceModel
from stanceclf.predictions import Prediction
from stanceclf.reasons import Reason, reasons
from stanceclf.rendering import plain
from stanceclf.script_json import script_json
from stanceclf.standing import Standing, standings
from stanceclf.tables import table_of

#: So many speakers are shown at once; the others can be unfolded.
MOST_SPEAKERS = 8
#: So many bars a chart has at most.
MOST_BARS = 80

_TEMPLATE = Path(__file__).with_suffix(".html")
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# From so much of a probability on, a sentence is shaded deeper.
_LEVELS = (0.55, 0.72)
_SIGNS = {"favor": "▲", "against": "▼"}


@dataclass(slots=True)
class _Shown:
    """A sentence as the page shows it."""

    index: int
    text: str
    stance: str
    level: int
    speaker: int
    name: str  # Of a speaker who takes over here, to be shown before the sentence.


@dataclass(slots=True)
class _Section:
    """An article, or a table of them."""

    name: str
    rows: list[Prediction] = field(default_factory=list)
    paragraphs: list[list[_Shown]] = field(default_factory=list)
    first: int = 0


def article_page(
    read: Iterable[tuple[Article, list[Prediction]]], model: StanceModel, lang: Lang
) -> str:
    """Return the page as an HTML document.

    Parameters
    ----------
    read : iterable of (Article, list of Prediction)
        The articles and their sentences, in reading order.
    model : StanceModel
        What told their stances.
    lang : {"zh", "en"}
        The language of the page's own words.

    Raises
    ------
    StanceclfError
        Jinja2 is not installed.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> from stanceclf.predictions import predict_articles
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> article = Article("一.txt", "开源<b>便宜</b>。")
    >>> page = article_page([(article, list(predict_articles(model, [article])))], model, "zh")
    >>> "开源&lt;b&gt;便宜" in page
    True
    """
    try:
        import jinja2
        from markupsafe import Markup
    except ImportError:
        raise missing_extra("jinja2", "report") from None
    speakers = _Speakers()
    sections = list(_sections(read, speakers))
    words = WORDS[lang] | {s: _label(model, lang, s) for s in READING_ORDER}
    topic = model.topic.name
    words = {key: text.replace("{topic}", topic) for key, text in words.items()}
    rows = [row for section in sections for row in section.rows]
    places = {id(row): index for index, row in enumerate(rows)}
    told = [
        {
            "section": section,
            "summary": _summary(section.rows, model, places),
            "course": _course(section, words),
        }
        for section in sections
    ]
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        lang=lang,
        w=words,
        topic=topic,
        told=told,
        overall=_summary(rows, model, places) if len(sections) > 1 else None,
        count=len(rows),
        signs=_SIGNS,
        stances=READING_ORDER,
        most=MOST_SPEAKERS,
        speakers=[plain(name) for name in speakers.names],
        made=words["made"].replace("{version}", stanceclf.__version__),
        # It holds no character that could end its element.
        data=Markup(_data(rows, model, speakers, words)),
    )


def _label(model: StanceModel, lang: Lang, stance: str) -> str:
    """Return what a stance is called: as the topic has it, where that is in the page's language."""
    own = model.topic.labels.get(stance, stance)
    return own if own != stance and lang == model.topic.language else WORDS[lang][stance]


class _Speakers:
    """Numbers speakers in the order in which they come; 0 is the article itself."""

    def __init__(self) -> None:
        self.names: list[str] = [""]
        self._numbers: dict[str | None, int] = {None: 0}

    def number(self, name: str | None) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name or "")
        return self._numbers[name]


def _sections(
    read: Iterable[tuple[Article, list[Prediction]]], speakers: _Speakers
) -> Iterator[_Section]:
    index = 0
    for name, group in groupby(read, key=lambda pair: table_of(pair[0].name) or pair[0].name):
        section = _Section(plain(name), first=index)
        for article, rows in group:
            end, speaker = None, 0
            for row in rows:
                if end is None or _BREAK.search(article.text, end, row.start):
                    section.paragraphs.append([])
                end = row.end
                number = speakers.number(row.speaker)
                own = plain(row.speaker or "") if number and number != speaker else ""
                # A turn's label says it already.
                if own and row.text.lstrip("*【[ ").startswith(row.speaker or ""):
                    own = "" if row.voice == "turn" else own
                section.paragraphs[-1].append(_shown(index, row, number, own))
                section.rows.append(row)
                index, speaker = index + 1, number
        yield section


def _shown(index: int, row: Prediction, speaker: int, name: str) -> _Shown:
    stance = row.stance or "none"
    share = (row.probabilities or {}).get(stance, 0.0)
    level = 1 + sum(share >= limit for limit in _LEVELS)
    return _Shown(index, plain(row.text), stance, level, speaker, name)


def _summary(
    rows: Sequence[Prediction], model: StanceModel, places: dict[int, int]
) -> list[dict[str, Any]]:
    """Return the rows of a table of speakers."""
    return [
        {
            "name": None if one.name is None else plain(one.name),
            "counts": {stance: getattr(one, stance) for stance in READING_ORDER},
            "shares": {s: _percent(getattr(one, s) / one.sentences) for s in READING_ORDER},
            "sentences": one.sentences,
            "net": f"{one.net:+.2f}",
            "interval": [f"{end:+.2f}" for end in one.interval],
            # Where they are on a line from -1 to +1, in per cent.
            "at": _percent((one.net + 1) / 2),
            "low": _percent((one.interval[0] + 1) / 2),
            "wide": _percent((one.interval[1] - one.interval[0]) / 2),
            "quotes": _quotes(one, places),
        }
        for one in standings(rows, "speaker", model.normalizer)
    ]


def _quotes(one: Standing, places: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {"stance": stance, "text": plain(row.text), "index": places[id(row)]}
        for stance, row in one.quotes.items()
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")


def _course(section: _Section, words: dict[str, str]) -> dict[str, Any]:
    """Return the bars of the chart of a section, and what they say in words."""
    rows, bars = section.rows, []
    count = min(len(rows), MOST_BARS)
    for number in range(count):
        start, end = (len(rows) * n // count for n in (number, number + 1))
        stances = [row.stance for row in rows[start:end]]
        shares = {stance: stances.count(stance) / len(stances) for stance in _SIGNS}
        heights = {stance: round(40 * share, 2) for stance, share in shares.items()}
        bars.append({"index": section.first + start, "x": number, **heights})
    thirds = []
    for number in range(3):
        start, end = (len(rows) * n // 3 for n in (number, number + 1))
        stances = [row.stance for row in rows[start:end]]
        counts = ", ".join(f"{words[stance]} {stances.count(stance)}" for stance in _SIGNS)
        thirds.append(f"{number + 1}/3: {counts}")
    return {"bars": bars, "words": "; ".join(thirds)}


def _data(
    rows: Sequence[Prediction], model: StanceModel, speakers: _Speakers, words: dict[str, str]
) -> str:
    """Return what the script shows of each sentence: see `detail` in the template."""
    rules = {rule.name: number for number, rule in enumerate(model.voter.rules)}
    behind = reasons(model, [row.text for row in rows])
    return script_json(
        {
            "w": words,
            "stances": READING_ORDER,
            "speakers": [plain(name) for name in speakers.names],
            "rules": list(rules),
            "sentences": [
                _detail(row, reason, speakers, rules)
                for row, reason in zip(rows, behind, strict=True)
            ],
        }
    )


def _detail(
    row: Prediction, reason: Reason, speakers: _Speakers, rules: dict[str, int]
) -> list[object]:
    shares = row.probabilities or {}
    return [
        next(i for i, name in enumerate(READING_ORDER) if name == (row.stance or "none")),
        [round(1000 * shares.get(stance, 0.0)) for stance in READING_ORDER],
        speakers.number(row.speaker),
        row.voice,
        [
            [
                rules[match.rule],
                plain(match.text),
                match.outcome,
                plain(match.negator.text) if match.negator else "",
                match.label,
            ]
            for match in reason.matches
        ],
        [[plain(word.text), round(word.adds, 2)] for word in reason.words],
    ]
