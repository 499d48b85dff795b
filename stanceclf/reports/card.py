"""The model card: what a model is, what it learnt from, how good it is and where it fails."""

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
from stanceclf.articles import file_of, file_with
from stanceclf.errors import StanceclfError
from stanceclf.gold import read_gold, was_chosen
from stanceclf.io import read_utf8, sha256_of, size_of
from stanceclf.labels import READING_ORDER
from stanceclf.model import FORMAT
from stanceclf.reports.escaping import markdown_list, markdown_rows, markdown_text
from stanceclf.rules import LabelModelName
from stanceclf.training import EXAMPLES, EvaluateConfig, TrainConfig, TrainingData

_TEMPLATE = Path(__file__).parent / "templates" / "model_card.md"
_TAUGHT = {
    "weak": "the votes of {rules} keyword rules on {articles} articles{and_written}",
    "gold": "gold labels of {articles} articles, and uses {rules} keyword rules",
    "both": "gold labels of {articles} articles and {rules} keyword rules' votes{and_written}",
}
_IN_ARTICLES = {
    True: "`stanceclf predict` on an article takes the sentences around it into account.",
    False: "so does `stanceclf predict` on an article.",
}
_SOURCES = {"weak": "weak ones", "gold": "gold ones", "both": "gold ones, weak ones elsewhere"}
_SYSTEMS = {
    "rules": "rules alone",
    "plain": "plain TF-IDF on the weak labels",
    "snorkel": "Snorkel's recipe",
    "alone": "model, each sentence by itself",
    "model": "**model**",
    "masked": "model, the rules' words masked",
}
_LEARNERS = {"snorkel": "Snorkel's", "dawid-skene": "Dawid and Skene's"}
# The part of the template that needs gold labels, and what replaces it without them.
_OF_GOLD = re.compile("<!-- gold -->\n(.*)<!-- /gold -->\n", re.DOTALL)
_NO_GOLD = """\
Unknown: there are no gold labels yet. Label some sentences with `stanceclf annotate`, then run the
pipeline again.
"""
_SPEAKERS = """
## Who says it

Not the model, but `stanceclf predict` reports who says a sentence. How well, on the {} sentences
whose speaker people determined:

| article | gold | told | precision | recall | F1 |
|---|---|---|---|---|---|
"""
# Errors quoted, those that the model is most certain of.
_MOST_ERRORS = 5

_Row = Mapping[str, Any]
# The article of a sentence, its gold label, and the stance that the model predicts.
_Predicted = tuple[str, str, str]


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
    text_column: str | None = None,
) -> str:
    """Return the card of a model, as Markdown with the metadata of the Hugging Face hub.

    It depends on the content of the files alone, wherever they are.

    Parameters
    ----------
    data : TrainingData
        What the model learnt from.
    train, evaluate : TrainConfig, EvaluateConfig
        The settings of the stages.
    label_model : str, default "weighted"
        The label model of the rules' votes.
    articles, topic : path-like
        The folder of articles and that of the topic.
    model : path-like
        The model file.
    metrics, confusion, errors : path-like
        What the stage ``evaluate`` wrote.
    gold : path-like, optional
        The gold labels that the model is evaluated on.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        A file cannot be read, or is not what the stage writes.
    """
    values = _learnt(data, train) | {
        "model": markdown_text(Path(model).name),
        "label_model": label_model,
        "hashes": _hashes(data, articles, topic, gold, model),
    }
    text = _TEMPLATE.read_text(encoding="utf-8")
    with _of_evaluate(confusion):
        rows = csv.DictReader(io.StringIO(read_utf8(confusion)))
        predicted = [(row["article"], row["gold"], row["model"]) for row in rows]
    with _of_evaluate(errors):
        values["worst"] = _worst(read_utf8(errors).split("\n"))
    with _of_evaluate(metrics):
        figures = json.loads(read_utf8(metrics))
        values["speakers"] = _speakers(figures)
        has_gold = bool(figures["gold"].get("sentences"))
        if has_gold:
            values |= _scores(figures, evaluate) | _confusions(predicted)
            values["by_article"] = _by_article(figures["articles"], predicted)
            values["chosen"] = _chosen(gold, articles, text_column)
    return Template(_OF_GOLD.sub(r"\1" if has_gold else _NO_GOLD, text)).substitute(values)


