"""Stage ``sentences``: articles -> sentences."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from stanceclf.config import SentencesConfig
from stanceclf.corpus import read_corpus
from stanceclf.dataset import SENTENCE_COLUMNS, write_dataset
from stanceclf.normalization import Normalizer


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
    normalize = Normalizer.from_opencc()
    corpus = read_corpus(articles, normalize, drop_boilerplate=config.boilerplate == "drop")
    columns = {name: [getattr(s, name) for s in corpus.sentences] for name in SENTENCE_COLUMNS}
    write_dataset(columns, SENTENCE_COLUMNS, output)
    return SentencesResult(corpus.articles, len(corpus.sentences))
