"""Vocabularies: the n-grams that a model knows, counted in many sentences at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.features.ngrams import JOINT, NgramAnalyzer
from stanceclf.features.tokens import (
    UNITS,
    Tokens,
    Unit,
    character_codes,
    of_clauses,
    of_sentences,
)
from stanceclf.reading import (
    ABOUT,
    RIVAL,
    TARGET,
    Alphabet,
    Codes,
    Flags,
    Ints,
    Readings,
    Trie,
    decode,
    encode,
    ranges,
)

_Floats = npt.NDArray[np.float64]

# The variants of an n-gram by view: tagged ones by what they are said of and by negation, signed
# ones by negation.
_VARIANTS = {"": 1, "tagged": 2 * len(ABOUT), "signed": 2}
# 1 + ln n for small n; negative n are from the end.
_SMALL = np.arange(1, 64)
_SUBLINEAR = np.concatenate([[0.0], 1 + np.log(_SMALL), [0.0], (-1 - np.log(_SMALL))[::-1]])
_SIDED = np.array([about in {TARGET, RIVAL} for about in range(len(ABOUT))])


@dataclass(frozen=True, slots=True)
class Counts:
    """How often n-grams occur in sentences.

    Attributes
    ----------
    rows, columns : int arrays of equal length
        A sentence and an n-gram; sorted by rows, each pair once.
    counts : int array of the same length
        How often; never 0, below 0 only for signed n-grams.
    """

    rows: Ints
    columns: Ints
    counts: Ints


class Vocabulary:
    """The n-grams that a model knows.

    Parameters
    ----------
    analyzer : NgramAnalyzer
        Defines what is counted.
    names : sequence of str
        The n-grams by their names, one per column.

    Attributes
    ----------
    blocks : int array of shape (n_columns,)
        Which of the analyzer's features each belongs to.
    order : int array of shape (n_columns,)
        The columns, sorted by feature.

    Examples
    --------
    >>> from stanceclf.reading import Reader, Topic
    >>> read = Reader(Topic("开源大模型", target=("开源",), rival=("闭源",)), str.lower).read
    >>> analyzer = NgramAnalyzer(("signed chars",))
    >>> names = [analyzer.name("signed chars", "贵", negated=no) for no in (False, True)]
    >>> (readings,) = read(["闭源贵,开源不贵"])
    >>> found = Vocabulary(analyzer, names).count(readings)
    >>> found.columns.tolist(), found.counts.tolist()
    ([0, 1], [-1, 1])
    """

    def __init__(self, analyzer: NgramAnalyzer, names: Sequence[str]) -> None:
        self.analyzer = analyzer
        self.names = tuple(names)
        self._tables: dict[Unit, _Table] = {}
        codes = encode("".join(names))
        sizes = np.fromiter(map(len, names), np.intp, len(names))
        starts = np.cumsum(sizes) - sizes
        self.blocks, about, negated, skipped = analyzer.split(codes, starts)
        self.order = np.argsort(self.blocks, kind="stable")
        self._firsts = np.searchsorted(self.blocks[self.order], np.arange(len(analyzer.features)))
        columns = np.argsort(self.order, kind="stable")
        variants = 2 * about + negated
        for unit in UNITS:
            views = {v: analyzer.features.index(f) for v, f in analyzer.views(unit).items()}
            own = np.flatnonzero(np.isin(self.blocks, list(views.values())))
            if own.size:
                lengths = (sizes - skipped)[own]
                spelled = codes[ranges((starts + skipped)[own], lengths)]
                table = _Table(unit, spelled, lengths, analyzer.lengths(unit))
                for view, block in views.items():
                    of = self.blocks[own] == block
                    table.add(view, of, columns[own[of]], variants[own[of]])
                self._tables[unit] = table

    def __len__(self) -> int:
        """Return the number of n-grams."""
        return len(self.names)

    def count(self, readings: Readings) -> Counts:
        """Count the known n-grams of sentences that have been read."""
        cells, counts, bits = self._cells(readings)
        columns = self.order.take(cells & ((1 << bits) - 1))
        return Counts((cells >> bits).astype(np.intp), columns, counts)

    def sums(self, readings: Readings, added: _Floats) -> _Floats:
        """Return what the known n-grams of each sentence add up to, for each feature.

        Parameters
        ----------
        readings : Readings
            The sentences.
        added : float array of shape (n_columns, n_sums)
            What an n-gram that occurs once adds, in the order of `order`. It adds in proportion to
            its frequency, to the first sum in proportion to the square.

        Returns
        -------
        float array of shape (n_sentences, n_features, n_sums)
        """
        cells, counts, bits = self._cells(readings)
        own = added.take(cells & ((1 << bits) - 1), axis=0)
        # Most occur once.
        several = np.flatnonzero(counts != 1)
        frequency = sublinear(counts.take(several))
        rows = own.take(several, axis=0) * frequency[:, None]
        rows[:, 0] *= frequency
        own[several] = rows
        begins = (np.arange(len(readings))[:, None] << bits) + self._firsts
        starts = np.searchsorted(cells, begins.ravel().astype(cells.dtype))
        filled = np.flatnonzero(np.diff(starts, append=len(cells)))
        sums = np.zeros((len(starts), added.shape[1]))
        if filled.size:
            sums[filled] = np.add.reduceat(own, starts[filled], axis=0)
        return sums.reshape(len(readings), len(self._firsts), -1)

    def _cells(self, readings: Readings) -> tuple[Ints, Ints, int]:
        """Return a number for each sentence and n-gram, how often, and the bits of the n-gram."""
        # One number per occurrence, of as few bits as possible since most of the time is spent
        # sorting: sentence, n-gram, and 0 if it counts -1.
        bits = len(self).bit_length()
        kind = np.dtype(np.int32 if len(readings) << bits + 1 <= 1 << 31 else np.int64)
        rows: Ints = readings.batch.sentence.astype(kind)
        rows = (rows << (bits + 1)) + kind.type(1)
        keys = [key for table in self._tables.values() for key in table.keys(readings, rows)]
        found = np.concatenate([np.empty(0, kind), *keys])
        found.sort()
        cells = found >> 1
        first = np.ones(len(cells), bool)
        np.not_equal(cells[1:], cells[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        cells = cells.take(starts)
        counts = np.diff(starts, append=len(found))
        minus = np.flatnonzero(found & 1 == 0)
        if minus.size:
            of = np.searchsorted(starts, minus, "right") - 1
            counts -= 2 * np.bincount(of, minlength=len(counts))
            left = np.flatnonzero(counts)
            cells, counts = cells.take(left), counts.take(left)
        return cells, counts, bits


def tf_idf(found: Counts, idf: _Floats, blocks: Ints, features: int) -> _Floats:
    """Return the weight of each count.

    It is the sublinear frequency with the count's sign, times idf, scaled to length 1 for each
    sentence and feature. `blocks` says which of the `features` features each column belongs to.
    """
    weights = idf.take(found.columns) * sublinear(found.counts)
    cell = found.rows * features + blocks.take(found.columns)
    lengths = np.sqrt(np.bincount(cell, weights**2))
    return np.asarray(weights / lengths[cell])


def sublinear(counts: Ints) -> _Floats:
    """Return 1 + ln n with the count's sign.

    Examples
    --------
    >>> sublinear(np.array([1, -1, 2])).round(2).tolist()
    [1.0, -1.0, 1.69]
    """
    if counts.size and max(counts.max(), -counts.min()) < len(_SUBLINEAR) // 2:
        return np.asarray(_SUBLINEAR.take(counts, mode="wrap"))
    return np.asarray(np.sign(counts) * (1 + np.log(np.abs(counts))))


class _Table:
    """The known n-grams of characters or of words."""

    def __init__(self, unit: Unit, codes: Codes, lengths: Ints, sizes: tuple[int, int]) -> None:
        self._unit, self._sizes = unit, sizes
        if unit == "chars":
            self._alphabet = Alphabet(codes)
            spelled, size = self._alphabet(codes), self._alphabet.size
        else:
            text, ends = decode(codes), np.cumsum(lengths).tolist()
            split = [text[a:b].split(JOINT) for a, b in zip([0, *ends], ends, strict=False)]
            words = sorted({word for gram in split for word in gram})
            self._words = {word: number for number, word in enumerate(words, 1)}
            spelled = np.array([self._words[word] for gram in split for word in gram], np.intp)
            lengths, size = np.array(list(map(len, split)), np.intp), len(words) + 1
        self._trie = Trie(spelled, lengths, size)
        # For each view, twice the column of each node of the trie in each variant, or below 0.
        self._columns: dict[str, npt.NDArray[np.int32]] = {}

    def add(self, view: str, of: Flags, columns: Ints, variants: Ints) -> None:
        """Set the columns and the variants of the n-grams of one view."""
        if columns.size:
            table = np.full((len(self._trie.base), _VARIANTS[view]), -1, np.int32)
            table[self._trie.nodes[of], variants % _VARIANTS[view]] = 2 * columns
            self._columns[view] = table.ravel()

    def keys(self, readings: Readings, rows: Ints) -> Iterator[Ints]:
        """Yield a key per occurrence: the sentence's plus twice the column, less 1 if it counts -1.

        `rows` has the sentence's key for each place.
        """
        # The symbols of all characters; those of words depend on where they are cut.
        symbols = None
        if self._unit == "chars":
            symbols = self._alphabet(character_codes(readings))
        plain, tagged, signed = map(self._columns.get, ("", "tagged", "signed"))
        if plain is not None:
            tokens = of_sentences(self._unit, readings)
            own = _at(tokens.places, rows)
            for nodes in self._nodes(tokens, symbols):
                yield _known(plain.take(nodes), own)
        if tagged is None and signed is None:
            return
        tokens = of_clauses(self._unit, readings)
        own = _at(tokens.places, rows)
        about, negated = tokens.context(readings)
        variant = 2 * about + negated
        sided = np.flatnonzero(_SIDED.take(about))
        negated, signs = negated.take(sided), (own - (about == RIVAL)).take(sided)
        for nodes in self._nodes(tokens, symbols):
            if tagged is not None:
                at = nodes * _VARIANTS["tagged"]
                at += variant[: len(nodes)]
                yield _known(tagged.take(at), own)
            if signed is not None and sided.size:
                # N-grams that would go beyond the end are the last ones.
                count = np.searchsorted(sided, len(nodes))
                at = nodes.take(sided[:count]) * _VARIANTS["signed"] + negated[:count]
                yield _known(signed.take(at), signs)

    def _nodes(self, tokens: Tokens, symbols: Ints | None) -> Iterator[Ints]:
        """Yield the trie's node for the n-gram that begins at each token, for each length."""
        if symbols is not None:
            own = symbols.take(tokens.places)
            own[tokens.breaks] = 0
        else:
            own = np.array([self._words.get(word, 0) for word in tokens.words or ()], np.intp)
        nodes = self._trie.begin(own)
        shortest, longest = self._sizes
        for length in range(1, longest + 1):
            if length > 1:
                nodes = self._trie.step(nodes[:-1], own[length - 1 :])
            if length >= shortest:
                yield nodes


def _at(places: Ints, of: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the values of an array at some places, which may be all."""
    return of if len(places) == len(of) else of.take(places)


def _known(columns: npt.NDArray[np.int32], rows: Ints) -> Ints:
    """Return row plus column where there is a column."""
    known = np.flatnonzero(columns >= 0)
    keys: Ints = rows.take(known)
    keys += columns.take(known)
    return keys
