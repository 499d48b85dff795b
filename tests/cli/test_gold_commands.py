from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli
from rich.cells import cell_len
from test_annotate import GOLD, write_small_project

from stanceclf.gold.file import GoldSentence, read_gold, write_gold
from stanceclf.gold.tasks import labelling_interface
from stanceclf.labels import Stance
from stanceclf.rules.file import load_voter

CHEAP = ("一.txt", 0, 6, "开源更便宜。")
BEST = ("二.txt", 0, 5, "闭源更好。")
BOTH = ("二.txt", 5, 13, "开源便宜也落后。")


@pytest.fixture(autouse=True)
def _project() -> None:
    write_small_project(Path())


def know(*labels: tuple[tuple[str, int, int, str], Stance], path: Path = GOLD) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_gold(path, [GoldSentence(*place, label) for place, label in labels])
    return path.read_bytes()


def test_unlabelled_sentences_are_exported_most_useful_first(cli: Cli) -> None:
    know((CHEAP, "favor"))
    said = cli("gold", "export")
    assert (said.code, said.err) == (0, "")
    tasks = json.loads(said.out)
    assert len(tasks) == 4
    assert tasks[0]["data"]["text"] == BOTH[-1]  # rules conflict on it
    limited = cli("gold", "export", "--format", "doccano", "--order", "conflicts", "--limit", "1")
    (line,) = limited.out.splitlines()
    assert json.loads(line)["label"] == []


def test_tasks_and_interface_are_written_to_files(cli: Cli) -> None:
    said = cli("gold", "export", "--limit", "2", "-o", "出/任务.json", "--interface", "界面.xml")
    assert said.out == (
        "2 sentences -> 出/任务.json\n"
        "labelling interface -> 界面.xml; paste it under Settings > Labeling Interface > Code in "
        "Label Studio\n"
    )
    assert len(json.loads(Path("出/任务.json").read_text(encoding="utf-8"))) == 2
    written = Path("界面.xml").read_text(encoding="utf-8")
    assert written == labelling_interface(load_voter("configs/topic").topic)


def test_where_to_paste_the_interface_is_not_said_among_the_tasks(cli: Cli) -> None:
    said = cli("gold", "export", "--interface", "界面.xml")
    assert json.loads(said.out)
    assert "paste it under Settings > Labeling Interface" in said.err


def test_inputs_are_not_overwritten(cli: Cli) -> None:
    know((CHEAP, "favor"))
    gold = Path("seeds/gold.jsonl")
    before = gold.read_bytes()
    for command in (
        ("export", "--order", "random", "--output", gold),
        ("agreement", gold, "seeds/../seeds/gold.jsonl"),
        ("agreement", gold, "configs/topic/topic.yaml", "--output", gold),
    ):
        outcome = cli("gold", *command)
        assert (outcome.code, outcome.err.count("\n")) == (1, 1)
        assert gold.read_bytes() == before


def test_labelled_sentences_are_exported_with_their_labels(cli: Cli) -> None:
    know((CHEAP, "favor"), (BEST, "against"))
    rows = cli("gold", "export", "--what", "labelled", "--format", "doccano").out.splitlines()
    labels = {row["text"]: row["label"] for row in map(json.loads, rows)}
    assert labels == {CHEAP[-1]: ["favor"], BEST[-1]: ["against"]}
    assert len(json.loads(cli("gold", "export", "--what", "all").out)) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "--what", "labelled"], "seeds/gold.jsonl: nothing to export: no sentence is"),
        (["export", "--order", "uncertain"], "the order `uncertain` requires a model"),
        (["export", "--model", "无.joblib"], "无.joblib: no model here"),
        (["export", "-o", "x", "--interface", "x"], "x: two outputs have this name"),
        (["export", "--articles", "configs"], "configs: no article in this folder"),
        (
            ["import", "x", "--articles", "seeds/articles", "--gold", "seeds/articles/g.jsonl"],
            "seeds/articles/g.jsonl: is among the articles in seeds/articles; move it out",
        ),
        (["export", "--hints"], "--hints needs a model; train one (`dvc repro`) or name one"),
        (["export", "--gold", "无/gold.jsonl"], "无/articles: no such folder"),
        (["import", "无.json"], "无.json: cannot read it"),
        (["agreement", "seeds/gold.jsonl"], "seeds/gold.jsonl: cannot read it"),
    ],
)
def test_errors_are_one_line(cli: Cli, arguments: list[str], said: str) -> None:
    before = sorted(Path().rglob("*"))
    ended = cli("gold", *arguments)
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
    assert sorted(Path().rglob("*")) == before


