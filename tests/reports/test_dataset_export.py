from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT, copy_inputs, run_process

from stanceclf.errors import StanceclfError
from stanceclf.gold.file import read_gold
from stanceclf.io.columns import Columns
from stanceclf.reports.dataset import ExportResult, export_dataset
from stanceclf.stages import label, sentences
from stanceclf.training.config import LabelConfig, SentencesConfig

DATA = "data/train-00000-of-00001.parquet"


def label_sentences(made: Path, topic: Path) -> None:
    label.run_label(
        *(made / "sentences.parquet", topic, made / "labels.parquet"),
        rules_table=made / "rules.csv",
        page=made / "rules.html",
        config=LabelConfig(),
    )


def export(output: str | Path, root: str | Path = "", **changes: str | None) -> ExportResult:
    arguments: dict[str, Any] = {
        "labels": Path(root, "artifacts/labels.parquet"),
        "sentences": Path(root, "artifacts/sentences.parquet"),
        "articles": Path(root, "seeds/articles"),
        "topic": Path(root, "configs/open-models"),
        "gold": Path(root, "seeds/gold.jsonl"),
        "metrics": Path(root, "artifacts/metrics.json"),
    }
    return export_dataset(output, **(arguments | changes))


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an exported project in which two stages have run on the seeds; not to be changed."""
    folder = copy_inputs(tmp_path_factory.mktemp("labelled") / "project")
    made = folder / "artifacts"
    sentences.run_sentences(
        folder / "seeds/articles", made / "sentences.parquet", SentencesConfig()
    )
    label_sentences(made, folder / "configs/open-models")
    shutil.copyfile(ROOT / "artifacts/metrics.json", made / "metrics.json")
    export(folder / "给人", root=folder)
    return folder


@pytest.fixture
def here(labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return such a project of the test's own, made the current folder; 给人 is its export."""
    folder = tmp_path / "project"
    shutil.copytree(labelled, folder)
    monkeypatch.chdir(folder)
    return folder


def card(folder: str | Path = "给人") -> str:
    return Path(folder, "README.md").read_text(encoding="utf-8")


def files(folder: str | Path) -> dict[str, bytes]:
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


LOAD = """
import json, sys
from datasets import Dataset, load_dataset
rows = load_dataset(sys.argv[1])
assert list(rows) == ["train"]
own = Dataset.from_parquet(sys.argv[1] + "/" + sys.argv[2])
features = rows["train"].features
assert list(features) == list(own.features)
names = features["weak_label"].names
assert features["gold_label"].names == features["votes"].feature["label"].names == names
named = lambda label: None if label is None else names[label]
plain = rows["train"].to_list()
for row in plain:
    row |= {key: named(row[key]) for key in ("weak_label", "gold_label")}
    row["votes"] = [vote | {"label": named(vote["label"])} for vote in row["votes"]]
print(json.dumps([str(features), names, plain]))
"""


def test_load_dataset_reads_it_back(here: Path, tmp_path: Path) -> None:
    done = run_process(
        *(sys.executable, "-c", LOAD, "给人", DATA),
        cwd=here,
        HF_HUB_OFFLINE="1",
        HF_HOME=str(tmp_path / "hub"),
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "Ignoring" not in done.stderr.decode()
    features, names, rows = json.loads(done.stdout)
    assert names == ["favor", "against", "none"]
    assert "'votes': List({'rule': Value('string'), 'label': ClassLabel(" in features
    labels = pq.read_table("artifacts/labels.parquet").to_pylist()
    said = pq.read_table("artifacts/sentences.parquet").to_pylist()
    gold = {one.place: one.label for one in read_gold("seeds/gold.jsonl")}
    for row, weak, who in zip(rows, labels, said, strict=True):
        place = row["article"], row["start"], row["end"]
        assert place == (weak["article"], weak["start"], weak["end"])
        assert row["text"] == weak["text"]
        for name in ("weak_label", "p_favor", "p_against", "p_none"):
            assert row[name] == weak[name]
        assert (row["speaker"], row["voice"]) == (who["speaker"], who["voice"])
        assert row["gold_label"] == gold.get(place)
        votes = {f"vote:{vote['rule']}": vote["label"] for vote in row["votes"]}
        assert votes == {k: v for k, v in weak.items() if k.startswith("vote:") and v}


def test_the_card_counts_the_data(here: Path) -> None:
    result = export("给人")
    assert set(files("给人")) == {"README.md", "ANNOTATION.md", DATA}
    text = card()
    rows = pq.read_table(Path("给人", DATA)).to_pylist()
    known = read_gold("seeds/gold.jsonl")
    assert result.gold_elsewhere == len(known) - sum(row["gold_label"] is not None for row in rows)
    for kind, told in (("weak", result.weak_labels), ("gold", result.gold_labels)):
        counts = Counter(row[f"{kind}_label"] for row in rows)
        assert told == {n: counts[n] for n in ("favor", "against", "none")} | {"null": counts[None]}
        cells = " | ".join(map(str, [*told.values(), len(rows)]))
        assert re.search(rf"`{kind}_label`, by \w+ \| {re.escape(cells)} \|", text)
    for path in Path("seeds/articles").iterdir():
        own = sum(row["article"] == path.name for row in rows)
        assert f"| {path.name} | {own} | `{sha256(path.read_bytes()).hexdigest()}` |" in text
    for voice, count in Counter(row["voice"] for row in rows).items():
        assert f"| `{voice}` | {count} |" in text
    assert result.speakers == Counter(row["speaker"] for row in rows if row["speaker"])
    names = pq.read_schema("artifacts/labels.parquet").names
    rules = sum(name.startswith("vote:") for name in names)
    assert f"Each of {rules} keyword rules" in text
    kappa = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))["kappa"]
    assert f"{kappa['labelled']:.3f}" in text
    said = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))["speakers"]
    assert f"Its scores on gold speakers: precision {said['precision']:.3f}" in text
    assert "belong to their publishers" in text
    assert "$" not in text
    assert str(here) not in text


