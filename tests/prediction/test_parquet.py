from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from datasets import Dataset, Features, Value

from stanceclf.articles.loader import read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.prediction import parquet
from stanceclf.prediction.parquet import write_parquet
from stanceclf.prediction.rows import Prediction
from stanceclf.prediction.rule_rows import apply_rules
from stanceclf.rules.file import load_voter
from stanceclf.rules.weak_labels import LabelModel

SHARES = {"favor": 0.8, "against": 0.15, "none": 0.05}
FIRST = Prediction("一.txt", 0, 6, "开源更便宜。", "favor", SHARES, "马跃", "turn")
LAST = Prediction("一.txt", 7, 9, "下雨", None, None)


def written(*predictions: Prediction) -> io.BytesIO:
    file = io.BytesIO()
    write_parquet(predictions, file)
    file.seek(0)
    return file


def test_one_row_per_sentence_and_null_for_unknown_values() -> None:
    assert pq.read_table(written(FIRST, LAST)).to_pylist() == [
        {
            "article": "一.txt",
            "start": 0,
            "end": 6,
            "text": "开源更便宜。",
            "stance": "favor",
            "p_favor": 0.8,
            "p_against": 0.15,
            "p_none": 0.05,
            "speaker": "马跃",
            "voice": "turn",
        },
        {
            "article": "一.txt",
            "start": 7,
            "end": 9,
            "text": "下雨",
            "stance": None,
            "p_favor": None,
            "p_against": None,
            "p_none": None,
            "speaker": None,
            "voice": "author",
        },
    ]


def test_datasets_knows_the_types() -> None:
    texts, numbers = Value("string"), Value("int64")
    expected = {"article": texts, "start": numbers, "end": numbers, "text": texts, "stance": texts}
    expected |= dict.fromkeys(("p_favor", "p_against", "p_none"), Value("float64"))
    expected |= {"speaker": texts, "voice": texts}
    assert Dataset(pq.read_table(written(LAST))).features == Features(expected)
    # pandas, DuckDB and others go by the file's own types.
    assert str(pq.read_schema(written(LAST)).field("p_favor").type) == "double"


def test_predictions_of_rules_on_the_seeds() -> None:
    voter = load_voter(ROOT / "configs/open-models", Normalizer.from_opencc())
    label_model = LabelModel("weighted", voter.weights).fit(voter.vote_matrix([]))
    articles = read_folder(ROOT / "seeds/articles")
    rows = list(apply_rules(voter, articles, label_model))
    table = Dataset(pq.read_table(written(*rows)))
    assert len(table) == len(rows) > 600
    for row, read in zip(rows, table, strict=True):
        assert (read["text"], read["stance"]) == (row.text, row.stance)
        assert (read["speaker"], read["voice"]) == (row.speaker, row.voice)


def test_same_rows_same_bytes() -> None:
    assert written(FIRST, LAST).getvalue() == written(FIRST, LAST).getvalue()


def test_no_rows_make_an_empty_table() -> None:
    table = pq.read_table(written())
    assert (table.num_rows, table.num_columns) == (0, 10)


def test_rows_are_written_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 3)
    file = io.BytesIO()
    sizes = []

    def rows() -> Iterator[Prediction]:
        for _ in range(10):
            sizes.append(file.tell())
            yield FIRST

    write_parquet(rows(), file)
    assert pq.read_metadata(file).num_row_groups == 4
    assert pq.read_table(file).num_rows == 10
    assert sizes[0] < sizes[3] < sizes[6] < sizes[9]


def test_lone_surrogates_are_escaped() -> None:
    odd = Prediction("坏\udce4.txt", 0, 2, "好\ud800", "favor", SHARES, "\udfff", "quote")
    (row,) = pq.read_table(written(odd)).to_pylist()
    assert row["article"] == "坏\\udce4.txt"
    assert (row["text"], row["speaker"]) == ("好\\ud800", "\\udfff")


def test_a_pipe_can_be_written_to(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from stanceclf.prediction.rows import Prediction\n"
        "from stanceclf.prediction.parquet import write_parquet\n"
        "write_parquet([Prediction('-', 0, 1, '好', 'favor', None)], sys.stdout.buffer)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert pq.read_table(io.BytesIO(done.stdout)).num_rows == 1


def test_a_full_disk_is_an_error() -> None:
    with pytest.raises(OSError, match="No space left"), open("/dev/full", "wb") as file:  # noqa: PTH123
        write_parquet([FIRST], file)


def test_a_missing_pyarrow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    file = io.BytesIO()
    with pytest.raises(StanceclfError, match=r"needs `pyarrow`.*stanceclf\[report\]"):
        write_parquet([FIRST], file)
    assert file.getvalue() == b""
