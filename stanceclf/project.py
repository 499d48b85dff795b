"""Projects: a new topic's folder, with rules that vote at once and a pipeline that runs."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from string import Template

from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.normalization import Normalizer
from stanceclf.rule_file import load_voter

#: Where a project keeps its topic, its articles and its gold labels.
TOPIC, ARTICLES, GOLD = Path("configs/topic"), Path("seeds/articles"), Path("seeds/gold.jsonl")

_TEMPLATES = Path(__file__).parent / "templates"
# Where each template goes.
_FILES = {
    "topic.yaml": TOPIC / "topic.yaml",
    "rules.yaml": TOPIC / "rules.yaml",
    "pipeline.yaml": Path("configs/pipeline.yaml"),
    "stages.yaml": Path("dvc.yaml"),
    "gitignore": Path(".gitignore"),
    "README.md": Path("README.md"),
}
# And these once there is a DVC repository to put them into.
_PLOTS = Path("plots"), Path(".dvc/plots")

_WORDS = {
    "SUPPORTS": "支持 赞成 赞同 拥护 力挺 看好 推荐 欢迎 提倡 鼓励 点赞 值得 应该推广",
    "PRAISES": "好处 优势 优点 安全 放心 有益 有利 进步 受益 便利 高效 成功 可靠 更好 很好 有前途 "
    "大势所趋",
    "OPPOSES": "反对 抵制 拒绝 禁止 取缔 抗议 谴责 警惕 远离 叫停 质疑 滚出",
    "BLAMES": "危害 有害 风险 危险 隐患 不安全 担忧 担心 可怕 骗局 失败 缺陷 伤害 弊端 坏处 恶果 "
    "糟糕 害人",
}
# With a word of a rule, and the target.
_SENTENCES = {
    "WE_SUPPORT": ("SUPPORTS", "我们{}{}。"),
    "WE_DO_NOT_SUPPORT": ("SUPPORTS", "我们不{}{}。"),
    "IT_HAS_MERITS": ("PRAISES", "说到{1}，有很多{0}。"),
    "IT_HAS_NO_MERITS": ("PRAISES", "说到{1}，没有什么{0}。"),
    "WE_OPPOSE": ("OPPOSES", "我们{}{}。"),
    "WE_DO_NOT_OPPOSE": ("OPPOSES", "我们不{}{}。"),
    "IT_HAS_RISKS": ("BLAMES", "说到{1}，有很大的{0}。"),
    "IT_HAS_NO_RISKS": ("BLAMES", "说到{1}，没有{0}。"),
    "HOW_ABOUT_IT": ("", "您怎么看{1}？"),
    "IT_IS_REPORTED": ("", "据报道，{1}的会议昨天举行。"),
}


def make_project(
    folder: str | PathLike[str], target: Sequence[str], rival: Sequence[str] = ()
) -> list[str]:
    """Make a new topic's project: configuration, pipeline, folders, a git and a DVC repository.

    Parameters
    ----------
    folder : path-like
        Where; it must not be there, or be empty but for a git repository.
    target : sequence of str
        What the stances are on: its name, and other words that mention it.
    rival : sequence of str, optional
        What it is weighed against, likewise.

    Returns
    -------
    list of str
        The files that were made, by their path in the folder.

    Raises
    ------
    StanceclfError
        The folder is not empty or cannot be made, a word is none, or git or DVC is missing. Nothing
        is left behind then.
    """
    home = Path(folder)
    _check_words(target, rival)
    _check_programs()
    if home.exists() and not home.is_dir():
        raise StanceclfError("not a folder; name a new one", path=home)
    there = sorted(path.name for path in home.iterdir()) if home.exists() else []
    if there not in ([], [".git"]):
        shown = ", ".join(there[:3]) + (" ..." if len(there) > 3 else "")
        raise StanceclfError(f"not empty ({shown}); name a new folder", path=home)
    was_there = home.exists()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=f".{home.name[:40]}.") as made:
            _write(Path(made), target, rival)
            home.mkdir(exist_ok=True)
            for path in sorted(Path(made).iterdir()):
                path.rename(home / path.name)
        _start_repositories(home)
    except BaseException as error:
        for path in home.iterdir() if home.exists() else ():
            if path.name not in there:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if home.exists() and not was_there:
            home.rmdir()
        if isinstance(error, OSError):
            raise StanceclfError(f"cannot make it: {error.strerror}", path=home) from None
        raise
    return sorted(path.as_posix() for path in (*_FILES.values(), GOLD))


def _check_words(target: Sequence[str], rival: Sequence[str]) -> None:
    for what, words in (("target", target), ("rival", rival)):
        for word in words:
            if not word.strip() or not word.isprintable():
                raise StanceclfError(f"a word of --{what} must be visible text on one line")
    if not target:
        raise StanceclfError("name the target with --target")


def _check_programs() -> None:
    if importlib.util.find_spec("dvc") is None:
        raise missing_extra("dvc", "pipeline")
    if shutil.which("git") is None:
        raise StanceclfError("this needs the program `git`; install it")


def _write(home: Path, target: Sequence[str], rival: Sequence[str]) -> None:
    """Write a project's files, and see that its rules do as they promise."""
    values = _values(target, rival)
    for name, place in _FILES.items():
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        if place.parent in {TOPIC, Path()} and name != "stages.yaml":
            text = Template(text).substitute(values)
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    (home / ARTICLES).mkdir(parents=True)
    (home / GOLD).touch()
    try:
        load_voter(home / TOPIC)
    except StanceclfError as error:
        raise StanceclfError(
            f"no rules can be made for `{target[0]}`: {error.what}; try a simpler --target, and "
            "add words to topic.yaml later"
        ) from None


