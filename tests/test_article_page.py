from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, Cli, run_process

import stanceclf
from stanceclf.article_page import article_page
from stanceclf.article_words import WORDS, Lang
from stanceclf.articles import Article, read_article, read_articles
from stanceclf.model import StanceModel
from stanceclf.predictions import predict_articles
from stanceclf.reasons import reasons

if TYPE_CHECKING:
    from conftest import Open, Scheme
    from playwright.sync_api import Page

SEEDS = sorted((ROOT / "seeds/articles").glob("*.txt"))
HOSTILE = """<script>alert(1)</script>说,开源更便宜。</script><img src=x onerror=alert(2)>
李彦宏表示,“开源模型会越来越落后”。\u202e\u0007 &amp; {{ 7 * 7 }} {% raw %}
方汉认为,开源更便宜。"""


@cache
def model() -> StanceModel:
    return stanceclf.load(ROOT / "artifacts/model.joblib")


def page_of(*articles: Article, lang: Lang = "zh") -> str:
    own = model()
    return article_page(
        ((article, list(predict_articles(own, [article]))) for article in articles), own, lang
    )


@cache
def seed(number: int, lang: Lang = "zh") -> str:
    return page_of(read_article(SEEDS[number], SEEDS[number].name), lang=lang)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_it_holds_every_sentence_once_and_in_order() -> None:
    for number, path in enumerate(SEEDS):
        rows = list(predict_articles(model(), [read_article(path)]))
        ids = re.findall(r'id="s(\d+)"', seed(number))
        assert ids == [str(n) for n in range(len(rows))]
        assert len(data_of(seed(number))["sentences"]) == len(rows)


def test_its_bytes_depend_on_its_inputs_alone(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_article_page import seed;"
        "sys.stdout.buffer.write(seed(2).encode())"
    )
    done = [run_process("env", f"PYTHONHASHSEED={n}", "python", "-c", code, cwd=ROOT) for n in "12"]
    assert done[0].stdout == done[1].stdout == seed(2).encode()


def test_an_article_is_text_whatever_it_holds() -> None:
    html = page_of(Article("<b>一</b>.txt", HOSTILE))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<b>一" not in html
    assert "49" not in re.findall(r"{{.*?}}|49", html)
    assert "\u202e" not in html
    assert "\x07" not in html


def test_a_lone_surrogate_does_not_stop_it(project: Path, cli: Cli) -> None:
    html = page_of(Article("一\udcff.txt", "开源更便宜。"))
    assert html.encode("utf-8", "backslashreplace")
    name = b"\xff.txt".decode("utf-8", "surrogateescape")
    Path(name).write_text("开源更便宜。", encoding="utf-8")
    assert cli("predict", name, "--format", "html", "--output", "页.html").code == 0


def test_rows_of_a_table_are_paragraphs_of_one_section(tmp_path: Path) -> None:
    path = tmp_path / "帖子.csv"
    path.write_text("text\n开源便宜\n闭源贵\n下雨\n", encoding="utf-8")
    html = page_of(*read_articles(path, "帖子.csv"))
    assert html.count("<article ") == 1
    assert len(re.findall(r"<p>\s*<span class=\"s ", html)) == 3
    assert "帖子.csv</h2>" in html


def test_reasons_are_those_of_the_explanation() -> None:
    texts = ["开源更便宜。", "闭源并不贵。", "今天下雨。", "開源模型會越來越落后。"]
    for text, reason in zip(texts, reasons(model(), texts), strict=True):
        explained = model().explain(text)
        told = {"votes", "vetoed", "turned"}
        assert reason.matches == [m for m in explained.matches if m.outcome in told]
        added = sum(feature.adds[explained.stance] for feature in explained.features)
        assert all(text[word.start : word.end] == word.text for word in reason.words)
        gains = sum(max(feature.adds[explained.stance], 0) for feature in explained.features)
        assert sum(word.adds for word in reason.words) <= gains + 1e-3
        assert added <= gains
    assert reasons(model(), []) == []


