"""Stage ``sentences``: articles -> sentences."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import read_folder
from stanceclf.config import SentencesConfig
from stanceclf.dataset import SENTENCE_COLUMNS, write_dataset
from stanceclf.errors import StanceclfError
from stanceclf.normalization import Normalizer
from stanceclf.sentences import cut_articles


@dataclass(frozen=True, slots=True)
class SentencesResult:
    """What the stage did: how many articles it read and sentences it wrote."""

    articles: int
    sentences: int


def run(
    articles: str | PathLike[str], output: str | PathLike[str], config: SentencesConfig
) -> SentencesResult:
    """Cut the articles of a folder into sentences.

    Parameters
    ----------
    articles : path-like
        The folder of articles.
    output : path-like
        The dataset to write: ``article``, ``start``, ``end``, ``text``.
    config : SentencesConfig
        The stage's settings.

    Raises
    ------
    StanceclfError
        The folder is missing or empty, an article cannot be read, or nothing is left of them.
    """
    found = read_folder(articles)
    sentences = list(
        cut_articles(found, Normalizer.from_opencc(), drop_boilerplate=config.boilerplate == "drop")
    )
    if not sentences:
        raise StanceclfError("these articles hold nothing but boilerplate", path=articles)
    columns = {name: [getattr(s, name) for s in sentences] for name in SENTENCE_COLUMNS}
    write_dataset(columns, SENTENCE_COLUMNS, output)
    return SentencesResult(len(found), len(sentences))
