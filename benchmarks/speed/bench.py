"""What the sections share: the texts, the settings, and the trained ways."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from speed.ways import WAYS, Predict
from stanceclf import StanceModel, load
from stanceclf.labels import STANCES

_BENCHMARKS = Path(__file__).resolve().parent.parent


@dataclass
class Bench:
    """One run.

    Attributes
    ----------
    texts : list of str
        The texts to time on.
    model_path : Path
        Our model.
    topic : Path
        The folder of the rules.
    repeats : int
        The number of rounds.
    folder : Path
        A folder for temporary files.
    """

    texts: list[str]
    model_path: Path
    topic: Path
    repeats: int
    folder: Path
    _trained: dict[str, Path] = field(default_factory=dict)

    @cached_property
    def model(self) -> StanceModel:
        """Our model, loaded."""
        return load(self.model_path)

    @cached_property
    def labels(self) -> list[str]:
        """Our model's labels of the texts; the stances in turn if it predicts only one."""
        labels = [str(label) for label in self.model.predict(self.texts)]
        if len(set(labels)) > 1:
            return labels
        return [STANCES[index % len(STANCES)] for index in range(len(labels))]

    def file_of(self, key: str) -> Path:
        """Return the file of a way, which is trained on the texts and our labels first."""
        if key == "ours":
            return self.model_path.resolve()
        if key not in self._trained:
            path = self.folder / f"{key}.model"
            if (train := WAYS[key].train) is not None:
                train(self.texts, self.labels, path)
            self._trained[key] = path
        return self._trained[key]

    def predictor(self, key: str) -> Predict:
        """Return the function of a way that predicts."""
        return WAYS[key].load(self.file_of(key))

    def run(self, *arguments: str) -> str:
        """Run Python with arguments in a separate process; return what it prints.

        Raises
        ------
        RuntimeError
            It failed.
        """
        own = os.environ | {"PYTHONPATH": str(_BENCHMARKS)}
        # Installed packages are compiled to bytecode; so is the source here.
        own.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=own,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            message = done.stderr.decode(errors="replace")
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{message}")
        return done.stdout.decode()
