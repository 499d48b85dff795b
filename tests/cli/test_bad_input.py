"""Bad input gets one line that says what is wrong, where and how to fix it; nothing is written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import joblib
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Cli, run_process

Change = Callable[[], object]


def edit(path: str, old: str, new: str) -> Change:
    def change() -> None:
        text = Path(path).read_text(encoding="utf-8")
        assert old in text
        Path(path).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def setting(key: str, value: str) -> Change:
    """Replace the value of a setting."""

    def change() -> None:
        text = Path(SETTINGS).read_text(encoding="utf-8")
        changed, count = re.subn(rf"(?m)^  {key}:.*(\n  - .*)*$", f"  {key}: {value}", text)
        assert count == 1
        Path(SETTINGS).write_text(changed, encoding="utf-8")

    return change


def add_rule(*keys: str, name: str = "新") -> Change:
    """Add a rule with these keys to the topic."""

    def change() -> None:
        text = Path(RULES).read_text(encoding="utf-8")
        rule = "".join(f"\n    {key}" for key in keys)
        Path(RULES).write_text(f"{text}\n  - name: {name}{rule}\n", encoding="utf-8")

    return change


def no_rival(text: str) -> str:
    """Return a topic's text without the words of its rival."""
    return re.sub(r"(?ms)^rival:\n.*?(?=^\S)", "", text)


def forget_the_rival() -> None:
    Path(TOPIC).write_text(no_rival(Path(TOPIC).read_text(encoding="utf-8")), encoding="utf-8")
    rules = "rules:\n  - {name: 贵, label: favor, any: [贵], near: rival, matches: [闭源贵]}\n"
    Path(RULES).write_text(rules, encoding="utf-8")


def write(path: str, data: bytes) -> Change:
    def change() -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)

    return change


def remove(path: str) -> Change:
    return lambda: shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()


def keep_rules(label: str, count: int) -> Change:
    """Keep only `count` rules with a label."""

    def change() -> None:
        head, *rules = (
            Path("configs/open-models/rules.yaml").read_text(encoding="utf-8").split("\n  - name: ")
        )
        kept = [rule for rule in rules if f"label: {label}\n" not in rule]
        kept += [rule for rule in rules if f"label: {label}\n" in rule][:count]
        text = "\n  - name: ".join([head, *kept])
        Path("configs/open-models/rules.yaml").write_text(text, encoding="utf-8")

    return change


def empty_articles() -> None:
    shutil.rmtree("seeds/articles")
    Path("seeds/articles").mkdir()


