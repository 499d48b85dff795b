"""Negation: whether a negator comes before a word and means it.

Chinese negates from the left and within the clause: 不便宜, 并没有落后, 难以超越, 谈不上先进. A
negator that is part of another word (不仅, 非常, 未来) negates nothing. A rhetorical question
negates too, and the whole of its clause: 谁说开源落后? Two negations cancel out.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stanceclf.reading.arrays import Flags, Ints, among, following
from stanceclf.reading.clauses import Clauses, Frame
from stanceclf.reading.lexicons import Found, Lexicon, Spans
from stanceclf.reading.mentions import Mentions
from stanceclf.reading.questions import EVERYBODY, rhetorical

#: The most characters between a negator and what it negates.
WINDOW = 6
# How far a rhetorical question reaches.
_FAR = 30

_NEGATORS = Lexicon.of(
    "不要以为 不能以为 别以为 不 没 无 未 非 别 勿 否认 否定 反对 拒绝 难以 很难 谈不上 称不上 "
    "很少 极少 算不上 说不上 算不得 缺乏 缺少 失去 丧失 "
    # Others say so.
    "所谓 号称 看似 貌似 表面上 以为 鼓吹 吹嘘 标榜 自诩 幻想 妄想 奢谈 "
    # Before these words only.
    "不|同意 未|来得及 没|准备 "
    # 开源被甩在身后: what is done to it.
    "被|吊打 被|碾压 被|秒杀 被|甩 被|抛 被|打败 被|击败 被|战胜 被|超越 被|超过 被|反超 被|赶超 "
    "被|追上 被|赶上 被|完爆 被|虐",
    # Words that contain a negator and do not negate what follows.
    "不仅仅 不仅 不但 不光 不只是 不只 不单 不止 不断 不得不 不少 不同 不过 不久 不禁 不管 不论 "
    "不容小觑 不容忽视 不可忽视 不可小觑 不可低估 不可或缺 必不可少 不错 不已 不谋而合 不约而同 "
    "不遗余力 不亚于 不逊于 不逊色 不输 不弱于 不落下风 不用说 不言而喻 不难看出 不愧 不能否认 "
    "不可否认 不得不承认 不懈 不惜 不妨 不菲 不可思议 不可阻挡 不知不觉 没错 毫无疑问 毋庸置疑 "
    "无可比拟 无与伦比 无法比拟 无可争议 无疑 无论 无非 无数 无限 无比 无私 无缝 无人 无偿 "
    "无障碍 无条件 无门槛 并无二致 未免 非凡 从未如此 从未这么 从来没有这么 前所未有 未来 未必不 "
    "非常 除非 莫非 是非 没想到 没准 差不多 了不起 特别 分别 个别 区别 差别 级别 类别 识别 别人 "
    "别的 告别 引以为 不时 不乏 不失 不失为 不外乎 不由 不由得 不小 不低 不低于 不可逆 不可避免 "
    "不可多得 不可替代 不容置疑 负担不起 承担不起 用不起 买不起 付不起 养不起 别被 动不动 时不时 "
    "冷不丁 不定时 不停 无法接受的 不可接受的 难以接受的 无法承受的 难以承受的 难以想象的 "
    "无法想象的 难以置信的 不可逾越的 "
    # Two that cancel out, however far what they are about is: 没有人不支持开源.
    "不能不 不会不 不可能不 不可不 不敢不 不应不 没有人不 没人不 没有谁不 没有一个不 没有一家不 "
    "没有哪个不 没有哪家不 没有一处不 没有一次不 没有一天不 没有一样不 没有一点不 没有人会不 "
    "没法不 无法不 "
    "不由得不 没有理由不 没理由不 没有道理不 无人不 无不 无一不 莫不 " + " ".join(EVERYBODY.words),
)

# What a negator reaches ends where the next one is joined to it: 既不便宜也不安全 denies each once.
_AND_NOT = Lexicon(tuple(map("".join, itertools.product("也又且而和还", "不没无未非"))))

# 没有想象的那么贵: one negation, up to 那么.
_NOT_SO = Frame(Lexicon.of("没 没有"), Lexicon.of("那么 这么"), 8)
# 没有人否认; 无需编程就可用: no negation at all.
_IDIOMS = (
    Frame(Lexicon.of("没 无"), Lexicon.of("否认"), 3),
    Frame(
        Lexicon.of("无需"),
        Lexicon(tuple(map("".join, itertools.product("即就便也", "可能")))),
        most=5,
        least=1,
    ),
)
# 所谓开源,就是...: explained, not doubted.
_SO_CALLED = Frame(Lexicon.of("所谓"), Lexicon.of("是 就 都"), 6)

# Doing away with something bad does not make it good, nor something good bad.
_REMOVERS = Lexicon.of(
    "避免 防止 防范 远离 打破 终结 摆脱 减少 降低 减轻 化解 缓解 杜绝 消除 规避 解决 应对 担心 "
    "担忧 对抗 抵御 抵抗 反抗 克服 攻克 堵住"
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
        Lexicon.of(
            "被夸大 被高估 微乎其微 可以控制 可以避免 可以接受 可以忽略 可控制 可避免 可接受 "
            "可忽略 过时了 经不起推敲 不再 存疑 成疑 水分 不存在 何在 失灵 落空 破灭 难以为继 "
            "只是想象 空想 空谈 无从谈起 从何谈起 误会 错觉 假象 幻象 神话 伪命题 不成立 "
            "站不住脚 瞎扯 胡说 言过其实 谬论 偏见 不攻自破 打折扣 不切实际 荡然无存"
        ),
        5,
    ),
)
# Between the two, and not counted.
_LINKS = Lexicon.of("的 之 上 里 来")
# 优势比闭源小: small beside a standard.
_THAN, _LESS, _LESS_GAP = Lexicon.of("比"), Lexicon(_SMALL), 3

LEXICONS = (
    *(_NEGATORS, _AND_NOT, _REMOVERS, _LINKS, _THAN, _LESS),
    *(lexicon for lexicon, _ in _TAKES_BACK),
    *(
        lexicon
        for frame in (_NOT_SO, *_IDIOMS, _SO_CALLED)
        for lexicon in (frame.opens, frame.closes)
    ),
)


@dataclass(frozen=True)
class Reach:
    """Words that negate, and how far each does.

    Attributes
    ----------
    words : Spans
        Where they are; not in order.
    begins, stops : int arrays of the same length
        Words that begin from here on, but before there, are reached.
    """

    words: Spans
    begins: Ints
    stops: Ints

    def count(self, size: int) -> Ints:
        """Return how many of them reach each of `size` places."""
        counts = np.bincount(self.begins, minlength=size) - np.bincount(
            np.maximum(self.stops, self.begins), minlength=size
        )
        return np.cumsum(counts[:size])

    def nearest(self, place: int) -> tuple[int, int] | None:
        """Return start and end of the last one that reaches a place."""
        begins, order = self._sorted
        first, behind = np.searchsorted(begins, (place - _FAR, place + 1))
        near = order[first:behind]
        reaching = near[self.stops[near] > place]
        if not reaching.size:
            return None
        last = reaching[self.words.ends[reaching].argmax()]
        return int(self.words.starts[last]), int(self.words.ends[last])

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.begins, kind="stable")
        return self.begins[order], order


def negators(found: Found, clauses: Clauses, mentions: Mentions) -> Reach:
    """Return what negates the words after it; a word that an odd number of them reaches is negated.

    Negators reach `WINDOW` characters, not beyond their clause nor 也不 or the like. What makes a
    question rhetorical counts as one and reaches further. Characters of mentions negate nothing.

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
        own = _not_within(own, clauses.framed(frame, found))
    own = own.where(~among(own.starts, clauses.framed(_SO_CALLED, found).starts))
    not_so = clauses.framed(_NOT_SO, found)
    own = _not_within(own, not_so)
    asked = rhetorical(found, clauses)
    words = Spans(
        np.concatenate([own.starts, not_so.starts, asked.starts]),
        np.concatenate([own.ends, not_so.ends, asked.ends]),
    )
    begins = np.concatenate([own.ends, not_so.ends, asked.starts + 1])
    plain = len(begins) - len(asked.starts)
    far = np.repeat([WINDOW, _FAR - 1], [plain, len(asked.starts)])
    reach = _reach(words, begins, far, clauses)
    joined = following(mentions.outside(found[_AND_NOT]).starts, begins[:plain] + 1)
    reach.stops[:plain] = np.minimum(reach.stops[:plain], joined)
    return reach


