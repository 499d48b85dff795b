"""From Chinese articles and keyword rules to a stance classifier: favor, against or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stanceclf.articles import read_articles
    from stanceclf.classifier import StanceClassifier
    from stanceclf.corpus_prediction import predict_corpus
    from stanceclf.errors import StanceclfError
    from stanceclf.model import StanceModel
    from stanceclf.model_file import load
    from stanceclf.partitions import predict_frame
    from stanceclf.predictions import predict_articles
    from stanceclf.standing import standings

__version__ = "0.1.0"

__all__ = [
    "StanceClassifier",
    "StanceModel",
    "StanceclfError",
    "__version__",
    "load",
    "predict_articles",
    "predict_corpus",
    "predict_frame",
    "read_articles",
    "standings",
]


def __dir__() -> list[str]:
    """Return the public names, so that they can be completed before they are imported."""
    return __all__


_HOMES = {
    "StanceClassifier": "stanceclf.classifier",
    "StanceModel": "stanceclf.model",
    "StanceclfError": "stanceclf.errors",
    "load": "stanceclf.model_file",
    "predict_articles": "stanceclf.predictions",
    "predict_corpus": "stanceclf.corpus_prediction",
    "predict_frame": "stanceclf.partitions",
    "read_articles": "stanceclf.articles",
    "standings": "stanceclf.standing",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a public name when it is first asked for: scikit-learn alone takes over a second."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
