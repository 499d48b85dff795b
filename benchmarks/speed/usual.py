"""The usual pipeline as a script: ``python -m speed.usual MODEL SENTENCES``."""

from __future__ import annotations

import sys
from pathlib import Path

import joblib

if __name__ == "__main__":
    pipeline = joblib.load(sys.argv[1])
    texts = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    for label, text in zip(pipeline.predict(texts), texts, strict=True):
        sys.stdout.write(f"{label}\t{text}\n")
