"""Model card: what a model is, what it learnt from, how good it is and where it fails."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from string import Template
from typing import Any

import stanceclf
from stanceclf.articles import table_of
from stanceclf.errors import StanceclfError
from stanceclf.gold import read_gold, was_chosen
from stanceclf.io import read_utf8
from stanceclf.labels import READING_ORDER
from stanceclf.model import FORMAT
from stanceclf.reports.escaping import markdown_list, markdown_text
from stanceclf.rules import LabelModelName
from stanceclf.training import EvaluateConfig, TrainConfig, TrainingData

_TEMPLATE = Path(__file__).parent / "templates" / "model_card.md"
_TAUGHT = {
    "weak": "{rules} keyword rules and {articles} articles, without a label by hand",
    "gold": "labels by hand in {articles} articles, with {rules} keyword rules beside them",
    "both": "{rules} keyword rules and labels by hand in {articles} articles",
}
_SOURCES = {"weak": "weak ones", "gold": "gold ones", "both": "gold ones, weak ones elsewhere"}
_SYSTEMS = {
    "rules": "rules alone",
    "plain": "plain TF-IDF on the weak labels",
    "snorkel": "Snorkel's recipe",
    "model": "**model**",
    "masked": "model, the rules' words masked",
}
_LEARNERS = {"snorkel": "Snorkel's", "dawid-skene": "Dawid and Skene's"}
# What the template says of gold, and what else there is to say.
_OF_GOLD = re.compile("<!-- gold -->\n(.*)<!-- /gold -->\n", re.DOTALL)
_NO_GOLD = """\
There are no gold labels yet, so nothing tells how good the model is and where it fails. Label some
sentences with `stanceclf annotate`, then run the pipeline again.
"""
_SPEAKERS = """
## Who says it

Not the model, but `stanceclf predict` tells who says a sentence. How well, on the {} sentences of
which people found who says them:

