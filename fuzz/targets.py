"""What is fuzzed: everything that reads a file which somebody else made.

Each target takes any bytes, and may raise nothing but `StanceclfError`.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import numpy as np

from stanceclf import StanceModel
from stanceclf.articles import (
    Article,
    Normalizer,
    Sentence,
    cut_articles,
    extract_text,
    read_articles,
)
from stanceclf.articles.files import SUFFIXES
from stanceclf.articles.tables.base import TABLES
from stanceclf.errors import StanceclfError
from stanceclf.evaluation import read_speakers
from stanceclf.features import NgramAnalyzer
from stanceclf.gold import read_gold, read_labelled
from stanceclf.gold.annotations import import_gold
from stanceclf.model.file import state_in
from stanceclf.model.pickle_file import imports
from stanceclf.model.safetensors_file import write_safetensors
from stanceclf.model.state import ARRAYS
from stanceclf.prediction import predict_articles
from stanceclf.reading import Topic
from stanceclf.rules import LabelModel, Rule, load_voter
from stanceclf.training import LabelConfig, SentencesConfig, TrainConfig, load_config

_FOLDER = Path(tempfile.mkdtemp(prefix="stanceclf-fuzz-"))
_NORMALIZER = Normalizer("開閉", "开闭")
_TEXTS = ["开源比闭源便宜。", "谁会用闭源呢？", ""]
_NAMES = (*SUFFIXES, "")
_SENTENCES = [Sentence("一.txt", 0, 5, "开源便宜。"), Sentence("一.txt", 5, 9, "闭源贵。")]
_TOPIC = "name: 开源\ntarget: [开源]\nrival: [闭源]\n"
_RULES = "rules:\n  - {name: 便宜, label: favor, any: [便宜], matches: [开源便宜]}\n"


def read_text(data: bytes) -> None:
    """Read an article, its kind by the first byte; its sentences are its slices, in order."""
    suffix = _NAMES[data[0] % len(_NAMES)] if data else ""
    with suppress(StanceclfError):
        text = extract_text(data[1:], f"一{suffix}")
        end = 0
        for sentence in cut_articles(
            [Article(f"一{suffix}", text, suffix in {".md", ".markdown"})], _NORMALIZER
        ):
            assert end <= sentence.start < sentence.end <= len(text)
            assert text[sentence.start : sentence.end] == sentence.text
            end = sentence.end


def read_table(data: bytes) -> None:
    """Read a table of articles, its kind by the first byte."""
    path = _FOLDER / f"帖{TABLES[data[0] % len(TABLES) if data else 0]}"
    path.write_bytes(data[1:])
    with suppress(StanceclfError):
        assert all(article.text.strip() for article in read_articles(path))


def read_model(data: bytes) -> None:
    """Read a model file; what is taken for a model predicts."""
    with suppress(StanceclfError):
        _use(StanceModel.from_state(state_in(data)))
    with suppress(StanceclfError):
        imports(data)


def forge_model(data: bytes) -> None:
    """Read a model whose checksum is right, but header and arrays changed by four bytes each."""
    state = dict(_SEED)
    header = json.loads(state["header"])
    for at in range(0, min(len(data), 40) - 3, 4):
        place, value, *number = data[at : at + 4]
        if place < len(ARRAYS):
            array = bytearray(state[list(ARRAYS)[place]])
            if array:
                array[number[0] % len(array)] = value
            state[list(ARRAYS)[place]] = bytes(array[: -number[1]] if number[1] < 9 else array)
        else:
            _change(header, place * 256 + number[0], deepcopy(_VALUES[value % len(_VALUES)]))
    state["header"] = json.dumps(header)
    with suppress(StanceclfError):
        _use(StanceModel.from_state(state))
    with suppress(StanceclfError, ValueError):
        state_in(write_safetensors(state))


def _change(value: object, which: int, new: object) -> None:
    """Put something in the place of one of the things in a value."""
    while isinstance(value, dict | list) and value:
        keys: list[str | int] = sorted(value) if isinstance(value, dict) else [*range(len(value))]
        key = keys[which % len(keys)]
        which //= len(keys)
        inner = value[key]  # type: ignore[index]
        if not which or not isinstance(inner, dict | list):
            value[key] = new  # type: ignore[index]
            return
        value = inner


def read_yaml(data: bytes) -> None:
    """Read a topic's words, its rules or the settings, by the first byte."""
    kind = data[0] % 3 if data else 0
    topic, rules, settings = (_FOLDER / name for name in ("topic.yaml", "rules.yaml", "设置.yaml"))
    topic.write_bytes(data[1:] if kind == 0 else _TOPIC.encode())
    rules.write_bytes(data[1:] if kind == 1 else _RULES.encode())
    if kind < 2:
        with suppress(StanceclfError):
            load_voter(_FOLDER, _NORMALIZER).vote_matrix(_TEXTS)
        return
    settings.write_bytes(data[1:])
    with suppress(StanceclfError):
        load_config(settings, "sentences", SentencesConfig)
    with suppress(StanceclfError):
        load_config(settings, "label", LabelConfig)
    with suppress(StanceclfError):
        load_config(settings, "train", TrainConfig)


def read_labels(data: bytes) -> None:
    """Read gold labels, who says what, and labels of others, by the first byte."""
    kind = data[0] % 5 if data else 0
    path = _FOLDER / ("labels.csv" if kind == 4 else "gold.jsonl")
    path.write_bytes(data[1:])
    with suppress(StanceclfError):
        if kind == 0:
            read_gold(path)
        elif kind == 1:
            read_speakers(path)
        elif kind == 2:
            import_gold(path, _SENTENCES)
        else:
            assert read_labelled(path).sentences


def _use(model: StanceModel) -> None:
    model.predict_proba(_TEXTS)
    list(predict_articles(model, [Article("一.txt", "".join(_TEXTS))]))
    for text in _TEXTS:
        model.explain(text)


_VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 1, 3, 2**31, 2**63, 10**30, 0.5, 1e308, float("nan"), float("inf")),
    *("", "开源", "favor", "(", "{target}", "[^", "a{1000}", "\ud800", "\0", "开" * 5000, "chars"),
    *([], [[]], ["开源"], ["chars", "words"], ["signed chars"], [1, 2], [2, 1], {}, {"a": 1}),
)
_SEED = StanceModel(
    classes=["against", "favor", "none"],
    analyzer=NgramAnalyzer(("chars",), (1, 1)),
    normalizer=_NORMALIZER,
    vocabulary=["宜", "贵"],
    idf=np.ones(2),
    coef=np.ones((3, 2)),
    intercept=np.zeros(3),
    topic=Topic("开源", ("开源",), ("闭源",)),
    rules=[
        Rule(name="便宜", label="favor", any=("便宜",), near="target", within=4, negated="flip"),
        Rule(name="贵", label="against", pattern="{target}.*贵", unless=("不",), weight=2.0),
    ],
    label_model=LabelModel("weighted", [1, 2]).fit(np.zeros((1, 2), np.int8)),
    rule_weight=2.0,
).__getstate__()
# What numpy only warns of is a failure here.
warnings.simplefilter("error", RuntimeWarning)

TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (read_text, read_table, read_model, forge_model, read_yaml, read_labels)
}
