"""A frozen model within scikit-learn's tools: it predicts and scores, and cannot be fitted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import run_process
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

from stanceclf import StanceClassifier, StanceModel, Topic

TEXTS = ["开源便宜", "闭源便宜", "下雨"] * 5
LABELS = ["favor", "against", "none"] * 5


@pytest.fixture(scope="module")
def model() -> StanceModel:
    topic = Topic("开源大模型", ("开源",), ("闭源",))
    return StanceClassifier(topic=topic).fit(TEXTS, LABELS).freeze()


def test_it_is_a_fitted_classifier(model: StanceModel) -> None:
    assert is_classifier(model)
    check_is_fitted(model)
    assert clone(model) is model
    assert model.set_params(**model.get_params()) is model
    with pytest.raises(ValueError, match="no parameter C"):
        model.set_params(C=1)
    told = repr(model)
    assert all(part in told for part in ("StanceModel", "开源大模型", "favor", "n-grams", "rules"))


@pytest.mark.parametrize(
    "wrap",
    [
        make_pipeline,
        FrozenEstimator,
        lambda model: make_pipeline(FunctionTransformer(list), model),
        lambda model: FrozenEstimator(model).fit(TEXTS, LABELS),
        lambda model: make_pipeline(FrozenEstimator(model)).fit(TEXTS, LABELS[::-1]),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_it_works_inside_tools(wrap: Callable[[StanceModel], object], model: StanceModel) -> None:
    wrapped = wrap(model)
    assert wrapped.predict(TEXTS).tolist() == model.predict(TEXTS).tolist()  # type: ignore[attr-defined]
    assert wrapped.score(TEXTS, LABELS) == 1.0  # type: ignore[attr-defined]
    assert "StanceModel" in repr(wrapped)


def test_it_is_scored_and_calibrated(model: StanceModel) -> None:
    assert get_scorer("f1_macro")(model, TEXTS, LABELS) == 1.0
    assert cross_val_score(FrozenEstimator(model), TEXTS, LABELS).tolist() == [1.0] * 5
    calibrated = CalibratedClassifierCV(FrozenEstimator(model), cv=3).fit(TEXTS, LABELS)
    assert calibrated.predict(TEXTS[:3]).tolist() == LABELS[:3]


@pytest.mark.parametrize(
    "fit",
    [
        lambda model: model.fit(TEXTS, LABELS),
        lambda model: make_pipeline(model).fit(TEXTS, LABELS),
        lambda model: cross_val_score(model, TEXTS, LABELS),
        lambda model: GridSearchCV(model, {}).fit(TEXTS, LABELS),
    ],
)
def test_fitting_it_says_what_it_is(
    fit: Callable[[StanceModel], object], model: StanceModel
) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        fit(model)
    assert "StanceModel is already trained and cannot be fitted" in str(raised.value)
    assert "use StanceClassifier" in str(raised.value)


def test_the_score_is_accuracy(model: StanceModel) -> None:
    assert model.score(TEXTS[:2], ["favor", "none"]) == 0.5
    assert model.score(TEXTS[:2], ["favor", "none"], sample_weight=[3, 1]) == 0.75
    with pytest.raises(ValueError, match="2 sentences, but labels of shape"):
        model.score(TEXTS[:2], ["favor"])


def test_none_of_it_imports_scikit_learn(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom stanceclf import StanceModel\n"
        "assert StanceModel.score and StanceModel.fit\n"
        "assert 'sklearn' not in sys.modules\n"
    )
    assert run_process(sys.executable, "-c", code, cwd=tmp_path).returncode == 0
