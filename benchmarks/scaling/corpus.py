"""A corpus of any size, made from sentences of the seed articles and from templates.

python benchmarks/scaling/corpus.py SENTENCES FOLDER [--seed N] [--articles DIR] [--each N]

Writes `part-00000.parquet` and so on, tables of articles with the columns `id` and `text`. The same
arguments give the same bytes, in memory that does not grow with the sentences.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

_SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "articles"
_ARTICLES_A_PART = 2_000
_EACH = 30
# Of ten sentences, this many are from the seed articles; the rest are made from templates.
_OF_TEN_SEEDS = 2


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


_NAMES = words(
    "王海涛 李静怡 张远 陈思源 刘明哲 赵一帆 周岚 孙启航 吴晓东 郑可心 冯立 何佳宁 许知行 "
    "沈若飞 马骏 朱青 林子豪 高原 罗薇 梁博文"
)
_ROLES = words("研究员 创始人 工程师 投资人 教授 分析师 产品经理 首席科学家 开发者 院长")
_FIRMS = words(
    "星河智能 云岭科技 百川实验室 蓝湾数据 晨曦资本 北辰研究院 青禾网络 远山软件 海岸银行 "
    "东湖大学 长风汽车 松果教育"
)
_FIELDS = words("金融 医疗 教育 制造 电商 客服 法律 政务 游戏 能源 物流 农业 传媒 安防 零售 科研")
_OPEN = words("开源大模型 开源模型 开源的基座模型 开源路线 开源社区 开源生态")
_CLOSED = words("闭源大模型 闭源模型 闭源的商业模型 闭源路线 闭源厂商")
_GOOD = words(
    "成本更低 迭代更快 更安全可控 更透明 更有前途 已经追上了对手 降低了门槛 性能领先 "
    "推动了创新 更受开发者欢迎 让中小企业也用得起 值得信任"
)
_BAD = words(
    "会越来越落后 缺乏商业模式 性能不如预期 难以持续 风险很大 后劲不足 是一种智商税 "
    "并不便宜 没有护城河 安全漏洞不少 维护成本太高 很难赚钱"
)
_FACTS = words(
    "发布了新版本 的参数达到{n}亿 在{field}领域有了试点 的下载量是{n}万次 "
    "将于{month}月更新 公布了技术报告 完成了第{k}轮测试 由{n}人的团队维护 支持{k}种语言"
)
_PLAIN = (
    "{firm}在{month}月{k}日公布了财报，收入为{n}亿元。",
    "{firm}的{role}{name}介绍了{field}行业的{k}个案例。",
    "会议在{month}月举行，有{n}人到场。",
    "{field}行业的用户数在{year}年达到{n}万。",
    "{name}此前在{firm}工作了{k}年。",
    "该项目的第{k}期投入约{n}万元，主要用于{field}。",
)
_SPOKEN = (
    "{who}，{claim}。",
    "{claim}，这一点在{field}行业尤其明显。",
    "从{field}的{n}个项目来看，{claim}。",
    "虽然有人担心，但{claim}。",
    "{claim}吗？{who}，还要看{field}的情况。",
    "{who}，{claim}，而{other}。",
    "{year}年的一份报告称，{claim}。",
)
_WHO = (
    "{firm}{role}{name}认为",
    "{name}表示",
    "在{name}看来",
    "{firm}的{name}告诉记者",
    "业内人士指出",
)


def write_corpus(
    sentences: int,
    folder: Path,
    *,
    seed: int = 0,
    articles: Path = _SEEDS,
    each: int = _EACH,
) -> None:
    """Write a corpus of a given size; a sentence of a seed article may count as two or three.

    Parameters
    ----------
    sentences : int
        The number of sentences.
    folder : Path
        The folder to write the parts to.
    seed : int, default 0
        The seed of the random numbers.
    articles : Path
        The folder of articles to take sentences from.
    each : int, default 30
        Sentences per article.
    """
    own = seed_sentences(articles)
    folder.mkdir(parents=True, exist_ok=True)
    count = -(-sentences // each)
    for part, first in enumerate(range(0, count, _ARTICLES_A_PART)):
        random = Random(f"{seed}:{part}")
        numbers = range(first, min(first + _ARTICLES_A_PART, count))
        texts = [article(random, own, min(each, sentences - number * each)) for number in numbers]
        table = pa.table({"id": [f"n{number:08}" for number in numbers], "text": texts})
        pq.write_table(table, folder / f"part-{part:05}.parquet")


def seed_sentences(articles: Path) -> list[str]:
    """Return the lines of a folder of articles, cut after each full stop."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(articles.glob("*.txt")))
    lines = (line.strip() for text in texts for line in text.replace("。", "。\n").splitlines())
    return [line for line in lines if 8 <= len(line) <= 120]


def article(random: Random, own: list[str], sentences: int) -> str:
    """Return a text of a number of sentences, in paragraphs."""
    lines = [
        random.choice(own) if random.randrange(10) < _OF_TEN_SEEDS else made(random)
        for _ in range(sentences)
    ]
    return "\n".join(paragraphs(random, lines))


def paragraphs(random: Random, lines: list[str]) -> Iterator[str]:
    """Yield paragraphs of one or more lines."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if not line.endswith(("。", "？")) or random.randrange(3) == 0:
            yield "".join(held)
            held = []
    if held:
        yield "".join(held)


def made(random: Random) -> str:
    """Return a sentence from a template; about every second one mentions the target."""
    words = {
        "firm": random.choice(_FIRMS),
        "name": random.choice(_NAMES),
        "role": random.choice(_ROLES),
        "field": random.choice(_FIELDS),
        "n": str(random.randrange(2, 2_000)),
        "k": str(random.randrange(2, 28)),
        "month": str(random.randrange(1, 13)),
        "year": str(random.randrange(2019, 2027)),
    }
    if random.randrange(2):
        return random.choice(_PLAIN).format(**words)
    said = {
        "who": random.choice(_WHO).format(**words),
        "claim": claim(random).format(**words),
        "other": claim(random).format(**words),
    }
    return random.choice(_SPOKEN).format(**words, **said)


def claim(random: Random) -> str:
    """Return a claim about the target or its rival."""
    of = random.choice(_OPEN if random.randrange(3) else _CLOSED)
    return of + random.choice((_GOOD, _BAD, _FACTS)[random.randrange(3)])


def main() -> None:
    """Write a corpus as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sentences", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--articles", type=Path, default=_SEEDS)
    parser.add_argument("--each", type=int, default=_EACH, help="sentences per article")
    given = parser.parse_args()
    if given.sentences < 1 or given.each < 1:
        sys.exit("corpus.py: SENTENCES and --each must be 1 or more")
    write_corpus(
        given.sentences,
        given.folder,
        seed=given.seed,
        articles=given.articles,
        each=given.each,
    )


if __name__ == "__main__":
    main()