def test_the_cards_metadata_and_fields_match_the_data(here: Path) -> None:
    head = yaml.safe_load(card().split("---")[1])
    assert head["pretty_name"] == "Stance on 开源大模型"
    assert (head["language"], head["license"]) == ("zh", "other")
    assert head["size_categories"] == ["n<1K"]
    rows = pq.read_metadata(Path("给人", DATA)).num_rows
    size = pq.read_table(Path("给人", DATA)).nbytes
    (split,) = head["dataset_info"]["splits"]
    assert (split["name"], split["num_examples"]) == ("train", rows)
    assert split["num_bytes"] == head["dataset_info"]["dataset_size"]
    assert 0.9 * size < split["num_bytes"] < 1.1 * size
    assert head["dataset_info"]["download_size"] == Path("给人", DATA).stat().st_size
    assert [one["path"] for one in head["configs"][0]["data_files"]] == [DATA]
    schema = pq.read_schema(Path("给人", DATA))
    assert [one["name"] for one in head["dataset_info"]["features"]] == schema.names
    assert (
        re.findall(r"^\| `(\w+)` \| (?:string|int64|float64|list|class label)", card(), re.M)
        == schema.names
    )


def test_speaker_scores_are_shown_if_there_are_any(here: Path) -> None:
    figures = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))
    figures["speakers"] = {"precision": 0.9123, "recall": 0.8, "f1": 0.85}
    Path("数.json").write_text(json.dumps(figures), encoding="utf-8")
    export("给人", metrics="数.json")
    assert "Its scores on gold speakers: precision 0.912, recall 0.800, F1 0.850." in card()


def test_without_gold_speakers_nothing_is_measured(here: Path) -> None:
    figures = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))
    del figures["speakers"]
    Path("数.json").write_text(json.dumps(figures), encoding="utf-8")
    export("给人", metrics="数.json")
    assert "Its scores on gold speakers: not measured" in card()


def test_without_gold_and_metrics(here: Path) -> None:
    result = export("给人", gold=None, metrics=None)
    assert result.gold_labels["null"] == result.sentences
    assert set(files("给人")) == {"README.md", DATA}
    assert "gold sentences: not measured" in card()


def test_the_licence_is_the_users_choice(here: Path) -> None:
    export("给人", licence="cc-by-4.0")
    assert "\nlicense: cc-by-4.0\n" in card()
    assert "`cc-by-4.0`, as stated by whoever exported the data" in card()
    with pytest.raises(StanceclfError, match="is not the name of a licence"):
        export("别处", licence="CC BY: 4.0\nx: y")
    assert not Path("别处").exists()


def test_same_project_same_bytes(here: Path) -> None:
    export("乙/丙")
    assert files("乙/丙") == files("给人")
    assert {p.name for p in here.iterdir()} == {"给人", "乙", "artifacts", "configs", "seeds"}
    assert {p.name for p in Path("乙").iterdir()} == {"丙"}


def test_an_earlier_export_is_replaced(here: Path) -> None:
    export("给人", gold=None, licence="mit")
    assert "ANNOTATION.md" not in files("给人")
    assert "license: mit" in card()


