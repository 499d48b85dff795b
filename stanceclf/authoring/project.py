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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from string import Template

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError, missing_extra
from stanceclf.io import YamlFile
from stanceclf.reading import Topic
from stanceclf.rules import load_voter
from stanceclf.training import EXAMPLES, Example, read_examples

#: Where a project has its topic, articles and gold labels.
TOPIC, ARTICLES, GOLD = Path("configs/topic"), Path("seeds/articles"), Path("seeds/gold.jsonl")
SPEAKERS = Path("seeds/speakers.jsonl")

_TEMPLATES = Path(__file__).parent / "templates"
# Where each template goes.
_FILES = {
    "topic.yaml": TOPIC / "topic.yaml",
    "rules.yaml": TOPIC / "rules.yaml",
    EXAMPLES: TOPIC / EXAMPLES,
    "pipeline.yaml": Path("configs/pipeline.yaml"),
    "stages.yaml": Path("dvc.yaml"),
    "gitattributes": Path(".gitattributes"),
    "gitignore": Path(".gitignore"),
    "README.md": Path("README.md"),
}

# For the examples of the rules: people, and what is not about the target.
_WHO = ("我们", "大家", "他们", "人们")
_ELSEWHERE = ("今天下雨", "三加四等于七", "他上周搬了家")
# Examples for the rules: {0} is the first word of this lexicon, {1} the target, {2} from `_WHO`.
_SENTENCES = {
    "WE_SUPPORT": ("supports", "{2}{0}{1}。"),
    "WE_DO_NOT_SUPPORT": ("supports", "{2}不{0}{1}。"),
    "IT_IS_GOOD": ("praises", "说到{1}，十分{0}。"),
    "IT_IS_NOT_GOOD": ("praises", "说到{1}，并不{0}。"),
    "WE_LIKE": ("loves", "{2}{0}{1}。"),
    "WE_DO_NOT_LIKE": ("loves", "{2}不{0}{1}。"),
    "WE_GAIN": ("gains", "说到{1}，让{2}{0}。"),
    "WE_DO_NOT_GAIN": ("gains", "说到{1}，没有让{2}{0}。"),
    "WE_OPPOSE": ("opposes", "{2}{0}{1}。"),
    "WE_DO_NOT_OPPOSE": ("opposes", "{2}不{0}{1}。"),
    "IT_HAS_DEFECTS": ("blames", "说到{1}，有很多{0}。"),
    "IT_HAS_NO_DEFECTS": ("blames", "说到{1}，没有什么{0}。"),
    "WE_DISLIKE": ("hates", "{2}{0}{1}。"),
    "WE_DO_NOT_DISLIKE": ("hates", "{2}不{0}{1}。"),
    "IT_IS_A_JOKE": ("mocks", "说到{1}，简直{0}。"),
    "IT_IS_NO_JOKE": ("mocks", "说到{1}，算不上{0}。"),
    "IT_HARMS": ("harms", "说到{1}，{0}{2}。"),
    "IT_DOES_NOT_HARM": ("harms", "说到{1}，不{0}{2}。"),
    "GOOD_BEFORE": ("praises", "今天十分{0}！说到{1}。"),
    "BAD_BEFORE": ("mocks", "今天简直{0}！说到{1}。"),
    "HOW_ABOUT_IT": ("asks", "{0}怎么看{1}？"),
    "IT_IS_REPORTED": ("reports", "{0}，昨天有人去了{1}。"),
    "IT_IS_ELSEWHERE": (None, "{0}。"),
}
# Columns of a line of words; a Chinese character takes two.
_WIDTH = 100


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
        write_files(Path(made), words, rivals)
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


def generic_examples(topic: Topic, normalize: Callable[[str], str]) -> list[Example]:
    """Return the written examples that a new project begins with: stances on anything.

    Examples
    --------
    >>> found = generic_examples(Topic("加班", target=("加班",)), str.lower)
    >>> all("加班" in example.text for example in found)
    True
    """
    return read_examples(_TEMPLATES, topic, normalize)


def _clean(word: str, option: str) -> str:
    """Return a word with its spaces normalized."""
    kinds = {unicodedata.category(char) for char in word}
    if not word.strip() or kinds & {"Cc", "Cs", "Zl", "Zp"}:
        raise StanceclfError(f"--{option} must be visible text on one line")
    return " ".join(word.split())


def _check_programs() -> None:
    if importlib.util.find_spec("dvc") is None:
        raise missing_extra("dvc")
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


def write_files(home: Path, target: Sequence[str], rival: Sequence[str]) -> None:
    """Write a project's files, and check that they can be read and the rules' examples hold."""
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
        voter = load_voter(home / TOPIC)
        generic_examples(voter.topic, voter.reader.normalize)
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

    def apart(words: Iterable[str]) -> list[str]:
        """Leave out words that every mention contains, and those that contain a mention."""
        return [word for word in words if not any(word in name or name in word for name in named)]

    lexicons = {
        name: {kind: apart(words.split()) for kind, words in kinds.items()}
        for name, kinds in YamlFile(_TEMPLATES / "lexicons.yaml").data.items()
    }
    first = {
        name: next((word for own in kinds.values() for word in own), "")
        for name, kinds in lexicons.items()
    }
    who, elsewhere = (next(iter(apart(words)), "") for words in (_WHO, _ELSEWHERE))
    sentences = {
        name: text.format(first[own] if own else elsewhere, target[0], who)
        for name, (own, text) in _SENTENCES.items()
    }
    lists = {"TARGET": target, "RIVAL": rival}
    flow = {
        name: "[" + ", ".join(map(_scalar, dict.fromkeys(own))) + "]" for name, own in lists.items()
    }
    quoted = {name: _scalar(text) for name, text in {"NAME": target[0], **sentences}.items()}
    written = "".join(_lexicon(name, kinds) for name, kinds in lexicons.items())
    return flow | quoted | {"TITLE": target[0], "LEXICONS": written}


def _lexicon(name: str, kinds: Mapping[str, Sequence[str]]) -> str:
    """Return a lexicon as YAML, with an anchor, and a comment above each kind of words.

    Examples
    --------
    >>> print(_lexicon("gains", {"benefit": ["受益", "win"], "success": ["成功"]}), end="")
      gains: &gains [
        # Benefit
        受益, "win",
        # Success
        成功,
      ]
    """
    lines = [f"  {name}: &{name} ["]
    for kind, words in kinds.items():
        lines.append(f"    # {kind.capitalize()}")
        line = ""
        for word in map(_scalar, words):
            if line and _columns(f"    {line} {word},") > _WIDTH:
                lines.append(f"    {line}")
                line = ""
            line += f" {word}," if line else f"{word},"
        lines += [f"    {line}"] if line else []
    return "\n".join([*lines, "  ]"]) + "\n"


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


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
