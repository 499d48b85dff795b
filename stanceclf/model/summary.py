"""What a model file holds, told without loading it as joblib would."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath

from stanceclf.errors import StanceclfError
from stanceclf.model.file import read_bytes, state_in
from stanceclf.model.frozen import StanceModel
from stanceclf.model.record import is_recorded
from stanceclf.model.safetensors_file import is_safetensors
from stanceclf.model.state import fingerprint, read_header


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What a model file holds; the fields, in order, are the keys of its JSON.

    Attributes
    ----------
    file : str
        Its path as given.
    kind : str
        ``pickle`` or ``safetensors``.
    bytes : int
        Its size.
    sha256 : str
        Its checksum.
    recorded : bool
        Whether this checksum is recorded beside it.
    format : int
        The version of what it holds.
    versions : mapping of str to str
        The packages that made it.
    topic : str
        What the stances are on.
    classes : list of str
        The stances.
    features : list of str
        What it counts of a sentence.
    ngrams, rules : int
        How many it knows.
    rules_sha256 : str
        The checksum of the topic and the rules in it.
    fingerprint : str
        The checksum of all that it knows: the same in a pickle and in safetensors.
    sources : mapping of str to str
        The SHA-256 of each file that it was made of.
    """

    file: str
    kind: str
    bytes: int
    sha256: str
    recorded: bool
    format: int
    versions: Mapping[str, str]
    topic: str
    classes: list[str]
    features: list[str]
    ngrams: int
    rules: int
    rules_sha256: str
    fingerprint: str
    sources: Mapping[str, str]


def summarize(path: str | PathLike[str]) -> ModelSummary:
    """Tell what a model file holds; nothing in it is run.

    Parameters
    ----------
    path : path-like
        The file.

    Raises
    ------
    StanceclfError
        It is none, damaged or forged; of a pickle with anything else in it, what it would run.
    """
    data = read_bytes(path)
    try:
        state = state_in(data)
        header = read_header(state)
        model = StanceModel.from_state(state)
    except StanceclfError as error:
        raise StanceclfError(error.what, path=path) from None
    told = json.dumps([header["topic"], header["rules"]], ensure_ascii=False, sort_keys=True)
    return ModelSummary(
        file=fspath(path),
        kind="safetensors" if is_safetensors(data) else "pickle",
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        recorded=is_recorded(data, path),
        format=header["format"],
        versions=model.origin.versions,
        topic=model.topic.name,
        classes=[str(name) for name in model.classes_],
        features=list(model.analyzer.features),
        ngrams=len(model.vocabulary),
        rules=len(model.voter.rules),
        rules_sha256=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
        fingerprint=fingerprint(state),
        sources=model.origin.sources,
    )
