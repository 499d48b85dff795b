"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stanceclf.errors import StanceclfError

if TYPE_CHECKING:
    from stanceclf.gold import Corpus
    from stanceclf.model import StanceModel
    from stanceclf.rules import Voter

Config = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The settings, a section a stage.")
]
Topic = Annotated[
    Path | None,
    typer.Option(
        "--topic",
        metavar="DIR",
        help="The topic's folder: topic.yaml, rules.yaml; default: the only one in configs.",
    ),
]
Articles = Annotated[
    Path, typer.Option("--articles", metavar="DIR", help="The folder of articles.")
]
Gold = Annotated[
    Path | None,
    typer.Option(
        "--gold",
        metavar="FILE",
        help="Gold labels; default: gold.jsonl beside the folder of articles, if there.",
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

Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="What the articles are in, like gb18030 or big5; default: found out for each.",
    ),
]
MaxFile = Annotated[
    int, typer.Option("--max-file", metavar="MB", min=1, help="Refuse files larger than this.")
]
MaxSentence = Annotated[
    int,
    typer.Option(
        "--max-sentence", metavar="N", min=100, help="Cut sentences of more characters in parts."
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text-column",
        metavar="NAME",
        help="The tables' column of texts; default: `text`, or the only one.",
    ),
]

MAX_FILE = 128
MAX_SENTENCE = 10_000
PART_SIZE = 2_000_000
CONFIG = Path("configs/pipeline.yaml")
CONFIGS = Path("configs")
GOLD = Path("seeds/gold.jsonl")
ARTICLES = Path("seeds/articles")
SENTENCES = Path("artifacts/sentences.parquet")
LABELS = Path("artifacts/labels.parquet")
HELD_OUT = Path("artifacts/held_out.parquet")
MODEL = Path("artifacts/model.joblib")
SPEAKERS = Path("seeds/speakers.jsonl")
METRICS = Path("artifacts/metrics.json")
CARD = Path("artifacts/MODEL_CARD.md")
PAGE = Path("artifacts/rules.html")


def spare(outputs: Iterable[Path | None], inputs: Iterable[str | Path | None]) -> None:
    """See that what a command writes is nothing that it reads.

    Raises
    ------
    StanceclfError
        It is.
    """
    from stanceclf.io import check_outputs

    written, read = ([path for path in paths if path is not None] for paths in (outputs, inputs))
    if written:
        check_outputs(*written, inputs=read)


def topic_folder(topic: Path | None) -> Path:
    """Return the topic's folder: the one named, else the only one in `CONFIGS`.

    Raises
    ------
    StanceclfError
        None was named, and there are none or several.
    """
    if topic is not None:
        return topic
    found = sorted(path.parent for path in CONFIGS.glob("*/topic.yaml"))
    if len(found) == 1:
        return found[0]
    if not CONFIGS.is_dir():
        mend = "go to a project's folder, or make one by `stanceclf init`"
        raise StanceclfError(f"no such folder here; {mend}", path=CONFIGS)
    there = ", ".join(path.as_posix() for path in found)
    what = f"several topics ({there}); name one" if found else "no topic in here; name its folder"
    raise StanceclfError(f"{what} with --topic", path=CONFIGS)


def gold_file(gold: Path | None, no_gold: bool, articles: Path = ARTICLES) -> Path | None:
    """Return the gold labels to use: those named, else those beside the articles, if any."""
    usual = articles.parent / GOLD.name
    return None if no_gold else gold or (usual if usual.exists() else None)


def model(path: str | Path) -> StanceModel:
    """Return the model in a file; say so if nothing tells that it is as it was made."""
    from stanceclf.model import read_model

    read, known = read_model(path)
    if not known:
        from stanceclf.model import record_of

        record = record_of(path).name
        what = f"nothing beside it ({record}) tells its checksum; `stanceclf model inspect` tells"
        typer.echo(f"stanceclf: warning: {path}: {what} what it is", err=True)
    return read


def voter(topic: Path | None) -> Voter:
    """Return the voter of a topic's rules."""
    from stanceclf.rules import load_voter

    return load_voter(topic_folder(topic))


def corpus(articles: Path, config: Path, gold: Path | None) -> Corpus:
    """Return the sentences of articles as they are now, cut as the settings say."""
    from stanceclf.articles import Normalizer
    from stanceclf.gold import read_corpus
    from stanceclf.training import SentencesConfig, load_config

    drop = load_config(config, "sentences", SentencesConfig).boilerplate == "drop"
    normalize = Normalizer.from_opencc()
    return read_corpus(articles, normalize, drop_boilerplate=drop, gold=gold)
