"""A project on a new topic: generic rules that work right away, a pipeline and repositories."""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from string import Template

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.rules import load_voter

#: Where a project has its topic, articles and gold labels.
TOPIC, ARTICLES, GOLD = Path("configs/topic"), Path("seeds/articles"), Path("seeds/gold.jsonl")
SPEAKERS = Path("seeds/speakers.jsonl")

_TEMPLATES = Path(__file__).parent / "templates"
# Where each template goes.
_FILES = {
    "topic.yaml": TOPIC / "topic.yaml",
    "rules.yaml": TOPIC / "rules.yaml",
    "pipeline.yaml": Path("configs/pipeline.yaml"),
    "stages.yaml": Path("dvc.yaml"),
    "gitattributes": Path(".gitattributes"),
    "gitignore": Path(".gitignore"),
    "README.md": Path("README.md"),
}

# Values for the names in the templates. Words that mean much the same on any topic:
_WORDS = {
    "SUPPORTS": "支持 赞成 赞同 拥护 力挺 看好 推荐 欢迎 提倡 鼓励 点赞 值得 应该推广",
    "PRAISES": "好处 优势 优点 安全 放心 有益 有利 进步 受益 便利 高效 可靠 更好 很好 有前途 "
    "大势所趋",
    "OPPOSES": "反对 抵制 拒绝 禁止 取缔 抗议 谴责 警惕 远离 叫停 质疑 滚出",
    "BLAMES": "危害 有害 风险 危险 隐患 不安全 担忧 担心 可怕 骗局 缺陷 伤害 弊端 坏处 恶果 "
    "糟糕 害人",
    "REPORTS": "据悉 报道 记者 新闻 发布 公布 举行 召开 介绍 数据显示",
    "ASKS_NOTHING": "难道 凭什么 何必 谁会 谁敢 怎么能 为什么要",
    # For the rules' examples.
    "WHO": "我们 大家 他们 人们",
    "ELSEWHERE": "今天下雨 三加四等于七 他上周搬了家",
}
# Examples for the rules, from {0} the first of these words, {1} the target, {2} the first of WHO:
_SENTENCES = {
    "WE_SUPPORT": ("SUPPORTS", "{2}{0}{1}。"),
    "WE_DO_NOT_SUPPORT": ("SUPPORTS", "{2}不{0}{1}。"),
    "IT_HAS_MERITS": ("PRAISES", "说到{1}，有很多{0}。"),
    "IT_HAS_NO_MERITS": ("PRAISES", "说到{1}，没有什么{0}。"),
    "WE_OPPOSE": ("OPPOSES", "{2}{0}{1}。"),
    "WE_DO_NOT_OPPOSE": ("OPPOSES", "{2}不{0}{1}。"),
    "IT_HAS_RISKS": ("BLAMES", "说到{1}，有很大的{0}。"),
    "IT_HAS_NO_RISKS": ("BLAMES", "说到{1}，没有{0}。"),
    "HOW_ABOUT_IT": ("WHO", "请问怎么看{1}？"),
    "IT_IS_REPORTED": ("REPORTS", "昨天有人{0}{1}的情况。"),
    "IT_IS_ELSEWHERE": ("ELSEWHERE", "{0}。"),
}


def make_project(
    folder: str | PathLike[str], target: Sequence[str], rival: Sequence[str] = ()
) -> list[str]:
    """Create a project on a new topic: settings, rules, pipeline, Git and DVC repositories.

    Parameters
    ----------
    folder : path-like
        A new folder, or one that is empty but for a Git repository.
    target, rival : sequence of str
        What the stances are about, its name first, then other words that mention it; and what it
        is compared with.

    Returns
    -------
    list of str
        The files created, by their path in the folder.

    Raises
    ------
    StanceclfError
        The folder is not empty or cannot be created, a word is not text, or Git or DVC is missing.
        Nothing is left behind.
    """
    home = Path(folder)
    words = [_clean(word, "target") for word in target]
    rivals = [_clean(word, "rival") for word in rival]
    if not words:
        raise StanceclfError("name the target with --target")
    _check_programs()
    there = _check_empty(home)
    with tempfile.TemporaryDirectory() as made:
        _write(Path(made), words, rivals)
        missing = [path for path in (home, *home.parents) if not path.exists()]
        try:
            home.mkdir(parents=True, exist_ok=True)
            for path in sorted(Path(made).iterdir()):
                shutil.move(path, home / path.name)
            _start_repositories(home)
        except BaseException as error:
            _clear_away(home, there, missing)
            if isinstance(error, OSError):
                what = f"cannot create it: {error.strerror}"
                raise StanceclfError(what, path=error.filename or home) from None
            raise
    return sorted(path.as_posix() for path in (*_FILES.values(), GOLD, SPEAKERS))


def _clean(word: str, option: str) -> str:
    """Return a word with its spaces normalized."""
    kinds = {unicodedata.category(char) for char in word}
    if not word.strip() or kinds & {"Cc", "Cs", "Zl", "Zp"}:
        raise StanceclfError(f"--{option} must be visible text on one line")
    return " ".join(word.split())


