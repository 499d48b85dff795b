from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from stanceclf.articles.sentences import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.annotations import import_gold
from stanceclf.gold.candidates import Hints
from stanceclf.gold.corpus import in_context
from stanceclf.gold.file import GoldSentence, merge_gold, write_gold
from stanceclf.gold.tasks import ExportFormat, export_gold, labelling_interface
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.reading.topic import Topic

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
CHEAP = Sentence("一.txt", 0, 6, "开源更便宜。")
OPEN = Sentence("一.txt", 6, 12, "闭源更安全。")
LATER = Sentence("子/二.txt", 3, 8, "下周再说。")
KNOWN = [CHEAP, OPEN, LATER]


def save(content: object, name: str = "导出.json") -> Path:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def save_lines(*rows: object) -> Path:
    return save("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "导出.jsonl")


def about(sentence: Sentence) -> dict[str, Any]:
    place = {"article": sentence.article, "start": sentence.start, "end": sentence.end}
    return place | {"text": sentence.text}


def annotation(*choices: str, by: object = 1, **more: object) -> dict[str, Any]:
    """Return an annotation as Label Studio 1.x exports it."""
    result = {
        "id": "q8Zr2",
        "type": "choices",
        "value": {"choices": list(choices)},
        "origin": "manual",
        "to_name": "text",
        "from_name": "stance",
    }
    return {
        "id": 41,
        "completed_by": by,
        "result": [result] if choices else [],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2025-03-01T08:00:00.000000Z",
        "lead_time": 4.2,
        "prediction": {},
        "result_count": 0,
        **more,
    }


def task(sentence: Sentence, *annotations: dict[str, Any], number: int = 7) -> dict[str, Any]:
    return {
        "id": number,
        "annotations": list(annotations),
        "file_upload": "5c1d-sentences.json",
        "drafts": [],
        "predictions": [{"result": [], "score": 0.4, "model_version": "v1"}],
        "data": about(sentence) | {"source": "网页"},
        "meta": {},
        "inner_id": 1,
        "total_annotations": len(annotations),
        "cancelled_annotations": 0,
        "comment_count": 0,
        "project": 2,
        "updated_by": 1,
        "comment_authors": [],
    }


def by(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def said(path: Path, annotator: str | None = None) -> str:
    with pytest.raises(StanceclfError) as error:
        import_gold(path, KNOWN, {annotator: annotator} if annotator else None)
    assert "\n" not in str(error.value)
    return str(error.value)


def labels(gold: list[GoldSentence]) -> list[tuple[int, str, object]]:
    return [(one.start, one.label, one.more.get("annotator")) for one in gold]


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(
    [
        '他说："好。"\n\t\\',
        "一\u2028二\u2029三\x85四",
        "👍🏽\U0001f468\u200d\U0001f469",
        "[{}]\r\n",
    ]
)
ITEMS = st.lists(st.tuples(TEXTS, st.none() | st.sampled_from(STANCES)), max_size=6)


@pytest.mark.parametrize("form", FORMATS)
@given(items=ITEMS)
def test_an_export_can_be_imported_again(
    form: ExportFormat, items: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sentences = [
        Sentence(f"{text[0]}.txt", i, i + len(text), text) for i, (text, _) in enumerate(items)
    ]
    gold = [
        GoldSentence(one.article, one.start, one.end, one.text, label)
        for one, (_, label) in zip(sentences, items, strict=True)
        if label
    ]
    labelled = {one.place: one for one in gold}
    mixed = [labelled.get((one.article, one.start, one.end), one) for one in sentences]
    text = export_gold(mixed, form)
    assert text == export_gold(iter(mixed), form)
    path = tmp_path_factory.mktemp("往返") / "导出"
    path.write_bytes(text.encode())
    if not text:
        with pytest.raises(StanceclfError, match="empty"):
            import_gold(path, sentences)
        return
    assert text.endswith("\n")
    back = import_gold(path, sentences)
    assert back == gold
    assert [(one.text, one.label, one.more) for one in back] == [
        (one.text, one.label, {}) for one in gold
    ]


def test_tasks_for_label_studio() -> None:
    gold = GoldSentence("一.txt", 0, 6, "开源更便宜。", "favor", {"annotator": "甲"})
    one, other = json.loads(export_gold([gold, OPEN], "label-studio"))
    assert one == {
        "id": 1,
        # Label Studio and doccano refuse all sentences if one of them lacks a key.
        "data": about(CHEAP) | {"before": "", "after": ""},
        "annotations": [
            {
                "result": [
                    {
                        "from_name": "stance",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": ["favor"]},
                    }
                ]
            }
        ],
    }
    assert (other["id"], other["annotations"]) == (2, [])
    assert json.loads(export_gold([], "label-studio")) == []


def interface(name: str, labels: dict[str, str]) -> ET.Element:
    return ET.fromstring(labelling_interface(Topic(name, ("开源",), labels=labels)))


def test_the_labelling_interface_shows_which_sentence_is_meant_and_asks_for_the_target() -> None:
    view = interface('开源<"&', {"favor": '赞成<"&'})
    (choices,) = view.iter("Choices")
    assert (choices.get("name"), choices.get("toName")) == ("stance", "text")
    assert choices.get("choice") == "single"
    assert tuple(one.get("alias") for one in choices) == READING_ORDER
    assert [one.get("value") for one in choices] == ['赞成<"&', "against", "none"]
    assert [one.get("hotkey") for one in choices] == ["1", "2", "3"]
    first, *_ = view.iter("Header")
    assert '对“开源<"&”的立场' in (first.get("value") or "")
    styles = {
        text.get("name"): box.get("style") for box in view.iter("View") for text in box.iter("Text")
        if box is not view
    }  # fmt: skip
    assert list(styles) == ["before", "text", "after"]
    assert "border" in (styles["text"] or "")
    assert styles["before"] == styles["after"] != styles["text"]
    shown = {text.get("name"): text.get("value") for text in view.iter("Text")}
    assert shown == {"before": "$before", "text": "$text", "after": "$after"}


@pytest.mark.parametrize(
    ("name", "labels", "question", "choices"),
    [
        ("remote work", {}, "take on remote work?", ["favor", "against", "none"]),
        # Label Studio would put a task's value in place of what follows a dollar sign.
        ("$text币", {"favor": "$x"}, "对“＄text币”的立场", ["＄x", "against", "none"]),
        # It tells choices apart by what they show.
        (
            "加班",
            dict.fromkeys(STANCES, "有"),
            "对“加班”的立场",
            ["有 (favor)", "有 (against)", "有 (none)"],
        ),
    ],
)
def test_any_topic_has_a_labelling_interface(
    name: str, labels: dict[str, str], question: str, choices: list[str]
) -> None:
    view = interface(name, labels)
    assert question in (next(view.iter("Header")).get("value") or "")
    assert [one.get("value") for one in view.iter("Choice")] == choices


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_has_the_context_of_a_sentence(form: ExportFormat) -> None:
    text = export_gold(KNOWN, form, in_context(KNOWN))
    rows = json.loads(text) if form == "label-studio" else map(json.loads, text.splitlines())
    around = [(own["before"], own["after"]) for own in (row.get("data", row) for row in rows)]
    assert around == [("", OPEN.text), (CHEAP.text, ""), ("", "")]
    labelled = export_gold(
        [GoldSentence(*CHEAP.place, CHEAP.text, "favor")], form, in_context(KNOWN)
    )
    assert import_gold(save(labelled), KNOWN)[0].label == "favor"


def test_hints_are_predictions_and_not_labels() -> None:
    hints: Hints = {CHEAP.place: ("favor", 0.8125)}
    one, other = json.loads(export_gold([CHEAP, OPEN], "label-studio", None, hints))
    (prediction,) = one["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("stanceclf", 0.8125)
    assert prediction["result"][0]["value"] == {"choices": ["favor"]}
    assert (one["annotations"], other["predictions"]) == ([], [])
    assert import_gold(save([one, other]), KNOWN) == []
    rows = export_gold([CHEAP, OPEN], "doccano", None, hints)
    assert [json.loads(row)["hint"] for row in rows.splitlines()] == ["favor 0.81", ""]
    assert import_gold(save(rows, "a.jsonl"), KNOWN) == []
    assert "predictions" not in export_gold([CHEAP], "label-studio")


def test_a_label_studio_export() -> None:
    path = save(
        [
            task(CHEAP, annotation("favor", by=3), number=101),
            task(OPEN, annotation(), annotation("none", was_cancelled=True), number=102),
            task(
                LATER, annotation("none", by={"id": 4, "email": "yi@example.cn", "first_name": ""})
            ),
        ]
    )
    assert labels(import_gold(path, KNOWN)) == [(0, "favor", "3"), (3, "none", "yi@example.cn")]


def test_other_controls_are_not_the_stance() -> None:
    both = annotation("favor")
    both["result"] += [
        {"type": "choices", "from_name": "quality", "value": {"choices": ["good"]}},
        {"type": "textarea", "from_name": "comment", "value": {"text": ["嗯"]}},
    ]
    assert labels(import_gold(save([task(CHEAP, both)]), KNOWN)) == [(0, "favor", "1")]
    both["result"][0]["from_name"] = "sentiment"
    assert "the labels belong to `sentiment`, not to `stance`; in the" in said(
        save([task(CHEAP, both)])
    )


def test_a_label_studio_export_in_json_min() -> None:
    path = save(
        [
            {"id": 1, "stance": "favor", "annotator": 1, "annotation_id": 9, "lead_time": 2.5}
            | about(CHEAP),
            {"id": 2, "stance": {"choices": ["against"]}, "annotator": "甲"} | about(OPEN),
            {"id": 3, "annotator": 1, "annotation_id": 11} | about(LATER),
        ]
    )
    assert labels(import_gold(path, KNOWN)) == [(0, "favor", "1"), (6, "against", "甲")]


@pytest.mark.parametrize("key", ["label", "labels"])
def test_a_doccano_export(key: str) -> None:
    path = save_lines(
        {"id": 1, key: ["favor"], "Comments": []} | about(CHEAP),
        {"id": 2, key: [], "Comments": ["不好说"]} | about(OPEN),
        {
            "id": 3,
            "text": LATER.text,
            "meta": {"article": LATER.article, "start": 3, "end": 8},
            "annotation_approver": None,
            key: ["none"],
        },
    )
    expected = [(0, "favor", None), (3, "none", None)]
    assert labels(import_gold(path, KNOWN)) == expected
    assert labels(import_gold(path, KNOWN, by("甲"))) == [(0, "favor", "甲"), (3, "none", "甲")]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert labels(import_gold(save("[" + ",".join(lines) + "]"), KNOWN)) == expected
    bom = Path("bom.jsonl")
    bom.write_bytes(("\ufeff\r\n" + "\r\n\r\n".join(lines)).encode())
    assert labels(import_gold(bom, KNOWN)) == expected


def test_several_annotators_of_a_task() -> None:
    yi = {"id": 4, "email": "yi@example.cn"}
    agreed = save([task(CHEAP, annotation("favor", by=3), annotation("favor", by=yi))])
    assert labels(import_gold(agreed, KNOWN)) == [(0, "favor", "3, yi@example.cn")]
    split = save(
        [
            task(CHEAP, annotation("favor", by=3), annotation("none", by=yi)),
            task(OPEN, annotation("against", by=3)),
        ]
    )
    assert said(split) == (
        "导出.json:1: task 1 (id 7): labelled favor by `3` and none by `yi@example.cn`; "
        "use `--annotator`"
    )
    assert labels(import_gold(split, KNOWN, by("3"))) == [(0, "favor", "3"), (6, "against", "3")]
    for name in ("4", "yi@example.cn"):
        assert labels(import_gold(split, KNOWN, by(name))) == [(0, "none", name)]
    assert said(split, "5") == ("导出.json: no label by `5`; annotators: 3, yi@example.cn")
    twice = save([task(CHEAP, annotation("favor", by=3), annotation("none", by=3))])
    assert said(twice, "3").endswith("labelled favor by `3` and none by `3`; keep one")


def test_json_min_has_a_row_for_each_annotation() -> None:
    path = save(
        "[\n"
        + ",\n".join(
            json.dumps({"id": 5, "stance": stance, "annotator": who} | about(CHEAP))
            for stance, who in (("favor", 1), ("none", 2))
        )
        + "\n]"
    )
    assert said(path).startswith(
        "导出.json:3: task 2 (id 5): labelled favor by `1` and none by `2`"
    )
    assert labels(import_gold(path, KNOWN, by("2"))) == [(0, "none", "2")]


def test_two_anonymous_annotators() -> None:
    row = about(CHEAP)
    path = save_lines(row | {"label": ["favor"]}, row | {"label": ["none"]})
    assert said(path).startswith("导出.jsonl:2: labelled favor by somebody and none by somebody")


def test_any_annotator_can_be_written() -> None:
    path = save("[" + json.dumps(task(CHEAP, annotation("favor", by="甲\ud800"))) + "]")
    write_gold("gold.jsonl", import_gold(path, KNOWN))
    assert json.loads(Path("gold.jsonl").read_text(encoding="utf-8"))["annotator"] == "甲?"


def line(**changes: object) -> dict[str, Any]:
    return about(CHEAP) | {"label": ["favor"]} | changes


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (line(label=["support"]), "unknown label `support`; known: favor, against, none"),
        (line(label="support"), "unknown label `support`; known: favor, against, none"),
        (line(label=["favor", "none"]), "has 2 labels (favor, none); keep one"),
        (line(label=[3]), "the labels must be a list of strings"),
        (line(label=None), "the labels must be a list of strings"),
        (line(start="0"), "`start` is missing or not of type int"),
        (line(end=True), "`end` is missing or not of type int"),
        (line(article=None), "`article` is missing or not of type str"),
        (line(text=5), "`text` is missing or not of type str"),
        (line(end=5), "`一.txt` has no sentence at 0:5; export the sentences again, or"),
        (line(article="三.txt"), "`三.txt` has no sentence at 0:6; export"),
        (line(text="闭源更便宜。"), "`一.txt` has a different text at 0:6; restore the article"),
        (about(CHEAP), "`label` is missing; from Label Studio, the file must be a JSON array"),
        (task(CHEAP), "a Label Studio task must be in an array; export as JSON"),
        ([], "must be a JSON object"),
        (7, "must be a JSON object"),
    ],
)
def test_a_bad_line_is_reported(row: object, what: str) -> None:
    path = save_lines(about(OPEN) | {"label": []}, row)
    assert said(path).startswith(f"导出.jsonl:2: {what}")


def changed(key: str, value: object) -> dict[str, Any]:
    one = annotation("favor")
    one["result"][0][key] = value
    return task(CHEAP, one)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (task(CHEAP, annotation("支持")), "unknown label `支持`; known: favor, against, none"),
        (task(CHEAP, annotation("favor", "none")), "has 2 labels (favor, none); keep one"),
        (task(CHEAP) | {"annotations": {}}, "`annotations` must be a list of objects"),
        (task(CHEAP) | {"annotations": [3]}, "`annotations` must be a list of objects"),
        (task(CHEAP, annotation(result=None)), "`result` must be a list of objects"),
        (changed("value", []), "`value` must contain a list `choices`"),
        (changed("value", {"choices": "favor"}), "`value` must contain a list `choices`"),
        (changed("value", {"choices": [{}]}), "the labels must be a list of strings"),
        (
            task(CHEAP, annotation("none", by=[1])),
            "the annotator must be a number, a string, or an",
        ),
        (task(CHEAP) | {"data": []}, "`data` must be an object"),
        (task(CHEAP) | {"data": {}}, "`article` is missing or not of type str"),
        (task(Sentence("一.txt", 0, 6, "开源更便宜")), "`一.txt` has a different text at 0:6"),
        ({"id": 7, "stance": {}} | about(CHEAP), "the labels must be a list of strings"),
        ({"id": 7, "stance": "pro"} | about(CHEAP), "unknown label `pro`"),
    ],
)
def test_a_bad_task_is_reported(row: dict[str, Any], what: str) -> None:
    rows = [json.dumps(one, indent=1) for one in (task(OPEN), row)]
    path = save(f"[\n{rows[0]}\n,\n{rows[1]}\n]")
    number = rows[0].count("\n") + 4
    assert said(path).startswith(f"导出.json:{number}: task 2 (id 7): {what}")


