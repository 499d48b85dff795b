"""A summary of a model file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath

from stanceclf.model.file import read_parts
from stanceclf.model.record import matches_record
from stanceclf.model.safetensors_file import is_safetensors
from stanceclf.model.state import fingerprint, read_header


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A model file and the model in it; the fields, in order, are the keys of the JSON output."""

    file: str
    kind: str  # pickle or safetensors
    bytes: int
    sha256: str
    recorded: bool  # whether this checksum is in the record beside the file
    format: int
    versions: Mapping[str, str]  # of the packages that made it
    topic: str
    classes: list[str]
    features: list[str]
    ngrams: int
    rules: int
    rules_sha256: str  # of the topic and the rules
    fingerprint: str  # of the whole model, the same in a pickle and in safetensors
    sources: Mapping[str, str]  # the SHA-256 of each file that it was made from


def summarize(path: str | PathLike[str]) -> ModelSummary:
    """Return a summary of a model file, without executing anything in it.

    Raises
    ------
    StanceclfError
        The file is not a model, damaged or forged. For a pickle with other contents, the message
        lists what loading it would run.
    """
    data, state, model = read_parts(path)
    header = read_header(state)
    rules = json.dumps([header["topic"], header["rules"]], ensure_ascii=False, sort_keys=True)
    return ModelSummary(
        file=fspath(path),
        kind="safetensors" if is_safetensors(data) else "pickle",
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        recorded=matches_record(data, path),
        format=header["format"],
        versions=model.origin.versions,
        topic=model.topic.name,
        classes=[str(name) for name in model.classes_],
        features=list(model.analyzer.features),
        ngrams=len(model.vocabulary),
        rules=len(model.voter.rules),
        rules_sha256=hashlib.sha256(rules.encode("utf-8", "surrogatepass")).hexdigest(),
        fingerprint=fingerprint(state),
        sources=model.origin.sources,
    )
