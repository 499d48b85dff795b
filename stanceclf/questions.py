"""Questions: those that ask, and those that answer themselves.

A genuine question takes no side by the words that it asks with. A rhetorical one denies what it
asks: 谁会用闭源呢?, 难道闭源更安全吗?, 为什么要开源?
"""

from __future__ import annotations

import re

#: What makes a question rhetorical; it denies what follows in its clause.
RHETORICAL = re.compile(
    "难道|岂|何必|何苦|何须|何不|凭什么|为什么要|为何要|干吗要|干嘛要|谁会|谁还|谁敢|谁愿意|谁说|谁肯|"
    "哪有|哪里有|哪来的?|哪还有|怎么可能|怎么会|怎么能|怎能|又怎|怎敢|何来|何谈|谈何|还能有什么|"
    "有什么(?=必要|意义|资格|理由|可)|有何(?=必要|意义|不可)|还用得着|用得着|不是[^,;:。!?]{1,16}吗|不就是?[^,;:。!?]{1,16}吗"
)
_ASKS = re.compile(
    r"\?|吗|(?<!无论)(?<!不管)(?<!不论)(?:是否|能否(?!认|定)|有没有|会不会|能不能|是不是|要不要)|"
    "可否|会否|如何看待|怎么看|怎样看|还是说|多大程度"
)


def asks(sentence: str) -> bool:
    """Tell whether a normalised sentence asks a genuine question.

    Examples
    --------
    >>> asks("开源能否赶上闭源?"), asks("谁会用闭源呢?"), asks("开源赶上了闭源。")
    (True, False, False)
    """
    return _ASKS.search(sentence) is not None and RHETORICAL.search(sentence) is None
