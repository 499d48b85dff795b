"""Labelled sentences, to score a model on: gold labels, or a table with texts and their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from stanceclf.articles import Article, Folder, is_table, read_columns
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence, read_gold
from stanceclf.io import read_utf8
from stanceclf.labels import READING_ORDER, STANCES, Stance

_GOLD, _ARTICLES = "gold.jsonl", "articles"
# The columns of a table that need not be there.
_GROUP, _ID = "article", "id"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Sentences with the labels that somebody gave them.

    Attributes
    ----------
    sentences : list of GoldSentence
        The sentences. A row of a table is named like an article, such as ``帖子.csv#17``.
    articles : list of str
        The article that each sentence is from.
    whole : list of Article
        These articles in full; none for a table.
    """

    sentences: list[GoldSentence]
    articles: list[str]
    whole: list[Article] = field(default_factory=list)


def read_labelled(path: str | PathLike[str], *, text_column: str | None = None) -> Labelled:
    r"""Read labelled sentences.

    Parameters
    ----------
    path : path-like
        One of

        - a file of gold labels, as `stanceclf annotate` writes it, with its articles beside it or
          in the folder ``articles`` beside it;
        - a folder with such a file, named ``gold.jsonl``;
        - a table (``.csv``, ``.tsv``, ``.json``, ``.jsonl`` or ``.parquet``) with the columns
          ``text`` and ``label``, one sentence per row. Rows with the same ``article``, if there is
          such a column, are of one article; otherwise each row is an article of its own.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Returns
    -------
    Labelled
        The sentences, at least one, and their articles.

    Raises
    ------
    StanceclfError
        It is none of these, or something in it is wrong; the message gives the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "标注.csv")
    >>> _ = path.write_text("text,label\n开源更便宜。,favor\n", encoding="utf-8")
    >>> found = read_labelled(path)
    >>> found.sentences[0].label, found.articles
    ('favor', ['标注.csv#1'])
    """
    path = Path(path)
    if not path.exists():
        raise StanceclfError("no such file or folder", path=path)
    if path.is_dir():
        found = _gold(path / _GOLD, text_column)
    elif path.suffix.lower() == ".jsonl" and _has_places(path):
        found = _gold(path, text_column)
    elif is_table(path):
        found = _table(path)
    else:
        what = (
            f"neither gold labels nor a table; give a folder with a {_GOLD}, or a .csv, .tsv, "
            ".json, .jsonl or .parquet file with the columns `text` and `label`"
        )
        raise StanceclfError(what, path=path)
    if not found.sentences:
        raise StanceclfError("no labelled sentence in it; label some first", path=path)
    return found


def _gold(path: Path, text_column: str | None) -> Labelled:
    if not path.exists():
        what = f"no {_GOLD} in this folder; add it, or name the file of labels"
        raise StanceclfError(what, path=path.parent)
    beside = path.parent / _ARTICLES
    folder = beside if beside.is_dir() else path.parent
    sentences = read_gold(path, folder, text_column=text_column)
    names, texts = [one.article for one in sentences], Folder(folder, text_column)
    return Labelled(sentences, names, [Article(one, texts.text(one)) for one in sorted({*names})])


def _has_places(path: Path) -> bool:
    """Return whether the first row says where in an article its text is, as gold labels do."""
    # Not splitlines: U+2028 and the like may occur inside a JSON string.
    first = next((line for line in read_utf8(path).split("\n") if line.strip()), "")
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return False  # The table's reader says what is wrong with it.
    return isinstance(row, dict) and {"start", "end"} <= row.keys()


def _table(path: Path) -> Labelled:
    found = Labelled([], [])
    grouped: bool | None = None
    for number, line, row in read_columns(path, ["text", "label"], [_GROUP, _ID]):
        try:
            sentence = _row(row, f"{path.name}#{_name(row.get(_ID)) or number}")
            if (_GROUP in row) != (grouped := _GROUP in row if grouped is None else grouped):
                raise StanceclfError(f"`{_GROUP}` is missing here; give every row one, or none")
            article = _name(row[_GROUP]) if grouped else sentence.article
            if not article:
                raise StanceclfError(
                    f"`{_GROUP}` is empty; fill it in, or leave the column out if each row is an "
                    "article of its own"
                )
        except StanceclfError as error:
            where = "" if line else f"row {number}: "
            raise StanceclfError(where + error.what, path=path, line=line) from None
        found.sentences.append(sentence)
        found.articles.append(article)
    return found


def _row(row: Mapping[str, object], name: str) -> GoldSentence:
    text = row["text"]
    if not isinstance(text, str) or not text.strip():
        raise StanceclfError("`text` is empty or not text; fill it in, or remove the row")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise StanceclfError("`text` contains half of a surrogate pair, which is not text")
    return GoldSentence(name, 0, len(text), text, _label(row["label"]))


def _label(value: object) -> Stance:
    label = value.strip() if isinstance(value, str) else value
    known = ", ".join(READING_ORDER)
    if label is None or label == "":
        raise StanceclfError(f"`label` is empty; fill it in ({known}), or remove the row")
    if label not in STANCES:
        raise StanceclfError(f"unknown label `{label}`; known: {known}")
    return STANCES[STANCES.index(label)]


def _name(value: object) -> str:
    """Return the name in a cell, empty if there is none."""
    return " ".join(str(value).split()) if type(value) in {str, int} else ""
