"""Write what the pipeline measured into the README, between its markers (`make docs`)."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from stanceclf.articles import Article
from stanceclf.errors import StanceclfError
from stanceclf.formats import write_predictions
from stanceclf.labels import READING_ORDER
from stanceclf.model import load
from stanceclf.predictions import predict_article
from stanceclf.rule_file import read_rules
from stanceclf.yaml_file import YamlFile

ROOT = Path(__file__).parent.parent
TOPIC = ROOT / "configs/open-models"
EXAMPLE = "开源社区推动了大模型的发展。"


def figures() -> str:
    """Return the table of scores."""
    metrics = json.loads((ROOT / "artifacts/metrics.json").read_text(encoding="utf-8"))
    lines = ["| | rules alone | model, by held-out article |", "|---|---|---|"]
    for title, name in (("F_avg", "f_avg"), ("macro-F1", "macro_f1")):
        cells = [_cell(metrics[system], name) for system in ("rules", "model")]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    for stance in READING_ORDER:
        cells = [_cell(metrics[system][stance], "f1") for system in ("rules", "model")]
        lines.append(f"| F1 {stance} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(scores: dict[str, Any], name: str) -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:.3f} [{low:.3f}, {high:.3f}]"


def mistake() -> str:
    """Return what is said of a rule file with a key misspelt."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        text = (TOPIC / "rules.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace("    near:", "    naer:", 1), encoding="utf-8")
        try:
            read_rules(YamlFile(path))
        except StanceclfError as error:
            said = str(error).replace(
                str(path), (TOPIC / "rules.yaml").relative_to(ROOT).as_posix()
            )
            return f"```\nstanceclf: {said}\n```"
    raise AssertionError("a key misspelt went unnoticed")


def example(model: Path) -> str:
    """Return the row of the README's example sentence."""
    rows = predict_article(load(model), Article("-", EXAMPLE))
    return "```json\n" + "".join(write_predictions(rows, "jsonl", {})) + "```"


def rules() -> str:
    """Return how many rules the shipped topic has."""
    return f"five articles, {len(read_rules(YamlFile(TOPIC / 'rules.yaml')))} rules"


def fill(readme: str, model: Path) -> str:
    """Return the README with each marked part written anew."""
    parts = {
        "figures": figures(),
        "example": example(model),
        "mistake": mistake(),
        "rules": rules(),
    }

    def anew(match: re.Match[str]) -> str:
        text = parts[match[1]]
        line = "\n" if "\n" in text else ""
        return f"<!-- {match[1]} -->{line}{text}{line}<!-- /{match[1]} -->"

    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", anew, readme, flags=re.DOTALL)


if __name__ == "__main__":
    README = ROOT / "README.md"
    filled = fill(README.read_text(encoding="utf-8"), ROOT / "artifacts/model.joblib")
    README.write_text(filled, encoding="utf-8")