| article | gold | told | precision | recall | F1 |
|---|---|---|---|---|---|
"""
# Of the errors that the model is surest of.
_MOST_ERRORS = 5

_Row = Mapping[str, Any]
# A sentence's article, its gold label, and what the model calls it.
_Said = tuple[str, str, str]


def model_card(
    data: TrainingData,
    train: TrainConfig,
    evaluate: EvaluateConfig,
    label_model: LabelModelName = "weighted",
    *,
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    model: str | PathLike[str],
    metrics: str | PathLike[str],
    confusion: str | PathLike[str],
    errors: str | PathLike[str],
    gold: str | PathLike[str] | None = None,
) -> str:
    """Return the card of a model, as Markdown with the metadata of the Hugging Face hub.

    It is computed from the files alone: the same ones give the same card, wherever they lie.

    Parameters
    ----------
    data : TrainingData
        What the model learnt from.
    train, evaluate : TrainConfig, EvaluateConfig
        The settings of the stages.
    label_model : str, default "weighted"
        How the rules' votes were summed up.
    articles, topic : path-like
        The folder of articles and that of the topic.
    model : path-like
        The model's file.
    metrics, confusion, errors : path-like
        What the stage ``evaluate`` wrote.
    gold : path-like, optional
        The gold labels that it is measured on.

    Raises
    ------
    StanceclfError
        A file cannot be read, or is none of what the stage writes.
    """
    told = _learnt(data, train) | {
        "model": markdown_text(Path(model).name),
        "label_model": label_model,
    }
    told["hashes"] = _hashes(data, articles, topic, gold, model)
    text = _TEMPLATE.read_text(encoding="utf-8")
    with _of_evaluate(confusion):
        rows = csv.DictReader(io.StringIO(read_utf8(confusion)))
        said = [(row["article"], row["gold"], row["model"]) for row in rows]
    with _of_evaluate(errors):
        told["worst"] = _worst(read_utf8(errors).split("\n"))
    with _of_evaluate(metrics):
        figures = json.loads(read_utf8(metrics))
        told["speakers"] = _speakers(figures)
        if figures["gold"].get("sentences"):
            told |= _scores(figures, evaluate) | _by_article(figures["articles"], said)
            told |= _confusions(said) | {"chosen": _chosen(gold, articles)}
            text = _OF_GOLD.sub(r"\1", text)
        else:
            text = _OF_GOLD.sub(_NO_GOLD, text)
    return Template(text).substitute(told)


def _learnt(data: TrainingData, train: TrainConfig) -> dict[str, str]:
    """Return what the model is of and what it learnt from."""
    topic, counts = data.voter.topic, data.counts
    training = data.training(train)
    examples, sentences = training.articles.count(None), sum(counts.values())
    numbers = {
        "articles": len(data.articles),
        "sentences": sentences,
        "labelled": sentences - counts[None],
        "rules": len(data.voter.rules),
        "trained": len(training.texts),
        "trained_articles": len(training.texts) - examples,
        "trained_examples": examples,
        "weak_null": counts[None],
        **{f"weak_{stance}": counts[stance] for stance in READING_ORDER},
    }
    written = {name: f"{number:,}" for name, number in numbers.items()}
    return written | {
        **{f"shown_{stance}": markdown_text(topic.labels[stance]) for stance in READING_ORDER},
        "target": markdown_text(topic.name),
        "target_words": markdown_list(topic.target),
        "rival_words": markdown_list(topic.rival),
        "taught": _TAUGHT[train.labels].format(**written),
        "source": _SOURCES[train.labels],
        "coverage": f"{numbers['labelled'] / numbers['sentences']:.0%}",
        "features": ", ".join(train.features),
        "settings": _settings(train, sentences),
        "rule_weight": f"{train.rule_weight:g}",
        "versions": _versions(train),
    }


def _settings(train: TrainConfig, sentences: int) -> str:
    spans = {"chars": train.char_ngrams, "words": train.word_ngrams}
    told = [
        f"n-grams of {shortest} to {longest} {kind}"
        for kind, (shortest, longest) in spans.items()
        if any(kind in feature for feature in train.features)
    ]
    told += [f"min_df {train.min_df}", f"C {train.C:g}", f"class_weight {train.class_weight}"]
    if train.labels != "gold":
        told.append(f"sentences that no rule reaches as `none`, weight {train.abstained:g}")
        if train.sentences is not None and train.sentences < sentences:
            told.append(f"{train.sentences:,} of the sentences, of each stance equally many")
    return ", ".join(told)


def _hashes(
    data: TrainingData,
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    gold: str | PathLike[str] | None,
    model: str | PathLike[str],
) -> str:
    """Return the rows of what went in and came out; the folder of articles has one hash."""
    files = sorted({table_of(name) or name for name in data.articles})
    lines = "".join(
        f"{sha256(_read(Path(articles, name))).hexdigest()}  {name}\n" for name in files
    )
    rows = [
        (f"{markdown_text(Path(articles).resolve().name)} (files: {len(files):,})", lines.encode())
    ]
    inputs = [Path(topic, "topic.yaml"), Path(topic, "rules.yaml"), *([Path(gold)] if gold else [])]
    rows += [(markdown_text(path.name), _read(path)) for path in inputs]
    raw = _read(Path(model))
    rows.append((f"{markdown_text(Path(model).name)} ({len(raw):,} bytes)", raw))
    return _rows((name, f"`{sha256(content).hexdigest()}`") for name, content in rows)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=path) from None


def _versions(train: TrainConfig) -> str:
    names = ["numpy", "scikit-learn", "google-re2"]
    names += ["jieba"] if any("words" in feature for feature in train.features) else []
    told = [f"stanceclf {stanceclf.__version__}", f"model file format {FORMAT}"]
    return ", ".join([*told, *(f"{name} {version(name)}" for name in names)]) + "."


@contextmanager
def _of_evaluate(path: str | PathLike[str]) -> Iterator[None]:
    """Say of a file that is not what the stage `evaluate` writes that it is not."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, csv.Error) as error:
        what = f"not what `stanceclf evaluate` writes ({type(error).__name__}); run it again"
        raise StanceclfError(what, path=path) from None


