from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from conftest import ROOT, Cli
from hypothesis import given, strategies as st

from stanceclf.prediction.rows import Prediction
from stanceclf.prediction.standing import net_interval, standings

SEED_03 = ROOT / "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt"


def row(speaker: str | None, stance: str, p: float = 0.9, article: str = "一.txt") -> Prediction:
    shares = dict.fromkeys(("favor", "against", "none"), (1 - p) / 2) | {stance: p}
    return Prediction(article, 0, 2, f"{stance} {p}", stance, shares, speaker, "report")


def test_seed_03_reads_li_against_and_fang_for(project: Path, cli: Cli) -> None:
    outcome = cli("predict", SEED_03, "--by", "speaker", "--format", "jsonl")
    assert outcome.code == 0
    found = {own["speaker"]: own for own in map(json.loads, outcome.out.splitlines())}
    assert set(found) == {"李彥宏", "方漢", None}
    li, fang = found["李彥宏"], found["方漢"]
    assert list(li) == ["speaker", "favor", "against", "none", "net", "interval", "quotes"]
    assert li["net"] < 0 < fang["net"]
    assert li["interval"][1] < 0
    assert li["favor"] == fang["against"] == 0
    text = SEED_03.read_text(encoding="utf-8")
    quote = li["quotes"]["against"]
    assert quote["text"] == text[quote["start"] : quote["end"]]
    assert li["quotes"]["favor"] is None


def test_every_sentence_is_counted_once(project: Path, cli: Cli) -> None:
    common = ("predict", SEED_03.parent, "--format", "jsonl")
    sentences = [json.loads(line) for line in cli(*common).out.splitlines()]
    for by in ("speaker", "article"):
        rows = [json.loads(line) for line in cli(*common, "--by", by).out.splitlines()]
        counted = sum(own[stance] for own in rows for stance in ("favor", "against", "none"))
        assert counted == len(sentences)
        assert {own[by] for own in rows} <= {sentence[by] for sentence in sentences}
        names = [own[by] for own in rows]
        assert len(names) == len(set(names))
        # 李彦宏 is one, simplified in one article and traditional in another.
        assert not {"李彥宏", "李彦宏"} <= set(names)


def test_the_quote_is_the_most_probable_sentence_and_the_first_of_equals() -> None:
    said = [row("甲", "favor", 0.6), row("甲", "favor", 0.8), row("甲", "favor", 0.8)]
    (one,) = standings(said)
    assert one.quotes == {"favor": said[1]}


def test_those_with_most_stances_come_first_and_spellings_are_one() -> None:
    said = [row(None, "none"), row("乙", "favor"), row("馬躍", "against"), row("马跃", "none")]
    found = standings(
        [*said, row("馬躍", "favor")], normalize=lambda name: name.replace("馬躍", "马跃")
    )
    assert [(one.name, one.sentences, one.net) for one in found] == [
        ("馬躍", 3, 0.0),
        ("乙", 1, 1.0),
        (None, 1, 0.0),
    ]


def test_rows_of_a_table_are_one_article() -> None:
    said = [row(None, "favor", article=f"帖子.csv#{n}") for n in range(3)]
    (one,) = standings(said, "article")
    assert (one.name, one.favor) == ("帖子.csv", 3)


@given(*[st.integers(0, 300)] * 3)
def test_the_interval_holds_and_narrows(favor: int, against: int, none: int) -> None:
    low, high = net_interval(favor, against, none)
    assert -1 <= low <= high <= 1
    other = net_interval(against, favor, none)
    assert other == (-high, -low) or other == pytest.approx((-high, -low), abs=1e-6)
    total = favor + against + none
    if total:
        more = net_interval(10 * favor, 10 * against, 10 * none)
        assert more[1] - more[0] < high - low
        assert low - 1e-6 <= (favor - against) / total * total / (total + 2) <= high + 1e-6


def test_an_interval_covers_as_often_as_it_says() -> None:
    import numpy as np

    random = np.random.default_rng(0)
    shares = np.array([0.3, 0.1, 0.6])
    for size in (5, 20, 80):
        counts = random.multinomial(size, shares, 2000)
        ends = [net_interval(*map(int, own)) for own in counts]
        covered = np.mean([low <= 0.2 <= high for low, high in ends])
        assert covered > 0.93


def test_csv_opens_in_a_spreadsheet(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("方汉说,开源更便宜。", encoding="utf-8")
    for arguments in ((), ("--by", "speaker"), ("--by", "article")):
        outcome = cli("predict", "一.txt", *arguments, "--format", "csv", "--output", "表.csv")
        assert outcome.code == 0
        data = Path("表.csv").read_bytes()
        assert data.startswith("\ufeff".encode())
        (own,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
        assert own.get("speaker", "方汉") == "方汉"


def test_the_table_shows_who_stands_where(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("方汉说,开源更便宜。\n会议在北京。", encoding="utf-8")
    shown = cli("predict", "一.txt", "--by", "speaker", "--format", "table").out
    assert "方汉" in shown
    assert "(author)" in shown
    assert "+ 方汉说,开源更便宜。" in shown
    assert "方汉:" in cli("predict", "一.txt", "--format", "table").out


@pytest.mark.parametrize("form", ["parquet", "html"])
def test_formats_without_speakers_are_refused(form: str, project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "--by", "speaker", "--format", form, "--output", "x")
    assert outcome.code == 2
    assert f"not as {form}" in outcome.err
    assert not Path("x").exists()
