"""Model files of every format are read, with the same predictions, or refused with a message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Cli

MODELS = ROOT / "tests/data/models"
WAYS = {
    "stanceclf.load": "from stanceclf import load",
    "joblib.load": "from joblib import load",
}
# Nothing of scikit-learn may be imported, installed or not.
CODE = """
import json, sys
from pathlib import Path
sys.modules["sklearn"] = None
{way}
try:
    model = load(sys.argv[1])
except Exception as error:
    print(type(error).__name__, error)
else:
    sentences = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["sentences"]
    print(json.dumps([model.classes_.tolist(), model.predict_proba(sentences).tolist()]))
"""


def loaded(path: Path, way: str) -> str:
    """Return what a separate process prints about a model file, without a warning."""
    code = CODE.format(way=WAYS[way])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", "-c", code, path, MODELS / "format-3.json"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_every_format_has_a_file() -> None:
    from stanceclf.model.state import FORMAT

    formats = {int(path.stem.split("-")[1]) for path in MODELS.glob("format-*.joblib")}
    assert formats == set(range(1, FORMAT + 1))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [1, 2])
def test_an_older_format_is_refused(number: int, way: str) -> None:
    said = loaded(MODELS / f"format-{number}.joblib", way)
    assert said.startswith("StanceclfError ")
    assert f"a model of format {number}, but this version reads formats 3 and 4; retrain it" in said


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("command", [["predict", "-", "--model"], ["model", "inspect"]])
def test_the_command_line_refuses_it_in_one_line(command: list[str], number: int, cli: Cli) -> None:
    outcome = cli(*command, MODELS / f"format-{number}.joblib")
    assert (outcome.code, outcome.out) == (1, "")
    assert f": a model of format {number}, but this version reads formats 3 and 4;" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("format-3.joblib", "stanceclf.load"),
        ("format-3.joblib", "joblib.load"),
        ("format-3.safetensors", "stanceclf.load"),
        ("format-4.joblib", "stanceclf.load"),
        ("format-4.joblib", "joblib.load"),
        ("format-4.safetensors", "stanceclf.load"),
    ],
)
def test_these_formats_predict_as_before(name: str, way: str) -> None:
    classes, probabilities = json.loads(loaded(MODELS / name, way))
    told = json.loads((MODELS / name).with_suffix(".json").read_text(encoding="utf-8"))
    assert classes == told["classes"]
    for row, expected in zip(probabilities, told["probabilities"], strict=True):
        assert row == pytest.approx(expected, abs=1e-9)


def test_format_4_keeps_what_it_says_of_neighbours() -> None:
    from stanceclf import load

    model, told = load(MODELS / "format-4.joblib"), MODELS / "format-4.json"
    expected = json.loads(told.read_text(encoding="utf-8"))
    decisions = model.decision_function(expected["sentences"])
    found = model.decide_in_context(decisions, ["一.txt"] * len(decisions))
    assert found.tolist() == [pytest.approx(row, abs=1e-9) for row in expected["in_context"]]
    # Models of format 3 know nothing of neighbours.
    old = load(MODELS / "format-3.joblib")
    assert (old.context, old.silence, old.half_weight) == (None, 0.0, 0.0)