def _learnt(data: TrainingData, train: TrainConfig) -> dict[str, str]:
    """Return the values about the topic and the training data."""
    topic, counts = data.voter.topic, data.counts
    training = data.training_set(train)
    examples, sentences = training.articles.count(None), sum(counts.values())
    written = min(data.written, examples)
    numbers = {
        "articles": len(data.articles),
        "sentences": sentences,
        "labelled": sentences - counts[None],
        "rules": len(data.voter.rules),
        "trained": len(training.texts),
        "trained_articles": len(training.texts) - examples,
        "trained_rules": examples - written,
        "trained_written": written,
        "weak_null": counts[None],
        **{f"weak_{stance}": counts[stance] for stance in READING_ORDER},
    }
    shown = {name: f"{number:,}" for name, number in numbers.items()}
    return shown | {
        **{f"shown_{stance}": markdown_text(topic.labels[stance]) for stance in READING_ORDER},
        "target": markdown_text(topic.name),
        "target_words": markdown_list(topic.target),
        "rival_words": markdown_list(topic.rival),
        "taught": _TAUGHT[train.labels].format(
            **shown,
            and_written=f" and on {written:,} sentences written for the purpose" * (written > 0),
        ),
        "source": _SOURCES[train.labels],
        "coverage": f"{numbers['labelled'] / numbers['sentences']:.0%}",
        "features": ", ".join(train.features),
        "settings": _settings(train, sentences),
        "rule_weight": f"{train.rule_weight:g}",
        "in_articles": _IN_ARTICLES[train.context > 0],
        "versions": _versions(train),
    }


def _settings(train: TrainConfig, sentences: int) -> str:
    spans = {"chars": train.char_ngrams, "words": train.word_ngrams}
    settings = [
        f"n-grams of {shortest} to {longest} {kind}"
        for kind, (shortest, longest) in spans.items()
        if any(kind in feature for feature in train.features)
    ]
    settings += [f"min_df {train.min_df}", f"C {train.C:g}", f"class_weight {train.class_weight}"]
    if train.labels != "gold":
        settings.append(f"weak labels beside written examples weigh {train.weak:g}")
        settings.append(f"sentences that no rule reaches as `none`, weight {train.abstained:g}")
        if train.sentences is not None and train.sentences < sentences:
            settings.append(f"{train.sentences:,} of the sentences, of each stance equally many")
    return ", ".join(settings)


def _hashes(
    data: TrainingData,
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    gold: str | PathLike[str] | None,
    model: str | PathLike[str],
) -> str:
    """Return the rows of inputs and of the model; all articles share one hash."""
    files = sorted({file_with(name, articles) for name in data.articles})
    lines = "".join(f"{sha256_of(Path(articles, name))}  {name}\n" for name in files)
    folder = f"{markdown_text(Path(articles).resolve().name)} (files: {len(files):,})"
    inputs = [Path(topic, "topic.yaml"), Path(topic, "rules.yaml")]
    inputs += [Path(topic, EXAMPLES)] * (data.written > 0) + ([Path(gold)] if gold else [])
    rows = [
        (folder, sha256(lines.encode()).hexdigest()),
        *((markdown_text(path.name), sha256_of(path)) for path in inputs),
        (f"{markdown_text(Path(model).name)} ({size_of(model):,} bytes)", sha256_of(model)),
    ]
    return markdown_rows((name, f"`{digest}`") for name, digest in rows)


def _versions(train: TrainConfig) -> str:
    names = ["numpy", "scikit-learn", "google-re2"]
    names += ["jieba"] if any("words" in feature for feature in train.features) else []
    own = [f"stanceclf {stanceclf.__version__}", f"model file format {FORMAT}"]
    return ", ".join([*own, *(f"{name} {version(name)}" for name in names)]) + "."


