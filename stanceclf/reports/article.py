"""The page of articles: who stands where, and every sentence with its stance, as one HTML file.

Articles are untrusted: Jinja2 escapes all that comes from them, and what the script reads of them
is JSON that cannot end its element. The page asks nothing of any network, and its bytes depend on
its inputs alone.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import stanceclf
from stanceclf.articles import Article
from stanceclf.errors import missing_extra
from stanceclf.labels import READING_ORDER
from stanceclf.model import Reason, StanceModel, find_reasons
from stanceclf.prediction import Prediction, Standing, standings
from stanceclf.reports.article_sections import (
    LEVELS,
    SIDES,
    Section,
    Speakers,
    cut_sections,
    probability,
)
from stanceclf.reports.article_words import WORDS, Lang
from stanceclf.reports.escaping import page_text, script_json

#: So many speakers are shown at once; the others can be unfolded.
MOST_SPEAKERS = 8
#: So many bars a chart has at most.
MOST_BARS = 80
#: So many finds of rules are told of a sentence.
MOST_FINDS = 12
#: So many characters of a sentence are quoted.
MOST_QUOTED = 120

_TEMPLATE = Path(__file__).parent / "templates" / "article.html"
# What is behind so many sentences is read at once.
_CHUNK = 1000


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
    >>> from stanceclf.prediction import predict_articles
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
    speakers = Speakers(model.normalizer)
    sections = list(cut_sections(read, speakers))
    words = WORDS[lang] | {s: page_text(_label(model, lang, s)) for s in READING_ORDER}
    topic = page_text(model.topic.name)
    rival = page_text(next(iter(model.topic.rival), ""))
    words |= {"about_rival": words["about_rival" if rival else "about_other"]}
    words = {
        key: text.replace("{topic}", topic).replace("{rival}", rival) for key, text in words.items()
    }
    rows = [row for section in sections for row in section.rows]
    places = {id(row): index for index, row in enumerate(rows)}
    told = [
        {
            "section": section,
            "counts": _counts(section.rows),
            "summary": _summary(section.rows, speakers, places),
            "course": _course(section, words),
        }
        for section in sections
    ]
    source = _TEMPLATE.read_text(encoding="utf-8")
    script = source.partition("<script>")[2].partition("</script>")[0]
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(
        lang=lang,
        w=words,
        topic=topic,
        told=told,
        overall=_summary(rows, speakers, places) if len(sections) > 1 else None,
        signs=SIDES,
        levels=[round(100 * level) for level in LEVELS],
        stances=READING_ORDER,
        most=MOST_SPEAKERS,
        speakers=speakers.names,
        made=words["made"].replace("{version}", stanceclf.__version__),
        # No script runs but the page's own.
        trusted=b64encode(sha256(script.encode()).digest()).decode(),
        # They hold no character that could end their element.
        data=Markup(script_json(_data(rows, model, speakers, words))),
        details=[Markup(script_json(chunk)) for chunk in _details(rows, model)],
    )


def _label(model: StanceModel, lang: Lang, stance: str) -> str:
    """Return what a stance is called: as the topic has it, where that is in the page's language."""
    own = model.topic.labels.get(stance, stance)
    return own if own != stance and lang == model.topic.language else WORDS[lang][stance]


def _counts(rows: Sequence[Prediction]) -> dict[str, int]:
    stances = [row.stance or "none" for row in rows]
    return {stance: stances.count(stance) for stance in READING_ORDER}


