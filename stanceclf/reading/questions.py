"""Questions: genuine ones, and rhetorical ones, which answer themselves.

The words of a genuine question express no stance. A rhetorical question denies what it asks:
谁会用闭源呢?, 难道闭源更安全吗?, 为什么要开源?
"""

from __future__ import annotations

import itertools

import numpy as np

from stanceclf.reading.arrays import Ints
from stanceclf.reading.clauses import Clauses, Frame
from stanceclf.reading.lexicons import Found, Lexicon, Spans

_WHETHER = [
    *("是否", "能否", "有没有", "会不会", "能不能", "是不是", "要不要", "该不该", "好不好"),
    *("贵不贵", "强不强", "快不快", "难不难", "值不值", "香不香", "稳不稳", "靠不靠谱"),
    *("安不安全", "划不划算", "便不便宜", "行不行"),
]
#: Marks a question.
ASKING = Lexicon(
    ("?", "吗", *_WHETHER, *["可否", "会否", "如何看待", "怎么看", "怎样看", "还是说", "多大程度"]),
    (
        "能否认",
        "能否定",
        "可否认",
        *map("".join, itertools.product(["无论", "不管", "不论"], _WHETHER)),
    ),
)

# Makes a question rhetorical; what follows in its clause is denied.
_RHETORICAL = Lexicon.of(
    "怎么就 咋就 难道 岂 何必 何苦 何须 何不 凭什么 为什么要 为何要 干吗要 干嘛要 谁会 谁还 谁敢 "
    "谁愿意 谁说 谁肯 哪有 哪里有 哪来 哪还有 怎么可能 怎么会 怎么能 怎能 又怎 怎敢 何来 何谈 "
    "谈何 还能有什么 有什么|必要 有什么|意义 有什么|理由 有什么|可 有何|必要 有何|意义 有何|不可 "
    "还用得着 用得着 凭啥 难不成 哪能 哪会 哪敢 哪里会 哪里能 谁又会 谁又敢 谁又愿 谁愿 谁信 "
    "这也叫 这也能叫 也配叫 也能叫 也好意思 又有什么 又有何 有什么|用 有啥|用 有啥|意义 "
    "还有什么|意义 还有什么|价值 还有什么|用 还有什么|必要 还有什么|理由 谁爱|用 谁爱|买 谁爱|要 "
    "谁爱|信 谁爱|伺候 谁想|用 谁想|买 谁稀罕 谁在乎 谁能|拒绝 谁告诉你 哪里|不 哪里|比 哪儿|不 "
    "哪儿|比 有什么|了不起 有什么|好吹 有什么|前途 有什么|本事 能有什么 谁能说 谁敢说 还有谁 "
    "哪点 不香吗 不香么 不好吗 不爽吗 哪是 哪里是 还敢说",
    "凭什么|收 凭什么|卖 凭什么|涨 凭什么|限 凭什么|封 凭什么|不 凭什么|这么 凭啥|收 凭啥|按 "
    "凭啥|涨 凭啥|封 凭啥|卖 谁会不 谁敢不 怎么会不 怎么能不 怎么可能不 怎能不 岂不 岂能不 "
    "岂会不 有什么用途 有什么用户 有什么用处 有什么用法",
)
#: 谁不支持开源? Everybody does: it answers itself, and its two negations are none.
EVERYBODY = Lexicon.of(
    "有什么资格 还有比 为什么不用 为什么不选 为啥不用 为啥不选 为何不用 为何不选 干嘛不用 "
    "怎么不用 你敢信 你敢用 你敢买 凭什么收 凭什么卖 凭什么涨 凭什么限 凭什么封 凭什么这么 "
    "凭啥收 凭啥按 凭啥涨 凭啥封 凭啥卖 谁不 谁能不 谁会不 谁敢不 谁还不 谁又不 怎么会不 "
    "怎么能不 怎么可能不 怎能不 岂不 岂能不 岂会不"
)
# So does 不是更便宜吗?, with something in between.
_IS_IT_NOT = Frame(
    Lexicon.of("不是 不就 不就是 还不 还不够 不比 能不", "能不能"),
    Lexicon.of("吗"),
    most=16,
    least=1,
)

# And 这也叫聪明?, with its mark.
_SCOFFS = Frame(
    Lexicon.of("也叫 这叫 那叫 还能叫 也算 还想 还敢 能有"),
    Lexicon.of("?"),
    most=6,
    least=1,
)

LEXICONS = (
    *(ASKING, EVERYBODY, _RHETORICAL),
    *(lexicon for frame in (_IS_IT_NOT, _SCOFFS) for lexicon in (frame.opens, frame.closes)),
)


def answered(found: Found, clauses: Clauses) -> Ints:
    """Return where questions that answer themselves have their words; not in order."""
    return np.append(rhetorical(found, clauses).starts, found[EVERYBODY].starts)


def rhetorical(found: Found, clauses: Clauses) -> Spans:
    """Return what makes questions rhetorical, in order: the first in each clause."""
    spans = [found[_RHETORICAL], *(clauses.framed(own, found) for own in (_IS_IT_NOT, _SCOFFS))]
    starts = np.concatenate([own.starts for own in spans])
    ends = np.concatenate([own.ends for own in spans])
    order = np.argsort(starts, kind="stable")
    _, first = np.unique(clauses.at.take(starts[order]), return_index=True)
    return Spans(starts[order[first]], ends[order[first]])