def test_a_task_without_id_is_reported_by_position() -> None:
    assert said(save([{}])).startswith("导出.json:1: task 1: `article` is missing")
    assert said(save("[3]")).startswith("导出.json:1: task 1: must be a JSON object")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "导出.json: empty; export from Label Studio as JSON or from doccano as JSONL"),
        (" \n\n", "导出.json: empty; export"),
        ("[\n{},\n]", "导出.json:3: not JSON: "),
        ("[\n{}]\n[]", "导出.json:3: not JSON: Extra data"),
        ('{\n"id": 1}', "导出.json:1: not JSON: Expecting property name"),
        (
            "\n<html>",
            "导出.json:2: not JSON: Expecting value at column 1; Label Studio exports a JSON",
        ),
        (json.dumps({"tasks": []}), "导出.json:1: `label` is missing; from Label Studio, the"),
        ("[" * 200_000, "导出.json:1: not an export: nested too deeply"),
        ('{"a":' * 200_000, "导出.json:1: not an export: nested too deeply"),
        ("[" + "9" * 5000 + "]", "导出.json:1: not an export: Exceeds the limit"),
    ],
)
def test_a_file_that_is_not_an_export(text: str, what: str) -> None:
    assert said(save(text)).startswith(what)


def test_a_file_that_cannot_be_read() -> None:
    assert said(Path("没有.json")).startswith("没有.json: cannot read it")
    Path("导出.json").write_bytes(b"\xef\xbb\xbf[\xff]")
    assert said(Path("导出.json")).startswith("导出.json: not UTF-8")


