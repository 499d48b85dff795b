"""Send gold labels through the real Label Studio and doccano and back; run by `make tools`.

Each tool runs on 127.0.0.1, with a folder of its own that is removed at the end. It imports what
`stanceclf gold export` writes, sentences without labels get theirs through its API, and every one
of its exports must give the same labels when `stanceclf gold import` reads it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
TOOLS = ROOT / ".venv-tools"
PASSWORD = "only-on-this-machine"
MAIL = "li@example.org"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
STANCES = ("favor", "against", "none")
UNLABELLED = 40  # Sentences that get their labels in the tool.
PATIENCE = 300  # Seconds that a server may take to start, or a task to end.

Labels = dict[tuple[str, int, int], str]


class Api:
    """A server's API."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.headers: dict[str, str] = {}
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def call(self, path: str, body: object = None, method: str | None = None) -> bytes:
        """Send JSON, or nothing, and return the answer."""
        data = None if body is None else json.dumps(body).encode()
        return self.send(path, data, "application/json", method)

    def json(self, path: str, body: object = None, method: str | None = None) -> Any:  # noqa: ANN401
        """Return the answer, which is JSON."""
        return json.loads(self.call(path, body, method))

    def upload(self, path: str, name: str, file: Path) -> bytes:
        """Send a file as a form does."""
        edge = "------------stanceclf"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"'
        head += "\r\nContent-Type: application/octet-stream\r\n\r\n"
        data = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        return self.send(path, data, f"multipart/form-data; boundary={edge}", "POST")

    def send(self, path: str, data: bytes | None, kind: str, method: str | None) -> bytes:
        """Send a request and return the answer."""
        headers = self.headers | ({"Content-Type": kind} if data is not None else {})
        crumb = next((one.value for one in self.cookies if one.name == "csrftoken"), None)
        if crumb is not None:
            headers["X-CSRFToken"] = crumb
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                found: bytes = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:2000]
            raise SystemExit(f"{path}: {error.code} {error.reason}: {said}") from None
        return found