def few_articles() -> None:
    for path in sorted(Path("seeds/articles").iterdir())[3:]:
        path.unlink()
    lines = Path("seeds/gold.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["article"] < "04"]
    Path("seeds/gold.jsonl").write_text("\n".join(kept), encoding="utf-8")


def change_column(path: str, name: str, value: str | None) -> Change:
    """Put a value into every row of a column."""

    def change() -> None:
        table = pq.read_table(path)
        column = pa.array([value] * len(table), pa.string())
        pq.write_table(table.set_column(table.column_names.index(name), name, column), path)

    return change


RULES = "configs/open-models/rules.yaml"
TOPIC = "configs/open-models/topic.yaml"
SETTINGS = "configs/pipeline.yaml"
GOLD = "seeds/gold.jsonl"
# Where a setting stands in its file.
MIN_DF = 1 + next(
    number
    for number, line in enumerate((ROOT / SETTINGS).read_text(encoding="utf-8").splitlines())
    if line.startswith("  min_df: ")
)
LABEL = ["label", "--gold", GOLD]
TRAIN = ["train", "--gold", GOLD]

CASES: dict[str, tuple[Change, list[str], str]] = {
    "articles missing": (remove("seeds/articles"), ["sentences"], "seeds/articles: no such folder"),
    "articles empty": (empty_articles, ["sentences"], "seeds/articles: no article"),
    "an empty article": (
        write("seeds/articles/06.txt", b" \n"),
        ["sentences"],
        "06.txt: the article is empty",
    ),
    "a binary article": (
        write("seeds/articles/06.txt", b"PK\x03\x04\x14\x00\x00\x00"),
        ["sentences"],
        "seeds/articles/06.txt: not a text but binary data",
    ),
    "nothing but boilerplate": (
        lambda: (
            [
                path.write_text("正文完\n", encoding="utf-8")
                for path in Path("seeds/articles").iterdir()
            ]
            and None
        ),
        ["sentences"],
        "nothing but boilerplate",
    ),
    "a rule's key": (edit(RULES, "    near:", "    naer:"), LABEL, "did you mean `near`?"),
    "a rule's label": (edit(RULES, "label: favor", "label: pro"), LABEL, "(is 'pro')"),
    "a rule's regex": (
        add_rule("label: favor", "pattern: '(便宜'", "matches: [开源便宜]"),
        LABEL,
        "not a regular expression that RE2 accepts: missing )",
    ),
    "a rule that looks ahead": (
        add_rule("label: favor", "pattern: '便宜(?!吗)'", "matches: [开源便宜]"),
        LABEL,
        "pattern`: not a regular expression that RE2 accepts: invalid perl operator: (?!",
    ),
    "a mention in brackets": (
        add_rule("label: favor", "pattern: '[{target}]便宜'", "matches: [开源便宜]"),
        LABEL,
        "a mention cannot be in brackets; write (?:{target}|...)",
    ),
    "a rule that can never vote": (
        forget_the_rival,
        LABEL,
        "rules.yaml:2: rule `贵` can never vote: it asks for the rival",
    ),
    "a rule within without a side": (
        add_rule("label: favor", "any: [便宜]", "within: 3", "matches: [开源便宜]"),
        LABEL,
        "`within` needs a side",
    ),
    "a rule's weight": (
        add_rule("label: favor", "any: [便宜]", "weight: 0", "matches: [开源便宜]"),
        LABEL,
        "weight`: input should be greater than 0 (is 0)",
    ),
    "two rules of a name": (
        lambda: [add_rule("label: favor", "any: [便宜]", "matches: [便宜]")() for _ in range(2)],
        LABEL,
        "two rules are named `新`",
    ),
    "a rule's example": (
        add_rule("label: against", "any: [落后]", "matches: [开源模型会赢。]"),
        LABEL,
        "does not vote `against` on its own example `开源模型会赢。`",
    ),
    "no rule of a class": (keep_rules("against", 0), LABEL, "no rule votes `against`; write one"),
    "aliases that multiply": (
        write(
            RULES,
            (
                "lexicons:\n  a0: &a0 [甲]\n"
                + "".join(f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
                + "rules: []\n"
            ).encode(),
        ),
        LABEL,
        "aliases must not multiply",
    ),
    "a number without end": (
        edit(SETTINGS, "  folds: 5", "  seed: 0x" + "f" * 5000),
        TRAIN,
        "`train.seed`",
    ),
    "a topic's key": (edit(TOPIC, "rival:", "rivals:"), LABEL, "did you mean `rival`?"),
    "a topic missing": (remove(TOPIC), LABEL, "configs: no topic in this folder"),
    "a topic's label": (edit(TOPIC, "favor: 支持", "pro: 支持"), LABEL, "topic.yaml:"),
    "a setting's key": (edit(SETTINGS, "  C: ", "  c: "), TRAIN, "did you mean `C`?"),
    "a setting's value": (
        setting("min_df", "0"),
        TRAIN,
        f"pipeline.yaml:{MIN_DF}: `train.min_df`",
    ),
    "a setting's range": (setting("char_ngrams", "[3, 2]"), TRAIN, "[shortest, longest]"),
    "a setting too big": (setting("C", "1.0e+300"), TRAIN, "`train.C`"),
    "a setting's feature": (
        setting("features", "[chars, signed char]"),
        TRAIN,
        "`train.features.1`: input should be 'chars', 'words', 'tagged chars'",
    ),
    "a feature twice": (setting("features", "[chars, chars]"), TRAIN, "a feature appears twice"),
    "no feature": (setting("features", "[]"), TRAIN, "`train.features`"),
    "features that are no list": (setting("features", "words"), TRAIN, "must be a list"),
    "rules too heavy": (setting("rule_weight", "1.0e+9"), TRAIN, "`train.rule_weight`"),
    "abstaining too heavy": (setting("abstained", "1.5"), TRAIN, "`train.abstained`"),
    "abstaining by a word": (setting("abstained", "'1'"), TRAIN, "must be a number (is '1')"),
    "a label model": (
        setting("model", "snorkel"),
        LABEL,
        "`label.model`: input should be 'majority', 'weighted' or 'dawid-skene'",
    ),
    "a source of labels": (setting("labels", "silver"), TRAIN, "'weak', 'gold' or 'both'"),
    "gold to learn from that is not there": (
        setting("labels", "gold"),
        ["train", "--no-gold"],
        "`train.labels: gold` needs gold labels; give a `--gold` file or set it to `weak`",
    ),
    "a section's name": (edit(SETTINGS, "train:", "trian:"), TRAIN, "did you mean `train`?"),
    "no n-gram left": (setting("min_df", "999999"), TRAIN, "cannot be trained"),
    "gold that is no JSON": (
        edit(GOLD, '{"article"', '{article"'),
        LABEL,
        "gold.jsonl:1: not JSON",
    ),
    "gold of another place": (
        edit(GOLD, '"start": 0,', '"start": 1,'),
        LABEL,
        "does not contain this",
    ),
    "gold of before the text": (
        edit(GOLD, '"start": 0,', '"start": -20,'),
        LABEL,
        "gold.jsonl:1: ",
    ),
    "gold outside the folder": (
        edit(GOLD, '"01-oschina', '"../articles/01-oschina'),
        TRAIN,
        "gold.jsonl:1: `../articles/01-oschina-mayue-interview.txt` must be the plain path",
    ),
    "gold of no number": (edit(GOLD, '"start": 0,', '"start": false,'), LABEL, "of type int"),
    "gold of an endless place": (edit(GOLD, '"end": 20', '"end": 1e3'), LABEL, "of type int"),
    "gold of another label": (edit(GOLD, '"none"', '"neutral"'), TRAIN, "unknown label `neutral`"),
    "gold without a text": (
        edit(GOLD, '"text"', '"txt"'),
        TRAIN,
        "gold.jsonl:1: `text` is missing",
    ),
    "gold of no article": (
        edit(GOLD, "01-oschina", "09-oschina"),
        TRAIN,
        "gold.jsonl:1: its article",
    ),
    "gold twice": (
        lambda: (
            Path(GOLD).write_text(
                Path(GOLD).read_text(encoding="utf-8").splitlines()[0]
                + "\n"
                + Path(GOLD).read_text(encoding="utf-8"),
                encoding="utf-8",
            )
            and None
        ),
        TRAIN,
        "gold.jsonl:2: this sentence is listed twice",
    ),
    "gold with half a character": (
        edit(GOLD, '"votes":', '"note": "\\ud800", "votes":'),
        LABEL,
        "gold.jsonl:1: contains half of a surrogate pair",
    ),
    "gold missing": (remove(GOLD), TRAIN, "gold.jsonl: cannot read it"),
    "gold of an encoding": (write(GOLD, "开源".encode("gbk")), TRAIN, "not UTF-8"),
    "sentences missing": (remove("artifacts/sentences.parquet"), LABEL, "`stanceclf sentences`"),
    "labels no Parquet": (write("artifacts/labels.parquet", b"PAR1"), TRAIN, "not Parquet"),
    "labels of another stage": (
        lambda: shutil.copy("artifacts/sentences.parquet", "artifacts/labels.parquet"),
        TRAIN,
        "has no column `weak_label`",
    ),
    "labels of another type": (
        lambda: pq.write_table(
            pa.table({"article": [1], "start": [0], "end": [1], "text": ["开源"]}),
            "artifacts/sentences.parquet",
        ),
        LABEL,
        "column `article` is int64, not string",
    ),
    "held-out of another type": (
        change_column("artifacts/held_out.parquet", "stance", "pro"),
        ["evaluate"],
        "column `stance` contains `pro`, which is not a stance",
    ),
    "held-out with gaps": (
        change_column("artifacts/held_out.parquet", "text", None),
        ["evaluate"],
        "column `text` has missing values",
    ),
    "two outputs of one name": (
        lambda: None,
        [*LABEL, "--rules-table", "artifacts/labels.parquet"],
        "two outputs have this name",
    ),
    "an output that is a folder": (
        lambda: None,
        [*TRAIN, "--metrics", "seeds"],
        "seeds: cannot write here: it is a folder",
    ),
    "a name that no file can have": (lambda: None, ["sentences", "开" * 200], "no such folder"),
    "held-out without gold": (
        lambda: shutil.copy("artifacts/labels.parquet", "artifacts/held_out.parquet"),
        ["evaluate"],
        "has no column `reference`",
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("case", CASES)
def test_a_stage_refuses_in_one_line_and_writes_nothing(case: str, project: Path, cli: Cli) -> None:
    change, command, says = CASES[case]
    change()
    before = contents(project / "artifacts")
    outcome = cli(*command)
    assert outcome.code == 1
    assert outcome.err.startswith("stanceclf: ")
    assert outcome.err.count("\n") == 1
    assert says in outcome.err
    assert contents(project / "artifacts") == before


def test_few_articles_mean_few_folds(small_project: Path, cli: Cli) -> None:
    few_articles()
    assert cli("sentences").code == 0
    assert cli(*LABEL).code == 0
    outcome = cli(*TRAIN)
    assert (outcome.code, outcome.err) == (0, "")
    assert "held-out articles (3 folds)" in outcome.out
    setting("folds", "3")()
    assert cli(*TRAIN).code == 0


def test_a_stance_without_weak_labels_is_reported(project: Path, cli: Cli) -> None:
    rules = (
        "rules:\n"
        "  - {name: 开源, label: favor, any: [开源], near: target, matches: [开源推动创新]}\n"
        "  - {name: 无关, label: none, mentions: neither, matches: [今天下雨]}\n"
        "  - {name: 罕见, label: against, any: [绝无此语], matches: [开源绝无此语]}\n"
    )
    Path(RULES).write_text(rules, encoding="utf-8")
    outcome = cli(*LABEL)
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "no sentence is weakly labelled `against`; write more rules" in outcome.err


def pickle_of_something_else(path: Path) -> None:
    joblib.dump({"开源": 1}, path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.unlink(), "no model here; run `dvc repro`"),
        (lambda path: path.write_bytes(b""), "not a model, or truncated"),
        (lambda path: path.write_text("模型", encoding="utf-8"), "not a model; name another file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1000]), "not a model, or truncated"),
        (lambda path: path.write_bytes(path.read_bytes()[:100]), "not a model, or truncated"),
        (pickle_of_something_else, "not a stanceclf model"),
    ],
)
def test_a_file_that_is_not_a_model_is_refused(
    make: Callable[[Path], object], says: str, project: Path, cli: Cli
) -> None:
    make(project / "artifacts/model.joblib")
    before = contents(project)
    outcome = cli("predict", "seeds/articles", "--output", "结果.jsonl")
    assert outcome.code == 1
    assert outcome.err.startswith("stanceclf: artifacts/model.joblib: ")
    assert outcome.err.count("\n") == 1
    assert says in outcome.err
    assert contents(project) == before


def test_gold_trained_on_under_another_name_is_refused(project: Path, cli: Cli) -> None:
    shutil.copytree("seeds/articles", "all/articles")
    assert cli("sentences", "all").code == 0
    assert cli(*LABEL).code == 0
    outcome = cli(*TRAIN)
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert (
        "seems to be the training article `articles/01-oschina-mayue-interview.txt`" in outcome.err
    )


def test_a_full_disk_is_one_line(project: Path) -> None:
    for command in (["predict", "seeds/articles"], ["sentences"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "stanceclf", *command], stdout=full, stderr=subprocess.PIPE
            )
        assert done.returncode == 1
        assert done.stderr.decode().splitlines() == [
            "stanceclf: standard output: No space left on device"
        ]


def test_termination_leaves_no_half_written_file(project: Path) -> None:
    Path("长.txt").write_text("开源更便宜。" * 500_000, encoding="utf-8")
    Path("果").mkdir()
    command = [sys.executable, "-m", "stanceclf", "predict", "长.txt", "--output", "果/结果.txt"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        while not list(Path("果").iterdir()):
            time.sleep(0.01)
        running.terminate()
    assert running.returncode == 143
    assert list(Path("果").iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ["predict"],
        ["predict", "一.txt", "--format", "xml"],
        ["predict", "一.txt", "--nonsense"],
        ["rules"],
        ["nonsense"],
        ["train", "--config"],
    ],
)
def test_wrong_usage_exits_with_2(command: list[str], cli: Cli) -> None:
    outcome = cli(*command)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


def test_an_impossible_output_is_one_line(project: Path, cli: Cli) -> None:
    outcome = cli("predict", "seeds/articles", "--output", "seeds")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "which is read by this command" in outcome.err
    assert not list(project.glob(".*.tmp"))


ARTICLE = "05-openai-new-open-model.txt"


@pytest.mark.parametrize(
    "command",
    [
        ["explain", "开源", "--output", "artifacts/model.joblib"],
        ["gold", "export", "--order", "random", "--output", "seeds/gold.jsonl"],
        ["gold", "export", "--output", "artifacts/model.joblib"],
        ["rules", "suggest", "--output", "configs/open-models/rules.yaml"],
        ["rules", "page", "--output", "seeds/gold.jsonl"],
        ["rules", "stats", "--output", "configs/open-models/topic.yaml"],
        ["rules", "page", "--output", f"seeds/articles/{ARTICLE}"],
        ["predict", f"seeds/articles/{ARTICLE}", "--output", f"seeds/articles/{ARTICLE}"],
        ["predict", "seeds/articles", "--output", "artifacts/model.joblib"],
        ["rules", "apply", "seeds/articles", "--output", f"seeds/../seeds/articles/{ARTICLE}"],
        ["rules", "apply", "seeds/articles", "--output", "configs/pipeline.yaml"],
        ["sentences", "--output", f"seeds/articles/{ARTICLE}"],
        ["label", "--page", "configs/open-models/topic.yaml"],
        ["label", "--output", "artifacts/sentences.parquet"],
        ["train", "--output", "seeds/gold.jsonl"],
        ["train", "--metrics", "configs/pipeline.yaml"],
        ["evaluate", "--errors", "artifacts/labels.parquet"],
        ["gold", "export", "--interface", "configs/open-models/rules.yaml"],
    ],
)
def test_inputs_are_not_overwritten(command: list[str], project: Path, cli: Cli) -> None:
    before = contents(project)
    outcome = cli(*command)
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "is read by this command; name another output" in outcome.err
    assert contents(project) == before


def test_a_terminal_with_another_encoding_gets_escapes(project: Path) -> None:
    Path("题.txt").write_text("开源🙂便宜。", encoding="utf-8")
    command = (sys.executable, "-m", "stanceclf", "rules", "check")
    rules = Path("configs/open-models/rules.yaml")
    text = rules.read_text(encoding="utf-8").replace("name: strong", "name: 🙂", 1)
    rules.write_text(text, encoding="utf-8")
    done = run_process(*command, cwd=project, PYTHONIOENCODING="gbk")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert "configs/open-models/rules.yaml" in done.stdout.decode("gbk")
