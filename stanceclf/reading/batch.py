"""Batches: many sentences in normal form, laid end to end as one array of code points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from stanceclf.io import INVISIBLE
from stanceclf.reading.arrays import Codes, Flags, Ints, decode

#: Before, between and after sentences. Like the marks of mentions it is in Unicode's private use
#: area; if a sentence contains one of them, it becomes a REPLACEMENT CHARACTER.
SEPARATOR = "\ue002"
#: The private characters in use: the marks of target and rival, and the separator.
RESERVED = ("\ue000", "\ue001", SEPARATOR)

_HIDDEN = 0xFFFFFFFF  # for characters that are left out
_UNREADABLE = ord("\N{REPLACEMENT CHARACTER}")
#: Characters in a batch: few enough that its arrays stay in a processor's cache.
CHARACTERS = 1 << 17


class Batch:
    """Sentences in normal form, with a separator before, between and after them.

    Attributes
    ----------
    codes : uint32 array of shape (n,)
        Code points. A normal form is as long as the original without its invisible characters, so
        that offsets stay true.
    starts, ends : int arrays of shape (n_sentences,)
        Where each sentence begins and ends.
    sentence : int array of shape (n,)
        The sentence of each place; a separator belongs to the sentence before it.
    """

    __slots__ = ("codes", "ends", "sentence", "starts")

    def __init__(self, codes: Codes, lengths: Ints) -> None:
        self.codes = codes
        sizes = lengths + 1
        self.ends = np.cumsum(sizes)
        self.starts = self.ends - lengths
        sizes[:1] += 1
        self.sentence = np.repeat(np.arange(len(lengths)), sizes)
        codes[self.ends] = ord(SEPARATOR)
        codes[0] = ord(SEPARATOR)

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.starts)

    def text(self, sentence: int, codes: Codes | None = None) -> str:
        """Return a sentence, or the text that other code points have in its place."""
        own = self.codes if codes is None else codes
        return decode(own[self.starts[sentence] : self.ends[sentence]])

    def all_text(self) -> str:
        """Return the sentences and the separators around them."""
        return decode(self.codes)


class BatchMaker:
    """Bring sentences to normal form, many at once.

    Parameters
    ----------
    normalize : callable
        Maps a character to its normal form, one character again.

    Examples
    --------
    >>> (batch,) = BatchMaker(str.lower)(["Llama", "开源"])
    >>> batch.text(0), batch.starts.tolist(), batch.ends.tolist()
    ('llama', [1, 7], [6, 9])
    """

    def __init__(self, normalize: Callable[[str], str]) -> None:
        self._normalize = normalize
        # Filled as characters are met; the operating system gives no memory to untouched pages.
        self._forms: Codes = np.zeros(0x110000, np.uint32)
        self._forms[0xD800:0xE000] = _UNREADABLE
        self._forms[[ord(character) for character in RESERVED]] = _UNREADABLE
        self._forms[list(INVISIBLE)] = _HIDDEN

    def __call__(self, texts: Sequence[str], characters: int = CHARACTERS) -> Iterator[Batch]:
        """Yield batches of about `characters` characters, the sentences in order."""
        for part in _parts(texts, characters):
            lengths = np.fromiter(map(len, part), np.intp, len(part))
            joined = "\n".join(["", *part, ""]).encode("utf-32-le", "surrogatepass")
            codes = self._normal(np.frombuffer(joined, "<u4"))
            hidden: Flags = codes == _HIDDEN
            if hidden.any():
                before = np.append(0, np.cumsum(hidden))
                ends = np.cumsum(lengths + 1)
                lengths = lengths - (before[ends] - before[ends - lengths])
                codes = codes[~hidden]
            yield Batch(codes, lengths)

    def _normal(self, codes: Codes) -> Codes:
        normal = self._forms.take(codes)
        unmet = codes[normal == 0]
        if unmet.size:
            for code in np.unique(unmet).tolist():
                self._forms[code] = ord(self._normalize(chr(code)))
            normal = self._forms.take(codes)
        return normal


def _parts(texts: Sequence[str], characters: int) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for text in texts:
        part.append(text)
        size += len(text) + 1  # separators count, or a million empty sentences were one batch
        if size >= characters:
            yield part
            part, size = [], 0
    if part:
        yield part
