"""Plain sentences, which people type first, are voted on for the right side."""

from __future__ import annotations

import json
from functools import cache

import pytest
from conftest import ROOT

from stanceclf.labels import Stance
from stanceclf.rules.file import load_voter
from stanceclf.rules.voter import Voter
from stanceclf.rules.weak_labels import LabelModel

PLAIN = [
    json.loads(line)
    for line in (ROOT / "tests/data/plain.jsonl").read_text(encoding="utf-8").splitlines()
]
# At least this share comes out right, by the rules alone; silence stands for `none`.
SHARE = 0.99
OPPOSITE = {"favor": "against", "against": "favor", "none": "none"}


@cache
def voter() -> Voter:
    return load_voter(ROOT / "configs/open-models")


def stances(sentences: list[str]) -> list[Stance]:
    votes = voter().vote_matrix(sentences)
    found = LabelModel("weighted", voter().weights).fit(votes)(votes).stances()
    return [one or "none" for one in found]


def test_nearly_all_plain_sentences_come_out_right() -> None:
    found = stances([row["text"] for row in PLAIN])
    right = sum(one == row["label"] for one, row in zip(found, PLAIN, strict=True))
    assert right >= SHARE * len(PLAIN)


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in PLAIN}))
def test_no_plain_sentence_is_turned_round(kind: str) -> None:
    rows = [row for row in PLAIN if row["kind"] == kind]
    found = stances([row["text"] for row in rows])
    assert not [
        row["text"]
        for one, row in zip(found, rows, strict=True)
        if {one, row["label"]} == {"favor", "against"}
    ]


@pytest.mark.parametrize(
    ("label", "pattern"),
    [
        # Comparisons.
        ("favor", "{0}比{1}好"),
        ("favor", "{1}比{0}贵多了"),
        ("favor", "{0}把{1}比下去了"),
        ("favor", "{1}被{0}甩开了"),
        ("favor", "{0}甩{1}几条街"),
        ("favor", "{1}没有{0}香"),
        ("favor", "{1}在{0}面前就是弟弟"),
        ("favor", "{1}离{0}还差得远"),
        ("favor", "{1}给{0}提鞋都不配"),
        ("favor", "宁可用{0}也不用{1}"),
        ("favor", "与其用{1},不如用{0}"),
        # Questions that answer themselves.
        ("favor", "谁还用{1}啊"),
        ("favor", "谁不喜欢{0}呢"),
        ("favor", "{0}不香吗"),
        ("favor", "难道{0}不好吗"),
        ("favor", "{0}哪里不好"),
        ("favor", "{1}凭什么这么贵"),
        ("favor", "{1}有什么了不起"),
        ("favor", "{0}这么便宜,为什么不用?"),
        ("favor", "{1}拿什么跟{0}比"),
        # Negations.
        ("favor", "{0}既不贵又不慢"),
        ("favor", "{1}没那么神"),
        ("favor", "{1}说不上好"),
        ("favor", "没有人不爱{0}"),
        ("favor", "{1}没有一处不让人恼火"),
        # Neither.
        ("none", "{0}有{0}的好,{1}有{1}的好"),
        ("none", "说不上{0}好还是{1}好"),
        ("none", "{0}贵不贵?"),
    ],
)
def test_a_plain_sentence_and_its_mirror_image_take_opposite_sides(
    label: Stance, pattern: str
) -> None:
    sentences = [pattern.format("开源", "闭源"), pattern.format("闭源", "开源")]
    assert stances(sentences) == [label, OPPOSITE[label]]
