from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, copy_inputs

import stanceclf
from stanceclf.errors import StanceclfError
from stanceclf.reports.card import model_card
from stanceclf.stages import label, sentences
from stanceclf.training.config import (
    EvaluateConfig,
    LabelConfig,
    SentencesConfig,
    TrainConfig,
    load_config,
)
from stanceclf.training.data import TrainingData, read_training_data

TOPIC = "configs/open-models"
MEASURED = ("metrics.json", "confusion.csv", "errors.jsonl")
TRAIN = load_config(ROOT / "configs/pipeline.yaml", "train", TrainConfig)
Labelled = tuple[Path, TrainingData]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    """Return a project with weak labels, what was measured and a file for a model."""
    folder = copy_inputs(tmp_path_factory.mktemp("labelled") / "project")
    made, topic = folder / "artifacts", folder / TOPIC
    sentences.run_sentences(
        folder / "seeds/articles", made / "sentences.parquet", SentencesConfig()
    )
    label.run_label(
        *(made / "sentences.parquet", topic, made / "labels.parquet"),
        rules_table=made / "rules.csv",
        page=made / "rules.html",
        config=LabelConfig(),
    )
    for name in MEASURED:
        shutil.copyfile(ROOT / "artifacts" / name, made / name)
    (made / "model.joblib").write_bytes(b"n-grams" * 1000)
    return folder, read_training_data(made / "labels.parquet", topic)


@pytest.fixture
def data(labelled: Labelled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingData:
    """Make such a project of the test's own the current folder, and return its data."""
    shutil.copytree(labelled[0], tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return labelled[1]


def card(
    data: TrainingData,
    train: TrainConfig = TRAIN,
    gold: str | None = "seeds/gold.jsonl",
    root: Path = Path(),
) -> str:
    return model_card(
        data,
        train,
        EvaluateConfig(),
        articles=root / "seeds/articles",
        topic=root / TOPIC,
        model=root / "artifacts/model.joblib",
        metrics=root / "artifacts/metrics.json",
        confusion=root / "artifacts/confusion.csv",
        errors=root / "artifacts/errors.jsonl",
        gold=None if gold is None else root / gold,
    )


def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("artifacts/metrics.json").read_text(encoding="utf-8"))
    return found


def write_figures(changed: object) -> None:
    Path("artifacts/metrics.json").write_text(json.dumps(changed), encoding="utf-8")


def test_the_metadata_is_that_of_the_hub(data: TrainingData) -> None:
    head = yaml.safe_load(card(data).split("---\n")[1])
    assert head["language"] == "zh"
    assert head["library_name"] == "stanceclf"
    assert head["pipeline_tag"] == "text-classification"
    assert head["metrics"] == ["f1"]


def test_scores_are_those_measured(data: TrainingData) -> None:
    text, measured = card(data), figures()
    gold = measured["gold"]
    counts = ", ".join(f"{gold[stance]} {stance}" for stance in ("favor", "against", "none"))
    assert f"Measured on {gold['sentences']} gold sentences ({counts})" in text
    for name in ("rules", "plain", "snorkel", "model", "masked"):
        own = measured[name]
        cells = []
        for value, (low, high) in (
            (own["f_avg"], own["f_avg_interval"]),
            *((own[s]["f1"], own[s]["f1_interval"]) for s in ("favor", "against", "none")),
        ):
            cells.append(f"{value:.3f} [{low:.3f}, {high:.3f}]")
        assert f"| {' | '.join(cells)} |" in text
    for row in measured["articles"]:
        scores = rf"\| {row['rules']:.3f} \| {row['model']:.3f} \|"
        assert re.search(
            rf"\| {re.escape(row['article'])} \| {row['sentences']} \|.*{scores}", text
        )
    assert "95 % bootstrap intervals, of 10,000 draws" in text


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ([0.012, 0.2], "[+0.012, +0.200]; the model is better here"),
        ([-0.2, -0.1], "[-0.200, -0.100]; the model is worse here"),
        (
            [-0.1, 0.2],
            "[-0.100, +0.200]; the interval contains 0, so neither is shown to be better",
        ),
    ],
)
def test_a_difference_is_put_in_words(
    interval: list[float], verdict: str, data: TrainingData
) -> None:
    changed = figures()
    changed["model_minus_rules"]["f_avg_interval"] = interval
    write_figures(changed)
    (line,) = (s for s in card(data).splitlines() if "**The model less the rules" in s)
    assert verdict in line


