"""Pickles of models, read without unpickling: a pickle is a program, and none is run here.

`stanceclf` writes one shape only: the name of one class, and a dict of strings and bytes. That is
what is looked for in the pickle's instructions, which pickletools lists; whatever else a file holds
is refused, or told of.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from stanceclf.errors import StanceclfError
from stanceclf.model.state import State, read_header

#: What every pickle of a protocol from 2 on begins with.
MAGIC = b"\x80"

_CLASS = ("stanceclf.model", "StanceModel")
_TEXT = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
_BYTES = {"SHORT_BINBYTES", "BINBYTES", "BINBYTES8"}
_BEGIN = [("text", name) for name in _CLASS] + [
    (name, None) for name in ("STACK_GLOBAL", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "MARK")
]
_END = [(name, None) for name in ("SETITEMS", "BUILD", "STOP")]
# No model takes as many.
_MOST_STEPS = 100

_Step = tuple[str, object]


def write_pickle(model: object) -> bytes:
    """Return the pickle of a model, in the one shape that is read."""
    return pickle.dumps(model, protocol=4)


def read_pickle(data: bytes) -> State:
    """Return the state of the model in a pickle, running nothing.

    Parameters
    ----------
    data : bytes
        What a model file holds.

    Raises
    ------
    StanceclfError
        It is cut short, or holds anything else than one model.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> sorted(read_pickle(write_pickle(model)))[:3]
    ['coef', 'header', 'idf']
    """
    steps: list[_Step] = []
    for step in _steps(data):
        steps.append(step)
        if len(steps) == len(_BEGIN) + 2 and steps[:-1] == [*_BEGIN, ("text", "header")]:
            # What another version wrote behind it may not even be a pickle throughout.
            read_header({"header": step[1]})
        if len(steps) > _MOST_STEPS:
            raise StanceclfError(_other(list(_steps(data))))
    items = steps[len(_BEGIN) : -len(_END)]
    if steps[: len(_BEGIN)] != _BEGIN or steps[-len(_END) :] != _END or len(items) % 2:
        raise StanceclfError(_other(steps))
    state: State = {}
    for (key_kind, key), (kind, value) in zip(items[::2], items[1::2], strict=True):
        if key_kind != "text" or kind not in {"text", "bytes"} or key in state:
            raise StanceclfError(_other(steps))
        state[str(key)] = value
    return state


def imports(data: bytes) -> list[str]:
    """Return what a pickle would import if it were loaded, sorted.

    Examples
    --------
    >>> imports(pickle.dumps(print, protocol=4))
    ['builtins.print']
    """
    return _imports(list(_steps(data)))


def _imports(steps: list[_Step]) -> list[str]:
    found = set()
    for place, (kind, _) in enumerate(steps):
        if kind == "STACK_GLOBAL":
            names = [str(value) for what, value in steps[max(place - 2, 0) : place]]
            found.add(".".join(names))
    return sorted(found)


def _steps(data: bytes) -> Iterator[_Step]:
    """Yield the instructions of a pickle, without those that only move things about."""
    from pickletools import genops

    memo: dict[object, _Step] = {}
    last: _Step = ("", None)
    try:
        for opcode, argument, _ in genops(data):
            name = opcode.name
            if name == "MEMOIZE":
                memo[len(memo)] = last
            elif name in {"BINPUT", "LONG_BINPUT"}:
                memo[argument] = last
            elif name not in {"PROTO", "FRAME"}:
                if name in {"GLOBAL", "INST"}:
                    yield from (("text", part) for part in str(argument).split(" ", 1))
                    name, argument = "STACK_GLOBAL", None
                last = (
                    memo.get(argument, (name, argument))
                    if name in {"BINGET", "LONG_BINGET"}
                    else ("text", argument)
                    if name in _TEXT
                    else ("bytes", argument)
                    if name in _BYTES
                    else (name, argument)
                )
                yield last
    # What is no pickle at all fails in many ways.
    except (ValueError, LookupError, ArithmeticError, MemoryError, AttributeError) as error:
        said = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise StanceclfError(f"not a model, or cut short ({said}); copy it again") from None


def _other(steps: list[_Step]) -> str:
    """Tell what a pickle holds that is no model of this version."""
    found = _imports(steps)
    asks = f"; loading it by joblib would run {', '.join(found[:5])}" if found else ""
    return f"not a stanceclf model{asks}"
