"""Negation: whether a negator stands before a word and means it.

Chinese negates from the left and within the clause: 不便宜, 并没有落后, 难以超越, 谈不上先进. A
negator that is part of another word (不仅, 非常, 未来) negates nothing. A rhetorical question
negates too, and the whole of its clause: 谁说开源落后?
"""

from __future__ import annotations

import itertools
import re
from typing import Literal

from stanceclf.mentions import MARKS
from stanceclf.questions import RHETORICAL

#: How many characters may stand between a negator and what it negates.
WINDOW = 6

_NEGATOR = re.compile(
    # 没有想象的那么贵, 不要以为: one negation each.
    "没有?[^,;。]{0,8}[那这]么|(?:不要|不能|别)以为|"
    "不|没|无|未|非|别|勿|否认|否定|反对|拒绝|难以|很难|谈不上|称不上|算不上|缺乏|缺少|失去|丧失|"
    # Saying that others say so.
    "所谓(?![^,]{0,6}[是就都])|号称|看似|貌似|表面上|(?<!引)以为|鼓吹|吹嘘|标榜|自诩|幻想|妄想|奢谈"
)

# What takes a word back after it was said: 优势不再, 共建只是想象.
_TAKEN_BACK = re.compile(
    f"(?:的|之|[上里来])?(?:比[{''.join(MARKS.values())}]+[^,;。!?]{{0,3}}[小少低]|"
    "[^,;。!?]{0,2}(?:有限(?!公司|责任)|不明显|[更很较][小少低]|低于|小于|少于|[小少低]得多)|"
    "[^,;。!?]{0,5}(?:被夸大|被高估|微乎其微|可以(?:控制|避免|接受|忽略)|过时了|经不起推敲|不再|存疑|成疑|水分|不存在|何在|失灵|落空|破灭|难以为继|只是想象|空想|空谈|"
    "无从谈起|从何谈起|误会|错觉|假象|幻象|神话|伪命题|不成立|站不住脚|瞎扯|胡说|言过其实|谬论|偏见|"
    "不攻自破|打折扣|不切实际))"
)

# Who does away with something bad has not made it good, nor something good bad.
_REMOVER = re.compile(
    "避免|防止|防范|远离|打破|终结|摆脱|减少|降低|减轻|化解|缓解|杜绝|消除|规避|解决|应对|担心|担忧"
)

# Words that hold a negator and do not negate what follows; the longer of two first.
_IDIOM = re.compile(
    "不仅仅|不仅|不但|不光|不只是|不只|不单|不止|不断|不得不|不少|不同(?!意)|不过|不久|不禁|不管|不论|"
    "不容小觑|不容忽视|不可忽视|不可小觑|不可低估|不可或缺|必不可少|不错|不已|不谋而合|不约而同|"
    "不遗余力|不亚于|不逊于|不逊色|不输|不弱于|不落下风|不用说|不言而喻|不难看出|不愧|"
    "[没无][^,。]{0,3}否认|不[能可]否认|不得不承认|不懈|不惜|不妨|不菲|不可思议|不可阻挡|不知不觉|没错|毫无疑问|毋庸置疑|无需[^,。]{1,5}?(?:即|就|便|也)[可能]|"
    "无可比拟|无与伦比|无法比拟|无可争议|无疑|无论|无非|无数|无限|无比|无私|无缝|无人|无偿|无障碍|无条件|"
    "无门槛|并无二致|未免|非凡|"
    "从未如此|从未这么|从来没有这么|前所未有|未来(?!得及)|未必不|非常|除非|莫非|是非|"
    "没想到|没准(?!备)|差不多|了不起|特别|分别|个别|区别|差别|级别|类别|识别|别人|别的|告别"
)
_LONGEST_IDIOM = 9

# How far a rhetorical question reaches.
_FAR = 30


def negation(
    sentence: str, clause_start: int, at: int, end: int | None = None
) -> Literal["negated", "removed"] | None:
    """Tell what stands before the word at an offset.

    An odd number of negators within `WINDOW` characters before it negates; two cancel out. What
    makes a question rhetorical counts as one, from further away. A verb of doing away with it
    (避免, 解决) neither negates nor leaves it as it is.

    Parameters
    ----------
    sentence : str
        A normalised sentence.
    clause_start : int
        Where the word's clause begins; negators do not reach beyond.
    at : int
        Where the word begins.
    end : int, optional
        Where it ends; if told, what takes it back afterwards negates too.

    Examples
    --------
    >>> negation("开源并不便宜", 0, 4), negation("开源不仅便宜", 0, 4), negation("避免风险", 0, 2)
    ('negated', None, 'removed')
    """
    near = sentence[max(clause_start, at - WINDOW - _LONGEST_IDIOM) : at]
    before = _IDIOM.sub(_blank, near)
    if any(_reaches(match, before) for match in _REMOVER.finditer(before)):
        return "removed"
    negators = sum(_reaches(match, before) for match in _NEGATOR.finditer(before))
    first = max(clause_start, at - _FAR)
    asked = sentence[first : at + _FAR]
    negators += sum(match.start() < at - first for match in RHETORICAL.finditer(asked))
    negators += end is not None and _TAKEN_BACK.match(sentence, end) is not None
    return "negated" if negators % 2 else None


def _blank(match: re.Match[str]) -> str:
    return "〇" * len(match.group())


def _reaches(match: re.Match[str], before: str) -> bool:
    return len(before) - match.end() <= WINDOW


def negated_offsets(sentence: str, start: int, end: int) -> set[int]:
    """Return the offsets in a clause at which a word would be negated by what is before it.

    Parameters
    ----------
    sentence : str
        A normalised sentence.
    start, end : int
        Where the clause begins and ends.

    Examples
    --------
    >>> negated_offsets("开源不贵", 0, 4)
    {3}
    """
    clause = sentence[start:end]
    reaches = [0] * (end - start + 1)
    for match in _NEGATOR.finditer(_IDIOM.sub(_blank, clause)):
        reaches[match.end()] += 1
        reaches[min(match.end() + WINDOW + 1, end - start)] -= 1
    for match in RHETORICAL.finditer(clause):
        reaches[match.start() + 1] += 1
        reaches[min(match.start() + _FAR + 1, end - start)] -= 1
    counts = itertools.accumulate(reaches[:-1])
    return {start + offset for offset, count in enumerate(counts) if count % 2}
