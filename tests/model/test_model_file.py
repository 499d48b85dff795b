"""Model files are read without running them, checked, recorded and summarized."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from conftest import Cli
from hypothesis import given, settings, strategies as st

from stanceclf import StanceModel, load
from stanceclf.errors import StanceclfError
from stanceclf.model.file import save, state_in
from stanceclf.model.pickle_file import imports, read_pickle, write_pickle
from stanceclf.model.safetensors_file import read_safetensors, write_safetensors
from stanceclf.model.state import ARRAYS, FORMAT, State

TEXTS = ["开源模型更便宜。", "閉源模型比開源先進。", "会议在北京举行。", "开源‮\u200b真的好吗？😀"]


@pytest.fixture(scope="module")
def model(built: Path) -> StanceModel:
    return load(built / "artifacts/model.joblib")


@pytest.fixture(scope="module")
def small() -> StanceModel:
    """Return a small model with rules."""
    from stanceclf import StanceClassifier
    from stanceclf.reading.topic import Topic
    from stanceclf.rules.definition import Rule

    rules = [
        Rule(name="便宜", label="favor", any=("便宜",), near="target", negated="flip"),
        Rule(name="贵", label="against", pattern="贵|昂贵", near="target", within=8, weight=0.5),
    ]
    topic = Topic("开源", target=("开源",), rival=("闭源",))
    texts = ["开源便宜", "开源贵", "下雨了", "闭源贵"]
    classifier = StanceClassifier(topic=topic, rules=rules)
    return classifier.fit(texts, ["favor", "against", "none", "favor"]).freeze()


@pytest.mark.parametrize("name", ["模型.joblib", "模型.safetensors"])
def test_a_model_survives_its_file_to_the_byte(model: StanceModel, name: str) -> None:
    save(model, name)
    again = load(name)
    assert again.__getstate__() == model.__getstate__()
    assert np.array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert [again.explain(text) for text in TEXTS] == [model.explain(text) for text in TEXTS]
    save(again, f"新{name}")
    assert Path(f"新{name}").read_bytes() == Path(name).read_bytes()


def test_joblib_writes_and_reads_the_same(model: StanceModel) -> None:
    joblib.dump(model, "模型.joblib")
    assert load("模型.joblib").__getstate__() == model.__getstate__()
    save(model, "我.joblib")
    assert joblib.load("我.joblib").__getstate__() == model.__getstate__()


def test_other_programs_can_read_the_safetensors(model: StanceModel) -> None:
    from safetensors import safe_open

    save(model, "模型.safetensors")
    with safe_open("模型.safetensors", "np") as file:
        said = json.loads(file.metadata()["stanceclf"])
        assert said["header"]["topic"]["name"] == "开源大模型"
        assert file.get_tensor("coef").shape == model.coef.shape
        assert np.array_equal(file.get_tensor("idf"), model.idf)


class _Mean:
    def __init__(self, how: Callable[..., object], *arguments: object) -> None:
        self.how, self.arguments = how, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.how, self.arguments


def trap() -> None:
    Path("中招").touch()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_in_a_pickle_is_run(protocol: int, model: StanceModel, cli: Cli) -> None:
    state = model.__getstate__()
    forged = [
        pickle.dumps(_Mean(exec, "open('中招', 'w')"), protocol=protocol),
        pickle.dumps([model, _Mean(exec, "open('中招', 'w')")], protocol=protocol),
        # Behind a model, and in the middle of one.
        write_pickle(model)[:-1] + b"0" + pickle.dumps(_Mean(trap), protocol=protocol),
        write_pickle(model).replace(b"\x8c\x03idf", b"cbuiltins\nprint\n\x8c\x03idf"),
        pickle.dumps(state | {"idf": _Mean(trap)}, protocol=protocol),
    ]
    for data in forged:
        Path("坏.joblib").write_bytes(data)
        with pytest.raises(StanceclfError, match="坏.joblib"):
            load("坏.joblib")
        for command in (["predict", "-", "--model"], ["model", "inspect"]):
            outcome = cli(*command, "坏.joblib")
            assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert not Path("中招").exists()


def test_it_reports_what_a_pickle_would_run(cli: Cli) -> None:
    Path("坏.joblib").write_bytes(pickle.dumps(_Mean(subprocess.call, ["true"]), protocol=4))
    assert imports(Path("坏.joblib").read_bytes()) == ["subprocess.call"]
    outcome = cli("model", "inspect", "坏.joblib")
    assert "loading it with joblib would run subprocess.call" in outcome.err


def tampered(state: State, **changes: object) -> State:
    header = json.loads(state["header"])
    for key, value in changes.items():
        if key in ARRAYS:
            state = state | {key: value}
        else:
            header[key] = value
    return state | {"header": json.dumps(header)}


Change = Callable[[State, dict[str, Any]], dict[str, object]]


@pytest.mark.parametrize(
    "change",
    [
        lambda state, header: {"format": FORMAT + 1},
        lambda state, header: {"format": True},
        lambda state, header: {"classes": []},
        lambda state, header: {"classes": ["favor", "against", "none"]},
        lambda state, header: {"classes": [1, 2, 3]},
        lambda state, header: {"classes": ["against", "favor"]},
        lambda state, header: {"topic": header["topic"] | {"target": "开源"}},
        lambda state, header: {"topic": header["topic"] | {"evil": "x"}},
        lambda state, header: {"topic": {}},
        lambda state, header: {"rules": header["rules"][:1]},
        lambda state, header: {"rules": [header["rules"][0] | {"within": 10**30}] * 2},
        lambda state, header: {"rules": [header["rules"][0] | {"label": "both"}] * 2},
        lambda state, header: {"rules": [header["rules"][0] | {"weight": float("nan")}] * 2},
        lambda state, header: {"rules": {}},
        lambda state, header: {"analyzer": header["analyzer"] | {"char_ngrams": [1, 10**12]}},
        lambda state, header: {"analyzer": header["analyzer"] | {"features": ["chars", "chars"]}},
        lambda state, header: {"analyzer": header["analyzer"] | {"features": []}},
        lambda state, header: {"rule_weight": float("inf")},
        lambda state, header: {"label_model": "none"},
        lambda state, header: {"simplified": header["simplified"][1:]},
        lambda state, header: {"traditional": None},
        lambda state, header: {"origin": {"versions": 3}},
        lambda state, header: {"idf": state["idf"][8:]},
        lambda state, header: {"idf": state["idf"][1:]},
        lambda state, header: {"coef": b"\xff" * len(state["coef"])},
        lambda state, header: {"lengths": b"\xff" * len(state["lengths"])},
        lambda state, header: {"lengths": bytes(len(state["lengths"]))},
        lambda state, header: {"vocabulary": b"\xff" * len(state["vocabulary"])},
        lambda state, header: {"vocabulary": b"\x41\0\0\0" * (len(state["vocabulary"]) // 4)},
    ],
)
def test_a_forged_state_is_refused(change: Change, small: StanceModel) -> None:
    state = small.__getstate__()
    forged = tampered(state, **change(state, json.loads(state["header"])))
    with pytest.raises(StanceclfError, match=r"damaged or forged|format"):
        StanceModel.from_state(forged)
    # With the right checksum, as a forger would write it.
    Path("坏.safetensors").write_bytes(_safetensors(forged))
    with pytest.raises(StanceclfError, match="坏.safetensors"):
        load("坏.safetensors")


def _safetensors(state: State) -> bytes:
    try:
        return write_safetensors(state)
    except ValueError:
        return b""


@pytest.mark.parametrize("kind", ["joblib", "safetensors"])
def test_a_truncated_or_changed_file_is_refused_or_works(kind: str, small: StanceModel) -> None:
    path = Path(f"模型.{kind}")
    save(small, path)
    data = path.read_bytes()
    chance = random.Random(7)
    for length in [*range(0, 300, 7), *chance.sample(range(len(data)), 40)]:
        path.write_bytes(data[:length])
        with pytest.raises(StanceclfError, match="模型"):
            load(path)
    for place in [*range(0, 300, 7), *chance.sample(range(len(data)), 80)]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        with suppress(StanceclfError):
            changed = load(path)
            # A pickle has no checksum of its own; if it is not refused, it works.
            assert kind == "joblib" or changed.__getstate__() == small.__getstate__()
            changed.predict_proba(TEXTS)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\x80\x04", b"\x10" + b"\0" * 7 + b"{"]))
def test_no_bytes_break_the_reader(data: bytes, magic: bytes) -> None:
    with pytest.raises(StanceclfError):
        StanceModel.from_state(state_in(magic + data))


def test_a_huge_memo_number_needs_no_memory(small: StanceModel) -> None:
    data = write_pickle(small)
    forged = data[:2] + b"Nr\xff\xff\xff\x7f0" + data[2:]
    with pytest.raises(StanceclfError):
        read_pickle(forged)
    with pytest.raises(StanceclfError, match="truncated"):
        read_safetensors((2**40).to_bytes(8, "little") + b"{}")


def test_the_record_has_the_checksum_and_the_origin(project: Path, cli: Cli) -> None:
    record = json.loads(Path("artifacts/model.json").read_text(encoding="utf-8"))
    said = json.loads(cli("model", "inspect", "--format", "json").out)
    for key in ("sha256", "format", "topic", "versions", "sources"):
        assert said[key] == record[key]
    assert said["recorded"] is True
    assert set(said["sources"]) == {"examples", "labels", "rules", "topic"}
    assert set(said["versions"]) == {"stanceclf", "numpy", "scikit-learn"}
    table = cli("model", "inspect").out
    assert f"sha256                 {said['sha256']}\n" in table
    assert "recorded               yes\n" in table


def test_a_model_with_another_checksum_is_refused(
    project: Path, cli: Cli, small: StanceModel
) -> None:
    assert cli("predict", "seeds/articles", "--format", "jsonl").err == ""
    save(small, "artifacts/model.joblib")
    for command in (["predict", "seeds/articles"], ["explain", "开源好"]):
        outcome = cli(*command)
        assert outcome.code == 1
        assert outcome.err.startswith("stanceclf: artifacts/model.joblib: its checksum differs")
        assert outcome.err.count("\n") == 1
    with pytest.raises(StanceclfError, match="checksum"):
        load("artifacts/model.joblib")


@pytest.mark.parametrize("record", [None, "{}", "no JSON", '{"sha256'])
def test_a_model_without_a_checksum_is_used_with_one_warning(
    record: str | None, project: Path, cli: Cli
) -> None:
    Path("artifacts/model.json").unlink()
    if record is not None:
        Path("artifacts/model.json").write_text(record, encoding="utf-8")
    outcome = cli("predict", "seeds/articles", "--format", "jsonl")
    assert outcome.code == 0
    assert outcome.err.startswith("stanceclf: warning: artifacts/model.joblib: ")
    assert outcome.err.count("\n") == 1


def test_an_exported_model_predicts_the_same(project: Path, cli: Cli) -> None:
    wanted = cli("predict", "seeds/articles", "--format", "jsonl").out
    told = cli("model", "export", "--format", "safetensors", "--output", "到/模型.safetensors")
    assert (told.code, told.out, told.err) == (0, "", "")
    outcome = cli(
        "predict", "seeds/articles", "--format", "jsonl", "--model", "到/模型.safetensors"
    )
    assert (outcome.out, outcome.err) == (wanted, "")
    cli("model", "export", "到/模型.safetensors", "--format", "joblib", "-o", "回/模型.joblib")
    assert Path("回/模型.joblib").read_bytes() == Path("artifacts/model.joblib").read_bytes()
    assert cli("predict", "seeds/articles", "--model", "回/模型.joblib").err == ""
    summaries = [
        json.loads(cli("model", "inspect", path, "--format", "json").out)
        for path in ("artifacts/model.joblib", "到/模型.safetensors")
    ]
    assert [one["kind"] for one in summaries] == ["pickle", "safetensors"]
    for key in ("fingerprint", "rules_sha256", "versions", "sources", "ngrams", "rules"):
        assert summaries[0][key] == summaries[1][key]


def test_safetensors_need_neither_pickle_nor_joblib_nor_scikit_learn(
    project: Path, cli: Cli
) -> None:
    cli("model", "export", "--output", "模型.safetensors")
    code = (
        "import sys\n"
        "from stanceclf import load\n"
        "model = load('模型.safetensors')\n"
        "print(*model.predict(['开源比闭源便宜。']))\n"
        "print(sorted({'joblib', 'sklearn', 'pickletools', 'chardet'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout == "favor\n[]\n"
