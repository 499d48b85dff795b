"""A model's state: a JSON header and arrays, which is what every kind of model file holds."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.features import NgramAnalyzer
from stanceclf.labels import STANCES
from stanceclf.model.origin import Origin
from stanceclf.reading import Topic
from stanceclf.rules import LABEL_MODEL_NAMES, LabelModel, Rule

#: The version of what a model file holds; a file of another one is refused.
FORMAT = 3
#: What a state has beside its header, and of which type the bytes are.
ARRAYS = {
    "vocabulary": "<u4",  # the code points of all n-grams, one after the other
    "lengths": "<u4",  # how many each of them has
    "idf": "<f8",
    "coef": "<f8",
    "intercept": "<f8",
    "label_prior": "<f8",
    "label_evidence": "<f8",
}
# No n-gram that anybody counts is longer, and no figure greater.
_LONGEST, _GREATEST = 1000, 1e9

#: The header, and the arrays' bytes: the same however the model came about, whatever numpy.
State = dict[str, Any]

_T = TypeVar("_T")


def make_state(
    header: dict[str, Any], vocabulary: Sequence[str], arrays: dict[str, npt.NDArray[np.float64]]
) -> State:
    """Return a state: the same bytes for the same model, whatever numpy made it.

    Parameters
    ----------
    header : dict
        What is no array, as JSON holds it; the format is added.
    vocabulary : sequence of str
        The n-grams.
    arrays : dict of str to array
        The other arrays, by name.
    """
    lengths = np.array([len(gram) for gram in vocabulary])
    return {
        "header": json.dumps(header | {"format": FORMAT}, ensure_ascii=False, sort_keys=True),
        "vocabulary": "".join(vocabulary).encode("utf-32-le", "surrogatepass"),
    } | {
        name: np.asarray(array, ARRAYS[name]).tobytes()
        for name, array in ({"lengths": lengths} | arrays).items()
    }


def fingerprint(state: State) -> str:
    """Return the SHA-256 of a state: the same for one model in whatever kind of file.

    Examples
    --------
    >>> fingerprint(dict.fromkeys(ARRAYS, b"") | {"header": "开源"})[:8]
    'cfab1002'
    """
    digest = hashlib.sha256()
    for part in (state["header"].encode("utf-8", "surrogatepass"), *(state[n] for n in ARRAYS)):
        # With its length, so that no part is taken for the end of another.
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def read_header(state: State) -> dict[str, Any]:
    """Return the header of a state.

    Raises
    ------
    StanceclfError
        There is none, or it is of another format.
    """
    written = state.get("header") if isinstance(state, dict) else None
    try:
        header = json.loads(written) if isinstance(written, str) else None
    except (ValueError, RecursionError):
        raise StanceclfError("damaged: its header is no JSON; copy it again") from None
    made = header.get("format") if isinstance(header, dict) else "1 or 2"
    if made != FORMAT or not isinstance(header, dict):
        raise StanceclfError(
            f"a model of format {made}, this package reads format {FORMAT}; "
            "train it anew or install the version that made it"
        )
    return header


def parts_of(state: State) -> dict[str, Any]:
    """Return what a model is made of, checked: a file may be damaged, or forged.

    Returns
    -------
    dict
        The arguments of `StanceModel`.

    Raises
    ------
    StanceclfError
        The state is of another format, or something in it is not as a model has it.
    """
    header = read_header(state)
    wanted = {"header": str} | dict.fromkeys(ARRAYS, bytes)
    _see(state.keys() == wanted.keys(), "it has other parts than a model")
    for name, kind in wanted.items():
        _see(isinstance(state[name], kind), f"`{name}` is no {kind.__name__}")

    def array(name: str, *shape: int) -> npt.NDArray[np.float64]:
        found = np.frombuffer(state[name], ARRAYS[name]).astype(np.float64).reshape(shape)
        sound = np.isfinite(found) & (np.abs(found) <= _GREATEST)
        _see(bool(sound.all()), f"`{name}` has figures that no training gives")
        return found

    vocabulary = _vocabulary(state)
    idf = array("idf", len(vocabulary))
    _see(bool((idf > 1 / _GREATEST).all()), "an n-gram weighs nothing")
    rules = tuple(_make(Rule, rule) for rule in _listed(header["rules"]))
    traditional, simplified = header["traditional"], header["simplified"]
    classes, weight = header["classes"], header["rule_weight"]
    _see(_conforms(traditional, str) and _conforms(simplified, str), "it has no normal form")
    _see(_conforms(classes, tuple[str, ...]) and len(classes) > 1, "it has no classes")
    _see(sorted(set(classes)) == classes, "its classes are not in order")
    _see(_conforms(weight, float) and abs(weight) <= _GREATEST, "its rules' weight is none")
    _see(header["label_model"] in LABEL_MODEL_NAMES, "its label model is unknown")
    analyzer = _make(NgramAnalyzer, header["analyzer"])
    for shortest, longest in (analyzer.char_ngrams, analyzer.word_ngrams):
        _see(1 <= shortest <= longest <= _LONGEST, "its n-grams have impossible lengths")
    _see(len(set(analyzer.features)) == len(analyzer.features) > 0, "it counts nothing")
    return {
        "classes": classes,
        "analyzer": analyzer,
        "normalizer": Normalizer(traditional, simplified),
        "vocabulary": vocabulary,
        "idf": idf,
        "coef": array("coef", len(classes), len(vocabulary)),
        "intercept": array("intercept", len(classes)),
        "topic": _make(Topic, header["topic"]),
        "rules": rules,
        "label_model": LabelModel.from_arrays(
            header["label_model"],
            array("label_prior", len(STANCES)),
            array("label_evidence", len(rules), 1 + len(STANCES), len(STANCES)),
        ),
        "rule_weight": float(weight),
        "origin": _make(Origin, header.get("origin", {})),
    }


def _vocabulary(state: State) -> list[str]:
    text = state["vocabulary"].decode("utf-32-le", "surrogatepass")
    lengths = np.frombuffer(state["lengths"], ARRAYS["lengths"]).astype(np.int64)
    ends = np.cumsum(lengths).tolist()
    _see(bool((lengths > 0).all()) and (ends or [0])[-1] == len(text), "its n-grams are cut")
    names = [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    _see(len(set(names)) == len(names), "it has an n-gram twice")
    return names


def _see(sound: bool, what: str) -> None:
    if not sound:
        raise StanceclfError(f"damaged or forged: {what}; copy it again or train it anew")


def _listed(value: object) -> list[object]:
    _see(isinstance(value, list), "a list is none")
    return value if isinstance(value, list) else []


def _make(kind: type[_T], fields: object) -> _T:
    """Return a dataclass of what JSON holds of it, if all of that is of the right type."""
    called = kind.__name__.lower()
    _see(isinstance(fields, dict), f"its {called} is none")
    hints = _hints(kind)  # type: ignore[arg-type]
    given: Mapping[str, object] = fields if isinstance(fields, dict) else {}
    for key, value in given.items():
        _see(key in hints and _conforms(value, hints[key]), f"its {called} has an odd `{key}`")
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; a model has many of the same class."""
    return get_type_hints(kind)


def _conforms(value: object, hint: Any) -> bool:  # noqa: ANN401
    """Tell whether what JSON holds is of a type, as annotations write it."""
    inner, outer = get_args(hint), get_origin(hint)
    if outer is Literal:
        return value in inner
    if outer is tuple:
        hints = inner[:1] * len(value) if isinstance(value, list) and ... in inner else inner
        return (
            isinstance(value, list)
            and len(value) == len(hints)
            and all(map(_conforms, value, hints))
        )
    if outer is Mapping or hint is Mapping or getattr(outer, "__name__", "") == "Mapping":
        return isinstance(value, dict) and all(_conforms(one, inner[1]) for one in value.values())
    if inner:
        return any(_conforms(value, one) for one in inner)
    if hint is float:
        return type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]
    # A bool is an int, but not here.
    return type(value) is hint
