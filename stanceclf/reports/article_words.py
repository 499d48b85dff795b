"""The words of the page of articles, in Chinese and in English."""

from __future__ import annotations

from typing import Literal, get_args

Lang = Literal["zh", "en"]

_WORDS = {
    "title": ("谁支持，谁反对", "Who is for it and who is against it"),
    "lead": (
        "对“{topic}”的立场。每个句子按模型判断的立场标色，颜色越深，模型越有把握。",
        "Stance on {topic}. Each sentence is marked with the stance that the model predicts: the "
        "stronger the color, the more certain the model.",
    ),
    "pick": (
        "指向或点击一个句子，可以看到它的概率、命中的规则和依据的词。",
        "Point at or click a sentence to see its probabilities and the rules and words behind it.",
    ),
    "favor": ("支持", "For"),
    "against": ("反对", "Against"),
    "none": ("无立场", "Neither"),
    "speaker": ("说话人", "Speaker"),
    "author": ("作者（文章本身）", "The author (the article itself)"),
    "itself": ("作者", "the author"),
    "unknown": ("说话人不详", "unknown speaker"),
    "everyone": ("所有人", "everyone"),
    "summary": ("谁站在哪边", "Who stands where"),
    "overall": ("全部文章", "All articles"),
    "articles": ("文章", "Articles"),
    "sentences": ("句数", "Sentences"),
    "net": ("净立场", "Net stance"),
    "net_note": (
        "支持占比减去反对占比，从 −1 到 +1；方括号内是 95% 置信区间，句子越少，区间越宽",
        "share for minus share against, from −1 to +1; in brackets the 95% confidence interval, "
        "which is wide if there are few sentences",
    ),
    "telling": ("最有把握的句子", "Most certain sentences"),
    "course": ("立场在文中的走向", "Stance over the text"),
    "course_note": (
        "从左到右是行文顺序；向上是{favor}，向下是{against}，越高，表态的句子越多，模型越有把握",
        "from left to right in reading order; up is “{favor}”, down is “{against}”; higher bars "
        "mean more sentences and more certainty",
    ),
    "beginning": ("开头", "beginning"),
    "middle": ("中间", "middle"),
    "end": ("结尾", "end"),
    "colon": ("：", ": "),
    "comma": ("、", ", "),
    "semicolon": ("；", "; "),
    "surer": ("≥ {percent}%", "≥ {percent}%"),
    "less": ("< {percent}%", "< {percent}%"),
    "more": ("其余 {count} 位", "{count} more"),
    "filters": ("筛选", "Filters"),
    "hide": ("隐藏其余句子", "Hide other sentences"),
    "shown": ("显示 {count} / {all} 句", "{count} of {all} sentences"),
    "next": ("下一处", "Next"),
    "previous": ("上一处", "Previous"),
    "close": ("关闭", "Close"),
    "probability": ("概率", "Probability"),
    "rules": ("规则", "Rules"),
    "words": ("依据的词", "Words behind it"),
    "behind": ("句子的判断依据", "What is behind a sentence"),
    "no_rules": ("没有命中规则", "No rule matched"),
    "no_words": ("没有突出的词", "No word stands out"),
    "turn": ("访谈发言", "interview"),
    "quote": ("直接引语", "quotation"),
    "report": ("转述", "reported speech"),
    "votes": ("投{label}票", "votes {label}"),
    "vetoed": ("被否定，不计票", "negated, does not count"),
    "denied": ("被否定，投{label}票", "negated, votes {label}"),
    "mentions": ("提到的对象", "what is mentioned"),
    "finds": ("另有 {count} 处", "and {count} more"),
    "about_target": ("说的是{topic}", "about {topic}"),
    "about_rival": ("说的是{rival}", "about {rival}"),
    "about_other": ("说的是对方", "about the other side"),
    "about_both": ("说的是双方", "about both sides"),
    "negated": ("被否定", "negated"),
    "nothing": ("没有句子", "No sentences"),
    "top": ("回到顶部", "Back to top"),
    "made": (
        "由 stanceclf {version} 生成。立场由模型判断，可能有误，请以原句为准。",
        "Made with stanceclf {version}. The stances are a model's, which makes mistakes: read the "
        "sentences.",
    ),
    "keyboard": (
        "键盘：按 Tab 进入正文；j / k 或 ↓ / ↑ 跳到下一处 / 上一处有立场的句子，"
        "→ / ← 跳到下一句 / 上一句，Enter 查看依据，Esc 关闭",
        "Keyboard: Tab moves into the text; j / k or ↓ / ↑ to the next or previous sentence with "
        "a stance, → / ← to the next or previous sentence; Enter shows what is behind it, Esc "
        "closes",
    ),
}

#: By language. Braces are filled in by `article_page`, its template or the page's script.
WORDS: dict[Lang, dict[str, str]] = {
    lang: {key: texts[column] for key, texts in _WORDS.items()}
    for column, lang in enumerate(get_args(Lang))
}