@pytest.mark.parametrize("change", ["README.md", DATA, "ANNOTATION.md", "more.txt", "data/b"])
def test_changes_by_people_are_not_lost(change: str, here: Path) -> None:
    with Path("给人", change).open("ab") as file:
        file.write(b"mine")
    before = files("给人")
    with pytest.raises(StanceclfError, match="contains something other than an export"):
        export("给人")
    assert files("给人") == before


def test_a_project_is_not_taken_for_an_export(here: Path) -> None:
    Path("我的").mkdir()
    Path("我的/README.md").write_text("# 我的", encoding="utf-8")
    for folder in ("我的", ".", "seeds"):
        with pytest.raises(StanceclfError, match="contains something other than an export"):
            export(folder)
    for folder in ("seeds/articles/出", "configs/open-models"):
        with pytest.raises(StanceclfError, match="which this command reads"):
            export(folder)
    with pytest.raises(StanceclfError, match="this is a file; name a folder"):
        export("seeds/gold.jsonl")


def test_nothing_half_written_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files("给人")
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StanceclfError, match="cannot write here: No space left"):
        export("给人", licence="mit")
    monkeypatch.undo()
    assert files(here / "给人") == before
    assert sorted(p.name for p in here.iterdir()) == ["artifacts", "configs", "seeds", "给人"]


def test_a_link_is_followed(here: Path) -> None:
    Path("真").mkdir()
    Path("链").symlink_to("真")
    export("链")
    assert Path("链").is_symlink()
    assert DATA in files("真")


def rewrite(path: str, change: dict[str, Any]) -> None:
    """Write a dataset with the first values of some columns changed."""
    table = pq.read_table(path)
    columns: Columns = table.to_pydict()
    for name, value in change.items():
        columns[name][0] = value
    pq.write_table(pa.table(columns, schema=table.schema), path)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("labels", {"start": 1}, r"labels.parquet: was not made from `artifacts/sentences"),
        ("labels", {"weak_label": "favor"}, "does not match the rules of `configs/open-models`"),
        ("labels", {"vote:cheap": "favor"}, "does not match the rules of `configs/open-models`"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    file: str, change: dict[str, Any], message: str, here: Path
) -> None:
    rewrite(f"artifacts/{file}.parquet", change)
    with pytest.raises(StanceclfError, match=message):
        export("出")
    assert not Path("出").exists()


def test_a_changed_article_is_reported(here: Path) -> None:
    path = Path("seeds/articles/05-openai-new-open-model.txt")
    path.write_text("新" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(StanceclfError, match="has another text at .* now; run `dvc repro`"):
        export("出", gold=None)


def test_sentences_of_an_earlier_version_are_refused(here: Path) -> None:
    table = pq.read_table("artifacts/sentences.parquet")
    pq.write_table(table.drop_columns(["speaker", "voice"]), "artifacts/sentences.parquet")
    with pytest.raises(
        StanceclfError, match="has no column `speaker`; make it with `stanceclf sentences`"
    ):
        export("出")


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_invalid_metrics_are_refused(text: str, here: Path) -> None:
    Path("数.json").write_text(text, encoding="utf-8")
    with pytest.raises(StanceclfError, match=r"^数.json: "):
        export("给人", metrics="数.json")


def test_markup_in_names_is_escaped(tmp_path: Path) -> None:
    articles, made = Path("seeds/articles"), Path("artifacts")
    articles.mkdir(parents=True)
    shutil.copytree(ROOT / "configs", "configs")
    topic = Path("configs/open-models/topic.yaml")
    said = topic.read_text(encoding="utf-8")
    odd = '"<b>开源</b>: \\"它\\" | *x*"'
    topic.write_text(said.replace("name: 开源大模型", f"name: {odd}"), encoding="utf-8")
    (articles / "a|<script>.txt").write_text("开源更便宜。开源太落后。", encoding="utf-8")
    (articles / "帖.csv").write_text("id,text\nB7,发布会今天举行。\n", encoding="utf-8")
    sentences.run_sentences(articles, made / "sentences.parquet", SentencesConfig())
    label_sentences(made, topic.parent)
    result = export("给人", gold=None, metrics=None)
    assert (result.articles, result.sentences) == (2, 3)
    assert "| a\\|\\<script\\>.txt | 2 |" in card()
    assert "| 帖.csv | 1 |" in card()
    assert "# Stance on \\<b\\>开源" in card()
    head = yaml.safe_load(card().split("\n---\n")[0].removeprefix("---\n"))
    assert head["pretty_name"].startswith('Stance on <b>开源</b>: "它" ')
