"""Who says each sentence, and in which voice."""

from __future__ import annotations

import pytest
from conftest import ROOT, assert_linear
from hypothesis import given, strategies as st

from stanceclf.articles.loader import Article, read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.evaluation.speakers import read_speakers, score_speakers
from stanceclf.speakers.attribution import attribute, attribute_sentences
from stanceclf.speakers.quotations import find_quotations

SEEDS = ROOT / "seeds"
NORMALIZE = Normalizer.from_opencc()

Said = list[tuple[str, str | None, str]]


def said(text: str) -> Said:
    pairs = attribute_sentences([Article("一.txt", text)], NORMALIZE)
    return [(sentence.text, who.speaker, who.voice) for sentence, who in pairs]


def speakers(text: str) -> list[str | None]:
    return [who for _, who, _ in said(text)]


def voices(text: str) -> list[str]:
    return [voice for _, _, voice in said(text)]


@pytest.mark.parametrize(
    ("sentence", "speaker", "voice"),
    [
        ("李彦宏表示,“开源模型会越来越落后”。", "李彦宏", "quote"),
        ("“开源模型会越来越落后”,李彦宏说道。", "李彦宏", "quote"),
        ("“开源”,李彦宏说,“只会越来越落后”。", "李彦宏", "quote"),
        (
            "百度创始人、董事长兼首席执行官李彥宏在大會上直言“開源模型會落後”,并推出工具。",
            "李彥宏",
            "quote",
        ),
        ("王教授指出：「開源是大勢所趨。」", "王教授", "quote"),
        ("他笑称‘开源’是“为爱发电”。", None, "quote"),
        ("方汉认为开源的商业模式仍然存在。", "方汉", "report"),
        ("在方汉看来,开源的商业模式仍然存在。", "方汉", "report"),
        ("方汉说,开源好。", "方汉", "report"),
        ("方汉说。", None, "author"),
        ("据李彦宏称,闭源的推理成本更低。", "李彦宏", "report"),
        ("根据The Information的最新爆料,OpenAI即将开源。", "The Information", "report"),
        ("加州大学的计算机教授Ion Stoica表示,免费模型已经相当接近。", "Ion Stoica", "report"),
        ("OpenAI首席执行官萨姆·奥特曼回应称,安全优先于开放。", "萨姆·奥特曼", "report"),
        ("扎克伯格则在公开信里写道,开源是通往未来的路。", "扎克伯格", "report"),
        ("创新工场的汪华先生在接受采访时表示,开源值得投资。", "汪华", "report"),
        ("谷歌发言人表示,公司没有用用户数据训练模型。", "谷歌发言人", "report"),
        ("某某公司發言人表示,開源更便宜。", "某某公司發言人", "report"),
        ("业内人士指出,闭源模型更安全。", "业内人士", "report"),
        ("有人说,开源是唯一的出路。", "有人", "report"),
        ("周鸿祎也站出来说,大模型不该沦为少数厂家的工具。", "周鸿祎", "report"),
        ("校长高兴表示,开源课程会继续。", "高兴", "report"),
        ("很高兴看到开源模型追了上来。", None, "author"),
        ("这说明开源更有前途。", None, "author"),
        ("我认为开源更有前途。", None, "author"),
        ("大家都说开源更有前途。", None, "author"),
        ("公司没有回应置评请求,李彦宏也未表示意见。", None, "author"),
        ("李彦宏在大会上发表了演讲。", None, "author"),
        ("所谓的“智商税”其实是一种误解。", None, "author"),
        ("这款名称叫“开源之星”的模型上线了。", None, "author"),
        ("李彦宏拒绝透露模型的参数,也没有说明原因。", None, "author"),
    ],
)
def test_a_frame_says_who_speaks(sentence: str, speaker: str | None, voice: str) -> None:
    assert {(who, how) for _, who, how in said(sentence)} == {(speaker, voice)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # A short quotation whose last character is a comma, points or a dash.
        ("“开源更便宜，”张建国说，“闭源太贵。”", [("张建国", "quote")]),
        ("“开源的成本更低，”张建国说，“闭源太贵。”", [("张建国", "quote")]),
        ("“我们的方案更便宜，”李红对记者表示。", [("李红", "quote")]),
        ("「開源更便宜，」張建國說，「閉源太貴。」", [("張建國", "quote")]),
        ("“闭源太贵……”一位不愿具名的工程师强调。", [("不愿具名的工程师", "quote")]),
        ("“闭源太贵——”张建国写道。", [("张建国", "quote")]),
        # Marks of all kinds.
        ("张建国说：'开源更便宜。'", [("张建国", "quote")]),
        ("张建国说：＇开源更便宜。＇", [("张建国", "quote")]),
        ("张建国说：«开源更便宜。»", [("张建国", "quote")]),
        ("张建国说：»开源更便宜。«", [("张建国", "quote")]),
        ("张建国说：„开源更便宜。“", [("张建国", "quote")]),
        ("张建国说：〝开源更便宜。〞", [("张建国", "quote")]),
        ('他买了27"的屏。"很值。"张建国说。', [(None, "author"), ("张建国", "quote")]),
        # Reposts.
        (
            "不错//@张建国：开源便宜。真的。//@李红:闭源好",
            [
                (None, "author"),
                ("张建国", "turn"),
                ("张建国", "turn"),
                ("李红", "turn"),
            ],
        ),
        ("@张建国：开源便宜。\n@李_红8：闭源好。", [("张建国", "turn"), ("李_红8", "turn")]),
        ("回复@小鱼儿:闭源好。//@李红:开源好。", [(None, "author"), ("李红", "turn")]),
        # What is no part of a name, and what is one.
        ("教育部早就说了，开源更便宜。", [("教育部", "report")]),
        ("还要我们家长说，这算什么。", [(None, "author")]),
        ("作者：李小明", [(None, "author")]),
        ("老周不服气，说闭源更安全。", [("老周", "report")]),
        ("李红急了，说：“闭源太贵。”", [("李红", "quote")]),
        ("成本不高，说明开源更便宜。", [(None, "author")]),
        ("网友“小鱼儿”评论说，开源更便宜。", [("小鱼儿", "report")]),
        ("网友@小鱼儿 表示，开源更便宜。", [("小鱼儿", "report")]),
    ],
)
def test_posts_and_marks(text: str, found: list[tuple[str | None, str]]) -> None:
    assert [(who, how) for _, who, how in said(text)][: len(found)] == found


