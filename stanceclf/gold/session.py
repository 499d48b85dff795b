"""A session of labelling sentences by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from stanceclf.articles import Folder, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.candidates import unlabelled
from stanceclf.gold.corpus import in_context
from stanceclf.gold.file import GoldSentence, locked, read_gold, write_gold
from stanceclf.gold.placed_rows import Place
from stanceclf.labels import READING_ORDER, Stance


class Session:
    """Label sentences one by one; every label is saved to the file at once.

    Others may write to the file at the same time: their labels stay as they are.

    Parameters
    ----------
    path : path-like
        The gold labels; created with the first label if missing.
    sentences : sequence of Sentence
        All sentences, in reading order.
    ranking : iterable of int
        Their indices, in the order in which to label them.
    order : str
        The name of that order, recorded with each label: only ``random`` is fit for a test set.
    annotator : str, optional
        Who labels; recorded with each label.
    limit : int, optional
        Maximum number of sentences to label.
    articles : path-like, optional
        The folder of articles; by default ``articles`` beside the gold labels.

    Attributes
    ----------
    total : int
        Number of sentences to label in this session.
    done : int
        Number of these that are labelled or skipped.

    Raises
    ------
    StanceclfError
        The gold labels cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "articles").mkdir()
    >>> _ = (folder / "articles/一.txt").write_text("开源便宜。闭源贵。", encoding="utf-8")
    >>> two = [Sentence("一.txt", 0, 5, "开源便宜。"), Sentence("一.txt", 5, 9, "闭源贵。")]
    >>> session = Session(folder / "gold.jsonl", two, [1, 0], order="random")
    >>> session.label("favor").text, session.done, session.total
    ('闭源贵。', 1, 2)
    >>> session.undo(), session.sentence.text
    (True, '闭源贵。')
    """

    def __init__(
        self,
        path: str | PathLike[str],
        sentences: Sequence[Sentence],
        ranking: Iterable[int],
        *,
        order: str,
        annotator: str | None = None,
        limit: int | None = None,
        articles: str | PathLike[str] | None = None,
        text_column: str | None = None,
    ) -> None:
        self.path = Path(path)
        self._text_column = text_column
        self._articles = Path(path).parent / "articles" if articles is None else Path(articles)
        self._sentences = sentences
        self._context = in_context(sentences)
        self._more = ({"annotator": annotator} if annotator else {}) | {"order": order}
        self._gold: dict[Place, GoldSentence] = {}
        self._stamp: tuple[int, ...] | None = None
        self._reread()
        self._queue = unlabelled(sentences, ranking, self._gold.values())[:limit]
        self.total = len(self._queue)
        self.done = 0
        # What `done` was before each step, and the label that the step gave.
        self._steps: list[tuple[int, GoldSentence | None]] = []

    @property
    def number(self) -> int | None:
        """The index of the current sentence; None when all are done."""
        return self._queue[self.done] if self.done < self.total else None

    @property
    def sentence(self) -> Sentence:
        """The current sentence; IndexError when all are done."""
        return self._sentences[self._queue[self.done]]

    @property
    def context(self) -> tuple[str, str]:
        """The texts before and after it in its article, empty at the ends."""
        return self._context[self.sentence.place]

    @property
    def steps(self) -> int:
        """Number of labels and skips that can be undone."""
        return len(self._steps)

    @property
    def labelled(self) -> int:
        """Number of labels given in this session."""
        return sum(given is not None for _, given in self._steps)

    @property
    def counts(self) -> dict[Stance, int]:
        """Number of labels of each stance in the file, whoever gave them."""
        counts = Counter(one.label for one in self._gold.values())
        return {stance: counts[stance] for stance in READING_ORDER}

    @property
    def at_random(self) -> int:
        """Number of labels in the file whose sentences were chosen at random."""
        return sum(one.more.get("order") == "random" for one in self._gold.values())

    def label(self, stance: Stance) -> GoldSentence:
        """Label the current sentence, and go to the next one.

        Returns
        -------
        GoldSentence
            The sentence with its label: the one in the file if somebody else has labelled it in
            the meantime.

        Raises
        ------
        StanceclfError
            The file can no longer be read or written; its content stays.
        """
        one = self.sentence
        folder = Folder(self._articles, self._text_column)
        # A label that no longer fits its article could not be read.
        if folder.text(one.article)[one.start : one.end] != one.text:
            raise StanceclfError(
                f"`{one.article}` has changed in the meantime; start again", path=folder.path
            )
        given = GoldSentence(*one.place, one.text, stance, self._more)
        with locked(self.path):
            self._reread()
            known = self._gold.get(given.place)
            if known is None:
                self._write(self._gold | {given.place: given})
                self._steps.append((self.done, given))
        self._next()
        return known or given

    def skip(self) -> None:
        """Leave the current sentence to another session, and go to the next one."""
        self._steps.append((self.done, None))
        self._next()

    def undo(self) -> bool:
        """Undo the last step of this session, label or skip, and return to its sentence.

        Returns
        -------
        bool
            False if there is none, or if somebody else has changed the label since.

        Raises
        ------
        StanceclfError
            The file can no longer be read or written; its content stays.
        """
        if not self._steps:
            return False
        done, given = self._steps[-1]
        if given is not None:
            with locked(self.path):
                self._reread()
                now = self._gold.get(given.place)
                if now is not None and (now != given or now.more != given.more):
                    self._steps.pop()
                    return False
                self._write({k: one for k, one in self._gold.items() if k != given.place})
        self._steps.pop()
        self.done = done
        return True

    def _next(self) -> None:
        self.done += 1
        while self.done < self.total and self.sentence.place in self._gold:
            self.done += 1

    def _reread(self) -> None:
        """Read the file unless it is as it was last read or written."""
        stamp = _stamp(self.path)
        # If it has vanished, its labels are still known, and written again.
        if stamp is not None and stamp != self._stamp:
            gold = read_gold(self.path, self._articles, text_column=self._text_column)
            self._gold = {one.place: one for one in gold}
            self._stamp = stamp

    def _write(self, gold: dict[Place, GoldSentence]) -> None:
        write_gold(self.path, gold.values())
        self._gold, self._stamp = gold, _stamp(self.path)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what distinguishes two states of a file; None if there is no file."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return None
    return now.st_mtime_ns, now.st_size, now.st_ino
