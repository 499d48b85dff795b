"""Stances by `datasets.map`, two processes: ``python -m scaling.mapped TABLE OUTPUT``."""

from __future__ import annotations

import sys

import datasets

import stanceclf

if __name__ == "__main__":
    source, output = sys.argv[1:]
    datasets.disable_progress_bars()
    model = stanceclf.load("artifacts/model.joblib")
    rows = datasets.Dataset.from_parquet(source, cache_dir="cache")
    rows.map(model.annotate_batch, batched=True, num_proc=2, load_from_cache_file=False).to_parquet(
        output
    )
