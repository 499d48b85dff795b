"""The state of a model: a JSON header and arrays, which every kind of model file contains."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.features import NgramAnalyzer
from stanceclf.labels import STANCES
from stanceclf.model.context import Context
from stanceclf.model.origin import Origin
from stanceclf.reading import LONGEST_WORD, Topic
from stanceclf.rules import LABEL_MODEL_NAMES, LONGEST_PATTERN, LabelModel, Pattern, Rule

#: The format version of a state. Format 3 has neither context, silence nor half weight: a version
#: that knew nothing of these would predict otherwise, in silence.
FORMAT = 4
_READ = {3, FORMAT}
#: The arrays of a state, and the type of their bytes.
ARRAYS = {
    "vocabulary": "<u4",  # the code points of all n-grams, one after the other
    "lengths": "<u4",  # the length of each n-gram
    "idf": "<f8",
    "coef": "<f8",
    "intercept": "<f8",
    "label_prior": "<f8",
    "label_evidence": "<f8",
}
# No model has a longer n-gram or a greater figure.
_LONGEST, _GREATEST = 1000, 1e9

#: The header, and the bytes of the arrays.
State = dict[str, Any]

_T = TypeVar("_T")


def make_state(
    header: dict[str, Any], vocabulary: Sequence[str], arrays: dict[str, npt.NDArray[np.float64]]
) -> State:
    """Return a state: the same bytes for the same model, whatever version of numpy made it.

    The header is everything but the arrays, as JSON types; the format is added to it.
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
    """Return the SHA-256 of a state, which is the same whatever file it is saved in.

    Examples
    --------
    >>> fingerprint(dict.fromkeys(ARRAYS, b"") | {"header": "开源"})[:8]
    'cfab1002'
    """
    digest = hashlib.sha256()
    for part in (state["header"].encode("utf-8", "surrogatepass"), *(state[n] for n in ARRAYS)):
        # With its length, so that no two states concatenate to the same bytes.
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def read_header(state: State) -> dict[str, Any]:
    """Return the header of a state.

    Raises
    ------
    StanceclfError
        There is none, or it is of another format.
    """
    text = state.get("header") if isinstance(state, dict) else None
    try:
        header = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        raise StanceclfError("damaged: its header is not JSON; copy it again") from None
    made = header.get("format") if isinstance(header, dict) else "1 or 2"
    if made not in _READ or not isinstance(header, dict):
        raise StanceclfError(
            f"a model of format {made}, but this version reads formats 3 and 4; "
            "retrain it or install the version that wrote it"
        )
    return header


