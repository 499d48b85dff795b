"""Comparisons: 开源比闭源便宜 and 开源不如闭源 are both said of 开源.

What comes after 比, 不如, 优于 or 超过 is the standard of the comparison: the clause is about the
other side, and the standard is only what that one is measured by. So is what 把 or 被 says to be
beaten: 开源把闭源甩在身后 and 闭源被开源甩在身后 are both said of 开源.
"""

from __future__ import annotations

import numpy as np

from stanceclf.reading.arrays import NOWHERE, Flags, Ints, among, following
from stanceclf.reading.clauses import Clauses
from stanceclf.reading.lexicons import Found, Lexicon
from stanceclf.reading.mentions import Mentions

# Before a standard. 比较, 比如 and the like compare nothing; 没有什么比开源更透明 is said of 开源.
_BEFORE = Lexicon.of(
    "比 比起 较之 相比 相比于 相较 相较于 对比 不如 不及 不比 优于 胜过 强于 好过 高于 低于 大于 "
    "小于 多于 少于 快于 慢于 逊于 弱于 差于 落后 落后于 领先 领先于 超过 超越 赶超 反超 媲美 "
    "比肩 比得上 比不上 比不了 追上 跟上 赶上 追赶 追平 赶不上 追不上 输给 败给 不输 不逊 不逊于 "
    "逊色于 不弱于 不亚于 打败 击败 战胜 胜出 取代 替代 逼近 接近 看齐 匹敌 抗衡 甩开 碾压 叫板 "
    "对标 挑战 撼动 颠覆 吊打 完胜 秒杀 追得上 赶得上 甩 打赢 赢过 赢了 打得过 打不过 干翻 力压 "
    "压过 盖过 稳压 稍逊 略逊 完爆 比得过 比不过 不敌 敌不过 顶得上 顶不上 抵得上 抵不上 够不上 "
    "撵上 撵不上 胜 远超 远胜 远胜于 胜于 好于 强过 快过 贵过 超出",
    "价比 好比 占比 类比 同比 环比 百比 正比 反比 比较 比如 比例 比赛 比重 比拟 比方 比率 比亚 "
    "还有比 没有什么比 没有谁比 没有哪个比 没有任何比 相比之下 相较之下 对比之下 挑战是 不如直接 "
    "不如就 不如干脆 不如花钱 不如选 不如用 不如买 不如去 不如老实 不如把",
)
# Right after such a word these make it something else: 领先的开源, 超过一半的开源, 接近七成.
_SHARES = [
    *(f"{number}成" for number in "一二两三四五六七八九近"),
    *("半", "一半", "大半", "近半"),
]
_UNLESS_BEHIND = Lexicon(("的", *_SHARES, *(f"了{share}" for share in _SHARES)))
# Between it and the standard.
_FILLING = Lexicon.of(
    "了 过 于 起 那些 这些 当前 当前的 现有 现有的 主流 主流的 顶尖 顶尖的 最好的 最强的 同级别 "
    "同级别的 同类 同类的 任何 使用 采用 调用 用 之前 之前的 以前的 原来的 传统 传统的 大多数 "
    "多数 许多 很多 其他 其他的 其它 所有 所有的 市面上的 大部分 绝大多数 国外 国外的 昂贵的 "
    "付费的"
)
_FILLING_GAP = 3

# 与其用闭源,不如用开源: what comes after 不如 is preferred.
_INSTEAD, _RATHER = Lexicon.of("与其"), Lexicon.of("不如")

# Around a standard: 与闭源相比, 跟闭源竞争. 拿 comes right before it.
_WITH = Lexicon.of("与 和 跟 同 较 相对 相对于")
_WITH_GAP = 4
_HOLDING = Lexicon.of("拿")
_AGAINST = Lexicon.of(
    "相比 比起来 比较起来 相较 对比 来比 竞争 抗衡 匹敌 媲美 比肩 看齐 持平 较量 掰手腕 一较高下 "
    "叫板 一样 同样 同等 相当 不相上下 旗鼓相当 平起平坐 扳手腕 拉开 一比 差远了 差得远 差一截 "
    "不在一个档次 没法比",
    "竞争力 竞争者 竞争对手 竞争优势 竞争格局 相当多 相当大 相当高 相当强 相当好 相当不错 相当重要",
)
_AGAINST_GAP = 6

# So is what comes off worse: 把闭源甩在身后, 闭源被开源甩在身后.
_TAKING, _BY = Lexicon.of("把 将"), Lexicon.of("被")
_BEATING = Lexicon.of(
    "甩 抛在 抛到 吊打 碾压 秒杀 秒成 秒得 完爆 打败 击败 打趴 打得 打爆 打服 按在 踩在 比下去 "
    "压下去 压在 拉开 远远 超越 超过 反超 赶超 追上 赶上 撵上 取代 替代 虐 干翻 干趴 掀翻 拿捏 "
    "逼到 逼得 压得 压制 卷到 抢光 比了下去"
)
_BEATING_GAP = 6
# And what another one is said not to be as good as: 闭源没有开源灵活, 闭源哪有开源香.
_LACKING = Lexicon.of("没 没有 没得 不像 哪有 哪里有 哪比得上 能有 甩")
# 闭源不是开源的对手; 给开源提鞋都不配, 在开源面前抬不起头.
_MEASURES = (
    (Lexicon.of("是"), Lexicon.of("的对手")),
    (Lexicon.of("给"), Lexicon.of("提鞋 当陪练 当分母 打下手 擦鞋")),
    (Lexicon.of("在"), Lexicon.of("面前 跟前")),
    (Lexicon.of("离"), Lexicon.of("还差 差得 差远 差着")),
    (Lexicon.of("跟 和 与 拿"), Lexicon.of("比 斗", "比较 比如 比例 比拟 比赛 比重 比拼 斗争")),
)
_MEASURE_GAP = 4

