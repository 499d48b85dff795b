"""The learning curve of written examples: nested draws, and nothing trained on that is tested."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stanceclf.errors import StanceclfError
from stanceclf.evaluation import example_curve as curve_of
from stanceclf.evaluation.example_curve import ExampleCurve, curve_sizes, nested_order
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.labelled import Labelled
from stanceclf.labels import READING_ORDER, STANCES, Stance
from stanceclf.stages.label import run_label
from stanceclf.stages.sentences import run_sentences
from stanceclf.training.classifier import StanceClassifier
from stanceclf.training.config import EvaluateConfig, LabelConfig, SentencesConfig, TrainConfig
from stanceclf.training.examples import Example

TOPIC = "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
RULES = """\
rules:
  - {name: cheap, label: favor, any: [便宜], near: target, matches: [开源便宜。]}
  - {name: lag, label: against, any: [落后], near: target, matches: [开源落后。]}
  - {name: rain, label: none, any: [下雨], matches: [下雨了。]}
"""
# In each article, a sentence of each stance that rules reach, and one that they do not.
ARTICLES: dict[str, list[tuple[str, Stance]]] = {
    name: [
        (f"{where}的人都说开源便宜。", "favor"),
        (f"{where}也有人说开源落后。", "against"),
        (f"{where}今天下雨。", "none"),
        (more, "favor"),
    ]
    for name, where, more in (
        ("一.txt", "北京", "活力与人才都聚在开源这边。"),
        ("二.txt", "上海", "有人才，有活力，这就是开源。"),
        ("三.txt", "广州", "开源既不缺人才，也不缺活力。"),
    )
}
EXAMPLES = [
    ("开源社区人才辈出。", "favor"),
    ("充满活力的社区是开源最大的本钱。", "favor"),
    ("人才喜欢开源，因为那里活力十足。", "favor"),
    ("开源的漏洞没有人负责修补。", "against"),
    ("出了漏洞，开源找不到人负责。", "against"),
    ("开源大会将于下月举行。", "none"),
    ("这家公司下月发布开源模型。", "none"),
]
TRAIN = TrainConfig(folds=3, C=10)
EVALUATE = EvaluateConfig(resamples=100)
TOPIC_FOLDER, LABELS, GOLD = Path("题目"), Path("labels.parquet"), Path("seeds/gold.jsonl")


@pytest.fixture(autouse=True)
def _built() -> None:
    for name, text in (("topic.yaml", TOPIC), ("rules.yaml", RULES)):
        TOPIC_FOLDER.mkdir(exist_ok=True)
        (TOPIC_FOLDER / name).write_text(text, encoding="utf-8")
    write_examples(EXAMPLES)
    Path("seeds/articles").mkdir(parents=True)
    rows = []
    for name, said in ARTICLES.items():
        text = ""
        for sentence, label in said:
            start, text = len(text), text + sentence
            place = {"article": name, "start": start, "end": len(text)}
            rows.append(place | {"text": sentence, "label": label})
        Path("seeds/articles", name).write_text(text, encoding="utf-8")
    GOLD.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run_sentences("seeds/articles", "sentences.parquet", SentencesConfig())
    run_label("sentences.parquet", TOPIC_FOLDER, LABELS, "rules.csv", "rules.html", LabelConfig())


def write_examples(rows: Iterable[tuple[str, str]]) -> None:
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
    (TOPIC_FOLDER / "examples.jsonl").write_text("\n".join(lines), encoding="utf-8")


def draw(on: Labelled | None = None, train: TrainConfig = TRAIN) -> ExampleCurve:
    return curve_of(LABELS, TOPIC_FOLDER, train, EVALUATE, gold=GOLD, on=on)


def labelled(*rows: tuple[str, str, Stance]) -> Labelled:
    sentences = [GoldSentence(name, 0, len(text), text, label) for name, text, label in rows]
    return Labelled(sentences, [one.article for one in sentences])


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return a list of the texts that each classifier is fitted on."""
    found: list[set[str]] = []
    fit = StanceClassifier.fit

    def spy(self: StanceClassifier, *args: Any) -> StanceClassifier:  # noqa: ANN401
        found.append(set(args[0]))
        return fit(self, *args)

    monkeypatch.setattr(StanceClassifier, "fit", spy)
    return found


def test_examples_help_where_rules_do_not_reach() -> None:
    curve = draw()
    assert curve.gold == {"favor": 6, "against": 3, "none": 3}
    assert (curve.articles, curve.no_interval, curve.confidence) == (3, None, 0.95)
    without, all_of_them = curve.points
    assert (without.examples, all_of_them.examples) == (0, 7)
    assert (without.gain.value, without.gain.low) == (0.0, 0.0)
    assert all_of_them.f_avg.value > without.f_avg.value
    gain = all_of_them.f_avg.value - without.f_avg.value
    assert all_of_them.gain.value == pytest.approx(gain, abs=1e-4)
    assert all_of_them.f_avg.low is not None
    assert curve == draw()


