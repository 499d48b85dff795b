from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli

from stanceclf.errors import StanceclfError
from stanceclf.evaluation.speakers import read_speakers, score_speakers, speaker_figures
from stanceclf.speakers.attribution import Attribution

ROW = {
    "article": "一.txt",
    "start": 0,
    "end": 6,
    "text": "方汉说:好。",
    "speaker": "方汉",
    "voice": "report",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/一.txt").write_text("方汉说:好。闭源贵。", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"voice": "author"}, "unknown voice `author`"),
        ({"voice": "shout"}, "known: turn, quote, report"),
        ({"speaker": None}, "`speaker` is missing or not of type str"),
        ({"end": 5}, "does not contain this text at 0:5"),
        ({"article": "../一.txt"}, "must be the plain path"),
        ({"article": "二.txt"}, "its article:"),
    ],
)
def test_a_wrong_line_is_reported(change: dict[str, object], said: str, folder: Path) -> None:
    path = folder / "speakers.jsonl"
    lines = "\n".join(
        json.dumps(row) for row in (ROW | {"start": 6, "end": 10, "text": "闭源贵。"}, ROW | change)
    )
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(StanceclfError, match=r"^\S+:2: ") as raised:
        read_speakers(path)
    assert said in str(raised.value)


def test_a_repeated_sentence_is_reported(folder: Path) -> None:
    path = folder / "speakers.jsonl"
    path.write_text("\n".join([json.dumps(ROW)] * 2), encoding="utf-8")
    with pytest.raises(StanceclfError, match="listed twice"):
        read_speakers(path)


def test_false_alarms_cost_precision_and_misses_recall() -> None:
    places = [("一.txt", n, n + 1) for n in range(4)]
    gold = dict.fromkeys(places[:3], Attribution("方汉", "report"))
    told = {
        places[0]: Attribution("方汉", "report"),
        places[1]: Attribution("方汉", "quote"),
        places[2]: Attribution(None, "author"),
        places[3]: Attribution("方汉", "report"),
        ("二.txt", 0, 1): Attribution("没有人", "report"),  # An article without gold speakers.
    }
    figures = speaker_figures(score_speakers(gold, told))["speakers"]
    assert figures["precision"] == figures["recall"] == figures["f1"] == 0.6667
    assert figures["voice_accuracy"] == 0.5
    assert figures["precision_interval"][0] < 0.6667 < figures["precision_interval"][1]
    assert [row["article"] for row in figures["articles"]] == ["一.txt"]


def test_without_gold_speakers_there_are_no_figures() -> None:
    assert speaker_figures(score_speakers({}, {})) == {}


def test_evaluate_reports_wrong_gold_speakers(project: Path, cli: Cli) -> None:
    Path("坏.jsonl").write_text("{", encoding="utf-8")
    before = Path("artifacts/metrics.json").read_bytes()
    outcome = cli("evaluate", "--speakers", "坏.jsonl")
    assert outcome.code == 1
    assert outcome.err.startswith("stanceclf: 坏.jsonl:1: not JSON")
    assert outcome.err.count("\n") == 1
    assert Path("artifacts/metrics.json").read_bytes() == before
