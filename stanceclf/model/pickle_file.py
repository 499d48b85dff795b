"""Pickled models, read without unpickling: a pickle is a program, and is never executed here.

`stanceclf` writes one shape only: the name of one class, and a dict of strings and bytes. The
reader looks for this shape in the pickle's instructions, as pickletools lists them, and refuses
anything else.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from stanceclf.errors import StanceclfError
from stanceclf.model.state import State, read_header

#: The first byte of every pickle of protocol 2 or later.
MAGIC = b"\x80"

_KINDS = dict.fromkeys(("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"), "text") | dict.fromkeys(
    ("SHORT_BINBYTES", "BINBYTES", "BINBYTES8"), "bytes"
)
_BEGIN = [("text", "stanceclf.model"), ("text", "StanceModel")] + [
    (name, None) for name in ("STACK_GLOBAL", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "MARK")
]
_END = [(name, None) for name in ("SETITEMS", "BUILD", "STOP")]
# More than any model has.
_MOST_STEPS = 100

_Step = tuple[str, object]


def write_pickle(model: object) -> bytes:
    """Return the pickle of a model, in the one shape that is read."""
    return pickle.dumps(model, protocol=4)


def read_pickle(data: bytes) -> State:
    """Return the state of the model in a pickle, without executing it.

    Raises
    ------
    StanceclfError
        The pickle is truncated, or contains anything other than one model.

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
            # The format first: what follows in another one may not even be a sound pickle.
            read_header({"header": step[1]})
        if len(steps) > _MOST_STEPS:
            raise _not_a_model(data)
    items = steps[len(_BEGIN) : -len(_END)]
    if steps[: len(_BEGIN)] != _BEGIN or steps[-len(_END) :] != _END or len(items) % 2:
        raise _not_a_model(data)
    state: State = {}
    for (key_kind, key), (kind, value) in zip(items[::2], items[1::2], strict=True):
        if key_kind != "text" or kind not in {"text", "bytes"} or key in state:
            raise _not_a_model(data)
        state[str(key)] = value
    return state


def imports(data: bytes) -> list[str]:
    """Return what a pickle would import if it were loaded, sorted.

    Examples
    --------
    >>> imports(pickle.dumps(print, protocol=4))
    ['builtins.print']
    """
    steps = list(_steps(data))
    return sorted(
        {
            ".".join(str(value) for _, value in steps[max(place - 2, 0) : place])
            for place, (kind, _) in enumerate(steps)
            if kind == "STACK_GLOBAL"
        }
    )


def _not_a_model(data: bytes) -> StanceclfError:
    found = imports(data)
    runs = f"; loading it with joblib would run {', '.join(found[:5])}" if found else ""
    return StanceclfError(f"not a stanceclf model{runs}")


def _steps(data: bytes) -> Iterator[_Step]:
    """Yield the instructions of a pickle, with memoized values in place and without framing."""
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
                    last = ("STACK_GLOBAL", None)
                elif name in {"BINGET", "LONG_BINGET"}:
                    last = memo.get(argument, (name, argument))
                else:
                    last = (_KINDS.get(name, name), argument)
                yield last
    # Bytes that are not a pickle fail in many ways.
    except (ValueError, LookupError, ArithmeticError, MemoryError, AttributeError) as error:
        what = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise StanceclfError(f"not a model, or truncated ({what}); copy it again") from None
