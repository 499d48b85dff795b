"""Headings: words before a colon that name nobody, like 时间: and 责任编辑:."""

from __future__ import annotations

import re

# 王博文 is a name, though it ends like a byline.
_HEADING = re.compile(
    r"文|图|按|注|例|附|即|"
    r"(?:.*(?:来源|作者|编辑|责编|译者|编译|整理|撰文|图文|摄影|审核|校对|时间|日期|地点|地址|电话|邮箱|网址|链接|标题|题目|摘要|导读|导语|提要|关键词|"
    r"编者按|备注|说明|附录|参考文献|原文|译文|版权|声明|提示|提醒|公告|专题|栏目|标签|分类|话题|主题|议题|"
    r"优点|缺点|优势|劣势|不足|特点|亮点|问题|原因|结果|结论|总结|小结|背景|目的|目标|意义|方法|方案|方式|步骤|流程|原则|"
    r"建议|措施|要求|条件|标准|成本|价格|费用|售价|参数|配置|性能|功能|安全|用法|示例|例如|比如|情况|现状|趋势|未来|"
    r"如下|以下|包括|其中|也就是说|换句话说|第[一二三四五六七八九十\d]+.*|[一二三四五六七八九十]+[、.].*|\d.*|"
    r"核心|重点|要点|观点|看点|误区|风险|机遇|挑战|影响|作用|价值|正方|反方|比分|得分|嘉宾简介|人物|简介))"
)


def is_heading(label: str) -> bool:
    """Return whether words before a colon name nobody.

    Examples
    --------
    >>> [is_heading(label) for label in ("责任编辑", "时间", "王博文", "马跃")]
    [True, True, False, False]
    """
    return bool(_HEADING.fullmatch(label))