def _scores(figures: _Row, evaluate: EvaluateConfig) -> dict[str, str]:
    """Return the table of systems and what it comes to."""
    systems = []
    for name, title in _SYSTEMS.items():
        own = figures[name]
        cells = [_estimate(own, "f_avg"), *(_estimate(own[s], "f1") for s in READING_ORDER)]
        systems.append((title, *cells))
    return {
        "systems": _rows(systems),
        "gold": f"{figures['gold']['sentences']:,}",
        **{f"gold_{stance}": f"{figures['gold'][stance]:,}" for stance in READING_ORDER},
        "learner": _LEARNERS[figures["snorkel"]["label_model"]],
        "confidence": f"{100 * evaluate.confidence:.4g} %",
        "resamples": f"{evaluate.resamples:,}",
        **{
            f"minus_{name}": _difference(figures[f"model_minus_{name}"])
            for name in ("rules", "plain", "snorkel")
        },
    }


def _estimate(scores: _Row, name: str, sign: str = "") -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def _difference(figures: _Row) -> str:
    low, high = figures["f_avg_interval"]
    better = "the model is better here" if low > 0 else "the model is worse here"
    shown = (
        better if low > 0 or high < 0 else "the interval holds 0, so neither is shown to be better"
    )
    return f"{_estimate(figures, 'f_avg', '+')}; {shown}"


def _by_article(articles: Sequence[_Row], said: Iterable[_Said]) -> dict[str, str]:
    counts = Counter((table_of(article) or article, gold) for article, gold, _ in said)
    rows = (
        (
            markdown_text(row["article"]),
            f"{row['sentences']:,}",
            *(f"{counts[row['article'], stance]:,}" for stance in ("favor", "against")),
            f"{row['rules']:.3f}",
            f"{row['model']:.3f}",
        )
        for row in articles
    )
    return {"by_article": _rows(rows)}


def _confusions(said: Iterable[_Said]) -> dict[str, str]:
    """Return the mistakes by kind, the most frequent first."""
    pairs = Counter((gold, model) for _, gold, model in said)
    wrong = sorted((pair for pair in pairs if pair[0] != pair[1]), key=lambda p: (-pairs[p], p))
    of = {gold: sum(n for pair, n in pairs.items() if pair[0] == gold) for gold, _ in wrong}
    rows = (
        (
            f"`{gold}`",
            f"`{model}`",
            f"{pairs[gold, model]:,}",
            f"{pairs[gold, model] / of[gold]:.0%}",
        )
        for gold, model in wrong
    )
    return {"confusions": _rows(rows), "wrong": f"{sum(pairs[pair] for pair in wrong):,}"}


def _chosen(gold: str | PathLike[str] | None, articles: str | PathLike[str]) -> str:
    if gold is None:
        return "An unknown number"
    return f"{sum(map(was_chosen, read_gold(gold, articles))):,}"


def _worst(lines: Sequence[str]) -> str:
    told = []
    for number, line in enumerate(filter(None, lines[:_MOST_ERRORS]), 1):
        row = json.loads(line)
        rules = ", ".join(f"`{rule}`" for rule in row["votes"]) or "none"
        sure = f"{row['probabilities'][row['stance']]:.2f}"
        told.append(
            f"{number}. gold `{row['gold']}`, the model says `{row['stance']}` (p = {sure}; "
            f"rules that vote: {rules})\n"
            f"   > “{markdown_text(row['text'])}”\n"
            f"   > {markdown_text(row['article'])}, {row['start']}-{row['end']}"
        )
    return "\n".join(told) or "None is listed."


def _speakers(figures: _Row) -> str:
    scores = figures.get("speakers")
    if not scores:
        return ""
    rows = [*scores["articles"], scores | {"article": "all of them"}]
    return _SPEAKERS.format(f"{scores['sentences']:,}") + _rows(
        (
            markdown_text(row["article"]),
            f"{row['sentences']:,}",
            f"{row['told']:,}",
            *("-" if row[n] is None else f"{row[n]:.3f}" for n in ("precision", "recall", "f1")),
        )
        for row in rows
    )


def _rows(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