@pytest.mark.parametrize(
    "frame",
    [
        # Adverbs and manner.
        "张建国旋即补充说，",
        "张建国郑重表示，",
        "张建国私底下说，",
        "张建国坦率地说，",
        "张建国斩钉截铁地说，",
        "张建国毫不客气地指出，",
        "张建国一再强调，",
        "张建国昨日接受本报采访时说，",
        "张建国自我评价为：",
        # Brackets and pronouns behind the name.
        "张建国（化名）表示，",
        "张建国[化名]表示，",
        "张建国（左二）说，",
        "张建国本人表示，",
        "张建国自己也承认，",
        "张建国等人认为，",
        # What comes before the name.
        "52岁的张建国告诉记者，",
        "时任CEO的张建国曾说，",
        "某某资本合伙人张建国也有相同看法，",
        "有报道称，张建国表示，",
        # What stands for a verb of speech.
        "张建国的观点是，",
        "按张建国的说法，",
        "用张建国的话说，",
        "正如张建国所言，",
        "就像张建国说的那样，",
    ],
)
def test_no_word_around_a_name_is_part_of_it(frame: str) -> None:
    assert {(who, how) for _, who, how in said(f"{frame}开源更便宜。")} == {("张建国", "report")}


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("首席财务官苏珊·李特别强调，开源更便宜。", "苏珊·李"),
        ("副总裁 Zoë Müller 表示，开源更便宜。", "Zoë Müller"),
        ("执行董事 Pál Łukasz 认为，开源更便宜。", "Pál Łukasz"),
        ("市场分析和预测公司OpenMetrics指出，开源更便宜。", "OpenMetrics"),
        ("《某某日报》报道，开源更便宜。", "某某日报"),
        ("《某某财经》援引知情人士的话报道称，开源更便宜。", "某某财经"),
        ("据外媒6月25日报道，开源更便宜。", "外媒"),
        ("云桥同时宣布将开放权重。", "云桥"),
        ("多位研究者向本刊表示，开源更便宜。", "研究者"),
        ("“嗯，”李红点点头，“开源更便宜。”", "李红"),
        # Whoever wrote a byline, or could say something, has said nothing.
        ("本报记者张建国报道，开源更便宜。", None),
        ("如果张建国说，开源更便宜。", None),
        ("总统选举预计将花费27亿美元。", None),
        ("公司的收入超预期，成本更低。", None),
        ("这家预测公司由他创办，开源更便宜。", None),
    ],
)
def test_who_is_named_and_who_is_not(sentence: str, speaker: str | None) -> None:
    assert {who for _, who, _ in said(sentence)} == {speaker}


def test_the_report_around_a_quotation_is_whose_it_is() -> None:
    text = "扎克伯格表示，Meta 也这样做过，比如，“到了 Llama，我们是积极的。”Meta 表示，很好。"
    assert speakers(text)[0] == "扎克伯格"


