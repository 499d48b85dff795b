"""Forged models and pickles: refused in one line that says what they would run."""

from __future__ import annotations

import json
import os
import pickle
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli

from stanceclf import StanceClassifier, StanceModel, load
from stanceclf.errors import StanceclfError
from stanceclf.model.file import save
from stanceclf.model.pickle_file import imports, write_pickle
from stanceclf.model.safetensors_file import write_safetensors
from stanceclf.model.state import ARRAYS, State
from stanceclf.reading import Topic
from stanceclf.rules import Rule


@pytest.fixture(scope="module")
def small() -> StanceModel:
    rules = [Rule(name="便宜", label="favor", any=("便宜",), near="target")]
    topic = Topic("开源", target=("开源",), rival=("闭源",))
    texts = ["开源便宜", "开源贵", "下雨了", "闭源贵"]
    classifier = StanceClassifier(topic=topic, rules=rules)
    return classifier.fit(texts, ["favor", "against", "none", "favor"]).freeze()


def forged(model: StanceModel, **changes: object) -> State:
    state = model.__getstate__()
    header = json.loads(state["header"])
    for key, value in changes.items():
        if key in ARRAYS:
            state[key] = value
        else:
            header[key] = value
    return state | {"header": json.dumps(header, ensure_ascii=False, sort_keys=True)}


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value.encode())]) + value.encode()


STEPS = {
    "decoys in a memo that text overwrites": (
        text("stanceclf.model")
        + b"q\x000"
        + text("StanceModel")
        + b"q\x010"
        + text("posix")
        + b"p0\n0"
        + text("system")
        + b"p1\n0h\x00h\x01\x93"
    ),
    "fetched as text": text("posix") + b"q\x050" + text("system") + b"q\x060g5\ng6\n\x93",
    "popped in between": text("posix") + text("x") + b"0" + text("system") + b"\x93",
    "popped with a mark": text("posix") + b"(" + text("x") + b"1" + text("system") + b"\x93",
    "memoized": text("system") + b"\x940" + text("posix") + b"h\x00\x93",
    "by protocol 0": b"cposix\nsystem\n",
    "old strings": b"U\x05posixU\x06system\x93",
    "duplicates behind": text("posix") + text("system") + b"20\x93",
}


@pytest.mark.parametrize("how", STEPS)
@pytest.mark.parametrize("head", [b"\x80\x04", b""])
def test_what_a_pickle_would_run_is_told(how: str, head: bytes, cli: Cli) -> None:
    data = head + STEPS[how] + text("true") + b"\x85R."
    assert imports(data) == ["posix.system"]
    Path("坏.joblib").write_bytes(data)
    outcome = cli("model", "inspect", "坏.joblib")
    assert "loading it with joblib would run posix.system" in outcome.err
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        (b"]\x8c\x01x\x93", ["something unknown"]),
        (text("a") + b"2\x85\x93", ["something unknown"]),
        (b"\x82\x01", ["something unknown"]),
        (b"h\x07", ["something unknown"]),
        (b"cposix\nsystem\n\xff", ["posix.system", "something unknown"]),
        (b"cposix\nsystem\n" + b"N" * 1_100_000, ["posix.system", "something unknown"]),
        (b"(iposix\nsystem\n", ["posix.system"]),
    ],
)
def test_what_cannot_be_followed_is_unknown(steps: bytes, names: list[str], cli: Cli) -> None:
    data = b"\x80\x04" + steps + b"."
    assert imports(data) == names
    Path("坏.joblib").write_bytes(data)
    assert f"would run {', '.join(names)}" in cli("model", "inspect", "坏.joblib").err


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_real_pickles_are_followed_to_their_end(protocol: int, small: StanceModel) -> None:
    found = imports(pickle.dumps([print, {"开": (1, b"x")}, len, Path("x")], protocol=protocol))
    assert "something unknown" not in found
    assert {name.rpartition(".")[2] for name in found} >= {"print", "len"}
    assert imports(write_pickle(small)) == ["stanceclf.model.StanceModel"]


def test_a_long_name_makes_no_long_line(cli: Cli, small: StanceModel) -> None:
    Path("坏.joblib").write_bytes(b"\x80\x02c" + b"a" * 9_000_000 + b"\nsystem\n.")
    Path("坏.safetensors").write_bytes(write_safetensors(forged(small, format="a" * 9_000_000)))
    for name in ("坏.joblib", "坏.safetensors"):
        outcome = cli("model", "inspect", name)
        assert (outcome.code, outcome.err.count("\n")) == (1, 1)
        assert len(outcome.err) < 3000


