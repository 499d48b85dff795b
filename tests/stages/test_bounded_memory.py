"""The pipeline holds some rows at a time: what is written is the same, memory does not grow."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, STAGES, Cli
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from stanceclf.authoring.table import rule_table
from stanceclf.evaluation.metrics import Confusion, f_avg
from stanceclf.io import parquet_files
from stanceclf.labels import STANCES
from stanceclf.reports import rules as rule_page
from stanceclf.rules.distinct_votes import DistinctVotes
from stanceclf.rules.weak_labels import LABEL_MODEL_NAMES, LabelModel, LabelModelName
from stanceclf.stages import label, sentences
from stanceclf.training.config import LabelConfig, SentencesConfig
from stanceclf.training.copies import Copies
from stanceclf.training.data import read_training_data
from stanceclf.training.samples import draw, shares

TYPES = {"text": "string", "start": "int64"}
VOTES = hnp.arrays(
    np.int8, st.tuples(st.integers(0, 12), st.integers(0, 4)), elements=st.integers(-1, 2)
)


def test_few_rows_at_a_time_write_the_same_files(
    small_project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in Path("artifacts").iterdir()}
    tables = {name: pq.read_table(f"artifacts/{name}") for name in before if "parquet" in name}
    shutil.rmtree("artifacts")
    monkeypatch.setattr(parquet_files, "ROWS", 50)
    monkeypatch.setattr(sentences, "_AT_ONCE", 7)
    monkeypatch.setattr(rule_page, "_AT_ONCE", 7)
    for stage in STAGES:
        assert cli(*stage).code == 0
    for name, table in tables.items():
        assert pq.read_metadata(f"artifacts/{name}").num_row_groups == -(-len(table) // 50) > 10
        assert pq.read_table(f"artifacts/{name}").equals(table)
    for name in (
        "rules.html",
        "rules.csv",
        "cross_validation.json",
        "metrics.json",
        "scores.json",
        "errors.jsonl",
    ):
        assert Path("artifacts", name).read_bytes() == before[name]
    assert cli("rules", "page", "--output", "页.html").code == 0
    assert Path("页.html").read_bytes() == before["rules.html"]


@given(VOTES, st.integers(1, 5))
def test_distinct_votes_are_the_votes(votes: npt.NDArray[np.int8], at_once: int) -> None:
    parts = [votes[first : first + at_once] for first in range(0, len(votes), at_once)]
    found = DistinctVotes.of(parts, votes.shape[1])
    assert found.rows[found.row_of].tolist() == votes.tolist()
    assert len({row.tobytes() for row in found.rows}) == len(found.rows)
    assert found.counts.sum() == len(votes) == len(found)
    names = [str(rule) for rule in range(votes.shape[1])]
    assert rule_table(names, found.rows, counts=found.counts) == rule_table(names, votes)


@pytest.mark.parametrize("name", LABEL_MODEL_NAMES)
@given(votes=VOTES.filter(lambda votes: votes.shape[1] > 0))
def test_a_label_model_learns_the_same_of_distinct_votes(
    name: LabelModelName, votes: npt.NDArray[np.int8]
) -> None:
    found = DistinctVotes.of([votes], votes.shape[1])
    one = LabelModel(name).fit(votes)(votes)
    other = LabelModel(name).fit(found.rows, found.counts)(found.rows)
    assert one.label.tolist() == other.label[found.row_of].tolist()
    np.testing.assert_array_equal(one.probability, other.probability[found.row_of])


@given(st.lists(st.sampled_from(STANCES)), st.lists(st.sampled_from(STANCES)), st.integers(0, 9))
def test_agreement_is_that_of_all_at_once(
    labels: list[str], predicted: list[str], cut: int
) -> None:
    count = min(len(labels), len(predicted))
    labels, predicted = labels[:count], predicted[:count]
    confusion = Confusion()
    confusion.add(labels[:cut], predicted[:cut])
    confusion.add(labels[cut:], predicted[cut:])
    assert confusion.sentences == count
    assert confusion.f_avg() == f_avg(labels, predicted)
    at_once = Confusion()
    at_once.add(labels, predicted)
    assert confusion.macro_f1() == at_once.macro_f1()


@given(st.lists(st.integers(0, 40), max_size=5), st.integers(0, 100))
def test_shares_are_as_even_as_can_be(sizes: list[int], most: int) -> None:
    found = shares(sizes, most)
    assert sum(found) == min(most, sum(sizes))
    for size, own in zip(sizes, found, strict=True):
        assert own <= size
        # Who gets less than another has no more to give; but for one that a remainder leaves.
        assert own == size or own >= max(found) - 1


@given(hnp.arrays(np.int8, st.integers(0, 60), elements=st.integers(-1, 2)), st.integers(4, 70))
def test_what_is_drawn_stands_for_what_is_not(labels: npt.NDArray[np.int8], most: int) -> None:
    ranks = np.random.default_rng(0).permutation(len(labels)).astype(np.uint64)
    rows, scale = draw(labels, ranks, most)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert len(rows) == min(most, len(labels))
    for own in set(labels.tolist()):
        drawn = labels[rows] == own
        assert drawn.any()
        assert scale[drawn].sum() == pytest.approx((labels == own).mean() * len(rows))
        # Another order of the sentences draws the same.
        assert ranks[rows][drawn].max() <= np.sort(ranks[labels == own])[drawn.sum() - 1]


def test_of_many_sentences_some_of_each_stance_are_learnt_from(
    small_project: Path, cli: Cli
) -> None:
    data = read_training_data("artifacts/labels.parquet", "configs/open-models", None, 120)
    everything = read_training_data("artifacts/labels.parquet", "configs/open-models")
    drawn = data.weak["weak_label"]
    assert {stance: drawn.count(stance) for stance in (*STANCES, None)} == dict.fromkeys(
        (*STANCES, None), 30
    )
    assert data.counts == everything.counts
    assert data.copies == everything.copies
    assert sum(data.weak["scale"]) == pytest.approx(120)
    assert set(everything.weak["scale"]) == {1.0}
    settings = Path("configs/pipeline.yaml")
    text = settings.read_text(encoding="utf-8")
    assert "  sentences: 100000 " in text
    settings.write_text(text.replace("sentences: 100000", "sentences: 120"), encoding="utf-8")
    before = pq.read_table("artifacts/held_out.parquet")
    for stage in STAGES[2:]:
        assert cli(*stage).code == 0
    # All sentences are predicted, whatever was learnt from, and evaluated.
    after = pq.read_table("artifacts/held_out.parquet")
    assert after.drop_columns(after.column_names[6:]) == before.drop_columns(after.column_names[6:])
    assert "120 of the sentences" in Path("artifacts/MODEL_CARD.md").read_text(encoding="utf-8")


def naive_copies(rows: Sequence[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, set[str]] = {}
    for article, text in rows:
        texts.setdefault(article, set()).add(text)
    first = {name: name for name in texts}
    for _ in texts:
        for one in texts:
            for other in texts:
                if 2 * len(texts[one] & texts[other]) > min(len(texts[one]), len(texts[other])):
                    first[one] = first[other] = min(first[one], first[other])
    return first


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.sampled_from("一二三四五")), max_size=14)
)
def test_copies_are_what_counting_says(rows: list[tuple[str, str]]) -> None:
    articles, texts = [article for article, _ in rows], [text for _, text in rows]
    assert Copies(articles, texts).find() == naive_copies(rows)


def write_posts(folder: Path, posts: int) -> None:
    """Write a table of posts, none of which is like another."""
    folder.mkdir()
    said = (
        "开源模型更便宜，第{}次。",
        "闭源模型领先{}分。",
        "今天下雨{}毫米。",
        "开源会落后{}年。",
    )
    texts = [said[i % len(said)].format(i) for i in range(posts)]
    pq.write_table(pa.table({"text": texts}), folder / "帖子.parquet", row_group_size=500)


def peak_of(posts: int) -> tuple[int, int]:
    folder = Path(str(posts))
    folder.mkdir()
    write_posts(folder / "articles", posts)
    cut, labels, table, page = (folder / name for name in ("句", "标", "表.csv", "页.html"))
    topic = ROOT / "configs/open-models"
    peaks = []
    for stage in (
        lambda: sentences.run_sentences(folder / "articles", cut, SentencesConfig()),
        lambda: label.run_label(cut, topic, labels, table, page, LabelConfig()),
    ):
        tracemalloc.start()
        stage()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return peaks[0], peaks[1]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "ROWS", 200)
    monkeypatch.setattr(sentences, "_AT_ONCE", 200)
    for name in ("MOST_HITS", "MOST_SHARED", "MOST_UNREACHED"):
        monkeypatch.setattr(f"stanceclf.reports.rules_samples.{name}", 20)
    peak_of(300)  # What is loaded once is not counted.
    few, many = peak_of(600), peak_of(3000)
    for one, other in zip(few, many, strict=True):
        assert other < 1.3 * one


def test_folds_are_fitted_as_joblib_has_it(small_project: Path, cli: Cli) -> None:
    before = {path.name: path.read_bytes() for path in Path("artifacts").iterdir()}
    with joblib.parallel_config("threading", n_jobs=2):
        assert cli(*STAGES[2]).code == 0
    assert {path.name: path.read_bytes() for path in Path("artifacts").iterdir()} == before
