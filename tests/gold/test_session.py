from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from stanceclf import StanceClassifier
from stanceclf.articles.sentences import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.candidates import read_candidates, sentences_to_export, unlabelled
from stanceclf.gold.file import GoldSentence, read_gold, write_gold
from stanceclf.gold.session import Session
from stanceclf.labels import STANCES, Stance
from stanceclf.model.file import save

GOLD = Path("种子/gold.jsonl")
TEXTS = {"一.txt": ["开源便宜。", "开源落后。", "下雨。"], "二.txt": ["闭源贵。", "下雨。"]}


def cut(article: str) -> list[Sentence]:
    found, at = [], 0
    for text in TEXTS[article]:
        found.append(Sentence(article, at, at + len(text), text))
        at += len(text)
    return found


CHEAP, BEHIND, RAIN, DEAR, RAIN_AGAIN = ALL = [*cut("一.txt"), *cut("二.txt")]


@pytest.fixture(autouse=True)
def _articles() -> None:
    folder = GOLD.parent / "articles"
    folder.mkdir(parents=True)
    for name, texts in TEXTS.items():
        (folder / name).write_text("".join(texts), encoding="utf-8")


def start(
    *ranking: int, order: str = "random", annotator: str | None = None, limit: int | None = None
) -> Session:
    return Session(
        GOLD, ALL, ranking or range(len(ALL)), order=order, annotator=annotator, limit=limit
    )


def labels() -> dict[str, str]:
    return {one.text: one.label for one in read_gold(GOLD)}


def gold(sentence: Sentence, label: Stance, **more: str) -> GoldSentence:
    return GoldSentence(
        sentence.article, sentence.start, sentence.end, sentence.text, label, dict(more)
    )


def test_every_label_is_saved_at_once_with_annotator_and_order() -> None:
    session = start(1, 0, order="useful", annotator="甲")
    assert not GOLD.exists()
    session.label("against")
    (row,) = map(json.loads, GOLD.read_text(encoding="utf-8").splitlines())
    place = {"article": "一.txt", "start": 5, "end": 10, "text": "开源落后。"}
    assert row == place | {"label": "against", "annotator": "甲", "order": "useful"}
    session.label("favor")
    assert labels() == {CHEAP.text: "favor", BEHIND.text: "against"}
    assert (session.number, session.done, session.total) == (None, 2, 2)
    assert session.counts == {"favor": 1, "against": 1, "none": 0}


def test_a_text_is_offered_once_unless_it_is_labelled() -> None:
    assert start().total == 4
    write_gold(GOLD, [gold(RAIN_AGAIN, "none"), gold(DEAR, "favor")])
    session = start(4, 3, 2, 1, 0)
    assert [session.total, session.sentence] == [2, BEHIND]
    assert start(limit=1).total == 1


def test_labels_and_skips_are_undone_one_by_one() -> None:
    session = start()
    assert not session.undo()
    session.label("favor")
    session.skip()
    session.label("none")
    assert (session.labelled, session.done) == (2, 3)
    assert session.undo()
    assert (session.sentence, labels()) == (RAIN, {CHEAP.text: "favor"})
    assert session.undo()
    assert session.sentence == BEHIND
    assert session.undo()
    assert (session.sentence, labels(), session.labelled) == (CHEAP, {}, 0)
    assert not session.undo()
    session.label("none")
    assert labels() == {CHEAP.text: "none"}


def test_only_steps_of_this_session_are_undone() -> None:
    start().label("favor")
    assert not start().undo()
    assert labels() == {CHEAP.text: "favor"}


def test_the_context_is_from_the_same_article() -> None:
    assert start(0).context == ("", BEHIND.text)
    assert start(1).context == (CHEAP.text, RAIN.text)
    assert start(2).context == (BEHIND.text, "")
    assert start(3).context == ("", RAIN_AGAIN.text)


def test_labels_that_others_write_meanwhile_stay() -> None:
    session = start()
    session.label("favor")
    write_gold(GOLD, [*read_gold(GOLD), gold(RAIN, "none", annotator="乙")])
    session.label("against")
    assert labels() == {CHEAP.text: "favor", BEHIND.text: "against", RAIN.text: "none"}
    # Labelled by somebody else, it is no longer offered.
    assert session.sentence == DEAR