def gold(start: int, label: Any, **more: object) -> GoldSentence:  # noqa: ANN401
    return GoldSentence("一.txt", start, start + 1, "句", label, more)


def test_merging_adds_and_keeps() -> None:
    merged = merge_gold(
        [gold(5, "none", votes=3), gold(1, "favor")], [gold(5, "none"), gold(3, "against")]
    )
    assert [(one.start, one.label) for one in merged.sentences] == [
        (1, "favor"),
        (3, "against"),
        (5, "none"),
    ]
    assert merged.sentences[2].more == {"votes": 3}
    assert (merged.added, merged.changed, merged.same) == (1, 0, 1)


def test_merging_changes_a_label_only_when_told_to() -> None:
    known = [gold(7, "none"), gold(5, "none", votes=3), gold(1, "favor")]
    new = [gold(7, "favor"), gold(5, "against", annotator="甲"), gold(1, "favor")]
    what = (
        "new labels differ from known ones (2 in all), first at 一.txt:5-6: known as none, "
        "new as against; to take the new ones, use `--overwrite`"
    )
    with pytest.raises(StanceclfError, match=f"^{re.escape(what)}$"):
        merge_gold(known, new)
    merged = merge_gold(known, new, overwrite=True)
    assert [one.label for one in merged.sentences] == ["favor", "against", "favor"]
    assert merged.sentences[1].more == {"annotator": "甲"}
    assert (merged.added, merged.changed, merged.same) == (0, 2, 1)


PLACES = st.dictionaries(st.integers(0, 8), st.sampled_from(STANCES))


@given(PLACES, PLACES)
def test_merging_is_a_union_of_dictionaries(known: dict[int, Any], new: dict[int, Any]) -> None:
    merged = merge_gold(
        [gold(*one) for one in known.items()], [gold(*one) for one in new.items()], overwrite=True
    )
    assert {one.start: one.label for one in merged.sentences} == known | new
    assert merged.added + merged.changed + merged.same == len(new)
    assert merged.changed == sum(known[at] != new[at] for at in known.keys() & new.keys())
