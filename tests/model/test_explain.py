"""`explain` says why a sentence has its stance, for people and as JSON."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, run_process

from stanceclf import StanceClassifier, load

SENTENCE = "虽然闭源不便宜,但与闭源相比,开源大模型并不落后。"


def explained(cli: Cli, *arguments: str) -> dict[str, Any]:
    outcome = cli("explain", *arguments, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    told: dict[str, Any] = json.loads(outcome.out)
    return told


def test_json_adds_up_to_the_log_odds(project: Path, cli: Cli) -> None:
    told = explained(cli, SENTENCE)
    decision = load("artifacts/model.joblib").decision_function([SENTENCE])[0]
    names = load("artifacts/model.joblib").classes_.tolist()
    for name, value in zip(names, decision, strict=True):
        parts = told["intercept"][name] + told["rules"][name]
        parts += sum(one["adds"][name] for one in told["features"])
        assert parts == pytest.approx(told["log_odds"][name], abs=1e-3)
        assert told["log_odds"][name] == pytest.approx(value, abs=1e-6)


def test_it_shows_rules_spans_negators_and_clauses(project: Path, cli: Cli) -> None:
    told = explained(cli, SENTENCE)
    clauses = [(one["about"], one["text"]) for one in told["clauses"]]
    assert clauses == [
        ("rival", "虽然闭源不便宜"),
        ("target", "但与闭源相比"),
        ("target", "开源大模型并不落后"),
    ]
    matches = {one["rule"]: one for one in told["matches"]}
    assert matches["weak"]["outcome"] == "votes"
    assert (matches["weak"]["label"], matches["weak"]["negator"]["text"]) == ("favor", "不")
    assert matches["cheap"]["outcome"] == "turned"
    compared = [one["text"] for one in told["mentions"] if one["compared_with"]]
    assert compared == ["闭源"]
    text = cli("explain", SENTENCE).out
    at = SENTENCE.index("落后")
    found = f"落后 at {at}-{at + 2}, negated by 不 at {at - 1}-{at}"
    for said in ("支持 (favor)", found, "rival", "n-grams", "compared with"):
        assert said in text
    assert "\x1b" not in text


def test_a_sentence_of_an_article_is_the_one_that_predict_lists(project: Path, cli: Cli) -> None:
    article = "seeds/articles/03-nbd-kunlun-fanghan-baidu.txt"
    rows = [
        json.loads(line) for line in cli("predict", article, "--format", "jsonl").out.splitlines()
    ]
    for number in (1, 5, len(rows)):
        told = explained(cli, "--article", article, "--sentence", str(number))
        row = rows[number - 1]
        for key in ("article", "start", "end", "text", "stance"):
            assert told[key] == row[key]
        assert told["probabilities"] == pytest.approx(row["probabilities"], abs=1e-6)
    outcome = cli("explain", "--article", article, "--sentence", str(len(rows) + 1))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"stanceclf: {article}: no sentence {len(rows) + 1}; "
        f"`stanceclf predict` lists {len(rows)} in it\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [SENTENCE, "--article", "a.txt", "--sentence", "1"],
        ["--article", "a.txt"],
        ["--sentence", "1"],
    ],
)
def test_it_requires_a_sentence_or_a_place(arguments: list[str], project: Path, cli: Cli) -> None:
    outcome = cli("explain", *arguments)
    assert outcome.code == 2
    assert "give a sentence, or --article FILE and --sentence N" in outcome.err


@pytest.mark.parametrize("width", ["60", "100"])
def test_it_fits_the_terminal(width: str, project: Path) -> None:
    from rich.cells import cell_len

    command = (sys.executable, "-m", "stanceclf", "explain", SENTENCE * 5)
    done = run_process(*command, cwd=project, COLUMNS=width)
    assert done.returncode == 0
    assert max(map(cell_len, done.stdout.decode().splitlines())) <= int(width)


@pytest.mark.parametrize("text", ["", " ", "。", "\x1b[2J开源便宜", "🙂" * 50])
def test_odd_sentences_are_explained(text: str, project: Path, cli: Cli) -> None:
    assert explained(cli, text)["text"] == text
    outcome = cli("explain", text)
    assert outcome.code == 0
    assert "\x1b" not in outcome.out


def test_a_program_explains_without_the_training_code(project: Path) -> None:
    code = (
        "import sys, joblib\n"
        "model = joblib.load('artifacts/model.joblib')\n"
        "told = model.explain('开源更便宜。')\n"
        "print(told.stance, [m.rule for m in told.matches if m.outcome == 'votes'])\n"
        "print(sorted({'sklearn', 'pydantic', 'yaml', 'pyarrow', 'rich'} & set(sys.modules)))\n"
    )
    done = run_process(sys.executable, "-c", code, cwd=project, PYTHONIOENCODING="utf-8")
    votes = ["short-praise", "cheap", "plain-praise"]
    assert done.stdout.decode().splitlines() == [f"favor {votes}", "[]"], done.stderr.decode()


def test_a_model_of_two_stances_and_no_rules_is_explained(cli: Cli) -> None:
    model = StanceClassifier().fit(["开源便宜", "开源落后"], ["favor", "against"]).freeze()
    told = pickle.loads(pickle.dumps(model)).explain("开源便宜")
    assert set(told.log_odds) == {"favor", "against"}
    assert told.rules == {"favor": 0.0, "against": 0.0}
    assert told.matches == []
    with pytest.raises(TypeError):
        model.explain(3)  # type: ignore[arg-type]
