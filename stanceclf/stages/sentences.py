"""Stage ``sentences``: articles -> sentences, and who says them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import Article, Normalizer, only_boilerplate, stream_folder
from stanceclf.io import SENTENCE_COLUMNS, SPEAKER_COLUMNS, batched, open_dataset
from stanceclf.speakers import attribute_sentences
from stanceclf.training import SentencesConfig

# Sentences in memory at once.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class SentencesResult:
    """Number of articles read and of sentences written."""

    articles: int
    sentences: int


def run_sentences(
    articles: str | PathLike[str], output: str | PathLike[str], config: SentencesConfig
) -> SentencesResult:
    """Split a folder's articles into sentences, and find who says each.

    The dataset that it writes has the columns ``article``, ``start``, ``end``, ``text``,
    ``speaker`` and ``voice``.

    Raises
    ------
    StanceclfError
        The folder is missing or empty, an article cannot be read, or none has a sentence.
    """
    found = sentences = 0

    def counted() -> Iterator[Article]:
        nonlocal found
        for article in stream_folder(articles, text_column=config.text_column):
            found += 1
            yield article

    drop = config.boilerplate == "drop"
    said = attribute_sentences(counted(), Normalizer.from_opencc(), drop_boilerplate=drop)
    with open_dataset(SENTENCE_COLUMNS | SPEAKER_COLUMNS, output) as write:
        for pairs in batched(said, _AT_ONCE):
            columns = {name: [getattr(one, name) for one, _ in pairs] for name in SENTENCE_COLUMNS}
            columns |= {name: [getattr(by, name) for _, by in pairs] for name in SPEAKER_COLUMNS}
            write(columns)
            sentences += len(pairs)
        if not sentences:
            raise only_boilerplate(articles)
    return SentencesResult(found, sentences)
