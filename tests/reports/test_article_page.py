from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, Cli, run_process
from hypothesis import given, settings, strategies as st

import stanceclf
from stanceclf.articles.loader import Article, read_article, read_articles
from stanceclf.model.frozen import StanceModel
from stanceclf.model.reasons import find_reasons
from stanceclf.prediction.rows import Prediction, predict_articles
from stanceclf.reports.article import article_page
from stanceclf.reports.article_words import WORDS, Lang

if TYPE_CHECKING:
    from conftest import Open, Scheme
    from playwright.sync_api import Page

SEEDS = sorted((ROOT / "seeds/articles").glob("*.txt"))
HOSTILE = """<script>alert(1)</script>说,开源更便宜。</script><img src=x onerror=alert(2)>
李彦宏表示,“开源模型会越来越落后”。\u202e\u0007 &amp; {{ 7 * 7 }} {% raw %}
方汉认为,开源更便宜。"""


_BUILT: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _built(built: Path) -> None:
    """Let the model be one that the pipeline made here: a clone has none."""
    _BUILT.append(built)


@cache
def model() -> StanceModel:
    return stanceclf.load(_BUILT[0] / "artifacts/model.joblib")


def page_of(*articles: Article, lang: Lang = "zh") -> str:
    own = model()
    return article_page(
        ((article, list(predict_articles(own, [article]))) for article in articles), own, lang
    )


@cache
def seed(number: int, lang: Lang = "zh") -> str:
    return page_of(read_article(SEEDS[number], SEEDS[number].name), lang=lang)


def data_of(html: str) -> dict[str, Any]:
    """Return what the script knows of all sentences, and of each in its chunks."""
    found = re.findall(
        r'<script type="application/json" id="(\w+)">(.*?)</script>', html, re.DOTALL
    )
    data: dict[str, Any] = {name: json.loads(text) for name, text in found}
    own: dict[str, Any] = data.pop("data")
    return own | {"details": [row for chunk in data.values() for row in chunk]}


def test_it_contains_every_sentence_once_and_in_order() -> None:
    for number, path in enumerate(SEEDS):
        rows = list(predict_articles(model(), [read_article(path)]))
        ids = re.findall(r'id="s(\d+)"', seed(number))
        assert ids == [str(n) for n in range(len(rows))]
        data = data_of(seed(number))
        assert len(data["details"]) == len(data["stance"]) == len(data["speaker"]) == len(rows)


def test_its_bytes_depend_on_its_inputs_alone(project: Path) -> None:
    command = ("stanceclf", "predict", "seeds/articles", "--format", "html")
    pages = [run_process(*command, cwd=project, PYTHONHASHSEED=n).stdout for n in ("1", "2")]
    assert pages[0] == pages[1]
    assert pages[0].count(b"<article ") == 5


def test_markup_in_an_article_is_escaped() -> None:
    html = page_of(Article("<b>一</b>.txt", HOSTILE))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<b>一" not in html
    assert "{{ 7 * 7 }}" in html
    assert "\u202e" not in html
    assert "\x07" not in html


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40), st.text(st.characters(), min_size=1, max_size=40))
def test_any_text_makes_a_page(name: str, text: str) -> None:
    rows = [Prediction(name, 0, len(text), text, "favor", {"favor": 0.9}, text, "quote")]
    html = article_page([(Article(name, text), rows)], model(), "zh")
    html.encode()
    assert data_of(html)["stance"] == "0"


def test_a_lone_surrogate_does_not_stop_it(project: Path, cli: Cli) -> None:
    page_of(Article("一\udcff.txt", "开源\ud800更便宜。")).encode()
    name = b"\xff.txt".decode("utf-8", "surrogateescape")
    Path(name).write_text("开源更便宜。", encoding="utf-8")
    assert cli("predict", name, "--format", "html", "--output", "页.html").code == 0