def removers(found: Found, clauses: Clauses, mentions: Mentions) -> Reach:
    """Return what does away with what comes after it (避免, 解决)."""
    words = mentions.outside(found[_REMOVERS])
    return _reach(words, words.ends, WINDOW, clauses)


def _reach(words: Spans, begins: Ints, reach: Ints | int, clauses: Clauses) -> Reach:
    """Return how far words reach: `reach` characters from `begins`, within the clause."""
    stops = clauses.stop_after(np.minimum(begins, len(clauses.at) - 1))
    return Reach(words, begins, np.minimum(begins + reach + 1, stops))


def taking_back(ends: Ints, found: Found, clauses: Clauses, mentions: Mentions) -> Spans:
    """Return what takes words back after they were said, given where the words end.

    For a word that is not taken back it is -1 to -1.

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> (own,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["优势不再,优势明显"])
    >>> back = own.taking_back(np.array([3, 8]))  # a separator comes first
    >>> back.starts.tolist(), back.ends.tolist()
    ([3, -1], [5, -1])
    """
    linked = among(ends, mentions.outside(found[_LINKS]).starts).astype(np.intp)
    back = Spans(np.full(len(ends), -1), np.full(len(ends), -1))

    def note(which: Flags, words: Spans) -> None:
        back.starts[which], back.ends[which] = words.starts[which], words.ends[which]

    stop = following(clauses.stops, ends)
    for lexicon, gap in _TAKES_BACK:
        word = mentions.outside(found[lexicon]).following(ends)
        note((word.starts < stop) & (word.starts - ends <= gap + linked), word)
    # 比, a mention right behind it, and less.
    than = mentions.outside(found[_THAN])
    standard = mentions.following(than.ends)
    meets = standard.starts == than.ends
    than, standard = than.where(meets), standard.where(meets)
    less = mentions.outside(found[_LESS]).following(standard.ends)
    near = less.starts - standard.ends <= _LESS_GAP
    near &= less.starts < following(clauses.stops, standard.ends)
    compared = Spans(than.starts[near], less.ends[near])
    for link in (0, 1):
        word = compared.following(ends + link)
        note((word.starts == ends + link) & (linked >= link), word)
    return back


def _not_within(words: Spans, others: Spans) -> Spans:
    """Return the words that are not within one of the others."""
    if not others.starts.size:
        return words
    reach = np.append(np.maximum.accumulate(others.ends), -1)
    before = np.searchsorted(others.starts, words.starts, "right") - 1
    return words.where(reach[before] < words.ends)
