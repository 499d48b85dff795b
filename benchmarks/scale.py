"""How time and memory grow from 10^3 to 10^6 sentences, compared with the usual recipe.

    python benchmarks/scale.py [--data DIR] [--topic DIR] [--sizes N,...] [--rounds N] [--out DIR]
        [--plot FILE]

For each size, this makes a corpus from the articles in DIR and from templates, runs the stages on
it, predicts it with one process, with two, and by `datasets.map`, and does the same with jieba,
TF-IDF and logistic regression from scikit-learn. Each step is a process of its own; its memory is
that of all its processes together. Writes `scale.md`, `scale.json` and, if matplotlib is installed,
the plot. 10^6 sentences take about 15 minutes; from that size on there is only one round.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from scaling.chart import draw_chart
from scaling.corpus import write_corpus
from scaling.process import Run, measure
from scaling.report import write_report
from scaling.steps import steps_of

_ROOT = Path(__file__).resolve().parent.parent
_ONCE = 1_000_000


def main() -> None:
    """Measure, write and print."""
    given = parse_options()
    found: dict[str, dict[int, list[Run]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            home = Path(folder, str(size))
            write_corpus(size, home / "articles", articles=given.data)
            for _ in range(1 if size >= _ONCE else given.rounds):
                for step in steps_of(home, given.topic):
                    sys.stderr.write(f"{size:,} {step.name} ...\n")
                    run = measure(step.command, home)
                    found.setdefault(step.name, {}).setdefault(size, []).append(run)
    text = write_report(given.out, found, given.data.name)
    if not draw_chart(given.plot, found):
        sys.stderr.write("no plot: pip install matplotlib\n")
    sys.stdout.write(text)


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--data", type=Path, default=_ROOT / "seeds/articles")
    options.add_argument("--topic", type=Path, default=_ROOT / "configs/open-models")
    options.add_argument("--sizes", default="1000,10000,100000,1000000")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--out", type=Path, default=_ROOT / "benchmarks/scaling/results")
    options.add_argument("--plot", type=Path, default=_ROOT / "docs/assets/scaling.png")
    given = options.parse_args()
    try:
        given.sizes = sorted({int(size) for size in given.sizes.split(",")})
    except ValueError:
        options.error("--sizes must be numbers separated by commas")
    if not list(given.data.glob("*.txt")):
        options.error(f"no .txt files in {given.data}")
    given.topic = given.topic.resolve()
    return given


if __name__ == "__main__":
    main()