def test_an_interface_for_another_tool_is_wrong_usage(cli: Cli) -> None:
    ended = cli("gold", "export", "--format", "doccano", "--interface", "x")
    assert (ended.code, ended.out) == (2, "")
    assert "is for Label Studio; doccano has none" in " ".join(ended.err.split())
    assert not Path("x").exists()


def export_labelled(cli: Cli, label: str) -> None:
    rows = cli("gold", "export", "--what", "all", "--format", "doccano").out.splitlines()
    done = [json.loads(row) | {"label": [label]} for row in rows]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in done)
    Path("回.jsonl").write_text(text, encoding="utf-8")


def test_labels_are_imported_and_replaced_only_on_request(cli: Cli) -> None:
    before = know((CHEAP, "favor"), (BEST, "none"))
    export_labelled(cli, "none")
    refused = cli("gold", "import", "回.jsonl")
    assert refused.code == 1
    assert "new labels differ from known ones (1 in all)" in refused.err
    assert GOLD.read_bytes() == before
    said = cli("gold", "import", "回.jsonl", "--overwrite", "--annotator", "乙")
    assert said.out == "3 added, 1 changed, 1 unchanged -> seeds/gold.jsonl (5 in total)\n"
    assert {one.label for one in read_gold(GOLD)} == {"none"}
    assert sorted(one.more.get("annotator", "") for one in read_gold(GOLD)) == ["", *["乙"] * 4]
    after = GOLD.stat().st_mtime_ns
    assert cli("gold", "import", "回.jsonl").out.startswith("0 added, 0 changed, 5 unchanged")
    assert GOLD.stat().st_mtime_ns == after


def test_labels_are_imported_into_a_new_file(cli: Cli) -> None:
    export_labelled(cli, "favor")
    assert cli("gold", "import", "回.jsonl").out.startswith("5 added")
    assert len(read_gold(GOLD)) == 5


@pytest.mark.parametrize("form", ["label-studio", "doccano"])
def test_labels_of_boilerplate_reach_a_colleague_with_an_empty_file(cli: Cli, form: str) -> None:
    path = Path("seeds/articles/三.txt")
    path.write_text("开源很好。\n阅读 15\n闭源也好。\n", encoding="utf-8")
    button = ("三.txt", 6, 11, "阅读 15")
    know((button, "none"), (CHEAP, "favor"))
    for what, count in (("labelled", 2), ("all", 8)):
        said = cli("gold", "export", "--what", what, "--format", form, "-o", "出.json")
        assert said.out.startswith(f"{count} sentences"), said
        text = Path("出.json").read_text(encoding="utf-8")
        rows = json.loads(text) if form == "label-studio" else map(json.loads, text.splitlines())
        tasks = [row.get("data", row) for row in rows]
        # Both tools refuse all sentences if one of them lacks a key.
        assert len({frozenset(one) for one in tasks}) == 1
        around = {one["text"]: (one["before"], one["after"]) for one in tasks}
        assert around[button[-1]] == ("开源很好。", "闭源也好。")
        assert around[CHEAP[-1]][0] == ""
        got = cli(
            *("gold", "import", "出.json", "--articles", "seeds/articles"),
            *("--gold", f"别处/{what}.jsonl"),
        )
        assert got.out.startswith("2 added, 0 changed, 0 unchanged"), got.err
        found = read_gold(f"别处/{what}.jsonl", "seeds/articles")
        assert {(one.place, one.label) for one in found} == {
            (button[:3], "none"),
            (CHEAP[:3], "favor"),
        }
        again = cli(
            *("gold", "export", "--what", "labelled", "--articles", "seeds/articles"),
            *("--gold", f"别处/{what}.jsonl"),
        )
        assert len(json.loads(again.out)) == 2