def test_articles_without_sentences_are_mentioned() -> None:
    html = page_of(Article("一.txt", "正文完"), Article("二.txt", "开源更便宜。"))
    assert html.count("<article ") == 2
    assert "没有句子" in html
    assert "没有句子" in page_of(Article("一.txt", "正文完"))
    assert page_of().count("<article ") == 0


def test_a_file_given_twice_is_two_sections() -> None:
    article = Article("一.txt", "开源更便宜。")
    assert page_of(article, article).count("<article ") == 2


def test_white_space_between_sentences_is_kept() -> None:
    html = page_of(Article("一.txt", "Open models win. They are cheap!  They lead."))
    assert re.findall(r"cheap!</span>( *)<span", html) == [" "]


def test_names_mark_where_speakers_begin_and_end() -> None:
    article = Article("一.txt", "开源会落后。会议举行。\n闭源好。\n天气好。\n雨停了。闭源更好。")
    own = list(predict_articles(model(), [article]))
    names = ["李彦宏", None, "李彥宏", None, None, "李彦宏"]
    rows = [replace(row, speaker=name) for row, name in zip(own, names, strict=True)]
    html = article_page([(article, rows)], model(), "zh")
    assert re.findall(r'<b class="(who[^"]*)"[^>]*>([^<]*)', html) == [
        ("who", "李彦宏"),
        ("who itself", "作者"),
        ("who", "李彦宏"),
        ("who itself", "作者"),
        ("who again itself", "作者"),
        ("who", "李彦宏"),
    ]
    # However a name is written, it is one speaker.
    assert data_of(html)["speakers"] == ["", "李彦宏"]


def test_long_paragraphs_and_articles_are_cut() -> None:
    own = Article("一.txt", "开源更便宜。" * 1000)
    html = page_of(own)
    sizes = [
        part.count("</span>") for part in re.findall(r"<p.*?</p>", html.partition("<main>")[2])
    ]
    assert max(sizes) <= 100
    assert html.count('<div class="part">') == 10
    assert html.count('<a href="#s') <= 80 + 2


def test_rows_of_a_table_are_paragraphs_of_one_section(tmp_path: Path) -> None:
    path = tmp_path / "帖子.csv"
    path.write_text("text\n开源便宜\n闭源贵\n下雨\n", encoding="utf-8")
    html = page_of(*read_articles(path, "帖子.csv"))
    assert html.count("<article ") == 1
    assert re.findall(r'<p><span class="row">(.*?)</span>', html) == ["#1", "#2", "#3"]
    assert "帖子.csv</h2>" in html


def test_reasons_are_those_of_the_explanation() -> None:
    rows = list(predict_articles(model(), [read_article(path) for path in SEEDS]))[::7]
    texts = [row.text for row in rows]
    for text, reason in zip(texts, find_reasons(model(), texts), strict=True):
        explained = model().explain(text)
        told = {"votes", "vetoed"}
        assert reason.matches == [m for m in explained.matches if m.outcome in told]
        adds: defaultdict[str, float] = defaultdict(float)
        views: defaultdict[str, set[tuple[str, bool]]] = defaultdict(set)
        for feature in explained.features:
            about, _, own = feature.ngram.rpartition(": ")
            gram = own.removeprefix("¬") if " " in feature.kind else feature.ngram
            adds[gram] += feature.adds[explained.stance]
            views[gram].add((about, own.startswith("¬")))
        norm = model().normalizer(text)
        for word in reason.words:
            assert text[word.start : word.end] == word.text
            own = norm[word.start : word.end]
            size = range(len(own))
            within = {own[a : b + 1] for a in size for b in size[a : a + 2]} & adds.keys()
            share = {g: min(1, norm.count(own) * own.count(g) / norm.count(g)) for g in within}
            added = sum(adds[gram] * share[gram] for gram in within)
            assert word.adds == pytest.approx(added, abs=1e-5)
            seen = set().union(*(views[gram] for gram in within))
            assert (word.about or "", word.negated) in seen
        spans = sorted((word.start, word.end) for word in reason.words)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        assert [w.adds for w in reason.words] == sorted(
            (w.adds for w in reason.words), reverse=True
        )
    assert find_reasons(model(), []) == []


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


