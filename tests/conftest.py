"""What the tests share: a folder of their own, the built project, the command line, a browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import settings
from processes import less_what_was_written

from stanceclf.cli import main
from stanceclf.features.document_frequency import document_frequencies
from stanceclf.features.ngrams import NgramAnalyzer
from stanceclf.features.vocabulary import Vocabulary
from stanceclf.reading.reader import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# How long an example takes says more of what else the machine does.
settings.register_profile("stanceclf", deadline=None, max_examples=50)
settings.load_profile("stanceclf")

ROOT = Path(__file__).parent.parent
STAGES = (
    ["sentences"],
    ["label", "--gold", "seeds/gold.jsonl"],
    ["train", "--gold", "seeds/gold.jsonl"],
    ["evaluate"],
)
# The checks of `sklearn.utils.estimator_checks` that suit estimators of strings.
ESTIMATOR_CHECKS = (
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> str:
        """What it said on standard error, less the line that says how much was written."""
        return less_what_was_written(self.err)


Cli = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder of its own, temporary files included."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return a function that runs a command in this process."""

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["stanceclf", *map(str, arguments)])
        capfdbinary.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = capfdbinary.readouterr()
        return Outcome(code, out.decode(), err.decode())

    return run


def run_process(
    *command: str | Path, cwd: Path, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, with this interpreter's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | {"PATH": path} | environment,
        timeout=300,
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of the quickest of three runs, however busy the machine is."""

    def once() -> float:
        begin = time.process_time()
        work()
        return time.process_time() - begin

    return min(once() for _ in range(3))


def assert_linear(work: Callable[[int], object], few: int, least: float = 0.005) -> None:
    """Assert that eight times as much takes about eight times as long.

    Quadratic time would be 64 times as long. What takes less than `least` seconds counts as that.
    """
    seconds = max(cpu_seconds(lambda: work(few)), least)
    assert cpu_seconds(lambda: work(8 * few)) < 30 * seconds


def count_ngrams(analyzer: NgramAnalyzer, read: Reader, sentence: str) -> dict[str, int]:
    """Return how often each n-gram counts in a sentence, by its name."""
    (readings,) = read.read([sentence])
    names = sorted(document_frequencies(analyzer, [readings], 1))
    found = Vocabulary(analyzer, names).count(readings)
    return {names[i]: n for i, n in zip(found.columns, found.counts.tolist(), strict=True)}


def copy_inputs(folder: Path) -> Path:
    """Copy what the pipeline reads into a folder."""
    for name in ("configs", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def copy_tracked(folder: Path) -> Path:
    """Copy what git tracks here, as it is now, less tests and benchmarks, into a repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        assert run_process("git", *identity, *command, cwd=folder).returncode == 0
    return folder


def load_script(name: str) -> ModuleType:
    """Return a script outside the package, by its path in the repository, as a module."""
    path = ROOT / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    # Where dataclasses look their module up.
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# One process, for what they import takes longer than what they do.
RUN_STAGES = """
import contextlib, sys
from stanceclf.cli import app
for stage in sys.argv[1:]:
    with open(f"../{stage.split()[0]}.txt", "w") as said, contextlib.redirect_stdout(said):
        app(stage.split(), standalone_mode=False)
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the four stages have run on the seeds; not to be changed.

    Beside it is what each of them said on a terminal of 80 columns, like `label.txt`.
    """
    return build(copy_inputs(tmp_path_factory.mktemp("built") / "project"))


@pytest.fixture(scope="session")
def small_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same with one written example in fifty, which trains in seconds."""
    folder = copy_inputs(tmp_path_factory.mktemp("small-built") / "project")
    path = folder / "configs/open-models/examples.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[::50]), encoding="utf-8")
    return build(folder)


def build(folder: Path) -> Path:
    """Run the four stages in a folder and return it."""
    stages = [" ".join(stage) for stage in STAGES]
    command = (sys.executable, "-X", "utf8", "-c", RUN_STAGES, *stages)
    done = run_process(*command, cwd=folder, COLUMNS="80")
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a built project of the test's own, made the current folder."""
    monkeypatch.chdir(shutil.copytree(built, tmp_path / "project"))
    return tmp_path / "project"


@pytest.fixture
def small_project(small_built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the same with few examples, for tests that train again."""
    monkeypatch.chdir(shutil.copytree(small_built, tmp_path / "project"))
    return tmp_path / "project"


Open = Callable[..., "Page"]
Scheme = Literal["light", "dark"]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser; where there is none, skip, but fail in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    give_up = pytest.fail if os.environ.get("CI") else pytest.skip
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        give_up("the page is tested in a browser: `pip install playwright`")
    if program is None:
        give_up(f"the page is tested in a browser: install one of {', '.join(names)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a page; see at the end that it kept quiet and to itself."""
    asked: list[str] = []
    said: list[str] = []
    contexts = []
    path = tmp_path / "page.html"

    def open_page(
        html: str, fragment: str = "", width: int = 1280, scheme: Scheme = "light"
    ) -> Page:
        path.write_text(html, encoding="utf-8", newline="")
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.route(
            "**/*",
            lambda route: (
                route.continue_() if route.request.url.startswith(path.as_uri()) else route.abort()
            ),
        )
        page.goto(path.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert {url.partition("#")[0] for url in asked} <= {path.as_uri()}
    assert said == []
