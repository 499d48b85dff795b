"""Where sentences begin and end, and which lines are boilerplate."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given, strategies as st

from stanceclf.articles.boilerplate import is_boilerplate
from stanceclf.articles.loader import Article, read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.gold.file import read_gold

NORMALIZE = Normalizer.from_opencc()


def split(text: str) -> list[tuple[int, int]]:
    sentences = cut_articles([Article("文.txt", text)], NORMALIZE, drop_boilerplate=False)
    spans = []
    for sentence in sentences:
        assert sentence.text == text[sentence.start : sentence.end]
        spans.append((sentence.start, sentence.end))
    return spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["开源更便宜。", "闭源呢？", "不好说！"],
        ["“开源会赢。”", "他说。"],
        ["他说：「開源會贏！」", "然後走了。"],
        ["（开源更便宜。）", "是的。"],
        ["真的吗?!", "真的。"],
        ["开源便宜｡", "闭源呢﹖", "太贵﹗", "算了﹔", "好"],
        ["开源便宜︒", "真的︕", "真的︖", "是"],
        ["开源便宜❗❗", "真的‼", "真的⁉", "是"],
        ["“开源便宜｡”", "他说｡"],
        ['他问:"开源会赢吗?"', "没人答。"],
        ["成本从3.5万降到0.8万。", "够了。"],
        ["GPT-4.0与Llama 3.1谁强？", "都强。"],
        ["见https://a.cn/b?c=1;d=2!3。", "完。"],
        ["见example.com/a?b=1&c=2。", "完。"],
        ["可是……开源社区呢？", "它...还在。"],
        ["开源，赢了……", "闭源输了"],
        ["甲&nbsp;乙。", "丙"],
        ["没有开源；", "就没有今天。"],
        ["他信“开源”；", "我不信。"],
        ["OpenAI's API贵!", "真贵。"],
        ["＂开源更好！＂", "他说。"],
        ["他说：'开源更好！'", "真的。"],
        ["他说：«开源更好！»", "真的。"],
        ["他说：„开源更好！“", "真的。"],
        ['他买了27"的屏。', '"很值。"', "他说。"],
        ["不错", "//@张建国：开源便宜", "//@李红：闭源好"],
    ],
)
def test_a_sentence_ends_at_its_punctuation(sentences: list[str]) -> None:
    joint = "\n" if "……" in sentences[0][-2:] else ""
    text = joint.join(sentences)
    assert [text[a:b] for a, b in split(text)] == sentences


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_a_sentence_ends_at_any_line_end(end: str) -> None:
    text = f"开源{end}{end}\u3000闭源"
    assert [text[a:b] for a, b in split(text)] == ["开源", "闭源"]


@given(st.text(st.sampled_from("开源。！？!?;；…”’\"'」)(“ \u3000\n\r.https:/&;=a1"), max_size=60))
def test_spans_are_in_order_and_leave_only_white_space(text: str) -> None:
    at = 0
    for start, end in split(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_sentences_of_the_seeds_are_those_annotated() -> None:
    articles = read_folder(ROOT / "seeds/articles")
    cut = {
        (s.article, s.start, s.end)
        for s in cut_articles(articles, NORMALIZE, drop_boilerplate=False)
    }
    gold = {(s.article, s.start, s.end) for s in read_gold(ROOT / "seeds/gold.jsonl")}
    assert cut == gold


def test_boilerplate_of_the_seeds_is_dropped_but_no_stance() -> None:
    articles = read_folder(ROOT / "seeds/articles")
    kept = {(s.article, s.start, s.end) for s in cut_articles(articles, NORMALIZE)}
    dropped = [
        s for s in read_gold(ROOT / "seeds/gold.jsonl") if (s.article, s.start, s.end) not in kept
    ]
    assert {"© 版权声明", "正文完", "未經《每日經濟新聞》報社授權,嚴禁轉載或鏡像,違者必究。"} <= {
        s.text for s in dropped
    }
    assert {s.label for s in dropped} == {"none"}


@pytest.mark.parametrize(
    "line",
    [
        "微信开源了大模型。",
        "用户扫码就能使用开源模型,十分方便。",
        "闭源模型未经授权不得使用,开源没有这个问题",
        "转载自开源中国",
        "评论员认为开源更好",
        "评论:开源大模型赢了",
        "收藏价值很高",
        "关注开源模型",
        "登录即用的闭源模型更省心",
        "完全开源",
        "开源模型的版权归社区所有。",
        "开源代码扫描工具备受关注。",
        "上一篇，我们说开源大模型更便宜。",
        "公众号“量子位”称开源模型已超越闭源",
        "未经授权不得复制闭源模型的权重。",
        "请关注我们的数据安全：闭源模型不可靠。",
        "版权所有者起诉开源模型，说它们侵权。",
        "Copyright is a serious risk for open models.",
        "未经许可，使用开源模型也可能侵权，这是开源的一大隐患。",
        "禁止转载或商用的开源模型不是真开源。",
        "转载请注明出处，但开源模型比闭源模型更好这一点毫无疑问。",
        "扫一扫就能下载开源模型，门槛很低，人人可用。",
        "开源模型ICP备案很难，合规成本高。",
        "搜索引擎公众号里都在说开源模型落后。",
        "广告合作，是开源模型唯一的盈利方式",
        "版权" + "归" * 90,
    ],
)
def test_a_line_that_says_something_is_not_boilerplate(line: str) -> None:
    assert not is_boilerplate(NORMALIZE(line))


@pytest.mark.parametrize(
    "line",
    [
        "分享到：微信 微博",
        "1.2万次阅读 35条评论",
        "Read More",
        "【全文完】",
        "* * *",
        "ICP备12345号",
    ],
)
def test_a_line_of_the_page_is_boilerplate(line: str) -> None:
    assert is_boilerplate(NORMALIZE(line))


def test_a_long_line_is_cut_in_time() -> None:
    text = '"开源?' * 20_000 + "a." * 20_000 + "(" * 20_000 + "&a;" * 20_000
    article = Article("长.txt", text)
    assert "".join(s.text for s in cut_articles([article], NORMALIZE)) == text
