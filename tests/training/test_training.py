"""What is trained on and what is held out have nothing in common."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, strategies as st

from stanceclf.articles.normalization import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import read_gold
from stanceclf.io.columns import LABEL_COLUMNS, SENTENCE_COLUMNS, Columns
from stanceclf.io.parquet_files import open_dataset
from stanceclf.model.decisions import stance_probabilities
from stanceclf.rules.definition import Rule
from stanceclf.rules.file import load_voter
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import TrainConfig
from stanceclf.training.copies import Copies
from stanceclf.training.cross_validation import (
    Split,
    assign_folds,
    fitted_by_fold,
    split_articles,
)
from stanceclf.training.data import make_classifier, read_training_data, stream_tested
from stanceclf.training.overlap import Overlap
from stanceclf.training.samples import LabelSource, TrainingSet, examples_of, gather

NORMALIZE = Normalizer.from_opencc()
GOLD = read_gold(ROOT / "seeds/gold.jsonl")
WEAK = [
    # article, text, weak label, its probability
    ("甲", "开源更便宜。", "favor", 1.0),
    ("甲", "开源有风险，但便宜。", "favor", 0.75),
    ("甲", "开源落后。", "against", 0.5),
    ("甲", "今天下雨。", "none", 1.0),
    ("乙", "平局。", None, 0.5),
    ("乙", "无人投票。", None, None),
]
RULES = [
    Rule(name="便宜", label="favor", any=("便宜",), matches=("用开源省钱。", "两可。")),
    Rule(name="落后", label="against", any=("落后",), matches=("闭源领先。", "两可。")),
    Rule(name="下雨", label="none", any=("下雨",), matches=("明天下雨。", "明天下雨。")),
]


def weak_columns(rows: list[tuple[str, str, str | None, float | None]] = WEAK) -> Columns:
    columns: Columns = {name: [] for name in (*SENTENCE_COLUMNS, *LABEL_COLUMNS)}
    for start, (article, text, label, share) in enumerate(rows):
        columns["article"].append(article)
        columns["start"].append(start)
        columns["end"].append(start + 1)
        columns["text"].append(text)
        columns["weak_label"].append(label)
        rest = None if share is None else (1 - share) / 2
        for stance in ("favor", "against", "none"):
            columns[f"p_{stance}"].append(share if stance == label else rest)
    return columns


GOLD_COLUMNS: Columns = {
    "article": ["甲", "甲", "丙"],
    "start": [0, 2, 0],
    "end": [1, 3, 1],
    "text": ["开源更便宜。", "开源落后。", "闭源更好。"],
    "label": ["none", "against", "favor"],
}


def rows(found: TrainingSet) -> list[tuple[str, str, float, str | None]]:
    return list(zip(found.texts, found.labels, found.weights, found.articles, strict=True))


OWN = [
    ("开源更便宜。", "favor", 1.0, "甲"),
    ("开源有风险，但便宜。", "favor", 0.75, "甲"),
    ("开源落后。", "against", 0.5, "甲"),
    ("今天下雨。", "none", 1.0, "甲"),
]
JUDGED = [
    ("开源更便宜。", "none", 1.0, "甲"),
    ("开源落后。", "against", 1.0, "甲"),
    ("闭源更好。", "favor", 1.0, "丙"),
]
EXAMPLES = [
    ("用开源省钱。", "favor", 1.0, None),
    ("闭源领先。", "against", 1.0, None),
    ("明天下雨。", "none", 1.0, None),
]
SILENT = ("无人投票。", "none", 0.3, "乙")


@pytest.mark.parametrize(
    ("source", "abstained", "examples", "expected"),
    [
        ("weak", 0.0, False, OWN),
        ("weak", 0.3, False, [*OWN, SILENT]),
        ("weak", 0.3, True, [*OWN, SILENT, *EXAMPLES]),
        ("gold", 0.3, True, JUDGED),
        ("both", 0.0, False, [*JUDGED, OWN[1], OWN[3]]),
        ("both", 0.3, True, [*JUDGED, OWN[1], OWN[3], SILENT, *EXAMPLES]),
    ],
)
def test_training_sentences_are_those_of_the_settings(
    source: LabelSource,
    abstained: float,
    examples: bool,
    expected: list[tuple[str, str, float, str | None]],
) -> None:
    given = examples_of(RULES) if examples else ()
    found = gather(weak_columns(), GOLD_COLUMNS, given, source=source, abstained=abstained)
    assert rows(found) == expected


def test_gold_is_ignored_by_default() -> None:
    without = gather(weak_columns(), None, examples_of(RULES))
    assert rows(gather(weak_columns(), GOLD_COLUMNS, examples_of(RULES))) == rows(without)


def test_missing_gold_is_reported() -> None:
    for source in ("gold", "both"):
        with pytest.raises(StanceclfError, match=f"`train.labels: {source}` needs gold labels"):
            gather(weak_columns(), None, examples_of(RULES), source=source)


def test_a_stance_without_a_sentence_is_reported() -> None:
    few = weak_columns(WEAK[:2])
    with pytest.raises(StanceclfError, match="no sentence is labelled `against`; write rules"):
        gather(few, None)
    with pytest.raises(StanceclfError, match="no sentence is labelled `none`; label some"):
        gather(few, {k: v[1:] for k, v in GOLD_COLUMNS.items()}, source="gold")
    # An example, or a sentence on which no rule votes, may be one.
    assert gather(few, None, examples_of(RULES)).labels.count("against") == 1
    silent = weak_columns([*WEAK[:3], WEAK[5]])
    assert gather(silent, None, [], abstained=0.1).labels.count("none") == 1


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("开源会越来越落后", True),
        ("“开源会越来越落后！”", True),
        ("他说：开源 会越来越落后。我不信。", True),
        ("越来越落后", True),
        ("开源会越来越落后吗", True),
        # Half of its trigrams are in one sentence; fewer; half, but in two sentences.
        ("开源将越来越落后", True),
        ("开源会越来越便宜", True),
        ("开源会越来越便宜也好用", False),
        ("开源会更便宜", False),
        ("会越来越正文完", False),
        # A short heading may occur in any sentence; but all of a text may be in one.
        ("请看正文完整版", False),
        ("正文完", True),
        ("", True),
    ],
)
def test_a_text_overlaps_what_it_quotes_or_is_quoted_by(text: str, quotes: bool) -> None:
    overlap = Overlap([text], str)
    sentences = ["他说,开源会越来越落后。", "正文完", "开源会越来越落后"]
    assert any(overlap(sentence) for sentence in sentences) is quotes


@given(st.lists(st.text("开源闭便宜,。 _", max_size=12), max_size=5), st.data())
def test_whatever_is_cut_from_a_sentence_overlaps_it(
    sentences: list[str], data: st.DataObject
) -> None:
    for sentence in sentences:
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(sentence))] * 2)))
        overlap = Overlap([sentence[start:end], f"({sentence})!"], str)
        assert overlap(sentence) == {0, 1}


class Recorder(StanceClassifier):
    """A classifier that remembers what it was fitted on."""

    def fit(self, X, y, sample_weight=None, document_frequency=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, N803
        self.seen_ = list(zip(X, y, sample_weight, strict=True))
        return super().fit(X, y, sample_weight, document_frequency)


def seen_by_fold(
    training: TrainingSet, split: Split, folds: Mapping[int, Collection[int]] | None = None
) -> dict[int, list[tuple[str, str, float]]]:
    fitted = fitted_by_fold(Recorder(), training, split, folds)
    return {fold: classifier.seen_ for fold, classifier in fitted}


def test_no_fold_is_fitted_on_its_own_articles_nor_on_examples_that_quote_them() -> None:
    training = TrainingSet()
    for sentence in GOLD:
        training.add(sentence.text, sentence.label, 0.5, sentence.article)
    quoted = [sentence for sentence in GOLD if len(sentence.text) > 30][::20]
    for sentence in quoted:
        training.add(sentence.text, sentence.label, 1.0)
        training.add(f"据说“{sentence.text.upper()}”", sentence.label, 1.0)
    training.add("绝无此语。", "none", 1.0)
    articles = [sentence.article for sentence in GOLD]
    texts = [NORMALIZE(sentence.text) for sentence in GOLD]
    overlap = Overlap(training.texts[len(GOLD) :], NORMALIZE)
    overlap.add(articles, texts)
    split = split_articles(Copies(articles, texts).find(), articles, 5, overlap.articles)
    found = seen_by_fold(training, split)
    assert list(found) == [0, 1, 2, 3, 4]
    for fold, seen in found.items():
        (own,) = split.articles(fold)
        kept = [s for s in GOLD if s.article != own]
        assert seen[: len(kept)] == [(s.text, s.label, 0.5) for s in kept]
        told = {text for text, _, weight in seen if weight == 1.0}
        others = {s.text for s in quoted if s.article != own}
        expected = others | {f"据说“{text.upper()}”" for text in others} | {"绝无此语。"}
        assert others < {s.text for s in quoted}
        # An example that quotes two articles is left out with either.
        assert told <= expected
        assert len(expected - told) <= 2


def test_an_example_in_another_script_or_case_is_left_out_too() -> None:
    texts = ["开源更便宜。", "最快的办法就是调用openai的接口。", "今天下雨。", "明天下雨。"]
    training = TrainingSet(
        [*texts], ["favor", "against", "none", "none"], [1.0] * 4, list("甲乙丙丙")
    )
    for example in ("開源更便宜！", "最快的办法就是调用OpenAI的接口", "后天下雪"):
        training.add(example, "favor", 1.0)
    overlap = Overlap(training.texts[4:], NORMALIZE)
    overlap.add(list("甲乙丙丙"), texts)
    split = Split({"甲": 0, "乙": 1, "丙": 2}, overlap.articles)
    found = seen_by_fold(training, split)
    assert [text for text, _, _ in found[0]] == [*texts[1:], *training.texts[5:]]
    assert [text for text, _, _ in found[1]] == [
        texts[0],
        *texts[2:],
        training.texts[4],
        training.texts[6],
    ]
    assert [text for text, _, _ in found[2]] == [*texts[:2], *training.texts[4:]]


def test_the_folds_to_fit_on_can_be_given() -> None:
    texts = ["便宜", "落后", "下雨", "划算"]
    training = TrainingSet(
        texts, ["favor", "against", "none", "favor"], [1.0] * 4, list("甲乙丙丁")
    )
    split = Split(dict(zip("甲乙丙丁", range(4), strict=True)))
    found = seen_by_fold(training, split, {0: {1, 2}, 3: {0, 1}})
    assert [[text for text, _, _ in seen] for seen in found.values()] == [
        ["落后", "下雨"],
        ["便宜", "落后"],
    ]
    with pytest.raises(StanceclfError, match="have the same label"):
        seen_by_fold(training, split, {1: {0, 3}})


def test_copies_are_held_out_together() -> None:
    articles = ["甲", "甲", "乙", "乙", "乙", "丙", "丁"]
    texts = ["开源便宜", "闭源贵", "开源便宜", "转载", "闭源贵", "今天下雨", "明天下雨"]
    split = split_articles(Copies(articles, texts).find(), articles[:6], 2)
    assert split.fold_of["甲"] == split.fold_of["乙"] != split.fold_of["丙"]
    # The last one is not trained on; any model may predict it.
    assert set(split.fold_of) == {"甲", "乙", "丙"}
    assert split.articles(split.fold_of["丙"]) == {"丙"}


def test_folds_share_no_article() -> None:
    articles = [sentence.article for sentence in GOLD]
    for folds in (2, 3, 5):
        fold_of = assign_folds(articles, folds)
        assert set(fold_of) == set(articles)
        assert set(fold_of.values()) == set(range(folds))
    assert assign_folds(articles[::-1], 3) == assign_folds(articles, 3)
    # With fewer articles than that, each is a fold.
    assert assign_folds(articles, 6) == assign_folds(articles, 5)
    with pytest.raises(StanceclfError, match="at least two articles"):
        assign_folds(["一"] * 9, 5)


def test_copies_are_transitive() -> None:
    rows = [("甲", "一"), ("甲", "二"), ("乙", "三"), ("乙", "四"), ("丁", "五")]
    rows += [("丙", text) for text in ("一", "二", "三", "四")]
    articles, texts = zip(*rows, strict=True)
    first = Copies(articles, texts).find()
    assert first["甲"] == first["乙"] == first["丙"] != first["丁"]
    assert Copies(articles[::-1], texts[::-1]).find() == first


def test_copies_are_found_though_another_article_quotes_them() -> None:
    rows = [("甲", text) for text in "一二三四五六"]
    rows += [(name, text) for name in "乙丙" for text in "一二七八"]
    articles, texts = zip(*rows, strict=True)
    first = Copies(articles, texts).find()
    assert first["乙"] == first["丙"] != first["甲"]


def test_a_stance_unseen_in_training_has_probability_zero() -> None:
    two = StanceClassifier().fit(
        ["开源便宜", "今天下雨", "开源好", "明天下雨"], ["favor", "none"] * 2
    )
    found = stance_probabilities(two, ["开源"])
    assert found[0, 0] == 0
    assert found.sum() == pytest.approx(1)


def write_files(folder: Path, weak: Columns) -> None:
    shutil.copytree(ROOT / "configs/open-models", folder / "题目")
    types = SENTENCE_COLUMNS | LABEL_COLUMNS
    with open_dataset(types, folder / "标.parquet") as write:
        write({name: weak[name] for name in types})
    (folder / "articles").mkdir()
    (folder / "articles/丙.txt").write_text("闭源更好。", encoding="utf-8")
    (folder / "gold.jsonl").write_text(
        '{"article": "丙.txt", "start": 0, "end": 5, "text": "闭源更好。", "label": "against"}',
        encoding="utf-8",
    )


def test_data_is_what_is_in_the_files() -> None:
    write_files(Path(), weak_columns())
    data = read_training_data("标.parquet", "题目", "gold.jsonl")
    assert data.weak["text"] == [text for _, text, _, _ in WEAK]
    assert data.articles == {"甲", "乙"}
    assert data.counts == {"favor": 2, "against": 1, "none": 1, None: 2}
    assert data.gold is not None
    assert data.gold["label"] == ["against"]
    assert data.voter.rules == load_voter("题目").rules
    weak = data.training_set(TrainConfig(examples=False, abstained=0.0))
    assert rows(weak) == OWN
    both = data.training_set(TrainConfig(labels="both", examples=True, abstained=0.3))
    assert rows(both)[0] == ("闭源更好。", "against", 1.0, "丙.txt")
    assert {text for text, _, _, article in rows(both) if article is None} <= {
        example.text for example in data.examples
    }
    split = data.split(both, 3)
    assert set(split.fold_of) == {"甲", "乙", "丙.txt"}
    (tested,) = stream_tested("标.parquet")
    assert tested["label"] == ["favor", "favor", "against", "none"]
    assert tested["text"] == [text for _, text, label, _ in WEAK if label]
    assert read_training_data("标.parquet", "题目").gold is None
    assert read_training_data("标.parquet", "题目", data.gold).gold == data.gold


def test_a_classifier_has_the_parameters_of_the_settings() -> None:
    voter = load_voter(ROOT / "configs/open-models")
    config = TrainConfig(
        features=("chars", "signed words"),
        char_ngrams=(1, 3),
        word_ngrams=(2, 2),
        min_df=3,
        C=2.0,
        class_weight=None,
        rule_weight=1.5,
        silence=0.25,
        temperature=0.5,
        seed=7,
    )
    classifier = make_classifier(config, voter, "dawid-skene")
    assert classifier.get_params() == {
        "features": ("chars", "signed words"),
        "char_ngrams": (1, 3),
        "word_ngrams": (2, 2),
        "min_df": 3,
        "C": 2.0,
        "class_weight": None,
        "random_state": 7,
        "topic": voter.topic,
        "rules": voter.rules,
        "label_model": "dawid-skene",
        "rule_weight": 1.5,
        "silence": 0.25,
        "half_weight": 0.3,
        "temperature": 0.5,
    }
