"""Exports of tools and tables, in every form that they come in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from test_labelling_tools import (
    CHEAP,
    KNOWN,
    LATER,
    OPEN,
    TEXTS,
    about,
    annotation,
    labels,
    said,
    save,
    save_lines,
    task,
)

from stanceclf.articles.sentences import Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.annotations import import_gold
from stanceclf.labels import STANCES

AROUND = {"before": "", "after": "下一句。"}


def table(rows: list[dict[str, Any]], separator: str = ",") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def by_label_studio(sentence: Sentence, stance: str, who: object = 1) -> dict[str, Any]:
    more = {"created_at": "2025-03-01", "id": 7, "lead_time": 2.5, "updated_at": "2025-03-01"}
    place = about(sentence) | AROUND
    return {"annotation_id": 9, "annotator": who, **place, "stance": stance} | more


def by_doccano(sentence: Sentence, label: str) -> dict[str, Any]:
    return {"id": 3} | about(sentence) | AROUND | {"label": label, "Comments": "嗯"}


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.tsv", "\t"), ("a", ";")])
def test_csv_of_label_studio_and_doccano(name: str, separator: str) -> None:
    rows = [
        by_label_studio(CHEAP, "favor"),
        by_label_studio(OPEN, ""),
        by_label_studio(LATER, "none", 2),
    ]
    found = import_gold(save(table(rows, separator), name), KNOWN)
    assert labels(found) == [(0, "favor", "1"), (3, "none", "2")]
    rows = [by_doccano(CHEAP, "favor"), by_doccano(OPEN, ""), by_doccano(LATER, "none")]
    # Pandas writes numbers so if one is missing.
    rows[0] |= {"start": "0.0", "end": "6.0"}
    found = import_gold(save("\ufeff" + table(rows, separator), name), KNOWN)
    assert labels(found) == [(0, "favor", None), (3, "none", None)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("text,label\n开源更便宜。,favor\n闭源更安全。,\n", [(0, "favor", None)]),
        ("Label;Text\nagainst;闭源更安全。\n", [(6, "against", None)]),
        ('\ufefftext\tlabel\n"下周再说。"\tnone\r\n', [(3, "none", None)]),
        ("text,label,annotator\n开源更便宜。,favor,li\n", [(0, "favor", "li")]),
        ("article,text,label\n一.txt,开源更便宜。,favor\n", [(0, "favor", None)]),
        ('{"text": "开源更便宜。", "label": "favor"}\n', [(0, "favor", None)]),
        ('[{"text": " 开源更便宜。", "label": ["favor"]}]', [(0, "favor", None)]),
        ('[{"id": 1, "text": "开源更便宜。", "stance": "favor"}]', [(0, "favor", None)]),
    ],
)
def test_labels_without_a_place_belong_to_the_sentence_with_their_text(
    content: str, expected: list[tuple[int, str, object]]
) -> None:
    assert labels(import_gold(save(content), KNOWN)) == expected


def test_a_text_that_is_there_twice_is_not_guessed() -> None:
    again = Sentence("子/二.txt", 20, 26, CHEAP.text)
    path = save("text,label\n闭源更安全。,none\n开源更便宜。,favor\n", "a.csv")
    with pytest.raises(StanceclfError) as error:
        import_gold(path, [*KNOWN, again])
    assert str(error.value) == (
        "a.csv:3: the sentence `开源更便宜。` is there 2 times (一.txt:0-6, 子/二.txt:20-26); "
        "say which one is meant with `article`, `start` and `end`"
    )
    named = save("article,text,label\n子/二.txt,开源更便宜。,favor\n", "b.csv")
    assert import_gold(named, [*KNOWN, again])[0].place == again.place


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("text,label\n开源,favor\n", "2: the articles have no sentence `开源`;"),
        ("text,label\n开源更便宜。,支持\n", "2: unknown label `支持`"),
        ("text,label\n开源更便宜。,favor,x\n", "2: 3 values where the header has 2; quote values"),
        ('text,label\n开源更便宜。,favor\n"闭源', "3: not a table: unexpected end of data"),
        ("text,sentiment\n开源更便宜。,favor\n", "2: no column is named `label` or `stance` ("),
        ("text,label,Label\n开源更便宜。,favor,none\n", "1: several columns are named `label`"),
        ("正文,标签\n开源更便宜。,favor\n", "1: no column is named `text`"),
        ("text,label\n开源更便宜。,favor#none\n", "2: has 2 labels (favor, none); keep one"),
        ("text,stance,voice\n开源更便宜。,favor,author\n", "2: these are predictions, not labels"),
        ("text,label\n开源更便宜。,favor\n开源更便宜。,none\n", "3: labelled favor by somebody"),
        ("text,label,start\n开源更便宜。,favor,0\n", "2: `article` is missing or not of type str"),
        (
            'text,stance\n开源更便宜。,"{""choices"": [""favor"", ""none""]}"\n',
            "2: has 2 labels (favor, none); keep one",
        ),
    ],
)  # fmt: skip
def test_a_table_with_a_fault_is_reported_by_line(content: str, what: str) -> None:
    assert said(save(content, "a.csv")).startswith(f"a.csv:{what}")


@given(items=st.lists(st.tuples(TEXTS, st.none() | st.sampled_from(STANCES)), max_size=5))
def test_any_text_comes_back_from_csv(
    items: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sentences = [Sentence("一.txt", i, i + len(text), text) for i, (text, _) in enumerate(items)]
    rows = [by_doccano(one, label or "") for one, (_, label) in zip(sentences, items, strict=True)]
    if not rows:
        return
    path = tmp_path_factory.mktemp("表") / "a.csv"
    path.write_bytes(table(rows).encode())
    expected = [(i, label) for i, (_, label) in enumerate(items) if label]
    assert [(one.start, one.label) for one in import_gold(path, sentences)] == expected


def packed(name: str = "导出.zip", **members: str) -> Path:
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return Path(name)


def doccano_line(sentence: Sentence, *given: str) -> str:
    return (
        json.dumps({"id": 1} | about(sentence) | {"label": list(given)}, ensure_ascii=False) + "\n"
    )


def test_a_zip_of_doccano_has_a_file_for_each_annotator() -> None:
    path = packed(
        **{
            "li.jsonl": doccano_line(CHEAP, "favor") + doccano_line(OPEN),
            "王.json": f"[{doccano_line(OPEN, 'none')}]",
            "all.csv": table([by_doccano(LATER, "none")]),
            "__MACOSX/._li.jsonl": "\0",
        }
    )
    assert labels(import_gold(path, KNOWN)) == [
        (0, "favor", "li"),
        (6, "none", "王"),
        (3, "none", None),
    ]
    mine = import_gold(path, KNOWN, {"王": "wang"})
    assert labels(mine) == [(6, "none", "wang"), (3, "none", "wang")]
    split = packed(
        **{"li.jsonl": doccano_line(CHEAP, "favor"), "王.jsonl": doccano_line(CHEAP, "none")}
    )
    assert said(split) == (
        "导出.zip/王.jsonl:1: labelled favor by `li` and none by `王`; use `--annotator`"
    )
    studio = packed(**{"export/project-1.json": json.dumps([task(CHEAP, annotation("favor"))])})
    assert labels(import_gold(studio, KNOWN)) == [(0, "favor", "1")]


def encrypted() -> bytes:
    data = bytearray(packed(**{"li.jsonl": doccano_line(CHEAP, "favor")}).read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def misnamed() -> bytes:
    data = packed(**{"王.jsonl": doccano_line(CHEAP, "favor")}).read_bytes()
    raw = bytearray(data.replace("王".encode(), b"\xcd\xf5\xb0"))
    for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        raw[raw.index(mark) + at] &= ~0x08
    return bytes(raw)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (lambda: b"PK\x03\x04\xff", ": cannot unpack it (File is not a zip file); unzip it"),
        (lambda: packed().read_bytes(), ": an empty ZIP; export again"),
        (encrypted, ": cannot unpack it ("),
        (misnamed, ": contains a file whose name is not UTF-8; unzip it and import the files"),
        (lambda: packed(**{"xl/workbook.xml": "<x/>"}).read_bytes(), "/xl/workbook.xml: neither"),
        (lambda: packed(**{"li.txt": "__label__favor 好"}).read_bytes(), "/li.txt: neither JSON"),
        (lambda: packed(**{"../li.jsonl": "{"}).read_bytes(), "/li.jsonl:1: not JSON: "),
        (lambda: packed(**{"li.jsonl": ""}).read_bytes(), "/li.jsonl: empty; export from Label"),
        (lambda: packed(**{"li.jsonl": "0" * (129 << 20)}).read_bytes(), ": unpacks to 129 MB"),
    ],
)  # fmt: skip
def test_a_zip_that_cannot_be_read(data: Any, what: str) -> None:  # noqa: ANN401
    Path("坏.zip").write_bytes(data())
    assert said(Path("坏.zip")).startswith(f"坏.zip{what}")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"data": about(CHEAP)}, "`annotations` is missing; export"),
        ({"data": about(CHEAP), "predictions": [annotation("favor")]}, "`annotations` is missing"),
        ({"data": about(CHEAP), "annotation": annotation("favor")}, "`annotations` is missing"),
        ({"data": about(CHEAP), "completions": {}}, "`completions` must be a list of objects"),
        ({"data": about(CHEAP), "annotations": None}, "`annotations` must be a list of objects"),
        ({"data": about(CHEAP), "annotations": [{"id": 4}]}, "`result` must be a list of objects"),
        (
            task(CHEAP, {"result": [{"type": "taxonomy", "from_name": "side", "value": {}}]}),
            "the labels belong to `side`, not to `stance`; in the labelling interface, write",
        ),
        (about(CHEAP) | {"id": 7, "sentiment": "favor"}, "has `sentiment`, but no `stance`; in"),
        (about(CHEAP) | {"id": 7, "side": {"choices": ["favor"]}}, "has `side`, but no `stance`"),
        (about(CHEAP) | {"id": 7, "side": ["favor"]}, "has `side`, but no `stance`; in the"),
    ],
)  # fmt: skip
def test_labels_under_another_name_are_not_taken_for_none(row: dict[str, Any], what: str) -> None:
    found = said(save([row]))
    assert what in found
    assert found.startswith("导出.json:1: task 1")


def test_labels_of_old_label_studio() -> None:
    def old(sentence: Sentence, *completions: dict[str, Any]) -> dict[str, Any]:
        return {"id": 1, "data": about(sentence), "completions": list(completions)}

    skipped = annotation("none", skipped=True)
    rows = [old(CHEAP, annotation("favor")), old(OPEN), old(LATER, skipped)]
    assert labels(import_gold(save(rows), KNOWN)) == [(0, "favor", "1")]
    both = old(OPEN, annotation("against")) | {"annotations": []}
    assert labels(import_gold(save([both]), KNOWN)) == [(6, "against", "1")]


def test_rows_of_json_min_that_are_not_labelled() -> None:
    more = {"id": 1, "annotator": 1, "annotation_id": 3, "source": "网页", **AROUND}
    rows = [
        about(CHEAP) | more | {"stance": "favor", "comment": "嗯"},
        about(OPEN) | more | {"comment": "不好说"},
        about(LATER) | more | {"mood": ""},
    ]
    assert labels(import_gold(save(rows), KNOWN)) == [(0, "favor", "1")]


def test_annotators_under_other_names() -> None:
    rows = [
        task(CHEAP, annotation("favor", by=1), annotation("none", by=2)),
        task(OPEN, annotation("against", by=1), annotation("against", by=3)),
    ]
    path = save(rows)
    assert labels(import_gold(path, KNOWN, {"1": "li"})) == [
        (0, "favor", "li"),
        (6, "against", "li"),
    ]
    two = import_gold(path, KNOWN, {"1": "li", "3": "wang"})
    assert labels(two) == [(0, "favor", "li"), (6, "against", "li, wang")]
    with pytest.raises(StanceclfError, match="labelled favor by `1` and none by `2`; use"):
        import_gold(path, KNOWN, {"1": "li", "2": "wang"})
    assert said(path, "li@example.org") == (
        "导出.json: no label by `li@example.org`; annotators: 1, 2, 3; to record a number as a "
        "name, use `--annotator 1=NAME`"
    )


def test_what_an_article_contains_can_be_labelled_though_it_is_no_sentence() -> None:
    Path("articles").mkdir()
    Path("articles/一.txt").write_text("开源更便宜。\n阅读 15\n", encoding="utf-8")
    row = {"article": "一.txt", "start": 7, "end": 12, "text": "阅读 15", "label": ["none"]}
    path = save_lines(row)
    assert import_gold(path, KNOWN, None, "articles")[0].text == "阅读 15"
    for name in ("../articles/一.txt", "没有.txt", "坏\0", "\ud800", "字" * 300, ".", ""):
        with pytest.raises(StanceclfError, match="has no sentence at 7:12"):
            import_gold(save_lines_escaped(row | {"article": name}), KNOWN, None, "articles")
    with pytest.raises(StanceclfError, match="has no sentence at 6:11"):
        import_gold(save_lines(row | {"start": 6, "end": 11}), KNOWN, None, "articles")


def save_lines_escaped(row: object) -> Path:
    return save(json.dumps(row), "导出.jsonl")
