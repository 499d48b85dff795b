"""Stage ``sentences``: articles -> sentences, and who says them."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import read_folder
from stanceclf.config import SentencesConfig
from stanceclf.corpus import only_boilerplate
from stanceclf.dataset import SENTENCE_COLUMNS, SPEAKER_COLUMNS, write_dataset
from stanceclf.normalization import Normalizer
from stanceclf.speakers import said_sentences


@dataclass(frozen=True, slots=True)
class SentencesResult:
    """What the stage did: how many articles it read and sentences it wrote."""

    articles: int
    sentences: int


def run(
    articles: str | PathLike[str], output: str | PathLike[str], config: SentencesConfig
) -> SentencesResult:
    """Cut the articles of a folder into sentences, and tell who says each.

    Parameters
    ----------
    articles : path-like
        The folder of articles.
    output : path-like
        The dataset to write: ``article``, ``start``, ``end``, ``text``, ``speaker``, ``voice``.
    config : SentencesConfig
        The stage's settings.

    Raises
    ------
    StanceclfError
        The folder is missing or empty, an article cannot be read, or nothing is left of them.
    """
    found = read_folder(articles)
    drop = config.boilerplate == "drop"
    pairs = list(said_sentences(found, Normalizer.from_opencc(), drop_boilerplate=drop))
    if not pairs:
        raise only_boilerplate(articles)
    columns = {name: [getattr(one, name) for one, _ in pairs] for name in SENTENCE_COLUMNS}
    columns |= {name: [getattr(said, name) for _, said in pairs] for name in SPEAKER_COLUMNS}
    write_dataset(columns, SENTENCE_COLUMNS | SPEAKER_COLUMNS, output)
    return SentencesResult(len(found), len(pairs))
