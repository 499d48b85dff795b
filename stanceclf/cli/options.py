"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The settings, a section a stage.")
]
Topic = Annotated[
    Path, typer.Option("--topic", metavar="DIR", help="The topic's folder: topic.yaml, rules.yaml.")
]
Gold = Annotated[
    Path | None,
    typer.Option(
        "--gold",
        metavar="FILE",
        help="Gold labels, beside their folder `articles`; default: seeds/gold.jsonl, if there.",
    ),
]
NoGold = Annotated[bool, typer.Option("--no-gold", help="Leave gold labels out.")]
Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH",
        help="Files, folders (their .txt files), glob patterns, or - for standard input.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Where to write; default: standard output."
    ),
]

CONFIG = Path("configs/pipeline.yaml")
TOPIC = Path("configs/open-models")
GOLD = Path("seeds/gold.jsonl")
ARTICLES = Path("seeds/articles")
SENTENCES = Path("artifacts/sentences.parquet")
LABELS = Path("artifacts/labels.parquet")
HELD_OUT = Path("artifacts/held_out.parquet")
MODEL = Path("artifacts/model.joblib")