def test_without_an_interval_there_is_no_verdict(data: TrainingData) -> None:
    changed = figures()
    for name in ("rules", "model_minus_rules"):
        changed[name]["f_avg_interval"] = None
    write_figures(changed)
    text = card(data)
    assert f"| rules alone | {changed['rules']['f_avg']:.3f} [-] |" in text
    (line,) = (s for s in text.splitlines() if "**The model less the rules" in s)
    assert line.endswith(" [-]; without an interval, which takes several articles and labels.")


def test_what_it_learnt_from_is_counted(data: TrainingData) -> None:
    text = card(data)
    weak, rules = data.weak["weak_label"], len(data.voter.rules)
    known = sum(label is not None for label in weak)
    assert f"the votes of {rules} keyword rules on 5 articles" in text
    assert "| articles | 5 |" in text
    share = f"{known / len(weak):.0%}"
    assert f"| sentences | {len(weak)}, of which {known} ({share}) have a weak label |" in text
    counts = " | ".join(str(weak.count(label)) for label in ("favor", "against", "none", None))
    assert f"| weak labels | {counts} |" in text
    training = data.training_set(TRAIN)
    examples = training.articles.count(None)
    learnt = f"{len(training.texts):,} sentences: {len(training.texts) - examples} from the"
    assert learnt in text
    assert f"{examples - data.written} examples from the rules" in text
    assert f"{data.written:,} examples written for the purpose |" in text
    both = card(dataclasses.replace(data, gold=gold_rows()), both_labels())
    assert f"gold labels of 5 articles and {rules} keyword rules' votes" in both
    assert "| labels used | gold ones, weak ones elsewhere |" in both


def gold_rows() -> dict[str, list[Any]]:
    lines = Path("seeds/gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {name: [row[name] for row in rows] for name in rows[0]}


def both_labels() -> TrainConfig:
    return TRAIN.model_copy(update={"labels": "both", "features": ("words",)})


def test_hashes_are_of_the_files(data: TrainingData) -> None:
    text = card(data)
    for name, path in (
        ("topic.yaml", Path(TOPIC, "topic.yaml")),
        ("rules.yaml", Path(TOPIC, "rules.yaml")),
        ("gold.jsonl", Path("seeds/gold.jsonl")),
        ("model.joblib (7,000 bytes)", Path("artifacts/model.joblib")),
    ):
        assert f"| {name} | `{sha256(path.read_bytes()).hexdigest()}` |" in text
    command = "cd seeds/articles && LC_ALL=C sha256sum * | sha256sum"
    folder = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert f"| articles (files: 5) | `{folder.stdout.decode().split()[0]}` |" in text


def test_errors_are_counted_and_quoted(data: TrainingData) -> None:
    text = card(data)
    rows = Path("artifacts/confusion.csv").read_text(encoding="utf-8").splitlines()[1:]
    said = [(row.split(",")[3], row.split(",")[-1]) for row in rows]
    wrong = [pair for pair in said if pair[0] != pair[1]]
    assert f"{len(wrong)} of {len(rows)} gold sentences get another label" in text
    table = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\d+) \|", text, re.M)
    assert [(gold, model) for gold, model, _ in table] == sorted(
        set(wrong), key=lambda pair: (-wrong.count(pair), pair)
    )
    assert [int(n) for *_, n in table] == [wrong.count((gold, model)) for gold, model, _ in table]
    errors = Path("artifacts/errors.jsonl").read_text(encoding="utf-8").splitlines()
    quoted = re.findall("> “(.*)”", text)
    assert quoted == [json.loads(line)["text"] for line in errors[:5]]
    first = json.loads(errors[0])
    rules = ", ".join(f"`{rule}`" for rule in first["votes"])
    sure = first["probabilities"][first["stance"]]
    told = f"gold `{first['gold']}`, the model says `{first['stance']}`"
    assert f"1. {told} (p = {sure:.2f}; rules that vote: {rules})" in text


