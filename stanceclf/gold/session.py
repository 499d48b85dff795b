"""Annotation: a session of labelling sentences by hand."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path

from stanceclf.articles import Folder, Sentence
from stanceclf.errors import StanceclfError
from stanceclf.gold.candidates import in_context, unlabelled
from stanceclf.gold.file import GoldSentence, read_gold, write_gold
from stanceclf.labels import READING_ORDER, Stance


class Session:
    """Label sentences one by one; every label is in the file at once.

    Others may write the file meanwhile: what they labelled stays as they labelled it.

    Parameters
    ----------
    path : path-like
        The gold labels, beside their folder ``articles``; made with the first one if missing.
    sentences : sequence of Sentence
        All sentences, in reading order.
    ranking : iterable of int
        Their numbers, in the order to label them in.
    order : str
        What that order is called; noted with each label, since only ``random`` is fit for a test.
    annotator : str, optional
        Who labels; noted with each label.
    limit : int, optional
        Label no more than so many.

    Attributes
    ----------
    total : int
        How many sentences there are to label in this session.

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
    ) -> None:
        self.path = Path(path)
        self._sentences = sentences
        self._context = in_context(sentences)
        self._more = ({"annotator": annotator} if annotator else {}) | {"order": order}
        self._gold: dict[tuple[str, int, int], GoldSentence] = {}
        self._stamp: tuple[int, ...] | None = None
        self._reread()
        self._queue = unlabelled(sentences, ranking, self._gold.values())[:limit]
        self.total = len(self._queue)
        self._at = 0
        # Where in the queue each step was, and the label that it gave.
        self._steps: list[tuple[int, GoldSentence | None]] = []

    @property
    def done(self) -> int:
        """How many of the sentences to label are labelled or skipped."""
        return self._at

    @property
    def number(self) -> int | None:
        """The number of the sentence to label now, None when all is done."""
        return self._queue[self._at] if self._at < self.total else None

    @property
    def sentence(self) -> Sentence:
        """The sentence to label now.

        Raises
        ------
        IndexError
            All is done.
        """
        return self._sentences[self._queue[self._at]]

    @property
    def context(self) -> tuple[str, str]:
        """What its article says before and after it, empty at the ends."""
        return self._context[self.sentence.place]

    @property
    def steps(self) -> int:
        """How many labels and skips there are to undo."""
        return len(self._steps)

    @property
    def labelled(self) -> int:
        """How many labels this session has given."""
        return sum(given is not None for _, given in self._steps)

    @property
    def counts(self) -> dict[Stance, int]:
        """How many labels there are of each stance in the file, whoever gave them."""
        counts = Counter(one.label for one in self._gold.values())
        return {stance: counts[stance] for stance in READING_ORDER}

    @property
    def at_random(self) -> int:
        """How many labels in the file are of sentences chosen at random."""
        return sum(one.more.get("order") == "random" for one in self._gold.values())

    def label(self, stance: Stance) -> GoldSentence:
        """Label the sentence, and go on to the next one.

        Returns
        -------
        GoldSentence
            The sentence as it is labelled now: if somebody else has labelled it in the meantime,
            as they did.

        Raises
        ------
        StanceclfError
            The file cannot be written, or can no longer be read; what stood there stays.
        """
        one = self.sentence
        self._check_text(one)
        given = GoldSentence(one.article, one.start, one.end, one.text, stance, self._more)
        with locked(self.path):
            self._reread()
            known = self._gold.get(given.place)
            if known is None:
                self._write(self._gold | {given.place: given})
                self._steps.append((self._at, given))
        self._go_on()
        return known or given

    def skip(self) -> None:
        """Leave the sentence for another session, and go on to the next one."""
        self._steps.append((self._at, None))
        self._go_on()

    def undo(self) -> bool:
        """Take the last step of this session back, label or skip, and return to its sentence.

        Returns
        -------
        bool
            False if there is none, or if somebody else has changed the label since.

        Raises
        ------
        StanceclfError
            The file cannot be written, or can no longer be read; what stood there stays.
        """
        if not self._steps:
            return False
        at, given = self._steps[-1]
        if given is not None:
            with locked(self.path):
                self._reread()
                now = self._gold.get(given.place)
                if now is not None and (now != given or now.more != given.more):
                    self._steps.pop()
                    return False
                self._write({k: one for k, one in self._gold.items() if k != given.place})
        self._steps.pop()
        self._at = at
        return True

    def _check_text(self, sentence: Sentence) -> None:
        """See that the article still says so; a label of what it says no more could not be read."""
        folder = Folder(self.path.parent / "articles")
        if folder.text(sentence.article)[sentence.start : sentence.end] != sentence.text:
            raise StanceclfError(
                f"`{sentence.article}` has changed since; start anew", path=folder.path
            )

    def _go_on(self) -> None:
        self._at += 1
        while self._at < self.total and self.sentence.place in self._gold:
            self._at += 1

    def _reread(self) -> None:
        """Read the file if it is another one than was last read or written."""
        stamp = _stamp(self.path)
        # Should it have vanished, what was in it is still known, and written anew.
        if stamp is not None and stamp != self._stamp:
            self._gold = {one.place: one for one in read_gold(self.path)}
            self._stamp = stamp

    def _write(self, gold: dict[tuple[str, int, int], GoldSentence]) -> None:
        write_gold(self.path, gold.values())
        self._gold, self._stamp = gold, _stamp(self.path)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what tells one state of a file from another, None where there is no file."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return None
    return now.st_mtime_ns, now.st_size, now.st_ino


@contextmanager
def locked(path: str | PathLike[str]) -> Iterator[None]:
    """Let no other session write a file between reading it and writing it.

    The lock is on the file's folder, for the file itself is replaced; where the system knows no
    such locks, there is none.

    Parameters
    ----------
    path : path-like
        The file.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
