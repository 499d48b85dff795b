"""A model and its rules are scored on labels, article by article, and compared."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from stanceclf.errors import StanceclfError
from stanceclf.evaluation.metrics import f_avg
from stanceclf.evaluation.scoring import ArticleAccuracy, score
from stanceclf.gold.file import GoldSentence
from stanceclf.gold.labelled import Labelled
from stanceclf.labels import Stance
from stanceclf.model.frozen import StanceModel
from stanceclf.reading.topic import Topic
from stanceclf.rules.definition import Rule
from stanceclf.training.classifier import StanceClassifier

TOPIC = Topic("开源大模型", target=("开源",), rival=("闭源",))
RULES = (
    Rule(name="便宜", label="favor", any=("便宜",), near="target"),
    Rule(name="落后", label="against", any=("落后",), near="target"),
)
TEXTS = ["开源便宜", "开源落后", "今天下雨"]


def train(*labels: Stance, texts: list[str] = TEXTS) -> StanceModel:
    return StanceClassifier(topic=TOPIC, rules=RULES).fit(texts, list(labels)).freeze()


MODEL = train("favor", "against", "none")


def labelled(*rows: tuple[str, str, Stance]) -> Labelled:
    sentences = [
        GoldSentence(article, start, start + len(text), text, label)
        for start, (article, text, label) in enumerate(rows)
    ]
    return Labelled(sentences, [article for article, *_ in rows])


SOME = labelled(
    ("一", "开源便宜", "favor"),
    ("一", "开源落后", "against"),
    ("一", "今天下雨", "none"),
    ("二", "开源便宜", "none"),
    ("二", "今天下雨", "favor"),
    ("三", "开源落后", "against"),
)


def test_the_scores_are_those_of_model_and_rules() -> None:
    found = score(MODEL, SOME)
    texts = [one.text for one in SOME.sentences]
    gold = [one.label for one in SOME.sentences]
    said = MODEL.predict(texts).tolist()
    voted = [next(iter(MODEL.voter.votes(text).values()), "none") for text in texts]
    scores = found.comparison.scores
    assert list(scores) == ["model", "rules"]
    for name, stances in (("model", said), ("rules", voted)):
        assert scores[name].f_avg.value == pytest.approx(f_avg(gold, stances), abs=1e-4)
        right = np.mean([one == other for one, other in zip(gold, stances, strict=True)])
        assert scores[name].accuracy.value == pytest.approx(right, abs=1e-4)
    assert found.gold == {"favor": 2, "against": 2, "none": 2}
    assert found.coverage == 0.6667
    assert found.calibration.sentences == 6
    assert found.calibration_of_stances.sentences == sum(one != "none" for one in said)
    assert found.no_interval is None


def test_the_worst_articles_and_mistakes_come_first() -> None:
    found = score(MODEL, SOME, worst=1)
    assert found.articles == [
        ArticleAccuracy("二", 2, 0.0, 0.0),
        ArticleAccuracy("一", 3, 1.0, 1.0),
        ArticleAccuracy("三", 1, 1.0, 1.0),
    ]
    both = score(MODEL, SOME).worst
    assert [one.article for one in both] == ["二", "二"]
    assert found.worst == both[:1]
    margins = [one.probabilities[one.stance] - one.probabilities[one.gold] for one in both]
    assert margins == sorted(margins, reverse=True)
    (cheap,) = (one for one in both if one.text == "开源便宜")
    assert (cheap.gold, cheap.stance, cheap.votes) == ("none", "favor", {"便宜": "favor"})


def test_another_model_is_compared_on_the_same_draws() -> None:
    other = train("against", "favor", "none")
    found = score(MODEL, SOME, other=other)
    assert list(found.comparison.differences) == ["rules", "other"]
    alone = score(other, SOME)
    assert found.comparison.scores["other"] == alone.comparison.scores["model"]
    same = score(MODEL, SOME, other=MODEL).comparison.differences["other"].f_avg
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_the_same_in_gives_the_same_out_as_json() -> None:
    first, second = (score(MODEL, SOME, other=MODEL) for _ in range(2))
    assert first == second
    figures = first.figures()
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures["gold"] == {
        "sentences": 6,
        "articles": 3,
        "favor": 2,
        "against": 2,
        "none": 2,
        "chosen": 0,
    }
    assert set(figures["model"]) == {
        *("accuracy", "accuracy_interval", "f_avg", "f_avg_interval", "macro_f1"),
        *("macro_f1_interval", "favor", "against", "none", "confusion"),
    }
    assert figures["model_minus_rules"].keys() == figures["model_minus_other"].keys()
    assert score(MODEL, SOME, seed=1) != first


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("一", "开源便宜", "favor")], "all sentences are from one article"),
        ([("一", "下雨", "none"), ("二", "开源便宜", "none")], "all sentences are labelled none"),
    ],
)
def test_what_is_too_uniform_is_scored_without_intervals(
    rows: list[tuple[str, str, Stance]], why: str
) -> None:
    found = score(MODEL, labelled(*rows))
    assert found.no_interval == why
    assert found.figures()["model"]["f_avg_interval"] is None
    assert found.figures()["intervals"]["none_because"] == why
    assert found.comparison.differences["rules"].accuracy.low is None


def test_a_model_that_calls_nothing_a_stance_has_no_such_calibration() -> None:
    found = score(MODEL, labelled(("一", "下雨", "none"), ("二", "今天", "favor")))
    assert found.calibration_of_stances.error is None


def test_a_model_need_not_know_every_stance() -> None:
    model = train("favor", "none", texts=["开源便宜", "今天下雨"])
    found = score(model, SOME)
    assert found.comparison.scores["model"].stances["against"].recall.value == 0
    assert all(one.probabilities["against"] == 0 for one in found.worst)


def test_sentences_chosen_for_being_useful_are_counted() -> None:
    first, *others = SOME.sentences
    chosen = dataclasses.replace(first, more={"order": "useful"})
    assert score(MODEL, Labelled([chosen, *others], SOME.articles)).chosen == 1


def test_there_must_be_sentences_and_stances() -> None:
    with pytest.raises(StanceclfError, match="no labelled sentences"):
        score(MODEL, Labelled([], []))
    model = StanceClassifier().fit(["开源", "下雨"], ["pro", "none"]).freeze()
    with pytest.raises(StanceclfError, match="the model's classes are none, pro, not against"):
        score(model, SOME)