def _values(target: Sequence[str], rival: Sequence[str]) -> Mapping[str, str]:
    """Return what the templates' names stand for, as YAML."""
    normalize = Normalizer.from_opencc()
    named = [normalize(word.strip()) for word in (*target, *rival)]
    # A word that is part of a mention would be found in each of them, and the other way round.
    words = {
        name: [
            word
            for word in text.split()
            if not any(word in mention or mention in word for mention in named)
        ]
        for name, text in _WORDS.items()
    }
    every = sorted({word for own in words.values() for word in own})
    lists = {
        "TARGET": list(dict.fromkeys(word.strip() for word in target)),
        "RIVAL": list(dict.fromkeys(word.strip() for word in rival)),
        "ALL_WORDS": every,
    } | words
    first = {name: own[0] for name, own in words.items() if own}
    sentences = {
        name: text.format(first.get(own, ""), target[0].strip())
        for name, (own, text) in _SENTENCES.items()
    }
    scalars = {"NAME": target[0].strip()} | sentences
    flow = {name: "[" + ", ".join(map(_scalar, own)) + "]" for name, own in lists.items()}
    quoted = {name: _scalar(text) for name, text in scalars.items()}
    return flow | quoted | {"TITLE": target[0].strip()}


def _scalar(text: str) -> str:
    """Return a word or sentence in YAML, plain where that is safe."""
    if all(char.isalnum() or char in "。？，" for char in text) and not text.isascii():
        return text
    # JSON's strings are YAML's.
    return json.dumps(text, ensure_ascii=False)


def _start_repositories(home: Path) -> None:
    inside = _run(home, "git", "rev-parse", "--is-inside-work-tree").returncode == 0
    top = _run(home, "git", "rev-parse", "--show-prefix").stdout.strip()
    if not inside:
        _must(home, "git", "init", "--quiet")
    # In a folder of a repository, DVC keeps to that folder.
    within = ("--subdir",) if inside and top else ()
    _must(home, sys.executable, "-m", "dvc", "init", "--quiet", *within)
    _must(home, sys.executable, "-m", "dvc", "config", "core.analytics", "false")
    shutil.copytree(_TEMPLATES / _PLOTS[0], home / _PLOTS[1], dirs_exist_ok=True)


def _run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=home, capture_output=True, text=True, encoding="utf-8", check=False
    )


def _must(home: Path, *command: str) -> None:
    done = _run(home, *command)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        program = "git" if command[0] == "git" else "dvc"
        raise StanceclfError(f"`{program}` failed: {said}", path=home)
