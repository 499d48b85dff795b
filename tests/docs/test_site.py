"""The site builds without a warning, loads nothing from elsewhere, draws, and finds Chinese."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, run_process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built."""
    folder = tmp_path_factory.mktemp("site")
    build = ("mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder))
    done = run_process(sys.executable, "-m", *build, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site, and return where."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Handler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Return a page that loads nothing from elsewhere, and no script of which fails."""
    asked: list[str] = []
    failed: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    page.close()
    assert asked
    assert all(url.startswith((address, "data:", "blob:")) for url in asked), asked
    assert failed == []


def test_every_page_is_in_both_languages(site: Path) -> None:
    names = {path.with_suffix(".html").name for path in (ROOT / "docs/en").glob("*.md")}
    assert names <= {path.name for path in site.glob("*.html")}
    assert names == {path.name for path in (site / "zh").glob("*.html")}


def test_every_page_is_in_the_menu() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"^ +- (?:[\w ]+: )?([\w-]+\.md)$", settings, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in (ROOT / "docs/en").glob("*.md"))


def test_no_paragraph_is_broken_by_a_generated_figure() -> None:
    """A comment that begins a line is a block of its own, on the site and on GitHub."""
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md")):
        found = re.findall(r"^<!-- [\w-]+ -->.+", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not found, path


def test_it_loads_nothing_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"?([^\s\">]+)", html)
        loaded += re.findall(r"<link[^>]*\bhref=\"?([^\s\">]+)", html)
        assert loaded
        assert not [url for url in loaded if re.match(r"(?:https?:)?//", url)], path
        assert "<iframe" not in html


def test_every_public_name_is_documented(site: Path) -> None:
    import stanceclf

    html = (site / "python-api.html").read_text(encoding="utf-8")
    missing = [name for name in stanceclf.__all__ if f'id="stanceclf.{name}"' not in html]
    assert missing == ["__version__"]
    for name in ("StanceModel.predict", "StanceModel.explain", "StanceClassifier.fit"):
        assert f'id="stanceclf.{name}"' in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_the_flow_is_drawn(
    browser: Browser, page: Page, address: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{address}/developers.html")
    # The theme draws into a closed shadow root; the text of the diagram is gone by then.
    diagram = page.locator("div.mermaid").first
    diagram.wait_for()
    box = diagram.bounding_box()
    assert box is not None
    assert box["height"] > 200
    assert "flowchart" not in page.inner_text("article")


@pytest.mark.parametrize(
    ("where", "word"),
    [("", "lexicon"), ("", "闭源"), ("zh/", "开源模型"), ("zh/", "predict_corpus")],
)
def test_the_search_finds(page: Page, address: str, where: str, word: str) -> None:
    page.goto(f"{address}/{where}index.html")
    page.fill("input.md-search__input", word)
    # The search listens to keys; filling in alone is seen only if it was slow to start.
    page.press("input.md-search__input", "End")
    page.wait_for_selector(".md-search-result__item")
    assert page.locator(".md-search-result__item mark").count()


@pytest.mark.parametrize("name", ["index", "writing-rules", "python-api", "cli", "evaluation"])
def test_nothing_is_wider_than_a_phone(page: Page, address: str, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_page_leads_to_its_translation(page: Page, address: str) -> None:
    page.goto(f"{address}/gold-labels.html")
    links = page.locator("a[hreflang=zh]")
    assert links.first.get_attribute("href") == "zh/gold-labels.html"