def test_those_whom_articles_interview_go_on() -> None:
    text = "一位从业者表示，开源更便宜。闭源已经没有优势。\n据某某日报报道，开源更便宜。会议很长。"
    assert speakers(text) == ["从业者", "从业者", "某某日报", None]


def test_points_announced_by_a_colon_are_the_speakers() -> None:
    text = "李红这样总结：\n1、开源更便宜。\n2、闭源更贵。\n会议在北京举行。"
    assert speakers(text) == [None, "李红", "李红", None]


@pytest.mark.parametrize("names", [("Lena", "Mark"), ("Lena Ortiz", "Mark"), ("**Zoë**", "**Al**")])
def test_first_names_that_ask_each_other_are_speakers(names: tuple[str, str]) -> None:
    asks, answers = names
    text = f"{asks}：开源更便宜吗？\n{answers}：会的。\n还省心。\n{asks}：闭源呢？\n{answers}：贵。"
    one, other = asks.strip("*"), answers.strip("*")
    assert speakers(text) == [one, other, other, one, other]
    specifications = "CPU：八核\nGPU：两块\nCPU：十核\nGPU：四块"
    assert set(speakers(specifications)) == {None}


def test_all_sentences_of_a_quotation_are_its_speakers() -> None:
    text = "“开源更便宜。闭源太贵!谁会用呢?”方汉说。会议随后结束。"
    assert speakers(text) == ["方汉", "方汉", "方汉", None, None]


def test_a_report_continues_until_the_article_speaks_for_itself() -> None:
    text = (
        "马跃认为,开源是一种策略。市场会给出答案。“闭源只服务少数人。”"
        "16年前,他回国创业。该公司有两百人。\n会议在北京举行。"
    )
    assert speakers(text) == ["马跃", "马跃", "马跃", None, None, None]


def test_a_pronoun_stands_for_whom_the_article_is_about() -> None:
    text = "Meta CEO小扎对此筹谋已久。他曾这样谈到策略——\n开放标准对大家都好。\n会议结束了。"
    assert speakers(text)[2:] == ["小扎", None]
    assert speakers("董事长方汉参加了会议。他认为,开源更便宜。") == [None, "方汉"]


def test_announced_points_are_the_speakers() -> None:
    text = (
        "Stoica表示,谷歌仍有两个优势。\n1. 数据更多。\n谷歌发言人表示,并未使用数据。\n2. 算力更强。"
    )
    assert speakers(text) == ["Stoica", "Stoica", "谷歌发言人", "Stoica"]


def test_people_have_their_fullest_name() -> None:
    text = "教授Ion Stoica正在开发模型。Stoica表示,开源更便宜。"
    assert speakers(text) == [None, "Ion Stoica"]
    text = "创始人萨姆·奥特曼表示,欢迎竞争。奥特曼说,不会开源。"
    assert speakers(text) == ["萨姆·奥特曼", "萨姆·奥特曼"]


def test_repeated_names_are_known_in_traditional_characters() -> None:
    assert speakers("李彥宏認為開源落後。百度的李彥宏上個月出國了。") == ["李彥宏", None]
    text = "谷歌發言人表示,開源更便宜。會議結束了。該發言人說,閉源更貴。"
    assert speakers(text)[-1] == "谷歌發言人"
    text = "总裁基尔•利伯来了。会议开始。利伯表示,开源更便宜。"
    assert speakers(text)[-1] == "基尔•利伯"


TALK = """开源的未来:一场对话
来源:科技日报
时间:下午3:00

记者：开源模型会赢吗？
高兴（某公司CTO）：会的。成本更低。
生态也更好,正如李彦宏说,人人都是开发者。
一、商业模式
记者:那怎么赚钱?
高兴:卖服务。
"""


def test_a_turn_continues_until_the_next_label_or_heading() -> None:
    found = [(text[:4], who, voice) for text, who, voice in said(TALK)]
    assert found == [
        ("开源的未", None, "author"),
        ("时间:下", None, "author"),
        ("记者：开", "记者", "turn"),
        ("高兴（某", "高兴", "turn"),
        ("成本更低", "高兴", "turn"),
        ("生态也更", "高兴", "turn"),
        ("一、商业", None, "author"),
        ("记者:那", "记者", "turn"),
        ("高兴:卖", "高兴", "turn"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "开源的优势:成本低\n开源的劣势:不好用\n时间:下午3:00\n地点:北京",
        "优点:便宜\n缺点:难用\n优点:开放\n缺点:不稳",
        "方法:微调\n成本:很低\n方法:蒸馏\n成本:更低",
        "比分 3:0\n下午3:00开始\nhttps://example.com/a:b\n比分 2:1",
        "第一:开源\n第二:闭源\n第一:再开源",
    ],
)
def test_headings_times_and_lists_are_not_speakers(text: str) -> None:
    assert set(speakers(text)) == {None}


