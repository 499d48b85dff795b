"""Comparisons: in 开源比闭源便宜 and 开源不如闭源, it is 开源 that something is said of.

What comes after 比, 不如, 优于 or 超过 is the standard of the comparison: the clause is about the
other one, and the standard tells no more than what that one is measured by.
"""

from __future__ import annotations

import re

from stanceclf.mentions import MARKS, Mention

_M = f"[{''.join(MARKS.values())}]"
_NOT_M = f"[^{''.join(MARKS.values())},:;]"

# Before a standard. 比较, 比如 and the like compare nothing, nor do 领先的开源, 超过一半的开源.
_BEFORE = re.compile(
    # 没有什么比开源更透明 is said of 开源.
    "(?:(?<![价好占对类同环百正反相])(?<!没有什么)(?<!没有谁)(?<!没有哪个)(?<!没有任何)比(?![较如例赛重拟方率亚])|比起|较之|(?:相比|相较)于?(?!之下)|对比(?!之下)|不如(?!直接|就|干脆|花钱|选|用|买|去|老实|老老实实|把)|不及|不比|"
    "优于|胜过|强于|好过|高于|低于|大于|小于|多于|少于|快于|慢于|逊于|弱于|差于|落后于?|领先于?|"
    "超过|超越|赶超|反超|媲美|比肩|比得上|比不上|比不了|追上|跟上|赶上|追赶|追平|赶不上|追不上|"
    "输给|败给|不输|不逊于?|逊色于|不弱于|不亚于|打败|击败|战胜|胜出|取代|替代|逼近|接近|看齐|匹敌|"
    "抗衡|甩开|碾压|叫板|对标|挑战(?!是)|撼动|颠覆|吊打|完胜|秒杀|追得上|赶得上)"
    "(?!的|了?(?:[一二两三四五六七八九近]成|[一大近]?半))"
    f"(?:了|过|于|起|那些|这些|当前的?|现有的?|主流的?|顶尖的?|最好的|最强的|同级别的?|同类的?|任何)?"
    f"[^\\d,:;。!?{''.join(MARKS.values())}]{{0,3}}(?={_M})"
)
# Around one: 与闭源相比, 跟闭源竞争.
_AROUND = re.compile(
    f"(?:与|和|跟|同|较|相对于?|拿)(?={_M})|(?:与|和|跟|同|较|相对于?)[^,:;。]{{1,4}}(?={_M})"
)
_AFTER = re.compile(
    f"{_M}+{_NOT_M}{{0,6}}(?:相比|比起来|比较起来|相较|对比|来比|竞争|抗衡|匹敌|媲美|比肩|看齐|持平|较量|"
    "掰手腕|一较高下|叫板|一样|同样|同等|相当|不相上下|旗鼓相当|平起平坐|扳手腕|拉开)"
)


def standards(marked: str, mentions: list[Mention]) -> set[Mention]:
    """Return the mentions that are the standard of a comparison.

    Parameters
    ----------
    marked : str
        A sentence with its mentions marked.
    mentions : list of Mention
        The mentions.

    Examples
    --------
    >>> from stanceclf.mentions import mark
    >>> pair = [Mention(0, 2, "target"), Mention(4, 6, "rival")]
    >>> [m.kind for m in standards(mark("开源不如闭源", pair), pair)]
    ['rival']
    """
    starts = {match.end() for match in _BEFORE.finditer(marked)}
    for match in _AROUND.finditer(marked):
        if _AFTER.match(marked, match.end()):
            starts.add(match.end())
    return {mention for mention in mentions if mention.start in starts}