def test_the_first_point_is_the_model_without_written_examples() -> None:
    first = draw().points[0]
    write_examples(EXAMPLES[:3])
    assert draw().points[0] == first


def test_no_model_sees_the_article_nor_an_example_that_quotes_it(fitted: list[set[str]]) -> None:
    quote = ("活力与人才都聚在开源这边！", "favor")
    write_examples([*EXAMPLES, quote])
    draw()
    assert len(fitted) == 2 * 3
    for texts in fitted:
        held_out = [
            name for name, said in ARTICLES.items() if not texts & {text for text, _ in said[:3]}
        ]
        assert len(held_out) == 1
        assert (quote[0] in texts) == (held_out != ["一.txt"] and EXAMPLES[0][0] in texts)


def test_other_labels_are_scored_by_one_model_of_everything_else(fitted: list[set[str]]) -> None:
    write_examples([*EXAMPLES, ("长沙的开源圈子人人有活干", "favor")])
    on = labelled(
        ("甲.txt", "长沙的开源圈子人人有活干。", "favor"),
        ("乙.txt", "武汉的开源有漏洞。", "against"),
    )
    curve = draw(on)
    assert (curve.gold, curve.articles) == ({"favor": 1, "against": 1, "none": 0}, 2)
    without, everything = fitted
    in_articles = {text for said in ARTICLES.values() for text, _ in said}
    assert in_articles <= without
    # The last example is too close to what it would be tested on.
    assert everything - without == {text for text, _ in EXAMPLES}


def test_other_labels_on_known_articles_are_held_out_with_these(fitted: list[set[str]]) -> None:
    known = ARTICLES["二.txt"][0][0]
    draw(labelled(("帖.csv#1", known, "favor"), ("帖.csv#2", "武汉的开源有漏洞。", "against")))
    assert len(fitted) == 2 * 2
    assert sorted(known in texts for texts in fitted) == [False, False, True, True]
    fitted.clear()
    # Under its own name, an article is known by that.
    draw(labelled(("二.txt", "这一句不在里面。", "favor"), ("二.txt", "这句也是。", "none")))
    assert [known in texts for texts in fitted] == [False, False]


def test_the_project_s_gold_can_be_learnt_from_when_others_are_scored_on(
    fitted: list[set[str]],
) -> None:
    on = labelled(("甲", "长沙的开源有活力。", "favor"), ("乙", "武汉的开源有漏洞。", "against"))
    draw(on, TRAIN.model_copy(update={"labels": "both"}))
    assert ARTICLES["一.txt"][3][0] in fitted[0]


@pytest.mark.parametrize(
    ("train", "says"),
    [
        ({"examples": False}, "题目: no curve, since `train.examples` is false"),
        ({"labels": "gold"}, "题目: no curve, since `train.labels` is `gold`"),
        ({"min_df": 1000}, "these settings cannot be trained: "),
    ],
)
def test_settings_that_leave_nothing_to_show_are_refused(
    train: dict[str, object], says: str
) -> None:
    with pytest.raises(StanceclfError) as raised:
        draw(train=TRAIN.model_copy(update=train))
    assert str(raised.value).startswith(says)


def test_without_examples_or_labels_there_is_no_curve() -> None:
    with pytest.raises(StanceclfError, match="no gold labels to score on; label some with"):
        curve_of(LABELS, TOPIC_FOLDER, TRAIN, EVALUATE)
    write_examples([])
    with pytest.raises(StanceclfError, match="since there are no written examples"):
        draw()


def test_it_says_why_there_is_no_interval() -> None:
    curve = draw(labelled(("甲", "长沙的开源有活力。", "favor"), ("甲", "武汉下雨。", "none")))
    assert curve.no_interval == "all sentences are from one article"
    figures = curve.figures()
    assert figures["gold"] == {"sentences": 2, "articles": 1} | curve.gold
    assert figures["curve"][1]["f_avg_interval"] is None
    assert curve.points[1].row()["f_avg_low"] is None


@given(st.integers(1, 10**7))
def test_sizes_grow_by_about_two_and_end_with_all(examples: int) -> None:
    sizes = curve_sizes(examples)
    assert sizes[0] == 0
    assert sizes[-1] == examples
    assert sizes == sorted(set(sizes))
    assert {int(str(size).rstrip("0")) for size in sizes[1:-1]} <= {1, 2, 5}
    assert all(later <= 2.5 * size for size, later in zip(sizes[1:], sizes[2:], strict=False))


@given(st.lists(st.sampled_from(STANCES), min_size=1, max_size=60), st.integers(0, 9))
def test_every_beginning_has_all_labels_in_proportion(labels: list[Stance], seed: int) -> None:
    examples = [Example(str(number), label) for number, label in enumerate(labels)]
    order = nested_order(examples, seed)
    assert sorted(order) == list(range(len(labels)))
    assert order == nested_order(examples, seed)
    counts = Counter(labels)
    for size in range(1, len(labels) + 1):
        drawn = Counter(labels[number] for number in order[:size])
        for label in READING_ORDER:
            assert abs(drawn[label] - size * counts[label] / len(labels)) < 2