@pytest.mark.parametrize("intercept", [-1000.0, -1e9, 1e9, -745.0])
def test_probabilities_are_finite_whatever_the_figures(
    intercept: float, small: StanceModel, cli: Cli
) -> None:
    state = forged(small, intercept=np.full(3, intercept).tobytes())
    Path("偏.safetensors").write_bytes(write_safetensors(state))
    found = load("偏.safetensors").predict_proba(["开源便宜", "", "下雨"])
    assert np.isfinite(found).all()
    assert np.allclose(found.sum(axis=1), 1)
    Path("一.txt").write_text("开源便宜。闭源贵。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "--model", "偏.safetensors", "--format", "jsonl")
    assert (outcome.code, "NaN" in outcome.out, "Warning" in outcome.err) == (0, False, False)


@pytest.mark.parametrize(
    "rule",
    [
        {"any": [], "pattern": "("},
        {"any": [], "pattern": "贵{9999}"},
        {"any": [], "pattern": "贵" * 10_001},
        {"any": ["贵" * 1001]},
        {"unless": ["贵" * 1001]},
    ],
)
def test_rules_that_could_not_be_written_are_refused(
    rule: dict[str, object], small: StanceModel
) -> None:
    rules = [json.loads(small.__getstate__()["header"])["rules"][0] | rule]
    with pytest.raises(StanceclfError, match="damaged or forged: it has a"):
        StanceModel.from_state(forged(small, rules=rules))


def test_a_pattern_of_many_groups_works(small: StanceModel) -> None:
    pattern = "(" * 900 + "便宜" + ")" * 900
    rules = [json.loads(small.__getstate__()["header"])["rules"][0] | {"pattern": pattern}]
    model = StanceModel.from_state(forged(small, rules=rules))
    assert model.predict(["开源便宜"]).tolist() == ["favor"]


def test_one_long_ngram_needs_no_memory_for_all(small: StanceModel) -> None:
    header = json.loads(small.__getstate__()["header"])
    grams = [chr(0x4E00 + n % 20_000) + chr(0x4E00 + n // 20_000) for n in range(40_000)]

    def state(longest: int) -> State:
        words = [*grams, "长" * longest]
        return forged(
            small,
            topic=header["topic"],
            vocabulary="".join(words).encode("utf-32-le"),
            lengths=np.array([len(word) for word in words], "<u4").tobytes(),
            idf=np.ones(len(words)).tobytes(),
            coef=np.ones((3, len(words))).tobytes(),
        )

    with pytest.raises(StanceclfError, match="an n-gram of impossible length"):
        StanceModel.from_state(state(30_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    StanceModel.from_state(state(1000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 << 10


@pytest.mark.parametrize("kind", ["device", "pipe", "sparse", "sparse record"])
def test_a_model_is_a_file_of_possible_size(kind: str, cli: Cli, small: StanceModel) -> None:
    path = "模型.joblib"
    if kind == "device":
        path = "/dev/zero"
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "sparse":
        Path(path).touch()
        os.truncate(path, 20 << 30)
    else:
        save(small, path)
        Path("模型.json").touch()
        os.truncate("模型.json", 20 << 30)
    outcome = cli("model", "inspect", path)
    if kind == "sparse record":
        assert (outcome.code, outcome.err) == (0, "")
        assert re.search(r"(?m)^recorded +no$", outcome.out)
    else:
        assert (outcome.code, outcome.err.count("\n")) == (1, 1)
        assert "device or a pipe" in outcome.err or "larger than" in outcome.err


def test_too_little_memory_is_one_line(small: StanceModel) -> None:
    save(small, "模型.safetensors")
    code = (
        "import sys\nimport stanceclf.model.file as file\n"
        "def fail(*_): raise MemoryError\nfile.state_in = fail\n"
        "sys.argv = ['stanceclf', 'model', 'inspect', '模型.safetensors']\n"
        "from stanceclf.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "stanceclf: 模型.safetensors: needs more memory than there is\n"


EVIL = "\x1b]2;title\x07\x1b[31m\x9b2J\u202e"


def test_a_model_controls_no_terminal(cli: Cli, small: StanceModel) -> None:
    header = json.loads(small.__getstate__()["header"])
    labels = {stance: f"{stance}{EVIL}" for stance in ("favor", "against", "none")}
    topic = header["topic"] | {"name": EVIL, "labels": labels}
    rules = [header["rules"][0] | {"name": f"r{EVIL}"}]
    origin = {"versions": {f"v{EVIL}": EVIL}, "sources": {f"s{EVIL}": EVIL}}
    state = forged(small, topic=topic, rules=rules, origin=origin)
    Path("坏.safetensors").write_bytes(write_safetensors(state))
    name = f"开{EVIL}.txt"
    Path(name).write_text(f"张三{EVIL}说：“开源{EVIL}便宜。”\n开源便宜。", encoding="utf-8")
    model = ("--model", "坏.safetensors")
    for command in (
        ["model", "inspect", "坏.safetensors"],
        ["predict", name, *model],
        ["predict", name, "--by", "speaker", *model],
        ["predict", name, "--by", "article", *model],
        ["explain", f"开源便宜{EVIL}", *model],
        ["predict", f"没有{EVIL}.txt", *model],
    ):
        outcome = cli(*command)
        for char in "\x1b\x07\x9b\u202e":
            assert char not in outcome.out + outcome.err, command