def test_a_name_that_ends_like_a_heading_is_a_speaker() -> None:
    text = "记者:开源会赢吗?\n王博文:会的。\n记者:为什么?\n王博文:成本更低。"
    assert speakers(text) == ["记者", "王博文"] * 2


def test_an_answer_without_a_label_has_no_speaker() -> None:
    text = (
        "沈旸:开源潜力很大。\n程戈:成本更低。\n那么生态呢?\n我认为数据更重要,李彦宏说过,开源会落后。\n"
        "沈旸:闭源更受欢迎。"
    )
    assert speakers(text) == ["沈旸", "程戈", None, None, "沈旸"]


def test_fifty_speakers_are_distinguished() -> None:
    family = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
    names = [f"{surname}{given}" for given in ("明远", "思齐") for surname in family[:25]]
    text = "\n".join(f"{name}:开源模型更便宜。\n记者:谢谢。" for name in names)
    assert len(names) == len(set(names)) == 50
    assert [who for who in speakers(text) if who != "记者"] == names


@pytest.mark.parametrize(
    "text",
    [
        "方汉说:“开源更便宜。闭源太贵。\n会议在北京举行。",
        "方汉说:「開源『更』便宜。」」”会议在北京举行。",
        "”开源更便宜。“方汉说。",
        '方汉说:"开源更便宜。"会议"在"北京"举行。',
    ],
)
def test_mismatched_quotation_marks_do_no_harm(text: str) -> None:
    assert speakers(text)[0] == "方汉"


def test_an_unclosed_quotation_ends_with_its_line() -> None:
    assert speakers("方汉说:“开源更便宜。闭源太贵。\n会议在北京举行。") == ["方汉", "方汉", None]


@given(st.text('“”「」『』"‘’。!?:，,\n说道表示认为方汉他李彦宏:记者开源 A1(', max_size=120))
def test_every_speaker_is_in_the_text(text: str) -> None:
    article = Article("一.txt", text)
    sentences = list(cut_articles([article], NORMALIZE))
    found = attribute(article, sentences, NORMALIZE)
    assert len(found) == len(sentences)
    for one in found:
        assert one.voice != "author" or one.speaker is None
        assert one.voice != "turn" or one.speaker
        assert one.speaker is None or one.speaker in text


@given(st.text('“”「」"‘’开源', max_size=40))
def test_quotations_are_in_order_without_overlap(line: str) -> None:
    spans = [(one.start, one.end) for one in find_quotations(line)]
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))


@pytest.mark.parametrize(
    "piece",
    [
        "李彦宏说,“开源更便宜”,",
        "他表示,开源更便宜。",
        "王明{n}:开源更便宜。\n",
        "总裁李明{n}认为,开源更便宜。他说。\n",
        "“开源",
        "据据据根据在在",
        "开源" + " " * 20,
        "王明 \u3000\t ",
        "总裁李{n}明认为,开源更便宜。专家说,闭源更贵。",
        "“开源的模型{n}更便宜也更开放”。",
        "”方汉说:“开源更便宜。\n",
        "的开源" * 10,
        "同意",
        "//@李红:",
        "'",
        '2"',
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    def run(count: int) -> None:
        text = "".join(piece.replace("{n}", chr(0x4E00 + n % 5000)) for n in range(count))
        article = Article("一.txt", text)
        attribute(article, list(cut_articles([article], str)), str)

    assert_linear(run, 400)


def test_precision_and_recall_on_other_articles() -> None:
    folder = SEEDS.parent / "benchmarks/speakers"
    gold = read_speakers(folder / "speakers.jsonl")
    found = {
        sentence.place: who
        for sentence, who in attribute_sentences(read_folder(folder / "articles"), NORMALIZE)
    }
    assert gold.keys() <= found.keys()
    scores = score_speakers(gold, found).values()
    right = sum(one.right for one in scores)
    assert right / sum(one.attributed for one in scores) >= 0.9
    assert right / sum(one.gold for one in scores) >= 0.87
    # In one of them nobody speaks.
    assert {who.speaker for place, who in found.items() if "howto" in place[0]} == {None}


def test_precision_and_recall_on_the_seeds() -> None:
    gold = read_speakers(SEEDS / "speakers.jsonl")
    articles = read_folder(SEEDS / "articles")
    found = {sentence.place: who for sentence, who in attribute_sentences(articles, NORMALIZE)}
    assert gold.keys() <= found.keys()
    scores = score_speakers(gold, found)
    right = sum(one.right for one in scores.values())
    assert right / sum(one.attributed for one in scores.values()) >= 0.9
    assert right / sum(one.gold for one in scores.values()) >= 0.8
