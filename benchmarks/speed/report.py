"""The tables of a run, as Markdown and JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from speed.timing import Spread, Timing, figure

_PACKAGES = (
    *("numpy", "scikit-learn", "joblib", "google-re2", "jieba", "pandas"),
    *("rjieba", "fasttext", "fasttext-wheel", "snownlp", "snorkel", "torch"),
)


@dataclass
class Table:
    """A section of the report.

    Attributes
    ----------
    title : str
        What was measured.
    notes : sequence of str
        What to know when reading it.
    columns : sequence of str
        The titles of its columns.
    rows : list of list of str
        Its cells.
    data : list of dict
        The same as data, with the figures of every round.
    """

    title: str
    notes: Sequence[str]
    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    data: list[dict[str, object]] = field(default_factory=list)

    def add(self, cells: Sequence[str], **data: object) -> None:
        """Add a row; its first cell is its name."""
        self.rows.append(list(cells))
        self.data.append({"name": cells[0]} | data)

    def add_missing(self, name: str, why: str) -> None:
        """Add a row that says why there are no figures."""
        self.rows.append([name, why, *[""] * (len(self.columns) - 2)])
        self.data.append({"name": name, "missing": why})

    def add_timings(
        self,
        timings: Mapping[str, Timing],
        against: Sequence[str],
        whole: float,
        count: int,
    ) -> None:
        """Add one row per way: its ratios, then MB/s and sentences/s.

        Parameters
        ----------
        timings : mapping of str to Timing
            The ways.
        against : sequence of str
            The ways to compare with, one column each; empty if a way is missing.
        whole : float
            The size of the texts in MB.
        count : int
            The number of texts.
        """
        for name, timing in timings.items():
            ratios = {
                other: timing.times_as_fast_as(timings[other])
                for other in against
                if other in timings
            }
            speed = Spread.of([whole / taken for taken in timing.seconds])
            sentences = count / whole * speed.median
            self.add(
                [
                    name,
                    *(str(ratios.get(other, "")) for other in against),
                    str(speed),
                    figure(sentences),
                    "all" if timing.part == count else f"{timing.part:,} of {count:,}",
                ],
                seconds=timing.seconds,
                times_as_fast_as={other: vars(ratio) for other, ratio in ratios.items()},
                megabytes_per_second=vars(speed),
                sentences_per_second=sentences,
                timed_on=timing.part,
            )

    def markdown(self) -> str:
        """Return the section as Markdown."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return "\n\n".join([f"## {self.title}", *self.notes, table])


def machine() -> dict[str, str]:
    """Return the machine and the versions that the figures depend on."""
    found = {
        "processor": _processor(),
        "cores": f"{os.cpu_count()}, one used",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    if hasattr(os, "getloadavg"):
        found["load at the start"] = f"{os.getloadavg()[0]:.2f}"
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def write_report(folder: Path, head: Mapping[str, str], tables: Mapping[str, Table]) -> str:
    """Write ``speed.md`` and ``speed.json``; return the text of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = "\n".join(f"- {key}: {value}" for key, value in head.items())
    how = (
        "Every ratio is from this one run, in which the ways take turns, round by round, on one "
        "core. Figures are medians over the rounds; in brackets are the lowest and the highest. MB "
        "are millions of bytes of UTF-8. Slow ways are timed on a part of the texts, drawn at "
        "random but always the same, and scaled by bytes."
    )
    parts = ["# Speed", facts, how, *(table.markdown() for table in tables.values())]
    text = "\n\n".join(parts) + "\n"
    (folder / "speed.md").write_text(text, encoding="utf-8")
    data = {"head": dict(head), "sections": {key: vars(one) for key, one in tables.items()}}
    dumped = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    (folder / "speed.json").write_text(dumped, encoding="utf-8")
    return text
