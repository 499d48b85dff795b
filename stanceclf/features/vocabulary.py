"""Vocabularies: the n-grams that a model knows, counted in many sentences at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stanceclf.features.ngrams import JOINT, NgramAnalyzer
from stanceclf.features.tokens import UNITS, Unit, Units, by_clause, character_codes, plain
from stanceclf.reading import ABOUT, RIVAL, TARGET, Codes, Ints, Readings, Trie, decode, encode

_Floats = npt.NDArray[np.float64]

# What a tagged n-gram may be said of, negated or not; a signed one is negated or not.
_VARIANTS = 2 * len(ABOUT)
# 1 + ln n for small n, and behind, from the end, for those below zero.
_SMALL = np.arange(1, 64)
_SUBLINEAR = np.concatenate([[0.0], 1 + np.log(_SMALL), [0.0], (-1 - np.log(_SMALL))[::-1]])
_SIDED = np.array([about in {TARGET, RIVAL} for about in range(len(ABOUT))])


@dataclass(frozen=True, slots=True)
class Counts:
    """How often sentences hold n-grams.

    Attributes
    ----------
    rows, columns : int arrays of equal length
        A sentence and an n-gram; sorted, and each pair once.
    counts : int array of the same length
        How often; signed n-grams below zero too, none is zero.
    """

    rows: Ints
    columns: Ints
    counts: Ints


class Vocabulary:
    """The n-grams that a model knows.

    Parameters
    ----------
    analyzer : NgramAnalyzer
        Says what is counted.
    names : sequence of str
        The n-grams by their names, a column each.

    Attributes
    ----------
    blocks : int array of shape (n_columns,)
        Which of the analyzer's features each is of.
    order : int array of shape (n_columns,)
        The columns, those of one kind together.

    Examples
    --------
    >>> from stanceclf.reading import Reader
    >>> from stanceclf.reading import Topic
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
        number_of = {feature: number for number, feature in enumerate(analyzer.features)}
        # Those of one kind stand together.
        self.order = np.argsort(self.blocks, kind="stable")
        self._firsts = np.searchsorted(self.blocks[self.order], np.arange(len(analyzer.features)))
        columns = np.argsort(self.order, kind="stable")
        variants = 2 * about + negated
        for unit in UNITS:
            kinds = {
                number: feature.removesuffix(unit)
                for feature, number in number_of.items()
                if feature.endswith(unit)
            }
            own = np.flatnonzero(np.isin(self.blocks, list(kinds)))
            if own.size:
                lengths = (sizes - skipped)[own]
                first = (starts + skipped)[own] - np.cumsum(lengths) + lengths
                places = np.repeat(first, lengths) + np.arange(lengths.sum())
                table = _Table(unit, codes[places], lengths)
                for block, view in kinds.items():
                    of = self.blocks[own] == block
                    table.add(view, of, columns[own[of]], variants[own[of]])
                self._tables[unit] = table

    def __len__(self) -> int:
        """Return how many n-grams there are."""
        return len(self.names)

    def count(self, readings: Readings) -> Counts:
        """Count the known n-grams of sentences that have been read."""
        cells, counts, bits = self._cells(readings)
        columns = self.order.take(cells & ((1 << bits) - 1))
        return Counts((cells >> bits).astype(np.intp), columns, counts)

    def sums(self, readings: Readings, added: _Floats) -> _Floats:
        """Sum up what the n-grams of sentences add, in proportion to their frequency.

        Parameters
        ----------
        readings : Readings
            The sentences.
        added : float array of shape (n_columns, n_sums)
            What each n-gram adds that counts once, in the order of `order`; to the first sum it
            adds in proportion to the square.

        Returns
        -------
        float array of shape (n_sentences, n_features, n_sums)
            The sums over each sentence and kind of feature.
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
        # One number an occurrence, in as few bits as will do, for sorting takes the most time:
        # sentence, n-gram, and 0 where it counts minus one.
        bits = len(self).bit_length()
        kind = np.dtype(np.int32 if len(readings) << bits + 1 <= 1 << 31 else np.int64)
        rows: Ints = readings.batch.sentence.astype(kind)
        rows = (rows << (bits + 1)) + kind.type(1)
        keys = [
            key
            for table in self._tables.values()
            for key in table.keys(readings, self.analyzer, rows)
        ]
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
            held = np.flatnonzero(counts)
            cells, counts = cells.take(held), counts.take(held)
        return cells, counts, bits


def tf_idf(found: Counts, idf: _Floats, blocks: Ints, features: int) -> _Floats:
    """Return the weight of each n-gram that was counted in a sentence.

    Parameters
    ----------
    found : Counts
        The counts.
    idf : float array of shape (n_columns,)
        The inverse document frequency of each n-gram.
    blocks : int array of shape (n_columns,)
        Which of the kinds of features each is of.
    features : int
        How many kinds there are.

    Returns
    -------
    float array, one for each count
        Sublinear frequency with the count's sign, times idf, scaled to length 1 for each sentence
        and kind.
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

    def __init__(self, unit: Unit, codes: Codes, lengths: Ints) -> None:
        self._unit = unit
        if unit == "chars":
            known = np.unique(codes)
            self._symbols = np.zeros(0x110000, np.uint16 if len(known) < 0xFFFF else np.uint32)
            self._symbols[known] = np.arange(1, len(known) + 1)
            spelled, size = self._symbols[codes], len(known) + 1
        else:
            text, ends = decode(codes), np.cumsum(lengths).tolist()
            split = [text[a:b].split(JOINT) for a, b in zip([0, *ends], ends, strict=False)]
            words = sorted({word for gram in split for word in gram})
            self._words = {word: number for number, word in enumerate(words, 1)}
            spelled = np.array([self._words[word] for gram in split for word in gram])
            lengths, size = np.array(list(map(len, split)), np.intp), len(words) + 1
        self._trie = Trie(spelled.astype(np.intp), lengths, size)
        # For each kind: the column of each node of the trie in each variant, below 0 for none.
        self._columns: dict[str, npt.NDArray[np.int32]] = {}

    def add(self, view: str, of: npt.NDArray[np.bool_], columns: Ints, variants: Ints) -> None:
        """Tell the columns and the variants of those of the n-grams that are of one kind."""
        if columns.size:
            count = {"": 1, "tagged ": _VARIANTS, "signed ": 2}[view]
            table = np.full((len(self._trie.base), count), -1, np.int32)
            # Doubled, as keys are.
            table[self._trie.nodes[of], variants % count] = 2 * columns
            self._columns[view] = table.ravel()

    def keys(self, readings: Readings, analyzer: NgramAnalyzer, rows: Ints) -> Iterator[Ints]:
        """Yield the key of each occurrence: of its row, plus twice its column; signed ones less 1.

        `rows` has the key of each place's sentence.
        """
        lengths = analyzer.char_ngrams if self._unit == "chars" else analyzer.word_ngrams
        # The symbols of all characters; those of words depend on where they are cut.
        symbols = None
        if self._unit == "chars":
            symbols = self._symbols.take(character_codes(readings))
        if (column := self._columns.get("")) is not None:
            units = plain(self._unit, readings)
            own = _at(units.places, rows)
            for nodes in self._nodes(units, symbols, lengths):
                yield _known(column.take(nodes), own)
        tagged, signed = self._columns.get("tagged "), self._columns.get("signed ")
        if tagged is None and signed is None:
            return
        units = by_clause(self._unit, readings)
        own = _at(units.places, rows)
        about = readings.about.take(readings.clauses.at.take(units.places))
        negated = readings.negated.take(units.places)
        variant = 2 * about + negated
        sided = np.flatnonzero(_SIDED.take(about))
        negated, rows = negated.take(sided), (own - (about == RIVAL)).take(sided)
        for nodes in self._nodes(units, symbols, lengths):
            if tagged is not None:
                at = nodes * _VARIANTS
                at += variant[: len(nodes)]
                yield _known(tagged.take(at), own)
            if signed is not None and sided.size:
                # Those whose n-gram would go beyond the end are the last ones.
                count = np.searchsorted(sided, len(nodes))
                at = 2 * nodes.take(sided[:count]) + negated[:count]
                yield _known(signed.take(at), rows)

    def _nodes(
        self,
        units: Units,
        symbols: npt.NDArray[Any] | None,
        lengths: tuple[int, int],
    ) -> Iterator[Ints]:
        """Yield the trie's node for the n-gram that begins at each unit, for each length."""
        if symbols is not None:
            own = _at(units.places, symbols).astype(np.intp)
            own[units.breaks] = 0
        else:
            own = np.array([self._words.get(word, 0) for word in units.words or ()], np.intp)
        nodes = self._trie.begin(own)
        for length in range(1, lengths[1] + 1):
            if length > 1:
                nodes = self._trie.step(nodes[:-1], own[length - 1 :])
            if length >= lengths[0]:
                yield nodes


def _at(places: Ints, of: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return what an array has at some places, or at all."""
    return of if len(places) == len(of) else of.take(places)


def _known(columns: npt.NDArray[np.int32], rows: Ints) -> Ints:
    """Return the sum of column and row where the column is one."""
    known = np.flatnonzero(columns >= 0)
    keys: Ints = rows.take(known)
    keys += columns.take(known)
    return keys
