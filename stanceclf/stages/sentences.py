"""Stage ``sentences``: articles -> sentences, and who says them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import Article, Normalizer, stream_folder
from stanceclf.gold import only_boilerplate
from stanceclf.io import SENTENCE_COLUMNS, SPEAKER_COLUMNS, batched, open_dataset
from stanceclf.speakers import attribute_sentences
from stanceclf.training import SentencesConfig


@dataclass(frozen=True, slots=True)
class SentencesResult:
    """What the stage did: how many articles it read and sentences it wrote."""

    articles: int
    sentences: int


def run_sentences(
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
    found = sentences = 0

    def counted() -> Iterator[Article]:
        nonlocal found
        for article in stream_folder(articles):
            found += 1
            yield article

    drop = config.boilerplate == "drop"
    said = attribute_sentences(counted(), Normalizer.from_opencc(), drop_boilerplate=drop)
    with open_dataset(SENTENCE_COLUMNS | SPEAKER_COLUMNS, output) as write:
        for pairs in batched(said):
            columns = {name: [getattr(one, name) for one, _ in pairs] for name in SENTENCE_COLUMNS}
            columns |= {name: [getattr(by, name) for _, by in pairs] for name in SPEAKER_COLUMNS}
            write(columns)
            sentences += len(pairs)
        if not sentences:
            raise only_boilerplate(articles)
    return SentencesResult(found, sentences)