def test_without_jinja_it_says_what_to_install(project: Path) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    code = (
        "import sys; sys.modules['jinja2'] = None; sys.argv = ['stanceclf', 'predict', '一.txt',"
        " '--format', 'html', '--output', 'x.html']; from stanceclf.cli import main; main()"
    )
    done = run_process("python", "-c", code, cwd=project)
    assert done.returncode == 1
    assert done.stderr.decode().strip().endswith("pip install 'stanceclf[report]'")
    assert not Path("x.html").exists()


@pytest.mark.parametrize(("lang", "said"), [("zh", "支持"), ("en", "For")])
def test_it_speaks_both_languages(lang: Lang, said: str, project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "--format", "html", "--lang", lang)
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in outcome.out
    assert said in outcome.out
    assert cli("predict", "一.txt", "--format", "html").out.count('lang="zh-CN"') == 1
    assert WORDS["zh"].keys() == WORDS["en"].keys()


def test_lang_is_for_pages(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "--lang", "en")
    assert (outcome.code, outcome.err) == (1, "stanceclf: --lang is for --format html\n")


def test_many_articles_have_a_list_and_a_summary_of_all() -> None:
    html = page_of(*(read_article(path, path.name) for path in SEEDS))
    assert html.count("<article ") == 5
    assert html.count('href="#a') == 5
    assert "全部文章" in html
    assert "全部文章" not in re.sub(r"(?s)<script.*", "", seed(2))


# --- In a browser


def stances(page: Page) -> list[str]:
    return [
        str(name).split()[1]
        for name in page.locator(".text .s").evaluate_all("all => all.map(s => s.className)")
    ]


def panel(page: Page) -> str:
    return page.locator("#panel").inner_text() if page.locator("#panel").is_visible() else ""


def test_a_click_shows_what_is_behind_a_sentence(show: Open) -> None:
    page = show(seed(2))
    assert panel(page) == ""
    page.locator(".text .s", has_text="大家以為開源是免費的").click()
    told = panel(page)
    assert "反对" in told
    assert "李彥宏 · 转述" in told
    assert "概率" in told
    assert re.search(r"\d\d\.\d %", told)
    page.keyboard.press("Escape")
    assert panel(page) == ""
    page.locator(".text .s.none").first.hover()
    assert "无立场" in panel(page)
    page.locator("h1").hover()
    assert panel(page) == ""


