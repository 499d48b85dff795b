"""See that the trained model answers the same under every scikit-learn, and under none.

Each minor release that has a binary package for this Python is installed into a folder of its own.
A process that finds that folder first loads the model, by joblib and by stanceclf, with every
warning an error; where the release is one that training supports, it also trains a small model.
Run by ``make matrix``; it asks the package index, and fails without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "artifacts/model.joblib"
# From this release on `pyproject.toml` lets models be trained, and this many must load one.
TRAINS, LEAST = 6, 4

CHECK = """
import json, sys
from pathlib import Path
root, model, trains, out = sys.argv[1:]
version = "none"
if trains == "absent":
    sys.modules["sklearn"] = None
else:
    import sklearn
    version = sklearn.__version__
import joblib
import numpy as np
import stanceclf
from stanceclf.articles import read_folder
from stanceclf.articles import cut_articles
loaded = [joblib.load(model), stanceclf.load(model)]
texts = [one.text for one in cut_articles(read_folder(Path(root, "seeds/articles")),
                                          loaded[0].normalizer)]
rows = [one.predict_proba(texts) for one in loaded]
assert np.array_equal(*rows)
np.save(out, rows[0])
trained = None
if trains == "trains":
    from stanceclf.model import fingerprint
    classes = np.array(sorted(loaded[0].classes_))
    labels = [classes[i] for i in rows[0].argmax(axis=1)]
    features = ("chars", "signed chars")
    classifier = stanceclf.StanceClassifier(features=features, topic=loaded[0].topic)
    trained = fingerprint(classifier.fit(texts, labels).freeze().__getstate__())
print(json.dumps([version, len(texts), trained]))
"""


def check(folder: Path | None, trains: str, out: Path) -> tuple[str, int, str | None] | str:
    """Load the model with the packages of a folder first; return what came of it, or the error."""
    command = [sys.executable, "-W", "error", "-c", CHECK]
    done = subprocess.run(
        [*command, str(ROOT), str(MODEL), trains, str(out)],
        env=os.environ | ({} if folder is None else {"PYTHONPATH": str(folder)}),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if done.returncode or done.stderr:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    version, sentences, trained = json.loads(done.stdout)
    return version, sentences, trained


def install(minor: int, folder: Path) -> bool:
    """Install a minor release of scikit-learn into a folder; False if there is none."""
    # With the numpy and scipy that are installed.
    wanted = ("--no-deps", f"scikit-learn==1.{minor}.*")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--only-binary", ":all:", "--target", str(folder), *wanted),
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def runs(folder: Path) -> bool:
    """Return whether what was installed can be imported: some is older than this numpy."""
    code = "import sklearn.linear_model"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return not subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    ).returncode


def main() -> None:
    """Print a line a release; exit with 1 if one answers otherwise, or too few do."""
    here = int(metadata.version("scikit-learn").split(".")[1])
    say = sys.stdout.write
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        own = check(None, "trains", Path(scratch, "own.npy"))
        if isinstance(own, str):
            sys.exit(f"the model does not load with what is installed: {own}")
        expected, loaded = np.load(Path(scratch, "own.npy")), 0
        say(f"{own[1]} sentences; scikit-learn {own[0]} is installed\n")
        say(f"{'scikit-learn':14}{'greatest difference':22}trains the same model\n")
        releases = [minor for minor in range(here + 2) if minor != here]
        for minor in (None, *releases):
            folder = Path(scratch, str(minor))
            if minor is not None and not (install(minor, folder) and runs(folder)):
                continue
            kind = "absent" if minor is None else "trains" if minor >= TRAINS else "loads"
            out = Path(scratch, f"{minor}.npy")
            found = check(None if minor is None else folder, kind, out)
            if isinstance(found, str):
                failed = True
                say(f"{minor if minor is None else f'1.{minor}':14}fails: {found}\n")
                continue
            difference = float(np.abs(np.load(out) - expected).max())
            failed |= difference > 1e-9
            loaded += minor is not None
            alike = "" if found[2] is None else "yes" if found[2] == own[2] else "no"
            say(f"{found[0]:14}{difference:<22.3g}{alike}\n")
    if failed or loaded < LEAST:
        sys.exit(f"{loaded} other releases load the model; {LEAST} must, and none may fail")


if __name__ == "__main__":
    main()