LEXICONS = (
    *(_BEFORE, _UNLESS_BEHIND, _FILLING, _INSTEAD, _RATHER, _WITH, _HOLDING, _AGAINST),
    *(_TAKING, _BY, _BEATING, _LACKING),
    *(lexicon for pair in _MEASURES for lexicon in pair),
)


def standards(found: Found, clauses: Clauses, mentions: Mentions, digits: Ints) -> Flags:
    """Return which mentions are the standard of a comparison; `digits` are places, sorted.

    Examples
    --------
    >>> from stanceclf.reading.reader import Reader
    >>> from stanceclf.reading.topic import Topic
    >>> read = Reader(Topic("开源大模型", ("开源",), ("闭源",)), str.lower)
    >>> [read(text).standards for text in ("开源不如闭源", "与开源相比,闭源贵", "领先的开源")]
    [[1], [0], []]
    """
    if not mentions.starts.size:
        return np.zeros(0, bool)
    own = _between(found, clauses.stops, mentions)
    own[_behind(found, clauses, mentions, digits)] = True
    return own | _beaten(found, clauses, mentions)


def _beaten(found: Found, clauses: Clauses, mentions: Mentions) -> Flags:
    """Return which mentions come off worse than the one before or after them in their clause."""
    starts, ends = mentions.starts, mentions.ends
    clause = clauses.at.take(starts)
    # Whether the mention before each is in its clause, and of the other side.
    second = np.zeros(len(starts), bool)
    second[1:] = (clause[1:] == clause[:-1]) & (mentions.sides[1:] != mentions.sides[:-1])

    def right_behind(words: Lexicon) -> Flags:
        return among(starts, mentions.outside(found[words]).ends)

    def before(words: Lexicon, gap: int) -> Flags:
        close = mentions.outside(found[words]).following(ends).starts
        near = (close - ends <= gap) & (following(clauses.stops, ends) > close)
        return near & (following(starts, ends) > close)

    beating = before(_BEATING, _BEATING_GAP)
    own = second & ((right_behind(_TAKING) & beating) | right_behind(_LACKING))
    for opens, closes in _MEASURES:
        own |= right_behind(opens) & before(closes, _MEASURE_GAP)
    # 被: the one before it.
    own[:-1] |= (second & right_behind(_BY) & beating)[1:]
    return own


def _behind(found: Found, clauses: Clauses, mentions: Mentions, digits: Ints) -> Ints:
    """Return the mentions that come right after a word of comparison, by their numbers."""
    ends = mentions.outside(found[_BEFORE]).ends
    ends = ends[~among(ends, found[_UNLESS_BEHIND].starts) & ~_prefers(ends, found, clauses)]
    filling = found[_FILLING].following(ends)
    after = np.where(filling.starts == ends, filling.ends, ends)
    number = np.searchsorted(mentions.starts, ends)
    start = np.append(mentions.starts, NOWHERE)[number]
    near = (start >= after) & (start - after <= _FILLING_GAP)
    near &= (following(clauses.stops, after) > start) & (following(digits, after) > start)
    return number[near]


def _prefers(ends: Ints, found: Found, clauses: Clauses) -> Flags:
    """Return which words, given where they end, are a 不如 with 与其 before it in its sentence."""

    def sentence(places: Ints) -> Ints:
        return np.searchsorted(clauses.first, clauses.at.take(places), "right")

    instead, rather = found[_INSTEAD].starts, found[_RATHER].ends
    before = np.append(-1, instead)[np.searchsorted(instead, rather)]
    prefers = (before >= 0) & (sentence(np.maximum(before, 0)) == sentence(rather - 1))
    return among(ends, rather[prefers])


def _between(found: Found, stops: Ints, mentions: Mentions) -> Flags:
    """Return which mentions are between 与 and 相比, or the like."""
    starts, ends = mentions.starts, mentions.ends
    # Nothing before a mention reaches beyond the end of a clause or another mention.
    before = np.append(-1, stops)[np.searchsorted(stops, starts)]
    before = np.maximum(before, np.append(-1, ends[:-1]) - 1)
    opened = np.zeros(len(starts), bool)
    for lexicon, gap in ((_WITH, _WITH_GAP), (_HOLDING, 0)):
        words = mentions.outside(found[lexicon])
        last = np.append(-1, words.ends)[np.searchsorted(words.ends, starts, "right")]
        opened |= (last > before) & (starts - last <= gap)
    close = mentions.outside(found[_AGAINST]).following(ends).starts
    closed = (close - ends <= _AGAINST_GAP) & (following(stops, ends) > close)
    closed &= following(starts, ends) > close
    return opened & closed