def test_the_keyboard_goes_from_stance_to_stance(show: Open) -> None:
    page = show(seed(2))
    wanted = [n for n, stance in enumerate(stances(page)) if stance != "none"]
    seen = []
    for _ in range(3):
        page.keyboard.press("j")
        seen.append(int(str(page.evaluate("document.activeElement.id"))[1:]))
    assert seen == wanted[:3]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == f"s{wanted[1]}"
    assert panel(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == f"s{wanted[1]}"
    page.keyboard.press("Enter")
    assert panel(page)
    # One stop of the Tab key in the text, however long it is.
    assert page.locator(".text [tabindex='0']").count() == 1


def test_filters_leave_what_is_asked_for(show: Open) -> None:
    page = show(seed(2))
    everything = page.locator(".text .s").count()
    assert page.locator("#shown").inner_text() == f"显示 {everything} / {everything} 句"
    page.get_by_label("说话人").select_option(label="李彥宏")
    own = [row for row in data_of(seed(2))["sentences"] if row[2] == 1]
    assert page.locator("#shown").inner_text() == f"显示 {len(own)} / {everything} 句"
    page.get_by_role("checkbox", name="无立场").uncheck()
    told = sum(row[0] < 2 for row in own)
    assert page.locator(".text .s.keep").count() == told
    assert page.locator(".text .s:visible").count() == everything
    page.get_by_role("checkbox", name="隐藏其余句子").check()
    assert page.locator(".text .s:visible").count() == told
    page.get_by_label("说话人").select_option(label="所有人")
    page.get_by_role("checkbox", name="无立场").check()
    assert page.locator(".text .s:visible").count() == everything


def test_a_quote_and_a_bar_lead_to_their_sentence(show: Open) -> None:
    page = show(seed(2))
    page.locator("td.say a").first.click()
    page.locator(".s.on").wait_for()
    assert "大家以為開源是免費的" in page.locator(".s.on").inner_text()
    page.locator(".course a").nth(5).click(force=True)
    page.locator("#s5.on").wait_for()


def test_hostile_text_does_nothing(show: Open) -> None:
    page = show(page_of(Article("<img src=x onerror=alert(3)>.txt", HOSTILE)))
    assert "<script>alert(1)</script>" in page.locator(".text").inner_text()
    assert page.locator(".text script, .text img, h2 img").count() == 0
    page.locator(".text .s").first.click()
    assert panel(page)


@pytest.mark.parametrize("width", [375, 1200])
def test_nothing_is_wider_than_the_screen(width: int, show: Open) -> None:
    long = "开源" * 5000 + "a" * 10_000 + "。"
    html = page_of(Article("很长的名字" * 20 + ".txt", long + "\n李彦宏表示,开源更便宜。"))
    page = show(html, width=width)
    page.locator(".text .s").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#panel").bounding_box()["width"] <= width  # type: ignore[index]


def test_fifty_speakers_are_folded(show: Open) -> None:
    names = [f"{family}{given}" for family in "赵钱孙李周吴郑王冯陈" for given in "甲乙丙丁戊"]
    article = Article("一.txt", "\n".join(f"{name}说,开源更便宜。" for name in names))
    own = list(predict_articles(model(), [article]))
    rows = [replace(row, speaker=name) for row, name in zip(own, names, strict=True)]
    page = show(article_page([(article, rows)], model(), "zh"))
    assert page.locator("td.name:visible").count() == 8
    page.locator("details.more summary").click()
    assert page.locator("td.name:visible").count() == 50
    assert page.locator("select[name=speaker] option").count() == 52


def test_without_a_speaker_the_article_speaks(show: Open) -> None:
    page = show(page_of(Article("一.txt", "开源更便宜。\n今天下雨。")))
    assert page.locator("td.name").all_inner_texts() == ["作者(文章本身)"]
    assert page.locator(".who").count() == 0


CONTRAST = """() => {
  const part = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = rgb => {
    const [r, g, b] = rgb.map(v => part(v / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)" && color !== "transparent") return parse(color);
    }
    return [255, 255, 255];
  };
  const found = {};
  const read = ".legend .s, .quiet, .who, td, th, h2, .tools label, a, .text .s, td .sign-favor";
  for (const node of document.querySelectorAll(read)) {
    const both = [parse(getComputedStyle(node).color), behind(node)];
    const [a, b] = both.map(light).sort((x, y) => y - x);
    const name = node.className || node.tagName;
    found[name] = Math.min(found[name] || 99, (a + .05) / (b + .05));
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_meets_wcag_aa(scheme: Scheme, show: Open) -> None:
    page = show(seed(2), scheme=scheme)
    found = page.evaluate(CONTRAST)
    assert {"s favor l3", "s against l3"} <= set(found)
    assert min(found.values()) >= 4.5, found


def test_colour_is_not_the_only_sign(show: Open) -> None:
    page = show(seed(2))
    for stance, sign in (("favor", "▲"), ("against", "▼")):
        first = page.locator(f".text .s.{stance}").first
        assert first.evaluate("s => getComputedStyle(s, '::before').content") == f'"{sign}"'
        assert first.evaluate("s => getComputedStyle(s).textDecorationLine") == "underline"


def test_it_prints_without_its_tools(show: Open) -> None:
    page = show(seed(2))
    page.locator(".text .s").first.click()
    page.emulate_media(media="print")
    assert not page.locator("#tools").is_visible()
    assert not page.locator("#panel").is_visible()
    assert page.locator(".text .s").first.is_visible()
