"""The corpus: the sentences of a folder of articles, and the gold labels of some of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

from stanceclf.articles import Sentence, cut_articles, only_boilerplate, read_folder
from stanceclf.gold.file import GoldSentence, read_gold
from stanceclf.gold.placed_rows import Place
from stanceclf.labels import Stance

#: The texts before and after each sentence, by its place.
Context = Mapping[Place, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The sentences of a number of articles, in reading order, and gold labels.

    Not all gold sentences need be among the sentences: other settings may have produced them.
    """

    articles: int
    sentences: list[Sentence]
    gold: list[GoldSentence]

    @property
    def texts(self) -> list[str]:
        """The sentences' texts."""
        return [sentence.text for sentence in self.sentences]

    def gold_labels(self) -> list[Stance | None]:
        """Return the gold label of each sentence, or None."""
        return gold_labels(self.sentences, self.gold)


def gold_labels(sentences: Sequence[Sentence], gold: Sequence[GoldSentence]) -> list[Stance | None]:
    """Return the gold label of each sentence, or None.

    Examples
    --------
    >>> gold = [GoldSentence("一.txt", 0, 2, "很好", "favor")]
    >>> gold_labels([Sentence("一.txt", 0, 2, "很好"), Sentence("二.txt", 0, 2, "很好")], gold)
    ['favor', None]
    """
    labels = {one.place: one.label for one in gold}
    return [labels.get(one.place) for one in sentences]


def in_context(sentences: Sequence[Sentence]) -> Context:
    """Return the texts before and after each sentence in its article, by the sentence's place.

    Examples
    --------
    >>> in_context([Sentence("一.txt", 0, 2, "很好"), Sentence("一.txt", 2, 4, "不好")])
    {('一.txt', 0, 2): ('', '不好'), ('一.txt', 2, 4): ('很好', '')}
    """
    around = [None, *sentences, None]
    return {
        one.place: (
            before.text if before and before.article == one.article else "",
            after.text if after and after.article == one.article else "",
        )
        for before, one, after in zip(around, sentences, around[2:], strict=False)
    }


def in_reading_order(sentences: Iterable[Sentence], labelled: Sequence[Sentence]) -> list[Sentence]:
    """Return all sentences of articles, with labelled ones in place of those that they overlap.

    Examples
    --------
    >>> cut = [Sentence("一.txt", 0, 6, "很好，很好。"), Sentence("一.txt", 6, 9, "不好。")]
    >>> [one.text for one in in_reading_order(cut, [Sentence("一.txt", 0, 2, "很好")])]
    ['很好', '不好。']
    """
    found = sorted(labelled, key=lambda one: one.place)
    known = [one.place for one in found]
    for one in sentences:
        # Of those that begin before this one ends, the last must end before it begins.
        before = bisect_left(known, (one.article, one.end, 0)) - 1
        article, _, end = known[before] if before >= 0 else ("", 0, 0)
        if article != one.article or end <= one.start:
            found.append(one)
    return sorted(found, key=lambda one: one.place)


def read_corpus(
    articles: str | PathLike[str],
    normalize: Callable[[str], str],
    *,
    drop_boilerplate: bool = True,
    gold: str | PathLike[str] | None = None,
    text_column: str | None = None,
) -> Corpus:
    """Read a folder of articles and split them into sentences.

    Parameters
    ----------
    articles : path-like
        The folder.
    normalize : callable
        Brings a line to normal form, in which boilerplate is recognized.
    drop_boilerplate : bool, default True
        Leave out the lines that a web page puts around an article.
    gold : path-like, optional
        Gold labels.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        The folder is missing or empty, an article or the gold labels cannot be read, or the
        articles contain only boilerplate.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "一.txt").write_text("开源便宜。闭源贵。", encoding="utf-8")
    >>> read_corpus(folder, str.lower).texts
    ['开源便宜。', '闭源贵。']
    """
    found = read_folder(articles, text_column=text_column)
    sentences = list(cut_articles(found, normalize, drop_boilerplate=drop_boilerplate))
    if not sentences:
        raise only_boilerplate(articles)
    known = [] if gold is None else read_gold(gold, articles, text_column=text_column)
    return Corpus(len(found), sentences, known)