@contextmanager
def _of_evaluate(path: str | PathLike[str]) -> Iterator[None]:
    """Report a file that is not what the stage `evaluate` writes."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, csv.Error) as error:
        what = f"not what `stanceclf evaluate` writes ({type(error).__name__}); run it again"
        raise StanceclfError(what, path=path) from None


def _scores(figures: _Row, evaluate: EvaluateConfig) -> dict[str, str]:
    """Return the table of systems, and how much better the model is."""
    systems = []
    for name, title in _SYSTEMS.items():
        own = figures[name]
        cells = [_estimate(own, "f_avg"), *(_estimate(own[s], "f1") for s in READING_ORDER)]
        systems.append((title, *cells))
    return {
        "systems": markdown_rows(systems),
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
    if (interval := scores[f"{name}_interval"]) is None:
        return f"{scores[name]:{sign}.3f} [-]"
    low, high = interval
    return f"{scores[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def _difference(figures: _Row) -> str:
    interval = figures["f_avg_interval"]
    low, high = interval or (0, 0)
    if interval is None:
        verdict = "without an interval, which takes several articles and labels"
    elif low <= 0 <= high:
        verdict = "the interval contains 0, so neither is shown to be better"
    else:
        verdict = f"the model is {'better' if low > 0 else 'worse'} here"
    return f"{_estimate(figures, 'f_avg', '+')}; {verdict}"


def _by_article(articles: Sequence[_Row], predicted: Iterable[_Predicted]) -> str:
    counts = Counter((file_of(article), gold) for article, gold, _ in predicted)
    return markdown_rows(
        (
            markdown_text(row["article"]),
            f"{row['sentences']:,}",
            *(f"{counts[row['article'], stance]:,}" for stance in ("favor", "against")),
            f"{row['rules']:.3f}",
            f"{row['model']:.3f}",
        )
        for row in articles
    )


def _confusions(predicted: Sequence[_Predicted]) -> dict[str, str]:
    """Return the mistakes by kind, the most frequent first."""
    pairs = Counter((gold, model) for _, gold, model in predicted)
    all_of = Counter(gold for _, gold, _ in predicted)
    wrong = sorted((pair for pair in pairs if pair[0] != pair[1]), key=lambda p: (-pairs[p], p))
    rows = (
        (f"`{pair[0]}`", f"`{pair[1]}`", f"{pairs[pair]:,}", f"{pairs[pair] / all_of[pair[0]]:.0%}")
        for pair in wrong
    )
    return {
        "confusions": markdown_rows(rows),
        "wrong": f"{sum(pairs[pair] for pair in wrong):,}",
    }


def _chosen(
    gold: str | PathLike[str] | None, articles: str | PathLike[str], text_column: str | None
) -> str:
    if gold is None:
        return "An unknown number"
    known = read_gold(gold, articles, text_column=text_column)
    return f"{sum(map(was_chosen, known)):,}"


def _worst(lines: Sequence[str]) -> str:
    quoted = []
    for number, line in enumerate(filter(None, lines[:_MOST_ERRORS]), 1):
        row = json.loads(line)
        rules = ", ".join(f"`{rule}`" for rule in row["votes"]) or "none"
        quoted.append(
            f"{number}. gold `{row['gold']}`, the model says `{row['stance']}` "
            f"(p = {row['probabilities'][row['stance']]:.2f}; rules that vote: {rules})\n"
            f"   > “{markdown_text(row['text'])}”\n"
            f"   > {markdown_text(row['article'])}, {row['start']}-{row['end']}"
        )
    return "\n".join(quoted) or "None is listed."


def _speakers(figures: _Row) -> str:
    scores = figures.get("speakers")
    if not scores:
        return ""
    rows = [*scores["articles"], scores | {"article": "all of them"}]
    return _SPEAKERS.format(f"{scores['sentences']:,}") + markdown_rows(
        (
            markdown_text(row["article"]),
            f"{row['sentences']:,}",
            f"{row['told']:,}",
            *("-" if row[n] is None else f"{row[n]:.3f}" for n in ("precision", "recall", "f1")),
        )
        for row in rows
    )
