"""Invisible characters change no result, and offsets count them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, Cli
from hypothesis import strategies as st

from stanceclf import StanceModel, load
from stanceclf.articles.loader import Article, read_folder
from stanceclf.articles.normalization import Normalizer
from stanceclf.articles.sentences import cut_articles
from stanceclf.errors import StanceclfError
from stanceclf.io.invisible import INVISIBLE, Visible
from stanceclf.model.reasons import find_reasons
from stanceclf.rules.file import load_voter
from stanceclf.rules.matches import find_matches
from stanceclf.speakers.attribution import attribute_sentences

HIDDEN = [chr(code) for code in INVISIBLE]
SOME = st.lists(st.sampled_from(["\u200b", "\u202e", "\ufeff", "\xad", "\0", "\ufe0f"]), max_size=3)


@pytest.fixture(scope="module")
def model(built: Path) -> StanceModel:
    return load(built / "artifacts/model.joblib")


def hide(text: str, sign: str) -> str:
    return sign + sign.join(text) + sign


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\ufeff", "\xad", "\0", "\x1b", "\ufe0f"])
def test_predictions_are_the_same(sign: str, model: StanceModel) -> None:
    texts = ["开源比闭源便宜。", "谁会用閉源模型呢？", "开源并不贵,但是闭源更安全。", ""]
    hidden = [hide(text, sign) for text in texts]
    assert model.predict_proba(hidden).tolist() == model.predict_proba(texts).tolist()
    for plain, text in zip(texts, hidden, strict=True):
        own, same = model.explain(plain), model.explain(text)
        assert (own.features, own.log_odds) == (same.features, same.log_odds)
        spans = [(one.start, one.end, one.text) for one in same.mentions]
        spans += [(one.start, one.end, one.text) for one in same.clauses]
        spans += [(one.start, one.end, one.text) for one in same.matches]
        assert [text[start:end] for start, end, _ in spans] == [shown for *_, shown in spans]
        expected = [one.text for one in own.mentions] + [one.text for one in own.clauses]
        expected += [one.text for one in own.matches]
        assert [Visible(shown).text for *_, shown in spans] == expected
    for told, reason in zip(find_reasons(model, texts), find_reasons(model, hidden), strict=True):
        words = [Visible(word.text).text for word in reason.words]
        assert words == [word.text for word in told.words]


def test_rules_match_through_it_at_the_right_place() -> None:
    voter = load_voter(ROOT / "configs/open-models")
    plain, hidden = "开源模型并不便宜。", "开\u200b源模型并\u200d不便\ufeff宜。"
    for one, other in zip(*find_matches(voter, [plain, hidden]), strict=True):
        assert (one.rule, one.outcome, one.label) == (other.rule, other.outcome, other.label)
        assert hidden[other.start : other.end] == other.text
        assert Visible(other.text).text == one.text
        assert (one.negator is None) == (other.negator is None)
        if one.negator and other.negator:
            assert hidden[other.negator.start : other.negator.end] == other.negator.text
            assert Visible(other.negator.text).text == one.negator.text


def test_rules_that_contain_it_match_the_same() -> None:
    words = "name: 开源\ntarget: [开\u200b源]\nrival: [闭源]\n"
    rules = (
        "rules:\n  - name: 便宜\n    label: favor\n    any: [便\ufeff宜]\n    pattern: '实\xad惠'\n"
        "    near: target\n    matches: [开源便宜。, 开源实\u200b惠。]\n"
    )
    Path("topic.yaml").write_text(words, encoding="utf-8")
    Path("rules.yaml").write_text(rules, encoding="utf-8")
    voter = load_voter(".")
    assert voter.topic.target == ("开源",)
    assert voter.votes("开源更便宜。") == voter.votes("开源更实惠。") == {"便宜": "favor"}
    Path("topic.yaml").write_text("name: 开源\ntarget: ['\u200b']\n", encoding="utf-8")
    with pytest.raises(StanceclfError, match="topic.yaml:2: "):
        load_voter(".")


def test_a_line_of_it_is_not_a_sentence() -> None:
    page = Article("一.txt", "\ufeff\u200b\n开源好。\u200b\n\u200b \n")
    assert [one.text for one in cut_articles([page], str.lower)] == ["开源好。"]


@pytest.mark.parametrize("sign", ["\u200b", "\x07"])
def test_sentences_and_speakers_are_the_same(sign: str) -> None:
    normalize = Normalizer.from_opencc()
    for article in read_folder(ROOT / "seeds/articles"):
        spread = Article(article.name, hide(article.text, sign))
        own = list(attribute_sentences([spread], normalize))
        plain = list(attribute_sentences([article], normalize))
        assert [Visible(one.text).text for one, _ in own] == [one.text for one, _ in plain]
        assert [said for _, said in own] == [said for _, said in plain]
        assert list(cut_articles([spread], normalize)) == [one for one, _ in own]
        assert all(spread.text[one.start : one.end] == one.text for one, _ in own)


def test_any_character_passes_the_command_line(project: Path, cli: Cli) -> None:
    text = "开\0源\x1b[31m好\u202e。\u2028闭源\x07贵\u200b！𠀀😀👨\u200d👩ＡＢ\ud7ff\ufffe\r\r\n末"
    Path("怪.txt").write_bytes(text.encode())
    for form in ("table", "jsonl", "csv", "html", "parquet"):
        outcome = cli("predict", "怪.txt", "--format", form, "--output", f"出.{form}")
        assert (outcome.code, outcome.faults) == (0, "")
    import json

    import pyarrow.parquet as pq

    lines = Path("出.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    for row in (*map(json.loads, lines), *pq.read_table("出.parquet").to_pylist()):
        assert text[row["start"] : row["end"]] == row["text"]
    assert "\x1b" not in cli("predict", "怪.txt", "--format", "table").out