def _summary(
    rows: Sequence[Prediction], speakers: Speakers, places: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Return the rows of a table of speakers."""
    return [
        {
            "name": None if one.name is None else page_text(one.name),
            "number": speakers.number(one.name),
            "counts": {stance: getattr(one, stance) for stance in READING_ORDER},
            "net": _signed(one.net),
            "interval": [_signed(end) for end in one.interval],
            # Where they are on a line from -1 to +1, in per cent.
            "at": _percent((one.net + 1) / 2),
            "low": _percent((one.interval[0] + 1) / 2),
            "wide": _percent((one.interval[1] - one.interval[0]) / 2),
            "quotes": _quotes(one, places),
        }
        for one in standings(rows, "speaker", speakers.normalize)
    ]


def _signed(net: float) -> str:
    """Return a net stance with its sign; zero has none."""
    shown = f"{net:+.2f}"
    return "0.00" if shown in {"+0.00", "-0.00"} else shown.replace("-", "\N{MINUS SIGN}")


def _quotes(one: Standing, places: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "stance": stance,
            "text": page_text(row.text[:MOST_QUOTED]) + "…" * (len(row.text) > MOST_QUOTED),
            "index": places[id(row)],
        }
        for stance, row in one.quotes.items()
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")


def _course(section: Section, words: Mapping[str, str]) -> dict[str, Any]:
    """Return the bars of the chart of a section, and what they say in words.

    A bar is as high as its sentences are many that take the stance, and sure; the highest one is
    as high as there is room.
    """
    rows = section.rows
    count = min(len(rows), MOST_BARS)
    bars: list[dict[str, Any]] = []
    for number in range(count):
        start, end = (len(rows) * n // count for n in (number, number + 1))
        heights = {
            stance: sum(probability(row) for row in rows[start:end] if row.stance == stance)
            / (end - start)
            for stance in SIDES
        }
        first = next((i for i in range(start, end) if rows[i].stance in SIDES), start)
        bars.append({"index": section.first + first, "x": number, **heights})
    most = max((bar[stance] for bar in bars for stance in SIDES), default=0.0)
    for bar in bars:
        bar |= {stance: round(40 * bar[stance] / most, 2) if most else 0 for stance in SIDES}
    thirds = []
    for number, name in enumerate(("beginning", "middle", "end")):
        own = _counts(rows[len(rows) * number // 3 : len(rows) * (number + 1) // 3])
        counts = words["comma"].join(f"{words[stance]} {own[stance]}" for stance in SIDES)
        thirds.append(words["third"].format(where=words[name], counts=counts))
    return {"bars": bars, "words": words["semicolon"].join(thirds)}


def _data(
    rows: Sequence[Prediction], model: StanceModel, speakers: Speakers, words: Mapping[str, str]
) -> dict[str, object]:
    """Return what the script needs of all sentences at once: whose they are and what they say."""
    return {
        "w": words,
        "stances": READING_ORDER,
        "speakers": speakers.names,
        "rules": [page_text(rule.name) for rule in model.voter.rules],
        "stance": "".join(str(_stance(row)) for row in rows),
        "speaker": [speakers.number(row.speaker) for row in rows],
        "chunk": _CHUNK,
    }


def _stance(row: Prediction) -> int:
    return next(i for i, name in enumerate(READING_ORDER) if name == (row.stance or "none"))


def _details(rows: Sequence[Prediction], model: StanceModel) -> Iterator[list[object]]:
    """Yield what is behind each sentence, so many at a time: see `detail` in the template."""
    numbers = {rule.name: number for number, rule in enumerate(model.voter.rules)}
    behind = find_reasons(model, [row.text for row in rows])
    for start in range(0, len(rows), _CHUNK):
        own = slice(start, start + _CHUNK)
        yield [_detail(*pair, numbers) for pair in zip(rows[own], behind[own], strict=True)]


def _detail(row: Prediction, reason: Reason, numbers: Mapping[str, int]) -> list[object]:
    shares = row.probabilities or {}
    finds = dict.fromkeys(
        (
            numbers[match.rule],
            page_text(match.text),
            match.outcome,
            page_text(match.negator.text) if match.negator else "",
            match.label,
        )
        for match in reason.matches
    )
    words = [
        [page_text(word.text), word.about or "", int(word.negated), round(word.adds, 2)]
        for word in reason.words
    ]
    shown = [round(1000 * shares.get(stance, 0.0)) for stance in READING_ORDER]
    return [shown, row.voice, list(finds)[:MOST_FINDS], words, max(len(finds) - MOST_FINDS, 0)]
