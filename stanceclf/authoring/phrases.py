"""Phrases: words and short runs of words that a rule could look for, and what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from stanceclf.features import segmenter
from stanceclf.reading import RIVAL, TARGET, Readings

# A phrase has up to this many words, and between these numbers of characters.
_MOST_WORDS = 3
_SHORTEST, _LONGEST = 2, 8

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_FUNCTION_WORDS = (
    "的 了 是 在 和 与 也 都 就 而 及 或 等 着 过 吗 呢 吧 啊 这 那 个 们 我 你 他 她 它 之 其 为 "
    "以 于 对 把 被 让 将 要 会 能 可 有 不 没 很 更 最 太 还 又 再 从 向 到 由"
)
_LIGHT_WORDS = (
    "可以 可能 应该 能够 没有 是否 需要 进行 成为 开始 觉得 认为 看到 表示 时候 大家 今天 现在 "
    "事情 东西 个人 方面 情况 部分 主要 相关 一些 非常 起来 出来 下来 上来 问题 知道 看看 感觉 "
    "发现 有人 这种 那种 什么 怎么 如何 为什么 已经 还是 就是 不是 这样 那样 他们 我们 你们 它们 "
    "自己"
)
# Words that a phrase neither begins nor ends with.
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
# Words that are neither for nor against anything on their own.
_LIGHT = frozenset(_LIGHT_WORDS.split())
# Prefixes of jieba's tags: words with a meaning of their own, and names, which belong to one text.
_CONTENT = ("a", "b", "i", "j", "l", "n", "v", "z")
_NAMES = ("nr", "ns", "nt", "nz")


def phrases(readings: Readings) -> Iterator[set[tuple[str, int]]]:
    """Yield the phrases in each sentence's clauses about one side, as ``(phrase, side)``.

    A phrase is up to three Chinese words in a row as segmented by jieba, in normal form, within a
    clause and outside mentions. At least one of them has a meaning of its own (by jieba's tags: a
    noun, verb, adjective or idiom), and none is a name. The side is `TARGET` or `RIVAL`.

    Examples
    --------
    >>> from stanceclf.reading import Reader, Topic
    >>> (readings,) = Reader(Topic("开源大模型", ("开源",)), str.lower).read(["开源促进创新"])
    >>> sorted(phrase for phrase, _ in next(phrases(readings)))
    ['促进', '促进创新', '创新']
    """
    cut = segmenter()
    text = "".join(map(chr, readings.marked.tolist()))
    starts, stops = readings.clauses.starts.tolist(), readings.clauses.stops.tolist()
    about = readings.about.tolist()
    firsts, lasts = readings.clauses.first.tolist(), readings.clauses.last.tolist()
    for first, last in zip(firsts, lasts, strict=True):
        found: set[tuple[str, int]] = set()
        for number in range(first, last + 1):
            if about[number] in {TARGET, RIVAL}:
                for run in _HAN.findall(text[starts[number] : stops[number]]):
                    found.update((phrase, about[number]) for phrase in _phrases_of(cut(run)))
        yield found


def _phrases_of(words: Sequence[str]) -> Iterator[str]:
    for first in range(len(words)):
        if words[first] in _FUNCTION:
            continue
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            own = words[first : last + 1]
            size = sum(map(len, own))
            if size > _LONGEST or _tag(words[last]).startswith(_NAMES):
                break
            if size >= _SHORTEST and words[last] not in _FUNCTION and any(map(_has_meaning, own)):
                yield "".join(own)


def _has_meaning(word: str) -> bool:
    return word not in _LIGHT and len(word) > 1 and _tag(word).startswith(_CONTENT)


def _tag(word: str) -> str:
    return _tags().get(word, "")


@cache
def _tags() -> dict[str, str]:
    """Return the part of speech of each word of jieba's dictionary."""
    segmenter()
    import jieba

    file = jieba.dt.get_dict_file()
    file.close()
    lines = Path(file.name).read_text(encoding="utf-8").splitlines()
    return {word: tag for word, _, tag in (line.split(" ") for line in lines)}
