"""`init` starts a project on another topic that runs at once, or leaves nothing behind."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Cli, run_process

from stanceclf.articles import Normalizer
from stanceclf.authoring.project import (
    _FILES,
    _TEMPLATES,
    TOPIC,
    generic_examples,
    make_project,
)
from stanceclf.labels import STANCES
from stanceclf.rules import LabelModel, Voter
from stanceclf.rules.file import load_voter
from stanceclf.training.examples import read_examples

TARGET = ("--target", "远程办公", "--target", "居家办公", "--rival", "坐班")


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_templates_are_this_repositorys_own_files() -> None:
    def for_a_topic(text: str) -> str:
        """Leave out what `dvc.yaml` says of the code, which projects install."""
        code = r"# Its code is .*?(?=^vars)|^      - (?:stanceclf|requirements\.lock)\n"
        text = re.sub(code, "", text, flags=re.DOTALL | re.MULTILINE)
        return text.replace("configs/open-models", "configs/topic")

    for name, own in (
        ("stages.yaml", "dvc.yaml"),
        ("pipeline.yaml", "configs/pipeline.yaml"),
        ("gitattributes", ".gitattributes"),
        ("plots/rule_bars.json", ".dvc/plots/rule_bars.json"),
        ("plots/confusion_counts.json", ".dvc/plots/confusion_counts.json"),
    ):
        expected = for_a_topic((ROOT / own).read_text(encoding="utf-8"))
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        # A project begins with examples for anything, which weigh less beside its own sentences.
        settings = r"^(  (?:weak|abstained|C|temperature|rule_weight|silence|context): )\S+ *"
        one, other = (re.sub(settings, r"\1", s, flags=re.MULTILINE) for s in (text, expected))
        assert one == other


def test_a_project_begins_with_examples_for_anything(cli: Cli) -> None:
    assert cli("init", "甲", "--target", "加班").code == 0
    assert cli("init", "乙", "--target", "加班", "--rival", "双休").code == 0
    counts = []
    for folder in ("甲", "乙"):
        voter = load_voter(Path(folder, TOPIC))
        found = read_examples(Path(folder, TOPIC), voter.topic, voter.reader.normalize)
        assert {example.label for example in found} == set(STANCES)
        assert not any("{" in example.text for example in found)
        assert found == generic_examples(voter.topic, voter.reader.normalize)
        counts.append(len(found))
    # Those that name a rival need one.
    assert 2000 <= counts[0] < counts[1]
    outcome = cli(
        "examples", "check", "--topic", f"甲/{TOPIC}", "--config", "甲/configs/pipeline.yaml"
    )
    assert (outcome.code, outcome.out.splitlines()[-1][:9]) == (0, "0 errors,")


def test_a_project_is_made(cli: Cli) -> None:
    outcome = cli("init", "新 题目", *TARGET)
    assert (outcome.code, outcome.faults) == (0, "")
    assert "cd '新 题目'" in outcome.out
    home = Path("新 题目")
    for place in _FILES.values():
        assert (home / place).is_file()
    assert (home / "seeds/articles").is_dir()
    assert (home / "seeds/gold.jsonl").read_bytes() == b""
    assert (home / ".git").is_dir()
    assert "analytics = false" in (home / ".dvc/config").read_text(encoding="utf-8")
    assert listed(home / ".dvc/plots") == ["confusion_counts.json", "rule_bars.json"]
    assert [name for name in listed(Path()) if name.startswith(".")] == []
    voter = load_voter(home / "configs/topic")
    assert voter.topic.target == ("远程办公", "居家办公")
    assert {rule.label for rule in voter.rules} == set(STANCES)
    for sentence, stance in (
        ("大家都支持居家办公。", "favor"),
        ("坐班有很多好处。", "against"),
        ("远程办公没有危害。", "favor"),
        ("记者昨日报道了远程办公的情况。", "none"),
    ):
        assert set(voter.votes(sentence).values()) == {stance}


ODD_TARGETS = [
    *(
        "安全",
        "支持",
        "反对派",
        "不婚主义",
        "C++",
        "A: B",
        "#话题#",
        "{x}",
        "$NAME",
        "100%",
        "“引”",
    ),
    *("'单'", '"双"', "是", "🙂", "- x", "null", "Open AI", "a\\nb", "转基因食品（GM）"),
]


@pytest.mark.parametrize("target", ODD_TARGETS)
def test_any_target_makes_a_project_whose_examples_hold(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What starts the repositories is the same for all.
    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", lambda home: None)
    make_project(tmp_path / "题", [target], [f"{target}二", "非" + target])
    voter = load_voter(tmp_path / "题/configs/topic")
    target = " ".join(target.split())
    assert voter.topic.name == target
    assert voter.votes(f"大家很推荐{target}。") == dict.fromkeys(
        ["supports", "good-beside"], "favor"
    )
    assert voter.votes(f"大家谴责非{target}。") == dict.fromkeys(["opposes", "bad-beside"], "favor")


def stances_of(voter: Voter, sentences: list[str]) -> list[str]:
    """Return what the rules alone say, `none` where they abstain."""
    votes = voter.vote_matrix(sentences)
    labels = LabelModel("weighted", voter.weights).fit(votes)(votes)
    return [stance or "none" for stance in labels.stances()]


PLAIN = {
    "favor": (
        "我支持{}",
        "我不反对{}",
        "太喜欢{}了",
        "我超愛{}",
        "{}真香",
        "{}绝了",
        "{}真不錯",
        "谁不爱{}？",
        "难道{}不好吗？",
        "凭什么取缔{}？",
        "还我{}！",
        "希望{}越来越好",
        "感谢{}",
        "为{}感到骄傲",
        "{}值得推廣",
        "{}利国利民，给大家带来便利",
        "今天真开心！说说{}。",
    ),
    "against": (
        "我不支持{}",
        "讨厌{}",
        "{}太坑了",
        "{}拉胯，避雷",
        "{}又翻车了",
        "{}就是割韭菜",
        "{}離譜",
        "{}塌房了",
        "{}不靠谱",
        "{}并不可靠",
        "{}没有任何好处",
        "{}有什么用？",
        "谁会喜欢{}？",
        "请取缔{}",
        "坚决抵制{}！",
        "受够了{}",
        "{}弊大于利",
        "很担心{}的安全隐患",
    ),
    "none": ("今天去看了{}。", "{}是什么？", "请问{}在哪里？", "昨天，{}举行了发布会。"),
}


@pytest.mark.parametrize(
    ("target", "rival"),
    [
        *(("远程办公", "坐班"), ("转基因食品", None), ("iPhone", "安卓"), ("C++", None)),
        *(("網課", None), ("反诈骗中心", None), ("高兴", None), ("《好好学习》", None)),
    ],
)
def test_plain_sentences_on_any_target_are_understood(
    target: str, rival: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", lambda home: None)
    make_project(tmp_path / "题", [target], [rival] if rival else [])
    voter = load_voter(tmp_path / "题/configs/topic")
    for stance, patterns in PLAIN.items():
        sentences = [pattern.format(target) for pattern in patterns]
        said = dict(zip(sentences, stances_of(voter, sentences), strict=True))
        assert said == dict.fromkeys(sentences, stance)
    if rival:
        opposite = {"favor": "against", "against": "favor"}
        for stance in opposite:
            sentences = [
                pattern.format(rival) for pattern in PLAIN[stance] if "！说说" not in pattern
            ]
            said = dict(zip(sentences, stances_of(voter, sentences), strict=True))
            assert said == dict.fromkeys(sentences, opposite[stance])


LEXICONS = {
    name: [word for words in kinds.values() for word in words.split()]
    for name, kinds in yaml.safe_load(
        (_TEMPLATES / "lexicons.yaml").read_text(encoding="utf-8")
    ).items()
}


def test_a_word_is_in_one_lexicon_and_normal() -> None:
    normalize = Normalizer.from_opencc()
    words = [word for name, own in LEXICONS.items() if name != "rhetorical" for word in own]
    assert [word for word, count in Counter(map(normalize, words)).items() if count > 1] == []
    # These are simplified characters as well: 显著, 狼藉, 覆没.
    kept = str.maketrans("著藉覆", "着借复")
    assert [word for word in words if normalize(word) != word.translate(kept)] == []


def test_words_that_overlap_the_target_are_left_out(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", lambda home: None)
    make_project(tmp_path / "题", ["反詐騙中心"])
    file = tmp_path / "题/configs/topic/rules.yaml"
    written = yaml.safe_load(file.read_text(encoding="utf-8"))["lexicons"]
    assert {
        name: left
        for name, own in LEXICONS.items()
        if (left := [word for word in own if word not in written[name]])
    } == {"cheats": ["诈骗"]}
    outcome = cli("rules", "check", "--topic", str(file.parent))
    assert (outcome.code, outcome.out) == (0, "0 errors, 0 warnings (without articles)\n")


def test_a_rule_of_ones_own_outvotes_those_of_a_new_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", lambda home: None)
    make_project(tmp_path / "题", ["远程办公"])
    file = tmp_path / "题/configs/topic/rules.yaml"
    own = "  - {name: lonely, label: against, any: [孤独的喜欢], matches: [孤独的喜欢]}\n"
    with file.open("a", encoding="utf-8") as rules:
        rules.write(own)
    voter = load_voter(file.parent)
    assert stances_of(voter, ["孤独的喜欢远程办公。", "喜欢远程办公。"]) == ["against", "favor"]


def test_a_folder_that_is_not_empty_is_left_alone(cli: Cli) -> None:
    Path("旧").mkdir()
    Path("旧/论文.txt").write_text("旧", encoding="utf-8")
    Path("文件").write_text("旧", encoding="utf-8")
    cases = (("旧", "not empty (论文.txt)"), ("文件", "not a folder"))
    for folder, says in cases:
        outcome = cli("init", folder, *TARGET)
        assert (outcome.code, outcome.err.count("\n")) == (1, 1)
        assert outcome.err.startswith(f"stanceclf: {folder}: {says}; name a new")
    assert listed(Path("旧")) == ["论文.txt"]
    assert Path("文件").read_text(encoding="utf-8") == "旧"


@pytest.mark.parametrize("word", ["", "  ", "a\nb", "a\x1bb"])
def test_a_target_must_be_text(word: str, cli: Cli) -> None:
    outcome = cli("init", "新", "--target", word)
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "--target" in outcome.err
    assert not Path("新").exists()


def test_without_a_target_it_is_wrong_usage(cli: Cli) -> None:
    assert cli("init", "新").code == 2
    assert listed(Path()) == []


def test_a_failure_leaves_nothing_behind(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr("shutil.which", lambda _: None)
        outcome = cli("init", "新", *TARGET)
    assert outcome.code == 1
    assert "needs `git`" in outcome.err
    Path("占").write_bytes(b"")
    assert cli("init", "占/新", *TARGET).code == 1

    def fail(home: Path) -> None:
        (home / ".dvc").mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", fail)
    assert cli("init", "新", *TARGET).code == 130
    Path("空").mkdir()
    assert cli("init", "空", *TARGET).code == 130
    assert listed(Path("空")) == []
    assert cli("init", "深/深/新", *TARGET).code == 130
    assert cli("init", "深/新", "--target", "开源", "--rival", "开源").code == 1
    assert set(listed(Path())) == {"占", "空"}


def test_inside_a_repository_it_creates_none(cli: Cli) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    assert cli("init", "里/新", *TARGET).code == 0
    assert not Path("里/新/.git").exists()
    assert Path("里/新/.dvc").is_dir()


def test_a_failure_leaves_the_index_of_the_repository_around_it_alone(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    with monkeypatch.context() as broken:
        broken.setattr("shutil.copytree", interrupt)
        assert cli("init", "新", *TARGET).code == 130
    assert listed(Path()) == [".git"]
    told = subprocess.run(["git", "status", "--short"], capture_output=True, check=True)
    assert told.stdout == b""


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_folder_that_git_ignores_is_refused(cli: Cli) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path(".gitignore").write_text("新/\n", encoding="utf-8")
    outcome = cli("init", "新", *TARGET)
    assert (outcome.code, outcome.err) == (
        1,
        "stanceclf: 新: Git ignores this folder; name another\n",
    )
    assert listed(Path()) == [".git", ".gitignore"]


def test_an_empty_repository_is_used(cli: Cli) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    assert cli("init", ".", *TARGET).code == 0
    assert {".git", ".dvc", "dvc.yaml", "seeds"} <= set(listed(Path()))


def test_a_project_without_articles_says_what_to_do(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("init", "新", *TARGET).code == 0
    monkeypatch.chdir("新")
    outcome = cli("rules", "check")
    assert (outcome.code, outcome.faults) == (0, "")
    done = run_process("dvc", "repro", cwd=Path())
    assert done.returncode != 0
    assert "put articles (.txt, " in done.stderr.decode()


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_few_articles_are_enough(
    count: int, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanceclf.authoring.project._start_repositories", lambda home: None)
    make_project("新", ["远程办公"], ["坐班"])
    monkeypatch.chdir("新")
    texts = ["我支持远程办公。", "远程办公有风险。", "记者报道了远程办公。", "坐班很好。"]
    for number, text in enumerate(texts[:count]):
        own = f"这是第{number}篇。远程办公有好处{number}。我反对远程办公{number}。他问：怎么样？"
        Path(f"seeds/articles/{number}.txt").write_text(text + own, encoding="utf-8")
    Path("seeds/articles/稿.pdf").touch()
    outcome = cli("sentences")
    assert "left out 1 file: seeds/articles/稿.pdf (a PDF; extract its text" in outcome.err
    for stage in ("label", "train", "evaluate"):
        outcome = cli(stage)
        assert (outcome.code, outcome.faults) == (0, "")
        assert stage != "train" or f"held-out articles ({count} folds)" in outcome.out


def test_articles_that_never_mention_the_target_are_reported(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("init", "新", *TARGET).code == 0
    monkeypatch.chdir("新")
    Path("seeds/articles/一.txt").write_text("今天下雨。我们支持晴天。", encoding="utf-8")
    assert cli("sentences").code == 0
    outcome = cli("label")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "topic.yaml: no article mentions the target (远程办公)" in outcome.err


def test_one_of_several_topics_has_to_be_chosen(project: Path, cli: Cli) -> None:
    other = Path("configs/other")
    other.mkdir()
    (other / "topic.yaml").write_text(yaml.safe_dump({"name": "x"}), encoding="utf-8")
    outcome = cli("rules", "check")
    assert outcome.code == 1
    assert outcome.err.startswith(
        "stanceclf: configs: several topics (configs/open-models, configs/other); "
    )
    assert outcome.err.endswith(" one with --topic\n")
