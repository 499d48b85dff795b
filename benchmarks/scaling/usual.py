"""The usual recipe as a script: ``python -m scaling.usual train|predict``.

What people write first: jieba's words, TF-IDF and logistic regression from scikit-learn, with all
sentences in a list.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import joblib
import pyarrow.parquet as pq
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from speed.ways import jieba_words

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")


def train() -> None:
    """Learn from all weak labels."""
    table = pq.read_table("artifacts/labels.parquet", columns=["text", "weak_label"])
    rows = [row for row in table.to_pylist() if row["weak_label"] is not None]
    pipeline = make_pipeline(
        TfidfVectorizer(tokenizer=jieba_words, token_pattern=None, ngram_range=(1, 2), min_df=2),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    pipeline.fit([row["text"] for row in rows], [row["weak_label"] for row in rows])
    joblib.dump(pipeline, "usual.joblib")


def predict() -> None:
    """Predict the sentences of all articles."""
    pipeline = joblib.load("usual.joblib")
    found = []
    for path in sorted(Path("articles").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            found += [(row["id"], text) for text in _SENTENCE.findall(row["text"])]
    shares = pipeline.predict_proba([text for _, text in found])
    with Path("usual.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for (name, text), own in zip(found, shares, strict=True):
            writer.writerow([name, text, pipeline.classes_[own.argmax()], *own.round(6)])


if __name__ == "__main__":
    {"train": train, "predict": predict}[sys.argv[1]]()
