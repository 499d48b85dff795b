"""Negation: whether a negator stands before a word and means it.

Chinese negates from the left and within the clause: 不便宜, 并没有落后, 难以超越, 谈不上先进. A
negator that is part of another word (不仅, 非常, 未来) negates nothing. A rhetorical question
negates too, and the whole of its clause: 谁说开源落后? Two negations are none.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stanceclf.reading.clauses import Clauses
from stanceclf.reading.lexicons import NOWHERE, Found, Lexicon, Spans, among, following, spoken
from stanceclf.reading.mentions import Mentions
from stanceclf.reading.questions import (
    RHETORICAL,
    RHETORICAL_CLOSES,
    RHETORICAL_GAP,
    RHETORICAL_OPENS,
)
from stanceclf.reading.trie import Ints

#: How many characters may stand between a negator and what it negates.
WINDOW = 6
# How far a rhetorical question reaches.
_FAR = 30

_NEGATORS = spoken(
    "不要以为 不能以为 别以为 不 没 无 未 非 别 勿 否认 否定 反对 拒绝 难以 很难 谈不上 称不上 "
    "算不上 缺乏 缺少 失去 丧失 "
    # Saying that others say so.
    "所谓 号称 看似 貌似 表面上 以为 鼓吹 吹嘘 标榜 自诩 幻想 妄想 奢谈 "
    # Idioms elsewhere.
    "不|同意 未|来得及 没|准备",
    # Words that hold a negator and do not negate what follows.
    "不仅仅 不仅 不但 不光 不只是 不只 不单 不止 不断 不得不 不少 不同 不过 不久 不禁 不管 不论 "
    "不容小觑 不容忽视 不可忽视 不可小觑 不可低估 不可或缺 必不可少 不错 不已 不谋而合 不约而同 "
    "不遗余力 不亚于 不逊于 不逊色 不输 不弱于 不落下风 不用说 不言而喻 不难看出 不愧 不能否认 "
    "不可否认 不得不承认 不懈 不惜 不妨 不菲 不可思议 不可阻挡 不知不觉 没错 毫无疑问 毋庸置疑 "
    "无可比拟 无与伦比 无法比拟 无可争议 无疑 无论 无非 无数 无限 无比 无私 无缝 无人 无偿 "
    "无障碍 无条件 无门槛 并无二致 未免 非凡 从未如此 从未这么 从来没有这么 前所未有 未来 未必不 "
    "非常 除非 莫非 是非 没想到 没准 差不多 了不起 特别 分别 个别 区别 差别 级别 类别 识别 别人 "
    "别的 告别 引以为",
)


class _Frame(NamedTuple):
    """What begins with one word and ends with another, so many characters later at most."""

    opens: Lexicon
    closes: Lexicon
    most: int
    least: int = 0


# 没有想象的那么贵: one negation, up to 那么.
_NOT_SO = _Frame(spoken("没 没有"), spoken("那么 这么"), 8)
# 没有人否认; 无需编程就可用: no negation at all.
_IDIOMS = (
    _Frame(spoken("没 无"), spoken("否认"), 3),
    _Frame(
        spoken("无需"),
        Lexicon(tuple(map("".join, itertools.product(["即", "就", "便", "也"], "可能")))),
        5,
        1,
    ),
)
# 所谓开源,就是...: told, not doubted.
_SO_CALLED = _Frame(spoken("所谓"), spoken("是 就 都"), 6)
_RHETORICAL = _Frame(RHETORICAL_OPENS, RHETORICAL_CLOSES, RHETORICAL_GAP, 1)

# Who does away with something bad has not made it good, nor something good bad.
_REMOVERS = spoken(
    "避免 防止 防范 远离 打破 终结 摆脱 减少 降低 减轻 化解 缓解 杜绝 消除 规避 解决 应对 担心 担忧"
)

_SMALL = ("小", "少", "低")
# What takes a word back after it was said, right behind it (优势有限) or a little later
# (优势不再, 共建只是想象).
_TAKES_BACK = (
    (
        Lexicon(
            (
                *("有限", "不明显", "低于", "小于", "少于"),
                *map("".join, itertools.product("更很较", _SMALL)),
                *(f"{small}得多" for small in _SMALL),
            ),
            ("有限公司", "有限责任"),
        ),
        2,
    ),
    (
        spoken(
            "被夸大 被高估 微乎其微 可以控制 可以避免 可以接受 可以忽略 可控制 可避免 可接受 "
            "可忽略 过时了 经不起推敲 不再 存疑 成疑 水分 不存在 何在 失灵 落空 破灭 难以为继 "
            "只是想象 空想 空谈 无从谈起 从何谈起 误会 错觉 假象 幻象 神话 伪命题 不成立 "
            "站不住脚 瞎扯 胡说 言过其实 谬论 偏见 不攻自破 打折扣 不切实际"
        ),
        5,
    ),
)
# Between the two, and not counted.
_LINKS = spoken("的 之 上 里 来")
# 优势比闭源小: a standard, and small beside it.
_THAN, _LESS, _LESS_GAP = spoken("比"), Lexicon(_SMALL), 3

#: What is to be looked for.
LEXICONS = (
    *(_NEGATORS, _REMOVERS, _LINKS, _THAN, _LESS, RHETORICAL),
    *(lexicon for lexicon, _ in _TAKES_BACK),
    *(
        lexicon
        for frame in (_NOT_SO, *_IDIOMS, _SO_CALLED, _RHETORICAL)
        for lexicon in (frame.opens, frame.closes)
    ),
)


@dataclass(frozen=True)
class Reach:
    """Words that negate, and how far each does.

    Attributes
    ----------
    starts, ends : int arrays of equal length
        Where they begin and end.
    begins, stops : int arrays of the same length
        A word that begins from here on, but before there, is reached.
    """

    starts: Ints
    ends: Ints
    begins: Ints
    stops: Ints

    def count(self, size: int) -> Ints:
        """Return how many of them reach each of so many places."""
        counts = np.bincount(self.begins, minlength=size) - np.bincount(
            np.maximum(self.stops, self.begins), minlength=size
        )
        return np.cumsum(counts[:size])

    def nearest(self, place: int) -> tuple[int, int] | None:
        """Return where the last of those that reach a place begins and ends."""
        begins, order = self._sorted
        first, behind = np.searchsorted(begins, (place - _FAR, place + 1))
        near = order[first:behind]
        reaching = near[self.stops[near] > place]
        if not reaching.size:
            return None
        last = reaching[self.ends[reaching].argmax()]
        return int(self.starts[last]), int(self.ends[last])

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.begins, kind="stable")
        return self.begins[order], order


def rhetorical(found: Found, clauses: Clauses) -> tuple[Ints, Ints]:
    """Return where what makes a question rhetorical begins and ends, in no order.

    Parameters
    ----------
    found : Found
        What a batch holds of `LEXICONS`.
    clauses : Clauses
        Its clauses.
    """
    words, framed = found[RHETORICAL], _framed(_RHETORICAL, found, clauses)
    return np.append(words.starts, framed.starts), np.append(words.ends, framed.ends)


def negators(found: Found, clauses: Clauses, mentions: Mentions) -> Reach:
    """Return what negates the words after it; an odd number of negators does.

    Negators reach `WINDOW` characters, not beyond their clause. What makes a question rhetorical
    counts as one, from further away.

    Parameters
    ----------
    found : Found
        What a batch holds of `LEXICONS`.
    clauses : Clauses
        Its clauses.
    mentions : Mentions
        Its mentions; their characters negate nothing.

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> (own,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["开源不贵,不仅不贵"])
    >>> (own.negators.count(11) % 2).nonzero()[0].tolist()  # a separator comes first
    [4, 9]
    >>> own.negators.nearest(9)
    (8, 9)
    """
    own = mentions.outside(found[_NEGATORS])
    for frame in _IDIOMS:
        spans = _framed(frame, found, clauses)
        own = own.where(~_inside(own.starts, own.ends, spans))
    told = _framed(_SO_CALLED, found, clauses).starts
    own = own.where(~among(own.starts, told))
    spans = _framed(_NOT_SO, found, clauses)
    single = own.where(~_inside(own.starts, own.ends, spans))
    asked, answered = rhetorical(found, clauses)
    starts = np.concatenate([single.starts, spans.starts, asked])
    ends = np.concatenate([single.ends, spans.ends, answered])
    begins = np.concatenate([single.ends, spans.ends, asked + 1])
    reach = np.append(np.full(len(begins) - len(asked), WINDOW), np.full(len(asked), _FAR - 1))
    return _reach(starts, ends, begins, reach, clauses)


def removers(found: Found, clauses: Clauses, mentions: Mentions) -> Reach:
    """Return what does away with what comes after it (避免, 解决).

    Parameters are those of `negators`.
    """
    own = mentions.outside(found[_REMOVERS])
    return _reach(own.starts, own.ends, own.ends, np.full(len(own.ends), WINDOW), clauses)


def taking_back(
    ends: Ints, found: Found, clauses: Clauses, mentions: Mentions
) -> tuple[Ints, Ints]:
    """Return what takes words back after they were said.

    Parameters
    ----------
    ends : int array
        Where the words end.
    found : Found
        What a batch holds of `LEXICONS`.
    clauses : Clauses
        Its clauses.
    mentions : Mentions
        Its mentions.

    Returns
    -------
    starts, ends : int arrays of the same shape
        Where it begins and ends; -1 where a word is not taken back.

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> (own,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["优势不再,优势明显"])
    >>> places = taking_back(np.array([3, 8]), own.found, own.clauses, own.mentions)
    >>> [place.tolist() for place in places]  # a separator comes first
    [[3, -1], [5, -1]]
    """
    stop = following(clauses.stops, ends)
    links = mentions.outside(found[_LINKS]).starts
    linked = among(ends, links).astype(np.intp)
    first, last = np.full(len(ends), -1), np.full(len(ends), -1)

    def note(back: npt.NDArray[np.bool_], number: Ints, starts: Ints, ends_: Ints) -> None:
        rows = np.flatnonzero(back)
        first[rows], last[rows] = starts[number[rows]], ends_[number[rows]]

    for lexicon, gap in _TAKES_BACK:
        own = mentions.outside(found[lexicon])
        number = np.searchsorted(own.starts, ends)
        start = np.append(own.starts, NOWHERE)[number]
        note((start < stop) & (start - ends <= gap + linked), number, own.starts, own.ends)
    # 比, a mention, and less.
    than, less = mentions.outside(found[_THAN]), mentions.outside(found[_LESS])
    number = np.searchsorted(mentions.starts, than.ends)
    meets = np.append(mentions.starts, -1)[number] == than.ends
    start, end = than.starts[meets], mentions.ends[number[meets]]
    small = np.searchsorted(less.starts, end)
    at = np.append(less.starts, NOWHERE)[small]
    near = (at - end <= _LESS_GAP) & (at < following(clauses.stops, end))
    start, end = start[near], np.append(less.ends, NOWHERE)[small[near]]
    for off, also in ((0, True), (1, linked == 1)):
        note(among(ends + off, start) & also, np.searchsorted(start, ends + off), start, end)
    return first, last


def _reach(starts: Ints, ends: Ints, begins: Ints, reach: Ints, clauses: Clauses) -> Reach:
    """Return how far each word reaches: from where its reach begins so far, within its clause."""
    behind = clauses.stop_after(np.minimum(begins, len(clauses.at) - 1))
    return Reach(starts, ends, begins, np.minimum(begins + reach + 1, behind))


def _framed(frame: _Frame, found: Found, clauses: Clauses) -> Spans:
    """Return where a frame opens and closes within a clause: from each opening, the furthest."""
    opens, closes = found[frame.opens], found[frame.closes]
    limit = np.minimum(opens.ends + frame.most, clauses.stop_after(opens.starts))
    number = np.searchsorted(closes.starts, limit, "right") - 1
    close = np.append(closes.starts, -1)[number]
    fits = close >= opens.ends + frame.least
    return Spans(opens.starts[fits], closes.ends[number[fits]], opens.words[fits])


def _inside(starts: Ints, ends: Ints, spans: Spans) -> npt.NDArray[np.bool_]:
    """Tell which places are inside a span."""
    if not spans.starts.size:
        return np.zeros(len(starts), bool)
    reach = np.append(np.maximum.accumulate(spans.ends), -1)
    inside: npt.NDArray[np.bool_] = (
        reach[np.searchsorted(spans.starts, starts, "right") - 1] >= ends
    )
    return inside