def test_a_label_that_somebody_else_gave_first_wins() -> None:
    session = start()
    write_gold(GOLD, [gold(CHEAP, "none", annotator="乙")])
    assert session.label("favor").label == "none"
    assert (labels(), session.labelled, session.sentence) == ({CHEAP.text: "none"}, 0, BEHIND)
    assert not session.undo()


def test_a_label_that_somebody_else_changed_since_is_not_undone() -> None:
    session = start()
    session.label("favor")
    write_gold(GOLD, [gold(CHEAP, "none", annotator="乙")])
    assert not session.undo()
    assert (labels(), session.sentence) == ({CHEAP.text: "none"}, BEHIND)


def test_a_file_that_broke_meanwhile_is_reported_and_left_alone() -> None:
    session = start()
    session.label("favor")
    broken = GOLD.read_bytes() + b"{\n"
    GOLD.write_bytes(broken)
    for change in (lambda: session.label("none"), session.undo):
        with pytest.raises(StanceclfError, match=r"gold\.jsonl:2: not JSON"):
            change()
    assert GOLD.read_bytes() == broken
    with pytest.raises(StanceclfError, match=r"gold\.jsonl:2: not JSON"):
        start()


def test_a_file_that_vanished_meanwhile_is_written_again() -> None:
    session = start()
    session.label("favor")
    GOLD.unlink()
    session.label("against")
    assert labels() == {CHEAP.text: "favor", BEHIND.text: "against"}


def test_two_concurrent_sessions_lose_nothing() -> None:
    many = [Sentence("三.txt", at, at + 1, chr(0x4E00 + at)) for at in range(60)]
    text = "".join(one.text for one in many)
    (GOLD.parent / "articles/三.txt").write_text(text, encoding="utf-8")

    def run(first: int) -> None:
        session = Session(GOLD, many, range(first, 60, 2), order="random")
        while session.number is not None:
            session.label("favor" if first else "none")

    threads = [threading.Thread(target=run, args=[first]) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.label for one in read_gold(GOLD)] == ["none", "favor"] * 30


def test_sentences_are_chosen_with_or_without_labels() -> None:
    known = [gold(BEHIND, "against"), GoldSentence("一.txt", 0, 3, "开源便", "favor")]
    ranking = [3, 1, 0, 2, 4]
    chosen = sentences_to_export("all", ALL, ranking, known)
    assert chosen == [DEAR, known[0], CHEAP, RAIN, RAIN_AGAIN, known[1]]
    assert sentences_to_export("labelled", ALL, ranking, known) == known
    assert sentences_to_export("unlabelled", ALL, ranking, known) == [DEAR, CHEAP, RAIN]
    assert unlabelled(ALL, ranking, known) == [3, 0, 2]


def test_candidates_have_the_votes_of_rules_and_the_models_probabilities() -> None:
    topic = Path("题目")
    topic.mkdir()
    (topic / "topic.yaml").write_text("name: 开源大模型\ntarget: [开源]\n", encoding="utf-8")
    rules = "rules: [{name: 便宜, label: favor, any: [便宜], matches: [真便宜]}]"
    (topic / "rules.yaml").write_text(rules, encoding="utf-8")
    found = read_candidates(GOLD.parent / "articles", topic, "majority")
    assert found.sentences == ALL
    assert found.weak == ["favor", None, None, None, None]
    assert found.probabilities is None
    # Whatever stances a model was trained on, the columns are those of STANCES.
    for name, seen in (("两类", ["favor", "none"]), ("别的", ["pro", "con"])):
        save(StanceClassifier().fit(["开源便宜", "下雨"], seen).freeze(), name)
    found = read_candidates(GOLD.parent / "articles", topic, "majority", model="两类")
    assert found.probabilities is not None
    assert np.allclose(found.probabilities.sum(axis=1), 1)
    assert not found.probabilities[:, STANCES.index("against")].any()
    assert found.probabilities[0].argmax() == STANCES.index("favor")
    assert found.ranked("uncertain", 0)[0] in range(5)
    with pytest.raises(
        StanceclfError, match="别的: the stances of this model are con, pro, not favor"
    ):
        read_candidates(GOLD.parent / "articles", topic, "majority", model="别的")
