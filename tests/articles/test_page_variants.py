"""Whatever elements an editor wrote: every paragraph is read, and nothing around the article."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import assert_linear
from hypothesis import given, strategies as st

from stanceclf.articles.loader import extract_text
from stanceclf.articles.web_pages import page_text

A = "公司去年把客服系统换成了开源模型。"
B = "运维同事说，迁移只花了两个星期。"
C = "也有同事担心，出了问题没有人负责。"
D = "财务算过账，一年能省下八十万元。"
ALL = [A, B, C, D]

MENU = '<div class="header"><a href="/">首页</a> <a href="/ai">智能频道</a></div>'
AROUND = (
    '<div class="sidebar"><h3>热门文章</h3><a href="/1">某公司发布全新手机</a></div>'
    '<div class="related"><h3>相关阅读</h3><a href="/3">今年新建三十座图书馆</a></div>'
    '<div class="footer"><p>关于我们 | 联系我们</p></div>'
)
COMMENTS = (
    '<div id="comments"><div class="item"><span>甲</span><p>别信，都是骗人的。</p></div></div>',
    '<div class="pinglun"><div class="c">别信，都是骗人的。</div><div>说得好，支持。</div></div>',
    '<ul class="hot-comment-list"><li><p>别信，都是骗人的。</p></li></ul>',
    '<section class="ReplyList">' + "<div>别信，都是骗人的。</div>" * 9 + "</section>",
)
UNWANTED = ["首页", "频道", "热门", "手机", "相关", "图书馆", "联系我们", "骗人", "说得好"]

FRAMES: dict[str, Callable[[str], str]] = {
    "public account": lambda body: f'<div id="js_content" style="visibility: hidden">{body}</div>',
    "article": lambda body: f"<article>{body}</article>",
    "portal": lambda body: (
        f'<div class="left"><div class="x"><div id="zoom">{body}</div></div></div>'
    ),
    "plain": lambda body: f"<div><div>{body}</div></div>",
    "form": lambda body: f'<form id="aspnetForm"><div class="TRS_Editor">{body}</div></form>',
    "blog": lambda body: f'<main class="post"><div class="entry-content">{body}</div></main>',
    "layout table": lambda body: (
        f"<table><tr><td><a href=1>新闻</a></td><td>{body}</td></tr></table>"
    ),
}


def p(text: str) -> str:
    return f"<p>{text}</p>"


def div(text: str) -> str:
    return f"<div>{text}</div>"


def sec(text: str) -> str:
    return f"<section><span>{text}</span></section>"


BODIES: dict[str, tuple[str, list[str]]] = {
    "p and section": (p(A) + sec(B) + p(C) + sec(D), ALL),
    "section first": (sec(A) + p(B) + p(C) + p(D), ALL),
    "sections behind": (p(A) + sec(B) + sec(C) + sec(D), ALL),
    "spans and br": (p(A) + f"<span>{B}</span><br><span>{C}</span>" + p(D), ALL),
    "text beside p": (A + p(B) + C + p(D), ALL),
    "center": (p(A) + f"<center>{B}</center>" + p(C) + f"<font>{D}</font>", ALL),
    "long p, div, long p": (p(A * 4) + div(B) + p(C * 4), [A * 4, B, C * 4]),
    "only div": ("".join(map(div, ALL)), ALL),
    "only section": ("".join(map(sec, ALL)), ALL),
    "only br": ("<br><br>\n　　".join(ALL), ALL),
    "nested": ("".join(div(div(sec(one))) for one in ALL), ALL),
    "p in span": ("".join(f"<span>{p(one)}</span>" for one in ALL), ALL),
    "section in p": (f"<p><section>{A}</section></p>{div(B)}<b>{C}</b>{p(D)}", ALL),
    "quotations": (
        p(A) + f"<blockquote>{B}</blockquote>{p(C)}<blockquote>{div(D)}</blockquote>",
        ALL,
    ),
    "lists": (p(A) + f"<ul><li>{B}</li><li>{p(C)}</li></ul>" + div(D), ALL),
    "headings": (
        f"<h2>一、成本</h2>{p(A)}<h3>二、风险</h3>{div(B)}",
        ["一、成本", A, "二、风险", B],
    ),
    "links": (
        div(f"{A[:4]}<a href=q>{A[4:8]}</a>{A[8:]}") + f"{B[:4]}<a href=q>{B[4:]}</a>",
        [A, B],
    ),
    "marks": (p(A) + p("他说<q>很<q>快</q>了</q>，大家信。"), [A, "他说“很‘快’了”，大家信。"]),
    "struck out": (p(A) + div("我支持<del>闭</del><s>不</s>开源。"), [A, "我支持开源。"]),
    "guides": (p(A) + div("<ruby>开<rt>kāi</rt>源<rt>yuán</rt></ruby>好。"), [A, "开源好。"]),
    "captions": (
        p(A)
        + "<figure><figcaption>图一：机房。</figcaption></figure>"
        + div(B)
        + '<p class="img-caption">图二：会议。</p>'
        + p(C),
        [A, B, C],
    ),
    "figures": (p(A) + "<table><tr><td>价格</td><td>百元</td></tr></table>" + div(B), [A, B]),
    "unclosed": (f"<p>{A}<p>{B}<div>{C}<div>{D}</div>", ALL),
    "many": ((p(A) + p(B)) * 6 + sec(C) + p(B) * 6 + D, [A, B] * 6 + [C] + [B] * 6 + [D]),
}


def lines_of(html: str) -> list[str]:
    return [line.strip("　 ") for line in page_text(html, "页.html").split("\n")]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("body", BODIES)
def test_no_paragraph_is_lost_and_nothing_comes_in(frame: str, body: str) -> None:
    inner, wanted = BODIES[body]
    article = FRAMES[frame](inner)
    # In a table a menu is a cell beside the article; the navigation of such a page may stay.
    found = [line for line in lines_of(f"<html><body>{article}</body></html>") if line != "新闻"]
    if not (frame == "layout table" and body == "figures"):
        assert found == wanted
    for comments in COMMENTS:
        html = f"<html><head></head><body>{MENU}{article}{AROUND}{comments}</body></html>"
        found = lines_of(html)
        assert [line for line in found if line in wanted] == wanted
        assert not [word for word in (*UNWANTED, "图一", "图二") if word in "".join(found)]


@pytest.mark.parametrize(
    ("head", "body", "first"),
    [
        ("<title>客服换模型_新闻网</title>", f"<h1>客服换模型</h1>{p(A)}{p(B)}", "客服换模型"),
        ("", f'<h1><a href="/">新闻网</a></h1><h1>客服换模型</h1><div>{A}</div>{B}', "客服换模型"),
        (
            "<title>客服换模型 - 新闻网</title>",
            f"<h1>新闻网</h1><h1>客服换模型</h1>{p(A)}",
            "客服换模型",
        ),
        ("", f"<article><h1>客服<b>换</b>模型</h1>{p(A)}</article>", "客服换模型"),
        ("<title>新闻网</title>", f'<h1 class=logo><a href="/">新闻网</a></h1>{p(A)}', A),
    ],
)
def test_the_headline_comes_first_and_once(head: str, body: str, first: str) -> None:
    data = f"<html><head>{head}</head><body>{MENU}{body}{AROUND}</body></html>".encode("gb18030")
    found = extract_text(data, "页.html").split("\n")
    assert found[0] == first
    assert found.count(first) == 1
    assert A in found


@pytest.mark.parametrize(
    "line", ["（责任编辑：王小二）", "责编：王小二", "编辑：王小二 校对：李小四", "来源：新闻网"]
)
def test_editors_are_no_text(line: str) -> None:
    for tag in ("p", "div", "span"):
        html = f"<html><body><div id=zoom>{p(A)}<{tag}>{line}</{tag}></div></body></html>"
        assert lines_of(html) == [A]
    said = "编辑：开源更便宜，闭源更贵。"
    assert lines_of(f"<html><body>{p(said)}{p(A)}</body></html>") == [said, A]


@given(st.lists(st.tuples(st.sampled_from([p, div, sec, str]), st.sampled_from(ALL)), min_size=1))
def test_any_mixture_is_whole(parts: list[tuple[Callable[[str], str], str]]) -> None:
    html = "<br>".join(wrap(text) for wrap, text in parts)
    found = "".join(lines_of(f"<html><body><div id=js_content>{html}</div></body></html>"))
    assert found == "".join(text for _, text in parts)


@pytest.mark.parametrize(
    "piece",
    [
        '<div class="related"><p>开源</p></div>',
        "<div>开源更便宜。</div>",
        "<q>开源</q>",
        "<section><span>开源。</span>开源。</section>",
        "<table><tr><td>开源。贵。</td></tr></table>",
        "<div class=content><p>开源好。</p></div>",
        "<h1>开源</h1>",
    ],
)
def test_time_grows_with_the_page(piece: str) -> None:
    def run(count: int) -> None:
        page = f"<html><body><div class=related><p>{A}</p>{piece * count}</div></body></html>"
        extract_text(page.encode(), "页.html")

    assert_linear(run, 300, least=0.05)


def test_codecs_that_no_browser_knows_are_ignored() -> None:
    for name in ("punycode", "rot13", "unicode_escape", "idna", "hex"):
        data = f"<html><meta charset={name}><body><p>{A}</p></body></html>".encode("gb18030")
        assert extract_text(data, "页.html") == A


@pytest.mark.parametrize(
    ("unseen", "seen"),
    [
        ("<p hidden>闭源更好。</p>", False),
        ('<div hidden="hidden"><p>闭源更好。</p></div>', False),
        ("<template><p>闭源更好。</p></template>", False),
        ('<p style="text-decoration: underline line-through">闭源更好。</p>', False),
        ('<p style="text-decoration-line:line-through">闭源更好。</p>', False),
        # Found by a search in the page, and opened then.
        ('<p hidden="until-found">闭源更好。</p>', True),
        ('<p style="text-decoration: underline">闭源更好。</p>', True),
    ],
)
def test_what_a_browser_hides_or_strikes_out_is_not_said(unseen: str, seen: bool) -> None:
    said = "开源模型便宜得多，中小公司也用得起。"
    page = f"<html><body><article><p>{said}</p>{unseen}</article></body></html>"
    assert page_text(page, "页.html").split("\n") == [said] + ["闭源更好。"] * seen
