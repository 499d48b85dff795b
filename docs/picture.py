"""Take the pictures of a page that the documentation shows (`make picture`; requires Chromium)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from stanceclf.articles import read_article
from stanceclf.model import load
from stanceclf.prediction import predict_articles
from stanceclf.reports import article_page

ROOT = Path(__file__).parent.parent
PICTURES: dict[Literal["en", "zh"], str] = {"en": "page.png", "zh": "page.zh.png"}
SEED = ROOT / "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt"


def main() -> None:
    """Open the page of an article in each language, select a sentence and take the picture."""
    model = load(ROOT / "artifacts/model.joblib")
    article = read_article(SEED, SEED.name)
    read = [(article, list(predict_articles(model, [article])))]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 1340})
        for lang, name in PICTURES.items():
            path.write_text(article_page(read, model, lang), encoding="utf-8")
            page.goto(path.as_uri())
            page.locator(".text .s", has_text="直言“開源模型會越來越落后”,并推出").click()
            page.mouse.move(0, 0)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=ROOT / "docs/assets" / name)
        browser.close()


if __name__ == "__main__":
    main()