def stanceclf(*arguments: str | Path, cwd: Path) -> None:
    """Run a command of this package."""
    command = [sys.executable, "-m", "stanceclf", *map(str, arguments)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    subprocess.run(command, cwd=cwd, check=True, env=os.environ | {"PYTHONPATH": path})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run a program until the end of the block."""
    log = folder / f"{Path(command[0]).name}-{len(list(folder.glob('*.log')))}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield
        except BaseException:
            sys.stderr.write(log.read_text(encoding="utf-8", errors="replace")[-3000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(what: str, ready: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if ready():
                return
        except (OSError, SystemExit):  # It does not answer yet.
            pass
        time.sleep(1)
    raise SystemExit(f"{what}: not ready after {PATIENCE} seconds")


def labels_in(path: Path) -> Labels:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(row["article"], row["start"], row["end"]): row["label"] for row in rows}


def project(folder: Path) -> tuple[Path, Labels]:
    """Copy the shipped project, some of whose sentences lose their labels; return all labels."""
    for name in ("configs", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    gold = folder / "seeds/gold.jsonl"
    expected = labels_in(gold)
    lines = gold.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for i, line in enumerate(lines) if i % (len(lines) // UNLABELLED)]
    gold.write_text("".join(kept), encoding="utf-8")
    return folder, expected


def export(folder: Path, model: Path, known: Labels, form: str, *more: str) -> tuple[Path, Labels]:
    """Export all sentences; return the file, and the labels that they must have in the end."""
    file = folder / ("tasks.json" if form == "label-studio" else "tasks.jsonl")
    common = ("--what", "all", "--format", form, "--order", "random", "--hints", "--model", model)
    stanceclf("gold", "export", *common, "--output", file, *more, cwd=folder)
    text = file.read_text(encoding="utf-8")
    rows = json.loads(text) if form == "label-studio" else map(json.loads, text.splitlines())
    tasks = [row.get("data", row) for row in rows]
    places = [(task["article"], task["start"], task["end"]) for task in tasks]
    # Boilerplate is exported only as long as it is labelled.
    assert len(known) - UNLABELLED < len(places) == len({*places})
    return file, {place: known[place] for place in places}


def same_after_import(folder: Path, file: Path, expected: Labels, *more: str) -> None:
    """Import a file into gold labels that do not exist yet, as a colleague would."""
    stanceclf(
        *("gold", "import", file, "--articles", "seeds/articles"),
        *("--gold", f"{file.name}.gold.jsonl", *more),
        cwd=folder,
    )
    found = labels_in(folder / f"{file.name}.gold.jsonl")
    wrong = [place for place in expected if found.get(place) != expected[place]]
    if wrong or len(found) != len(expected):
        raise SystemExit(
            f"{file.name}: {len(found)} labels of {len(expected)}, {len(wrong)} of them wrong, "
            f"first {wrong[:1]}"
        )


def label_studio(folder: Path, model: Path) -> None:
    """Send all labels through Label Studio."""
    folder, known = project(folder)
    tasks, expected = export(folder, model, known, "label-studio", "--interface", "interface.xml")
    port = free_port()
    quiet = {"COLLECT_ANALYTICS": "False", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
    home = {"HOME": str(folder), "LABEL_STUDIO_BASE_DATA_DIR": str(folder / "data")}
    command = [
        *(str(TOOLS / "label-studio/bin/label-studio"), "start", "--no-browser"),
        *("--internal-host", "127.0.0.1", "--port", str(port), "--data-dir", str(folder / "data")),
        *("--username", MAIL, "--password", PASSWORD, "--user-token", TOKEN),
        "--enable-legacy-api-token",
    ]
    with running(command, folder, os.environ | quiet | home):
        api = Api(port)
        wait_for("Label Studio", lambda: api.call("/health"))
        api.headers["Authorization"] = f"Token {TOKEN}"
        interface = (folder / "interface.xml").read_text(encoding="utf-8")
        made = api.json("/api/projects/", {"title": "stance", "label_config": interface})
        at = f"/api/projects/{made['id']}"
        taken = json.loads(api.upload(f"{at}/import", "file", tasks))
        assert taken["task_count"] == len(expected), taken
        assert taken["prediction_count"] > len(expected) / 2, taken
        todo = [
            task
            for task in api.json(f"{at}/export?exportType=JSON&download_all_tasks=true")
            if not task["annotations"]
        ]
        assert len(todo) > UNLABELLED / 2
        for task in todo:
            data = task["data"]
            label = expected[data["article"], data["start"], data["end"]]
            chosen = {"from_name": "stance", "to_name": "text", "type": "choices"}
            result = [chosen | {"value": {"choices": [label]}}]
            api.call(f"/api/tasks/{task['id']}/annotations/", {"result": result})
        for kind in ("JSON", "JSON_MIN", "CSV", "TSV"):
            file = folder / f"label-studio.{kind.lower().replace('_', '-')}"
            file.write_bytes(api.call(f"{at}/export?exportType={kind}"))
            same_after_import(folder, file, expected)
            number = {row["annotator"] for row in rows_of(folder, file) if "annotator" in row}
            if kind != "JSON":
                continue
            # An annotator is a number there, or an address.
            named = folder / "named.json"
            shutil.copy(file, named)
            people = [f"--annotator={one}=li" for one in sorted(number)]
            same_after_import(folder, named, expected, *people)
            assert {row["annotator"] for row in rows_of(folder, named)} == {"li"}
    print(f"Label Studio: {len(expected)} labels, {len(todo)} given there: identical", flush=True)  # noqa: T201


def rows_of(folder: Path, file: Path) -> list[dict[str, Any]]:
    text = (folder / f"{file.name}.gold.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def doccano(folder: Path, model: Path) -> None:
    """Send all labels through doccano."""
    folder, known = project(folder)
    tasks, expected = export(folder, model, known, "doccano")
    home = TOOLS / "doccano"
    (backend,) = home.glob("lib/python*/site-packages/backend")
    environment = os.environ | {
        "DOCCANO_HOME": str(folder / "home"),
        "HOME": str(folder),
        "STANDALONE": "True",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": f"sqlite:///{folder / 'home/db.sqlite3'}",
        "MEDIA_ROOT": str(folder / "home/media"),
        "SECRET_KEY": TOKEN,
        "PYTHONPATH": str(backend),
    }
    program = str(home / "bin/doccano")
    (folder / "home").mkdir()
    for command in (
        ["init"],
        ["createuser", "--username", "li", "--password", PASSWORD, "--email", MAIL],
    ):
        done = subprocess.run(
            [program, *command], env=environment, cwd=folder, capture_output=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout.decode() + done.stderr.decode())
    port = free_port()
    # Its own command listens on all addresses.
    server = [
        *(str(home / "bin/gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1"),
        *("--timeout", str(PATIENCE), "--chdir", str(backend), "config.wsgi"),
    ]
    with ExitStack() as stack:
        stack.enter_context(running(server, folder, environment))
        queue = [program, "task", "--concurrency", "1"]
        stack.enter_context(running(queue, folder, environment))
        api = Api(port)
        wait_for("doccano", lambda: api.call("/admin/login/"))
        api.call("/v1/auth/login/", {"username": "li", "password": PASSWORD})
        for together in (False, True):
            through_doccano(api, folder, tasks, expected, together=together)


def through_doccano(
    api: Api, folder: Path, tasks: Path, expected: Labels, *, together: bool
) -> None:
    """Send all labels through a project, whose annotators work together or each on their own."""

    def ended(task: str) -> Any:  # noqa: ANN401
        state: dict[str, Any] = {}

        def is_ready() -> bool:
            state.update(api.json(f"/v1/tasks/status/{task}"))
            return bool(state["ready"])

        wait_for("doccano's task", is_ready)
        if state["error"] or (state["result"] or {}).get("error"):
            raise SystemExit(f"doccano: {state}")
        return state["result"]

    made = api.json(
        "/v1/projects",
        {
            "name": "stance",
            "description": "stance",
            "project_type": "DocumentClassification",
            "resourcetype": "TextClassificationProject",
            "guideline": "",
            "tags": [],
            "single_class_classification": True,
            "collaborative_annotation": together,
        },
    )
    at = f"/v1/projects/{made['id']}"
    file_id = api.upload("/v1/fp/process/", "filepond", tasks).decode()
    columns = {
        "format": "JSONL",
        "column_data": "text",
        "column_label": "label",
        "encoding": "utf_8",
    }
    body = columns | {"uploadIds": [file_id], "task": "DocumentClassification", "delimiter": ""}
    ended(api.json(f"{at}/upload", body)["task_id"])
    known = {one["text"]: one["id"] for one in api.json(f"{at}/category-types")}
    for key, stance in enumerate(STANCES, 1):
        if stance not in known:
            kind = {"text": stance, "suffix_key": str(key), "background_color": "#209cee"}
            known[stance] = api.json(f"{at}/category-types", kind)["id"]
    examples = api.json(f"{at}/examples?limit=5000")["results"]
    assert len(examples) == len(expected)
    labelled = 0
    for one in examples:
        meta = one["meta"]
        assert {"before", "after", "hint"} <= meta.keys(), meta
        categories = f"{at}/examples/{one['id']}/categories"
        if not api.json(categories):
            label = expected[meta["article"], meta["start"], meta["end"]]
            api.call(categories, {"label": known[label]})
            labelled += 1
    assert labelled > UNLABELLED / 2
    for form in ("JSONL", "JSON", "CSV"):
        task = api.json(f"{at}/download", {"format": form, "exportApproved": False})["task_id"]
        ended_file(api, task)
        data = api.call(f"{at}/download?taskId={task}")
        file = folder / f"doccano-{form}-{together}.zip"
        file.write_bytes(data)
        same_after_import(folder, file, expected)
        people = {row.get("annotator") for row in rows_of(folder, file)}
        assert people == ({None} if together else {"li"}), people
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = archive.namelist()
            member = folder / f"{together}-{name}"
            member.write_bytes(archive.read(name))
        same_after_import(folder, member, expected)
    mode = "together" if together else "each alone"
    print(f"doccano, {mode}: {len(expected)} labels, {labelled} given there: identical", flush=True)  # noqa: T201


def ended_file(api: Api, task: str) -> None:
    wait_for("doccano's export", lambda: api.json(f"/v1/tasks/status/{task}")["ready"])


def main() -> None:
    """Run the round trip through the tools that are named, by default both."""
    tools = {"label-studio": label_studio, "doccano": doccano}
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=" or ".join(tools))
    parser.add_argument("--model", type=Path, default=ROOT / "artifacts/model.joblib")
    given = parser.parse_args()
    for name in given.tools or tools:
        if not (TOOLS / name / "installed").exists():
            raise SystemExit(f"{name} is not installed in {TOOLS}; run `make tools`")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            tools[name](Path(folder), given.model.resolve())


if __name__ == "__main__":
    main()
