"""How fast the package is, compared with what people use instead, in one run on one core.

    python benchmarks/speed/run.py [--data FILE_OR_DIR] [--model FILE] [--topic DIR]
        [--sentences N] [--repeats N] [--only SECTION,...] [--out DIR]

Sections are ``text``, ``bounds``, ``profile``, ``rules``, ``labels``, ``start`` and ``memory``.
Writes ``speed.md`` and ``speed.json`` and prints the former. Packages that are not installed are
named in the tables, with what installs them; rjieba, snownlp and snorkel come as wheels.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speed.bench import Bench
    from speed.report import Table

_HERE = Path(__file__).resolve().parent
_SECTIONS = ("text", "bounds", "profile", "rules", "labels", "start", "memory")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Measure, write and print the sections."""
    given = parse_options()
    use_one_core()
    # Other modules are imported only now: numpy sets its threads when it is imported.
    sys.path[0] = str(_HERE.parent)
    from speed.bench import Bench
    from speed.report import machine, write_report
    from speed.texts import megabytes, read_texts, so_many
    from stanceclf.errors import StanceclfError

    try:
        texts = so_many(read_texts(given.data), given.sentences)
        head = machine() | {
            "text": f"{given.data.name}, {len(texts):,} sentences, {megabytes(texts):.2f} MB",
            "rounds": str(given.repeats),
            "command": command(sys.argv[1:]),
        }
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(texts, given.model, given.topic, given.repeats, Path(folder))
            tables = {}
            for key in given.only:
                sys.stderr.write(f"{key} ...\n")
                tables[key] = section(key)(bench)
    except StanceclfError as error:
        sys.exit(f"run.py: {error}")
    sys.stdout.write(write_report(given.out, head, tables))


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--data", type=Path, default=Path("seeds/articles"))
    options.add_argument("--model", type=Path, default=Path("artifacts/model.joblib"))
    options.add_argument("--topic", type=Path, default=Path("configs/open-models"))
    options.add_argument("--sentences", type=_some, default=6000)
    options.add_argument("--repeats", type=_some, default=5)
    options.add_argument("--only", type=_sections, default=_SECTIONS, metavar="SECTION,...")
    options.add_argument("--out", type=Path, default=_HERE / "results")
    return options.parse_args()


def _some(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _sections(text: str) -> tuple[str, ...]:
    wanted = text.split(",")
    if unknown := [key for key in wanted if key not in _SECTIONS]:
        raise argparse.ArgumentTypeError(f"no section `{unknown[0]}`; there are {_SECTIONS}")
    return tuple(key for key in _SECTIONS if key in wanted)


def use_one_core() -> None:
    """Limit this process and its children to one thread and, if possible, one core."""
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def command(arguments: list[str]) -> str:
    """Return the command line, with absolute paths shortened to their names."""
    shown = [Path(one).name if Path(one).is_absolute() else one for one in arguments]
    return shlex.join(["python", "benchmarks/speed/run.py", *shown])


def section(key: str) -> Callable[[Bench], Table]:
    """Return the function that measures a section."""
    from speed.label_models import measure_label_models
    from speed.processes import measure_memory, measure_start_up
    from speed.profile import measure_profile
    from speed.rules import measure_rules
    from speed.stance import measure_bounds, measure_stance

    measures: dict[str, Callable[[Bench], Table]] = {
        "text": measure_stance,
        "bounds": measure_bounds,
        "profile": measure_profile,
        "rules": measure_rules,
        "labels": measure_label_models,
        "start": measure_start_up,
        "memory": measure_memory,
    }
    return measures[key]


if __name__ == "__main__":
    main()