def _check_programs() -> None:
    if importlib.util.find_spec("dvc") is None:
        raise missing_extra("dvc", "pipeline")
    if shutil.which("git") is None:
        raise StanceclfError("this needs `git`; install it")


def _check_empty(home: Path) -> list[str]:
    """Return what is in a folder: nothing, or a Git repository."""
    for path in (home, *home.parents):
        if path.exists() and not path.is_dir():
            raise StanceclfError("not a folder; name a new one", path=path)
    try:
        there = sorted(path.name for path in home.iterdir()) if home.exists() else []
    except OSError as error:
        raise StanceclfError(f"cannot read it: {error.strerror}", path=home) from None
    if there not in ([], [".git"]):
        shown = ", ".join(there[:3]) + (" ..." if len(there) > 3 else "")
        raise StanceclfError(f"not empty ({shown}); name a new folder", path=home)
    return there


def _clear_away(home: Path, there: Sequence[str], missing: Sequence[Path]) -> None:
    """Remove what was created; a second interrupt waits until that is done."""
    before = {}
    with suppress(ValueError):  # Signals are the main thread's.
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                number = getattr(signal, name)
                before[number] = signal.signal(number, signal.SIG_IGN)
    try:
        if home.is_dir():
            if ".git" in there or (home / ".dvc").exists():
                unstage = "git rm -r -f --cached --quiet --ignore-unmatch -- .dvc .dvcignore"
                _run(home, *unstage.split())
            for path in home.iterdir():
                if path.name not in there:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in missing:
            if path.is_dir():
                path.rmdir()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write(home: Path, target: Sequence[str], rival: Sequence[str]) -> None:
    """Write a project's files, and check that the examples of its rules hold."""
    values = _values(target, rival)
    for name, place in _FILES.items():
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        # Safe, for `${topic}` in dvc.yaml is DVC's.
        text = Template(text).safe_substitute(values)
        path.write_text(text, encoding="utf-8", newline="\n")
    (home / ARTICLES).mkdir(parents=True)
    for empty in (GOLD, SPEAKERS):
        (home / empty).touch()
    try:
        load_voter(home / TOPIC)
    except StanceclfError as error:
        named = ", ".join([*target, *rival])
        raise StanceclfError(
            f"cannot make rules for {named}: {error.what}; try other words and add these to "
            "topic.yaml later"
        ) from None


def _values(target: Sequence[str], rival: Sequence[str]) -> Mapping[str, str]:
    """Return what the names in the templates stand for, as YAML."""
    normalize = Normalizer.from_opencc()
    named = [normalize(word) for word in (*target, *rival)]
    # A word in a mention would be found in every mention, and a mention in a word in every word.
    words = {
        name: [
            word
            for word in text.split()
            if not any(word in mention or mention in word for mention in named)
        ]
        for name, text in _WORDS.items()
    }
    lists = {
        "TARGET": list(dict.fromkeys(target)),
        "RIVAL": list(dict.fromkeys(rival)),
    } | words
    first = {name: own[0] if own else "" for name, own in words.items()}
    sentences = {
        name: text.format(first[own], target[0], first["WHO"])
        for name, (own, text) in _SENTENCES.items()
    }
    scalars = {"NAME": target[0]} | sentences
    flow = {name: "[" + ", ".join(map(_scalar, own)) + "]" for name, own in lists.items()}
    quoted = {name: _scalar(text) for name, text in scalars.items()}
    return flow | quoted | {"TITLE": target[0]}


def _scalar(text: str) -> str:
    """Return text as YAML, unquoted where that is safe."""
    if all(char.isalnum() or char in "。？，" for char in text) and not text.isascii():
        return text
    # JSON strings are YAML.
    return json.dumps(text, ensure_ascii=False)


def _start_repositories(home: Path) -> None:
    inside = _run(home, "git", "rev-parse", "--is-inside-work-tree").stdout.strip() == "true"
    top = _run(home, "git", "rev-parse", "--show-prefix").stdout.strip()
    if not inside:
        _must(home, "git", "init", "--quiet")
    elif _run(home, "git", "check-ignore", "--quiet", ".").returncode == 0:
        raise StanceclfError("Git ignores this folder; name another", path=home)
    # Below the top of a repository, DVC tracks only the project's folder.
    within = ("--subdir",) if inside and top else ()
    _must(home, sys.executable, "-m", "dvc", "init", *within)
    _must(home, sys.executable, "-m", "dvc", "config", "core.analytics", "false")
    shutil.copytree(_TEMPLATES / "plots", home / ".dvc/plots", dirs_exist_ok=True)


def _run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
    )


def _must(home: Path, *command: str) -> None:
    done = _run(home, *command)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        said = next((line for line in lines if line.startswith(("ERROR", "fatal"))), lines[0])
        program = "git" if command[0] == "git" else "dvc"
        raise StanceclfError(f"`{program}` failed: {said}", path=home)
