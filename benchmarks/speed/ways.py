"""The ways from a text to a label: ours, and what people use instead.

What a way needs is imported when it is loaded, so that no way pays for another.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

#: Returns the labels of texts.
Predict = Callable[[list[str]], Iterable[object]]

# fastText's two million would make a file of 800 MB of the same speed.
_BUCKETS = 200_000


@dataclass(frozen=True)
class Way:
    """One way.

    Attributes
    ----------
    name : str
        Its name in the tables.
    load : callable
        Reads the file that `train` wrote and returns a function that predicts.
    train : callable or None
        Learns from texts and their labels and writes a file; None if there is nothing to learn.
    needs : tuple of str
        The additional packages that it needs; they are imported and installed by the same name.
    """

    name: str
    load: Callable[[Path], Predict]
    train: Callable[[list[str], list[str], Path], None] | None = None
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What has to be installed, if anything."""
        return not_installed(*self.needs)


def not_installed(*packages: str) -> str:
    """Return which packages have to be installed; empty if none."""
    absent = [name for name in packages if find_spec(name) is None]
    return f"not installed: pip install {' '.join(absent)}" if absent else ""


def jieba_words(text: str) -> list[str]:
    """Return the words of a text; a pipeline that contains `jieba.lcut` cannot be pickled."""
    jieba = import_module("jieba")
    words: list[str] = jieba.lcut(text)
    return words


def rjieba_cut() -> Callable[[str], list[str]]:
    """Return a function that cuts a text into words with rjieba."""
    cut: Callable[[str], list[str]] = import_module("rjieba").cut
    return cut


def jieba_cut() -> Callable[[str], list[str]]:
    """Return what cuts a text into words by jieba, with nothing said meanwhile."""
    _hush_jieba()
    cut: Callable[[str], list[str]] = import_module("jieba").lcut
    return cut


def _load_ours(path: Path) -> Predict:
    from stanceclf import load

    return load(path).predict


def _load_pipeline(path: Path) -> Predict:
    import joblib

    _hush_jieba()
    predict: Predict = joblib.load(path).predict
    return predict


def _hush_jieba() -> None:
    import_module("jieba").setLogLevel("ERROR")


def _train_pipeline(
    settings: dict[str, object], texts: list[str], labels: list[str], path: Path
) -> None:
    import joblib
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    _hush_jieba()
    pipeline = make_pipeline(TfidfVectorizer(**settings), LogisticRegression())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        joblib.dump(pipeline.fit(texts, labels), path)


def _train_fasttext(
    cutter: Callable[[], Callable[[str], list[str]]],
    texts: list[str],
    labels: list[str],
    path: Path,
) -> None:
    cut = cutter()
    lines = [
        f"__label__{label} {' '.join(cut(text))}\n"
        for text, label in zip(texts, labels, strict=True)
    ]
    learnt = path.with_suffix(".learnt.txt")
    learnt.write_text("".join(lines), encoding="utf-8")
    model = import_module("fasttext").train_supervised(
        str(learnt), wordNgrams=2, bucket=_BUCKETS, thread=1, verbose=0
    )
    model.save_model(str(path))


def _load_fasttext(cutter: Callable[[], Callable[[str], list[str]]], path: Path) -> Predict:
    cut = cutter()
    model = import_module("fasttext").load_model(str(path))

    def predict(texts: list[str]) -> list[str]:
        labels = model.predict([" ".join(cut(text)) for text in texts])[0]
        return [label for (label,) in labels]

    return predict


def _load_snownlp(_: Path) -> Predict:
    snow = import_module("snownlp").SnowNLP
    return lambda texts: [snow(text).sentiments for text in texts]


_WORDS: dict[str, object] = {"tokenizer": jieba_words, "ngram_range": (1, 2), "token_pattern": None}
_CHARS: dict[str, object] = {"analyzer": "char", "ngram_range": (1, 3)}

#: The ways, by short names; ``usual`` is what the others are compared with.
WAYS = {
    "ours": Way("stanceclf", _load_ours),
    "usual": Way(
        "the usual: jieba words 1-2, TF-IDF, LR", _load_pipeline, partial(_train_pipeline, _WORDS)
    ),
    "chars": Way(
        "scikit-learn characters 1-3, TF-IDF, LR", _load_pipeline, partial(_train_pipeline, _CHARS)
    ),
    "jieba-fasttext": Way(
        "jieba + fastText",
        partial(_load_fasttext, jieba_cut),
        partial(_train_fasttext, jieba_cut),
        ("fasttext",),
    ),
    "rjieba-fasttext": Way(
        "rjieba + fastText",
        partial(_load_fasttext, rjieba_cut),
        partial(_train_fasttext, rjieba_cut),
        ("rjieba", "fasttext"),
    ),
    "snownlp": Way("SnowNLP sentiments", _load_snownlp, None, ("snownlp",)),
}
