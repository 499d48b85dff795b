"""Questions: those that ask, and those that answer themselves.

A genuine question takes no side by the words that it asks with. A rhetorical one denies what it
asks: 谁会用闭源呢?, 难道闭源更安全吗?, 为什么要开源?
"""

from __future__ import annotations

import itertools

from stanceclf.reading.lexicons import Lexicon, spoken

_WHETHER = ["是否", "能否", "有没有", "会不会", "能不能", "是不是", "要不要"]

#: What asks.
ASKING = Lexicon(
    ("?", "吗", *_WHETHER, *["可否", "会否", "如何看待", "怎么看", "怎样看", "还是说", "多大程度"]),
    (
        "能否认",
        "能否定",
        *map("".join, itertools.product(["无论", "不管", "不论"], _WHETHER)),
    ),
)

#: What makes a question rhetorical; it denies what follows in its clause.
RHETORICAL = spoken(
    "难道 岂 何必 何苦 何须 何不 凭什么 为什么要 为何要 干吗要 干嘛要 谁会 谁还 谁敢 谁愿意 谁说 "
    "谁肯 哪有 哪里有 哪来 哪还有 怎么可能 怎么会 怎么能 怎能 又怎 怎敢 何来 何谈 谈何 "
    "还能有什么 有什么|必要 有什么|意义 有什么|资格 有什么|理由 有什么|可 有何|必要 有何|意义 "
    "有何|不可 还用得着 用得着"
)

#: So does what begins in one of these and ends, in the same clause, in 吗: 不是更便宜吗?
RHETORICAL_OPENS = spoken("不是 不就 不就是")
RHETORICAL_CLOSES = spoken("吗")
#: How many characters may stand between the two; at least one does.
RHETORICAL_GAP = 16
