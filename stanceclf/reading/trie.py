"""The trie: many words, looked for at every place of a text at once.

A double array (Aoe 1989): the child of a node by a symbol is at `base[node] + symbol`, if `check`
there names the node. One step at all places is thus two look-ups in arrays, whatever the number of
words.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from stanceclf.reading.arrays import Codes, Ints

_Small = npt.NDArray[np.int32]

#: Not a node: what no word begins with leads here, and nothing leads on.
DEAD = 0
# The number of last places among which room is looked for.
_WINDOW = 1 << 15
# Words are sorted in a table unless it would have so many times as many cells as there are symbols.
_SPARSE = 16
# The parents of nodes at depth 1, which are at their own symbols, and of empty places.
_ROOT, _NOBODY = -1, -2


class Alphabet:
    """The characters of words as symbols from 1 on; all other characters are 0."""

    def __init__(self, codes: Codes) -> None:
        known = np.unique(codes)
        self.size = len(known) + 1
        self._symbols = np.zeros(0x110000, np.uint16 if self.size <= 0xFFFF else np.uint32)
        self._symbols[known] = np.arange(1, self.size)

    def __call__(self, codes: Codes) -> Ints:
        """Return the symbols of characters."""
        return self._symbols.take(codes).astype(np.intp)


class Trie:
    """Words over symbols, in a double array.

    Parameters
    ----------
    spelled : int array
        The words' symbols, one word after the other; from 1 to `symbols` - 1.
    lengths : int array of shape (n_words,)
        The number of symbols in each word, at least one.
    symbols : int
        The number of symbols, with 0, which is in no word.

    Attributes
    ----------
    base, check : int32 arrays of equal length
        The double array.
    nodes : int array of shape (n_words,)
        The node at which each word ends; the same for equal words.
    word : int32 array, as long as `base`
        Which word ends at a node, -1 if none does.

    Examples
    --------
    >>> # 1 = 开, 2 = 源: the words 开源 and 源
    >>> trie = Trie(np.array([1, 2, 2]), np.array([2, 1]), 3)
    >>> [found.tolist() for found in trie.find(np.array([1, 2, 0]))]
    [[1, 0], [2, 2], [1, 0]]
    """

    base: _Small
    check: _Small
    word: _Small
    nodes: Ints

    def __init__(self, spelled: Ints, lengths: Ints, symbols: int) -> None:
        order = _sorted(spelled, lengths)
        starts = (np.cumsum(lengths) - lengths)[order]
        lengths = lengths[order]
        # The root's children are at their symbols, and nothing is at 0, which is in no word.
        room = _Room(symbols)
        self._grow(symbols)
        nodes = np.full(len(lengths), _ROOT, np.intp)
        rows = np.arange(len(lengths))
        for depth in range(int(lengths.max(initial=0))):
            rows = rows[lengths[rows] > depth]
            symbol, parent = spelled[starts[rows] + depth], nodes[rows]
            # Words are sorted, so that those which share a beginning are neighbours.
            new = np.ones(len(rows), bool)
            new[1:] = (symbol[1:] != symbol[:-1]) | (parent[1:] != parent[:-1])
            first = np.flatnonzero(new)
            placed = self._place(parent[first], symbol[first], room) if depth else symbol[first]
            self.check[placed] = parent[first]
            nodes[rows] = placed[np.cumsum(new) - 1]
            ended = rows[lengths[rows] == depth + 1]
            self.word[nodes[ended]] = order[ended]
        # Any node may be asked for any symbol.
        self._grow(len(self.base) + symbols)
        self._first = np.where(self.check[:symbols] == _ROOT, np.arange(symbols), DEAD)
        self.nodes = np.empty_like(nodes)
        self.nodes[order] = nodes

    def _place(self, parents: Ints, symbols: Ints, room: _Room) -> Ints:
        """Find room for the children of some nodes; return the place of each."""
        starts = np.flatnonzero(np.diff(parents, prepend=_NOBODY))
        sizes = np.diff(starts, append=len(parents))
        bases = np.zeros(len(starts), np.intp)
        for group in np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes > 1)]:
            own = symbols[starts[group] : starts[group] + sizes[group]]
            bases[group] = room.take(own.tolist())
        # One child fits anywhere: behind all others.
        alone = np.flatnonzero(sizes == 1)
        bases[alone] = room.append(len(alone)) - symbols[starts[alone]]
        self._grow(room.size)
        self.base[parents[starts]] = bases
        return np.repeat(bases, sizes) + symbols

    def _grow(self, size: int) -> None:
        for name, empty in (("base", 0), ("check", _NOBODY), ("word", -1)):
            array = getattr(self, name, np.empty(0, np.int32))
            more = np.full(max(size - len(array), 0), empty, np.int32)
            setattr(self, name, np.concatenate([array, more]))

    def begin(self, symbols: Ints) -> Ints:
        """Return the node that each symbol leads to from the root, or `DEAD`."""
        first: Ints = self._first.take(symbols)
        return first

    def step(self, nodes: Ints, symbols: Ints) -> Ints:
        """Return the node that each symbol leads to from a node, or `DEAD`."""
        child = self.base.take(nodes) + symbols
        child *= self.check.take(child) == nodes
        return child

    def find(self, text: Ints) -> tuple[Ints, Ints, Ints]:
        """Return starts, ends and numbers of all words in a text, the shorter ones first.

        The text's last symbol must be 0.
        """
        nodes = self.begin(text)
        at = np.flatnonzero(nodes)
        nodes = nodes[at]
        none = np.empty(0, np.intp)
        found = [(none, none, none)]
        depth = 1
        while at.size:
            word = self.word.take(nodes)
            hit = np.flatnonzero(word >= 0)
            starts = at.take(hit)
            found.append((starts, starts + depth, word.take(hit).astype(np.intp)))
            nodes = self.step(nodes, text.take(at + depth))
            alive = np.flatnonzero(nodes)
            at, nodes = at.take(alive), nodes.take(alive)
            depth += 1
        starts, ends, words = (np.concatenate(part) for part in zip(*found, strict=True))
        return starts, ends, words


def _sorted(spelled: Ints, lengths: Ints) -> Ints:
    """Return the order of words by their symbols; those that are equal stay in order."""
    longest = int(lengths.max(initial=0))
    if len(lengths) * longest <= _SPARSE * (len(spelled) + 1):
        table = np.zeros((len(lengths), longest + 1), np.intp)
        table[np.arange(longest + 1) < lengths[:, None]] = spelled
        return np.lexsort(table.T[::-1])
    # One word is much longer than most: a table of all would be nearly empty.
    data, ends = spelled.astype(">u4").tobytes(), (4 * np.cumsum(lengths)).tolist()
    words = [data[a:b] for a, b in itertools.pairwise([0, *ends])]
    return np.array(sorted(range(len(words)), key=words.__getitem__), np.intp)


class _Room:
    """Which places of a double array are taken, one bit each; those of the root's children are."""

    def __init__(self, symbols: int) -> None:
        self.size = symbols
        # Bits are of the places from `_low` on; all before are taken.
        self._low, self._used = symbols, 0

    def take(self, own: list[int]) -> int:
        """Take the first free places as far apart as some symbols are; return their base."""
        taken, mask = 0, 0
        for symbol in own:
            taken |= self._used >> (symbol - own[0])
            mask |= 1 << (symbol - own[0])
        first = _lowest(~taken)
        self._used |= mask << first
        base = self._low + first - own[0]
        self.size = max(self.size, base + own[-1] + 1)
        # Places that are taken up to here need no second look, nor do the few free ones far behind.
        past = max(_lowest(~self._used), self.size - self._low - _WINDOW)
        self._used >>= past
        self._low += past
        return base

    def append(self, count: int) -> Ints:
        """Take `count` places behind all that are taken; return them."""
        places = np.arange(self.size, self.size + count)
        self._used |= ((1 << count) - 1) << (self.size - self._low)
        self.size += count
        return places


def _lowest(bits: int) -> int:
    """Return the number of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
