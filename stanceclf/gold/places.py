"""Places: which sentence of the articles a row of labels is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any

from stanceclf.articles import Folder, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.placed_rows import PLACE, check_place

# What a message shows at most.
_MOST_SHOWN, _LONGEST_SHOWN = 3, 40


class Places:
    """The sentences that labels can be about.

    Parameters
    ----------
    sentences : iterable of Sentence
        The sentences of the articles, and whatever else is already labelled.
    articles : path-like, optional
        The folder of articles. With it, any text that an article contains can be labelled, such as
        boilerplate and sentences that other settings produce; without it, the sentences alone.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Examples
    --------
    >>> places = Places([Sentence("一.txt", 0, 3, "很好。"), Sentence("一.txt", 3, 6, "不好。")])
    >>> places.find({"text": "不好。"}).start
    3
    """

    def __init__(
        self,
        sentences: Iterable[Sentence],
        articles: str | PathLike[str] | None = None,
        text_column: str | None = None,
    ) -> None:
        self._known = {one.place: one for one in sentences}
        self._folder = None if articles is None else Folder(articles, text_column)
        self._by_text: dict[str, list[Sentence]] = {}

    def find(self, row: Mapping[str, Any]) -> Sentence:
        """Return the sentence that a row is about: by its place, or without one by its text.

        Raises
        ------
        StanceclfError
            The row's place or text is not in the articles, or its text is there several times.
        """
        has_place = any(row.get(key) is not None for key in ("start", "end"))
        if not has_place and isinstance(row.get("text"), str):
            return self._find_text(row["text"].strip(), row.get("article"))
        for key, kind in PLACE.items():
            if type(row.get(key)) is not kind:
                raise StanceclfError(f"`{key}` is missing or not of type {kind.__name__}")
        article, start, end = place = row["article"], row["start"], row["end"]
        if place in self._known:
            if self._known[place].text == row["text"]:
                return self._known[place]
            raise StanceclfError(
                f"`{article}` has a different text at {start}:{end}; restore the article or "
                "the text"
            )
        if self._folder is not None and _is_there(row, self._folder):
            return Sentence(*place, row["text"])
        raise StanceclfError(
            f"`{article}` has no sentence at {start}:{end}; export the sentences again, or "
            "restore the articles that they were exported from"
        )

    def _find_text(self, text: str, article: object) -> Sentence:
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        if not self._by_text:
            for one in self._known.values():
                self._by_text.setdefault(one.text.strip(), []).append(one)
        found = [one for one in self._by_text.get(text, []) if article in {None, one.article}]
        if not found:
            where = "the articles have" if article is None else f"`{article}` has"
            raise StanceclfError(
                f"{where} no sentence `{shown}`; `stanceclf gold export` writes the sentences"
            )
        if len(found) > 1:
            places = [f"{one.article}:{one.start}-{one.end}" for one in found[:_MOST_SHOWN]]
            more = ", ..." if len(found) > _MOST_SHOWN else ""
            raise StanceclfError(
                f"the sentence `{shown}` is there {len(found)} times ({', '.join(places)}{more}); "
                "say which one is meant with `article`, `start` and `end`"
            )
        return found[0]


def _is_there(row: Mapping[str, Any], folder: Folder) -> bool:
    try:
        check_place(row, folder)
    except (StanceclfError, OSError, ValueError):  # No file can have such a name.
        return False
    return True