def parts_of(state: State) -> dict[str, Any]:
    """Return the arguments of `StanceModel` in a state, checked: it may be damaged or forged.

    Raises
    ------
    StanceclfError
        The state is of another format, or something in it cannot be from a model.
    """
    header = read_header(state)
    wanted = {"header": str} | dict.fromkeys(ARRAYS, bytes)
    _require(state.keys() == wanted.keys(), "it has other parts than a model")
    for name, kind in wanted.items():
        _require(isinstance(state[name], kind), f"`{name}` is not {kind.__name__}")

    def array(name: str, *shape: int) -> npt.NDArray[np.float64]:
        found = np.frombuffer(state[name], ARRAYS[name]).astype(np.float64).reshape(shape)
        sound = np.isfinite(found) & (np.abs(found) <= _GREATEST)
        _require(bool(sound.all()), f"`{name}` has figures that no training yields")
        return found

    vocabulary = _vocabulary(state)
    idf = array("idf", len(vocabulary))
    _require(bool((idf > 1 / _GREATEST).all()), "an n-gram has no weight")
    _require(isinstance(header["rules"], list), "its rules are not a list")
    rules = tuple(_make(Rule, rule) for rule in header["rules"])
    topic = _make(Topic, header["topic"])
    words = [topic.target, topic.rival, topic.ignore, *(rule.any + rule.unless for rule in rules)]
    longest = max(map(len, itertools.chain.from_iterable(words)), default=0)
    _require(longest <= LONGEST_WORD, "it has a word of impossible length")
    traditional, simplified = header["traditional"], header["simplified"]
    classes, weight = header["classes"], header["rule_weight"]
    silence, half_weight = header.get("silence", 0.0), header.get("half_weight", 0.0)
    _require(_conforms(traditional, str) and _conforms(simplified, str), "it has no normal form")
    _require(_conforms(classes, tuple[str, ...]) and len(classes) > 1, "it has no classes")
    _require(sorted(set(classes)) == classes, "its classes are not in order")
    for figure in (weight, silence, half_weight):
        _require(_conforms(figure, float) and abs(figure) <= _GREATEST, "its weights are invalid")
    _require(half_weight >= 0, "its weights are invalid")
    _require(header["label_model"] in LABEL_MODEL_NAMES, "its label model is unknown")
    context = header.get("context") and _make(Context, header["context"])
    _require(not context or len(context.usual) == len(classes), "its context is of other classes")
    normalizer = Normalizer(traditional, simplified)
    _check_patterns(rules, normalizer)
    analyzer = _make(NgramAnalyzer, header["analyzer"])
    for shortest, longest in (analyzer.char_ngrams, analyzer.word_ngrams):
        _require(1 <= shortest <= longest <= _LONGEST, "its n-grams have impossible lengths")
    features = analyzer.features
    _require(len(set(features)) == len(features) > 0, "its features are missing or repeated")
    return {
        "classes": classes,
        "analyzer": analyzer,
        "normalizer": normalizer,
        "vocabulary": vocabulary,
        "idf": idf,
        "coef": array("coef", len(classes), len(vocabulary)),
        "intercept": array("intercept", len(classes)),
        "topic": topic,
        "rules": rules,
        "label_model": LabelModel.from_arrays(
            header["label_model"],
            array("label_prior", len(STANCES)),
            array("label_evidence", len(rules), 1 + len(STANCES), len(STANCES)),
        ),
        "rule_weight": float(weight),
        "silence": float(silence),
        "half_weight": float(half_weight),
        "context": context,
        "origin": _make(Origin, header.get("origin", {})),
    }


def _check_patterns(rules: Sequence[Rule], normalize: Callable[[str], str]) -> None:
    for rule in rules:
        pattern = rule.pattern or ""
        _require(len(pattern) <= LONGEST_PATTERN, "it has a pattern of impossible length")
        try:
            Pattern(pattern, normalize)
        except StanceclfError as error:
            _require(False, f"it has a pattern that is {error.what}")


def _vocabulary(state: State) -> list[str]:
    text = state["vocabulary"].decode("utf-32-le", "surrogatepass")
    lengths = np.frombuffer(state["lengths"], ARRAYS["lengths"]).astype(np.int64)
    ends = np.cumsum(lengths).tolist()
    _require(bool((lengths > 0).all()) and (ends or [0])[-1] == len(text), "its n-grams are cut")
    _require(int(lengths.max(initial=0)) <= _LONGEST, "it has an n-gram of impossible length")
    names = [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    _require(len(set(names)) == len(names), "it has an n-gram twice")
    return names


def _require(sound: bool, what: str) -> None:
    if not sound:
        raise StanceclfError(f"damaged or forged: {what}; copy it again or retrain it")


def _make(kind: type[_T], fields: Any) -> _T:  # noqa: ANN401
    """Return a dataclass from its fields as JSON types, each of which must have the right type."""
    name, hints = kind.__name__.lower(), _hints(kind)  # type: ignore[arg-type]
    _require(isinstance(fields, dict), f"its {name} is not an object")
    for key, value in fields.items():
        _require(key in hints and _conforms(value, hints[key]), f"its {name} has an odd `{key}`")
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; cached, because a model has many rules."""
    return get_type_hints(kind)


def _conforms(value: Any, hint: Any) -> bool:  # noqa: ANN401
    """Return whether a value of JSON types has the type of an annotation."""
    inner, outer = get_args(hint), get_origin(hint)
    if outer is Literal:
        return value in inner
    if outer is tuple:
        if not isinstance(value, list):
            return False
        hints = inner[:1] * len(value) if ... in inner else inner
        return len(value) == len(hints) and all(map(_conforms, value, hints))
    if outer is Mapping:
        return isinstance(value, dict) and all(_conforms(one, inner[1]) for one in value.values())
    if inner:
        return any(_conforms(value, one) for one in inner)
    if hint is float:
        return type(value) in {int, float} and math.isfinite(value)
    # A bool is an int, but not here.
    return type(value) is hint
