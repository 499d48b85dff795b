"""What counts as a sequence of sentences."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from datasets import Dataset

from stanceclf import StanceClassifier, StanceModel
from stanceclf.features import check_texts

TEXTS = ["开源便宜", "闭源贵"]


@pytest.fixture(scope="module")
def model() -> StanceModel:
    texts = ["开源便宜", "闭源便宜", "下雨"]
    return StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        iter,
        np.array,
        pd.Series,
        pd.Index,
        lambda texts: pd.Series(texts, index=["甲", "乙"]),
        lambda texts: pd.DataFrame({"text": texts})["text"],
        lambda texts: Dataset.from_dict({"text": texts})["text"],
        lambda texts: dict(enumerate(texts)).values(),
        lambda texts: dict.fromkeys(texts).keys(),
    ],
)
def test_sequences_of_sentences(make: Callable[[list[str]], Any]) -> None:
    assert check_texts(make(TEXTS)) == TEXTS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame({"text": TEXTS}), r'DataFrame; pass one of its columns, like `table\["text"'),
        (pd.DataFrame({"text": TEXTS})[["text"]], "DataFrame; pass one of its columns"),
        (pd.DataFrame({"甲": TEXTS, "乙": TEXTS}), "DataFrame; pass one of its columns"),
        ({"text": TEXTS}, "dict; pass one of its columns"),
        (UserDict({"text": TEXTS}), "UserDict; pass one of its columns"),
        ({"开源便宜": 1, "闭源贵": 2}, "dict; pass one of its columns"),
        ({*TEXTS}, "set; pass a list"),
        (frozenset(TEXTS), "frozenset; pass a list"),
        (Dataset.from_dict({"text": TEXTS}), "sentence 0 is dict, not str"),
        (pa.table({"text": TEXTS}), "got Table|not str"),
        ("开源便宜", "str; for one sentence pass a list of one"),
        (b"a", "bytes; for one sentence"),
        (None, "NoneType"),
        ([None], "sentence 0 is NoneType, not str"),
        (np.array([TEXTS]), "sentence 0 is ndarray, not str"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_names_or_no_order_is_refused(given: Any, said: str, model: StanceModel) -> None:  # noqa: ANN401
    classifier = StanceClassifier()
    for use in (
        *(model.predict, model.predict_proba, model.decision_function),
        lambda texts: classifier.fit(texts, ["favor", "none"]),
    ):
        with pytest.raises(TypeError, match=said):
            use(given)


def test_a_single_row_is_no_batch(model: StanceModel) -> None:
    with pytest.raises(TypeError, match="map with batched=True"):
        model.annotate_batch({"text": "开源便宜"})
    for around in ({"before": "开源"}, {"after": "开源"}):
        with pytest.raises(TypeError, match="expected a sequence of sentences, got str"):
            model.explain("开源", **around)
