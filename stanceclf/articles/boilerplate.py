"""Boilerplate: the lines that a web page puts around an article.

Share buttons, copyright lines, comment forms, counters, "end of text" marks. A line counts only
as a whole and only if it can be nothing else: losing an argument costs more than keeping a button.
"""

from __future__ import annotations

import re

# Longer lines are kept: they may be boilerplate, but they may also say something.
_LONGEST = 80

_BUTTON = (
    r"(?:分享(?:到|至)?|扫码分享|一键分享|微信(?:好友)?|微博|新浪微博|朋友圈|qq(?:空间|好友)?|"
    r"复制链接|收藏|点赞|打赏|赞赏|举报|海报|返回(?:顶部|首页|列表)|登录|注册|免费注册|忘记密码|退出)"
)
_COUNT = r"(?:\d+(?:\.\d+)?[万wk]?|没有|暂无)"

# In normal form: simplified, half-width, lower case.
_WHOLE = re.compile(
    "|".join(
        (
            # No letter, digit or character.
            r"[\W_]*",
            # Where a text ends or continues.
            r"[\W_]*(?:正文完|全文完|本文完|完|未完待续|the end)[\W_]*",
            r"(?:read more|(?:阅读|查看|展开|点击)(?:原文|全文|更多|阅读原文|剩余.{0,8}))\W*",
            r"(?:加载中|正在加载|载入中|loading)\W*",
            # Buttons and counters.
            rf"{_BUTTON}(?:[\W_]*{_BUTTON})*\W*",
            rf"(?:{_COUNT}\s*(?:次?阅读|次?浏览|条?评论|条?回复|人?点赞|次?分享|人?收藏|赞)\W*)+",
            rf"(?:阅读|浏览|评论|点赞|分享|收藏|转发|回复)[数量]?\W*{_COUNT}?(?:评论|人|次)?\W*",
            r"(?:没有|暂无|发表|查看|写|抢先|最新|全部|热门)?(?:评论|留言)\s*(?:抢沙发|区|列表)?\W*",
            r"\d+\s*条回复.{0,20}(?:作者|管理员).{0,8}",
            r"(?:上一篇|下一篇)\s*[: ].{0,60}",
            r"(?:每日一言|相关(?:阅读|文章|推荐)|推荐阅读|(?:热门|最新)(?:文章|推荐))\W*",
            # Follow, scan, tip, welcome.
            r"[^,。]{0,10}(?:扫码|扫一扫|扫描[^,。]{0,6}码|长按)[^,。]{0,8}(?:关注|公众号|二维码|入群|加群)"
            r"(?:公众号)?(?:\W[^,。]{0,24})?",
            r"(?:欢迎|请)?关注我们\W*|欢迎关注[^,。]{0,14}\W*|欢迎您\W.{0,60}",
            r"(?:欢迎|请)?(?:关注|搜索)[^,。]{0,8}(?:公众号|微信号)(?:\W[^,。]{0,24})?",
            r"(?:微信)?公众号\s*[:|][^,。]{1,20}|.{0,4}二维码|[a-z]{1,10}-qrcode",
            r"\W*点点赞赏\W*手留余香\W*|还没有人赞赏\W.{0,20}|(?:赞赏支持|喜欢作者)\W*",
            # Copyright and contact.
            r"\W*(?:©|\(c\)|copyright)\W*\d{4}.{0,60}|\W*(?:©|copyright)\W*",
            r"\W*版权(?:声明|所有)(?:\W+[^,。]{0,24})?|(?:本文|文章|图片|作品|本站)?版权归[^,。?]{1,16}所有\W*",
            r"(?:如需|欢迎)?转载(?:请|须)(?:注明|标明|联系|与|保留)[^,。]{0,30}"
            r"(?:,[^,。]{0,12}(?:来源|出处|作者|链接|联系|授权|必究)[^,。]{0,12})*\W*",
            r"(?:严禁|禁止|谢绝)(?:任何形式的?)?转载(?:[或及、](?:镜像|摘编|复制))?\W*",
            r"未经[^,。]{0,20}(?:授权|许可|允许|同意),?(?:不得|禁止|严禁|请勿)[^,。]{0,8}"
            r"(?:(?:转载|镜像|复制|摘编)[或及、]?)+(?:本文|本站)?(?:,[^,。]{0,8}必究)?\W*",
            r"本文系[^,。]{0,16}授权发布(?:,[^。]{0,20}转载)?\W*|\W*all rights reserved\W*",
            r"\W*end\W*|返回搜狐,查看更多|.?公网安备\W*\d+号",
            r"(?:侵权|违者)必究\W*|[^,。]{0,8}(?:侵删|侵权请?联系删除)\W*",
            r"(?:读者热线|联系电话|(?:联系|投稿)邮箱|(?:商务|广告)合作|客服热线)\W+"
            r"[a-z0-9@.+() -]{3,40}",
            r"特别提醒\W如果我们使用了您的图片\W.{0,60}",
            r"(?:generated|powered) by [a-z0-9 .+-]{1,30}|.?icp[备证]\w{0,2}\W*\d{4,}.{0,12}",
        )
    )
)

# Who edited a page, and where it is from: a role, a colon and a name, once or several times.
_CREDIT = re.compile(
    r"[（(\[【]?\s*(?:(?:责任编辑|责编|本文编辑|文字编辑|网络编辑|值班编辑|编辑|责任校对|校对|审核|审校|审读|复审|终审"
    r"|初审|监制|统筹|排版|美编|制图|来源|稿源|文章来源|本文来源|图源|摄影)"
    r"\s*[：:|丨/]\s*[^\s，。！？；,!?;：:）)\]】]{1,12}[\s|丨/、;；]*)+[）)\]】]?"
)


def is_credit(line: str) -> bool:
    """Return whether a line names only the editors and sources of a page.

    Examples
    --------
    >>> is_credit("（责任编辑：王小二）"), is_credit("编辑：开源更便宜，闭源更贵。")
    (True, False)
    """
    return len(line) <= _LONGEST and _CREDIT.fullmatch(line.strip()) is not None


def is_boilerplate(line: str) -> bool:
    """Return whether a line in normal form belongs to the page around an article.

    Examples
    --------
    >>> is_boilerplate("618次阅读"), is_boilerplate("开源大模型的阅读能力更强。")
    (True, False)
    """
    line = line.strip()
    return len(line) <= _LONGEST and (
        _WHOLE.fullmatch(line) is not None or _CREDIT.fullmatch(line) is not None
    )
