"""Write what the pipeline measured into the READMEs, between their markers (`make docs`)."""

from __future__ import annotations

import json
import math
import re
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Literal

from stanceclf.articles import Article, read_article
from stanceclf.errors import StanceclfError
from stanceclf.labels import READING_ORDER
from stanceclf.model import load
from stanceclf.prediction import predict_articles, standings, write_predictions, write_standings
from stanceclf.rules import load_voter

ROOT = Path(__file__).parent.parent
TOPIC = ROOT / "configs/open-models"
SEED = ROOT / "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt"
EXAMPLE = "开源社区推动了大模型的发展。"


Lang = Literal["en", "zh"]

SYSTEMS = {
    "rules": ("rules alone", "仅规则"),
    "plain": ("plain TF-IDF on the weak labels", "弱标签上的普通 TF-IDF"),
    "snorkel": ("Snorkel's recipe", "Snorkel 的做法"),
    "model": ("**model**", "**模型**"),
    "masked": ("model, the rules' words masked", "模型，遮住规则用词"),
}


def figures(lang: Lang) -> str:
    """Return the table of scores."""
    metrics = _metrics()
    names = {"en": ("favor", "against", "none"), "zh": ("支持", "反对", "无立场")}[lang]
    lines = [f"| | F_avg | {' | '.join(names)} | macro-F1 |", "|---|---|---|---|---|---|"]
    for name, titles in SYSTEMS.items():
        scores = metrics[name]
        cells = [_cell(scores, "f_avg"), *(f"{scores[s]['f1']:.3f}" for s in READING_ORDER)]
        title = titles[lang == "zh"]
        lines.append(f"| {title} | {' | '.join(cells)} | {scores['macro_f1']:.3f} |")
    return "\n".join(lines)


def more(lang: Lang) -> str:
    """Return the differences, the agreement of weak labels and the learning curve."""
    metrics = _metrics()
    over = {
        name: _cell(metrics[f"model_minus_{name}"], "f_avg", "+") for name in ("rules", "plain")
    }
    kappa, coverage = metrics["kappa"], metrics["rules"]["coverage"]
    curve = ", ".join(f"{p['folds']}: {p['f_avg']:.3f}" for p in metrics["learning_curve"])
    snorkel = metrics["snorkel"]["label_model"] == "snorkel"
    if lang == "zh":
        learner = "Snorkel 自己的" if snorkel else " Dawid-Skene "
        return (
            f"- 模型的 F_avg 与规则相差 {over['rules']}，与普通 TF-IDF 相差 {over['plain']}。"
            f"“Snorkel 的做法”指{learner}标签模型加同样的普通 TF-IDF。\n"
            f"- 弱标签对照人工标签：覆盖率 {coverage:.3f}，Cohen's kappa {kappa['labelled']:.3f}；"
            f"把弃权算作 `none` 时为 {kappa['abstain_as_none']:.3f}。\n"
            f"- 学习曲线（F_avg，按学过几篇其他文章）：{curve}。"
        )
    learner = "Snorkel's" if snorkel else "Dawid-Skene's"
    return (
        f"- The model's F_avg is {over['rules']} over the rules, {over['plain']} over plain "
        f"TF-IDF. Snorkel's recipe is {learner} label model and the same plain TF-IDF.\n"
        f"- Weak labels against gold: coverage {coverage:.3f}, Cohen's kappa "
        f"{kappa['labelled']:.3f}, with abstentions as `none` {kappa['abstain_as_none']:.3f}.\n"
        f"- Learning curve, F_avg by how many other articles it learnt from: {curve}."
    )


def attribution(lang: Lang) -> str:
    """Return how well speakers are told on the seeds."""
    own = _metrics()["speakers"]
    precision, recall = _cell(own, "precision"), _cell(own, "recall")
    articles = [row for row in own["articles"] if row["precision"] is not None]
    worst = min(articles, key=lambda row: row["f1"])
    count = len(own["articles"])
    if lang == "zh":
        return (
            f"种子文章里有 {own['sentences']} 个句子由人标出了说话人，在这些句子上"
            f"精确率 {precision}，召回率 {recall}（95 % Wilson 区间）；{count} 篇中最差的一篇为 "
            f"{worst['precision']:.3f} 和 {worst['recall']:.3f}。"
        )
    return (
        f"On the {own['sentences']} sentences of the seed articles that people found somebody to "
        f"say, precision is {precision} and recall {recall} (95 %, Wilson); on the worst of the "
        f"{count} articles {worst['precision']:.3f} and {worst['recall']:.3f}."
    )


