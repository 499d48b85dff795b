"""Score the package on the NLPCC-2016 shared task 4, stance in Chinese microblogs.

    python benchmarks/nlpcc2016/run.py --data DIR --out DIR

`DIR` contains the files of the task: `taskA.train.tsv`, `taskA.test.tsv`, `taskB.unlabeled.tsv` and
`taskB.test.tsv` (ID, TARGET, TEXT and, in the first, STANCE). Task A learns from labelled posts,
task B from rules and unlabelled posts alone; both with the package's own estimator. Predictions
are written to `taskA.predictions.tsv` and `taskB.predictions.tsv`, and task A's F_avg by
cross-validation is printed.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from task_a import cross_validate, fit_and_predict
from task_b import label_weakly_and_predict

from stanceclf.errors import StanceclfError

_STANCES = {"FAVOR", "AGAINST", "NONE"}


def main() -> None:
    """Run both tasks."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", type=Path, required=True, metavar="DIR")
    options.add_argument("--out", type=Path, required=True, metavar="DIR")
    given = options.parse_args()
    try:
        run(given.data, given.out)
    except StanceclfError as error:
        sys.exit(f"run.py: {error}")


def run(data: Path, out: Path) -> None:
    """Read the posts, predict, write and report."""
    names = ("taskA.train", "taskA.test", "taskB.unlabeled", "taskB.test")
    train_a, test_a, unlabelled, test_b = (
        read_posts(data / f"{name}.tsv", labelled=name == "taskA.train") for name in names
    )
    out.mkdir(parents=True, exist_ok=True)
    say = sys.stdout.write
    began = time.perf_counter()
    for line in cross_validate(train_a):
        say(line + "\n")
    write_predictions(out / "taskA.predictions.tsv", test_a, fit_and_predict(train_a, test_a))
    say(f"task A: {time.perf_counter() - began:.0f} s\n")
    began = time.perf_counter()
    lines, stances = label_weakly_and_predict(unlabelled, test_b)
    for line in lines:
        say(line + "\n")
    write_predictions(out / "taskB.predictions.tsv", test_b, stances)
    say(f"task B: {time.perf_counter() - began:.0f} s\n")


def read_posts(path: Path, *, labelled: bool) -> list[dict[str, str]]:
    """Return the rows of a file of posts."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise StanceclfError(f"cannot read it ({error.strerror})", path=path) from None
    except (UnicodeError, csv.Error) as error:
        raise StanceclfError(f"not a table of posts: {error}", path=path) from None
    wanted = ["ID", "TARGET", "TEXT", *(["STANCE"] if labelled else [])]
    for line, row in enumerate(rows, 2):
        if any(not row.get(name) for name in wanted):
            raise StanceclfError(f"needs {', '.join(wanted)}", path=path, line=line)
        if labelled and row["STANCE"] not in _STANCES:
            raise StanceclfError(f"`{row['STANCE']}` is not a stance", path=path, line=line)
    if not rows:
        raise StanceclfError("contains no posts", path=path)
    return rows


def write_predictions(path: Path, posts: list[dict[str, str]], stances: Iterable[str]) -> None:
    """Write one row per post: ID, TARGET, STANCE."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("ID\tTARGET\tSTANCE\n")
        for post, stance in zip(posts, stances, strict=True):
            file.write(f"{post['ID']}\t{post['TARGET']}\t{stance.upper()}\n")


if __name__ == "__main__":
    main()
