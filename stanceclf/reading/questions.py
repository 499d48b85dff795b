"""Questions: genuine ones, and rhetorical ones, which answer themselves.

The words of a genuine question express no stance. A rhetorical question denies what it asks:
谁会用闭源呢?, 难道闭源更安全吗?, 为什么要开源?
"""

from __future__ import annotations

import itertools

import numpy as np

from stanceclf.reading.clauses import Clauses, Frame
from stanceclf.reading.lexicons import Found, Lexicon, Spans

_WHETHER = ["是否", "能否", "有没有", "会不会", "能不能", "是不是", "要不要"]
#: Marks a question.
ASKING = Lexicon(
    ("?", "吗", *_WHETHER, *["可否", "会否", "如何看待", "怎么看", "怎样看", "还是说", "多大程度"]),
    ("能否认", "能否定", *map("".join, itertools.product(["无论", "不管", "不论"], _WHETHER))),
)

# Makes a question rhetorical; what follows in its clause is denied.
_RHETORICAL = Lexicon.of(
    "难道 岂 何必 何苦 何须 何不 凭什么 为什么要 为何要 干吗要 干嘛要 谁会 谁还 谁敢 谁愿意 谁说 "
    "谁肯 哪有 哪里有 哪来 哪还有 怎么可能 怎么会 怎么能 怎能 又怎 怎敢 何来 何谈 谈何 "
    "还能有什么 有什么|必要 有什么|意义 有什么|资格 有什么|理由 有什么|可 有何|必要 有何|意义 "
    "有何|不可 还用得着 用得着"
)
# So does 不是更便宜吗?, with something in between.
_IS_IT_NOT = Frame(Lexicon.of("不是 不就 不就是"), Lexicon.of("吗"), most=16, least=1)

LEXICONS = (ASKING, _RHETORICAL, _IS_IT_NOT.opens, _IS_IT_NOT.closes)


def rhetorical(found: Found, clauses: Clauses) -> Spans:
    """Return what makes questions rhetorical; not in order."""
    words, framed = found[_RHETORICAL], clauses.framed(_IS_IT_NOT, found)
    return Spans(np.append(words.starts, framed.starts), np.append(words.ends, framed.ends))