def test_lang_needs_html(project: Path, cli: Cli) -> None:
    Path("一.txt").write_text("开源更便宜。", encoding="utf-8")
    outcome = cli("predict", "一.txt", "--lang", "en")
    assert outcome.code == 2
    assert "Invalid value for --lang: needs --format html" in outcome.err


def test_many_articles_have_a_list_and_a_summary_of_all() -> None:
    html = page_of(*(read_article(path, path.name) for path in SEEDS))
    assert html.count("<article ") == 5
    assert html.count('href="#a') == 5
    assert "全部文章" in html
    assert "全部文章" not in re.sub(r"(?s)<script.*", "", seed(2))


# --- In a browser


def stances(page: Page) -> list[str]:
    names = page.locator(".text .s").evaluate_all("all => all.map(s => s.className)")
    return [(*str(name).split(), "none")[1] for name in names]


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
    assert re.search(r"\d\d\.\d%", told)
    page.keyboard.press("Escape")
    assert panel(page) == ""
    page.locator(".text .s:not(.l1, .l2, .l3)").first.hover()
    assert "无立场" in panel(page)
    page.locator("h1").hover()
    assert panel(page) == ""


def test_the_keyboard_goes_from_stance_to_stance(show: Open) -> None:
    page = show(seed(2))
    wanted = [n for n, stance in enumerate(stances(page)) if stance != "none"]
    page.keyboard.press("j")  # No key of the page's own, as long as the text has no focus.
    assert page.evaluate("document.activeElement === document.body")
    page.locator("#next").focus()
    page.keyboard.press("Tab")
    seen = [int(str(page.evaluate("document.activeElement.id"))[1:])]
    for key in ("j", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(int(str(page.evaluate("document.activeElement.id"))[1:]))
    assert seen == wanted[:3]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == f"s{wanted[1]}"
    assert panel(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == f"s{wanted[1]}"
    page.keyboard.press("Enter")
    assert panel(page)
    assert page.evaluate("document.activeElement.tagName") == "H3"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == f"s{wanted[1] + 1}"
    assert page.evaluate("document.activeElement.role") == "button"
    # One stop of the Tab key in the text, however long it is.
    assert page.locator(".text [tabindex='0']").count() == 1


def test_filters_keep_what_is_asked_for(show: Open) -> None:
    page = show(seed(2))
    everything = page.locator(".text .s").count()
    assert page.locator("#shown").inner_text() == f"显示 {everything} / {everything} 句"
    page.get_by_label("说话人").select_option(label="李彥宏")
    data = data_of(seed(2))
    own = [i for i, speaker in enumerate(data["speaker"]) if speaker == 1]
    assert page.locator("#shown").inner_text() == f"显示 {len(own)} / {everything} 句"
    page.get_by_role("checkbox", name="无立场").uncheck()
    told = sum(data["stance"][i] != "2" for i in own)
    assert page.locator(".text .s.keep").count() == told
    assert page.locator(".text .s:visible").count() == everything
    page.get_by_role("checkbox", name="隐藏其余句子").check()
    assert page.locator(".text .s:visible").count() == told
    # Nothing is shown without whose it is.
    assert set(page.locator(".text .who:visible").all_inner_texts()) == {"李彥宏"}
    page.locator(f'td.say a[href="#s{data["speaker"].index(0)}"], td.say a').last.click()
    page.locator(".s.on").first.wait_for()
    assert page.locator(".text .s:visible").count() == everything  # It leads to what was hidden.
    page.get_by_label("说话人").select_option(label="所有人")
    page.get_by_role("checkbox", name="无立场").check()
    assert page.locator(".text .s:visible").count() == everything


def test_a_quote_and_a_bar_lead_to_their_sentence(show: Open) -> None:
    page = show(seed(2))
    quote = page.locator("td.say a").first
    quoted = quote.inner_text().strip("“”「」…")[:8]
    quote.click()
    page.locator(".s.on").wait_for()
    assert quoted in page.locator(".s.on").inner_text()
    page.locator(".course a").nth(5).click(force=True)
    page.locator("#s5.on").wait_for()


def test_a_passage_is_copied_without_the_names_beside_it(show: Open) -> None:
    page = show(page_of(Article("一.txt", "李彦宏表示，开源更便宜。")))
    assert page.locator(".text .who:visible").first.inner_text() == "李彦宏"
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.text'))")
    assert page.evaluate("getSelection().toString().trim()") == "李彦宏表示，开源更便宜。"


def test_a_quotation_is_printed_whole(show: Open) -> None:
    quoted = f"李彦宏表示，{'开源模型更便宜，' * 30}。"
    page = show(page_of(Article("一.txt", quoted)))
    cut = "(e => e.scrollHeight > e.clientHeight)(document.querySelector('td.say a'))"
    assert page.evaluate(cut)
    page.emulate_media(media="print")
    assert not page.evaluate(cut)


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
    assert page.locator("tbody th:visible").count() == 8
    page.locator("details.more summary").click()
    assert page.locator("tbody th:visible").count() == 50
    assert page.locator("select[name=speaker] option").count() == 52


def test_without_a_speaker_the_article_speaks(show: Open) -> None:
    page = show(page_of(Article("一.txt", "开源更便宜。\n今天下雨。")))
    assert page.locator("tbody th").all_inner_texts() == ["作者（文章本身）"]
    assert page.locator(".who:visible").count() == 0


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
  const read = ".legend .s, .quiet, .who:not(.again), td, th, h2, .tools label, a, .text .s"
    + ", td .sign-favor, aside :is(h3, h4, dt, dd, li, mark, .what, button)";
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
    page.locator(".text .s.l3").first.click()
    marked = page.evaluate(CONTRAST)
    page.get_by_label("说话人").select_option(index=2)  # The others are dimmed.
    found = page.evaluate(CONTRAST)
    assert min(marked.values()) >= 4.5, marked
    assert {"s favor l3", "s against l3"} <= set(found)
    assert min(found.values()) >= 4.5, found


def test_colour_is_not_the_only_sign(show: Open) -> None:
    page = show(seed(2))
    for stance, sign, name in (("favor", "▲", "支持"), ("against", "▼", "反对")):
        first = page.locator(f".text .s.{stance}").first
        assert (
            first.evaluate("s => getComputedStyle(s, '::before').content") == f'"{sign}" / "{name}"'
        )
        assert first.evaluate("s => getComputedStyle(s).textDecorationLine") == "underline"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_without_its_tools_and_on_white(scheme: Scheme, show: Open) -> None:
    page = show(seed(2), scheme=scheme)
    page.locator(".text .s").first.click()
    page.emulate_media(media="print", color_scheme=scheme)
    assert not page.locator("#tools").is_visible()
    assert not page.locator("#panel").is_visible()
    assert page.locator(".text .s").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(252, 251, 248)"


def test_a_long_page_keeps_up(show: Open) -> None:
    texts = [read_article(path).text for path in SEEDS]
    page = show(page_of(Article("长.txt", ("".join(texts) * 4).replace("\n", " "))))
    wait = """async () => {
      const start = performance.now();
      document.querySelector('select').selectedIndex = 2;
      document.getElementById('tools').dispatchEvent(new Event('change'));
      await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - start;
    }"""
    assert page.evaluate(wait) < 1000


def test_no_script_may_run_but_its_own(show: Open) -> None:
    (policy,) = re.findall(r"script-src ([^;]*);", seed(2))
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy)
    assert show(seed(2)).locator("#tools").is_visible()