def speakers(model: Path) -> str:
    """Return who stands where in the article whose two camps the README tells of."""
    loaded = load(model)
    rows = predict_articles(loaded, [read_article(SEED, SEED.name)])
    found = standings(rows, "speaker", loaded.normalizer)
    lines = write_standings(found, "jsonl", "speaker", {})
    return "```json\n" + "".join(_shortened(line) for line in lines) + "```"


def _shortened(line: str) -> str:
    row = json.loads(line)
    quotes = {stance: quote and quote["text"] for stance, quote in row["quotes"].items()}
    for stance, text in quotes.items():
        quotes[stance] = text and (text if len(text) <= 24 else text[:24] + "…")
    return json.dumps(row | {"quotes": quotes}, ensure_ascii=False) + "\n"


def speed(lang: Lang) -> str:
    """Return the table of speed, a column for each text that it was measured on."""
    folder = ROOT / "benchmarks/speed/results"
    columns = [
        _speed_column(json.loads((folder / name / "speed.json").read_text(encoding="utf-8")))
        for name in ("posts", "seeds")
    ]
    head = {
        "en": "| | 6,000 posts | 6,000 sentences of the articles |",
        "zh": "| | 6,000 条微博 | 文章里的 6,000 个句子 |",
    }[lang]
    lines = [head, "|---|---|---|"]
    for title in columns[0]:
        shown = SPEED_ZH[title] if lang == "zh" else title
        lines.append(f"| {shown} | {' | '.join(column[title] for column in columns)} |")
    return "\n".join(lines)


SPEED_ZH = {
    "text to stance, against jieba + TF-IDF + LR": "从文本到立场，对比 jieba + TF-IDF + LR",
    "... against rjieba + fastText": "……对比 rjieba + fastText",
    "... MB/s": "……MB/s",
    "peak memory, 24,000 sentences (the usual)": "内存峰值，24,000 句（括号内为通常做法）",
    "60 keyword rules, against a naive loop": "60 条关键词规则，对比朴素循环",
    "... against Snorkel's tutorial": "……对比 Snorkel 教程的写法",
    "... against Snorkel, the text read once a rule": "……对比 Snorkel，每条规则读一次文本",
    "Dawid-Skene, against Snorkel's label model": "Dawid-Skene，对比 Snorkel 的标签模型",
    "shell to an article's stances (the usual)": "从命令行到一篇文章的立场（对比通常做法）",
    "`stanceclf.load`, with Python's start and all imports": (
        "`stanceclf.load`，含 Python 启动和全部导入"
    ),
    "`joblib.load`, likewise": "`joblib.load`，同上",
}


def _speed_column(measured: dict[str, Any]) -> dict[str, str]:
    rows = {
        key: {row["name"]: row for row in section["data"] if "missing" not in row}
        for key, section in measured["sections"].items()
    }
    text, rules, start, memory = (rows[key] for key in ("text", "rules", "start", "memory"))
    usual = next(name for name in text if name.startswith("the usual"))
    tutorial, once = "Snorkel, as in its tutorial", "Snorkel, `x.text` read once a rule"
    ours, script = "`stanceclf predict ARTICLE`", "the usual pipeline, joblib's, in a script"
    loads = ("`import stanceclf; stanceclf.load(MODEL)`", "`import joblib; joblib.load(MODEL)`")
    dawid_skene = rows["labels"]["stanceclf Dawid-Skene"]["times_as_fast"]
    return {
        "text to stance, against jieba + TF-IDF + LR": _times(text, "stanceclf", usual),
        "... against rjieba + fastText": _times(text, "stanceclf", "rjieba + fastText"),
        "... MB/s": f"{text['stanceclf']['megabytes_per_second']['median']:.1f}",
        "peak memory, 24,000 sentences (the usual)": (
            f"{memory['stanceclf']['megabytes']:.0f} MB ({memory[usual]['megabytes']:.0f})"
        ),
        "60 keyword rules, against a naive loop": _times(rules, "stanceclf", "naive loop"),
        "... against Snorkel's tutorial": _times(rules, "stanceclf", tutorial),
        "... against Snorkel, the text read once a rule": _times(rules, "stanceclf", once),
        "Dawid-Skene, against Snorkel's label model": f"x {dawid_skene['median']:.1f}",
        "shell to an article's stances (the usual)": (
            f"{_milliseconds(start[ours])} ms, {_times(start, ours, script)}"
        ),
        "`stanceclf.load`, with Python's start and all imports": (
            f"{_milliseconds(start[loads[0]])} ms"
        ),
        "`joblib.load`, likewise": f"{_milliseconds(start[loads[1]])} ms",
    }


