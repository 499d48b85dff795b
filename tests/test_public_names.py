"""What a user reaches for in Python, with and without the extras."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import copy_inputs, run_process
from processes import without

from stanceclf import (
    Article,
    StanceClassifier,
    StanceModel,
    load,
    load_rules,
    load_topic,
    predict_articles,
    predict_corpus,
    save,
)
from stanceclf.errors import StanceclfError


@pytest.fixture(scope="module")
def model() -> StanceModel:
    texts = ["开源便宜", "闭源便宜", "下雨"]
    return StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()


BLOCK = without("sklearn scipy pydantic yaml opencc pyarrow") + "import stanceclf\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("assert all(hasattr(stanceclf, name) for name in stanceclf.__all__)", ""),
        ("from stanceclf import *\nassert load and StanceClassifier", ""),
        ("import pydoc\nassert 'stanceclf[train]' in pydoc.render_doc(stanceclf)", ""),
        ("import inspect\ninspect.getmembers(stanceclf)", ""),
        ("assert not hasattr(stanceclf, 'nonsense')", ""),
        ("assert not isinstance(1, stanceclf.StanceClassifier)", ""),
        ("stanceclf.StanceClassifier()", "pip install 'stanceclf[train]'"),
        ("stanceclf.StanceClassifier.fit", "pip install 'stanceclf[train]'"),
        ("from stanceclf import load_topic\nload_topic('a')", "pip install 'stanceclf[train]'"),
        ("stanceclf.read_articles('帖.parquet')", "帖.parquet: this needs `pyarrow`"),
    ],
)
def test_without_an_extra_its_name_is_told(code: str, said: str, tmp_path: Path) -> None:
    Path("帖.parquet").write_bytes(b"PAR1")
    done = run_process(sys.executable, "-X", "utf8", "-c", BLOCK + code, cwd=Path())
    last = done.stderr.decode().strip().rpartition("\n")[2]
    assert (done.returncode, said in last) == (int(said != ""), True), done.stderr.decode()
    assert said == "" or "Error: " in last


def test_without_pyarrow_other_articles_are_predicted(model: StanceModel) -> None:
    save(model, "模型.joblib")
    Path("一.txt").write_text("开源便宜。", encoding="utf-8")
    Path("帖.parquet").write_bytes(b"PAR1")
    code = BLOCK + "sys.argv[1:1] = ['predict']\nfrom stanceclf.cli import main\nmain()"
    arguments = ("帖.parquet", "一.txt", "--model", "模型.joblib", "-o", "果.jsonl")
    done = run_process(sys.executable, "-X", "utf8", "-c", code, *arguments, cwd=Path())
    assert done.returncode == 1
    assert "帖.parquet: this needs `pyarrow`" in done.stderr.decode()
    assert "开源便宜" in Path("果.jsonl").read_text(encoding="utf-8")


def test_a_model_is_trained_from_python_alone() -> None:
    copy_inputs(Path.cwd())
    topic, rules = load_topic("configs/open-models"), load_rules("configs/open-models")
    classifier = StanceClassifier(("signed chars",), topic=topic, rules=rules)
    texts = ["开源便宜，闭源昂贵。", "开源模型不安全。", "发布会在周三举行。"]
    trained = classifier.fit(texts, ["favor", "against", "none"]).freeze()
    for name in ("模型.joblib", "模型.safetensors"):
        save(trained, name)
        assert load(name).predict(texts).tolist() == ["favor", "against", "none"]
    with pytest.raises(StanceclfError, match=r"无/topic.yaml: cannot read it"):
        load_topic("无")


@pytest.mark.parametrize("topic", ["configs/open-models", Path("configs"), {"name": "开源"}])
def test_a_topic_is_no_path(topic: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="topic must be a Topic, as `load_topic` returns it, got"):
        StanceClassifier(topic=topic).fit(["开源", "闭源"], ["favor", "against"])


@pytest.mark.parametrize(
    "articles", ["开源好。", ["开源好。"], [b"a"], [None], Article("一", "开源好。"), None, 3]
)
def test_predict_articles_names_what_it_expects(articles: Any, model: StanceModel) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="articles, as `read_articles` returns them"):
        list(predict_articles(model, articles))


def test_a_text_of_ones_own_is_an_article(model: StanceModel) -> None:
    (row,) = predict_articles(model, [Article("信", "开源便宜。")])
    assert (row.article, row.stance) == ("信", "favor")


@pytest.mark.parametrize(
    "paths",
    ["语料", Path("语料"), "语料/一.txt", ["语料"], (Path("语料"),), iter(["语料"]), "语料/*"],
)
def test_predict_corpus_takes_one_path_or_several(
    paths: str | Path | Sequence[str | Path], model: StanceModel
) -> None:
    Path("语料").mkdir()
    Path("语料/一.txt").write_text("开源便宜。", encoding="utf-8")
    result = predict_corpus(model, paths, "果.jsonl")
    assert (result.sentences, result.failed) == (1, [])


@pytest.mark.parametrize("paths", [None, 3, [3], b"ab"])
def test_predict_corpus_refuses_what_is_no_path(paths: Any, model: StanceModel) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        predict_corpus(model, paths, "果.jsonl")


def test_what_cannot_be_searched_is_an_error_of_that_path(
    model: StanceModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("语料").mkdir()

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("os.scandir", refuse)
    (error,) = predict_corpus(model, "语料", "果").failed
    assert str(error) == "语料: cannot read it: Permission denied"
