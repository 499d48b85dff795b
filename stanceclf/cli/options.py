"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stanceclf.errors import StanceclfError, one_line

if TYPE_CHECKING:
    from stanceclf.gold import Corpus
    from stanceclf.model import StanceModel


def local_output(name: str | Path) -> Path:
    """Return a path to write to.

    Raises
    ------
    typer.BadParameter
        It is a URL, of which a path would make a folder named like its protocol.
    """
    from stanceclf.io import is_url

    if is_url(name) and not Path(name).exists():
        raise typer.BadParameter(f"{name}: is a URL; only `predict` writes to URLs, name a file")
    return Path(name)


def _known_encoding(name: str | None) -> str | None:
    """Return the name of an encoding that Python knows.

    Raises
    ------
    typer.BadParameter
        It does not.
    """
    if name is not None:
        try:
            io.TextIOWrapper(io.BytesIO(), name)
        except (LookupError, ValueError):
            what = f"unknown encoding `{name}`; try gb18030 or big5"
            raise typer.BadParameter(what) from None
    return name


Config = Annotated[Path, typer.Option(metavar="FILE", help="Settings file.")]
Topic = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Topic folder. Default: the only one in configs."),
]
Articles = Annotated[Path, typer.Option(metavar="DIR", help="Folder of articles.")]
Gold = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Gold labels. Default: gold.jsonl beside the articles."),
]
NoGold = Annotated[bool, typer.Option("--no-gold", help="Ignore gold labels.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 on warnings as well.")]
Model = Annotated[str, typer.Option(metavar="FILE", help="Model file.")]
Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH", help="Files, folders, glob patterns, or - for standard input."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        parser=local_output,
        help="Output file. Default: standard output.",
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        callback=_known_encoding,
        help="Encoding of the articles, e.g. gb18030. Default: detected.",
    ),
]
MaxFile = Annotated[
    int, typer.Option(metavar="MB", min=1, max=1 << 20, help="Refuse larger files.")
]
TextColumn = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Text column of tables. Default: `text` or the only one."),
]
MaxSentence = Annotated[
    int, typer.Option(metavar="N", min=100, help="Split sentences longer than N characters.")
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
FOLDS = Path("artifacts/folds.npz")
MODEL_NAME = "artifacts/model.joblib"
MODEL = Path(MODEL_NAME)
SPEAKERS = Path("seeds/speakers.jsonl")
METRICS = Path("artifacts/metrics.json")
CARD = Path("artifacts/MODEL_CARD.md")
PAGE = Path("artifacts/rules.html")


def forbid_overwrite(
    outputs: Iterable[str | Path | None], inputs: Iterable[str | Path | None]
) -> None:
    """Raise a `StanceclfError` if a command would write over what it reads."""
    from stanceclf.io import check_outputs

    if written := [path for path in outputs if path is not None]:
        check_outputs(*written, inputs=[path for path in inputs if path is not None])


def topic_folder(topic: Path | None) -> Path:
    """Return the topic's folder: the given one, else the only one in `CONFIGS`.

    Raises
    ------
    StanceclfError
        None is given, and there is not exactly one.
    """
    if topic is not None:
        return topic
    found = sorted(path.parent for path in CONFIGS.glob("*/topic.yaml"))
    if len(found) == 1:
        return found[0]
    if found:
        what = f"several topics ({', '.join(map(Path.as_posix, found))}); choose one with --topic"
    elif CONFIGS.is_dir():
        what = "no topic in this folder; give one with --topic"
    else:
        what = "no such folder here; go to a project's folder, or create one with `stanceclf init`"
    raise StanceclfError(what, path=CONFIGS)


def gold_file(gold: Path | None, no_gold: bool, articles: Path = ARTICLES) -> Path | None:
    """Return the gold labels to use: the given ones, else those beside the articles, if any."""
    usual = articles.parent / GOLD.name
    return None if no_gold else gold or (usual if usual.exists() else None)


def gold_and_articles(gold: Path | None, articles: Path | None) -> tuple[Path, Path]:
    """Return the gold labels and their articles; one that is not given is beside the other.

    Raises
    ------
    StanceclfError
        The gold labels are among the articles, where they would be read as one.
    """
    if gold is None:
        gold = GOLD if articles is None else articles.parent / GOLD.name
    if articles is None:
        articles = gold.parent / ARTICLES.name
    folder = Path(os.path.realpath(gold)).parent
    if folder.is_relative_to(os.path.realpath(articles)):
        raise StanceclfError(f"is among the articles in {articles}; move it out", path=gold)
    return gold, articles


def model(path: str | Path) -> StanceModel:
    """Return the model in a file; warn if no checksum confirms that it is unchanged."""
    from stanceclf.model import read_model

    read, known = read_model(path)
    if not known:
        from stanceclf.model import record_path

        what = f"no checksum beside it ({record_path(path).name}); see `stanceclf model inspect`"
        warn(f"{path}: {what}")
    return read


def corpus(articles: Path, config: Path, gold: Path | None) -> Corpus:
    """Return the sentences of articles as they are now, split as the settings say."""
    from stanceclf.articles import Normalizer
    from stanceclf.gold import read_corpus
    from stanceclf.training import SentencesConfig, load_config

    settings = load_config(config, "sentences", SentencesConfig)
    warn_of_left_out(articles)
    return read_corpus(
        articles,
        Normalizer.from_opencc(),
        drop_boilerplate=settings.boilerplate == "drop",
        gold=gold,
        text_column=settings.text_column,
    )


def text_column(config: Path) -> str | None:
    """Return the setting `text_column`, by which the stages read tables of articles."""
    from stanceclf.training import SentencesConfig, load_config

    return load_config(config, "sentences", SentencesConfig).text_column


def warn_of_left_out(folder: Path) -> None:
    """Say on standard error which files of a folder of articles are not read, and why."""
    from stanceclf.articles import articles_in

    found = articles_in(folder) if folder.is_dir() else None
    # Without an article, the error says so.
    if found is not None and found.files and (summary := found.summary()):
        warn(f"{folder}: {summary}")


def warn(what: str) -> None:
    """Write a warning to standard error."""
    typer.echo(f"stanceclf: {one_line(f'warning: {what}', None, None)}", err=True)