def test_versions_are_listed_but_no_local_paths(data: TrainingData, tmp_path: Path) -> None:
    text = card(data)
    assert f"stanceclf {stanceclf.__version__}, model file format " in text
    assert "scikit-learn" in text
    assert "jieba" not in text
    assert "$" not in text
    there = tmp_path / "elsewhere"
    shutil.copytree(".", there)
    assert card(data, root=there) == text
    assert str(tmp_path) not in text
    assert "jieba " in card(data, TRAIN.model_copy(update={"features": ("words",)}))


def test_without_gold_there_are_no_scores(data: TrainingData) -> None:
    write_figures({"gold": {"favor": 0, "against": 0, "none": 0}})
    Path("artifacts/confusion.csv").write_text("article,start,end,gold,model\n", encoding="utf-8")
    Path("artifacts/errors.jsonl").write_bytes(b"")
    text = card(data, gold=None)
    assert "\n\nUnknown: there are no gold labels yet." in text
    for said in ("F_avg", "interval", "## Where it fails", "gold.jsonl", "<!--"):
        assert said not in text
    assert "## Limits" in text


def test_speaker_scores_are_shown_if_there_are_any(data: TrainingData) -> None:
    assert "## Who says it" in card(data)
    write_figures({key: value for key, value in figures().items() if key != "speakers"})
    assert "## Who says it" not in card(data)
    own = {"sentences": 400, "told": 390, "precision": 0.95, "recall": 0.9, "f1": 0.9244}
    silent = {"sentences": 3, "told": 0, "precision": None, "recall": 0.0, "f1": 0.0}
    articles = [{"article": "一|二.txt"} | own, {"article": "三.txt"} | silent]
    write_figures(figures() | {"speakers": own | {"articles": articles}})
    text = card(data)
    assert "| 一\\|二.txt | 400 | 390 | 0.950 | 0.900 | 0.924 |" in text
    assert "| 三.txt | 3 | 0 | - | 0.000 | 0.000 |" in text
    assert "| all of them | 400 | 390 |" in text


def test_markup_in_sentences_is_escaped(data: TrainingData) -> None:
    path = Path("artifacts/errors.jsonl")
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    first |= {"text": "<img src=x> *开源* `$HOME` [a](b)\u202e|", "votes": {}}
    path.write_text(json.dumps(first) + "\n", encoding="utf-8")
    text = card(data)
    assert "> “\\<img src=x\\> \\*开源\\* \\`\\$HOME\\` \\[a\\](b)\ufffd\\|”" in text
    assert "rules that vote: none" in text
    path.write_bytes(b"")
    assert "None is listed." in card(data)


def test_selected_gold_is_counted(data: TrainingData) -> None:
    path = Path("seeds/gold.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | {"order": "useful"})
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "1 of the gold sentences were labelled for being useful" in card(data)
    assert "An unknown number of the gold sentences were" in card(data, gold=None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metrics.json", "{"),
        ("metrics.json", "[]"),
        ("metrics.json", '{"gold": {"sentences": 3}}'),
        ("confusion.csv", "article,start\n一.txt,0\n"),
        ("errors.jsonl", '{"text": "好"}\n'),
        ("errors.jsonl", "no JSON\n"),
    ],
)
def test_a_file_of_another_kind_is_refused(name: str, text: str, data: TrainingData) -> None:
    Path("artifacts", name).write_text(text, encoding="utf-8")
    with pytest.raises(StanceclfError, match=rf"^artifacts/{name}: not what `stanceclf evaluate`"):
        card(data)


@pytest.mark.parametrize(
    "name",
    [
        "artifacts/model.joblib",
        "artifacts/metrics.json",
        "seeds/articles/05-openai-new-open-model.txt",
    ],
)
def test_a_missing_file_is_reported(name: str, data: TrainingData) -> None:
    Path(name).unlink()
    with pytest.raises(StanceclfError, match=rf"^{name}: cannot read it"):
        card(data)