SCALE = {
    "`predict --jobs 1`": ("`predict`, one process", "`predict`，一个进程"),
    "`predict --jobs 2`": ("`predict`, two processes", "`predict`，两个进程"),
    "jieba + TF-IDF + LR: predict": ("the usual loop: predict", "通常的写法：预测"),
    "`sentences`": ("`sentences`", "`sentences`"),
    "`label`": ("`label`", "`label`"),
    "`train`": ("`train`", "`train`"),
    "jieba + TF-IDF + LR: train": ("the usual loop: train", "通常的写法：训练"),
}


def scale(lang: Lang) -> str:
    """Return the table of time and memory, a column for each number of sentences."""
    path = ROOT / "benchmarks/scaling/results/scale.json"
    steps = json.loads(path.read_text(encoding="utf-8"))["steps"]
    sizes = list(next(iter(steps.values())))
    unit, growth = {"en": ("sentences", "slope"), "zh": ("句数", "斜率")}[lang]
    lines = [
        f"| {unit} | {' | '.join(f'{int(size):,}' for size in sizes)} | {growth} |",
        "|---" * (len(sizes) + 2) + "|",
    ]
    for step, titles in SCALE.items():
        runs = [steps[step][size] for size in sizes]
        seconds = [median(run["seconds"] for run in own) for own in runs]
        megabytes = [median(run["megabytes"] for run in own) for own in runs]
        cells = [
            f"{_seconds(time)} s, {memory:,.0f} MB"
            for time, memory in zip(seconds, megabytes, strict=True)
        ]
        grown = math.log(int(sizes[-1]) / int(sizes[-2]))
        slopes = [math.log(own[-1] / own[-2]) / grown for own in (seconds, megabytes)]
        slope = ", ".join(f"{own:.2f}" for own in slopes)
        lines.append(f"| {titles[lang == 'zh']} | {' | '.join(cells)} | {slope} |")
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.1f}"


def _times(rows: dict[str, Any], own: str, other: str) -> str:
    """Return how many times as fast one way is as another, round by round."""
    pairs = zip(rows[other]["seconds"], rows[own]["seconds"], strict=True)
    ratios = [theirs / ours for theirs, ours in pairs]
    low, middle, high = (_short(x) for x in (min(ratios), median(ratios), max(ratios)))
    return f"x {middle} [{low}, {high}]"


def _short(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}"


def _milliseconds(row: dict[str, Any]) -> str:
    return f"{1000 * median(row['seconds']):.0f}"


def _metrics() -> dict[str, Any]:
    metrics: dict[str, Any] = json.loads(
        (ROOT / "artifacts/metrics.json").read_text(encoding="utf-8")
    )
    return metrics


def _cell(scores: dict[str, Any], name: str, sign: str = "") -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def mistake() -> str:
    """Return what is said of a rule file with a key misspelt."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        text = (TOPIC / "rules.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace("    near:", "    naer:", 1), encoding="utf-8")
        shutil.copy(TOPIC / "topic.yaml", folder)
        try:
            load_voter(folder)
        except StanceclfError as error:
            said = str(error).replace(
                str(path), (TOPIC / "rules.yaml").relative_to(ROOT).as_posix()
            )
            return f"```\nstanceclf: {said}\n```"
    raise AssertionError("a key misspelt went unnoticed")


def example(model: Path) -> str:
    """Return the row of the README's example sentence."""
    rows = predict_articles(load(model), [Article("-", EXAMPLE)])
    return "```json\n" + "".join(write_predictions(rows, "jsonl", {})) + "```"


def rules(lang: Lang) -> str:
    """Return how many rules the shipped topic has."""
    count = len(load_voter(TOPIC).rules)
    return f"五篇文章，{count} 条规则" if lang == "zh" else f"five articles, {count} rules"


def fill(readme: str, model: Path, lang: Lang = "en") -> str:
    """Return the README with each marked part written anew."""
    parts = {
        "figures": figures(lang),
        "more": more(lang),
        "example": example(model),
        "mistake": mistake(),
        "rules": rules(lang),
        "speed": speed(lang),
        "scale": scale(lang),
        "speakers": speakers(model),
        "attribution": attribution(lang),
    }

    def anew(match: re.Match[str]) -> str:
        text = parts[match[1]]
        line = "\n" if "\n" in text else ""
        return f"<!-- {match[1]} -->{line}{text}{line}<!-- /{match[1]} -->"

    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", anew, readme, flags=re.DOTALL)


READMES: dict[str, Lang] = {"README.md": "en", "README.zh-CN.md": "zh"}

if __name__ == "__main__":
    for name, lang in READMES.items():
        README = ROOT / name
        filled = fill(README.read_text(encoding="utf-8"), ROOT / "artifacts/model.joblib", lang)
        README.write_text(filled, encoding="utf-8")
