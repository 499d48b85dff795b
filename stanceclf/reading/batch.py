"""Batches: many sentences in normal form, laid end to end as one array of code points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from stanceclf.io import INVISIBLE

Ints = npt.NDArray[np.intp]
Codes = npt.NDArray[np.uint32]

#: What stands before, between and after sentences. It is of Unicode's private use area, as the
#: marks of mentions are; a sentence's own become REPLACEMENT CHARACTERs.
SEPARATOR = "\ue002"
#: The private characters that are spoken for, from the first to the last.
RESERVED = ("\ue000", "\ue001", SEPARATOR)

# Stands for characters that are left out.
_HIDDEN = 0xFFFFFFFF
_UNREADABLE = ord("\N{REPLACEMENT CHARACTER}")
#: So many characters of sentences are read at once: few enough to stay in a processor's cache.
CHARACTERS = 1 << 17


class Batch:
    """Sentences in normal form, with a separator before, between and after them.

    Attributes
    ----------
    codes : uint32 array of shape (n,)
        Code points. A normal form is as long as what it stands for, so that offsets stay true, less
        what is invisible in it.
    starts, ends : int arrays of shape (n_sentences,)
        Where each sentence begins and ends.
    sentence : int array of shape (n,)
        The sentence that each place is of; a separator is of the one before it.
    """

    __slots__ = ("codes", "ends", "sentence", "starts")

    def __init__(self, codes: Codes, lengths: Ints) -> None:
        self.codes = codes
        self.ends = np.cumsum(lengths + 1)
        self.starts = self.ends - lengths
        sizes = lengths + 1
        if sizes.size:
            sizes[0] += 1
        self.sentence = np.repeat(np.arange(len(lengths)), sizes)
        codes[self.ends] = ord(SEPARATOR)
        codes[0] = ord(SEPARATOR)

    def __len__(self) -> int:
        """Return how many sentences there are."""
        return len(self.starts)

    def text(self, sentence: int, codes: Codes | None = None) -> str:
        """Return a sentence, or what other code points have in its place."""
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
        Brings a character to its normal form, one character again.

    Examples
    --------
    >>> (batch,) = BatchMaker(str.lower)(["Llama", "开源"])
    >>> batch.text(0), batch.starts.tolist(), batch.ends.tolist()
    ('llama', [1, 7], [6, 9])
    """

    def __init__(self, normalize: Callable[[str], str]) -> None:
        self._normalize = normalize
        # Filled as characters are met; a page of it that nobody needs takes no memory.
        self._forms: Codes = np.zeros(0x110000, np.uint32)
        self._forms[0xD800:0xE000] = _UNREADABLE
        self._forms[[ord(character) for character in RESERVED]] = _UNREADABLE
        self._forms[list(INVISIBLE)] = _HIDDEN

    def __call__(self, texts: Sequence[str], characters: int = CHARACTERS) -> Iterator[Batch]:
        """Yield the sentences in batches of about so many characters, in order."""
        for part in _parts(texts, characters):
            lengths = np.fromiter(map(len, part), np.intp, len(part))
            joined = "\n".join(["", *part, ""]).encode("utf-32-le", "surrogatepass")
            codes = self._normal(np.frombuffer(joined, "<u4"))
            hidden = codes == _HIDDEN
            if hidden.any():
                before = np.concatenate([[0], np.cumsum(hidden)])
                ends = np.cumsum(lengths + 1)
                lengths = lengths - (before[ends] - before[ends - lengths])
                codes = codes[~hidden]
            yield Batch(codes, lengths)

    def _normal(self, codes: Codes) -> Codes:
        normal = self._forms.take(codes)
        unmet = np.flatnonzero(normal == 0)
        if unmet.size:
            for code in np.unique(codes[unmet]).tolist():
                self._forms[code] = ord(self._normalize(chr(code)))
            normal = self._forms.take(codes)
        return normal


def _parts(texts: Iterable[str], characters: int) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for text in texts:
        part.append(text)
        # Empty ones take room as well.
        size += len(text) + 1
        if size >= characters:
            yield part
            part, size = [], 0
    if part:
        yield part


def encode(text: str) -> Codes:
    """Return the code points of a text, halves of surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def decode(codes: Codes) -> str:
    """Return the text of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