@pytest.mark.parametrize(
    ("given", "recorded"),
    [
        (["--annotator", "1=li"], {"li"}),
        (["--annotator", " 1 = li "], {"li"}),
        (["--annotator", "1"], {"1"}),
        (["--annotator", "1=li", "--annotator", "2=wang"], {"li, wang"}),
        ([], {"1, 2"}),
    ],
)
def test_annotators_are_recorded_under_their_names(
    cli: Cli, given: list[str], recorded: set[str]
) -> None:
    tasks = json.loads(cli("gold", "export").out)
    for task in tasks:
        result = [{"from_name": "stance", "type": "choices", "value": {"choices": ["none"]}}]
        task["annotations"] = [{"completed_by": who, "result": result} for who in (1, 2)]
    Path("回.json").write_text(json.dumps(tasks), encoding="utf-8")
    assert cli("gold", "import", "回.json", *given).out.startswith(f"{len(tasks)} added")
    assert {one.more["annotator"] for one in read_gold(GOLD)} == recorded


@pytest.mark.parametrize("given", [["=li"], ["1="], [""], ["1=li", "1=wang"]])
def test_names_of_annotators_that_make_no_sense(cli: Cli, given: list[str]) -> None:
    ended = cli("gold", "import", "x", *(f"--annotator={one}" for one in given))
    assert ended.code == 2
    assert "must be NAME or ID=NAME" in ended.err
    assert not GOLD.exists()


def test_an_export_of_other_articles_changes_nothing(cli: Cli) -> None:
    before = know((CHEAP, "favor"))
    export_labelled(cli, "favor")
    text = Path("回.jsonl").read_text(encoding="utf-8")
    Path("回.jsonl").write_text(text.replace('"start": 5,', '"start": 4,'), encoding="utf-8")
    said = cli("gold", "import", "回.jsonl")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert "`二.txt` has no sentence at 4:13" in said.err
    assert GOLD.read_bytes() == before


def test_agreement_reports_figures_and_disagreements(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    know((CHEAP, "favor"), (BEST, "against"), (BOTH, "none"))
    # Elsewhere, where no articles are: those of the seeds are meant.
    know((CHEAP, "favor"), (BEST, "against"), (BOTH, "against"), path=Path("别处/乙.jsonl"))
    said = cli("gold", "agreement", GOLD, "别处/乙.jsonl")
    assert (said.code, said.err) == (0, "")
    assert max(map(cell_len, said.out.splitlines())) <= 60
    assert said.out.startswith("3 sentences labelled by several: agreement 0.667")
    assert "\nKrippendorff's alpha 0.545\n" in said.out
    assert "seeds/gold.jsonl and 别处/乙.jsonl\n  3 shared, agreement 0.667, Cohen's" in said.out
    assert "1 disagreement:\n\n二.txt · 5-13\n  开源便宜也落后。\n  none" in said.out
    rows = json.loads(cli("gold", "agreement", GOLD, "别处/乙.jsonl", "--format", "json").out)
    assert (rows["sentences"], rows["agreement"]) == (3, 0.6667)
    assert rows["confusion"]["none"]["against"] == 1
    assert rows["disagreements"][0]["labels"]["别处/乙.jsonl"] == "against"
    twice = cli("gold", "agreement", GOLD, GOLD)
    assert "seeds/gold.jsonl: given twice" in twice.err
