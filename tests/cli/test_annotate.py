from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cli
from hypothesis import given, strategies as st
from rich.cells import cell_len

from stanceclf.cli.options import gold_and_articles
from stanceclf.errors import StanceclfError
from stanceclf.gold.file import GoldSentence, read_gold, write_gold
from stanceclf.io.keys import KEY
from stanceclf.io.terminal import fold

GOLD = Path("seeds/gold.jsonl")
# The bell, and a C1 control that begins an escape sequence.
RUDE = "开源落后,\x07开源\x9b31m也更贵,而且DeepSeek的API要收费,谁用谁知道,一句话写得再长也得读完。"
ARTICLES = {
    "一.txt": f"开源更便宜。{RUDE}{'今天下雨,' * 20}\n",
    "二.txt": "闭源更好。开源便宜也落后。\n",
}
RULES = """
rules:
  - {name: 便宜, label: favor, any: [便宜], near: target, matches: [开源便宜。]}
  - {name: 落后, label: against, any: [落后], near: target, matches: [开源落后。]}
"""


def write_small_project(folder: Path) -> None:
    """Write two articles, a topic of two rules and the settings; there is no model."""
    for path, text in {
        **{f"seeds/articles/{name}": text for name, text in ARTICLES.items()},
        "configs/topic/topic.yaml": "name: 开源大模型\ntarget: [开源]\nrival: [闭源]\n"
        "labels: {favor: 支持, against: 反对, none: 无立场}\n",
        "configs/topic/rules.yaml": RULES,
        "configs/pipeline.yaml": "label: {model: majority}\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def _project() -> None:
    write_small_project(Path())


class Terminal:
    """The command in its own terminal."""

    def __init__(self, *arguments: str, columns: int = 100, **environment: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.mode = termios.tcgetattr(self.slave)
        inherited = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR"}}
        self.child: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", "stanceclf", "annotate", *arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=inherited | {"TERM": "xterm", "PYTHONUTF8": "1"} | environment,
            start_new_session=True,
            # Whoever started the tests may not want to hear of a terminal that is closed.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
        self.shown = b""

    def expect(self, text: str, keys: str = "") -> str:
        """Press keys, wait for a text, and return what has been shown since the last one."""
        os.write(self.master, keys.encode())
        end = time.monotonic() + 30
        while text.encode() not in self.shown:
            ended = self.child.poll() is not None
            assert time.monotonic() < end, self.shown.decode()
            if select.select([self.master], [], [], 0.05)[0]:
                self.shown += os.read(self.master, 1 << 16)
            else:
                assert not ended, self.shown.decode()
        shown, self.shown = self.shown.decode(), b""
        return shown.replace("\r\n", "\n")

    def end(self) -> int:
        """Return the exit code; the terminal is as it was before."""
        code: int = self.child.wait(30)
        assert termios.tcgetattr(self.slave) == self.mode
        return code

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.close()


def labels() -> dict[str, str]:
    return {one.text: one.label for one in read_gold(GOLD)}


def test_keys_label_skip_undo_and_quit_and_the_next_session_continues(
    terminals: list[Terminal],
) -> None:
    terminals.append(Terminal("--order", "conflicts", "--annotator", "甲", "--hints"))
    first = terminals[0].expect("? help")
    assert "-- 1/5 -- 支持 0 · 反对 0 · 无立场 0 --" in first
    assert "二.txt · 5-13" in first
    assert (
        "\x1b[2m  闭源更好。\x1b[0m\n> \x1b[1;4;36m开源\x1b[0m\x1b[1m便宜也落后。\x1b[0m\n" in first
    )
    assert "rules: 便宜=支持 落后=反对 -> no label" in first
    assert "\x1b[?" not in first  # no alternate screen
    second = terminals[0].expect("? help", "1")
    assert "-> 支持" in second
    assert "-- 2/5 -- 支持 1 · " in second
    # An input method may send keys in full width; arrows are no keys, nor is Alt with one.
    assert "unknown key; use\nf 支持  a 反对" in terminals[0].expect("? help", "\x1b[A")
    assert "unknown key" in terminals[0].expect("? help", "\x1bf")
    assert "-> 反对" in terminals[0].expect("? help", "ａ")
    assert sorted(labels().values()) == ["against", "favor"]
    assert "-> undone\n\n-- 2/5" in terminals[0].expect("? help", "u")
    assert "-> skipped\n\n-- 3/5" in terminals[0].expect("? help", "S")
    assert "f or 1: 支持 (favor); a or 2" in terminals[0].expect("saved immediately.", "?")
    said = terminals[0].expect("command\r\n", "q")
    assert "saved 1 label in seeds/gold.jsonl (1 in total, 0 of them chosen at random" in said
    assert terminals[0].end() == 0
    (row,) = read_gold(GOLD)
    assert (row.label, row.more) == ("favor", {"annotator": "甲", "order": "conflicts"})

    terminals.append(Terminal("--order", "random"))
    assert "-- 1/4 -- 支持 1 · " in terminals[1].expect("? help")
    assert "-- 4/4 -- all done: u undo  q quit" in terminals[1].expect(
        "all done: u undo  q quit", "nnnn"
    )
    assert "-- 4/4 -- 支持 1 · 反对 0 · 无立场 3 --" in terminals[1].expect("? help", "u")
    terminals[1].expect("all done", "a")
    assert "(5 in total, 4 of them chosen at random" in terminals[1].expect("requires)\r\n", "q")
    assert terminals[1].end() == 0
    assert sorted(labels().values()) == ["against", "favor", "none", "none", "none"]


def test_ctrl_c_loses_nothing_and_a_plain_narrow_terminal_gets_plain_narrow_lines(
    terminals: list[Terminal],
) -> None:
    terminals.append(Terminal("--order", "random", columns=60, NO_COLOR="1"))
    shown = terminals[0].expect("? help")
    # Typed ahead in one go, up to Ctrl-C.
    shown += terminals[0].expect("command\r\n", "fa?\x1b[Bn\x03\n")
    assert "saved 3 labels in seeds/gold.jsonl (3 in total," in shown
    assert terminals[0].end() == 130
    assert len(read_gold(GOLD)) == 3
    assert re.sub(r"[^\x00-\x1f\x7f-\x9f]|\n", "", shown) == ""
    assert "开源落后,\N{REPLACEMENT CHARACTER}开源" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= 60


def test_a_signal_loses_no_label(terminals: list[Terminal]) -> None:
    terminals.append(Terminal())
    terminals[0].expect("? help")
    terminals[0].expect("-> 支持", "f")
    terminals[0].child.send_signal(signal.SIGHUP)
    assert terminals[0].end() == 128 + signal.SIGHUP
    assert list(labels().values()) == ["favor"]


def test_a_broken_line_is_reported_and_kept(terminals: list[Terminal]) -> None:
    write_gold(GOLD, [GoldSentence("一.txt", 0, 6, "开源更便宜。", "favor")])
    broken = GOLD.read_bytes() + b"\n" * 15 + b'{"article": 1}\n'
    GOLD.write_bytes(broken)
    terminals.append(Terminal())
    terminals[0].expect("stanceclf: seeds/gold.jsonl:17: `article` is missing or not of type str")
    assert terminals[0].end() == 1
    assert GOLD.read_bytes() == broken


def test_nothing_left_to_label_is_reported(terminals: list[Terminal]) -> None:
    path = Path("eigene/articles/一.txt")
    path.parent.mkdir(parents=True)
    path.write_text("很好。", encoding="utf-8")
    write_gold("eigene/gold.jsonl", [GoldSentence("一.txt", 0, 3, "很好。", "none")])
    terminals.append(Terminal("--articles", "eigene/articles"))
    said = terminals[0].expect("(1)")
    assert "nothing to label: every sentence already has a label in eigene/gold.jsonl (1)" in said
    assert terminals[0].end() == 0


def test_without_a_terminal_it_points_to_other_tools(cli: Cli) -> None:
    said = cli("annotate")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "stanceclf: this needs a terminal; to label in another tool, use `stanceclf gold export`\n"
    )


def test_gold_and_articles_are_side_by_side_unless_both_are_given() -> None:
    assert gold_and_articles(None, None) == (GOLD, GOLD.parent / "articles")
    assert gold_and_articles(Path("a/b.jsonl"), None) == (Path("a/b.jsonl"), Path("a/articles"))
    assert gold_and_articles(None, Path("a/texts")) == (Path("a/gold.jsonl"), Path("a/texts"))
    both = (Path("b.jsonl"), Path("a/articles"))
    assert gold_and_articles(*both) == both
    for gold in ("a/articles/b.jsonl", "a/articles/c/b.jsonl"):
        with pytest.raises(StanceclfError, match="is among the articles in a/articles; move it"):
            gold_and_articles(Path(gold), Path("a/articles"))


@given(st.text(), st.integers(2, 30))
def test_folded_lines_fit_and_keep_every_character_in_its_place(text: str, width: int) -> None:
    lines = fold(text, width)
    assert all(cell_len(line) <= width for line in lines)
    joined = "".join(lines)
    assert len(joined) == len(text)
    assert all(
        shown == char or shown == "\N{REPLACEMENT CHARACTER}"
        for shown, char in zip(joined, text, strict=True)
    )
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", joined)


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("fan", ["f", "a", "n"]),
        ("\x1b[A", ["\x1b[A"]),
        ("\x1b[[A", ["\x1b[[A"]),
        ("\x1b\x1b[A", ["\x1b\x1b[A"]),
        ("\x1bOP\x1b[1;5Cf", ["\x1bOP", "\x1b[1;5C", "f"]),
        ("\x1baf", ["\x1ba", "f"]),
        ("\x1b[15~a", ["\x1b[15~", "a"]),
    ],
)
def test_a_key_is_what_a_terminal_sends_for_it(sent: str, keys: list[str]) -> None:
    assert KEY.findall(sent) == keys
