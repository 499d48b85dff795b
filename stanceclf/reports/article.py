"""The page of articles: who stands where, and every sentence with its stance, as one HTML file.

Articles are not trusted: Jinja2 escapes all text from them, and the script gets it as JSON that
cannot end its element. The page loads nothing, and its bytes depend on its inputs alone.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import stanceclf
from stanceclf.articles import Article
from stanceclf.errors import missing_extra
from stanceclf.labels import READING_ORDER
from stanceclf.model import Reason, StanceModel, find_reasons
from stanceclf.prediction import Prediction, standings
from stanceclf.reports.article_sections import LEVELS, SIDES, Section, Speakers, cut_sections
from stanceclf.reports.article_words import WORDS, Lang
from stanceclf.reports.escaping import page_text, script_json

# Speakers shown at first; the others are folded.
_MOST_SPEAKERS = 8
# Bars of a chart.
_MOST_BARS = 80
# Matches of rules shown for a sentence.
_MOST_FINDS = 12
# Characters quoted of a sentence.
_MOST_QUOTED = 120
# Sentences whose reasons the script parses at once.
_CHUNK = 1000

_TEMPLATE = Path(__file__).parent / "templates" / "article.html"


def article_page(
    read: Iterable[tuple[Article, list[Prediction]]], model: StanceModel, lang: Lang
) -> str:
    """Return the page as an HTML document.

    Parameters
    ----------
    read : iterable of (Article, list of Prediction)
        The articles and their sentences, in reading order.
    model : StanceModel
        The model that predicted them.
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
        raise missing_extra("jinja2") from None
    speakers = Speakers(model.normalizer)
    sections = list(cut_sections(read, speakers))
    words = _words(model, lang)
    rows = [row for section in sections for row in section.rows]
    places = {id(row): index for index, row in enumerate(rows)}
    shown_sections = [
        {
            "section": section,
            "counts": _counts(section.rows),
            "summary": _summary(section.rows, speakers, places),
            "course": _course(section, words),
        }
        for section in sections
    ]
    data = {
        "w": words,
        "stances": READING_ORDER,
        "speakers": speakers.names,
        "rules": [page_text(rule.name) for rule in model.voter.rules],
        "stance": "".join(str(READING_ORDER.index(row.stance or "none")) for row in rows),
        "speaker": [speakers.number(row.speaker) for row in rows],
        "chunk": _CHUNK,
    }
    source = _TEMPLATE.read_text(encoding="utf-8")
    script = source.partition("<script>")[2].partition("</script>")[0]
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(
        lang=lang,
        w=words,
        topic=page_text(model.topic.name),
        shown_sections=shown_sections,
        overall=_summary(rows, speakers, places) if len(sections) > 1 else None,
        signs=SIDES,
        levels=[round(100 * level) for level in LEVELS],
        stances=READING_ORDER,
        most=_MOST_SPEAKERS,
        speakers=speakers.names,
        # The content security policy allows no script but the page's own.
        trusted=b64encode(sha256(script.encode()).digest()).decode(),
        data=Markup(script_json(data)),
        details=[Markup(script_json(chunk)) for chunk in _details(rows, model)],
    )


def _words(model: StanceModel, lang: Lang) -> dict[str, str]:
    """Return the page's words; stances are called as in the topic if that is in this language."""
    topic, words = model.topic, dict(WORDS[lang])
    if lang == topic.language:
        own = {stance: topic.labels.get(stance, stance) for stance in READING_ORDER}
        words |= {stance: page_text(name) for stance, name in own.items() if name != stance}
    rival = page_text(next(iter(topic.rival), ""))
    words["about_rival"] = words["about_rival" if rival else "about_other"]
    given = {"{topic}": page_text(topic.name), "{rival}": rival}
    for place, text in (given | {"{version}": stanceclf.__version__}).items():
        words = {key: word.replace(place, text) for key, word in words.items()}
    return words


def _counts(rows: Iterable[Prediction]) -> dict[str, int]:
    counts = Counter(row.stance or "none" for row in rows)
    return {stance: counts[stance] for stance in READING_ORDER}


def _summary(
    rows: Sequence[Prediction], speakers: Speakers, places: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Return the rows of a table of speakers."""
    return [
        {
            "name": None if one.name is None else page_text(one.name),
            "counts": {stance: getattr(one, stance) for stance in READING_ORDER},
            "net": _signed(one.net),
            "interval": [_signed(end) for end in one.interval],
            # Places on a line from -1 to +1, in percent.
            "at": _percent((one.net + 1) / 2),
            "low": _percent((one.interval[0] + 1) / 2),
            "wide": _percent((one.interval[1] - one.interval[0]) / 2),
            "quotes": [
                {
                    "stance": stance,
                    "text": page_text(row.text[:_MOST_QUOTED])
                    + "…" * (len(row.text) > _MOST_QUOTED),
                    "index": places[id(row)],
                }
                for stance, row in one.quotes.items()
            ],
        }
        for one in standings(rows, "speaker", speakers.normalize)
    ]


def _signed(net: float) -> str:
    shown = f"{net:+.2f}"
    return "0.00" if shown in {"+0.00", "-0.00"} else shown.replace("-", "\N{MINUS SIGN}")


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")


def _course(section: Section, words: Mapping[str, str]) -> dict[str, Any]:
    """Return the bars of a section's chart, and a description of them.

    The height of a bar is the mean probability of its stance over the sentences that it stands
    for, where a sentence of another stance counts as 0; the highest bar fills the chart.
    """
    rows = section.rows
    count = min(len(rows), _MOST_BARS)
    bars: list[dict[str, Any]] = []
    for number in range(count):
        start, end = (len(rows) * n // count for n in (number, number + 1))
        own = rows[start:end]
        heights = {
            stance: sum(row.certainty for row in own if row.stance == stance) / len(own)
            for stance in SIDES
        }
        first = next((i for i, row in enumerate(own) if row.stance in SIDES), 0)
        bars.append({"index": section.first + start + first, "x": number, **heights})
    most = max((bar[stance] for bar in bars for stance in SIDES), default=0.0)
    for bar in bars:
        bar |= {stance: round(40 * bar[stance] / most, 2) if most else 0 for stance in SIDES}
    thirds = []
    for number, name in enumerate(("beginning", "middle", "end")):
        counts = _counts(rows[len(rows) * number // 3 : len(rows) * (number + 1) // 3])
        shown = words["comma"].join(f"{words[stance]} {counts[stance]}" for stance in SIDES)
        thirds.append(words[name] + words["colon"] + shown)
    return {"bars": bars, "words": words["semicolon"].join(thirds)}


def _details(rows: Sequence[Prediction], model: StanceModel) -> Iterator[list[object]]:
    """Yield what is behind each sentence, in chunks: see `detail` in the template."""
    numbers = {rule.name: number for number, rule in enumerate(model.voter.rules)}
    reasons = find_reasons(model, [row.text for row in rows], [row.stance for row in rows])
    for start in range(0, len(rows), _CHUNK):
        own = slice(start, start + _CHUNK)
        yield [_detail(*pair, numbers) for pair in zip(rows[own], reasons[own], strict=True)]


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
    return [shown, row.voice, list(finds)[:_MOST_FINDS], words, max(len(finds) - _MOST_FINDS, 0)]
